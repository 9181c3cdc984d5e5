//! What the words of a command line mean: types, names, `TYPE/NAME`.

use kube::core::{ApiResource, GroupVersionKind};

use crate::api::{Kind, names};
use crate::error::Error;

/// Whether `resource` is one of ours, by its group.
pub fn is_ours(resource: &ApiResource) -> bool {
    resource.group == names::GROUP
}

/// Which of our kinds a manifest's kind is.
pub fn kind_of(kind: &GroupVersionKind) -> Option<Kind> {
    Kind::from_kind(&kind.kind).filter(|_| kind.group == names::GROUP)
}

/// What a command is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// All objects of some types, or those that selectors pick.
    Types(Vec<Kind>),
    /// Objects by name, in the order given.
    Named(Vec<(Kind, String)>),
}

/// What a verb is about.
#[derive(Clone, Copy, Debug)]
pub struct Aim {
    /// The verb, as a person types it.
    pub verb: &'static str,
    /// The kind that a NAME alone is of.
    pub bare: Option<Kind>,
    /// Why the verb has no meaning for a kind; nothing when it has.
    pub refuse: fn(Kind) -> Option<Refusal>,
}

/// Why a verb has no meaning for a kind, and what to do instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why not.
    pub message: String,
    /// What to do instead.
    pub instead: String,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::usage_with(refusal.message, refusal.instead)
    }
}

/// Reads the words of a verb: `TYPE NAME…`, `TYPE/NAME…`, `TYPE[,TYPE…]` or, where a verb is about one kind, `NAME…`.
///
/// # Errors
/// As [`parse`], and when the verb has no meaning for one of the kinds.
pub fn parse_for(words: &[String], aim: &Aim) -> Result<Selection, Error> {
    let is_bare = |word: &String| !word.contains('/') && word.split(',').all(|word| Kind::from_word(word).is_none());
    let selection = match (aim.bare, words.first()) {
        (Some(kind), Some(first)) if is_bare(first) && words.iter().all(|word| !word.contains('/')) => {
            check_names(words)?;
            Selection::Named(words.iter().map(|name| (kind, name.clone())).collect())
        }
        _ => parse(words, aim.verb)?,
    };
    let refused = selection.kinds().find_map(|kind| (aim.refuse)(kind));
    refused.map_or(Ok(selection), |refusal| Err(refusal.into()))
}

impl Aim {
    /// The kinds that the verb has a meaning for.
    pub fn kinds(&self) -> Vec<Kind> {
        Kind::ALL.into_iter().filter(|kind| (self.refuse)(*kind).is_none()).collect()
    }
}

impl Selection {
    /// The kinds that are asked for.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        let (types, named) = match self {
            Self::Types(kinds) => (kinds.as_slice(), [].as_slice()),
            Self::Named(named) => ([].as_slice(), named.as_slice()),
        };
        types.iter().copied().chain(named.iter().map(|(kind, _)| *kind))
    }
}

/// Reads `TYPE[,TYPE…]`, `TYPE NAME…` or `TYPE/NAME…`, the words of `verb`.
///
/// # Errors
/// In kubectl's words, when the types are none of ours or the forms are mixed.
pub fn parse(words: &[String], verb: &str) -> Result<Selection, Error> {
    let Some((first, names)) = words.split_first() else { return Err(typeless(verb)) };
    if words.iter().any(|word| word.contains('/')) {
        return words.iter().map(|word| pair(word)).collect::<Result<_, _>>().map(Selection::Named);
    }
    let types = first.split(',').filter(|word| !word.is_empty()).map(resource_type).collect::<Result<Vec<_>, _>>()?;
    if names.is_empty() {
        return Ok(Selection::Types(types));
    }
    check_names(names)?;
    let all = types.iter().flat_map(|kind| names.iter().map(|name| (*kind, name.clone())));
    Ok(Selection::Named(all.collect()))
}

/// The error of a verb that was told no type.
fn typeless(verb: &str) -> Error {
    Error::usage_with(asks_for(verb), TYPES)
}

