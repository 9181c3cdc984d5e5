//! What a verb makes of an object, and the patch that says so.

use serde_json::{Map, Value, json};

use crate::api::{Kind, names};
use crate::error::Error;

/// What a verb makes of an object.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// It is to be like this.
    To(Value),
    /// It stays as it is, for this reason.
    Not(String),
}

/// The merge patch that makes `after` of `before`, on the condition that nobody has changed it in between.
pub fn patch(before: &Value, after: &Value) -> Value {
    let mut patch = difference(before, after).unwrap_or_else(|| json!({}));
    patch["metadata"]["resourceVersion"] = before["metadata"]["resourceVersion"].clone();
    patch
}

/// A merge patch; nothing when there is nothing to change.
fn difference(before: &Value, after: &Value) -> Option<Value> {
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        return (before != after).then(|| after.clone());
    };
    let gone = old.keys().filter(|name| !new.contains_key(*name)).map(|name| (name.clone(), Value::Null));
    let changed = new.iter().filter_map(|(name, value)| {
        let change = old.get(name).map_or_else(|| Some(value.clone()), |before| difference(before, value));
        Some((name.clone(), change?))
    });
    let changes: Map<_, _> = gone.chain(changed).collect();
    (!changes.is_empty()).then_some(Value::Object(changes))
}

/// An annotation of `part`, which is an object's metadata or a template.
pub(super) fn annotation<'v>(part: &'v Value, name: &str) -> Option<&'v str> {
    part.get("annotations")?.get(name)?.as_str()
}

/// Sets an annotation, or takes it away.
pub(super) fn annotate(part: &mut Value, name: &str, value: Option<&str>) {
    match value {
        Some(value) => {
            if !part["annotations"].is_object() {
                part["annotations"] = json!({});
            }
            part["annotations"][name] = json!(value);
        }
        None => {
            if let Some(annotations) = part.get_mut("annotations").and_then(Value::as_object_mut) {
                annotations.remove(name);
            }
        }
    }
}

/// The name of an object.
pub(super) fn name_of(object: &Value) -> &str {
    object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default()
}

/// kubectl's words for a deployment that is not in the state that a verb needs.
pub(super) fn declined(deployment: &Value, why: &str) -> Error {
    let plural = Kind::WorkloadDeployment.plural();
    Error::Declined { message: format!("{plural}.{} \"{}\" {why}", names::GROUP, name_of(deployment)), help: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_says_what_is_gone_and_what_is_new() {
        let before = json!({"metadata": {"resourceVersion": "7", "name": "a"}, "spec": {"a": 1, "b": {"c": [1, 2]}}});
        let after = json!({"metadata": {"resourceVersion": "7", "name": "a"}, "spec": {"b": {"c": [1]}, "d": {}}});
        let expected = json!({
            "metadata": {"resourceVersion": "7"},
            "spec": {"a": null, "b": {"c": [1]}, "d": {}},
        });
        assert_eq!(patch(&before, &after), expected);
        assert_eq!(patch(&before, &before), json!({"metadata": {"resourceVersion": "7"}}));
    }

    #[test]
    fn annotations_come_and_go() {
        let mut part = json!({});
        annotate(&mut part, "a", None);
        assert_eq!(part, json!({}), "nothing to take away");
        annotate(&mut part, "a", Some("b"));
        assert_eq!(annotation(&part, "a"), Some("b"));
        annotate(&mut part, "a", None);
        assert_eq!(annotation(&part, "a"), None);
    }
}
