//! Writing EndpointSlices.

use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams, Preconditions};
use serde_json::Value;

use super::{Performer, refusal};
use crate::api::names::field_manager;
use crate::controller::effect::{Refusal, Reply, Version};
use crate::controller::objects::ObjectKey;
use crate::controller::routes::plan::SliceWrite;
use crate::controller::routes::slice::{Slice, belongs_to};

/// What writes of slices are counted as.
const KIND: &str = "EndpointSlice";

impl Performer {
    /// Writes one slice after the other. One that is refused does not hold up the others.
    pub(super) async fn write_slices(&self, writes: Vec<SliceWrite>) -> Vec<Reply> {
        let mut replies = Vec::with_capacity(writes.len());
        for write in writes {
            replies.push(match write {
                SliceWrite::Create(slice) => self.create_slice(*slice).await,
                SliceWrite::Patch(key, patch) => self.patch_slice(&key, &patch).await,
                SliceWrite::Delete(slice) => self.delete_slice(slice).await,
            });
        }
        replies
    }

    async fn create_slice(&self, slice: EndpointSlice) -> Reply {
        let Some(_turn) = self.turn(KIND, "create").await else { return Reply::Refused(Refusal::NotLeading) };
        let params = PostParams { field_manager: Some(field_manager::CONTROLLER.to_owned()), ..PostParams::default() };
        let key = ObjectKey::of(&slice.metadata);
        let api = self.slices(&key);
        match api.create(&params, &slice).await {
            Err(kube::Error::Api(status)) if status.is_already_exists() => {
                let there = api.get(&key.name).await;
                there.map_or_else(|error| refused(&error), |there| mine_or_not(there, &Slice::of(slice).service))
            }
            answer => answer.map_or_else(|error| refused(&error), written),
        }
    }

    async fn patch_slice(&self, key: &ObjectKey, patch: &Value) -> Reply {
        let Some(_turn) = self.turn(KIND, "patch").await else { return Reply::Refused(Refusal::NotLeading) };
        let field_manager = Some(field_manager::CONTROLLER.to_owned());
        let params = PatchParams { field_manager, ..PatchParams::default() };
        let answer = self.slices(key).patch(&key.name, &params, &Patch::Merge(patch)).await;
        answer.map_or_else(|error| refused(&error), written)
    }

    async fn delete_slice(&self, slice: Version) -> Reply {
        let Some(_turn) = self.turn(KIND, "delete").await else { return Reply::Refused(Refusal::NotLeading) };
        let Version { key, uid, resource_version } = slice;
        let preconditions = Preconditions { uid: Some(uid.clone()), resource_version: Some(resource_version) };
        let params = DeleteParams::background().preconditions(preconditions);
        match self.slices(&key).delete(&key.name, &params).await {
            Ok(answer) => match answer.left() {
                Some(left) if left.metadata.finalizers.as_ref().is_some_and(|all| !all.is_empty()) => written(left),
                _ => Reply::SliceGone(key, uid),
            },
            Err(kube::Error::Api(status)) if status.is_not_found() => Reply::SliceGone(key, uid),
            Err(error) => refused(&error),
        }
    }

    fn slices(&self, key: &ObjectKey) -> Api<EndpointSlice> {
        Api::namespaced(self.client.clone(), &key.namespace)
    }
}

fn written(slice: EndpointSlice) -> Reply {
    Reply::Slice(Box::new(Slice::of(slice)))
}

/// A slice that somebody took our label from is taken back; one of somebody else is left alone.
fn mine_or_not(there: EndpointSlice, service: &str) -> Reply {
    if belongs_to(&there.metadata, service) {
        return written(there);
    }
    let name = there.metadata.name.as_deref().unwrap_or_default();
    let words = format!("an EndpointSlice \"{name}\" exists that is not of this Service; delete it or rename it");
    Reply::Refused(Refusal::Denied(words))
}

fn refused(error: &kube::Error) -> Reply {
    Reply::Refused(match error {
        kube::Error::Api(status) if status.is_forbidden() || status.is_invalid() => {
            Refusal::Denied(status.message.clone())
        }
        other => refusal(other),
    })
}
