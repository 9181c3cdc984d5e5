//! Every watched object once, with the indexes that decisions need. Events update it and name the keys to look at again.
//!
//! Plain maps, no I/O: tests feed it events.

mod capacity;
mod configs;
mod gone;
mod hosts;
mod pace;
mod places;
mod pods;
mod relations;
mod routing;
mod spread;
mod waiting;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use capacity::Promised;
pub use capacity::Starts;
use configs::Configs;
pub use configs::Values;
use gone::Gone;
use pace::Pace;
use relations::Relations;
use spread::Spread;
use waiting::Waiting;

use super::live::{LiveHosts, Standing};
use super::memory::Memory;
use super::objects::{
    Artifact, ArtifactBody, Deployment, DeploymentBody, Host, HostBody, Key, ObjectKey, Raw, ReplicaSet,
    ReplicaSetBody, Seen, What, Workload, WorkloadBody,
};
use super::pods::Pods;
use super::routes::Routes;
use super::settings::Settings;
use super::store::{Change, Store};
use crate::api::Kind;

/// Everything the controller knows.
#[derive(Debug)]
pub struct World {
    /// How the controller was told to work.
    pub settings: Settings,
    /// Artifacts.
    pub artifacts: Store<ArtifactBody>,
    /// WorkloadDeployments.
    pub deployments: Store<DeploymentBody>,
    /// WorkloadReplicaSets.
    pub replica_sets: Store<ReplicaSetBody>,
    /// Workloads.
    pub workloads: Store<WorkloadBody>,
    /// Hosts as objects.
    pub hosts: Store<HostBody>,
    /// Hosts as heard on the bus.
    pub live: LiveHosts,
    /// What is remembered of objects beside what they say, by UID.
    pub memory: HashMap<String, Memory>,
    /// Starts in flight, by host.
    pub starts: Starts,
    /// Services that Workloads name, and their slices.
    pub routes: Routes,
    /// Pods that hosts run in.
    pub pods: Pods,
    relations: Relations,
    configs: Configs,
    gone: Gone,
    promised: Promised,
    pace: Pace,
    spread: Spread,
    waiting: Waiting,
    /// Names of hosts that take no more Workloads.
    cordoned: HashSet<String>,
    /// Names of hosts that somebody asked to drain.
    draining: BTreeSet<String>,
    touched: Vec<Key>,
}

impl World {
    /// An empty world.
    pub fn new(settings: Settings, now: Instant) -> Self {
        Self {
            starts: Starts::new(settings.max_starts_per_host),
            settings,
            artifacts: Store::default(),
            deployments: Store::default(),
            replica_sets: Store::default(),
            workloads: Store::default(),
            hosts: Store::default(),
            live: LiveHosts::new(now),
            memory: HashMap::new(),
            routes: Routes::default(),
            pods: Pods::default(),
            relations: Relations::default(),
            configs: Configs::default(),
            gone: Gone::default(),
            promised: Promised::default(),
            pace: Pace::default(),
            spread: Spread::default(),
            waiting: Waiting::default(),
            cordoned: HashSet::new(),
            draining: BTreeSet::new(),
            touched: Vec::new(),
        }
    }

    /// Keys to look at again since the last call.
    pub fn take_touched(&mut self) -> Vec<Key> {
        std::mem::take(&mut self.touched)
    }

    /// Whether all kinds were listed: before that nothing may be decided.
    pub fn is_synced(&self) -> bool {
        let scopes = self.settings.watch_namespaces.len().max(1);
        self.artifacts.is_synced(scopes)
            && self.deployments.is_synced(scopes)
            && self.replica_sets.is_synced(scopes)
            && self.workloads.is_synced(scopes)
            && self.hosts.is_synced(1)
    }

    /// Names every object: after taking over nothing is taken for granted.
    pub fn touch_all(&mut self) {
        let keys = |kind, keys: Vec<ObjectKey>| keys.into_iter().map(move |key| Key::new(kind, key));
        let all = keys(Kind::Artifact, self.artifacts.iter().map(|o| o.key()).collect())
            .chain(keys(Kind::Host, self.hosts.iter().map(|o| o.key()).collect()))
            .chain(keys(Kind::WorkloadDeployment, self.deployments.iter().map(|o| o.key()).collect()))
            .chain(keys(Kind::WorkloadReplicaSet, self.replica_sets.iter().map(|o| o.key()).collect()))
            .chain(keys(Kind::Workload, self.workloads.iter().map(|o| o.key()).collect()));
        self.touched.extend(all);
        let live: Vec<_> = self.live.iter().filter_map(|host| host.name.clone()).collect();
        for name in live {
            self.touch_host(&name);
        }
        self.touch_held_pods();
        self.touch_routes_in("");
    }

