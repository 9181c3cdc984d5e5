//! `set env`: which variables become what. They stand in a component's `localResources.environment`.

use serde_json::{Value, json};

use super::{Part, parts, there_are};
use crate::api::Kind;
use crate::error::Error;
use crate::manifest::edit::{Edit, Step};

/// Where a component's environment stands.
const ENVIRONMENT: [&str; 2] = ["localResources", "environment"];

/// One change of an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A variable has this value.
    Set(String, String),
    /// A variable is gone.
    Unset(String),
    /// All that a ConfigMap or Secret has is taken over.
    From(Source),
}

/// An object that an environment is taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Whether it is a Secret, and no ConfigMap.
    pub secret: bool,
    /// Its name.
    pub name: String,
}

impl Source {
    /// Reads `configmap/NAME` or `secret/NAME`.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(word: &str) -> Result<Self, String> {
        let unknown = || "it is configmap/NAME or secret/NAME".to_owned();
        let (kind, name) = word.split_once('/').ok_or_else(unknown)?;
        let secret = match kind.to_ascii_lowercase().as_str() {
            "configmap" | "configmaps" | "cm" => false,
            "secret" | "secrets" => true,
            _ => return Err(unknown()),
        };
        if name.is_empty() || name.contains('/') { Err(unknown()) } else { Ok(Self { secret, name: name.to_owned() }) }
    }

    fn field(&self) -> &'static str {
        if self.secret { "secretFrom" } else { "configFrom" }
    }
}

/// Which components are meant, and whether values that are there may change.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// A name in which `*` stands for anything.
    pub components: &'a str,
    /// Whether values that are there may change.
    pub overwrite: bool,
}

/// Whether a word is `KEY=VALUE` or `KEY-`.
pub fn is_change(word: &str) -> bool {
    word.contains('=') || (word.ends_with('-') && word.len() > 1 && !word.contains('/'))
}

/// Reads `KEY=VALUE` and `KEY-` words.
///
/// # Errors
/// When a key is empty, or is set and taken away at once.
pub fn parse(words: &[String]) -> Result<Vec<Change>, Error> {
    let read = |word: &String| match (word.split_once('='), word.strip_suffix('-')) {
        (Some((key, value)), _) if !key.is_empty() => Ok(Change::Set(key.to_owned(), value.to_owned())),
        (None, Some(key)) if !key.is_empty() => Ok(Change::Unset(key.to_owned())),
        _ => Err(Error::usage(format!("environment variables must be of the form key=value and is \"{word}\""))),
    };
    let changes = words.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let unset = |key: &String| changes.iter().any(|change| matches!(change, Change::Unset(other) if other == key));
    let both = changes.iter().find_map(|change| match change {
        Change::Set(key, _) if unset(key) => Some(key),
        _ => None,
    });
    match both {
        Some(key) => Err(Error::usage(format!(
            "can not both modify and remove the environment variable \"{key}\" in the same command"
        ))),
        None => Ok(changes),
    }
}

/// The components that are meant.
///
/// # Errors
/// When there is none.
pub fn meant<'a>(parts: &'a [Part<'a>], pattern: &str) -> Result<Vec<&'a Part<'a>>, Error> {
    let meant: Vec<_> = parts.iter().filter(|part| is_like(part.name, pattern)).collect();
    match meant.is_empty() {
        true => {
            Err(Error::usage_with(format!("unable to find component named \"{pattern}\""), there_are(parts, pattern)))
        }
        false => Ok(meant),
    }
}

fn is_like(name: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        None => name == pattern,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            let tails = (0..=rest.len()).filter_map(|at| rest.get(at..));
            tails.into_iter().any(|tail| is_like(tail, after))
        }),
    }
}

/// The changes of an object.
///
/// # Errors
/// When it has no such component, or a value is there already that may not change.
pub fn plan(kind: Kind, object: &Value, changes: &[Change], scope: Scope<'_>) -> Result<Vec<Edit>, Error> {
    let parts = parts(kind, object);
    let mut edits = Vec::new();
    for part in meant(&parts, scope.components)? {
        for change in changes {
            match change {
                Change::Set(key, value) => edits.extend(set(part, (key, value), scope.overwrite)?),
                Change::Unset(_) => {}
                Change::From(source) => edits.extend(take_over(part, source)),
            }
        }
        edits.extend(unset(part, changes));
    }
    Ok(edits)
}

fn environment<'a>(part: &'a Part<'a>, field: &str) -> Option<&'a Value> {
    ENVIRONMENT.iter().try_fold(part.value, |at, key| at.get(key))?.get(field).filter(|value| !value.is_null())
}

fn path(part: &Part<'_>, more: &[Step]) -> Vec<Step> {
    [part.path.clone(), ENVIRONMENT.iter().map(|key| Step::from(*key)).collect(), more.to_vec()].concat()
}

