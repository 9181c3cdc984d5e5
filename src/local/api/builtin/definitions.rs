//! The schemas of the kinds that are built in, under the names that Kubernetes' OpenAPI gives them.
//!
//! They are what k8s-openapi derives, with what it leaves out (`extensions`): how lists and maps are merged,
//! defaults and enumerations. Compared with `/openapi/v3` of kube-apiserver 1.36.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use k8s_openapi::api::authorization::v1::SelfSubjectAccessReview;
use k8s_openapi::api::autoscaling::v1::Scale;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{ConfigMap, Event, Namespace, Secret, Service, ServiceAccount};
use k8s_openapi::api::{discovery::v1::EndpointSlice, events::v1::Event as NewEvent};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{DeleteOptions, ListMeta, ObjectMeta, Status};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::extensions;

/// Where definitions refer to each other.
pub const REFERENCE: &str = "#/components/schemas/";
/// The definition of `metadata`.
pub const OBJECT_META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
/// The definition of a list's `metadata`.
pub const LIST_META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";
/// The definition of what a failed request, and a deletion, is answered with.
pub const STATUS: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.Status";
/// The definition of what the scale subresource shows.
pub const SCALE: &str = "io.k8s.api.autoscaling.v1.Scale";
/// The definition of the body of a deletion.
pub const DELETE_OPTIONS: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions";

/// What Go calls the type of a schema, for errors in the server's words.
pub(super) const GO_TYPE: &str = "x-go-type";

/// All definitions by name; made once.
pub fn all() -> &'static BTreeMap<String, Value> {
    static ALL: OnceLock<BTreeMap<String, Value>> = OnceLock::new();
    ALL.get_or_init(generate)
}

/// The name of a kind's definition.
pub fn name_of(group: &str, kind: &str) -> String {
    match group {
        "" => format!("io.k8s.api.core.v1.{kind}"),
        "apiextensions.k8s.io" => format!("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.{kind}"),
        _ => format!("io.k8s.api.{}.v1.{kind}", group.trim_end_matches(".k8s.io")),
    }
}

/// What a field of `metadata` is for.
pub fn about_metadata(field: &str) -> &'static str {
    let fields = all().get(OBJECT_META).and_then(|meta| meta.get("properties"));
    fields.and_then(|fields| fields.get(field)?.get("description")?.as_str()).unwrap_or_default()
}

/// A definition in one piece, by its name.
pub fn named(name: &str) -> Value {
    resolved(name, &mut Vec::new())
}

/// A kind's schema in one piece, as a CustomResourceDefinition would hold it.
pub fn structural(group: &str, kind: &str) -> Value {
    named(&name_of(group, kind))
}

fn generate() -> BTreeMap<String, Value> {
    let settings = SchemaSettings::openapi3().with(|settings| {
        settings.meta_schema = None;
        settings.transforms.clear();
    });
    let mut generator = SchemaGenerator::new(settings);
    generator.subschema_for::<ConfigMap>();
    generator.subschema_for::<Secret>();
    generator.subschema_for::<Namespace>();
    generator.subschema_for::<Service>();
    generator.subschema_for::<ServiceAccount>();
    generator.subschema_for::<Event>();
    generator.subschema_for::<NewEvent>();
    generator.subschema_for::<EndpointSlice>();
    generator.subschema_for::<Lease>();
    generator.subschema_for::<SelfSubjectAccessReview>();
    generator.subschema_for::<CustomResourceDefinition>();
    generator.subschema_for::<ObjectMeta>();
    generator.subschema_for::<ListMeta>();
    generator.subschema_for::<Status>();
    generator.subschema_for::<DeleteOptions>();
    generator.subschema_for::<Scale>();
    let mut all: BTreeMap<String, Value> = generator.take_definitions(false).into_iter().collect();
    all.insert(name_of("", "Pod"), pod());
    for (name, definition) in &mut all {
        as_kubernetes_has_it(definition);
        extensions::add(name, definition);
    }
    all
}