    /// A watch or the answer to a write brought an object.
    ///
    /// # Errors
    /// When it is not of its kind's shape; it counts as unseen then.
    pub fn apply(&mut self, kind: Kind, object: Raw) -> Result<(), serde_json::Error> {
        match kind {
            Kind::Artifact => self.artifacts.apply(Seen::read(object)?).map(|change| self.artifact_changed(&change)),
            Kind::Host => self.hosts.apply(Seen::read(object)?).map(|change| self.host_changed(&change)),
            Kind::WorkloadDeployment => {
                self.deployments.apply(Seen::read(object)?).map(|change| self.deployment_changed(&change))
            }
            Kind::WorkloadReplicaSet => {
                self.replica_sets.apply(Seen::read(object)?).map(|change| self.replica_set_changed(&change))
            }
            Kind::Workload => {
                let workload = self.with_the_spec_of_its_like(Seen::read(object)?);
                self.workloads.apply(workload).map(|change| self.workload_changed(&change))
            }
        };
        Ok(())
    }

    /// Replicas of one template have the same spec, which makes up most of them: it is kept once.
    fn with_the_spec_of_its_like(&self, mut workload: Workload) -> Workload {
        let sibling = || {
            let set = owner(&workload.metadata, Kind::WorkloadReplicaSet)?;
            self.workloads_of(&set.uid).next()
        };
        let like = self.workloads.get(&workload.key()).or_else(sibling);
        if let Some(like) = like.filter(|like| like.spec == workload.spec) {
            workload.body.spec = like.spec.clone();
        }
        workload
    }

    /// The answer to a write of ours brought an object. The watch may have said meanwhile that it is gone: then it stays so.
    ///
    /// # Errors
    /// As [`World::apply`].
    pub fn written(&mut self, kind: Kind, object: Raw) -> Result<(), serde_json::Error> {
        let gone = object.metadata.uid.as_deref().is_some_and(|uid| self.gone.contains(uid));
        if gone { Ok(()) } else { self.apply(kind, object) }
    }

    /// A watch says that an object is gone.
    pub fn deleted(&mut self, kind: Kind, key: &ObjectKey, uid: &str) {
        self.gone.insert(uid);
        self.take_out(kind, key, uid, false);
    }

    /// A deletion of ours went through.
    pub fn removed(&mut self, kind: Kind, key: &ObjectKey, uid: &str) {
        self.gone.insert(uid);
        self.take_out(kind, key, uid, true);
    }

    fn take_out(&mut self, kind: Kind, key: &ObjectKey, uid: &str, by_us: bool) {
        macro_rules! out {
            ($store:ident) => {
                if by_us { self.$store.removed(key, uid) } else { self.$store.deleted(key, uid) }
            };
        }
        match kind {
            Kind::Artifact => out!(artifacts).map(|change| self.artifact_changed(&change)),
            Kind::Host => out!(hosts).map(|change| self.host_changed(&change)),
            Kind::WorkloadDeployment => out!(deployments).map(|change| self.deployment_changed(&change)),
            Kind::WorkloadReplicaSet => out!(replica_sets).map(|change| self.replica_set_changed(&change)),
            Kind::Workload => out!(workloads).map(|change| self.workload_changed(&change)),
        };
    }

    /// A list of a kind in a namespace (empty: in all) begins.
    pub fn list_begins(&mut self, kind: Kind, scope: &str) {
        match kind {
            Kind::Artifact => self.artifacts.list_begins(scope),
            Kind::Host => self.hosts.list_begins(scope),
            Kind::WorkloadDeployment => self.deployments.list_begins(scope),
            Kind::WorkloadReplicaSet => self.replica_sets.list_begins(scope),
            Kind::Workload => self.workloads.list_begins(scope),
        }
    }

    /// A list has ended; what it did not bring is gone.
    pub fn list_ends(&mut self, kind: Kind, scope: &str) {
        match kind {
            Kind::Artifact => self.artifacts.list_ends(scope).iter().for_each(|change| self.artifact_changed(change)),
            Kind::Host => self.hosts.list_ends(scope).iter().for_each(|change| self.host_changed(change)),
            Kind::WorkloadDeployment => {
                self.deployments.list_ends(scope).iter().for_each(|change| self.deployment_changed(change))
            }
            Kind::WorkloadReplicaSet => {
                self.replica_sets.list_ends(scope).iter().for_each(|change| self.replica_set_changed(change))
            }
            Kind::Workload => self.workloads.list_ends(scope).iter().for_each(|change| self.workload_changed(change)),
        }
    }

    /// Names a key.
    pub fn touch(&mut self, what: impl Into<What>, object: ObjectKey) {
        self.touched.push(Key::new(what, object));
    }

