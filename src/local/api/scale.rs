//! The scale subresource: `autoscaling/v1 Scale` over the paths that a definition names.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::failure::{Cause, Failure};
use super::resource::{Resource, Scale};
use super::write::{Call, Written};
use super::{ApiServer, body, meta, patch};

/// Answers GET, PUT and PATCH.
///
/// # Errors
/// As those of the object; 422 for a number of replicas below zero.
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
    let sent = if patched { None } else { Some(body::object(media, bytes, "Scale")?.object) };
    let change = Change { scale: scale.clone(), sent, media: media.to_owned(), patch: bytes.to_vec() };
    let Written { object, .. } = server.revise_scale(call, |resource, old| change.apply(resource, old)).await?;
    Ok(scale_of(&scale, &object))
}

struct Change {
    scale: Scale,
    sent: Option<Value>,
    media: String,
    patch: Vec<u8>,
}

impl Change {
    /// The object with the replicas that are wanted now.
    fn apply(&self, resource: &Resource, old: &Value) -> Result<Value, Failure> {
        let wanted = match &self.sent {
            Some(scale) => scale.clone(),
            None => self.patched(&scale_of(&self.scale, old))?,
        };
        let name = meta::name(old);
        let replicas = wanted["spec"]["replicas"].as_i64().unwrap_or_default();
        if replicas < 0 {
            let message = format!("Invalid value: {replicas}: should be a non-negative integer");
            let cause = Cause { reason: "FieldValueInvalid", message, field: "spec.replicas".to_owned() };
            return Err(Failure::invalid("autoscaling", "Scale", name, &[cause]));
        }
        let mut new = old.clone();
        write(&mut new, &self.scale.spec_path, replicas.into());
        match meta::text(&wanted, "resourceVersion") {
            "" => meta::copy(old, &mut new, "resourceVersion"),
            version => meta::set(&mut new, "resourceVersion", version.into()),
        }
        let _ = resource;
        Ok(new)
    }

    fn patched(&self, scale: &Value) -> Result<Value, Failure> {
        match self.media.as_str() {
            "application/merge-patch+json" | "application/strategic-merge-patch+json" => {
                patch::merge(scale, &self.patch)
            }
            "application/json-patch+json" => patch::json(scale, &self.patch),
            _ => Err(Failure::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "UnsupportedMediaType",
                "a scale is patched by a merge patch or a JSON patch",
            )),
        }
    }
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

fn write(object: &mut Value, path: &str, value: Value) {
    let mut place = object;
    for part in path.split('.').filter(|part| !part.is_empty()) {
        if !place.is_object() {
            *place = json!({});
        }
        place = &mut place[part];
    }
    *place = value;
}
