//! Events, which are written as the core kind or that of `events.k8s.io` and are the same.

use serde_json::{Map, Value, json};

use super::columns::{described, made, since, text};
use super::definitions::{self, about_metadata};
use crate::local::api::causes::{invalid, invalid_unsaid, required};
use crate::local::api::failure::Cause;
use crate::local::api::resource::{Column, Resource};
use crate::schema::metadata::qualified_name;

/// What core Events are selected by.
pub(super) const CORE_SELECTABLE: &[&str] = &[
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
];

/// What Events of `events.k8s.io` are selected by.
pub(super) const SELECTABLE: &[&str] = &[
    "regarding.kind",
    "regarding.namespace",
    "regarding.name",
    "regarding.uid",
    "regarding.apiVersion",
    "regarding.resourceVersion",
    "regarding.fieldPath",
    "reason",
    "reportingController",
    "type",
];

/// Names of fields: in the core kind, and in that of `events.k8s.io`.
const RENAMED: &[(&str, &str)] = &[
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"),
    ("reportingComponent", "reportingController"),
];

/// Makes a core Event of one of `events.k8s.io`.
pub(super) fn to_core(event: &mut Value) {
    rename(event, "v1", |(core, new)| (new, core));
}

/// Makes an Event of `events.k8s.io` of a core one.
pub(super) fn from_core(event: &mut Value) {
    rename(event, "events.k8s.io/v1", |names| names);
}

fn rename(
    event: &mut Value,
    version: &str,
    direction: fn((&'static str, &'static str)) -> (&'static str, &'static str),
) {
    let Some(map) = event.as_object_mut() else { return };
    let names = RENAMED.iter().map(|names| direction(*names));
    let renamed: Map<String, Value> =
        names.filter_map(|(from, to)| map.remove(from).map(|value| (to.to_owned(), value))).collect();
    map.extend(renamed);
    map.insert("apiVersion".to_owned(), version.into());
}

/// Fills in and checks an Event as it is stored, as a core one.
pub(super) fn event(resource: &Resource, new: &mut Value, old: Option<&Value>, causes: &mut Vec<Cause>) {
    if let Some(map) = new.as_object_mut() {
        map.entry("source").or_insert_with(|| json!({}));
        for field in ["reportingComponent", "reportingInstance"] {
            map.entry(field).or_insert_with(|| "".into());
        }
    }
    let namespace = text(new, "/metadata/namespace");
    let about = text(new, "/involvedObject/namespace");
    let timed = !text(new, "/eventTime").is_empty();
    let apart = match (timed, about) {
        (true, "") => !matches!(namespace, "default" | "kube-system"),
        (true, _) => false,
        (false, "") => !matches!(namespace, "" | "default"),
        (false, about) => namespace != about,
    };
    if apart {
        causes.push(invalid("involvedObject.namespace", &about.into(), "does not match event.namespace"));
    }
    if timed {
        timed_fields(resource, new, causes);
    }
    if resource.group == "events.k8s.io" && old.is_none() {
        strict_fields(new, causes);
    }
}

/// What an Event with an `eventTime` must say.
fn timed_fields(resource: &Resource, event: &Value, causes: &mut Vec<Cause>) {
    let reporter = if resource.group.is_empty() { "reportingComponent" } else { "reportingController" };
    let component = text(event, "/reportingComponent");
    if component.is_empty() {
        causes.push(required(reporter, ""));
    }
    for why in qualified_name(component) {
        causes.push(invalid(reporter, &component.into(), &why));
    }
    let limits =
        [("reportingInstance", 128, true), ("action", 128, true), ("reason", 128, true), ("message", 1024, false)];
    for (field, most, needed) in limits {
        let value = event.get(field).and_then(Value::as_str).unwrap_or_default();
        if needed && value.is_empty() {
            causes.push(required(field, ""));
        }
        if value.len() > most {
            causes.push(invalid_unsaid(field, &format!("can have at most {most} characters")));
        }
    }
}

