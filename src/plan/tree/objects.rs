//! The objects that trees are made of, by namespace and name.

use std::collections::BTreeMap;

use kube::ResourceExt;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::api::{Artifact, Host, Kind, Workload, WorkloadDeployment, WorkloadReplicaSet};
use crate::plan::rollout::Snapshot;

/// Namespace and name.
pub type Key = (String, String);

/// All objects that are known.
#[derive(Clone, Debug, Default)]
pub struct Objects {
    /// WorkloadDeployments.
    pub deployments: BTreeMap<Key, WorkloadDeployment>,
    /// WorkloadReplicaSets.
    pub replica_sets: BTreeMap<Key, WorkloadReplicaSet>,
    /// Workloads.
    pub workloads: BTreeMap<Key, Workload>,
    /// Hosts.
    pub hosts: BTreeMap<Key, Host>,
    /// Artifacts.
    pub artifacts: BTreeMap<Key, Artifact>,
}

impl Objects {
    /// Takes an object in, in the place of what was known of it. One that cannot be read is left out.
    pub fn put(&mut self, kind: Kind, object: &Value) {
        match kind {
            Kind::WorkloadDeployment => put(&mut self.deployments, object),
            Kind::WorkloadReplicaSet => put(&mut self.replica_sets, object),
            Kind::Workload => put(&mut self.workloads, object),
            Kind::Host => put(&mut self.hosts, object),
            Kind::Artifact => put(&mut self.artifacts, object),
        }
    }

    /// Takes in all there are of a kind; others are gone.
    pub fn replace(&mut self, kind: Kind, objects: &[Value]) {
        match kind {
            Kind::WorkloadDeployment => self.deployments.clear(),
            Kind::WorkloadReplicaSet => self.replica_sets.clear(),
            Kind::Workload => self.workloads.clear(),
            Kind::Host => self.hosts.clear(),
            Kind::Artifact => self.artifacts.clear(),
        }
        objects.iter().for_each(|object| self.put(kind, object));
    }

    /// Forgets an object.
    pub fn remove(&mut self, kind: Kind, object: &Value) {
        let key = key_of(object);
        match kind {
            Kind::WorkloadDeployment => drop(self.deployments.remove(&key)),
            Kind::WorkloadReplicaSet => drop(self.replica_sets.remove(&key)),
            Kind::Workload => drop(self.workloads.remove(&key)),
            Kind::Host => drop(self.hosts.remove(&key)),
            Kind::Artifact => drop(self.artifacts.remove(&key)),
        }
    }

    /// The keys of all objects of a kind.
    pub fn keys(&self, kind: Kind) -> Vec<Key> {
        match kind {
            Kind::WorkloadDeployment => self.deployments.keys().cloned().collect(),
            Kind::WorkloadReplicaSet => self.replica_sets.keys().cloned().collect(),
            Kind::Workload => self.workloads.keys().cloned().collect(),
            Kind::Host => self.hosts.keys().cloned().collect(),
            Kind::Artifact => self.artifacts.keys().cloned().collect(),
        }
    }
}

/// An object's namespace and name.
fn key_of(object: &Value) -> Key {
    let word = |path| object.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    (word("/metadata/namespace"), word("/metadata/name"))
}

fn put<K: DeserializeOwned>(known: &mut BTreeMap<Key, K>, object: &Value) {
    if let Ok(read) = K::deserialize(object) {
        known.insert(key_of(object), read);
    }
}

impl From<&Snapshot> for Objects {
    /// What is known of one rollout.
    fn from(snapshot: &Snapshot) -> Self {
        fn by_key<'a, K: ResourceExt + Clone + 'a>(objects: impl IntoIterator<Item = &'a K>) -> BTreeMap<Key, K> {
            let keyed = |object: &K| ((object.namespace().unwrap_or_default(), object.name_any()), object.clone());
            objects.into_iter().map(keyed).collect()
        }
        Self {
            deployments: by_key(&snapshot.deployment),
            replica_sets: by_key(&snapshot.replica_sets),
            workloads: by_key(&snapshot.workloads),
            ..Self::default()
        }
    }
}
