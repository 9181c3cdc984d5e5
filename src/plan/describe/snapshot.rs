//! What a description is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Arc;

use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::core::ObjectMeta;

use crate::api::{
    Artifact, Condition, HasConditions, Host, Kind, Workload, WorkloadDeployment, WorkloadReplicaSet, WorkloadSpec,
    is_owned_by,
};
use crate::plan::charge::Charge;
use crate::plan::events::Told;
use crate::plan::rollout::{HostNames, host_of};

/// What was read, or why it could not be, in the server's words.
pub type Read<T> = Result<T, String>;

/// A list that stands in any number of snapshots, and was read once.
#[derive(Debug)]
pub struct Shared<T>(Arc<[T]>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T> From<Vec<T>> for Shared<T> {
    fn from(items: Vec<T>) -> Self {
        Self(items.into())
    }
}

impl<T> Deref for Shared<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'a, T> IntoIterator for &'a Shared<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// The object that is described.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A WorkloadDeployment.
    Deployment(Box<WorkloadDeployment>),
    /// A WorkloadReplicaSet.
    ReplicaSet(Box<WorkloadReplicaSet>),
    /// A Workload.
    Workload(Box<Workload>),
    /// A Host.
    Host(Box<Host>),
    /// An Artifact.
    Artifact(Box<Artifact>),
}

impl Subject {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Deployment(_) => Kind::WorkloadDeployment,
            Self::ReplicaSet(_) => Kind::WorkloadReplicaSet,
            Self::Workload(_) => Kind::Workload,
            Self::Host(_) => Kind::Host,
            Self::Artifact(_) => Kind::Artifact,
        }
    }

    /// Its metadata.
    pub fn metadata(&self) -> &ObjectMeta {
        match self {
            Self::Deployment(object) => &object.metadata,
            Self::ReplicaSet(object) => &object.metadata,
            Self::Workload(object) => &object.metadata,
            Self::Host(object) => &object.metadata,
            Self::Artifact(object) => &object.metadata,
        }
    }

    /// Its namespace.
    pub fn namespace(&self) -> &str {
        self.metadata().namespace.as_deref().unwrap_or_default()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.metadata().name.as_deref().unwrap_or_default()
    }

    /// Its conditions.
    pub fn conditions(&self) -> &[Condition] {
        match self {
            Self::Deployment(object) => object.conditions(),
            Self::ReplicaSet(object) => object.conditions(),
            Self::Workload(object) => object.conditions(),
            Self::Host(object) => object.conditions(),
            Self::Artifact(object) => object.conditions(),
        }
    }

    /// What it runs; nothing for what runs nothing.
    pub fn spec(&self) -> Option<&WorkloadSpec> {
        match self {
            Self::Deployment(object) => Some(&object.spec.template.spec),
            Self::ReplicaSet(object) => Some(&object.spec.template.spec),
            Self::Workload(object) => Some(&object.spec),
            Self::Host(_) | Self::Artifact(_) => None,
        }
    }

    /// The Service that is to lead to it.
    pub fn service(&self) -> Option<&str> {
        let own = match self {
            Self::Deployment(object) => {
                object.spec.kubernetes.as_ref().and_then(|kubernetes| kubernetes.service_name())
            }
            _ => None,
        };
        own.or_else(|| self.spec()?.kubernetes_service()).filter(|name| !name.is_empty())
    }

    fn uid(&self) -> &str {
        self.metadata().uid.as_deref().unwrap_or_default()
    }
}

/// What was read of an object and of all around it. What is of no use for the kind is empty.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The object.
    pub subject: Subject,
    /// The replica sets of its namespace.
    pub replica_sets: Read<Shared<WorkloadReplicaSet>>,
    /// The Workloads of its namespace; for a Host of all namespaces.
    pub workloads: Read<Shared<Workload>>,
    /// All Hosts.
    pub hosts: Read<Shared<Host>>,
    /// The deployments of its namespace.
    pub deployments: Read<Shared<WorkloadDeployment>>,
    /// The Artifacts of its namespace.
    pub artifacts: Read<Shared<Artifact>>,
    /// `data` of the ConfigMaps that it names.
    pub config_maps: BTreeMap<String, Read<Option<BTreeMap<String, String>>>>,
    /// Keys of the Secrets that it names.
    pub secrets: BTreeMap<String, Read<Option<BTreeSet<String>>>>,
    /// The Service that it names.
    pub service: Read<Option<Service>>,
    /// The EndpointSlices of that Service.
    pub slices: Read<Shared<EndpointSlice>>,
    /// Events of its namespace about our kinds.
    pub events: Read<Shared<Told>>,
    /// Who is in charge.
    pub charge: Read<Charge>,
}

impl Snapshot {
    /// An object, and nothing around it.
    pub fn of(subject: Subject) -> Self {
        Self {
            subject,
            replica_sets: Ok(Shared::default()),
            workloads: Ok(Shared::default()),
            hosts: Ok(Shared::default()),
            deployments: Ok(Shared::default()),
            artifacts: Ok(Shared::default()),
            config_maps: BTreeMap::new(),
            secrets: BTreeMap::new(),
            service: Ok(None),
            slices: Ok(Shared::default()),
            events: Ok(Shared::default()),
            charge: Err(String::new()),
        }
    }

    /// The replica sets of a deployment, or of that of a replica set.
    pub(super) fn sets(&self) -> impl Iterator<Item = &WorkloadReplicaSet> {
        let uid = self.subject.uid();
        self.replica_sets.iter().flatten().filter(move |set| is_owned_by(&set.metadata, uid))
    }

    /// The Workloads that are the object's: those it owns, itself, or those on it.
    pub(super) fn own_workloads(&self) -> Vec<&Workload> {
        let all = self.workloads.iter().flatten();
        match &self.subject {
            Subject::Deployment(_) => {
                let sets: Vec<_> = self.sets().filter_map(|set| set.metadata.uid.as_deref()).collect();
                all.filter(|workload| sets.iter().any(|uid| is_owned_by(&workload.metadata, uid))).collect()
            }
            Subject::ReplicaSet(_) => all.filter(|own| is_owned_by(&own.metadata, self.subject.uid())).collect(),
            Subject::Workload(workload) => vec![workload],
            Subject::Host(host) => all.filter(|workload| is_on(workload, host)).collect(),
            Subject::Artifact(_) => Vec::new(),
        }
    }

    /// The replica set that a Workload belongs to, or the current one.
    pub(super) fn current_set(&self) -> Option<&WorkloadReplicaSet> {
        match &self.subject {
            Subject::Deployment(deployment) => {
                let name = deployment.status.as_ref()?.current_replica_set.as_ref()?.name();
                self.sets().find(|set| set.metadata.name.as_deref() == Some(name))
            }
            Subject::ReplicaSet(set) => Some(set),
            Subject::Workload(workload) => {
                let owns = |set: &&WorkloadReplicaSet| {
                    set.metadata.uid.as_deref().is_some_and(|uid| is_owned_by(&workload.metadata, uid))
                };
                self.replica_sets.iter().flatten().find(owns)
            }
            Subject::Host(_) | Subject::Artifact(_) => None,
        }
    }

    /// What hosts are called, by their ids.
    pub(super) fn host_names(&self) -> HostNames {
        let name = |host: &Host| (host.host_id.clone(), host.metadata.name.clone().unwrap_or_default());
        self.hosts.iter().flatten().map(name).collect()
    }
}

fn is_on(workload: &Workload, host: &Host) -> bool {
    host_of(workload).is_some_and(|id| id == host.host_id)
}
