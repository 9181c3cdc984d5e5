//! What was learned outside of the files: of images, and of a cluster.

use super::file_set::FileSet;
use super::finding::{Finding, Gathered};
use super::images::Images;
use super::rules;
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
    pub(super) fn check(&self, files: &FileSet, found: &mut Gathered<'_>) {
        if let Some(images) = &self.images {
            images.check(files, self.cluster.as_ref(), found);
        }
        if let Some(cluster) = &self.cluster {
            cluster.check(files, found);
        }
    }

    /// What is wrong with objects beside each other, without what is known better.
    pub(super) fn across<'a>(&self, files: &FileSet, nothing: impl Fn() -> Gathered<'a> + Sync) -> Gathered<'a> {
        let settled = self.cluster.as_ref().map(|cluster| cluster.settled(files));
        let counts = |finding: &Finding| settled.as_ref().is_none_or(|settled| settled.leaves(finding));
        rules::across(files, counts, nothing)
    }
}