fn set(part: &Part<'_>, (key, value): (&String, &String), overwrite: bool) -> Result<Option<Edit>, Error> {
    let old = environment(part, "config").and_then(|config| config.get(key)?.as_str());
    match old {
        Some(same) if same == value => Ok(None),
        Some(old) if !overwrite => {
            Err(Error::usage(format!("'{key}' already has a value ({old}), and --overwrite is false")))
        }
        _ => {
            let path = path(part, &["config".into(), Step::Key(key.clone())]);
            Ok(Some(Edit { path, value: Some(value.as_str().into()) }))
        }
    }
}

fn take_over(part: &Part<'_>, source: &Source) -> Option<Edit> {
    let listed = environment(part, source.field()).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if listed.iter().any(|reference| reference["name"] == source.name.as_str()) {
        return None;
    }
    let path = path(part, &[source.field().into(), Step::Index(listed.len())]);
    Some(Edit { path, value: Some(json!({"name": source.name})) })
}

/// Takes variables away, and what would be left empty around them. What else is set at the same time stays around.
fn unset(part: &Part<'_>, changes: &[Change]) -> Vec<Edit> {
    let gone = |key: &str| changes.iter().any(|change| matches!(change, Change::Unset(other) if other == key));
    let sets = changes.iter().any(|change| matches!(change, Change::Set(..)));
    let takes = changes.iter().any(|change| matches!(change, Change::From(_)));
    let Some(config) = environment(part, "config").and_then(Value::as_object) else { return Vec::new() };
    let keys: Vec<_> = config.keys().filter(|key| gone(key)).collect();
    if keys.is_empty() {
        return Vec::new();
    }
    let all = keys.len() == config.len() && !sets;
    let one = |key: &str, at: &Value| at.get(key).and_then(Value::as_object).is_some_and(|map| map.len() == 1);
    let alone = all && !takes && one("environment", &part.value["localResources"]);
    let nothing_else = alone && one("localResources", part.value);
    let way: &[&str] = match (all, alone, nothing_else) {
        (.., true) => &ENVIRONMENT[..1],
        (_, true, _) => &ENVIRONMENT,
        (true, ..) => &["localResources", "environment", "config"],
        _ => {
            let remove =
                |key: &&String| Edit { path: path(part, &["config".into(), Step::Key((*key).clone())]), value: None };
            return keys.iter().map(remove).collect();
        }
    };
    let way = way.iter().map(|key| Step::from(*key)).collect();
    vec![Edit { path: [part.path.clone(), way].concat(), value: None }]
}

/// What may keep variables from having the values that are set: of a key in several places, ConfigMaps and Secrets win.
pub fn shadows(kind: Kind, object: &Value, changes: &[Change], components: &str) -> Vec<String> {
    let set = changes.iter().filter_map(|change| match change {
        Change::Set(key, _) => Some(key.as_str()),
        Change::Unset(_) | Change::From(_) => None,
    });
    let keys: Vec<_> = set.collect();
    let parts = parts(kind, object);
    let Ok(meant) = meant(&parts, components) else { return Vec::new() };
    let warning = |part: &&Part<'_>| {
        let sources = sources(part).join(", ");
        let is_fine = sources.is_empty() || keys.is_empty();
        (!is_fine).then(|| {
            format!("{} takes over {sources} too: a key that is there wins over {}", part.name, keys.join(", "))
        })
    };
    meant.iter().filter_map(warning).collect()
}