/// What a verb says that was told nothing, in the words that kubectl has for it.
fn asks_for(verb: &str) -> String {
    match verb {
        "get" | "describe" | "explain" => format!("You must specify the type of resource to {verb}."),
        "delete" | "scale" | "autoscale" | "expose" | "set image" => {
            "You must provide one or more resources by argument or filename.".to_owned()
        }
        "set env" => "one or more resources must be specified as <resource> <name> or <resource>/<name>".to_owned(),
        "cordon" | "uncordon" | "drain" => format!("USAGE: {verb} HOST [flags]"),
        "logs" => "TYPE/NAME is a required argument for the logs command".to_owned(),
        _ => "required resource not specified".to_owned(),
    }
}

/// The error of a verb that was told no name, and perhaps no type.
pub fn nameless(aim: &Aim, with_type: bool) -> Error {
    let what =
        aim.bare.map_or("TYPE/NAME, or TYPE".to_owned(), |kind| format!("the name of a {}, or", kind.singular()));
    let message = match with_type {
        true if !aim.verb.starts_with("rollout ") => "resource(s) were provided, but no name was specified".to_owned(),
        _ => asks_for(aim.verb),
    };
    Error::usage_with(message, format!("`{}` needs {what} -l SELECTOR", aim.verb))
}

/// A script's variable that is empty must not be taken for a name.
fn check_names(names: &[String]) -> Result<(), Error> {
    match names.iter().any(String::is_empty) {
        true => Err(Error::usage("resource name may not be empty")),
        false => Ok(()),
    }
}

fn pair(word: &str) -> Result<(Kind, String), Error> {
    match word.split_once('/') {
        Some((_, name)) if name.contains('/') => {
            Err(Error::usage("arguments in resource/name form may not have more than one slash"))
        }
        Some((kind, name)) if !kind.is_empty() && !name.is_empty() => Ok((resource_type(kind)?, name.to_owned())),
        Some(_) => Err(Error::usage("arguments in resource/name form must have a single resource and name")),
        None => Err(Error::usage(
            "there is no need to specify a resource type as a separate argument when passing arguments in \
             resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource \
             resource/<resource_name>'",
        )),
    }
}

fn resource_type(word: &str) -> Result<Kind, Error> {
    Kind::from_word(word)
        .ok_or_else(|| Error::usage_with(format!("this plugin has no resource type \"{word}\""), TYPES))
}

/// The types, as help for whoever named none of them.
const TYPES: &str = "the types are workloaddeployments (wd), workloadreplicasets (wrs), workloads (ww), hosts and artifacts \
                     (art); `kubectl` itself shows all others";

#[cfg(test)]
mod tests {
    use super::Kind::{Artifact, Host, Workload, WorkloadDeployment, WorkloadReplicaSet};
    use super::*;

