//! What to do about findings of a definition, which the server words and leaves it at that.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use super::code::{self, Code};
use super::field::Field;
use super::finding::Finding;
use crate::manifest::Document;
use crate::schema::metadata::dns_subdomain;

/// Required fields, with something that makes sense there. Capital words are to be replaced.
const EXAMPLES: [(&str, &str); 14] = [
    ("artifactFrom", "artifactFrom:\n  name: ARTIFACT"),
    ("config", "config:\n  KEY: value"),
    ("host", "host: web.example.com"),
    ("hostId", "hostId: ID"),
    ("image", "image: REGISTRY/NAME:TAG"),
    ("interfaces", "interfaces: [incoming-handler]"),
    ("mountPath", "mountPath: /data"),
    ("name", "name: NAME"),
    ("namespace", "namespace: wasi"),
    ("package", "package: http"),
    ("path", "path: /data"),
    ("service", "service:\n  name: SERVICE"),
    ("spec", "spec:\n  components:\n  - name: web\n    image: REGISTRY/NAME:TAG"),
    ("template", "template:\n  spec:\n    components:\n    - name: web\n      image: REGISTRY/NAME:TAG"),
];

/// Findings of one document, each at the place it means, each with a way out.
pub(super) fn complete(document: &Document, found: Vec<Finding>) -> Vec<Finding> {
    let wrong = found.iter().filter(|finding| finding.code == &code::WRONG_TYPE);
    let types: HashSet<_> = wrong.filter_map(|finding| Some(finding.message.split_once(": ")?.0.to_owned())).collect();
    // Of a number of the wrong type the server says so twice.
    let twice = |finding: &Finding| checked(&finding.message).is_some_and(|(_, path)| types.contains(path));
    // And of a name that is to be generated, too.
    let about = |path: &str| found.iter().any(|finding| finding.message.starts_with(path));
    let is_generated = document.name().is_empty() && about("metadata.generateName: ");
    let again = |finding: &Finding| is_generated && finding.message.starts_with("metadata.name: ");
    let has_metadata = found.iter().any(|finding| finding.code == &code::INVALID_METADATA);
    let once = found.into_iter().filter(|finding| !twice(finding) && !again(finding));
    let keys = if has_metadata { keys(document) } else { Keys::new() };
    once.map(|finding| with_way_out(document, placed(document, finding, &keys))).collect()
}

/// What a number was to be, and where it stands, as the server says it of numbers that are too large.
fn checked(message: &str) -> Option<(&str, &str)> {
    let (_, rest) = message.split_once("Checked value must be of type ")?;
    rest.rsplit_once(" in ")
}

/// The finding where it belongs: the server names some places in its words alone.
fn placed(document: &Document, finding: Finding, keys: &Keys<'_>) -> Finding {
    if let Some((wanted, path)) = checked(&finding.message) {
        let format = wanted.rsplit(' ').next().filter(|_| wanted.contains(" with format ")).unwrap_or("integer");
        let message = format!("{path}: the number is none that {format} has");
        return Finding::value(finding.code, document, path, message);
    }
    let said = finding.message.split(": ").next();
    let map = said.filter(|_| finding.code == &code::INVALID_METADATA).and_then(|said| Map::of(document, said));
    let Some(map) = map else { return finding };
    let refused = finding.message.split('"').nth(1).unwrap_or_default();
    if map.field.value.get(refused).is_some() {
        return Finding::key(finding.code, document, &map.field.below(refused), finding.message);
    }
    match keys.get(&(map.name, refused)) {
        Some(key) => Finding::value(finding.code, document, &map.field.below(key), finding.message),
        None => finding,
    }
}

/// Labels or annotations.
struct Map<'a> {
    name: &'static str,
    field: Field<'a>,
}

impl<'a> Map<'a> {
    /// That of a path.
    fn of(document: &'a Document, path: &str) -> Option<Self> {
        let name = ["labels", "annotations"].into_iter().find(|name| path.strip_prefix("metadata.") == Some(name))?;
        Some(Self { name, field: Field::root(document).at(&["metadata", name])? })
    }
}

/// The keys of labels and annotations by what they are for: of which map, and with which value.
type Keys<'a> = HashMap<(&'static str, &'a str), &'a str>;

fn keys(document: &Document) -> Keys<'_> {
    let mut keys = HashMap::new();
    for map in ["metadata.labels", "metadata.annotations"].into_iter().filter_map(|path| Map::of(document, path)) {
        for (key, value) in map.field.value.as_object().into_iter().flatten() {
            if let Some(value) = value.as_str() {
                keys.entry((map.name, value)).or_insert(key.as_str());
            }
        }
    }
    keys
}

fn with_way_out(document: &Document, finding: Finding) -> Finding {
    if finding.remedy.is_some() {
        return finding;
    }
    let known = match finding.code {
        code if code == &code::REQUIRED_FIELD => required(&finding),
        code if code == &code::WRONG_TYPE => wanted(&finding.message),
        code if code == &code::NOT_SUPPORTED => supported(&finding.message),
        code if code == &code::INVALID_VALUE => bounded(&finding.message),
        code if code == &code::INVALID_METADATA => Some(metadata(&finding.message)),
        _ => return finding,
    };
    let remedy = known.unwrap_or_else(|| explained(document, finding.code, &finding.message));
    finding.with_remedy(remedy)
}

