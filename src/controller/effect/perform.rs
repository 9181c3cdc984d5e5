//! Doing what was decided.

mod pods;
mod slices;

use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt};
use futures::stream::StreamExt;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams, Preconditions};
use kube::core::Request;
use kube::{Api, Client, Resource};
use serde_json::Value;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use super::read_config::{Reader, Unread};
use super::{Effect, Refusal, Reply, Version};
use crate::api::Kind;
use crate::api::names::field_manager;
use crate::controller::config::{self, ConfigRef, DigestKey, Subject};
use crate::controller::events::recorder::Announcer;
use crate::controller::metrics::Metrics;
use crate::controller::narrate;
use crate::controller::objects::{ObjectKey, Raw, Workload, is_foreground};
use crate::hosts::wire::WorkloadStatus;
use crate::hosts::{BusError, HostBus};
use crate::registry::Registry;

/// Writes in flight at once: enough to keep an API server busy, few enough to be fair.
pub const WRITES_AT_ONCE: usize = 24;

/// The only writer of the controller.
pub struct Performer {
    client: Client,
    bus: Arc<dyn HostBus>,
    leading: watch::Receiver<bool>,
    writes: Semaphore,
    reader: Reader,
    registry: Arc<dyn Registry>,
    metrics: Arc<Metrics>,
    announcer: Announcer,
}

impl Performer {
    /// A writer through that client and that bus, while `leading` says so.
    pub fn new(
        client: Client,
        bus: Arc<dyn HostBus>,
        leading: watch::Receiver<bool>,
        metrics: Arc<Metrics>,
        announcer: Announcer,
        registry: Arc<dyn Registry>,
    ) -> Self {
        let reader = Reader::new(client.clone(), DigestKey::default());
        Self { client, bus, leading, writes: Semaphore::new(WRITES_AT_ONCE), reader, registry, metrics, announcer }
    }

    /// Does one thing after the other; the first refusal ends it.
    pub async fn perform(&self, effects: &[Effect]) -> Vec<Reply> {
        let mut replies = Vec::new();
        for effect in effects {
            let mut next = self.perform_one(effect).await;
            let refused = next.iter().any(|reply| matches!(reply, Reply::Refused(_) | Reply::Config(_)));
            replies.append(&mut next);
            if refused {
                break;
            }
        }
        replies
    }

    async fn perform_one(&self, effect: &Effect) -> Vec<Reply> {
        match effect {
            Effect::Create { kind, objects } => narrate::created(self.create_all(*kind, objects).await),
            Effect::Patch { kind, key, patch, status } => {
                let reply = self.patch(*kind, key, patch, *status).await;
                vec![if *status { reply } else { narrate::patched(*kind, key, patch, reply) }]
            }
            Effect::Apply { kind, key, object, status } => {
                let made = !status && object["metadata"]["uid"].is_null();
                let replies = vec![self.apply(*kind, key, object, *status).await];
                if made { narrate::created(replies) } else { replies }
            }
            Effect::Delete { kind, objects } => {
                let deletions = objects.iter().map(|object| self.delete(*kind, object).boxed());
                narrate::deleted(all(deletions.collect()).await)
            }
            Effect::ReadOwner { kind, key, uid } => vec![self.read_owner(*kind, key, uid.clone()).await],
            Effect::Start { host, workload } => narrate::started(host, workload, self.start(host, workload).await),
            Effect::ResolveDigest { image, secret } => vec![self.resolve(image, secret.as_ref()).await],
            Effect::ReadConfig(configs) => vec![Reply::Read(self.reader.read(configs.clone()).await)],
            Effect::Ask { host, id } => vec![Reply::Host(about(id, self.bus.status(host, id).await))],
            Effect::Stop { .. } if !self.leads() => vec![Reply::Refused(Refusal::NotLeading)],
            Effect::Stop { host, id } => {
                vec![narrate::stopped(host, id, Reply::Host(about(id, self.bus.stop(host, id).await)))]
            }
            Effect::Slices(writes) => self.write_slices(writes.clone()).await,
            Effect::PatchPod { key, patch } => vec![self.patch_pod(key, patch).await],
            Effect::Probe { host } => vec![Reply::Heartbeat(self.bus.probe(host).await.map(Box::new))],
            Effect::Announce(announcement) => {
                self.announcer.announce(announcement.clone());
                Vec::new()
            }
        }
    }

