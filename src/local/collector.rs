//! What Kubernetes does in the background: dependents follow their owners, namespaces and definitions end with what they
//! hold, Events are forgotten.

mod ends;
pub mod graph;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::api::failure::Failure;
use super::api::options::Options;
use super::api::path::Objects;
use super::api::resource::Resource;
use super::api::strategy::{Deletion, Propagation};
use super::api::write::Call;
use super::api::{ApiServer, crd, meta};
use super::store::{Event, EventKind, Key, List, Stored, Watch, WatchEnd};
use graph::{Action, Graph};

/// How long an Event is kept after it was last written, as kube-apiserver's `--event-ttl`.
const EVENT_LIFE: SignedDuration = SignedDuration::from_hours(1);
/// How often Events are looked through.
const SWEEP: Duration = Duration::from_secs(60);
/// How many writes are under way at a time: they share a group of the store.
const AT_ONCE: usize = 64;
/// How long to wait after something could not be done.
const PAUSE: Duration = Duration::from_millis(200);
/// Who writes.
const MANAGER: &str = "kube-controller-manager";

/// The garbage collector.
struct Collector {
    server: ApiServer,
    graph: Graph,
    /// Namespaces that are being deleted.
    namespaces: BTreeSet<String>,
    /// Definitions that are being deleted.
    definitions: BTreeSet<String>,
    /// Namespaces that have gone, or that objects are in though there are none of that name: with the revision at which
    /// they went, 0 when that is not known.
    gone: BTreeMap<String, u64>,
}

/// Collects until cancelled, or until the store is closed.
pub async fn run(server: ApiServer, until: CancellationToken) {
    until.run_until_cancelled(collect(server)).await;
}

async fn collect(server: ApiServer) {
    let mut sweeps = interval(SWEEP);
    sweeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let Some((mut collector, mut watch)) = Collector::start(&server) else {
            // Forgotten in this very moment; the next one is another.
            tokio::task::yield_now().await;
            continue;
        };
        loop {
            collector.work().await;
            tokio::select! {
                events = watch.next() => match events {
                    Ok(events) => events.iter().for_each(|event| collector.notice(event)),
                    Err(WatchEnd::Closed) => return,
                    // Too slow: everything is looked at anew.
                    Err(WatchEnd::Compacted(_)) => break,
                },
                _ = sweeps.tick() => collector.forget_events().await,
            }
        }
    }
}

impl Collector {
    /// With all that there is, and what comes after it. `None` when that has just been forgotten.
    fn start(server: &ApiServer) -> Option<(Self, Watch)> {
        let mut collector = Self {
            server: server.clone(),
            graph: Graph::default(),
            namespaces: BTreeSet::new(),
            definitions: BTreeSet::new(),
            gone: BTreeMap::new(),
        };
        let revision = server.store.revision();
        let watch = server.store.watch(revision).ok()?;
        for resource in server.registry().stored() {
            let resource = resource.qualified();
            let list = List { at: Some(revision), ..List::of(&resource) };
            // Of half of the objects it would take the other half for abandoned.
            for stored in server.store.list(&list).ok()?.items {
                collector.put(&stored);
                collector.mind_namespace(&stored.key);
            }
        }
        Some((collector, watch))
    }

    fn notice(&mut self, event: &Event) {
        match event.kind {
            EventKind::Added => {
                self.put(&event.object);
                self.mind_namespace(&event.object.key);
            }
            EventKind::Modified => self.put(&event.object),
            EventKind::Deleted => {
                self.graph.remove(&read(&event.object));
                if &*event.object.key.resource == "namespaces" {
                    self.gone.insert(event.object.key.name.to_string(), event.revision);
                }
            }
        }
    }

    /// An object can come into a namespace that goes in the same moment.
    fn mind_namespace(&mut self, key: &Key) {
        if !key.namespace.is_empty() && self.server.store.get(&ApiServer::namespace_key(&key.namespace)).is_none() {
            self.gone.entry(key.namespace.to_string()).or_default();
        }
    }

    fn put(&mut self, stored: &Stored) {
        let object = read(stored);
        self.graph.put(&stored.key, &object);
        if !meta::deleting(&object) {
            return;
        }
        match &*stored.key.resource {
            "namespaces" => {
                self.namespaces.insert(stored.key.name.to_string());
            }
            crd::RESOURCE => {
                self.definitions.insert(stored.key.name.to_string());
            }
            _ => {}
        }
    }

    /// Does what there is to do; what could not be done is looked at again after a pause.
    async fn work(&mut self) {
        let registry = self.server.registry();
        let actions = self.graph.actions(|version, kind| registry.of_kind(version, kind).is_some());
        let mut failed = false;
        let attempts = actions.into_iter().map(|action| {
            let server = self.server.clone();
            async move {
                let done = perform(&server, &action).await;
                (action, done.is_ok())
            }
        });
        let done: Vec<(Action, bool)> = futures::stream::iter(attempts).buffer_unordered(AT_ONCE).collect().await;
        for (action, _) in done.iter().filter(|(_, done)| !done) {
            self.graph.again(action);
            failed = true;
        }
        self.work_on_ends().await;
        if failed {
            sleep(PAUSE).await;
        }
    }

