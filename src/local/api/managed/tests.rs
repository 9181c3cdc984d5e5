use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::super::failure::Failure;
use super::super::resource::{ALL_VERBS, Resource, Scale};
use super::{Manager, apply, entries, keep_times, typed, update};
use crate::schema::{ListType, Schema, Type};

mod rules;
mod sets;

/// A schema from OpenAPI, as far as field management looks at it.
fn schema(source: &Value) -> Schema {
    let flag = |name: &str| source[name] == json!(true);
    let kind = source["type"].as_str().map(|kind| match kind {
        "object" => Type::Object,
        "array" => Type::Array,
        "integer" => Type::Integer,
        "number" => Type::Number,
        "boolean" => Type::Boolean,
        _ => Type::String,
    });
    let keys = || source["x-kubernetes-list-map-keys"].as_array().into_iter().flatten();
    let list = match source["x-kubernetes-list-type"].as_str() {
        Some("set") => ListType::Set,
        Some("map") => ListType::Map(keys().filter_map(Value::as_str).map(str::to_owned).collect()),
        _ => ListType::Atomic,
    };
    let properties = source["properties"].as_object().into_iter().flatten();
    Schema {
        kind,
        list,
        nullable: flag("nullable"),
        int_or_string: flag("x-kubernetes-int-or-string"),
        preserve_unknown: flag("x-kubernetes-preserve-unknown-fields"),
        embedded_resource: flag("x-kubernetes-embedded-resource"),
        properties: properties.map(|(name, field)| (name.clone(), schema(field))).collect(),
        additional: source.get("additionalProperties").map(|fields| Box::new(schema(fields))),
        items: source.get("items").map(|items| Box::new(schema(items))),
        atomic_map: source["x-kubernetes-map-type"] == "atomic",
        default: source.get("default").cloned(),
        source: Value::Null,
        checks: Default::default(),
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/managed-fields")
}

fn read(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

fn resource(described: &Value) -> Resource {
    let text = |name: &str| described[name].as_str().unwrap_or_default().to_owned();
    Resource {
        group: text("group"),
        version: text("version"),
        storage_version: text("version"),
        kind: text("kind"),
        list_kind: String::new(),
        plural: text("plural"),
        singular: String::new(),
        short_names: Vec::new(),
        categories: Vec::new(),
        namespaced: true,
        status: described["status"] == json!(true),
        scale: Some(Scale { spec_path: ".spec.replicas".to_owned(), status_path: String::new(), selector_path: None }),
        verbs: ALL_VERBS,
        schema: Arc::new(schema(&read(&fixtures().join("schemas").join(text("schema")).with_extension("json")))),
        columns: Vec::new(),
        selectable: Vec::new(),
        since: 0,
        terminating: false,
        custom: described["custom"] == json!(true),
    }
}

/// What the server does between reading a request and field management, and after it too: defaults.
fn default(schema: &Schema, value: &mut Value) {
    match value {
        Value::Object(fields) => {
            // A null that may not be is as if it were not there.
            let is_null = |name: &str| schema.properties.get(name).is_some_and(|field| !field.nullable);
            fields.retain(|name, value| !value.is_null() || !is_null(name));
            for (name, field) in &schema.properties {
                if let (None, Some(default)) = (fields.get(name), &field.default) {
                    fields.insert(name.clone(), default.clone());
                }
                fields.get_mut(name).into_iter().for_each(|value| self::default(field, value));
            }
            for (name, value) in fields {
                if let (false, Some(field)) = (schema.properties.contains_key(name), &schema.additional) {
                    self::default(field, value);
                }
            }
        }
        Value::Array(items) => {
            let schema = schema.items.as_deref().cloned().unwrap_or_default();
            items.iter_mut().for_each(|item| default(&schema, item));
        }
        _ => {}
    }
}

/// What the server does after field management: each endpoint writes its own part of the object.
fn prepare(resource: &Resource, subresource: &str, live: Option<&Value>, new: &mut Value) {
    let mut restore = |name: &str| {
        let was = live.and_then(|live| live.get(name)).cloned();
        new.as_object_mut().map(|new| match was {
            Some(was) => new.insert(name.to_owned(), was),
            None => new.remove(name),
        })
    };
    if !resource.status {
        return;
    }
    if subresource.is_empty() {
        restore("status");
    } else if subresource == "status" {
        restore("spec");
        if resource.custom {
            let listed = new["metadata"]["managedFields"].take();
            new["metadata"] = live.map(|live| live["metadata"].clone()).unwrap_or_default();
            new["metadata"]["managedFields"] = listed;
        }
    }
}

/// A step of a trace as this implementation does it.
fn perform(resource: &Resource, step: &Value, live: Option<&Value>, now: Timestamp) -> Result<Value, Failure> {
    let text = |name: &str| step[name].as_str().unwrap_or_default();
    let manager = Manager { name: text("manager"), subresource: text("subresource") };
    let body = &step["body"];
    let mut new = match text("verb") {
        "apply" => {
            let mut new = apply(live, body, resource, &manager, step["force"] == json!(true), now)?;
            default(&resource.schema, &mut new);
            new
        }
        verb => {
            let mut new = body.clone();
            if manager.subresource == "scale" {
                new = live.unwrap().clone();
                new["spec"]["replicas"] = body["spec"]["replicas"].clone();
            } else if matches!(verb, "merge" | "strategic") {
                new = live.unwrap().clone();
                json_patch::merge(&mut new, body);
            }
            default(&resource.schema, &mut new);
            read_as_go(&mut new);
            update(live, &mut new, resource, &manager, now);
            new
        }
    };
    prepare(resource, manager.subresource, live, &mut new);
    if let Some(live) = live {
        keep_times(live, &mut new);
    }
    Ok(new)
}

/// What the server sets by itself.
fn with_allocated(mut object: Value, expected: &Value) -> Value {
    let generation = expected["metadata"]["generation"].clone();
    object["metadata"]["generation"] = generation;
    if object["kind"] == "Service" {
        for name in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
            object["spec"][name] = expected["spec"][name].clone();
        }
        object["status"] = expected["status"].clone();
    }
    read_as_go(&mut object);
    object
}

/// What is empty in metadata, and in Go structs, is not there once the server has read or written it.
fn read_as_go(object: &mut Value) {
    let is_empty = |value: &Value| value.is_null() || *value == json!([]) || *value == json!({});
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.retain(|name, value| !is_empty(value) || name == "managedFields" && !value.is_null());
    }
    if object["kind"] == "ConfigMap" {
        object.as_object_mut().unwrap().retain(|_, value| !is_empty(value));
    }
}

