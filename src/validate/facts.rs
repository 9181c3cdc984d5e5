//! What was learned outside of the files: of images, and of a cluster.

use super::file_set::FileSet;
use super::finding::Finding;
use super::images::Images;
use super::server::ClusterFacts;

/// What is known beyond the files.
#[derive(Debug, Default)]
pub struct Facts {
    /// The components behind the images.
    pub images: Option<Images>,
    /// What a cluster knows, if one was asked.
    pub cluster: Option<ClusterFacts>,
}

impl Facts {
    /// What the facts say against the files.
    pub(super) fn check(&self, files: &FileSet) -> Vec<Finding> {
        let of_images = self.images.iter().flat_map(|images| images.check(files, self.cluster.as_ref()));
        of_images.chain(self.cluster.iter().flat_map(|cluster| cluster.check(files))).collect()
    }

    /// Findings of the files alone, without those that are known better.
    pub(super) fn settle(&self, files: &FileSet, findings: Vec<Finding>) -> Vec<Finding> {
        match &self.cluster {
            Some(cluster) => cluster.settle(files, findings),
            None => findings,
        }
    }
}
