//! What was learned outside of the files: of images, and of a cluster.

use super::file_set::FileSet;
use super::finding::Finding;

/// What is known beyond the files.
#[derive(Debug, Default)]
pub struct Facts {}

impl Facts {
    /// What the facts say against the files.
    pub(super) fn check(&self, _files: &FileSet) -> Vec<Finding> {
        Vec::new()
    }
}
