//! What stands beside an object in the files: by kind, name and namespace.

use std::collections::HashMap;

use serde_json::Value;

use crate::api::names;
use crate::manifest::Document;
use crate::validate::file_set::FileSet;

/// Names that are compared with one that is missing; more would take too long, and help nobody.
const COMPARED: usize = 1_000;

/// A kind that our objects refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Referred {
    ConfigMap,
    Secret,
    Service,
    Artifact,
}

impl Referred {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ConfigMap => "ConfigMap",
            Self::Secret => "Secret",
            Self::Service => "Service",
            Self::Artifact => "Artifact",
        }
    }

    fn of(document: &Document) -> Option<Self> {
        let word = |field: &str| document.object.get(field).and_then(Value::as_str).unwrap_or_default();
        match (word("apiVersion"), word("kind")) {
            ("v1", "ConfigMap") => Some(Self::ConfigMap),
            ("v1", "Secret") => Some(Self::Secret),
            ("v1", "Service") => Some(Self::Service),
            (names::API_VERSION, "Artifact") => Some(Self::Artifact),
            _ => None,
        }
    }
}

/// The objects of a file set that ours may refer to.
#[derive(Debug, Default)]
pub(super) struct Neighbours<'a> {
    by_kind: HashMap<Referred, HashMap<&'a str, Vec<&'a Document>>>,
    /// Names of Secrets that another object has some operator make.
    promised: HashMap<&'a str, Vec<&'a Document>>,
}

impl<'a> Neighbours<'a> {
    pub(super) fn of(files: &'a FileSet) -> Self {
        let mut all = Self::default();
        for document in &files.documents {
            if let Some(kind) = Referred::of(document) {
                all.by_kind.entry(kind).or_default().entry(document.name()).or_default().push(document);
            }
            for name in promises(document) {
                all.promised.entry(name).or_default().push(document);
            }
        }
        all
    }

    /// The object that a name means to an object of a namespace.
    pub(super) fn find(&self, kind: Referred, name: &str, from: &Document) -> Option<&'a Document> {
        self.named(kind, name).find(|document| share_namespace(document, from))
    }

    /// Whether there is one, or something that will make one.
    pub(super) fn has(&self, kind: Referred, name: &str, from: &Document) -> bool {
        let promised = self.promised.get(name).filter(|_| kind == Referred::Secret).into_iter().flatten();
        self.find(kind, name, from).is_some() || promised.into_iter().any(|document| share_namespace(document, from))
    }

    /// All objects of a name, whatever their namespace.
    pub(super) fn named(&self, kind: Referred, name: &str) -> impl Iterator<Item = &'a Document> {
        self.by_kind.get(&kind).and_then(|names| names.get(name)).into_iter().flatten().copied()
    }

    /// Names of a kind in the namespace of an object.
    pub(super) fn names(&self, kind: Referred, from: &Document) -> Vec<&'a str> {
        let all = self.by_kind.get(&kind).into_iter().flatten().take(COMPARED);
        let near = all.filter(|(_, documents)| documents.iter().any(|document| share_namespace(document, from)));
        near.map(|(name, _)| *name).collect()
    }
}

/// Names of Secrets that come of an object: ExternalSecret, SealedSecret, Certificate and their like.
fn promises(document: &Document) -> Vec<&str> {
    let kind = document.object.get("kind").and_then(Value::as_str).unwrap_or_default();
    let text = |pointer: &str| document.object.pointer(pointer).and_then(Value::as_str);
    let is_core = document.object.get("apiVersion").and_then(Value::as_str) == Some("v1");
    if is_core {
        return Vec::new();
    }
    let own = kind.contains("Secret").then(|| document.name());
    let named = ["/spec/target/name", "/spec/destination/name", "/spec/secretName"].into_iter().filter_map(text);
    own.into_iter().chain(named).filter(|name| !name.is_empty()).collect()
}

/// Whether two objects may come to stand in one namespace: one that names none goes where kubectl is told.
pub(super) fn share_namespace(one: &Document, other: &Document) -> bool {
    match (one.namespace(), other.namespace()) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}
