//! Following a rollout: the deployment, its replica sets and its Workloads, by watches.

use std::collections::BTreeMap;
use std::fmt::Debug;

use futures::stream::{self, BoxStream, StreamExt};
use k8s_openapi::NamespaceResourceScope;
use kube::core::Resource;
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, ResourceExt};
use serde::de::DeserializeOwned;

use super::Cluster;
use super::read::CHUNK;
use crate::api::names::label;
use crate::api::{Workload, WorkloadDeployment, WorkloadReplicaSet, is_owned_by};
use crate::error::Error;
use crate::plan::rollout::Snapshot;

/// How many events are taken in before the next look at them.
const BATCH: usize = 256;

/// What is known of a rollout.
#[derive(Debug, Default)]
pub struct Followed {
    deployments: Store<WorkloadDeployment>,
    replica_sets: Store<WorkloadReplicaSet>,
    workloads: Store<Workload>,
}

/// The objects of one watch.
#[derive(Debug)]
struct Store<K> {
    objects: BTreeMap<String, K>,
    listed: BTreeMap<String, K>,
    complete: bool,
}

enum Event {
    Deployment(watcher::Event<WorkloadDeployment>),
    ReplicaSet(watcher::Event<WorkloadReplicaSet>),
    Workload(watcher::Event<Workload>),
}

impl Cluster {
    /// Follows a deployment until dropped: a snapshot at first and after every change.
    /// Errors that may pass are waited out; others end the stream.
    pub fn follow(&self, namespace: &str, name: &str) -> BoxStream<'static, Result<Snapshot, Error>> {
        let of_deployment = format!("{}={name}", label::WORKLOAD_DEPLOYMENT);
        let by_name = watcher::Config::default().fields(&format!("metadata.name={name}"));
        let by_label = watcher::Config::default().labels(&of_deployment);
        let all = watcher::Config::default();
        let events = stream::select_all([
            changes(self.api(namespace), by_name, Event::Deployment),
            changes(self.api(namespace), by_label, Event::ReplicaSet),
            changes(self.api(namespace), all, Event::Workload),
        ]);
        let mut followed = Followed::default();
        let snapshots = events.ready_chunks(BATCH).filter_map(move |batch| {
            futures::future::ready(followed.take_in(batch).transpose())
        });
        snapshots.boxed()
    }
}

fn changes<K>(api: Api<K>, config: watcher::Config, tag: fn(watcher::Event<K>) -> Event) -> BoxStream<'static, Result<Event, Error>>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + Debug + DeserializeOwned + Send + 'static,
{
    let events = watcher(api, config.page_size(CHUNK)).default_backoff();
    let plural = K::plural(&()).into_owned();
    events.map(move |event| event.map(tag).map_err(|error| Error::from(error).for_type(&plural))).boxed()
}

impl Followed {
    /// Takes in events; a snapshot once every watch has told all there was.
    fn take_in(&mut self, events: Vec<Result<Event, Error>>) -> Result<Option<Snapshot>, Error> {
        for event in events {
            match event {
                Ok(Event::Deployment(event)) => self.deployments.take_in(event),
                Ok(Event::ReplicaSet(event)) => self.replica_sets.take_in(event),
                Ok(Event::Workload(event)) => self.workloads.take_in(event),
                Err(error) if error.is_transient() => {}
                Err(error) => return Err(error),
            }
        }
        let complete = self.deployments.complete && self.replica_sets.complete && self.workloads.complete;
        Ok(complete.then(|| self.snapshot()))
    }

    fn snapshot(&self) -> Snapshot {
        let deployment = self.deployments.objects.values().next().cloned();
        let uid = deployment.as_ref().and_then(|deployment| deployment.uid()).unwrap_or_default();
        let owned = |set: &&WorkloadReplicaSet| is_owned_by(set.meta(), &uid);
        let replica_sets: Vec<_> = self.replica_sets.objects.values().filter(owned).cloned().collect();
        let of_one = |workload: &&Workload| {
            replica_sets.iter().filter_map(ResourceExt::uid).any(|uid| is_owned_by(workload.meta(), &uid))
        };
        let workloads = self.workloads.objects.values().filter(of_one).cloned().collect();
        Snapshot { deployment, replica_sets, workloads }
    }
}

impl<K> Default for Store<K> {
    fn default() -> Self {
        Self { objects: BTreeMap::new(), listed: BTreeMap::new(), complete: false }
    }
}

impl<K: ResourceExt> Store<K> {
    fn take_in(&mut self, event: watcher::Event<K>) {
        match event {
            watcher::Event::Init => self.listed.clear(),
            watcher::Event::InitApply(object) => {
                self.listed.insert(object.name_any(), object);
            }
            watcher::Event::InitDone => {
                self.objects = std::mem::take(&mut self.listed);
                self.complete = true;
            }
            watcher::Event::Apply(object) => {
                self.objects.insert(object.name_any(), object);
            }
            watcher::Event::Delete(object) => {
                self.objects.remove(&object.name_any());
            }
        }
    }
}
