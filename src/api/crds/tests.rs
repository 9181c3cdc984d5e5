use std::fmt::Write;

use serde_json::Value;

use super::*;

/// The published definitions, in the order of [`crds`].
const PUBLISHED: [&str; 5] = [
    include_str!("../../../tests/fixtures/crds/runtime.wasmcloud.dev_artifacts.yaml"),
    include_str!("../../../tests/fixtures/crds/runtime.wasmcloud.dev_hosts.yaml"),
    include_str!("../../../tests/fixtures/crds/runtime.wasmcloud.dev_workloaddeployments.yaml"),
    include_str!("../../../tests/fixtures/crds/runtime.wasmcloud.dev_workloadreplicasets.yaml"),
    include_str!("../../../tests/fixtures/crds/runtime.wasmcloud.dev_workloads.yaml"),
];

fn published() -> Vec<CustomResourceDefinition> {
    let read = |text| serde_saphyr::from_str(text).expect("a published definition");
    PUBLISHED.map(read).to_vec()
}

/// The definition as JSON, without annotations and without descriptions (which ours have and the copies have not).
fn interface(mut definition: CustomResourceDefinition) -> Value {
    definition.metadata.annotations = None;
    let mut json = serde_json::to_value(definition).expect("JSON");
    let schema = json.pointer_mut("/spec/versions/0/schema/openAPIV3Schema");
    remove_descriptions(schema.expect("a schema"));
    json
}

fn remove_descriptions(schema: &mut Value) {
    for_each_schema(schema, "", &mut |_, schema| {
        schema.as_object_mut().expect("an object").remove("description");
    });
}

/// Calls `visit` with the path and the schema of every field in `schema`, itself first.
fn for_each_schema(schema: &mut Value, path: &str, visit: &mut impl FnMut(&str, &mut Value)) {
    visit(path, schema);
    for (name, property) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        for_each_schema(property, &format!("{path}.{name}"), visit);
    }
    for (keyword, suffix) in [("items", "[]"), ("additionalProperties", "{}")] {
        if let Some(inner) = schema.get_mut(keyword) {
            for_each_schema(inner, &format!("{path}{suffix}"), visit);
        }
    }
}

/// Lines that say where two values differ.
fn differences(path: &str, published: &Value, ours: &Value, report: &mut String) {
    match (published, ours) {
        (Value::Object(published), Value::Object(ours)) => {
            let keys: std::collections::BTreeSet<_> = published.keys().chain(ours.keys()).collect();
            for key in keys {
                let (published, ours) = (published.get(key), ours.get(key));
                let null = Value::Null;
                differences(&format!("{path}/{key}"), published.unwrap_or(&null), ours.unwrap_or(&null), report);
            }
        }
        (Value::Array(published), Value::Array(ours)) if published.len() == ours.len() => {
            for (index, (published, ours)) in published.iter().zip(ours).enumerate() {
                differences(&format!("{path}/{index}"), published, ours, report);
            }
        }
        _ if published == ours => {}
        _ => writeln!(report, "{path}\n  published: {published}\n  ours:      {ours}").expect("a string"),
    }
}

#[test]
fn definitions_are_the_published_ones() {
    let mut report = String::new();
    for (published, ours) in published().into_iter().zip(crds()) {
        let name = ours.metadata.name.clone().expect("a name");
        differences(&name, &interface(published), &interface(ours), &mut report);
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn definitions_are_as_many_as_published() {
    assert_eq!(crds().len(), PUBLISHED.len());
}

#[test]
fn every_field_but_metadata_is_described() {
    for definition in crds() {
        let mut json = serde_json::to_value(&definition).expect("JSON");
        let schema = json.pointer_mut("/spec/versions/0/schema/openAPIV3Schema");
        for_each_schema(schema.expect("a schema"), &definition.spec.names.kind, &mut |path, schema| {
            let is_element = path.ends_with("[]") || path.ends_with("{}") || path.ends_with(".metadata");
            let description = schema.get("description").and_then(Value::as_str).unwrap_or_default();
            assert!(is_element || !description.is_empty(), "{path} has no description");
            assert!(!description.contains(['`', '\n']), "{path}: {description:?} is written for rustdoc");
        });
    }
}

#[test]
fn differences_are_reported_with_their_paths() {
    let mut report = String::new();
    let (a, b) = (
        serde_json::json!({ "a": [{ "b": 1 }], "c": "same" }),
        serde_json::json!({ "a": [{ "b": 2 }], "c": "same", "d": [] }),
    );
    differences("x", &a, &b, &mut report);
    assert_eq!(report, "x/a/0/b\n  published: 1\n  ours:      2\nx/d\n  published: null\n  ours:      []\n");
}
