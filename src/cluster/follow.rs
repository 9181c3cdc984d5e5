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
            self.changes(self.api(namespace), by_name, Event::Deployment),
            self.changes(self.api(namespace), by_label, Event::ReplicaSet),
            self.changes(self.api(namespace), all, Event::Workload),
        ]);
        let mut followed = Followed::default();
        let snapshots = events
            .ready_chunks(BATCH)
            .filter_map(move |batch| futures::future::ready(followed.take_in(batch).transpose()));
        snapshots.boxed()
    }

    fn changes<K>(
        &self,
        api: Api<K>,
        config: watcher::Config,
        tag: fn(watcher::Event<K>) -> Event,
    ) -> BoxStream<'static, Result<Event, Error>>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>
            + Clone
            + Debug
            + DeserializeOwned
            + Send
            + 'static,
    {
        let events = watcher(api, config.page_size(CHUNK)).default_backoff();
        let (plural, mut outage) = (K::plural(&()).into_owned(), self.outages.watch());
        let events = events.map(move |event| event.map(tag).map_err(|error| Error::from(error).for_type(&plural)));
        events.inspect(move |event| outage.note(event)).boxed()
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object<K: DeserializeOwned>(name: &str, owner: &str) -> K {
        let owners = json!([{"apiVersion": "v1", "kind": "X", "name": owner, "uid": format!("uid-{owner}")}]);
        let metadata = json!({"name": name, "uid": format!("uid-{name}"), "ownerReferences": owners});
        serde_json::from_value(json!({"metadata": metadata, "spec": {"template": {"spec": {}}}})).unwrap()
    }

    fn listed<K>(objects: Vec<K>, tag: fn(watcher::Event<K>) -> Event) -> Vec<Result<Event, Error>> {
        let all = objects.into_iter().map(watcher::Event::InitApply);
        let events = [watcher::Event::Init].into_iter().chain(all).chain([watcher::Event::InitDone]);
        events.map(|event| Ok(tag(event))).collect()
    }

    #[test]
    fn a_snapshot_needs_all_lists_and_holds_only_what_is_the_deployments() {
        let mut followed = Followed::default();
        let sets = vec![object("web-1", "web"), object("other-1", "other")];
        let workloads = vec![object("a", "web-1"), object("b", "other-1"), object("c", "")];
        assert!(followed.take_in(listed(vec![object("web", "")], Event::Deployment)).unwrap().is_none());
        assert!(followed.take_in(listed(sets, Event::ReplicaSet)).unwrap().is_none());
        let snapshot = followed.take_in(listed(workloads, Event::Workload)).unwrap().unwrap();
        assert_eq!(snapshot.deployment.map(|web| web.name_any()).as_deref(), Some("web"));
        assert_eq!(snapshot.replica_sets.iter().map(ResourceExt::name_any).collect::<Vec<_>>(), ["web-1"]);
        assert_eq!(snapshot.workloads.iter().map(ResourceExt::name_any).collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn a_list_that_is_told_again_takes_the_place_of_what_was_known() {
        let mut store = Store::<Workload>::default();
        let names = |store: &Store<Workload>| store.objects.keys().cloned().collect::<Vec<_>>();
        store.take_in(watcher::Event::InitApply(object("a", "")));
        store.take_in(watcher::Event::InitDone);
        store.take_in(watcher::Event::Apply(object("b", "")));
        store.take_in(watcher::Event::Delete(object("a", "")));
        assert_eq!(names(&store), ["b"]);
        store.take_in(watcher::Event::Init);
        store.take_in(watcher::Event::InitApply(object("c", "")));
        assert_eq!(names(&store), ["b"], "not before it is complete");
        store.take_in(watcher::Event::InitDone);
        assert_eq!(names(&store), ["c"]);
    }

    #[test]
    fn errors_that_pass_are_waited_out_and_others_are_not() {
        let mut followed = Followed::default();
        let passing = Error::ConnectionRefused { server: "h:1".to_owned() };
        assert!(followed.take_in(vec![Err(passing)]).unwrap().is_none());
        assert!(followed.take_in(vec![Err(Error::Unauthorized("no".to_owned()))]).is_err());
    }
}
