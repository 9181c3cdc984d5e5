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