    /// Names the Host object of that name.
    pub fn touch_host(&mut self, name: &str) {
        let key = self.host_key(name);
        self.touch(Kind::Host, key);
    }

    /// Notes that the owner of that UID does not exist, by a live read.
    pub fn owner_is_gone(&mut self, uid: &str) {
        self.gone.insert(uid);
    }

    /// Whether it is known for sure that no object of that UID exists.
    pub fn is_gone(&self, uid: &str) -> bool {
        self.gone.contains(uid)
    }

    /// The key of the Host object of that name.
    pub fn host_key(&self, name: &str) -> ObjectKey {
        ObjectKey::new(&self.settings.namespace, name)
    }

    /// The Host object with that host id.
    pub fn host_object(&self, id: &str) -> Option<&Arc<Host>> {
        self.relations.host_with_id(id).and_then(|key| self.hosts.get(key))
    }

    /// Replica sets that the deployment of that UID owns.
    pub fn replica_sets_of(&self, uid: &str) -> impl Iterator<Item = &Arc<ReplicaSet>> {
        self.relations.replica_sets_of(uid).filter_map(|key| self.replica_sets.get(key))
    }

    /// Workloads that the replica set of that UID owns.
    pub fn workloads_of(&self, uid: &str) -> impl Iterator<Item = &Arc<Workload>> {
        self.relations.workloads_of(uid).filter_map(|key| self.workloads.get(key))
    }

    /// Workloads that may run on the host of that id: its name is in their status, or they were given to it and are
    /// nowhere else for sure.
    pub fn workloads_perhaps_on(&self, id: &str, now: Instant) -> impl Iterator<Item = &Arc<Workload>> {
        self.workloads_on(id).filter(move |workload| {
            let elsewhere = |host: &str| host != id && self.live.standing(host, now) != Standing::Dead;
            !workload.host_id().is_some_and(elsewhere)
        })
    }

    /// Workloads that are, or are to be, on the host of that id.
    pub fn workloads_on(&self, id: &str) -> impl Iterator<Item = &Arc<Workload>> {
        self.relations.workloads_on(id).filter_map(|key| self.workloads.get(key))
    }

    /// Remembers what a turn brought, unless the object is gone by now. What happened meanwhile is not forgotten.
    pub fn remember(&mut self, uid: &str, memory: Memory) {
        if self.is_gone(uid) {
            return;
        }
        let there = self.memory.get(uid);
        let news = there.is_some_and(|there| there.ask);
        let status_written = there.and_then(|there| there.status_written);
        self.memory.insert(uid.to_owned(), Memory { ask: memory.ask || news, status_written, ..memory });
    }

    /// Remembers that an object was written to, unless it is gone by now.
    pub fn was_written(&mut self, uid: &str, now: Instant) {
        if !self.is_gone(uid) {
            self.memory.entry(uid.to_owned()).or_default().written(now);
        }
    }

    /// The pause between two writes of one status whose counters move.
    pub fn pause(&self) -> Duration {
        self.pace.pause()
    }

    /// The pause between two steps of one rollout while more of its replicas are on their way.
    pub fn step_pause(&self) -> Duration {
        self.pace.step_pause()
    }

    /// What is remembered of the object of that UID.
    pub fn memory_of(&self, uid: &str) -> Memory {
        self.memory.get(uid).cloned().unwrap_or_default()
    }

    fn artifact_changed(&mut self, change: &Change<ArtifactBody>) {
        let Some(artifact) = newest(change) else { return };
        self.relations.artifact(change);
        self.forget_unnamed(change.old.as_deref().map(relations::of_artifact).unwrap_or_default());
        let key = artifact.key();
        if change.new.is_none() {
            self.memory.remove(artifact.uid());
        }
        let users: Vec<_> = self.relations.users_of_artifact(&key).cloned().collect();
        self.touch(Kind::Artifact, key);
        let secret = |artifact: &Option<Arc<Artifact>>| artifact.as_ref().map(|a| a.spec.image_pull_secret.clone());
        for user in users {
            if secret(&change.old) != secret(&change.new) {
                self.retry_workloads_of(&user);
            }
            self.touch(Kind::WorkloadDeployment, user);
        }
    }

    fn deployment_changed(&mut self, change: &Change<DeploymentBody>) {
        let Some(deployment) = newest(change) else { return };
        self.relations.deployment(change);
        self.pace.follow(change);
        self.forget_unnamed(change.old.as_deref().map(relations::of_deployment).unwrap_or_default());
        self.touch(Kind::WorkloadDeployment, deployment.key());
        let replica_sets: Vec<_> = self.replica_sets_of(deployment.uid()).map(|set| set.key()).collect();
        replica_sets.into_iter().for_each(|key| self.touch(Kind::WorkloadReplicaSet, key));
        if change.new.is_none() {
            self.memory.remove(deployment.uid());
        }
    }

