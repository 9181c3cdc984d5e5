//! Objects in protobuf, which kubectl 1.32 and newer send for the kinds that they know, without falling back to JSON.
//!
//! Only reading is needed: every client takes JSON for an answer.

use http::StatusCode;
use prost::Message;
use serde::Serialize;
use serde_json::{Map, Value};

use super::failure::Failure;

mod core;
mod groups;
mod meta;
mod values;

/// The `Content-Type` of such bodies.
pub const MEDIA_TYPE: &str = "application/vnd.kubernetes.protobuf";

/// What every body begins with.
const MAGIC: &[u8] = b"k8s\0";

/// `runtime.Unknown`: an object with its kind.
#[derive(Clone, PartialEq, Message)]
struct Unknown {
    #[prost(message, optional, tag = "1")]
    type_meta: Option<TypeMeta>,
    #[prost(bytes = "vec", tag = "2")]
    raw: Vec<u8>,
    #[prost(string, tag = "3")]
    content_encoding: String,
    #[prost(string, tag = "4")]
    content_type: String,
}

#[derive(Clone, PartialEq, Message)]
struct TypeMeta {
    #[prost(string, tag = "1")]
    api_version: String,
    #[prost(string, tag = "2")]
    kind: String,
}

/// Reads a body: an object of a kind that is built in, or the options of a deletion.
///
/// # Errors
/// 415 when it is of a kind that is not known here, 400 when it is malformed. No value is repeated.
pub fn decode_object(body: &[u8]) -> Result<Value, Failure> {
    let malformed = |why: &str| Failure::bad_request(format!("the body is not an object in protobuf: {why}"));
    let envelope = body.strip_prefix(MAGIC).ok_or_else(|| malformed("it does not begin with k8s\\x00"))?;
    let envelope = Unknown::decode(envelope).map_err(|_| malformed("its envelope cannot be read"))?;
    let TypeMeta { api_version, kind } = envelope.type_meta.clone().unwrap_or_default();
    if !envelope.content_encoding.is_empty() || !matches!(envelope.content_type.as_str(), "" | MEDIA_TYPE) {
        return Err(unknown());
    }
    let read = reader(&api_version, &kind).ok_or_else(unknown)?;
    let mut fields = read(&envelope.raw).ok_or_else(|| malformed(&format!("it is no {kind}")))?;
    fields.insert("apiVersion".to_owned(), api_version.into());
    fields.insert("kind".to_owned(), kind.into());
    Ok(Value::Object(fields))
}

type Reader = fn(&[u8]) -> Option<Map<String, Value>>;

fn reader(api_version: &str, kind: &str) -> Option<Reader> {
    Some(match (api_version, kind) {
        // Each group has its own name for the same options.
        (_, "DeleteOptions") => read::<meta::DeleteOptions>,
        ("v1", "ConfigMap") => read::<core::ConfigMap>,
        ("v1", "Secret") => read::<core::Secret>,
        ("v1", "Namespace") => read::<core::Namespace>,
        ("v1", "Service") => read::<core::Service>,
        ("v1", "ServiceAccount") => read::<core::ServiceAccount>,
        ("v1", "Event") => read::<core::CoreEvent>,
        ("events.k8s.io/v1", "Event") => read::<groups::Event>,
        ("coordination.k8s.io/v1", "Lease") => read::<groups::Lease>,
        ("authorization.k8s.io/v1", "SelfSubjectAccessReview") => read::<groups::SelfSubjectAccessReview>,
        _ => return None,
    })
}

fn read<M: Message + Default + Serialize>(raw: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::to_value(M::decode(raw).ok()?).ok()? {
        Value::Object(fields) => Some(fields),
        _ => None,
    }
}

fn unknown() -> Failure {
    let message = "the body of the request was in an unknown format - accepted media types include: application/json";
    Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message)
}

#[cfg(test)]
mod tests;
