//! What a request's query asks for, checked once.

use std::collections::BTreeMap;
use std::time::Duration;

use super::failure::{Cause, Failure};

/// The query parameters of all verbs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// Who writes, `fieldManager`.
    pub field_manager: Option<String>,
    /// `dryRun=All`.
    pub dry_run: bool,
    /// `fieldValidation`.
    pub field_validation: FieldValidation,
    /// Whether an apply takes fields over; `None` when it was not said.
    pub force: Option<bool>,
    /// `labelSelector`.
    pub label_selector: String,
    /// `fieldSelector`.
    pub field_selector: String,
    /// `resourceVersion`; empty when it was not said.
    pub resource_version: String,
    /// `resourceVersionMatch`.
    pub resource_version_match: Option<VersionMatch>,
    /// The most objects that a list answers with; 0 is all.
    pub limit: usize,
    /// `continue`.
    pub continuation: String,
    /// Whether a list is to go on as a watch.
    pub watch: bool,
    /// `allowWatchBookmarks`.
    pub bookmarks: bool,
    /// `sendInitialEvents`.
    pub send_initial_events: Option<bool>,
    /// How long a watch may last.
    pub timeout: Option<Duration>,
    /// `propagationPolicy` and the rest of DeleteOptions, where they stand in the query.
    pub propagation_policy: Option<String>,
    /// `orphanDependents`, which says less than that.
    pub orphan_dependents: Option<bool>,
    /// `includeObject` of a Table.
    pub include_object: Option<String>,
    /// Whether JSON is to be indented.
    pub pretty: bool,
}

/// What is done about fields that the schema does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldValidation {
    /// Dropped without a word.
    Ignore,
    /// Dropped with a `Warning` header.
    #[default]
    Warn,
    /// Refused.
    Strict,
}

/// How the `resourceVersion` of a list is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionMatch {
    /// This one.
    Exact,
    /// This one or a newer one.
    NotOlderThan,
}

/// Reads the query of a request; `kind` is the options object that Kubernetes would read it into.
///
/// # Errors
/// 400 or 422, as kube-apiserver has it, for values that mean nothing.
pub fn parse(query: &str, kind: &str) -> Result<Options, Failure> {
    let pairs: BTreeMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let text = |name: &str| pairs.get(name).cloned().unwrap_or_default();
    let some = |name: &str| pairs.get(name).filter(|value| !value.is_empty()).map(String::as_str);
    let flag = |name: &str| pairs.get(name).map(|value| !matches!(value.as_str(), "false" | "0"));
    let mut causes = Vec::new();
    let options = Options {
        field_manager: some("fieldManager").map(str::to_owned),
        dry_run: chosen("dryRun", pairs.get("dryRun").map(String::as_str), DRY_RUN, &mut causes).unwrap_or_default(),
        field_validation: chosen("fieldValidation", some("fieldValidation"), FIELD_VALIDATION, &mut causes)
            .unwrap_or_default(),
        force: flag("force"),
        label_selector: text("labelSelector"),
        field_selector: text("fieldSelector"),
        resource_version: text("resourceVersion"),
        resource_version_match: version_match(&pairs, flag("watch").unwrap_or_default(), &mut causes),
        limit: number(&pairs, "limit")?.unwrap_or_default(),
        continuation: text("continue"),
        watch: flag("watch").unwrap_or_default(),
        bookmarks: flag("allowWatchBookmarks").unwrap_or_default(),
        send_initial_events: flag("sendInitialEvents"),
        timeout: number(&pairs, "timeoutSeconds")?.filter(|seconds| *seconds > 0).map(seconds),
        propagation_policy: some("propagationPolicy").map(str::to_owned),
        orphan_dependents: flag("orphanDependents"),
        include_object: some("includeObject").map(str::to_owned),
        pretty: flag("pretty").unwrap_or_default(),
    };
    if causes.is_empty() { Ok(options) } else { Err(Failure::invalid("meta.k8s.io", kind, "", &causes)) }
}

fn seconds(count: usize) -> Duration {
    Duration::from_secs(u64::try_from(count).unwrap_or(u64::MAX))
}

const DRY_RUN: &[(&str, bool)] = &[("All", true)];
const FIELD_VALIDATION: &[(&str, FieldValidation)] = &[
    ("", FieldValidation::Warn),
    ("Ignore", FieldValidation::Ignore),
    ("Strict", FieldValidation::Strict),
    ("Warn", FieldValidation::Warn),
];
const VERSION_MATCH: &[(&str, Option<VersionMatch>)] =
    &[("Exact", Some(VersionMatch::Exact)), ("NotOlderThan", Some(VersionMatch::NotOlderThan)), ("", None)];

/// One of the values that mean something.
fn chosen<T: Copy>(field: &str, value: Option<&str>, meanings: &[(&str, T)], causes: &mut Vec<Cause>) -> Option<T> {
    let value = value?;
    let meaning = meanings.iter().find(|(name, _)| *name == value).map(|(_, meaning)| *meaning);
    if meaning.is_none() {
        causes.push(unsupported(field, value, meanings.iter().map(|(name, _)| *name)));
    }
    meaning
}