    fn replica_set_changed(&mut self, change: &Change<ReplicaSetBody>) {
        let Some(set) = newest(change) else { return };
        self.relations.replica_set(change);
        self.pace.follow(change);
        self.touch(Kind::WorkloadReplicaSet, set.key());
        self.touch_owners(&set.key(), &set.metadata, Kind::WorkloadDeployment);
        self.touch_former_owners(change, Kind::WorkloadDeployment);
        if change.new.is_none() {
            self.memory.remove(set.uid());
            let workloads: Vec<_> = self.workloads_of(set.uid()).map(|workload| workload.key()).collect();
            workloads.into_iter().for_each(|key| self.touch(Kind::Workload, key));
        }
    }

    fn workload_changed(&mut self, change: &Change<WorkloadBody>) {
        let Some(workload) = newest(change) else { return };
        self.relations.workload(change);
        self.spread.follow(change);
        self.reroute_workload(change);
        let key = workload.key();
        self.promised.end(&key);
        self.touch(Kind::Workload, key.clone());
        self.touch_owners(&key, &workload.metadata, Kind::WorkloadReplicaSet);
        self.touch_former_owners(change, Kind::WorkloadReplicaSet);
        if change.new.is_none() {
            self.memory.remove(workload.uid());
            self.waits_for_host(&Key::new(Kind::Workload, key.clone()), false);
            self.forget_unnamed(super::config::read_by(&workload));
        }
        if workload.is_terminating() && self.starts.place_of(&workload.key()).is_some() {
            self.touch(What::Start, workload.key());
        }
        let host = |workload: &Option<Arc<Workload>>| workload.as_ref()?.host_id().map(str::to_owned);
        if let Some(id) = host(&change.new).filter(|id| Some(id) != host(&change.old).as_ref()) {
            self.touch_if_dead(&id);
        }
        let set = self.owner_of(&workload);
        if let Some(set) = set {
            self.touch_owners(&set.key(), &set.metadata, Kind::WorkloadDeployment);
        }
    }

    /// The replica set that owns a Workload, if it is known.
    pub fn owner_of(&self, workload: &Workload) -> Option<Arc<ReplicaSet>> {
        let owner = owner(&workload.metadata, Kind::WorkloadReplicaSet)?;
        let set = self.replica_sets.get(&workload.key().sibling(&owner.name))?;
        (set.uid() == owner.uid).then(|| set.clone())
    }

    /// The deployment that owns a replica set, if it is known.
    pub fn deployment_of(&self, set: &ReplicaSet) -> Option<Arc<Deployment>> {
        let owner = owner(&set.metadata, Kind::WorkloadDeployment)?;
        let deployment = self.deployments.get(&set.key().sibling(&owner.name))?;
        (deployment.uid() == owner.uid).then(|| deployment.clone())
    }

    /// The Artifact of that name in that namespace.
    pub fn artifact(&self, namespace: &str, name: &str) -> Option<&Arc<Artifact>> {
        self.artifacts.get(&ObjectKey::new(namespace, name))
    }

    /// Whoever owned an object until now has one fewer.
    fn touch_former_owners<B>(&mut self, change: &Change<B>, kind: Kind) {
        let Some((old, new)) = change.old.as_ref().zip(change.new.as_ref()) else { return };
        if old.metadata.owner_references != new.metadata.owner_references {
            self.touch_owners(&old.key(), &old.metadata, kind);
        }
    }

    fn touch_owners(&mut self, key: &ObjectKey, metadata: &kube::core::ObjectMeta, kind: Kind) {
        if let Some(owner) = owner(metadata, kind) {
            self.touch(kind, key.sibling(&owner.name));
        }
    }

    fn touch_workloads_on(&mut self, id: &str) {
        let keys: Vec<_> = self.relations.workloads_on(id).cloned().collect();
        keys.into_iter().for_each(|key| self.touch(Kind::Workload, key));
    }
}

/// The reference to an owner of that kind, be it the controller or not: a replica set that is history has
/// `controller: false`.
pub fn owner(
    metadata: &kube::core::ObjectMeta,
    kind: Kind,
) -> Option<&k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference> {
    let mut owners = metadata.owner_references.iter().flatten();
    owners.find(|owner| owner.kind == kind.name() && owner.api_version == crate::api::names::API_VERSION)
}

fn newest<B>(change: &Change<B>) -> Option<Arc<Seen<B>>> {
    change.new.clone().or_else(|| change.old.clone())
}

#[cfg(test)]
mod tests;
