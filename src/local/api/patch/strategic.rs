//! Strategic merge patches, as apimachinery's `strategicpatch` applies them.
//!
//! A list whose schema has `x-kubernetes-patch-strategy: merge` is merged: items that
//! `x-kubernetes-patch-merge-key` names one by one, scalars as a set. Everything else is replaced.

use serde_json::{Map, Value};

use super::{mismatch, read};
use crate::local::api::failure::Failure;
use crate::schema::Schema;

mod list;

const PATCH: &str = "$patch";
const RETAIN_KEYS: &str = "$retainKeys";
const SET_ORDER: &str = "$setElementOrder";
const DELETE_FROM: &str = "$deleteFromPrimitiveList";

/// Applies an `application/strategic-merge-patch+json` to an object of this schema.
///
/// # Errors
/// 400 when the patch is not a JSON object or its directives are malformed, 500 when a directive cannot be followed: the
/// codes are kube-apiserver's.
pub fn strategic(schema: &Schema, object: &Value, patch: &[u8]) -> Result<Value, Failure> {
    let patch = match read(patch).map_err(Failure::bad_request)? {
        Value::Object(patch) => patch,
        Value::Null => Map::new(),
        other => return Err(Failure::bad_request(mismatch(&other, "map[string]interface {}"))),
    };
    let object = object.as_object().cloned().unwrap_or_default();
    merge_map(object, patch, Some(schema)).map(Value::Object)
}

/// A patch whose directives are malformed.
fn malformed(directive: &str) -> Failure {
    Failure::bad_request(format!("invalid patch format of {directive}"))
}

/// A patch that cannot be followed.
fn impossible(why: impl Into<String>) -> Failure {
    Failure::unexpected(why)
}

fn merge_map(
    mut original: Map<String, Value>,
    mut patch: Map<String, Value>,
    schema: Option<&Schema>,
) -> Result<Map<String, Value>, Failure> {
    match patch.remove(PATCH) {
        None => {}
        Some(directive) if directive == "replace" => return Ok(patch),
        Some(directive) if directive == "delete" => return Ok(Map::new()),
        Some(other) => return Err(unknown_directive(&other)),
    }
    retain_keys(&mut original, &mut patch)?;
    list::set_orders(&mut original, &mut patch, schema)?;
    for (key, value) in patch {
        match key.split_once('/') {
            Some((DELETE_FROM, field)) => list::delete_from(&mut original, field, &value),
            None if key == DELETE_FROM => return Err(malformed("primitive list")),
            _ => merge_field(&mut original, key, value, schema)?,
        }
    }
    Ok(original)
}

fn merge_field(
    original: &mut Map<String, Value>,
    key: String,
    patch: Value,
    schema: Option<&Schema>,
) -> Result<(), Failure> {
    let schema = schema.and_then(|schema| schema.properties.get(&key).or(schema.additional.as_deref()));
    let merged = match (original.remove(&key), patch) {
        (_, Value::Null) => None,
        (Some(Value::Object(original)), Value::Object(patch)) => Some(merge_map(original, patch, schema)?.into()),
        (Some(Value::Array(original)), Value::Array(patch)) => Some(list::merge(original, patch, schema)?.into()),
        (_, mut patch) => {
            drop_nulls(&mut patch);
            without_directives(patch)
        }
    };
    if let Some(merged) = merged {
        original.insert(key, merged);
    }
    Ok(())
}

/// `$retainKeys`: the only fields that stay.
fn retain_keys(original: &mut Map<String, Value>, patch: &mut Map<String, Value>) -> Result<(), Failure> {
    let Some(retained) = patch.remove(RETAIN_KEYS) else { return Ok(()) };
    let Value::Array(retained) = retained else { return Err(malformed("retainKeys")) };
    let retained: std::collections::BTreeSet<&str> = retained.iter().filter_map(Value::as_str).collect();
    let is_directive = |key: &str| key.starts_with(DELETE_FROM) || key.starts_with(SET_ORDER);
    let sets = |key: &str, value: &Value| !value.is_null() && !is_directive(key);
    if patch.iter().any(|(key, value)| sets(key, value) && !retained.contains(key.as_str())) {
        return Err(malformed("retainKeys"));
    }
    original.retain(|key, _| retained.contains(key.as_str()));
    Ok(())
}

/// A value to be put where there was none: maps that are directives vanish.
fn without_directives(value: Value) -> Option<Value> {
    match value {
        Value::Object(map) if map.contains_key(PATCH) => None,
        Value::Object(map) => {
            let kept = map.into_iter().filter_map(|(key, value)| Some((key, without_directives(value)?)));
            Some(Value::Object(kept.collect()))
        }
        Value::Array(items) => Some(items.into_iter().filter_map(without_directives).collect()),
        other => Some(other),
    }
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

fn unknown_directive(directive: &Value) -> Failure {
    impossible(format!("unknown patch type: {}", directive.as_str().unwrap_or("which is no string")))
}
