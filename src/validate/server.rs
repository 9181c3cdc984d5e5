//! What a cluster has to say of manifests. Pure: what to ask it follows from the files, and its answers are facts.

mod absent;
mod asked;
mod claims;
mod definitions;
mod files;
mod hosts;
mod key;
mod placed;
mod secrets;
mod services;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use k8s_openapi::api::core::v1::Service;

use super::code;
use super::file_set::FileSet;
use super::finding::{Finding, Gathered};
use super::references;
use crate::api::{Artifact, HasConditions, Host, Kind, WorkloadDeployment};
use crate::hosts::wire::HostHeartbeat;
use crate::registry::credentials::{DockerConfig, SECRET_KEY};

pub use super::references::Referred;
pub use asked::Asked;
pub(super) use definitions::dropped;
pub use key::Key;

use files::Files;
use placed::Placed;

/// What a cluster knows. What is not here was not asked, or may not be read.
#[derive(Clone, Debug, Default)]
pub struct ClusterFacts {
    /// The namespace of objects that name none.
    pub namespace: String,
    /// Kinds of ours that it has no definition of.
    pub undefined: BTreeSet<Kind>,
    /// The objects that the files refer to.
    pub objects: BTreeMap<Key, Found>,
    /// All hosts.
    pub hosts: Option<Vec<Host>>,
    /// What hosts report, by their ids.
    pub beats: BTreeMap<String, HostHeartbeat>,
    /// The deployments there are, as far as they may be seen.
    pub deployments: Vec<WorkloadDeployment>,
}

/// What is found under a name.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Nothing.
    Missing,
    /// An object, of which no more matters.
    There,
    /// A Secret that images are pulled with.
    PullSecret(PullSecret),
    /// A Service.
    Service(Box<Service>),
    /// An Artifact.
    Artifact(Box<Artifact>),
}

/// What matters of a Secret that images are pulled with. It shows nothing of what it holds.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PullSecret {
    /// Its type.
    pub kind: String,
    /// What it holds.
    pub data: BTreeMap<String, Vec<u8>>,
}

impl PullSecret {
    /// Docker's configuration in it, if there is one.
    pub fn docker_config(&self) -> Option<DockerConfig> {
        DockerConfig::read(self.data.get(SECRET_KEY)?)
    }
}

impl fmt::Debug for PullSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<_> = self.data.keys().collect();
        f.debug_struct("PullSecret").field("kind", &self.kind).field("keys", &keys).finish()
    }
}

/// What looks at all objects of ours beside the cluster.
type Rule = fn(&Seen<'_>, &mut Gathered<'_>);

const RULES: [Rule; 6] =
    [definitions::undefined, absent::check, secrets::check, services::check, hosts::check, claims::check];

/// The files beside the cluster.
struct Seen<'a> {
    subjects: Vec<Placed<'a>>,
    files: Files<'a>,
    cluster: &'a ClusterFacts,
}

impl ClusterFacts {
    /// Whether all is known that hosts have: there are some, and each that is Ready was heard.
    pub fn has_heard_all_hosts(&self) -> bool {
        let hosts = self.hosts.as_deref().unwrap_or_default();
        let mut ready = hosts.iter().filter(|host| host.is_ready());
        !self.beats.is_empty() && ready.all(|host| self.beats.contains_key(&host.host_id))
    }

    /// A Secret that images are pulled with; an object without a namespace means that of the cluster's context.
    pub fn pull_secret(&self, namespace: &str, name: &str) -> Option<&PullSecret> {
        let namespace = if namespace.is_empty() { &self.namespace } else { namespace };
        match self.objects.get(&Key::new(Referred::Secret, namespace, name))? {
            Found::PullSecret(secret) => Some(secret),
            _ => None,
        }
    }

    /// An Artifact, as `pull_secret` finds Secrets.
    pub fn artifact(&self, namespace: &str, name: &str) -> Option<&Artifact> {
        let namespace = if namespace.is_empty() { &self.namespace } else { namespace };
        match self.objects.get(&Key::new(Referred::Artifact, namespace, name))? {
            Found::Artifact(artifact) => Some(artifact),
            _ => None,
        }
    }

    /// What speaks against the files.
    pub(super) fn check(&self, files: &FileSet, found: &mut Gathered<'_>) {
        let (subjects, files) = (Placed::all(files, &self.namespace), Files::of(files, &self.namespace));
        let seen = Seen { subjects, files, cluster: self };
        RULES.iter().for_each(|rule| rule(&seen, found));
    }

    /// Which references the cluster has something to say of, each with whether it has what they mean.
    pub(super) fn settled(&self, files: &FileSet) -> Settled {
        let subjects = Placed::all(files, &self.namespace);
        let all =
            subjects.iter().flat_map(|subject| references::all(subject).into_iter().map(move |one| (subject, one)));
        let there = all.filter_map(|(subject, reference)| {
            let found = self.objects.get(&subject.key(&reference))?;
            let spot = Finding::value(&code::ABSENT_FROM_CLUSTER, subject.document, &reference.field.path, "");
            Some((place(&spot)?, *found != Found::Missing))
        });
        Settled(there.collect())
    }
}

/// References by their places, and whether the cluster has what they mean.
#[derive(Debug)]
pub(super) struct Settled(BTreeMap<Spot, bool>);

impl Settled {
    /// Whether a finding of the files alone says what the cluster does not know better: it has what the files lack, or its
    /// lack is told.
    pub(super) fn leaves(&self, finding: &Finding) -> bool {
        let (is_misspelt, is_absent) =
            (finding.code == &code::MISSPELT_REFERENCE, finding.code == &code::ABSENT_REFERENCE);
        if !is_misspelt && !is_absent {
            return true;
        }
        let known = place(finding).and_then(|place| self.0.get(&place).copied());
        known.is_none_or(|is_there| is_misspelt && !is_there)
    }
}

/// A text by address, a line, and a path.
type Spot = (usize, usize, String);

/// Which field of which document a finding is about.
fn place(finding: &Finding) -> Option<Spot> {
    let (line, path) = finding.field()?;
    Some((Arc::as_ptr(&finding.text).addr(), line, path.to_owned()))
}
