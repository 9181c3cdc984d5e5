//! Filling in the defaults that a schema names.

use serde_json::Value;

use super::Schema;

#[cfg(test)]
mod tests;

/// Fills in what an object leaves out and its schema has a default for, in the defaults too.
///
/// Before that, nulls go where they are neither allowed (`nullable`) nor have a default to stand in for them: in
/// objects the field goes, in lists the null stays. Both as kube-apiserver does when it reads an object, from a request
/// and from its store.
pub fn default_values(schema: &Schema, object: &mut Value) {
    drop_nulls(schema, object);
    fill_defaults(schema, object);
}

/// Fills in defaults alone, as kube-apiserver does with what an apply has merged: a null that may not be stays, and is
/// found when the object is checked.
pub fn fill_defaults(schema: &Schema, object: &mut Value) {
    fill(schema, object);
}

/// The schema of a field; none when anything may be there.
fn field<'a>(schema: &'a Schema, name: &str) -> Option<&'a Schema> {
    let anything = |additional: &&Schema| !additional.source.is_boolean();
    schema.properties.get(name).or_else(|| schema.additional.as_deref().filter(anything))
}

fn drop_nulls(schema: &Schema, value: &mut Value) {
    match value {
        Value::Object(fields) => fields.retain(|name, value| match field(schema, name) {
            Some(schema) if value.is_null() => schema.nullable || schema.default.is_some(),
            Some(schema) => {
                drop_nulls(schema, value);
                true
            }
            None => true,
        }),
        Value::Array(items) => {
            let Some(schema) = &schema.items else { return };
            items.iter_mut().for_each(|item| drop_nulls(schema, item));
        }
        _ => {}
    }
}

fn fill(schema: &Schema, value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, schema) in &schema.properties {
                if let (Some(default), None) = (&schema.default, fields.get(name)) {
                    fields.insert(name.clone(), default.clone());
                }
            }
            for (name, value) in fields {
                if let Some(schema) = field(schema, name) {
                    replace_null(schema, value);
                    fill(schema, value);
                }
            }
        }
        Value::Array(items) => {
            let Some(schema) = &schema.items else { return };
            for item in items {
                replace_null(schema, item);
                fill(schema, item);
            }
        }
        _ => {}
    }
}

fn replace_null(schema: &Schema, value: &mut Value) {
    if value.is_null()
        && !schema.nullable
        && let Some(default) = &schema.default
    {
        *value = default.clone();
    }
}
