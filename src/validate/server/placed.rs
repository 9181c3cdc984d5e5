//! What is looked at: an object of ours in its namespace.

use std::ops::Deref;

use super::key::Key;
use crate::validate::code::Code;
use crate::validate::file_set::FileSet;
use crate::validate::finding::Finding;
use crate::validate::references::Reference;
use crate::validate::subject::Subject;

/// An object of one of our kinds.
#[derive(Clone, Debug)]
pub(super) struct Placed<'a> {
    subject: Subject<'a>,
    /// The one it comes to stand in.
    pub(super) namespace: &'a str,
}

impl<'a> Deref for Placed<'a> {
    type Target = Subject<'a>;

    fn deref(&self) -> &Self::Target {
        &self.subject
    }
}

impl<'a> Placed<'a> {
    /// All of them; `namespace` is that of objects that name none. What a controller made is as good as what it was made
    /// from.
    pub(super) fn all(files: &'a FileSet, namespace: &'a str) -> Vec<Self> {
        let subjects = files.documents.iter().filter_map(Subject::of).filter(|subject| !subject.is_made());
        let place = |subject: Subject<'a>| {
            let namespace = subject.document.namespace().unwrap_or(namespace);
            Self { subject, namespace }
        };
        subjects.map(place).collect()
    }

    /// Whether it asks for nothing to run.
    pub(super) fn is_scaled_to_none(&self) -> bool {
        self.replicas() == 0
    }

    /// Which object is meant by something that it names.
    pub(super) fn key(&self, reference: &Reference<'_>) -> Key {
        Key::new(reference.kind, self.namespace, reference.name)
    }

    /// Something about the value that a path leads to.
    pub(super) fn at(&self, code: &'static Code, path: &str, message: impl Into<String>) -> Finding {
        Finding::value(code, self.document, path, message)
    }
}
