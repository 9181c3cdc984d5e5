use serde_json::json;

use super::*;

fn error(source: Value) -> String {
    Schema::parse(&source).expect_err("a schema that cannot be read").to_string()
}

#[test]
fn every_structural_keyword_is_read() {
    let source = json!({
        "type": "object",
        "x-kubernetes-embedded-resource": true,
        "x-kubernetes-preserve-unknown-fields": true,
        "properties": {
            "port": {"x-kubernetes-int-or-string": true, "nullable": true, "default": 80},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}, "x-kubernetes-map-type": "atomic"},
            "any": {"type": "object", "additionalProperties": true},
            "tags": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
            "ports": {
                "type": "array",
                "items": {"type": "object", "properties": {"name": {"type": "string"}}},
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
            },
        },
    });
    let schema = Schema::parse(&source).unwrap();
    assert_eq!(schema.source, source);
    assert!(schema.embedded_resource && schema.preserve_unknown);
    let port = &schema.properties["port"];
    assert!(port.int_or_string && port.nullable && port.kind.is_none());
    assert_eq!(port.default, Some(json!(80)));
    let labels = &schema.properties["labels"];
    assert!(labels.atomic_map);
    assert_eq!(labels.additional.as_ref().unwrap().kind, Some(Type::String));
    assert_eq!(labels.source, json!({"type": "object", "x-kubernetes-map-type": "atomic"}));
    assert_eq!(schema.properties["any"].additional.as_ref().unwrap().kind, None);
    assert_eq!(schema.properties["tags"].list, ListType::Set);
    let ports = &schema.properties["ports"];
    assert_eq!(ports.list, ListType::Map(vec!["name".into()]));
    assert_eq!(ports.items.as_ref().unwrap().properties["name"].kind, Some(Type::String));
}

#[test]
fn nulls_and_empty_types_are_as_if_not_written() {
    let schema = Schema::parse(&json!({"type": "", "default": null, "items": null, "nullable": null})).unwrap();
    assert_eq!((schema.kind, schema.default, schema.items), (None, None, None));
}

#[test]
fn an_error_names_the_path() {
    assert_eq!(error(json!(1)), "must be an object");
    assert_eq!(
        error(json!({"properties": {"spec": {"items": {"type": "text"}}}})),
        "properties[spec].items.type: must be one of array, boolean, integer, number, object, string"
    );
    assert_eq!(error(json!({"items": [{}]})), "items: must be a schema object and not an array");
    assert_eq!(error(json!({"properties": {"a": {"$ref": "#/b"}}})), "properties[a].$ref: is not supported");
    assert_eq!(error(json!({"nullable": "yes"})), "nullable: must be a boolean");
    assert_eq!(error(json!({"properties": []})), "properties: must be an object");
    assert_eq!(
        error(json!({"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": "name"})),
        "x-kubernetes-list-map-keys: must be an array of strings"
    );
}

#[test]
fn depth_is_bounded() {
    let mut source = json!({});
    for _ in 0..=MAX_DEPTH {
        source = json!({"items": source});
    }
    assert!(error(source.clone()).ends_with("schemas nest deeper than 100"));
    assert!(Schema::parse(&source["items"]).is_ok());
}

#[test]
fn the_definitions_of_this_project_are_read() {
    for crd in crate::api::crds() {
        for version in &crd.spec.versions {
            let schema = version.schema.as_ref().and_then(|schema| schema.open_api_v3_schema.as_ref());
            let source = serde_json::to_value(schema).unwrap();
            assert_eq!(Schema::parse(&source).unwrap().kind, Some(Type::Object));
        }
    }
}
