//! The scale subresource: `autoscaling/v1 Scale` over the paths that a definition names.

use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value, json};

use super::builtin::{self, definitions};
use super::failure::{Cause, Failure};
use super::resource::{Cell, Column, Resource, Scale};
use super::write::{self, Call, Written};
use super::{ApiServer, body, causes, meta, patch};
use crate::schema::{Schema, go, metadata};

/// Answers GET, PUT and PATCH.
///
/// # Errors
/// As those of the object; 400 for what is no scale.
pub(super) async fn answer(
    server: &ApiServer,
    read: bool,
    patched: bool,
    call: &mut Call,
    media: &str,
    bytes: &[u8],
) -> Result<Value, Failure> {
    let Some(scale) = call.resource.scale.clone() else {
        return Err(call.not_found());
    };
    if read {
        let object = server.load(&call.resource, &*server.get(call)?)?;
        return Ok(scale_of(&scale, &object));
    }
    let sent = if patched { None } else { Some(decode(body::object(media, bytes, "Scale")?.object)?) };
    let change = Change { scale: scale.clone(), sent, media: media.to_owned(), patch: bytes.to_vec() };
    let Written { object, .. } = server.revise_scale(call, |resource, old| change.apply(resource, old)).await?;
    Ok(scale_of(&scale, &object))
}

/// A resource whose objects are scales, for the columns of their Tables.
pub(super) fn shown(resource: &Resource) -> Arc<Resource> {
    let column = |name: &str, kind: &str, cell: Cell, about: &str| Column {
        name: name.to_owned(),
        kind: kind.to_owned(),
        format: String::new(),
        description: about.to_owned(),
        priority: 0,
        cell,
    };
    let desired = Cell::Made(|scale, _| scale["spec"]["replicas"].as_i64().unwrap_or_default().into());
    let available = Cell::Made(|scale, _| scale["status"]["replicas"].as_i64().unwrap_or_default().into());
    let age = Cell::Path(".metadata.creationTimestamp".to_owned());
    let columns = vec![
        column("Desired", "integer", desired, "replicas is the desired number of instances for the scaled object."),
        column(
            "Available",
            "integer",
            available,
            "replicas is the actual number of observed instances of the scaled object.",
        ),
        column("Age", "date", age, definitions::about_metadata("creationTimestamp")),
    ];
    Arc::new(Resource { columns, ..resource.clone() })
}

/// # Errors
/// 400 for what is of another kind or holds values of other types.
fn decode(mut sent: Value) -> Result<Value, Failure> {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        let definition = definitions::named(definitions::SCALE);
        Schema::parse(&definition).unwrap_or_default()
    });
    let text = |field: &str| sent[field].as_str().unwrap_or_default();
    let (kind, version) = (text("kind"), text("apiVersion"));
    if !matches!((kind, version), ("" | "Scale", "" | "autoscaling/v1")) {
        let short = version.rsplit('/').next().unwrap_or_default();
        let message = format!("{kind} in version \"{short}\" cannot be handled as a Scale: no such conversion");
        return Err(Failure::bad_request(message));
    }
    let wrong =
        |why: String| Failure::bad_request(format!("Scale in version \"v1\" cannot be handled as a Scale: {why}"));
    if let Some(why) = metadata::malformed(&SCHEMA, &sent) {
        return Err(wrong(why));
    }
    builtin::decode_options(&SCHEMA, "Scale", &mut sent).map_err(wrong)?;
    Ok(sent)
}

struct Change {
    scale: Scale,
    sent: Option<Value>,
    media: String,
    patch: Vec<u8>,
}

impl Change {
    /// The object with the replicas that are wanted now; whether there may be so many is checked with the object.
    fn apply(&self, resource: &Resource, old: &Value) -> Result<Value, Failure> {
        let wanted = match &self.sent {
            Some(scale) => scale.clone(),
            None => self.patched(&scale_of(&self.scale, old))?,
        };
        let name = meta::name(old);
        let said = meta::name(&wanted);
        if !said.is_empty() && said != name {
            let message = format!("the name of the object ({said}) does not match the name on the URL ({name})");
            return Err(Failure::bad_request(message));
        }
        let (expected, actual) = (meta::uid(&wanted), meta::uid(old));
        if !expected.is_empty() && expected != actual {
            let why = format!("Precondition failed: UID in precondition: {expected}, UID in object meta: {actual}");
            return Err(Failure::conflict(&resource.group, &resource.plural, name, &why));
        }
        let mut new = old.clone();
        let replicas = wanted["spec"]["replicas"].as_i64().unwrap_or_default();
        put(&mut new, &self.scale.spec_path, replicas.into());
        match meta::text(&wanted, "resourceVersion") {
            "" => meta::copy(old, &mut new, "resourceVersion"),
            version => meta::set(&mut new, "resourceVersion", version.into()),
        }
        Ok(new)
    }

    fn patched(&self, scale: &Value) -> Result<Value, Failure> {
        let patched = match self.media.as_str() {
            "application/merge-patch+json" => patch::merge(scale, &self.patch)?,
            "application/json-patch+json" => patch::json(scale, &self.patch)?,
            _ => return Err(write::unsupported()),
        };
        let shown = patched.to_string();
        decode(patched).map_err(|failure| write::refused(&shown, failure))
    }
}

