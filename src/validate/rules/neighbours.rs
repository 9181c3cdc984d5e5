//! What stands beside an object in the files: by kind, name and namespace.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound::{Excluded, Included, Unbounded};

use crate::manifest::Document;
use crate::validate::file_set::FileSet;
use crate::validate::references::{Referred, promised};

/// Names before and behind one that is missing, in the order of the alphabet, which it is compared with.
const COMPARED: usize = 50;

/// The objects of a file set that ours may refer to.
#[derive(Debug, Default)]
pub(super) struct Neighbours<'a> {
    by_kind: HashMap<Referred, BTreeMap<&'a str, Vec<&'a Document>>>,
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
            for name in promised(document) {
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

    /// Names of a kind in the namespace of an object that may be meant by `name`.
    pub(super) fn names(&self, kind: Referred, name: &str, from: &Document) -> Vec<&'a str> {
        let Some(all) = self.by_kind.get(&kind) else { return Vec::new() };
        let before = all.range::<str, _>((Unbounded, Excluded(name))).rev().take(COMPARED);
        let behind = all.range::<str, _>((Included(name), Unbounded)).take(COMPARED);
        let near = before.chain(behind);
        let near = near.filter(|(_, documents)| documents.iter().any(|document| share_namespace(document, from)));
        near.map(|(name, _)| *name).collect()
    }
}

/// Whether two objects may come to stand in one namespace: one that names none goes where kubectl is told.
pub(super) fn share_namespace(one: &Document, other: &Document) -> bool {
    match (one.namespace(), other.namespace()) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}
