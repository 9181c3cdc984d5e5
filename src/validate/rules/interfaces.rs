//! Host interfaces: their names, and how one is told from another.

use std::collections::BTreeMap;

use crate::manifest::Document;
use crate::validate::code;
use crate::validate::finding::{Finding, Gathered};
use crate::validate::subject::{Interface, Subject, mistyped};

/// The interfaces of packages that hosts have, in all versions.
const KNOWN: [(&str, &[&str]); 11] = [
    ("wasi:http", &["incoming-handler", "outgoing-handler", "types", "handler", "client", "middleware", "service"]),
    ("wasi:keyvalue", &["store", "atomics", "batch", "watcher", "cas"]),
    ("wasmcloud:keyvalue", &["store", "atomics", "batch", "cas"]),
    ("wasi:blobstore", &["blobstore", "container", "types"]),
    ("wasmcloud:blobstore", &["blobstore", "container", "types"]),
    ("wasi:config", &["store", "runtime"]),
    ("wasi:logging", &["logging"]),
    ("wasmcloud:messaging", &["consumer", "handler", "types"]),
    ("wasmcloud:secrets", &["store", "reveal", "secret"]),
    ("wasmcloud:postgres", &["query", "prepared", "types"]),
    ("wasi:otel", &["tracing", "metrics", "logs", "types"]),
];

pub(super) fn check(subject: &Subject<'_>, found: &mut Gathered<'_>) {
    for interface in subject.interfaces() {
        let mut wrong = names(subject, interface).peekable();
        match wrong.peek() {
            Some(_) => found.extend(wrong),
            None => found.extend(spelling(subject, interface)),
        }
        found.extend(version(subject, interface));
    }
}

/// Names that are none: the whole of `wasi:http/incoming-handler@0.2.0` in a field that wants a part of it.
fn names(subject: &Subject<'_>, interface: &Interface<'_>) -> impl Iterator<Item = Finding> {
    let fields = ["namespace", "package"].into_iter().filter_map(move |field| interface.field.get(field));
    let fields = fields.chain(interface.field.list("interfaces"));
    let wrong = fields.filter(|field| field.text().is_some_and(|text| text.contains([':', '/', '@', ' '])));
    wrong.map(move |field| {
        let text = field.text().unwrap_or_default();
        let message = format!("{}: \"{text}\" is no name of WIT, and no host has it", field.path);
        subject.value(&code::INVALID_INTERFACE_NAME, &field, message).with_remedy(apart(text))
    })
}

/// An interface's whole name as the fields it is written in.
pub(super) fn apart(text: &str) -> String {
    let (name, version) = text.split_once('@').map_or((text, None), |(name, version)| (name, Some(version)));
    let (package, interface) = name.split_once('/').map_or((name, None), |(package, rest)| (package, Some(rest)));
    let Some((namespace, package)) = package.split_once(':') else {
        return "write namespace, package, version and interfaces each in its own field".to_owned();
    };
    let mut lines = vec![format!("write\nnamespace: {namespace}\npackage: {package}")];
    lines.extend(version.map(|version| format!("version: \"{version}\"")));
    lines.extend(interface.map(|interface| format!("interfaces: [{interface}]")));
    lines.join("\n")
}

/// Names that are nearly those of interfaces that hosts have.
fn spelling(subject: &Subject<'_>, interface: &Interface<'_>) -> Vec<Finding> {
    let title = interface.title();
    let Some((_, known)) = KNOWN.iter().find(|(package, _)| *package == title) else {
        let packages = KNOWN.iter().filter_map(|(package, _)| package.split_once(':'));
        let packages = packages.filter(|(namespace, _)| *namespace == interface.namespace);
        let near = mistyped(interface.package, packages.map(|(_, package)| package));
        let Some((near, field)) = near.zip(interface.field.get("package")) else { return Vec::new() };
        let message = format!("{}: hosts have no {title}", field.path);
        let remedy = format!("did you mean package: {near}?");
        return vec![subject.value(&code::MISSPELT_INTERFACE, &field, message).with_remedy(remedy)];
    };
    let listed = interface.field.list("interfaces");
    let wrong = listed.iter().filter_map(|field| {
        let word = field.text().filter(|word| !known.contains(word))?;
        let near = mistyped(word, known.iter().copied())?;
        let message = format!("{}: {title} has no interface {word}", field.path);
        Some(subject.value(&code::MISSPELT_INTERFACE, field, message).with_remedy(format!("did you mean {near}?")))
    });
    wrong.collect()
}

fn version(subject: &Subject<'_>, interface: &Interface<'_>) -> Option<Finding> {
    let field = interface.field.get("version")?;
    let text = field.text().filter(|text| !text.is_empty())?;
    if text.parse::<semver::Version>().is_ok() {
        return None;
    }
    let message = format!("{}: \"{text}\" is no version, so it cannot be held against what hosts have", field.path);
    let bare = text.trim_start_matches(['v', '@', '^', '~', '=', ' ']);
    let full = ["", ".0", ".0.0"].iter().map(|more| format!("{bare}{more}"));
    let remedy = match full.into_iter().find(|version| version.parse::<semver::Version>().is_ok()) {
        Some(version) => format!("write version: \"{version}\""),
        None => "write it in full, such as version: \"0.2.0\", or take it out: any version is meant then".to_owned(),
    };
    Some(subject.value(&code::INVALID_VERSION, &field, message).with_remedy(remedy))
}

/// The entries that a definition's rule against ambiguous ones means; none when that is not what its words are about.
pub(super) fn ambiguous(document: &Document, path: &str, words: &str) -> Vec<Finding> {
    let twice = words.contains("must not contain duplicate entries");
    let unnamed = words.contains("at most one unnamed hostInterface");
    let Some(subject) = Subject::of(document).filter(|_| path.ends_with("hostInterfaces") && (twice || unnamed)) else {
        return Vec::new();
    };
    let mut firsts: BTreeMap<String, &Interface<'_>> = BTreeMap::new();
    let mut found = Vec::new();
    for interface in subject.interfaces() {
        let version = if unnamed { "" } else { interface.field.text_of("version").unwrap_or_default() };
        let key = format!("{} {} {version}", interface.title(), interface.name.unwrap_or_default());
        if unnamed && interface.name.is_some() {
            continue;
        }
        match firsts.get(&key) {
            Some(first) => found.push(again(&subject, first, interface)),
            None => drop(firsts.insert(key, interface)),
        }
    }
    found
}

fn again(subject: &Subject<'_>, first: &Interface<'_>, interface: &Interface<'_>) -> Finding {
    let (title, path) = (interface.title(), &interface.field.path);
    let first_path = first.field.path.rsplit('.').next().unwrap_or_default();
    let (message, remedy) = match interface.name {
        Some(name) => (
            format!("{path}: {title} is called {name} here, as in {first_path}"),
            format!("give it another name than {name}"),
        ),
        None => {
            let all = |interface: &Interface<'_>| {
                let listed = interface.field.list("interfaces");
                listed.iter().filter_map(|field| field.text().map(str::to_owned)).collect::<Vec<_>>()
            };
            let mut both = all(first);
            let more: Vec<_> = all(interface).into_iter().filter(|name| !both.contains(name)).collect();
            both.extend(more);
            (
                format!("{path}: a second {title} without a name, after {first_path}: which is meant cannot be told"),
                format!("write one entry with interfaces: [{}], or give this one a name", both.join(", ")),
            )
        }
    };
    subject.value(&code::AMBIGUOUS_INTERFACE, &interface.field, message).with_remedy(remedy)
}
