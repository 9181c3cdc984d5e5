//! Resources inside a resource: each has an `apiVersion`, a `kind` and perhaps metadata of its own.

use serde_json::{Map, Value};

use crate::schema::{
    Finding, Reason, Schema,
    metadata::{self, NameRule},
    place::Place,
};

/// Checks every embedded resource of an object; the object itself is none.
pub(super) fn check(schema: &Schema, object: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_value(schema, object, &Place::ROOT, &mut findings);
    findings
}

fn check_value(schema: &Schema, value: &Value, place: &Place<'_>, findings: &mut Vec<Finding>) {
    match value {
        Value::Object(fields) => {
            if schema.embedded_resource && !place.is_root() {
                check_resource(fields, place, findings);
            }
            for (name, value) in fields {
                match (schema.properties.get(name), &schema.additional) {
                    (Some(schema), _) => check_value(schema, value, &place.field(name), findings),
                    (None, Some(schema)) => check_value(schema, value, &place.key(name), findings),
                    (None, None) => {}
                }
            }
        }
        Value::Array(items) => {
            let Some(schema) = &schema.items else { return };
            for (index, item) in items.iter().enumerate() {
                check_value(schema, item, &place.index(index), findings);
            }
        }
        _ => {}
    }
}

fn check_resource(fields: &Map<String, Value>, place: &Place<'_>, findings: &mut Vec<Finding>) {
    for (name, wrong) in [("apiVersion", wrong_api_version as fn(&str) -> Option<String>), ("kind", wrong_kind)] {
        let path = place.field(name).path();
        match fields.get(name) {
            None => findings.push(Finding::plain(&path, Reason::Required, "")),
            Some(Value::String(text)) => {
                findings.extend(wrong(text).map(|detail| Finding::invalid(&path, text, &detail)));
            }
            Some(value) => findings.push(Finding::about(&path, Reason::Invalid, value, "must be a string")),
        }
    }
    if let Some(Value::Object(own)) = fields.get("metadata") {
        let mut own = own.clone();
        own.entry("name").or_insert_with(|| Value::from("fakename"));
        let namespaced = own.contains_key("namespace");
        let path = place.field("metadata").path();
        findings.extend(metadata::validate(&Value::Object(own), namespaced, NameRule::PathSegment, &path));
    }
}

fn wrong_api_version(text: &str) -> Option<String> {
    match text.matches('/').count() {
        _ if text.is_empty() => Some("must not be empty".to_owned()),
        0 | 1 => None,
        _ => Some(format!("unexpected GroupVersion string: {text}")),
    }
}

fn wrong_kind(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some("must not be empty".to_owned());
    }
    let wrong = metadata::dns_label_1035(&text.to_lowercase());
    let detail = || format!("may have mixed case, but should otherwise match: {}", wrong.join(","));
    (!wrong.is_empty()).then(detail)
}