/// The places in which two values differ.
fn differences(path: &str, left: &Value, right: &Value, found: &mut Vec<String>) {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let names: std::collections::BTreeSet<_> = left.keys().chain(right.keys()).collect();
            for name in names {
                let of = |fields: &Map<String, Value>| fields.get(name).cloned().unwrap_or(json!("(absent)"));
                differences(&format!("{path}.{name}"), &of(left), &of(right), found);
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (index, (left, right)) in left.iter().zip(right).enumerate() {
                differences(&format!("{path}[{index}]"), left, right, found);
            }
        }
        _ if typed::same(left, right) => {}
        _ => found.push(format!("{path}: {left} and not {right}")),
    }
}

fn latest(object: &Value) -> Option<Timestamp> {
    let times = entries::listed(object)?.iter().filter_map(|entry| entry["time"].as_str()?.parse().ok());
    times.max()
}

fn compare_failures(failure: &Failure, expected: &Value) -> Vec<String> {
    let mut causes = failure.details.get("causes").cloned().unwrap_or(json!([]));
    let mut wanted = expected["causes"].clone();
    for list in [&mut causes, &mut wanted] {
        // The real server lists owners in no order.
        list.as_array_mut().unwrap().sort_by_key(ToString::to_string);
    }
    let ours = json!({ "code": failure.code.as_u16(), "reason": failure.reason, "message": failure.message, "causes": causes });
    let mut found = Vec::new();
    let theirs = json!({ "code": expected["code"], "reason": expected["reason"].as_str().unwrap_or_default(),
        "message": expected["message"], "causes": wanted });
    differences("failure", &ours, &theirs, &mut found);
    found
}

fn spoken(resource: &Resource, step: &Value) -> Resource {
    let version = step["version"].as_str().unwrap_or(&resource.version).to_owned();
    Resource { version, ..resource.clone() }
}

/// Replays a trace; every step starts from what the real server had.
fn replay(trace: &Value) -> Vec<String> {
    let resource = resource(&trace["resource"]);
    let mut now: Timestamp = "2025-12-31T23:59:59Z".parse().unwrap();
    let mut live: Option<&Value> = None;
    let mut found = Vec::new();
    for (index, step) in trace["steps"].as_array().unwrap().iter().enumerate() {
        // A time that no entry can have, if none of them changed.
        let after = step.get("object").and_then(latest).filter(|time| *time > now);
        let idle = if trace["distinct"] == json!(true) { now + SignedDuration::from_secs(1) } else { now };
        now = after.unwrap_or(now);
        let refused_later = matches!(step["failure"]["code"].as_u64(), Some(403 | 422));
        let mut here = Vec::new();
        let resource = spoken(&resource, step);
        let live_in_version = live.cloned().map(|mut live| {
            live["apiVersion"] = resource.api_version().into();
            live
        });
        match (perform(&resource, step, live_in_version.as_ref(), after.unwrap_or(idle)), step.get("object")) {
            (Ok(object), Some(expected)) => differences("", &with_allocated(object, expected), expected, &mut here),
            (Err(failure), None) if !refused_later => here = compare_failures(&failure, &step["failure"]),
            (Err(failure), _) => here.push(format!("{failure:?}")),
            (Ok(_), None) if refused_later => {}
            (Ok(_), None) => here.push(format!("no failure, and not {}", step["failure"])),
        }
        found.extend(here.iter().map(|what| format!("step {index}, {} by {}: {what}", step["verb"], step["manager"])));
        live = step.get("object").or(live);
    }
    found
}

#[test]
fn the_real_server_does_the_same() {
    let files = fs::read_dir(fixtures()).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> = files.filter(|file| file.is_file()).collect();
    files.sort();
    assert!(files.len() >= 9, "{files:?}");
    let mut found = Vec::new();
    for file in files {
        let trace = read(&file);
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        found.extend(replay(&trace).into_iter().map(|what| format!("{name} {what}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