    fn parsed(line: &str) -> Result<Selection, Error> {
        parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>(), "get")
    }

    fn named(kind: Kind, name: &str) -> (Kind, String) {
        (kind, name.to_owned())
    }

    #[test]
    fn types_have_long_short_and_qualified_names() {
        for (kind, words) in [
            (WorkloadDeployment, ["wd", "workloaddeployment", "WorkloadDeployments", "wd.runtime.wasmcloud.dev"]),
            (
                WorkloadReplicaSet,
                ["wrs", "workloadreplicaset", "workloadreplicasets", "workloadreplicasets.runtime.wasmcloud.dev"],
            ),
            (Workload, ["ww", "workload", "workloads", "workloads.v1alpha1.runtime.wasmcloud.dev"]),
            (Host, ["host", "hosts", "Host", "host.runtime.wasmcloud.dev"]),
            (Artifact, ["art", "artifact", "artifacts", "art.runtime.wasmcloud.dev"]),
        ] {
            for word in words {
                assert_eq!(Kind::from_word(word), Some(kind), "{word}");
            }
            assert_eq!(kind.api_resource().plural, kind.plural());
            assert_eq!(kind.api_resource().kind.to_lowercase(), kind.singular());
            assert_eq!(Kind::from_kind(&kind.api_resource().kind), Some(kind));
        }
        assert_eq!(Kind::from_word("hosts.example.com"), None);
        assert_eq!(Kind::from_word("pods"), None);
    }

    #[test]
    fn words_select_types_or_names() {
        assert_eq!(parsed("wd").unwrap(), Selection::Types(vec![WorkloadDeployment]));
        assert_eq!(parsed("wd,ww").unwrap(), Selection::Types(vec![WorkloadDeployment, Workload]));
        let both = vec![named(WorkloadDeployment, "a"), named(WorkloadDeployment, "b")];
        assert_eq!(parsed("wd a b").unwrap(), Selection::Named(both));
        let mixed = vec![named(WorkloadDeployment, "a"), named(Host, "h")];
        assert_eq!(parsed("wd/a hosts/h").unwrap(), Selection::Named(mixed));
    }

    #[test]
    fn a_verb_of_one_kind_takes_bare_names_and_refuses_other_kinds() {
        let refuse = |kind: Kind| {
            let refusal = Refusal { message: format!("not for {}", kind.name()), instead: "x".to_owned() };
            (kind != WorkloadDeployment).then_some(refusal)
        };
        let aim = Aim { verb: "restart", bare: Some(WorkloadDeployment), refuse };
        let parsed = |line: &str| parse_for(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>(), &aim);
        let both = Selection::Named(vec![named(WorkloadDeployment, "a"), named(WorkloadDeployment, "b")]);
        assert_eq!(parsed("a b").unwrap(), both);
        assert_eq!(parsed("wd a b").unwrap(), both);
        assert_eq!(parsed("wd/a wd/b").unwrap(), both);
        assert_eq!(parsed("wd").unwrap(), Selection::Types(vec![WorkloadDeployment]));
        assert_eq!(parsed("ww/a").unwrap_err().to_string(), "not for Workload");
        assert_eq!(parsed("wd,host").unwrap_err().to_string(), "not for Host");
        assert_eq!(parsed("pods/a").unwrap_err().exit_code(), 2);
    }

    #[test]
    fn who_names_nothing_is_told_in_kubectls_words_for_the_verb() {
        let told = |verb| parse(&[], verb).unwrap_err().to_string();
        assert_eq!(told("get"), "You must specify the type of resource to get.");
        assert_eq!(told("describe"), "You must specify the type of resource to describe.");
        assert_eq!(told("logs"), "TYPE/NAME is a required argument for the logs command");
        assert!(told("delete").starts_with("You must provide one or more resources"));
        assert!(told("set env").starts_with("one or more resources must be specified as <resource> <name>"));
        let nameless = |verb, with_type| {
            let aim = Aim { verb, bare: Some(WorkloadDeployment), refuse: |_| None };
            super::nameless(&aim, with_type).to_string()
        };
        assert_eq!(nameless("scale", true), "resource(s) were provided, but no name was specified");
        assert!(nameless("scale", false).starts_with("You must provide one or more resources"));
        assert_eq!(nameless("cordon", false), "USAGE: cordon HOST [flags]");
        assert_eq!(nameless("rollout undo", true), "required resource not specified");
        assert_eq!(nameless("rollout undo", false), "required resource not specified");
    }

    #[test]
    fn a_verb_is_about_the_kinds_that_it_does_not_refuse() {
        let refuse = |kind| (kind == Host).then(|| Refusal { message: String::new(), instead: String::new() });
        let aim = Aim { verb: "logs", bare: None, refuse };
        assert!(!aim.kinds().contains(&Host) && aim.kinds().len() == Kind::ALL.len() - 1);
    }

    #[test]
    fn what_cannot_be_meant_is_a_usage_error() {
        for line in ["", "pods", "wd wd/a", "wd/", "wd/a/b", "pods/x", "/a"] {
            assert_eq!(parsed(line).unwrap_err().exit_code(), 2, "{line}");
        }
        let told = |line| parsed(line).unwrap_err().to_string();
        assert_eq!(told("/a"), "arguments in resource/name form must have a single resource and name");
        assert_eq!(told("wd/a/b"), "arguments in resource/name form may not have more than one slash");
    }

    #[test]
    fn a_name_that_is_empty_is_none() {
        let aim = Aim { verb: "cordon", bare: Some(Host), refuse: |_| None };
        let told = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(|&word| word.to_owned()).collect();
            parse_for(&words, &aim).unwrap_err().to_string()
        };
        assert_eq!(told(&["wd", ""]), "resource name may not be empty");
        assert_eq!(told(&["wd", "a", ""]), "resource name may not be empty");
        assert_eq!(told(&[""]), "resource name may not be empty");
    }
}
