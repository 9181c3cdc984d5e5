//! The components behind the images of a set of files.

mod check;
mod reference;
mod spec;
#[cfg(test)]
pub(in crate::validate) mod tests;

pub use reference::Reference;

use std::collections::{HashMap, HashSet};

use super::file_set::FileSet;
use super::finding::Gathered;
use super::server::ClusterFacts;
use super::wit::Offer;
use crate::component::Component;

/// Why a component could not be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unopened {
    /// What happened.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// Components that have been opened, and what hosts have for them.
#[derive(Debug)]
pub struct Images {
    opened: HashMap<Reference, Result<Component, Unopened>>,
    offer: Offer,
}

impl Images {
    /// The components behind references, and what hosts offer.
    pub fn new(opened: HashMap<Reference, Result<Component, Unopened>>, offer: Offer) -> Self {
        Self { opened, offer }
    }

    /// The references of all files, each once; of Artifacts that the files lack those of the cluster, if one was asked.
    pub fn wanted(files: &FileSet, cluster: Option<&ClusterFacts>) -> Vec<Reference> {
        let workloads = reference::workloads(files);
        let named = workloads.iter().flat_map(|workload| workload.references(files, cluster)).flatten();
        let artifacts = reference::artifacts(files).into_iter().map(|(_, reference)| reference);
        let mut wanted: Vec<_> = named.chain(artifacts).collect();
        wanted.sort();
        wanted.dedup();
        wanted
    }

    /// What the components say against the files.
    pub(super) fn check(&self, files: &FileSet, cluster: Option<&ClusterFacts>, found: &mut Gathered<'_>) {
        let mut told = HashSet::new();
        for (document, reference) in reference::artifacts(files) {
            found.extend(check::unopened(self, document, "spec.image", &reference));
            told.insert(reference);
        }
        let workloads = reference::workloads(files);
        found.extend(
            workloads
                .iter()
                .flat_map(|workload| check::check(self, workload, &workload.references(files, cluster), &told)),
        );
    }
}
