//! Who belongs to whom: the indexes of the world, kept by what changed.

use std::borrow::Borrow;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use crate::controller::config::{self, ConfigRef};
use crate::controller::objects::{
    Artifact, ArtifactBody, Deployment, DeploymentBody, HostBody, ObjectKey, ReplicaSetBody, Seen, WorkloadBody,
};
use crate::controller::store::Change;
use crate::controller::{artifact, deployment};

/// Keys by something they refer to.
#[derive(Debug)]
struct Index<T>(HashMap<T, BTreeSet<ObjectKey>>);

impl<T> Default for Index<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Eq + Hash> Index<T> {
    fn get(&self, to: &T) -> impl Iterator<Item = &ObjectKey> {
        self.0.get(to).into_iter().flatten()
    }

    fn count<Q: Eq + Hash + ?Sized>(&self, to: &Q) -> usize
    where
        T: Borrow<Q>,
    {
        self.0.get(to).map_or(0, BTreeSet::len)
    }

    /// Follows a change: what the old version referred to goes, what the new one refers to comes.
    fn follow<B>(&mut self, change: &Change<B>, refers_to: impl Fn(&Seen<B>) -> Vec<T>) {
        if let Some(old) = &change.old {
            for to in refers_to(old) {
                self.drop_one(&to, &old.key());
            }
        }
        if let Some(new) = &change.new {
            for to in refers_to(new) {
                self.0.entry(to).or_default().insert(new.key());
            }
        }
    }

    fn drop_one(&mut self, to: &T, key: &ObjectKey) {
        if let Some(keys) = self.0.get_mut(to) {
            keys.remove(key);
            if keys.is_empty() {
                self.0.remove(to);
            }
        }
    }
}

/// All indexes.
#[derive(Debug, Default)]
pub(super) struct Relations {
    replica_sets: Index<String>,
    workloads: Index<String>,
    on_host: Index<String>,
    config: Index<ConfigRef>,
    rolled_by: Index<ConfigRef>,
    looked_up_with: Index<ConfigRef>,
    artifacts: Index<ObjectKey>,
    hosts: Index<String>,
    named_services: Index<ObjectKey>,
}

impl Relations {
    pub(super) fn replica_sets_of(&self, uid: &str) -> impl Iterator<Item = &ObjectKey> {
        self.replica_sets.0.get(uid).into_iter().flatten()
    }

    pub(super) fn workloads_of(&self, uid: &str) -> impl Iterator<Item = &ObjectKey> {
        self.workloads.0.get(uid).into_iter().flatten()
    }

    /// How many Workloads the replica set of that UID owns.
    pub(super) fn size_of(&self, uid: &str) -> usize {
        self.workloads.count(uid)
    }

    pub(super) fn workloads_on(&self, host: &str) -> impl Iterator<Item = &ObjectKey> {
        self.on_host.0.get(host).into_iter().flatten()
    }

    pub(super) fn load_of(&self, host: &str) -> usize {
        self.on_host.count(host)
    }

    pub(super) fn users_of_config(&self, config: &ConfigRef) -> impl Iterator<Item = &ObjectKey> {
        self.config.get(config)
    }

    pub(super) fn deployments_rolled_by(&self, config: &ConfigRef) -> impl Iterator<Item = &ObjectKey> {
        self.rolled_by.get(config)
    }

    pub(super) fn artifacts_looked_up_with(&self, config: &ConfigRef) -> impl Iterator<Item = &ObjectKey> {
        self.looked_up_with.get(config)
    }

    /// Whether anybody names it.
    pub(super) fn is_config_named(&self, config: &ConfigRef) -> bool {
        [&self.config, &self.rolled_by, &self.looked_up_with].iter().any(|index| index.count(config) > 0)
    }

    pub(super) fn users_of_artifact(&self, artifact: &ObjectKey) -> impl Iterator<Item = &ObjectKey> {
        self.artifacts.get(artifact)
    }

    pub(super) fn workloads_named_for(&self, service: &ObjectKey) -> impl Iterator<Item = &ObjectKey> {
        self.named_services.get(service)
    }

    /// Services that Workloads name.
    pub(super) fn services(&self) -> impl Iterator<Item = &ObjectKey> {
        self.named_services.0.keys()
    }

    pub(super) fn host_with_id(&self, id: &str) -> Option<&ObjectKey> {
        self.hosts_with_id(id).next()
    }

    pub(super) fn hosts_with_id(&self, id: &str) -> impl Iterator<Item = &ObjectKey> {
        self.hosts.0.get(id).into_iter().flatten()
    }

    pub(super) fn replica_set(&mut self, change: &Change<ReplicaSetBody>) {
        self.replica_sets.follow(change, owners);
    }

    pub(super) fn workload(&mut self, change: &Change<WorkloadBody>) {
        self.workloads.follow(change, owners);
        self.on_host.follow(change, |workload| {
            // While it moves it may be on either.
            let hosts: BTreeSet<_> = workload.host_id().into_iter().chain(workload.assigned_host()).collect();
            hosts.into_iter().map(str::to_owned).collect()
        });
        self.named_services.follow(change, |workload| {
            workload.spec.kubernetes_service().map(|name| workload.key().sibling(name)).into_iter().collect()
        });
        self.config.follow(change, |workload| config::read_by(workload).into_iter().collect());
    }

    pub(super) fn deployment(&mut self, change: &Change<DeploymentBody>) {
        self.artifacts.follow(change, |deployment| {
            let key = deployment.key();
            deployment.spec.artifacts.iter().map(|artifact| key.sibling(artifact.artifact_from.name())).collect()
        });
        self.rolled_by.follow(change, |deployment| of_deployment(deployment).into_iter().collect());
    }

    pub(super) fn artifact(&mut self, change: &Change<ArtifactBody>) {
        self.looked_up_with.follow(change, |artifact| of_artifact(artifact).into_iter().collect());
    }

    pub(super) fn host(&mut self, change: &Change<HostBody>) {
        self.hosts.follow(change, |host| vec![host.host_id.clone()]);
    }
}

/// The ConfigMaps and Secrets whose changes start a rollout of a deployment.
pub(super) fn of_deployment(deployment: &Deployment) -> BTreeSet<ConfigRef> {
    let Some(spec) = deployment::rolled_by_config(deployment) else { return BTreeSet::new() };
    config::named_in(&deployment.key(), &spec)
}

/// The Secret that an Artifact is looked up with.
pub(super) fn of_artifact(artifact: &Artifact) -> BTreeSet<ConfigRef> {
    artifact::looked_up_with(artifact).map(|name| ConfigRef::Secret(artifact.key().sibling(name))).into_iter().collect()
}

fn owners<B>(object: &Seen<B>) -> Vec<String> {
    object.metadata.owner_references.iter().flatten().map(|owner| owner.uid.clone()).collect()
}
