//! Patches: what becomes of an object.
//!
//! Which of them a kind takes is the caller's to say: custom resources take no strategic merge patches.

use http::StatusCode;
use json_patch::jsonptr::Pointer;
use json_patch::{PatchOperation, patch_unsafe};
use serde_json::{Map, Value};

use super::failure::Failure;
use crate::schema::go;

mod strategic;

pub use strategic::strategic;

/// How many operations a JSON patch may have.
const MOST_OPERATIONS: usize = 10_000;
/// How many bytes of JSON the copies of one patch may make in all, which is what a request may have.
const MOST_COPIED: usize = 3 * 1024 * 1024;
/// How deep objects may nest, which is how deep they are read.
const MOST_DEPTH: usize = 127;

/// Applies an `application/merge-patch+json` (RFC 7386).
///
/// # Errors
/// 400 when the patch is not a JSON object.
pub fn merge(object: &Value, patch: &[u8]) -> Result<Value, Failure> {
    let patch = match read(patch).map_err(|why| undecodable(&why))? {
        Value::Object(patch) => Value::Object(patch),
        Value::Null => return Err(Failure::bad_request("Invalid JSON Patch")),
        other => return Err(undecodable(&mismatch(&other, "map[string]interface {}"))),
    };
    let mut merged = object.clone();
    json_patch::merge(&mut merged, &patch);
    Ok(merged)
}

/// Applies an `application/json-patch+json` (RFC 6902).
///
/// As kube-apiserver, and other than the RFC, it takes `replace` of a field that is missing, and a missing field passes a
/// `test` for null.
///
/// # Errors
/// 400 when the patch is not a list of operations, 413 when it has more than 10,000, and 422 when one cannot be done.
pub fn json(object: &Value, patch: &[u8]) -> Result<Value, Failure> {
    let operations = match read(patch).map_err(|why| undecodable(&why))? {
        Value::Array(operations) => operations,
        Value::Null => Vec::new(),
        other => return Err(undecodable(&mismatch(&other, "[]handlers.jsonPatchOp"))),
    };
    if let Some(other) = operations.iter().find(|operation| !operation.is_object() && !operation.is_null()) {
        return Err(undecodable(&mismatch(other, "handlers.jsonPatchOp")));
    }
    if operations.len() > MOST_OPERATIONS {
        let message = format!(
            "Request entity too large: The allowed maximum operations in a JSON patch is {MOST_OPERATIONS}, got {}",
            operations.len()
        );
        return Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", message));
    }
    let mut patched = object.clone();
    let mut copied = 0;
    for operation in operations {
        apply(&mut patched, operation, &mut copied).ok_or_else(rejected)?;
    }
    Ok(patched)
}

/// Does one operation; `None` when it cannot be done.
fn apply(object: &mut Value, mut operation: Value, copied: &mut usize) -> Option<()> {
    if let Some(fields) = operation.as_object_mut()
        && matches!(fields.get("op").and_then(Value::as_str), Some("add" | "replace" | "test"))
    {
        fields.entry("value").or_insert(Value::Null);
    }
    let operation: PatchOperation = serde_json::from_value(operation).ok()?;
    if operation.path().is_root() {
        return at_root(object, operation);
    }
    let operation = match operation {
        PatchOperation::Replace(replace) if is_missing_field(object, &replace.path) => {
            PatchOperation::Add(json_patch::AddOperation { path: replace.path, value: replace.value })
        }
        PatchOperation::Test(test) if test.value.is_null() && is_missing_field(object, &test.path) => return Some(()),
        other => other,
    };
    let value = match &operation {
        PatchOperation::Add(add) => Some(&add.value),
        PatchOperation::Replace(replace) => Some(&replace.value),
        PatchOperation::Move(moved) => Some(moved.from.resolve(object).ok()?),
        PatchOperation::Copy(copy) => {
            let value = copy.from.resolve(object).ok().filter(|_| !copy.from.is_root())?;
            *copied += value.to_string().len();
            (*copied <= MOST_COPIED).then_some(Some(value))?
        }
        PatchOperation::Remove(_) | PatchOperation::Test(_) => None,
    };
    if value.is_some_and(|value| operation.path().tokens().count() + depth(value) > MOST_DEPTH) {
        return None;
    }
    patch_unsafe(object, &[operation]).ok()
}

/// Does an operation on the whole object: it can be replaced by another or by a list, and tested.
fn at_root(object: &mut Value, operation: PatchOperation) -> Option<()> {
    match operation {
        PatchOperation::Replace(replace) if replace.value.is_object() || replace.value.is_array() => {
            *object = replace.value;
            Some(())
        }
        PatchOperation::Test(test) => (test.value == *object).then_some(()),
        _ => None,
    }
}

/// Whether a path names a field that its object does not have.
fn is_missing_field(object: &Value, path: &Pointer) -> bool {
    let Some((parent, field)) = path.split_back() else { return false };
    let parent = parent.resolve(object).ok().and_then(Value::as_object);
    parent.is_some_and(|parent: &Map<String, Value>| !parent.contains_key(field.decoded().as_ref()))
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn read(patch: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(patch).map_err(|why| match why.is_eof() {
        true => "unexpected end of JSON input".to_owned(),
        false => why.to_string(),
    })
}

fn undecodable(why: &str) -> Failure {
    Failure::bad_request(format!("error decoding patch: {why}"))
}

/// That a value is of another type than the one Go has for it.
fn mismatch(value: &Value, wanted: &str) -> String {
    let kind = go::json_kind(value);
    format!("json: cannot unmarshal {kind} into Go value of type {wanted}")
}

/// What the server says of every patch that does not fit the object.
fn rejected() -> Failure {
    let message = "the server rejected our request due to an error in our request";
    Failure::generic(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message)
}

#[cfg(test)]
mod tests;