/// What is wrong with the fields that a scale is made of; for a status those of the status alone.
pub(super) fn check(scale: &Scale, object: &Value, of_status: bool) -> Vec<Cause> {
    let mut causes = Vec::new();
    if !of_status {
        causes.extend(check_replicas(&scale.spec_path, object));
    }
    causes.extend(check_replicas(&scale.status_path, object));
    if let Some(path) = &scale.selector_path
        && let Err(why) = nested(object, path, "string", |value| value.as_str().map(|_| ()))
    {
        causes.push(causes::invalid(path.as_str(), &"".into(), &why));
    }
    causes
}

fn check_replicas(path: &str, object: &Value) -> Option<Cause> {
    match nested(object, path, "int64", Value::as_i64) {
        Err(why) => Some(causes::invalid(path, &0.into(), &why)),
        Ok(Some(count)) if count < 0 => Some(causes::invalid(path, &count.into(), "should be a non-negative integer")),
        Ok(Some(count)) if i32::try_from(count).is_err() => {
            Some(causes::invalid(path, &count.into(), &format!("should be less than or equal to {}", i32::MAX)))
        }
        Ok(_) => None,
    }
}

/// A value below an object; `None` when it is not there.
///
/// # Errors
/// In the words of apimachinery's `unstructured.NestedInt64`, when something on the way is of another type.
fn nested<T>(
    object: &Value,
    path: &str,
    wanted: &str,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<Option<T>, String> {
    let wrong = |value: &Value, wanted: &str| {
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Err(format!("{path} accessor error: {shown} is of the type {}, expected {wanted}", go::type_of(value)))
    };
    let mut place = object;
    for part in path.split('.').filter(|part| !part.is_empty()) {
        let Some(fields) = place.as_object() else {
            return wrong(place, "map[string]interface{}");
        };
        match fields.get(part) {
            None => return Ok(None),
            Some(value) => place = value,
        }
    }
    read(place).map_or_else(|| wrong(place, wanted), |value| Ok(Some(value)))
}

fn scale_of(scale: &Scale, object: &Value) -> Value {
    let mut metadata = Map::new();
    for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
        if let Some(value) = object["metadata"].get(field) {
            metadata.insert(field.to_owned(), value.clone());
        }
    }
    let number = |path: &str| object.pointer(&pointer(path)).and_then(Value::as_i64).unwrap_or_default();
    let mut status = json!({ "replicas": number(&scale.status_path) });
    let selector = scale.selector_path.as_deref().and_then(|path| object.pointer(&pointer(path)));
    if let Some(selector) = selector.and_then(Value::as_str).filter(|text| !text.is_empty()) {
        status["selector"] = selector.into();
    }
    let spec = match number(&scale.spec_path) {
        0 => json!({}),
        replicas => json!({ "replicas": replicas }),
    };
    json!({ "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata, "spec": spec, "status": status })
}

/// `.spec.replicas` as a JSON pointer.
fn pointer(path: &str) -> String {
    path.replace('.', "/")
}

fn put(object: &mut Value, path: &str, value: Value) {
    let mut place = object;
    for part in path.split('.').filter(|part| !part.is_empty()) {
        if !place.is_object() {
            *place = json!({});
        }
        place = &mut place[part];
    }
    *place = value;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale() -> Scale {
        Scale {
            spec_path: ".spec.size.replicas".to_owned(),
            status_path: ".status.replicas".to_owned(),
            selector_path: Some(".status.selector".to_owned()),
        }
    }

    #[test]
    fn replicas_are_read_and_written_at_their_paths() {
        let object = json!({ "metadata": { "name": "a", "labels": {} }, "spec": { "size": { "replicas": 3 } },
            "status": { "replicas": 2, "selector": "a=b" } });
        let shown = scale_of(&scale(), &object);
        assert_eq!((&shown["spec"], &shown["metadata"]), (&json!({ "replicas": 3 }), &json!({ "name": "a" })));
        assert_eq!(shown["status"], json!({ "replicas": 2, "selector": "a=b" }));
        assert_eq!(scale_of(&scale(), &json!({}))["spec"], json!({}), "none is not told");
        let mut bare = json!({ "spec": 5 });
        put(&mut bare, &scale().spec_path, 4.into());
        assert_eq!(bare, json!({ "spec": { "size": { "replicas": 4 } } }));
    }

    #[test]
    fn fields_of_a_scale_are_numbers_and_texts() {
        let fields = |object: Value, of_status: bool| -> Vec<String> {
            check(&scale(), &object, of_status).into_iter().map(|cause| cause.message).collect()
        };
        assert!(fields(json!({}), false).is_empty());
        let wrong = json!({ "spec": { "size": { "replicas": -1 } }, "status": { "replicas": "x", "selector": 5 } });
        assert_eq!(
            fields(wrong.clone(), false),
            [
                "Invalid value: -1: should be a non-negative integer",
                "Invalid value: 0: .status.replicas accessor error: x is of the type string, expected int64",
                "Invalid value: \"\": .status.selector accessor error: 5 is of the type int64, expected string",
            ]
        );
        assert_eq!(fields(wrong, true).len(), 2, "the spec is not looked at");
        let huge = fields(json!({ "spec": { "size": { "replicas": 3_000_000_000_u64 } } }), false);
        assert_eq!(huge, ["Invalid value: 3000000000: should be less than or equal to 2147483647"]);
        let way = fields(json!({ "spec": { "size": 1 } }), false);
        assert!(way[0].ends_with("1 is of the type int64, expected map[string]interface{}"), "{way:?}");
    }
}
