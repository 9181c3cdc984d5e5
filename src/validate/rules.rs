//! wasmCloud's own rules: what the definitions allow and users regret.

mod template;
mod words;

use super::file_set::FileSet;
use super::finding::Finding;
use crate::manifest::Document;

pub(super) use words::quotes;

/// What is wrong with one object, whatever stands beside it.
pub(super) fn within(_document: &Document) -> Vec<Finding> {
    Vec::new()
}

/// What is wrong with objects beside each other.
pub(super) fn across(_files: &FileSet) -> Vec<Finding> {
    Vec::new()
}

/// What is known of an unknown field beyond that it is unknown: where it belongs.
pub(super) fn trap(document: &Document, path: &str) -> Option<Finding> {
    template::metadata(document, path)
}
