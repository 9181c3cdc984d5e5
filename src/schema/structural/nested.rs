//! What schemas inside `allOf`, `anyOf`, `oneOf` and `not` may say: they check values and give no structure.

use serde_json::{Map, Value, json};

use crate::schema::{Finding, Problem, Reason, Schema};

/// What is forbidden, and how it must be instead.
const FORBIDDEN: [(&str, &str); 13] = [
    ("type", "empty"),
    ("additionalProperties", "undefined"),
    ("default", "undefined"),
    ("title", "empty"),
    ("description", "empty"),
    ("nullable", "false"),
    ("x-kubernetes-preserve-unknown-fields", "false"),
    ("x-kubernetes-embedded-resource", "false"),
    ("x-kubernetes-int-or-string", "false"),
    ("x-kubernetes-list-map-keys", "empty"),
    ("x-kubernetes-list-type", "undefined"),
    ("x-kubernetes-map-type", "undefined"),
    ("x-kubernetes-validations", "empty"),
];

/// Checks the schemas nested in a schema, and in all below it.
pub(super) fn check(schema: &Schema, path: &str, problems: &mut Vec<Problem>) {
    let structure = Structure::Of { schema, path };
    if let Value::Object(source) = &schema.source {
        junctors(source, structure, path, problems);
    }
    below(schema, path, problems);
}

fn below(schema: &Schema, path: &str, problems: &mut Vec<Problem>) {
    let properties = schema.properties.iter().map(|(name, schema)| (schema, format!("{path}.properties[{name}]")));
    let child = |schema: &'_ Option<Box<Schema>>, name| schema.clone().map(|schema| (schema, format!("{path}.{name}")));
    for (schema, path) in properties {
        inner(schema, &path, problems);
    }
    for (schema, path) in
        [child(&schema.additional, "additionalProperties"), child(&schema.items, "items")].iter().flatten()
    {
        inner(schema, path, problems);
    }
}

/// Below the root the server does not ask whether the structure is complete.
fn inner(schema: &Schema, path: &str, problems: &mut Vec<Problem>) {
    if let Value::Object(source) = &schema.source {
        junctors(source, Structure::NotAsked, path, problems);
    }
    below(schema, path, problems);
}

/// The structure of the values that a nested schema is about.
#[derive(Clone, Copy)]
enum Structure<'a> {
    Of { schema: &'a Schema, path: &'a str },
    NotAsked,
}

fn junctors(source: &Map<String, Value>, structure: Structure<'_>, path: &str, problems: &mut Vec<Problem>) {
    for key in ["anyOf", "allOf", "oneOf"] {
        let all = source.get(key).and_then(Value::as_array);
        if key == "anyOf" && all.is_some_and(|all| is_int_or_string(all)) {
            continue;
        }
        for (index, nested) in all.into_iter().flatten().enumerate() {
            let (Value::Object(nested), at) = (nested, format!("{path}.{key}[{index}]")) else { continue };
            let any_of = nested.get("anyOf").and_then(Value::as_array);
            let is_exception = key == "allOf" && index == 0 && any_of.is_some_and(|all| is_int_or_string(all));
            let mut rest = nested.clone();
            if is_exception {
                rest.remove("anyOf");
            }
            value_validation(&rest, structure, &at, problems);
        }
    }
    if let Some(Value::Object(not)) = source.get("not") {
        value_validation(not, structure, &format!("{path}.not"), problems);
    }
}

fn is_int_or_string(any_of: &[Value]) -> bool {
    any_of == [json!({"type": "integer"}), json!({"type": "string"})]
}

fn value_validation(source: &Map<String, Value>, structure: Structure<'_>, path: &str, problems: &mut Vec<Problem>) {
    for (key, must) in FORBIDDEN {
        if source.get(key).is_some_and(is_set) {
            let detail = format!("must be {must} to be structural");
            problems.push(Finding::plain(&format!("{path}.{key}"), Reason::Forbidden, &detail));
        }
    }
    junctors(source, structure, path, problems);
    if let Some(Value::Object(items)) = source.get("items") {
        let known = |schema: &'_ Schema| schema.items.as_deref().cloned();
        nested_at(items, structure, path, "items", known, problems);
    }
    for (name, source) in source.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let step = format!("properties[{name}]");
        if name == "metadata" {
            let detail = "must not be specified in a nested context";
            problems.push(Finding::plain(&format!("{path}.{step}"), Reason::Forbidden, detail));
        }
        if let Value::Object(source) = source {
            let known = |schema: &'_ Schema| schema.properties.get(name).cloned();
            nested_at(source, structure, path, &step, known, problems);
        }
    }
}

/// What a nested schema says of a part of the value.
fn nested_at(
    source: &Map<String, Value>,
    structure: Structure<'_>,
    path: &str,
    step: &str,
    known: impl Fn(&Schema) -> Option<Schema>,
    problems: &mut Vec<Problem>,
) {
    let at = format!("{path}.{step}");
    let Structure::Of { schema, path } = structure else {
        return value_validation(source, structure, &at, problems);
    };
    let path = format!("{path}.{step}");
    match known(schema) {
        Some(schema) => value_validation(source, Structure::Of { schema: &schema, path: &path }, &at, problems),
        None => {
            problems.push(Finding::plain(&path, Reason::Required, &format!("because it is defined in {at}")));
            value_validation(source, Structure::NotAsked, &at, problems);
        }
    }
}

fn is_set(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    }
}
