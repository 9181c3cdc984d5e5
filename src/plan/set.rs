//! What `set` changes: the components' images and environment.

pub mod env;
pub mod image;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::Value;

use crate::api::{Kind, controller_of};
use crate::error::Error;
use crate::manifest::edit::Step;
use crate::plan::selection::Refusal;

/// How the service is called among the components, which has no name of its own.
pub const SERVICE: &str = "service";

/// A component of an object, or its service.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it stands in the object.
    pub path: Vec<Step>,
    /// What stands there.
    pub value: &'a Value,
}

/// The components of a deployment's, replica set's or Workload's spec, and the service after them.
pub fn parts(kind: Kind, object: &Value) -> Vec<Part<'_>> {
    let way: &[&str] = if kind == Kind::Workload { &["spec"] } else { &["spec", "template", "spec"] };
    let spec = way.iter().try_fold(object, |at, key| at.get(key));
    let path = |more: &[Step]| [&way.iter().map(|key| Step::from(*key)).collect::<Vec<_>>(), more].concat();
    let components = spec.and_then(|spec| spec.get("components")?.as_array()).into_iter().flatten().enumerate();
    let components = components.map(|(index, value)| Part {
        name: value.get("name").and_then(Value::as_str).unwrap_or_default(),
        path: path(&["components".into(), Step::Index(index)]),
        value,
    });
    let service = spec.and_then(|spec| spec.get("service")).filter(|service| service.is_object());
    components.chain(service.map(|value| Part { name: SERVICE, path: path(&["service".into()]), value })).collect()
}

/// The words that name objects, and those from the first on that is a change.
///
/// # Errors
/// In kubectl's words, when an object is named after a change.
pub fn split(words: &[String], is_change: fn(&str) -> bool, what: &str) -> Result<(Vec<String>, Vec<String>), Error> {
    let first = words.iter().position(|word| is_change(word)).unwrap_or(words.len());
    let (objects, changes) = words.split_at(first);
    match changes.iter().find(|word| !is_change(word)) {
        Some(word) => Err(Error::usage(format!("all resources must be specified before {what} changes: {word}"))),
        None => Ok((objects.to_vec(), changes.to_vec())),
    }
}

/// What `set` has no meaning for.
pub fn refuse(kind: Kind, what: &str) -> Option<Refusal> {
    let instead = match kind {
        Kind::WorkloadDeployment | Kind::WorkloadReplicaSet | Kind::Workload => return None,
        Kind::Host => "hosts are configured where they are started, such as in their Helm chart's values",
        Kind::Artifact => {
            "`kubectl patch artifact.runtime.wasmcloud.dev/NAME --type=merge -p '{\"spec\":{\"image\":\"IMAGE\"}}'` gives one another image"
        }
    };
    let message = format!("set {what} is for components, and {} has none", article(kind));
    Some(Refusal { message, instead: instead.to_owned() })
}

/// A kind with its article.
pub(super) fn article(kind: Kind) -> String {
    let article = if kind == Kind::Artifact { "an" } else { "a" };
    format!("{article} {}", kind.name())
}

/// Who makes an object what it is, so that a change of it would not last.
pub fn owner(object: &Value) -> Option<(String, String)> {
    let metadata: ObjectMeta = serde_json::from_value(object.get("metadata")?.clone()).ok()?;
    // A replica set that is history has an owner that is no longer its controller.
    let past =
        || metadata.owner_references.iter().flatten().find(|owner| owner.kind == Kind::WorkloadDeployment.name());
    let owner = controller_of(&metadata).or_else(past)?;
    Some((owner.kind.clone(), owner.name.clone()))
}

/// Why an object that another one owns is not changed.
///
/// # Errors
/// When one does.
pub fn check_owner(title: &str, object: &Value) -> Result<(), Error> {
    let Some((kind, name)) = owner(object) else { return Ok(()) };
    let message = format!("{title} is made by {kind} \"{name}\", which sets it back");
    let more = if kind == Kind::WorkloadReplicaSet.name() { ", or the deployment that makes that" } else { "" };
    let owner = Kind::from_kind(&kind).map_or(kind, |kind| kind.singular().to_owned());
    Err(Error::usage_with(message, format!("change {owner}/{name} instead{more}")))
}

