//! `metadata` of objects that are plain JSON.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// Finalizer of a foreground deletion.
pub const FOREGROUND: &str = "foregroundDeletion";
/// Finalizer of a deletion that lets dependents live.
pub const ORPHAN: &str = "orphan";

/// A text of `metadata`; empty when it is absent or no text.
pub fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object["metadata"][field].as_str().unwrap_or_default()
}

/// `metadata.name`.
pub fn name(object: &Value) -> &str {
    text(object, "name")
}

/// `metadata.namespace`; empty for objects of the cluster.
pub fn namespace(object: &Value) -> &str {
    text(object, "namespace")
}

/// `metadata.uid`.
pub fn uid(object: &Value) -> &str {
    text(object, "uid")
}

/// Whether it is being deleted.
pub fn deleting(object: &Value) -> bool {
    !text(object, "deletionTimestamp").is_empty()
}

/// `metadata.finalizers`.
pub fn finalizers(object: &Value) -> Vec<&str> {
    let list = object["metadata"]["finalizers"].as_array();
    list.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Replaces `metadata.finalizers`; an empty list is left out.
pub fn set_finalizers(object: &mut Value, finalizers: &[String]) {
    if finalizers.is_empty() {
        remove(object, "finalizers");
    } else {
        set(object, "finalizers", finalizers.into());
    }
}

/// Sets a field of `metadata`.
pub fn set(object: &mut Value, field: &str, value: Value) {
    if let Some(metadata) = metadata_mut(object) {
        metadata.insert(field.to_owned(), value);
    }
}

/// Removes a field of `metadata`.
pub fn remove(object: &mut Value, field: &str) {
    if let Some(metadata) = metadata_mut(object) {
        metadata.remove(field);
    }
}

/// Takes a field of `metadata` over from another object, or its absence.
pub fn copy(from: &Value, to: &mut Value, field: &str) {
    match from["metadata"].get(field) {
        Some(value) => set(to, field, value.clone()),
        None => remove(to, field),
    }
}

/// `metadata`, made when it is absent; `None` for what is no object.
pub fn metadata_mut(object: &mut Value) -> Option<&mut Map<String, Value>> {
    let metadata = object.as_object_mut()?.entry("metadata").or_insert_with(|| Value::Object(Map::new()));
    if metadata.is_null() {
        *metadata = Value::Object(Map::new());
    }
    metadata.as_object_mut()
}

/// Makes metadata.generation one more, where there is one.
pub fn next_generation(object: &mut Value) {
    if let Some(generation) = object["metadata"]["generation"].as_i64().filter(|generation| *generation > 0) {
        set(object, "generation", (generation + 1).into());
    }
}

/// A time as Kubernetes writes it: RFC 3339, whole seconds, UTC.
pub fn time(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// An entry of `metadata.ownerReferences`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// `apiVersion`.
    pub api_version: String,
    /// `kind`.
    pub kind: String,
    /// `name`.
    pub name: String,
    /// `uid`.
    pub uid: String,
    /// `blockOwnerDeletion`.
    pub blocks: bool,
}

/// `metadata.ownerReferences`.
pub fn owners(object: &Value) -> Vec<Owner> {
    let list = object["metadata"]["ownerReferences"].as_array();
    let owner = |entry: &Value| {
        let part = |field: &str| entry[field].as_str().unwrap_or_default().to_owned();
        Owner {
            api_version: part("apiVersion"),
            kind: part("kind"),
            name: part("name"),
            uid: part("uid"),
            blocks: entry["blockOwnerDeletion"].as_bool().unwrap_or_default(),
        }
    };
    list.into_iter().flatten().map(owner).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_absent_is_empty() {
        let bare = json!({});
        assert_eq!((name(&bare), namespace(&bare), uid(&bare), deleting(&bare)), ("", "", "", false));
        assert!(finalizers(&bare).is_empty() && owners(&bare).is_empty());
    }

    #[test]
    fn metadata_is_made_when_it_is_missing() {
        let mut bare = json!({ "metadata": null });
        set(&mut bare, "name", "a".into());
        assert_eq!(bare, json!({ "metadata": { "name": "a" } }));
        let mut number = json!(1);
        set(&mut number, "name", "a".into());
        assert_eq!(number, json!(1));
    }

    #[test]
    fn an_empty_list_of_finalizers_is_none() {
        let mut object = json!({ "metadata": { "finalizers": ["a", "b"] } });
        assert_eq!(finalizers(&object), ["a", "b"]);
        set_finalizers(&mut object, &["b".to_owned()]);
        assert_eq!(finalizers(&object), ["b"]);
        set_finalizers(&mut object, &[]);
        assert_eq!(object, json!({ "metadata": {} }));
    }

    #[test]
    fn times_have_whole_seconds() {
        let now: Timestamp = "2026-11-23T17:00:01.9Z".parse().unwrap();
        assert_eq!(time(now), "2026-11-23T17:00:01Z");
    }
}
