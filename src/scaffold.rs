//! Answers to manifests: what was asked for, and what the components say of themselves, become commented YAML. Pure.
//!
//! [`Wishes`] are words of the command line that were read, [`wash`] reads a wash project; either makes a [`Draft`]. What
//! its images import and export decides the rest: a [`ScaffoldRequest`], which [`documents`] writes out.

mod cautions;
mod check;
mod decide;
mod documents;
mod draft;
mod egress;
mod example;
pub mod image;
mod interfaces;
mod names;
mod notes;
mod remarks;
mod text;
pub mod wash;
mod wishes;

use std::collections::BTreeMap;

use crate::api::{ArtifactSpec, Kind, WorkloadSpec};
use crate::component::Component;

pub use cautions::{cautions, has_files};
pub use check::findings;
pub use decide::decide;
pub use documents::{Made, documents};
pub use draft::{Draft, Part, Role};
pub use example::{EXAMPLE_COMPONENT, EXAMPLE_FILE, example};
pub use names::{name_of_image, read_name};
pub use notes::{Note, Notes};
pub use text::render;
pub use wishes::{Mount, Wishes, allowed_host, http_host, pair, volume};

/// What the images are that were opened, by the words that name them.
pub type Opened = BTreeMap<String, Component>;

/// Everything there is to know of the manifests that are wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaffoldRequest {
    /// The object's name.
    pub name: String,
    /// The namespace that it names; without, it goes where it is applied.
    pub namespace: Option<String>,
    /// What it is.
    pub subject: Subject,
    /// What is said above it, a line each.
    pub preface: Vec<String>,
}

/// What is wanted.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// A WorkloadDeployment, WorkloadReplicaSet or Workload.
    Workload(Box<WorkloadSubject>),
    /// An Artifact.
    Artifact(ArtifactSpec),
    /// A Host.
    Host(HostSubject),
}

/// What runs, and what belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkloadSubject {
    /// WorkloadDeployment, WorkloadReplicaSet or Workload.
    pub kind: Kind,
    /// How many Workloads there are to be; unset leaves it to whoever scales them.
    pub replicas: Option<i32>,
    /// What runs. The Service that leads to it is not among it.
    pub spec: WorkloadSpec,
    /// The port of the Service that leads to it; without, there is none.
    pub expose: Option<u16>,
    /// ConfigMaps beside it, with what they hold.
    pub config_maps: BTreeMap<String, BTreeMap<String, String>>,
    /// What of it was taken for granted.
    pub remarks: Remarks,
    /// What is amiss with the components, whatever the manifest says.
    pub findings: Vec<String>,
}

/// A host, as its object has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostSubject {
    /// Its group.
    pub group: Option<String>,
    /// Its environment.
    pub environment: Option<String>,
}

/// What was taken for granted, so that comments can say so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// The images were not opened: the interfaces are those of most.
    pub unopened: bool,
    /// Nobody said which HTTP host it answers to.
    pub assumed_host: bool,
    /// It comes from a wash project, where all hosts may be reached that are not listed.
    pub from_wash: bool,
    /// Fields that are not set are shown in comments.
    pub suggestions: bool,
}

impl ScaffoldRequest {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match &self.subject {
            Subject::Workload(workload) => workload.kind,
            Subject::Artifact(_) => Kind::Artifact,
            Subject::Host(_) => Kind::Host,
        }
    }
}

/// Where the spec of what runs stands in an object of a kind.
fn spec_path(kind: Kind) -> &'static str {
    match kind {
        Kind::WorkloadDeployment | Kind::WorkloadReplicaSet => "/spec/template/spec",
        Kind::Workload | Kind::Artifact | Kind::Host => "/spec",
    }
}

#[cfg(test)]
mod tests;