    /// Brings to an end what is being deleted with all that it holds.
    async fn work_on_ends(&mut self) {
        for name in std::mem::take(&mut self.namespaces) {
            if !ends::namespace(&self.server, &name).await {
                self.namespaces.insert(name);
            }
        }
        for name in std::mem::take(&mut self.definitions) {
            if !ends::definition(&self.server, &name).await {
                self.definitions.insert(name);
            }
        }
        for (name, revision) in std::mem::take(&mut self.gone) {
            ends::stragglers(&self.server, &name, revision).await;
        }
    }

    /// Removes Events that have had their time.
    async fn forget_events(&self) {
        let now = self.server.now();
        for stored in objects_of(&self.server, "events", None) {
            if is_old(&read(&stored), now) {
                // One that was written again in this moment is young.
                let _ = self.server.remove(&stored).await;
            }
        }
    }
}

/// The times that the server itself has written count: those of the Event are what its sender says.
fn is_old(event: &Value, now: Timestamp) -> bool {
    let metadata = &event["metadata"];
    let writes = metadata["managedFields"].as_array().into_iter().flatten().map(|entry| &entry["time"]);
    let times = writes.chain([&metadata["creationTimestamp"]]).filter_map(Value::as_str);
    let last = times.filter_map(|text| text.parse::<Timestamp>().ok()).max();
    last.is_none_or(|last| now.duration_since(last) > EVENT_LIFE)
}

fn read(stored: &Stored) -> Value {
    serde_json::from_slice(&stored.json).unwrap_or_default()
}

fn objects_of(server: &ApiServer, resource: &str, namespace: Option<&str>) -> Vec<Arc<Stored>> {
    let list = List { namespace, ..List::of(resource) };
    server.store.list(&list).map(|page| page.items).unwrap_or_default()
}

async fn perform(server: &ApiServer, action: &Action) -> Result<(), Failure> {
    let done = match action {
        Action::Delete(key, uid, propagation) => delete(server, key, uid, *propagation).await,
        Action::RemoveFinalizer(key, uid, finalizer) => {
            change(server, key, uid, |object| {
                let left = meta::finalizers(object).into_iter().filter(|name| name != finalizer);
                json!({ "finalizers": left.collect::<Vec<_>>() })
            })
            .await
        }
        Action::RemoveOwners(key, uid, owners) => {
            change(server, key, uid, |object| {
                let references = object["metadata"]["ownerReferences"].as_array();
                let left =
                    references.into_iter().flatten().filter(|owner| !owners.iter().any(|uid| owner["uid"] == **uid));
                json!({ "ownerReferences": left.collect::<Vec<_>>() })
            })
            .await
        }
    };
    match done {
        Err(failure) if failure.reason == "NotFound" => Ok(()),
        // Another of that name has taken its place.
        Err(failure)
            if failure.reason == "Conflict"
                && server.store.get(action.key()).is_none_or(|stored| meta::uid(&read(&stored)) != action.uid()) =>
        {
            Ok(())
        }
        done => done,
    }
}

impl Action {
    fn key(&self) -> &Key {
        let (Self::Delete(key, ..) | Self::RemoveFinalizer(key, ..) | Self::RemoveOwners(key, ..)) = self;
        key
    }

    fn uid(&self) -> &str {
        let (Self::Delete(_, uid, _) | Self::RemoveFinalizer(_, uid, _) | Self::RemoveOwners(_, uid, _)) = self;
        uid
    }
}

/// A request of our own for one object.
fn call(resource: &Arc<Resource>, key: &Key, subresource: Option<&str>) -> Call {
    Call {
        resource: Arc::clone(resource),
        at: Objects {
            group: resource.group.clone(),
            version: resource.version.clone(),
            plural: resource.plural.clone(),
            namespace: (!key.namespace.is_empty()).then(|| key.namespace.to_string()),
            name: Some(key.name.to_string()),
            subresource: subresource.map(str::to_owned),
        },
        options: Options::default(),
        manager: MANAGER.to_owned(),
        warnings: Vec::new(),
    }
}

fn resource_of(server: &ApiServer, key: &Key) -> Result<Arc<Resource>, Failure> {
    let registry = server.registry();
    let found = registry.stored().find(|resource| resource.qualified() == *key.resource).cloned();
    found.ok_or_else(|| Failure::not_found("", &key.resource, &key.name))
}

async fn delete(server: &ApiServer, key: &Key, uid: &str, propagation: Propagation) -> Result<(), Failure> {
    let call = call(&resource_of(server, key)?, key, None);
    let asked = Deletion { propagation: Some(propagation), uid: Some(uid.to_owned()), ..Deletion::default() };
    server.delete_object(&call, &key.name, &asked).await.map(drop)
}

/// Patches the metadata of an object as it is now.
async fn change(server: &ApiServer, key: &Key, uid: &str, metadata: impl Fn(&Value) -> Value) -> Result<(), Failure> {
    let resource = resource_of(server, key)?;
    let Some(stored) = server.store.get(key) else {
        return Ok(());
    };
    let mut metadata = metadata(&read(&stored));
    metadata["uid"] = uid.into();
    metadata["resourceVersion"] = stored.revision.to_string().into();
    let patch = json!({ "metadata": metadata }).to_string();
    let mut call = call(&resource, key, None);
    server.patch(&mut call, "application/merge-patch+json", patch.as_bytes()).await.map(drop)
}

#[cfg(test)]
mod tests;