    /// Batches of 1, 2, 4, …: when a quota or a webhook refuses, it is one useless call and not a thousand.
    async fn create_all(&self, kind: Kind, mut rest: &[Value]) -> Vec<Reply> {
        let (mut replies, mut batch) = (Vec::new(), 1);
        while !rest.is_empty() {
            let (now, later) = rest.split_at(batch.min(rest.len()));
            rest = later;
            let mut next = all(now.iter().map(|object| self.create(kind, object).boxed()).collect()).await;
            let refused = next.iter().any(|reply| matches!(reply, Reply::Refused(_)));
            replies.append(&mut next);
            if refused {
                break;
            }
            batch *= 2;
        }
        replies
    }

    async fn create(&self, kind: Kind, object: &Value) -> Reply {
        let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default();
        let key = ObjectKey::new(text("namespace"), text("name"));
        let Some(_turn) = self.turn(kind.name(), "create").await else { return Reply::Refused(Refusal::NotLeading) };
        let params = PostParams { field_manager: Some(field_manager::CONTROLLER.to_owned()), ..PostParams::default() };
        let collection = Request::new(Raw::url_path(&kind.api_resource(), Some(&key.namespace)));
        let request = match collection.create(&params, object.to_string().into_bytes()) {
            Ok(request) => request,
            Err(error) => return Reply::Refused(Refusal::Other(error.to_string())),
        };
        match self.client.request::<Raw>(request).await {
            Ok(created) => Reply::Written(kind, Box::new(created)),
            Err(kube::Error::Api(status)) if status.is_already_exists() => self.read(kind, &key).await,
            Err(error) => Reply::Refused(refusal(&error)),
        }
    }

    /// Names are deterministic: what exists already is what was to be created, made by us and not seen yet.
    async fn read(&self, kind: Kind, key: &ObjectKey) -> Reply {
        match self.api(kind, key).get(&key.name).await {
            Ok(object) => Reply::Written(kind, Box::new(object)),
            Err(error) => Reply::Refused(refusal(&error)),
        }
    }

    async fn patch(&self, kind: Kind, key: &ObjectKey, patch: &Value, status: bool) -> Reply {
        let verb = if status { "patch status" } else { "patch" };
        let Some(_turn) = self.turn(kind.name(), verb).await else { return Reply::Refused(Refusal::NotLeading) };
        let params =
            PatchParams { field_manager: Some(field_manager::CONTROLLER.to_owned()), ..PatchParams::default() };
        let (api, patch) = (self.api(kind, key), Patch::Merge(patch));
        let written = match status {
            true => api.patch_status(&key.name, &params, &patch).await,
            false => api.patch(&key.name, &params, &patch).await,
        };
        match written {
            Ok(object) => left_or_gone(kind, object),
            Err(error) => Reply::Refused(refusal(&error)),
        }
    }

    async fn apply(&self, kind: Kind, key: &ObjectKey, object: &Value, status: bool) -> Reply {
        let verb = if status { "apply status" } else { "apply" };
        let Some(_turn) = self.turn(kind.name(), verb).await else { return Reply::Refused(Refusal::NotLeading) };
        let params = PatchParams::apply(field_manager::UPSTREAM_HOST).force();
        let (api, object) = (self.api(kind, key), Patch::Apply(object));
        let written = match status {
            true => api.patch_status(&key.name, &params, &object).await,
            false => api.patch(&key.name, &params, &object).await,
        };
        match written {
            Ok(object) => Reply::Written(kind, Box::new(object)),
            Err(error) => Reply::Refused(refusal(&error)),
        }
    }

    async fn delete(&self, kind: Kind, object: &Version) -> Reply {
        let Some(_turn) = self.turn(kind.name(), "delete").await else { return Reply::Refused(Refusal::NotLeading) };
        let preconditions =
            Preconditions { uid: Some(object.uid.clone()), resource_version: Some(object.resource_version.clone()) };
        let params = DeleteParams::background().preconditions(preconditions);
        let gone = || Reply::Removed(kind, object.key.clone(), object.uid.clone());
        match self.api(kind, &object.key).delete(&object.key.name, &params).await {
            Ok(answer) => match answer.left().filter(has_finalizers) {
                Some(left) => Reply::Written(kind, Box::new(left)),
                None => gone(),
            },
            Err(kube::Error::Api(status)) if status.is_not_found() => gone(),
            Err(error) => Reply::Refused(refusal(&error)),
        }
    }

    async fn read_owner(&self, kind: Kind, key: &ObjectKey, uid: String) -> Reply {
        match self.api(kind, key).get_metadata_opt(&key.name).await {
            Ok(Some(owner)) if owner.metadata.uid.as_deref() == Some(&uid) => {
                if is_foreground(&owner.metadata) {
                    Reply::OwnerGone(uid)
                } else {
                    Reply::OwnerThere
                }
            }
            Ok(_) => Reply::OwnerGone(uid),
            Err(error) => Reply::Refused(refusal(&error)),
        }
    }

