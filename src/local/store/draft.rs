//! An object's JSON, cut where its revision goes.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Map, Value};

use super::{Draft, Key, Stored};

impl Draft {
    /// Of an object; its own `metadata.resourceVersion` does not count.
    pub fn of(object: &Value) -> Self {
        let mut before = vec![b'{'];
        let mut after = b"\"}".to_vec();
        for (name, value) in object.as_object().into_iter().flatten() {
            match name.as_str() {
                "metadata" => {}
                "apiVersion" | "kind" => member(&mut before, name, value),
                _ => member(&mut after, name, value),
            }
        }
        comma(&mut before);
        before.extend_from_slice(b"\"metadata\":{");
        let metadata = object.get("metadata").and_then(Value::as_object);
        for (name, value) in metadata.into_iter().flatten().filter(|(name, _)| *name != "resourceVersion") {
            member(&mut before, name, value);
        }
        comma(&mut before);
        before.extend_from_slice(b"\"resourceVersion\":\"");
        after.push(b'}');
        Self { before, after, labels: labels(metadata) }
    }

    /// The object as a revision writes it.
    pub(super) fn stored(self, key: Key, revision: u64) -> Arc<Stored> {
        let Self { before: mut json, after, labels } = self;
        json.extend_from_slice(revision.to_string().as_bytes());
        json.extend_from_slice(&after);
        json.shrink_to_fit();
        Arc::new(Stored { key, revision, labels, json: Bytes::from(json) })
    }
}

/// The labels in an object's metadata.
pub(super) fn labels(metadata: Option<&Map<String, Value>>) -> BTreeMap<String, String> {
    let labels = metadata.and_then(|metadata| metadata.get("labels")).and_then(Value::as_object);
    let text = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
    labels.into_iter().flatten().filter_map(text).collect()
}

fn member(json: &mut Vec<u8>, name: &str, value: &Value) {
    comma(json);
    json.extend_from_slice(Value::from(name).to_string().as_bytes());
    json.push(b':');
    json.extend_from_slice(value.to_string().as_bytes());
}

fn comma(json: &mut Vec<u8>) {
    if json.last() != Some(&b'{') {
        json.push(b',');
    }
}
