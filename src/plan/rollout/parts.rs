//! Parts of deployments, and what is said of them.

use serde_json::{Value, json};

use crate::api::{Kind, names};
use crate::error::Error;

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
