//! Patches: merge, JSON and strategic merge.

use serde_json::Value;

use super::failure::Failure;
use super::resource::Resource;

/// `application/merge-patch+json`.
pub fn merge(object: &Value, patch: &[u8]) -> Result<Value, Failure> {
    let _ = (object, patch);
    todo!()
}

/// `application/json-patch+json`.
pub fn json(object: &Value, patch: &[u8]) -> Result<Value, Failure> {
    let _ = (object, patch);
    todo!()
}

/// `application/strategic-merge-patch+json`.
pub fn strategic(resource: &Resource, object: &Value, patch: &[u8]) -> Result<Value, Failure> {
    let _ = (resource, object, patch);
    todo!()
}
