//! The definitions that a document needs.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::local::api::builtin::definitions::{self, DELETE_OPTIONS, LIST_META, OBJECT_META, REFERENCE, SCALE, STATUS};
use crate::local::api::resource::Resource;

/// The definition of the body of any patch.
pub(super) const PATCH: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.Patch";

const TYPES: &str = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md";

/// The name of a resource's definition: `io.k8s.api.core.v1.ConfigMap`, `dev.wasmcloud.runtime.v1alpha1.Workload`.
pub(super) fn name_of(resource: &Resource, kind: &str) -> String {
    if !resource.custom {
        return definitions::name_of(&resource.group, kind);
    }
    let group: Vec<&str> = resource.group.rsplit('.').collect();
    format!("{}.{}.{kind}", group.join("."), resource.version)
}

/// All definitions that resources need, by name.
pub(super) fn schemas(resources: &[&Resource]) -> BTreeMap<String, Value> {
    let mut schemas = BTreeMap::new();
    let patch = "Patch is provided to give a concrete name and type to the Kubernetes PATCH request body.";
    schemas.insert(PATCH.to_owned(), json!({ "description": patch, "type": "object" }));
    for name in [DELETE_OPTIONS, LIST_META, OBJECT_META, STATUS] {
        add_builtin(name, &mut schemas);
    }
    for resource in resources {
        let name = name_of(resource, &resource.kind);
        if resource.custom {
            schemas.insert(name.clone(), custom(resource));
        } else {
            add_builtin(&name, &mut schemas);
        }
        if resource.verbs.contains(&"list") {
            schemas.insert(name_of(resource, &resource.list_kind), list(resource, &name));
        }
        if resource.scale.is_some() {
            add_builtin(SCALE, &mut schemas);
        }
    }
    schemas
}

/// Adds a definition that is built in, and all that it refers to.
fn add_builtin(name: &str, schemas: &mut BTreeMap<String, Value>) {
    let Some(definition) = definitions::all().get(name) else { return };
    if schemas.insert(name.to_owned(), definition.clone()).is_none() {
        references(definition, &mut |name| add_builtin(name, schemas));
    }
}

fn references(schema: &Value, found: &mut impl FnMut(&str)) {
    match schema {
        Value::Object(map) => {
            for (key, value) in map {
                match value.as_str().and_then(|name| name.strip_prefix(REFERENCE)) {
                    Some(name) if key == "$ref" => found(name),
                    _ => references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// The schema of a CRD, with what every object has.
fn custom(resource: &Resource) -> Value {
    let mut schema = resource.schema.source.clone();
    complete_embedded(&mut schema);
    let Some(map) = schema.as_object_mut() else { return schema };
    let fields = map.entry("properties").or_insert_with(|| json!({}));
    if let Some(fields) = fields.as_object_mut() {
        fields.extend(type_fields());
        fields.insert("metadata".to_owned(), metadata_field());
    }
    map.insert("x-kubernetes-group-version-kind".to_owned(), json!([kind(resource, &resource.kind)]));
    if !resource.selectable.is_empty() {
        let fields: Vec<Value> = resource.selectable.iter().map(|path| json!({ "fieldPath": path })).collect();
        map.insert("x-kubernetes-selectable-fields".to_owned(), fields.into());
    }
    schema
}

fn metadata_field() -> Value {
    let about = format!("Standard object's metadata. More info: {TYPES}#metadata");
    json!({ "description": about, "allOf": [reference(OBJECT_META)] })
}

/// Gives embedded resources, wherever they are, what every object has.
fn complete_embedded(schema: &mut Value) {
    let Some(map) = schema.as_object_mut() else { return };
    for fields in map.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        complete_embedded(fields.1);
    }
    for below in ["items", "additionalProperties"] {
        if let Some(below) = map.get_mut(below) {
            complete_embedded(below);
        }
    }
    if map.get("x-kubernetes-embedded-resource") != Some(&Value::Bool(true)) {
        return;
    }
    if let Some(fields) = map.entry("properties").or_insert_with(|| json!({})).as_object_mut() {
        fields.extend(type_fields());
        fields.insert("metadata".to_owned(), metadata_field());
    }
    let required = map.entry("required").or_insert_with(|| json!([]));
    for name in ["kind", "apiVersion"] {
        if let Some(required) = required.as_array_mut().filter(|list| !list.contains(&name.into())) {
            required.push(name.into());
        }
    }
}

fn list(resource: &Resource, of: &str) -> Value {
    let mut fields = type_fields();
    let about = format!("List of {}. More info: {TYPES}", resource.plural);
    fields.insert("items".to_owned(), json!({ "description": about, "type": "array", "items": reference(of) }));
    let about = format!("Standard list metadata. More info: {TYPES}#types-kinds");
    fields.insert("metadata".to_owned(), json!({ "description": about, "allOf": [reference(LIST_META)] }));
    json!({
        "description": format!("{} is a list of {}", resource.list_kind, resource.kind),
        "type": "object",
        "required": ["items"],
        "properties": fields,
        "x-kubernetes-group-version-kind": [kind(resource, &resource.list_kind)],
    })
}

fn type_fields() -> Map<String, Value> {
    let field = |about: &str| json!({ "description": about, "type": "string" });
    let version = format!(
        "APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized \
         schemas to the latest internal value, and may reject unrecognized values. More info: {TYPES}#resources"
    );
    let kind = format!(
        "Kind is a string value representing the REST resource this object represents. Servers may infer this from the \
         endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: {TYPES}#types-kinds"
    );
    [("apiVersion".to_owned(), field(&version)), ("kind".to_owned(), field(&kind))].into_iter().collect()
}

/// A reference to a definition.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{REFERENCE}{name}") })
}

/// Group, version and kind.
pub(super) fn kind(resource: &Resource, kind: &str) -> Value {
    json!({ "group": resource.group, "version": resource.version, "kind": kind })
}