/// Pods can only be looked at, and there are none: what is in them is left open.
fn pod() -> Value {
    let open = |about: &str| json!({ "type": "object", "description": about, extensions::PRESERVE: true });
    json!({
        "description": "Pod is a collection of containers that can run on a host. There are none on the local control plane.",
        "type": "object",
        "properties": {
            "apiVersion": { "type": "string" },
            "kind": { "type": "string" },
            "metadata": { "$ref": format!("{REFERENCE}{OBJECT_META}"), "description": "Standard object's metadata." },
            "spec": open("Specification of the desired behavior of the pod."),
            "status": open("Most recently observed status of the pod."),
        },
    })
}

/// A reference with words beside it is written with `allOf`, because OpenAPI 3.0 lets nothing stand beside a reference.
fn as_kubernetes_has_it(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            map.values_mut().for_each(as_kubernetes_has_it);
            if map.get("$ref").is_some_and(Value::is_string)
                && map.len() > 1
                && let Some(reference) = map.remove("$ref")
            {
                map.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(as_kubernetes_has_it),
        _ => {}
    }
}

/// A definition with all that it refers to put in; where it would contain itself, anything goes.
fn resolved(name: &str, above: &mut Vec<String>) -> Value {
    let Some(definition) = all().get(name).filter(|_| !above.iter().any(|other| other == name)) else {
        return json!({ "type": "object", extensions::PRESERVE: true });
    };
    above.push(name.to_owned());
    let mut definition = put_in(definition, above);
    above.pop();
    if let Some(map) = definition.as_object_mut() {
        map.remove(extensions::GROUP_VERSION_KIND);
        map.insert(GO_TYPE.to_owned(), go_type(name).into());
        leave_untyped_open(map);
    }
    definition
}

/// `v1.ServiceSpec`.
fn go_type(name: &str) -> String {
    let (rest, last) = name.rsplit_once('.').unwrap_or(("", name));
    format!("{}.{last}", rest.rsplit('.').next().unwrap_or_default())
}

/// What has no type can be anything, and what may be a number or a string has its own word.
fn leave_untyped_open(map: &mut Map<String, Value>) {
    if map.get("format").is_some_and(|format| format == "int-or-string") {
        map.remove("oneOf");
        map.remove("format");
        map.insert(extensions::INT_OR_STRING.to_owned(), true.into());
    } else if !map.contains_key("type") {
        map.remove("oneOf");
        map.insert(extensions::PRESERVE.to_owned(), true.into());
    } else if map.get("type").is_some_and(|kind| kind == "object")
        && !map.contains_key("properties")
        && !map.contains_key("additionalProperties")
    {
        map.insert(extensions::PRESERVE.to_owned(), true.into());
    }
}

fn put_in(schema: &Value, above: &mut Vec<String>) -> Value {
    let Value::Object(map) = schema else { return schema.clone() };
    let one = map.get("allOf").and_then(|all| all.get(0)).unwrap_or(schema);
    if let Some(name) = one.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix(REFERENCE)) {
        let mut target = resolved(name, above);
        if let Some(target) = target.as_object_mut() {
            let beside = map.iter().filter(|(key, _)| !matches!(key.as_str(), "$ref" | "allOf"));
            target.extend(beside.map(|(key, value)| (key.clone(), value.clone())));
        }
        return target;
    }
    let inner = |key: &str, value: &Value, above: &mut Vec<String>| match (key, value) {
        ("properties", Value::Object(fields)) => {
            fields.iter().map(|(name, field)| (name.clone(), put_in(field, above))).collect::<Map<_, _>>().into()
        }
        ("items" | "additionalProperties", schema) => put_in(schema, above),
        _ => value.clone(),
    };
    map.iter().map(|(key, value)| (key.clone(), inner(key, value, above))).collect::<Map<_, _>>().into()
}
