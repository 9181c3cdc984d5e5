//! What the files bring themselves: it need not be in the cluster yet.

use std::collections::HashMap;

use super::key::Key;
use crate::manifest::Document;
use crate::validate::file_set::FileSet;
use crate::validate::references::{Referred, promised};

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
            if let Some(kind) = Referred::of(document) {
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
