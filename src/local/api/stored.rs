//! Between objects as they are stored and objects as a resource shows them.
//!
//! They differ in the version, where a definition serves several, for Events of `events.k8s.io`, which are those of the
//! core group in other words, and where a definition has changed: what was written before is read with the defaults, and
//! without the fields, of the schema as it is now.

use serde_json::Value;

use super::builtin;
use super::resource::Resource;
use crate::local::store::Stored;
use crate::schema;

/// Whether stored text can be shown as it is.
pub fn is_verbatim(resource: &Resource, stored: &Stored) -> bool {
    stored.revision >= resource.since && is_storage_form(resource)
}

fn is_storage_form(resource: &Resource) -> bool {
    resource.version == resource.storage_version && builtin::stored_as(resource) == resource.qualified()
}

/// A stored object as the resource shows it; null when the store is damaged.
pub fn served(resource: &Resource, stored: &Stored) -> Value {
    // What is stored was checked when it came in.
    let mut object = serde_json::from_slice(&stored.json).unwrap_or_default();
    if !is_storage_form(resource) {
        builtin::to_served(resource, &mut object);
        set_version(&mut object, resource.api_version());
    }
    if stored.revision < resource.since {
        schema::prune(&resource.schema, &mut object);
        schema::default_values(&resource.schema, &mut object);
    }
    object
}

/// An object as it is stored, of one that the resource shows.
pub fn to_store(resource: &Resource, object: &Value) -> Value {
    let mut object = object.clone();
    if !is_storage_form(resource) {
        set_version(&mut object, resource.storage_api_version());
        builtin::to_stored(resource, &mut object);
    }
    object
}

fn set_version(object: &mut Value, version: String) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert("apiVersion".to_owned(), version.into());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::local::api::crd::resource_of_crd;
    use crate::local::store::Key;

    fn resource(version: &str) -> Resource {
        let schema = json!({ "openAPIV3Schema": { "type": "object", "properties": {
            "spec": { "type": "object", "properties": { "a": { "type": "integer", "default": 7 } } },
        } } });
        let crd = json!({
            "metadata": { "name": "things.g.io", "resourceVersion": "20" },
            "spec": { "group": "g.io", "scope": "Namespaced", "names": { "plural": "things", "kind": "Thing" },
                "versions": [
                    { "name": "v1", "served": true, "storage": true, "schema": schema },
                    { "name": "v2", "served": true, "storage": false, "schema": schema },
                ] },
        });
        resource_of_crd(&crd).unwrap().into_iter().find(|resource| resource.version == version).unwrap()
    }

    fn stored(revision: u64) -> Stored {
        let object =
            json!({ "apiVersion": "g.io/v1", "kind": "Thing", "metadata": { "name": "a" }, "spec": { "b": 1 } });
        let key = Key { resource: "things.g.io".into(), namespace: "n".into(), name: "a".into() };
        Stored { key, revision, labels: Default::default(), json: object.to_string().into() }
    }

    #[test]
    fn what_is_young_and_of_the_stored_version_is_shown_as_it_is() {
        assert!(is_verbatim(&resource("v1"), &stored(20)));
        assert!(!is_verbatim(&resource("v1"), &stored(19)));
        assert!(!is_verbatim(&resource("v2"), &stored(20)));
    }

    #[test]
    fn what_is_old_is_read_through_the_schema() {
        assert_eq!(served(&resource("v1"), &stored(20))["spec"], json!({ "b": 1 }));
        assert_eq!(served(&resource("v1"), &stored(19))["spec"], json!({ "a": 7 }));
        assert_eq!(served(&resource("v2"), &stored(20))["apiVersion"], "g.io/v2");
    }

    #[test]
    fn what_is_stored_is_of_one_version() {
        let shown = served(&resource("v2"), &stored(20));
        assert_eq!(to_store(&resource("v2"), &shown)["apiVersion"], "g.io/v1");
    }

    #[test]
    fn damage_is_nothing() {
        let mut damaged = stored(20);
        damaged.json = "{".into();
        assert_eq!(served(&resource("v1"), &damaged), Value::Null);
    }
}