/// The components' names, as help for whoever named another one.
fn there_are(parts: &[Part<'_>], wanted: &str) -> String {
    let names: Vec<_> = parts.iter().map(|part| part.name).collect();
    let near = names.iter().filter(|name| is_near(name, wanted)).map(|name| format!("; did you mean \"{name}\"?"));
    match names.is_empty() {
        true => "it has no components".to_owned(),
        false => format!("its components are {}{}", names.join(", "), near.take(1).collect::<String>()),
    }
}

/// Whether two names differ in no more than a third of their letters.
fn is_near(name: &str, wanted: &str) -> bool {
    strsim::levenshtein(name, wanted) * 3 <= name.chars().count().max(wanted.chars().count())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn components_come_first_and_the_service_last() {
        let spec = json!({"components": [{"name": "a"}, {"name": "b"}], "service": {"image": "x"}});
        let deployment = json!({"spec": {"template": {"spec": spec}}});
        let names =
            |kind, object: &Value| parts(kind, object).iter().map(|part| part.name.to_owned()).collect::<Vec<_>>();
        assert_eq!(names(Kind::WorkloadDeployment, &deployment), ["a", "b", "service"]);
        assert_eq!(names(Kind::Workload, &json!({"spec": spec})), ["a", "b", "service"]);
        assert!(parts(Kind::Workload, &json!({"spec": {"components": null}})).is_empty());
        let second = parts(Kind::WorkloadDeployment, &deployment)[1].path.clone();
        assert_eq!(second, ["spec".into(), "template".into(), "spec".into(), "components".into(), Step::Index(1)]);
    }

    #[test]
    fn objects_are_named_before_the_changes() {
        let split = |line: &str| {
            let words: Vec<_> = line.split(' ').map(str::to_owned).collect();
            super::split(&words, |word| word.contains('='), "image")
        };
        let (objects, changes) = split("wd web a=b c=d").unwrap();
        assert_eq!((objects.join(" "), changes.join(" ")), ("wd web".to_owned(), "a=b c=d".to_owned()));
        assert_eq!(
            split("a=b wd/web").unwrap_err().to_string(),
            "all resources must be specified before image changes: wd/web"
        );
    }

    #[test]
    fn near_names_are_offered() {
        for (name, wanted, near) in
            [("http", "htp", true), ("http", "worker", false), ("frontend", "fronted", true), ("a", "b", false)]
        {
            assert_eq!(is_near(name, wanted), near, "{name} {wanted}");
        }
    }

    #[test]
    fn what_another_object_makes_is_changed_there() {
        let owner =
            json!({"apiVersion": "x/v1", "kind": "WorkloadDeployment", "name": "web", "uid": "u", "controller": true});
        let owned = json!({"metadata": {"ownerReferences": [owner]}});
        let error = check_owner("x/web-1", &owned).unwrap_err();
        assert_eq!(error.to_string(), "x/web-1 is made by WorkloadDeployment \"web\", which sets it back");
        assert!(check_owner("x", &json!({"metadata": {}})).is_ok());
        let mut past = owned;
        past["metadata"]["ownerReferences"][0]["controller"] = json!(false);
        assert!(check_owner("x/web-1", &past).is_err(), "a revision of the past is no place for changes either");
    }

    #[test]
    fn kinds_without_components_are_refused() {
        let refused: Vec<_> = Kind::ALL.into_iter().filter(|kind| refuse(*kind, "image").is_some()).collect();
        assert_eq!(refused, [Kind::Host, Kind::Artifact]);
        assert_eq!(
            refuse(Kind::Artifact, "image").unwrap().message,
            "set image is for components, and an Artifact has none"
        );
    }
}
