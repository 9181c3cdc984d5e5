//! What was learned outside of the files: of images, and of a cluster.

use super::file_set::FileSet;
use super::finding::Finding;
use super::images::Images;

/// What is known beyond the files.
#[derive(Debug, Default)]
pub struct Facts {
    /// The components behind the images.
    pub images: Option<Images>,
}

impl Facts {
    /// What the facts say against the files.
    pub(super) fn check(&self, files: &FileSet) -> Vec<Finding> {
        self.images.iter().flat_map(|images| images.check(files)).collect()
    }
}
