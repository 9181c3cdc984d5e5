//! Bodies of requests: bounded, and read into JSON values.

use axum::body::{Body, to_bytes};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};

use super::failure::Failure;
use super::options::FieldValidation;
use super::protobuf;
use super::write::Call;
use crate::schema::strict;

mod yaml;

/// The most that a body may have, bytes, as kube-apiserver's.
pub const LIMIT: usize = 3 * 1024 * 1024;

/// Reads a body whole.
///
/// # Errors
/// 413 for one that is too large, 400 for one that breaks off.
pub async fn read(body: Body) -> Result<Bytes, Failure> {
    to_bytes(body, LIMIT).await.map_err(|error| {
        let cause = std::error::Error::source(&error);
        if cause.is_some_and(|cause| cause.is::<http_body_util::LengthLimitError>()) {
            let message = format!("Request entity too large: limit is {LIMIT}");
            Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", message)
        } else {
            Failure::bad_request(format!("the body of the request cannot be read: {error}"))
        }
    })
}

/// The media type of a body, without parameters; JSON when none is said.
pub fn media_type(headers: &HeaderMap) -> &str {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match said.split(';').next().map(str::trim) {
        None | Some("") => "application/json",
        Some(kind) => kind,
    }
}

/// An object that was sent.
pub struct Sent {
    /// The object.
    pub object: Value,
    /// What is said of fields that it holds twice, in the server's words.
    pub complaints: Vec<String>,
}

/// Reads an object from JSON, YAML or protobuf; `kind` is the one that is expected.
///
/// # Errors
/// 415 for other media types, 400 for what cannot be read.
pub fn object(media: &str, bytes: &[u8], kind: &str) -> Result<Sent, Failure> {
    match media {
        "application/json" => json(bytes, kind),
        "application/yaml" => yaml(bytes, kind),
        "application/vnd.kubernetes.protobuf" => {
            Ok(Sent { object: protobuf::decode_object(bytes)?, complaints: Vec::new() })
        }
        _ => Err(Failure::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: application/json, \
             application/yaml, application/vnd.kubernetes.protobuf",
        )),
    }
}

fn json(bytes: &[u8], kind: &str) -> Result<Sent, Failure> {
    let (object, twice) = strict::read(bytes).map_err(|error| unreadable(kind, "json", &error.to_string()))?;
    // To Go null is an object without anything in it.
    let object = if object.is_null() { Value::Object(Map::new()) } else { object };
    Ok(Sent { object, complaints: strict::complaints(&twice, &[]) })
}

/// Reads YAML text, of which JSON is a part.
pub fn yaml(bytes: &[u8], kind: &str) -> Result<Sent, Failure> {
    let text = std::str::from_utf8(bytes).map_err(|error| unreadable(kind, "yaml", &error.to_string()))?;
    // JSON comes here too, in apply patches, and is read much faster as such.
    if let Ok((object, twice)) = strict::read(bytes) {
        let complaints = if twice.is_empty() { Vec::new() } else { yaml::repeated_keys(text) };
        return Ok(Sent { object, complaints });
    }
    let object = yaml::read(text).map_err(|error| unreadable(kind, "yaml", &error))?;
    let object = if object.is_null() { Value::Object(Map::new()) } else { object };
    Ok(Sent { object, complaints: yaml::repeated_keys(text) })
}

fn unreadable(kind: &str, format: &str, why: &str) -> Failure {
    Failure::bad_request(format!(
        "the object provided is unrecognized (must be of type {kind}): couldn't get version/kind; {format} parse error: {why}"
    ))
}

/// Applies what the request wants done about what is odd with the text, such as fields that are there twice, and about
/// fields that the schema does not know.
///
/// # Errors
/// 400 naming them, where they are to be refused.
pub fn judge(call: &mut Call, complaints: &[String], unknown: &[String]) -> Result<(), Failure> {
    let problems = [complaints, &strict::complaints(&[], unknown)].concat();
    match call.options.field_validation {
        _ if problems.is_empty() => Ok(()),
        FieldValidation::Ignore => Ok(()),
        FieldValidation::Warn => {
            call.warnings.extend(problems);
            Ok(())
        }
        FieldValidation::Strict => Err(Failure::bad_request(format!(
            "{kind} in version \"{version}\" cannot be handled as a {kind}: strict decoding error: {}",
            in_one(problems).join(", "),
            kind = call.resource.kind,
            version = call.resource.version,
        ))),
    }
}

/// Of several lines of YAML the parser makes one complaint.
fn in_one(problems: Vec<String>) -> Vec<String> {
    let (lines, mut others): (Vec<_>, Vec<_>) = problems.into_iter().partition(|problem| problem.starts_with("line "));
    if !lines.is_empty() {
        others.insert(0, format!("yaml: unmarshal errors:\n  {}", lines.join("\n  ")));
    }
    others
}