fn sources(part: &Part<'_>) -> Vec<String> {
    let kinds = [("configFrom", "configmap"), ("secretFrom", "secret")];
    let of = |(field, what): (&str, &str)| {
        let references = environment(part, field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let names = references.iter().filter_map(|reference| reference.get("name")?.as_str());
        names.map(|name| format!("{what} {name}")).collect::<Vec<_>>()
    };
    kinds.into_iter().flat_map(of).collect()
}

/// What `--list` shows of an object: variables as they would be set, and where others come from. Secrets' values are never
/// read.
///
/// # Errors
/// When it has no such component.
pub fn list(kind: Kind, object: &Value, components: &str) -> Result<Vec<String>, Error> {
    let parts = parts(kind, object);
    let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
    let mut lines = Vec::new();
    for part in meant(&parts, components)? {
        lines.push(format!("# {} {name}, component {}", kind.plural(), part.name));
        let config = environment(part, "config").and_then(Value::as_object).into_iter().flatten();
        lines.extend(config.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default())));
        lines.extend(sources(part).iter().map(|source| format!("# all keys of {source}")));
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::edit::apply;

    fn workload(environment: &Value) -> Value {
        let resources = json!({"environment": environment, "allowedHosts": ["x"]});
        json!({"metadata": {"name": "w"}, "spec": {
            "components": [{"name": "http", "localResources": resources}, {"name": "worker"}],
            "service": {"image": "s"},
        }})
    }

    fn changes(line: &str) -> Vec<Change> {
        parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).unwrap()
    }

    fn after(object: &Value, changes: &[Change], components: &str) -> Value {
        let mut object = object.clone();
        let scope = Scope { components, overwrite: true };
        let edits = plan(Kind::Workload, &object, changes, scope).unwrap();
        apply(&mut object, &edits);
        object["spec"].clone()
    }

    #[test]
    fn variables_are_set_in_all_components_or_in_those_named() {
        let object = workload(&json!({"config": {"A": "1"}}));
        let all = after(&object, &changes("B=2 A=3"), "*");
        assert_eq!(all["components"][0]["localResources"]["environment"]["config"], json!({"A": "3", "B": "2"}));
        assert_eq!(all["components"][1]["localResources"]["environment"]["config"], json!({"A": "3", "B": "2"}));
        assert_eq!(all["service"]["localResources"]["environment"]["config"], json!({"A": "3", "B": "2"}));
        let one = after(&object, &changes("B=x=y"), "wor*");
        assert_eq!(one["components"][1]["localResources"]["environment"]["config"], json!({"B": "x=y"}));
        assert_eq!(one["components"][0], object["spec"]["components"][0]);
    }

    #[test]
    fn what_a_removal_leaves_empty_goes_too() {
        let unset = |environment: Value, line: &str| {
            after(&workload(&environment), &changes(line), "http")["components"][0]["localResources"].clone()
        };
        assert_eq!(unset(json!({"config": {"A": "1", "B": "2"}}), "A-")["environment"], json!({"config": {"B": "2"}}));
        let from = json!([{"name": "c"}]);
        assert_eq!(
            unset(json!({"config": {"A": "1"}, "configFrom": from}), "A-")["environment"],
            json!({"configFrom": from})
        );
        assert_eq!(unset(json!({"config": {"A": "1"}}), "A-"), json!({"allowedHosts": ["x"]}));
        assert_eq!(unset(json!({"config": {"A": "1"}}), "X-")["environment"], json!({"config": {"A": "1"}}));
        assert_eq!(unset(json!({"config": {"A": "1"}}), "A- B=2")["environment"], json!({"config": {"B": "2"}}));
        let only =
            json!({"spec": {"components": [{"name": "a", "localResources": {"environment": {"config": {"A": "1"}}}}]}});
        assert_eq!(after(&only, &changes("A-"), "*"), json!({"components": [{"name": "a"}]}));
    }

    #[test]
    fn sources_are_added_once() {
        let source = Change::From(Source::parse("secret/s").unwrap());
        let object = workload(&json!({"secretFrom": [{"name": "r"}]}));
        let first = after(&object, std::slice::from_ref(&source), "http");
        assert_eq!(
            first["components"][0]["localResources"]["environment"]["secretFrom"],
            json!([{"name": "r"}, {"name": "s"}])
        );
        let scope = Scope { components: "http", overwrite: true };
        assert!(plan(Kind::Workload, &json!({"spec": first}), &[source], scope).unwrap().is_empty());
        assert_eq!(Source::parse("cm/x").unwrap(), Source { secret: false, name: "x".to_owned() });
        for word in ["x", "pod/x", "secret/", "secret/a/b"] {
            assert!(Source::parse(word).is_err(), "{word}");
        }
    }

    #[test]
    fn values_that_are_there_are_kept_when_asked() {
        let object = workload(&json!({"config": {"A": "1"}}));
        let scope = Scope { components: "http", overwrite: false };
        let error = plan(Kind::Workload, &object, &changes("A=2"), scope).unwrap_err();
        assert_eq!(error.to_string(), "'A' already has a value (1), and --overwrite is false");
        assert!(plan(Kind::Workload, &object, &changes("A=1"), scope).unwrap().is_empty());
    }

    #[test]
    fn a_list_shows_where_everything_comes_from_and_no_secret() {
        let object =
            workload(&json!({"config": {"A": "1"}, "configFrom": [{"name": "c"}], "secretFrom": [{"name": "s"}]}));
        let lines = list(Kind::Workload, &object, "http").unwrap();
        assert_eq!(
            lines,
            ["# workloads w, component http", "A=1", "# all keys of configmap c", "# all keys of secret s"]
        );
        assert!(list(Kind::Workload, &object, "x").is_err());
    }

    #[test]
    fn what_wins_over_a_value_is_named() {
        let object = workload(&json!({"configFrom": [{"name": "c"}], "secretFrom": [{"name": "s"}]}));
        let warned = |line| shadows(Kind::Workload, &object, &changes(line), "*");
        assert_eq!(
            warned("A=1 B=2"),
            ["http takes over configmap c, secret s too: a key that is there wins over A, B"]
        );
        assert!(warned("A-").is_empty(), "nothing is set");
    }

    #[test]
    fn words_that_make_no_sense_are_refused() {
        for line in ["=x", "A=1 A-"] {
            let words: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
            assert!(parse(&words).is_err(), "{line}");
        }
        for (word, change) in [("A=1", true), ("A-", true), ("-", false), ("wd/x-", false), ("web", false)] {
            assert_eq!(is_change(word), change, "{word}");
        }
    }
}