    /// What was read for it comes before what became of it.
    async fn start(&self, host: &str, workload: &Workload) -> Vec<Reply> {
        let (sources, readings) = match self.reader.sources(workload).await {
            Ok(read) => read,
            Err(Unread::Unusable(problem)) => return vec![Reply::Config(problem)],
            Err(Unread::Failed(words)) => return vec![Reply::Refused(Refusal::Other(words))],
        };
        let told = match config::start_request(&Subject::of(workload), &sources) {
            Ok(_) if !self.leads() => Reply::Refused(Refusal::NotLeading),
            Ok(request) => {
                let sent = Instant::now();
                let answer = self.bus.start(host, &request).await;
                self.metrics.started(sent.elapsed());
                Reply::Host(about(&request.workload_id, answer))
            }
            Err(problem) => Reply::Config(problem),
        };
        vec![Reply::Read(readings), told]
    }

    async fn resolve(&self, image: &str, secret: Option<&ConfigRef>) -> Reply {
        if !*self.leading.borrow() {
            return Reply::Refused(Refusal::NotLeading);
        }
        let credentials = match secret {
            Some(secret) => match self.reader.credentials(secret, image).await {
                Ok(credentials) => Some(credentials),
                Err(Unread::Unusable(problem)) => return Reply::Digest(Err(problem.into())),
                Err(Unread::Failed(words)) => return Reply::Refused(Refusal::Other(words)),
            },
            None => None,
        };
        Reply::Digest(self.registry.digest(image, credentials.as_ref()).await.map_err(Into::into))
    }

    /// Waits for a turn to write, and makes sure that we are still in charge when it comes.
    async fn turn(&self, kind: &'static str, verb: &'static str) -> Option<tokio::sync::SemaphorePermit<'_>> {
        let permit = self.writes.acquire().await.ok()?;
        if !self.leads() {
            return None;
        }
        self.metrics.wrote(kind, verb);
        Some(permit)
    }

    /// Asked right before each request that changes something: while others were waited for, the lead may have been lost.
    fn leads(&self) -> bool {
        *self.leading.borrow()
    }

    fn api(&self, kind: Kind, key: &ObjectKey) -> Api<Raw> {
        Api::namespaced_with(self.client.clone(), &key.namespace, &kind.api_resource())
    }
}

/// Several writes of one turn at once.
async fn all(writes: Vec<BoxFuture<'_, Reply>>) -> Vec<Reply> {
    futures::stream::iter(writes).buffer_unordered(WRITES_AT_ONCE).collect().await
}

/// What the answer to a patch says of an object: one that is being deleted and has no finalizer any more is gone. That answer
/// carries the version before, so that it would pass for old news.
fn left_or_gone(kind: Kind, object: Raw) -> Reply {
    let metadata = &object.metadata;
    if metadata.deletion_timestamp.is_some() && !has_finalizers(&object) {
        return Reply::Removed(kind, ObjectKey::of(metadata), metadata.uid.clone().unwrap_or_default());
    }
    Reply::Written(kind, Box::new(object))
}

fn has_finalizers(object: &Raw) -> bool {
    object.metadata.finalizers.as_ref().is_some_and(|all| !all.is_empty())
}

/// A host that answers for another workload says nothing about the one that was asked for.
fn about(id: &str, answer: Result<WorkloadStatus, BusError>) -> Result<WorkloadStatus, BusError> {
    match answer {
        Ok(status) if !status.workload_id.is_empty() && status.workload_id != id => {
            Err(BusError::Malformed(format!("it speaks of workload {}, not of {id}", status.workload_id)))
        }
        answer => answer,
    }
}

fn refusal(error: &kube::Error) -> Refusal {
    match error {
        kube::Error::Api(status) if status.is_conflict() => Refusal::Conflict,
        kube::Error::Api(status) if status.is_not_found() => Refusal::NotFound,
        kube::Error::Api(status) => Refusal::Other(status.message.clone()),
        other => Refusal::Other(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controller::fixtures::{dynamic, workload};

    #[test]
    fn what_is_being_deleted_and_has_no_finalizer_left_is_gone() {
        let without = |object: crate::controller::fixtures::Object| {
            let mut value = object.value();
            value["metadata"]["finalizers"] = serde_json::json!([]);
            left_or_gone(Kind::Workload, dynamic(&value))
        };
        assert!(
            matches!(without(workload("w").terminating()), Reply::Removed(Kind::Workload, key, _) if key.name == "w")
        );
        assert!(matches!(without(workload("w")), Reply::Written(..)), "it stays, whatever was taken off it");
        let ends = left_or_gone(Kind::Workload, dynamic(&workload("w").terminating().value()));
        assert!(matches!(ends, Reply::Written(..)), "others hold it");
    }
}
