//! From the schema that schemars derives to the structural one that Kubernetes takes.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::JSONSchemaProps;
use schemars::generate::SchemaSettings;
use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

/// The structural schema of a kind's objects.
///
/// `None` would mean that schemars wrote something that is no JSONSchemaProps; the test against the published
/// definitions rules it out.
pub(super) fn schema_of<K: JsonSchema>(description: &str) -> Option<JSONSchemaProps> {
    let settings = SchemaSettings::openapi3().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
        settings.transforms.clear();
    });
    let mut schema = settings.into_generator().into_root_schema_for::<K>();
    add_type_and_metadata(&mut schema, description);
    make_structural(&mut schema);
    serde_json::from_value(schema.to_value()).ok()
}

/// Adds what every Kubernetes object has at its root.
fn add_type_and_metadata(schema: &mut Schema, description: &str) {
    schema.insert("description".to_owned(), description.into());
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    let api_version = "Version of the API that this object is written in: runtime.wasmcloud.dev/v1alpha1.";
    properties.insert("apiVersion".to_owned(), json!({ "type": "string", "description": api_version }));
    properties.insert("kind".to_owned(), json!({ "type": "string", "description": "Kind of this object." }));
    properties.insert("metadata".to_owned(), json!({ "type": "object" }));
}

/// Rewrites a schema and all in it.
///
/// schemars says of an `Option` that it may be null. The API server drops nulls and takes absence instead, so the
/// published schemas know no null.
fn make_structural(schema: &mut Schema) {
    transform_subschemas(&mut make_structural, schema);
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    schema.remove("title");
    hoist_optional(schema);
    remove_null_type(schema);
    if schema.get("default") == Some(&Value::Null) {
        schema.remove("default");
    }
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.sort_by_key(ToString::to_string);
    }
    if let Some(Value::String(description)) = schema.get_mut("description") {
        *description = description.split_whitespace().collect::<Vec<_>>().join(" ");
    }
}

/// Puts `X` in the place of `anyOf: [X, {type: null}]`, keeping what already stands beside it.
fn hoist_optional(schema: &mut Map<String, Value>) {
    let Some(Value::Array(variants)) = schema.remove("anyOf") else {
        return;
    };
    let null = json!({ "type": "null" });
    for variant in variants.into_iter().filter(|variant| *variant != null) {
        let Value::Object(variant) = variant else { continue };
        for (keyword, value) in variant {
            schema.entry(keyword).or_insert(value);
        }
    }
}

/// Makes `type: [X, null]` into `type: X`.
fn remove_null_type(schema: &mut Map<String, Value>) {
    let Some(Value::Array(types)) = schema.get_mut("type") else {
        return;
    };
    types.retain(|type_| type_ != "null");
    if let [type_] = types.as_slice() {
        let type_ = type_.clone();
        schema.insert("type".to_owned(), type_);
    }
}