/// What the newer API asks for on top.
fn strict_fields(event: &Value, causes: &mut Vec<Cause>) {
    if let Some(series) = event.get("series").filter(|series| series.is_object()) {
        if series.get("count").and_then(Value::as_i64).unwrap_or(0) < 2 {
            causes.push(invalid_unsaid("series.count", "should be at least 2"));
        }
        if text(series, "/lastObservedTime").is_empty() {
            causes.push(required("series.lastObservedTime", ""));
        }
    }
    if text(event, "/eventTime").is_empty() {
        causes.push(required("eventTime", ""));
    }
    let kind = text(event, "/type");
    if !matches!(kind, "Normal" | "Warning") {
        causes.push(invalid_unsaid("type", &format!("has invalid value: {kind}")));
    }
    let unset = |value: Option<&Value>| match value {
        None | Some(Value::Null) => true,
        Some(Value::Object(map)) => map.values().all(|value| value == ""),
        Some(value) => *value == 0,
    };
    for field in ["firstTimestamp", "lastTimestamp", "count", "source"] {
        if !unset(event.get(field)) {
            causes.push(invalid_unsaid(field, "needs to be unset"));
        }
    }
}

/// What is shown of both kinds.
pub(super) fn columns() -> Vec<Column> {
    let source = definitions::structural("", "Event");
    let about = |path: &str| described(&source, path);
    let mut name =
        made("Name", "string", 1, about_metadata("name").to_owned(), |event, _| text(event, "/metadata/name").into());
    name.format = "name".to_owned();
    vec![
        made("Last Seen", "string", 0, about("lastTimestamp"), |event, now| last_seen(event, now).into()),
        made("Type", "string", 0, about("type"), |event, _| text(event, "/type").into()),
        made("Reason", "string", 0, about("reason"), |event, _| text(event, "/reason").into()),
        made("Object", "string", 0, about("involvedObject"), |event, _| object(event).into()),
        made("Subobject", "string", 1, about("involvedObject.fieldPath"), |event, _| {
            either(event, "/involvedObject/fieldPath", "/regarding/fieldPath").into()
        }),
        made("Source", "string", 1, about("source"), |event, _| reporter(event).into()),
        made("Message", "string", 0, about("message"), |event, _| either(event, "/message", "/note").trim().into()),
        made("First Seen", "string", 1, about("firstTimestamp"), |event, now| first_seen(event, now).into()),
        made("Count", "string", 1, about("count"), |event, _| count(event).into()),
        name,
    ]
}

/// The text of a field that the two kinds name differently.
fn either<'v>(event: &'v Value, core: &str, new: &str) -> &'v str {
    let text_of = |pointer| Some(text(event, pointer)).filter(|text| !text.is_empty());
    text_of(core).or_else(|| text_of(new)).unwrap_or_default()
}

fn first_seen(event: &Value, now: jiff::Timestamp) -> String {
    let named =
        ["/firstTimestamp", "/deprecatedFirstTimestamp"].into_iter().find(|field| !text(event, field).is_empty());
    since(event, named.unwrap_or("/eventTime"), now)
}

fn last_seen(event: &Value, now: jiff::Timestamp) -> String {
    if event.get("series").is_some_and(Value::is_object) {
        return since(event, "/series/lastObservedTime", now);
    }
    let named = ["/lastTimestamp", "/deprecatedLastTimestamp"].into_iter().find(|field| !text(event, field).is_empty());
    named.map_or_else(|| first_seen(event, now), |field| since(event, field, now))
}

fn count(event: &Value) -> i64 {
    let number = |pointer: &str| event.pointer(pointer).and_then(Value::as_i64).filter(|count| *count != 0);
    number("/series/count").or_else(|| number("/count")).or_else(|| number("/deprecatedCount")).unwrap_or(1)
}

fn object(event: &Value) -> String {
    let kind = either(event, "/involvedObject/kind", "/regarding/kind").to_lowercase();
    match either(event, "/involvedObject/name", "/regarding/name") {
        "" => kind,
        name => format!("{kind}/{name}"),
    }
}

fn reporter(event: &Value) -> String {
    let component = match either(event, "/source/component", "/deprecatedSource/component") {
        "" => either(event, "/reportingComponent", "/reportingController"),
        component => component,
    };
    match either(event, "/source/host", "/deprecatedSource/host") {
        "" => match text(event, "/reportingInstance") {
            "" => component.to_owned(),
            instance => format!("{component}, {instance}"),
        },
        host => format!("{component}, {host}"),
    }
}
