//! Answers: objects, lists and events in the form that was asked for.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::read::Listed;
use super::resource::Resource;
use super::{meta, stored, table};
use crate::local::store::Stored;

/// The form that objects are shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As they are.
    Object,
    /// As rows of a `Table`.
    Table,
    /// Their metadata alone.
    Metadata,
}

/// How objects of one resource are shown to one client.
#[derive(Clone)]
pub struct Shape {
    /// What they are objects of.
    pub resource: Arc<Resource>,
    /// The form.
    pub form: Form,
    /// What a row of a table holds of its object.
    pub include: table::Include,
    /// The time, for ages in tables.
    pub now: jiff::Timestamp,
}

impl Shape {
    /// A stored object.
    pub fn object(&self, stored: &Stored) -> Bytes {
        if self.form == Form::Object && stored::is_verbatim(&self.resource) {
            return stored.json.clone();
        }
        self.value(&self.read(stored))
    }

    /// An object that may not be stored.
    pub fn value(&self, object: &Value) -> Bytes {
        match self.form {
            Form::Object => text(object),
            Form::Metadata => text(&partial(object)),
            Form::Table => {
                let version = meta::text(object, "resourceVersion");
                let list = json!({ "resourceVersion": version });
                text(&table::table(&self.resource, std::slice::from_ref(object), self.include, list, self.now))
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
        match self.form {
            Form::Object => {
                let items = listed.items.iter().map(|stored| self.object(stored));
                enveloped(&self.resource.list_kind, &self.resource.api_version(), &metadata, items)
            }
            Form::Metadata => {
                let items = listed.items.iter().map(|stored| self.object(stored));
                enveloped("PartialObjectMetadataList", "meta.k8s.io/v1", &metadata, items)
            }
            Form::Table => {
                let objects: Vec<Value> = listed.items.iter().map(|stored| self.read(stored)).collect();
                text(&table::table(&self.resource, &objects, self.include, metadata, self.now))
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
        let object = match self.form {
            Form::Object => {
                json!({ "kind": self.resource.kind, "apiVersion": self.resource.api_version(), "metadata": metadata })
            }
            Form::Metadata => {
                json!({ "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata })
            }
            Form::Table => {
                let list = json!({ "resourceVersion": revision.to_string() });
                let mut table = table::table(&self.resource, &[], self.include, list, self.now);
                let object = json!({
                    "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
                });
                table["rows"] = json!([{ "cells": [], "object": object }]);
                table
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

fn partial(object: &Value) -> Value {
    json!({ "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"] })
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
pub fn json_response(code: StatusCode, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = code;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The `Status` of a failure.
pub fn failure_response(failure: &Failure) -> Response {
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