fn unsupported<'a>(field: &str, value: &str, supported: impl Iterator<Item = &'a str>) -> Cause {
    let supported: Vec<String> = supported.map(|name| format!("\"{name}\"")).collect();
    // dryRun is a list in Go.
    let value = if field == "dryRun" { format!("[\"{value}\"]") } else { format!("\"{value}\"") };
    let message = format!("Unsupported value: {value}: supported values: {}", supported.join(", "));
    Cause { reason: "FieldValueNotSupported", message, field: field.to_owned() }
}

fn version_match(pairs: &BTreeMap<String, String>, is_watch: bool, causes: &mut Vec<Cause>) -> Option<VersionMatch> {
    let field = "resourceVersionMatch";
    let version = pairs.get("resourceVersion").map(String::as_str).unwrap_or_default();
    let value = pairs.get(field).map(String::as_str).filter(|value| !value.is_empty());
    let mut forbid = |field: &str, why: &str| {
        let message = format!("Forbidden: {why}");
        causes.push(Cause { reason: "FieldValueForbidden", message, field: field.to_owned() });
    };
    if value.is_some() && version.is_empty() && !is_watch {
        forbid(field, "resourceVersionMatch is forbidden unless resourceVersion is provided");
    }
    if pairs.contains_key("sendInitialEvents") && !is_watch {
        forbid("sendInitialEvents", "sendInitialEvents is forbidden for list");
    }
    let meaning = chosen(field, value, VERSION_MATCH, causes).flatten();
    if meaning == Some(VersionMatch::Exact) && version == "0" {
        let message = "Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"".to_owned();
        causes.push(Cause { reason: "FieldValueForbidden", message, field: field.to_owned() });
    }
    meaning
}

/// A number; a negative one counts as not said.
fn number(pairs: &BTreeMap<String, String>, name: &str) -> Result<Option<usize>, Failure> {
    let Some(text) = pairs.get(name).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let number: i64 = text
        .parse()
        .map_err(|_| Failure::bad_request(format!("strconv.ParseInt: parsing \"{text}\": invalid syntax")))?;
    Ok(usize::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_said_is_the_default() {
        assert_eq!(parse("", "ListOptions").unwrap(), Options::default());
    }

    #[test]
    fn everything_is_read() {
        let options = parse(
            "fieldManager=me&dryRun=All&fieldValidation=Strict&force=true&limit=5&continue=abc&watch=1&timeoutSeconds=7\
             &allowWatchBookmarks=true&sendInitialEvents=true&resourceVersion=3&resourceVersionMatch=NotOlderThan\
             &labelSelector=a%3Db%2Cc&fieldSelector=metadata.name%3Dx",
            "ListOptions",
        )
        .unwrap();
        assert_eq!(options.field_manager.as_deref(), Some("me"));
        assert!(options.dry_run && options.watch && options.bookmarks);
        assert_eq!((options.force, options.send_initial_events), (Some(true), Some(true)));
        assert_eq!((options.limit, options.continuation.as_str()), (5, "abc"));
        assert_eq!(options.timeout, Some(Duration::from_secs(7)));
        assert_eq!(options.field_validation, FieldValidation::Strict);
        assert_eq!(options.resource_version_match, Some(VersionMatch::NotOlderThan));
        assert_eq!(options.label_selector, "a=b,c");
        assert_eq!(options.field_selector, "metadata.name=x");
    }

    #[test]
    fn what_means_nothing_is_refused() {
        for query in ["dryRun=Some", "fieldValidation=Maybe", "resourceVersionMatch=About", "limit=x"] {
            assert!(parse(query, "ListOptions").is_err(), "{query}");
        }
        assert_eq!(parse("limit=-1", "ListOptions").unwrap().limit, 0);
    }

    #[test]
    fn revisions_and_how_they_are_meant_go_together() {
        for (query, causes) in [
            ("resourceVersionMatch=Exact", 1),
            ("resourceVersionMatch=Exact&resourceVersion=0", 1),
            ("sendInitialEvents=true", 1),
            ("resourceVersionMatch=About", 2),
            ("dryRun=", 1),
        ] {
            let failure = parse(query, "ListOptions").unwrap_err();
            assert_eq!(failure.details["causes"].as_array().map(Vec::len), Some(causes), "{query}");
        }
        for query in
            ["resourceVersionMatch=Exact&resourceVersion=5", "resourceVersionMatch=NotOlderThan&watch=true", ""]
        {
            assert!(parse(query, "ListOptions").is_ok(), "{query}");
        }
    }

    #[test]
    fn flags_are_on_unless_they_say_no() {
        let force = |query: &str| parse(query, "PatchOptions").unwrap().force;
        assert_eq!((force(""), force("force=0"), force("force=false")), (None, Some(false), Some(false)));
        assert_eq!((force("force"), force("force=1"), force("force=yes")), (Some(true), Some(true), Some(true)));
        let orphan = parse("orphanDependents=true&propagationPolicy=Orphan", "DeleteOptions").unwrap();
        assert_eq!((orphan.orphan_dependents, orphan.propagation_policy.as_deref()), (Some(true), Some("Orphan")));
    }
}
