use serde_json::json;

use super::*;

fn crd(versions: Value) -> CustomResourceDefinition {
    serde_json::from_value(json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "xs.g"},
        "spec": {
            "group": "g", "scope": "Namespaced", "names": {"kind": "X", "plural": "xs", "shortNames": ["x"]},
            "versions": versions,
        },
    }))
    .unwrap()
}

fn version(name: &str, storage: bool, schema: Value) -> Value {
    json!({"name": name, "served": true, "storage": storage, "schema": {"openAPIV3Schema": schema}})
}

fn merged_schema(ours: Value, cluster: Value) -> Value {
    let ours = crd(json!([version("v1alpha1", true, ours)]));
    let cluster = crd(json!([version("v1alpha1", true, cluster)]));
    let merged = merge(ours, &cluster).unwrap();
    serde_json::to_value(&merged.spec.versions[0].schema).unwrap()["openAPIV3Schema"].take()
}

#[test]
fn fields_of_the_cluster_stay_at_every_depth() {
    let ours = json!({"type": "object", "properties": {
        "a": {"type": "string", "maxLength": 5},
        "list": {"type": "array", "items": {"type": "object", "properties": {"x": {"type": "string"}}}},
    }});
    let cluster = json!({"type": "object", "properties": {
        "b": {"type": "integer"},
        "list": {"type": "array", "items": {"type": "object", "properties": {"y": {"type": "string"}}}},
    }});
    let merged = merged_schema(ours, cluster);
    assert_eq!(merged["properties"]["a"]["maxLength"], 5);
    assert_eq!(merged["properties"]["b"]["type"], "integer");
    let item = &merged["properties"]["list"]["items"]["properties"];
    assert!(item["x"].is_object() && item["y"].is_object());
}

#[test]
fn nothing_that_was_allowed_becomes_forbidden() {
    let ours = json!({"type": "object", "required": ["a", "b"], "properties": {
        "a": {"type": "string", "enum": ["x"]}, "b": {"type": "string"}, "free": {"type": "object"},
        "new": {"type": "object", "required": ["c"], "properties": {"c": {"type": "string"}}},
    }});
    let cluster = json!({"type": "object", "required": ["b", "z"], "properties": {
        "a": {"type": "string", "enum": ["x", "y"]}, "b": {"type": "string"},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
    }});
    let merged = merged_schema(ours, cluster);
    assert_eq!(merged["required"], json!(["b"]));
    assert_eq!(merged["properties"]["a"]["enum"], json!(["x", "y"]));
    assert_eq!(merged["properties"]["free"]["x-kubernetes-preserve-unknown-fields"], true);
    assert_eq!(merged["properties"]["new"]["required"], json!(["c"]), "a field the cluster lacks may require");
}

#[test]
fn versions_of_the_cluster_stay_and_keep_the_storage() {
    let schema = json!({"type": "object"});
    let ours = crd(json!([version("v1alpha1", true, schema.clone())]));
    let cluster = crd(json!([version("v1alpha1", false, schema.clone()), version("v1beta1", true, schema)]));
    let merged = merge(ours, &cluster).unwrap();
    let stored: Vec<_> = merged.spec.versions.iter().map(|version| (version.name.as_str(), version.storage)).collect();
    assert_eq!(stored, [("v1alpha1", false), ("v1beta1", true)]);
}

#[test]
fn merging_ours_with_ours_changes_nothing() {
    for ours in crate::api::crds() {
        assert_eq!(merge(ours.clone(), &ours).unwrap(), ours);
    }
}
