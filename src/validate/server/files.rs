//! What the files bring themselves: it need not be in the cluster yet.

use std::collections::HashMap;

use serde_json::Value;

use super::references::{Key, Referred};
use crate::api::names;
use crate::manifest::Document;
use crate::validate::file_set::FileSet;

/// The objects of the files that ours may refer to.
#[derive(Debug, Default)]
pub(super) struct Files<'a>(HashMap<Key, Option<&'a Document>>);

impl<'a> Files<'a> {
    pub(super) fn of(files: &'a FileSet, namespace: &str) -> Self {
        let mut all = HashMap::new();
        for document in &files.documents {
            let namespace = document.namespace().unwrap_or(namespace);
            for name in promised(document) {
                all.entry(Key::new(Referred::Secret, namespace, name)).or_insert(None);
            }
            if let Some(kind) = kind_of(document) {
                all.insert(Key::new(kind, namespace, document.name()), Some(document));
            }
        }
        Self(all)
    }

    /// Whether there is such an object, or something that will make one.
    pub(super) fn have(&self, key: &Key) -> bool {
        self.0.contains_key(key)
    }

    /// The object.
    pub(super) fn find(&self, key: &Key) -> Option<&'a Document> {
        self.0.get(key).copied().flatten()
    }
}

fn kind_of(document: &Document) -> Option<Referred> {
    let word = |field: &str| document.object.get(field).and_then(Value::as_str).unwrap_or_default();
    match (word("apiVersion"), word("kind")) {
        ("v1", "Namespace") => Some(Referred::Namespace),
        ("v1", "ConfigMap") => Some(Referred::ConfigMap),
        ("v1", "Secret") => Some(Referred::Secret),
        ("v1", "Service") => Some(Referred::Service),
        (names::API_VERSION, "Artifact") => Some(Referred::Artifact),
        _ => None,
    }
}

/// Names of Secrets that some operator makes of an object: ExternalSecret, SealedSecret, Certificate and their like.
fn promised(document: &Document) -> Vec<&str> {
    let text = |pointer: &str| document.object.pointer(pointer).and_then(Value::as_str);
    if text("/apiVersion") == Some("v1") {
        return Vec::new();
    }
    let own = text("/kind").is_some_and(|kind| kind.contains("Secret")).then(|| document.name());
    let named = ["/spec/target/name", "/spec/destination/name", "/spec/secretName"].into_iter().filter_map(text);
    own.into_iter().chain(named).filter(|name| !name.is_empty()).collect()
}
