//! Answers: objects, lists and events in the form that was asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::response::Response;
use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::discovery::Answer;
use super::failure::Failure;
use super::read::Listed;
use super::resource::Resource;
use super::table::{Include, Printer};
use super::{meta, stored, table};
use crate::local::store::Stored;

/// How objects of one resource are shown to one client.
pub struct Shape {
    /// What they are objects of.
    resource: Arc<Resource>,
    form: Form,
    now: fn() -> Timestamp,
}

/// The form of objects.
enum Form {
    /// As they are.
    Object,
    /// As rows of Tables, and whether the columns are still to be told.
    Table(Printer, AtomicBool),
    /// Their metadata alone, in this version of `meta.k8s.io`.
    Metadata(&'static str),
}

impl Shape {
    /// In the form that was negotiated.
    pub fn new(resource: &Arc<Resource>, answer: Answer, include: Include, now: fn() -> Timestamp) -> Self {
        let form = match answer {
            Answer::Object | Answer::Aggregated => Form::Object,
            Answer::Table(version) => Form::Table(Printer::new(resource, include, version), AtomicBool::new(true)),
            Answer::Metadata { version, .. } => Form::Metadata(version),
        };
        Self { resource: Arc::clone(resource), form, now }
    }

    /// A stored object.
    pub fn object(&self, stored: &Stored) -> Bytes {
        if matches!(self.form, Form::Object) && stored::is_verbatim(&self.resource, stored) {
            return stored.json.clone();
        }
        self.value(&self.read(stored))
    }

    /// An object that may not be stored.
    pub fn value(&self, object: &Value) -> Bytes {
        match &self.form {
            Form::Object => text(object),
            Form::Metadata(version) => text(&table::partial(object, version)),
            Form::Table(printer, headers) => {
                let metadata = json!({ "resourceVersion": meta::text(object, "resourceVersion") });
                let headers = headers.swap(false, Ordering::Relaxed);
                text(&printer.table(std::slice::from_ref(object), metadata, headers, (self.now)()))
            }
        }
    }

    /// A list.
    pub fn list(&self, listed: &Listed) -> Bytes {
        let mut metadata = Map::new();
        metadata.insert("resourceVersion".to_owned(), listed.revision.to_string().into());
        if !listed.continuation.is_empty() {
            metadata.insert("continue".to_owned(), listed.continuation.as_str().into());
        }
        if let Some(remaining) = listed.remaining {
            metadata.insert("remainingItemCount".to_owned(), remaining.into());
        }
        let metadata = Value::Object(metadata);
        match &self.form {
            Form::Object => {
                let items = listed.items.iter().map(|stored| self.object(stored));
                enveloped(&self.resource.list_kind, &self.resource.api_version(), &metadata, items)
            }
            Form::Metadata(version) => {
                let items = listed.items.iter().map(|stored| self.object(stored));
                enveloped("PartialObjectMetadataList", &meta_version(version), &metadata, items)
            }
            Form::Table(printer, _) => {
                let objects: Vec<Value> = listed.items.iter().map(|stored| self.read(stored)).collect();
                text(&printer.table(&objects, metadata, true, (self.now)()))
            }
        }
    }

    /// The line of a watch that tells of an object.
    pub fn event(&self, kind: &str, stored: &Stored) -> Bytes {
        line(kind, &self.object(stored))
    }

    /// The line that tells of an object which a selector no longer shows: as it last was, at this revision.
    pub fn departure(&self, before: &Stored, revision: u64) -> Bytes {
        let mut object = self.read(before);
        meta::set(&mut object, "resourceVersion", revision.to_string().into());
        line("DELETED", &self.value(&object))
    }

    /// The line that says how far a watch is.
    pub fn bookmark(&self, revision: u64, annotation: Option<&str>) -> Bytes {
        let mut metadata = json!({ "resourceVersion": revision.to_string() });
        if let Some(annotation) = annotation {
            metadata["annotations"] = json!({ annotation: "true" });
        }
        let object = match &self.form {
            Form::Object => {
                json!({ "kind": self.resource.kind, "apiVersion": self.resource.api_version(), "metadata": metadata })
            }
            Form::Metadata(version) => table::partial(&json!({ "metadata": metadata }), version),
            Form::Table(printer, headers) => {
                let list = json!({ "resourceVersion": revision.to_string() });
                let object = json!({
                    "kind": self.resource.kind, "apiVersion": self.resource.api_version(), "metadata": metadata,
                });
                printer.table(&[object], list, headers.swap(false, Ordering::Relaxed), (self.now)())
            }
        };
        line("BOOKMARK", &text(&object))
    }

    /// The line that ends a watch badly.
    pub fn error(&self, failure: &Failure) -> Bytes {
        line("ERROR", &text(&failure.status()))
    }

    fn read(&self, stored: &Stored) -> Value {
        stored::served(&self.resource, stored)
    }
}

fn meta_version(version: &str) -> String {
    format!("meta.k8s.io/{version}")
}

fn text(value: &Value) -> Bytes {
    value.to_string().into()
}

fn line(kind: &str, object: &[u8]) -> Bytes {
    let mut line = BytesMut::with_capacity(object.len() + 40);
    line.put_slice(b"{\"type\":\"");
    line.put_slice(kind.as_bytes());
    line.put_slice(b"\",\"object\":");
    line.put_slice(object);
    line.put_slice(b"}\n");
    line.freeze()
}

fn enveloped(kind: &str, api_version: &str, metadata: &Value, items: impl Iterator<Item = Bytes>) -> Bytes {
    let mut list = BytesMut::new();
    let (kind, version) = (json!(kind), json!(api_version));
    list.put(format!("{{\"kind\":{kind},\"apiVersion\":{version},\"metadata\":{metadata},\"items\":[").as_bytes());
    for (index, item) in items.enumerate() {
        if index > 0 {
            list.put_u8(b',');
        }
        list.put(item);
    }
    list.put_slice(b"]}");
    list.freeze()
}

/// An answer of JSON.
pub fn json_response(code: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = code;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// An answer in plain text.
pub fn plain_response(code: StatusCode, text: impl Into<Body>) -> Response {
    let mut response = Response::new(text.into());
    *response.status_mut() = code;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// The `Status` of a failure.
pub fn failure_response(failure: &Failure) -> Response {
    if failure.is_plain {
        return plain_response(failure.code, failure.message.clone());
    }
    json_response(failure.code, text(&failure.status()))
}

/// Adds `Warning` headers, RFC 9111's code 299.
pub fn warn(response: &mut Response, warnings: &[String]) {
    for warning in warnings {
        let quoted = warning.replace('\\', "\\\\").replace('"', "\\\"");
        // Header values are bytes; what cannot stand in one is left out.
        if let Ok(value) = HeaderValue::from_str(&format!("299 - \"{quoted}\"")) {
            response.headers_mut().append(header::WARNING, value);
        }
    }
}