/// The field's name in a message that begins with its path.
fn field_of(message: &str) -> &str {
    let path = message.split(": ").next().unwrap_or_default();
    let last = path.rsplit('.').next().unwrap_or_default();
    last.split('[').next().unwrap_or_default()
}

fn required(finding: &Finding) -> Option<String> {
    let field = field_of(&finding.message);
    let (_, example) = EXAMPLES.iter().find(|(name, _)| *name == field)?;
    Some(format!("add\n{example}"))
}

/// What a value of the wanted type looks like.
fn wanted(message: &str) -> Option<String> {
    let (_, types) = message.split_once("must be of type ")?;
    let like = match types.split([',', ' ']).next()? {
        "integer" | "int32" | "int64" => "write a whole number, without quotes, such as 1",
        "number" | "float" | "double" => "write a number, without quotes, such as 1.5",
        "boolean" => "write true or false, without quotes",
        "string" => "write one text, such as \"value\"",
        "array" => "write a list: a line for each entry, which begins with \"- \"",
        "object" => "write an object: its fields one a line below this one, indented further, as KEY: value",
        _ => return None,
    };
    Some(like.to_owned())
}

fn supported(message: &str) -> Option<String> {
    let (_, values) = message.split_once("supported values: ")?;
    Some(format!("write one of {values}"))
}

/// What keeps to a bound that the server names.
fn bounded(message: &str) -> Option<String> {
    let number = |after: &str| {
        let rest = message.split_once(after)?.1;
        Some(rest.split(|c: char| !c.is_ascii_digit() && c != '-').next()?.to_owned())
    };
    if let Some((_, format)) = message.split_once("the number is none that ") {
        return Some(match format {
            "int32 has" => format!("write a whole number from {} to {}", i32::MIN, i32::MAX),
            _ => "write a smaller number".to_owned(),
        });
    }
    if message.contains("[a-z0-9][a-z0-9-]*") {
        return Some("write small letters, digits and -, beginning with a letter or digit, such as cache-1".to_owned());
    }
    let least = number("should be greater than or equal to ").map(|least| format!("write {least} or more"));
    let items = || number("should have at least ").map(|least| format!("list {least} or more of them"));
    let most = || number("may not be more than ").map(|most| format!("keep to {most} characters"));
    let most = || most().or_else(|| number("must have at most ").map(|most| format!("keep to {most} of them")));
    let long = || number("should be at least ").map(|least| format!("write {least} characters or more"));
    least.or_else(items).or_else(most).or_else(long)
}

/// What Kubernetes takes for names, labels and the like.
fn metadata(message: &str) -> String {
    let (path, rest) = message.split_once(": ").unwrap_or((message, ""));
    let Some(field) = path.strip_prefix("metadata.").and_then(|path| path.split(['.', '[']).next()) else {
        return "write name and namespace as one text each, labels and annotations as KEY: \"value\"".to_owned();
    };
    let refused = rest.split('"').nth(1).unwrap_or_default();
    match field {
        "name" | "generateName" | "namespace" if rest.starts_with("Required") => {
            format!("add to metadata\n{field}: web")
        }
        "name" | "namespace" => format!("write {field}: {}", tidy(refused, field == "namespace")),
        "generateName" => format!("write generateName: {}-", tidy(refused, false)),
        "labels" => {
            "a label is of letters, digits, -, _ and dots, at most 63, and begins and ends with a letter or digit; \
                     longer texts are annotations"
                .to_owned()
        }
        "annotations" => {
            "a name is NAME or PREFIX/NAME, of letters, digits, -, _ and dots; all values together may have \
                          256 KiB"
                .to_owned()
        }
        "finalizers" => "write a finalizer as example.com/NAME".to_owned(),
        _ => format!("take metadata.{field} out: controllers write it themselves"),
    }
}

/// The nearest name that Kubernetes takes.
fn tidy(name: &str, is_label: bool) -> String {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || (c == '.' && !is_label);
    let lower: String = name.to_ascii_lowercase().chars().map(|c| if fits(c) { c } else { '-' }).collect();
    let tidy: String = lower.trim_matches(['-', '.']).chars().take(63).collect();
    let tidy = tidy.trim_matches(['-', '.']);
    if tidy.is_empty() || !dns_subdomain(tidy).is_empty() { "web".to_owned() } else { tidy.to_owned() }
}

/// Where to read what may stand there.
fn explained(document: &Document, code: &Code, message: &str) -> String {
    let kind = document.kind().map(|kind| kind.kind.to_lowercase()).unwrap_or_default();
    let path = message.split(": ").next().filter(|path| path.starts_with("spec")).unwrap_or_default();
    let steps: Vec<_> = path.split('.').map(|step| step.split('[').next().unwrap_or_default()).collect();
    let path = if steps == [""] { kind } else { format!("{kind}.{}", steps.join(".")) };
    match code.id {
        id if id == code::REQUIRED_FIELD.id => format!("add it; `kubectl wasmcloud explain {path}` tells what it is"),
        _ => format!("`kubectl wasmcloud explain {path}` tells what may stand there"),
    }
}
