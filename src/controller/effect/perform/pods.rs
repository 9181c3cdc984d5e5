//! Writing host Pods.

use kube::Api;
use kube::api::{ApiResource, Patch, PatchParams};
use serde_json::Value;

use super::{Performer, refusal};
use crate::api::names::field_manager;
use crate::controller::effect::{Refusal, Reply};
use crate::controller::objects::ObjectKey;
use crate::controller::pods::{Brought, Pod};

/// What writes of Pods are counted as.
const KIND: &str = "Pod";

impl Performer {
    /// Merge-patches a Pod's metadata.
    pub(super) async fn patch_pod(&self, key: &ObjectKey, patch: &Value) -> Reply {
        let Some(_turn) = self.turn(KIND, "patch").await else { return Reply::Refused(Refusal::NotLeading) };
        let field_manager = Some(field_manager::CONTROLLER.to_owned());
        let params = PatchParams { field_manager, ..PatchParams::default() };
        let resource = ApiResource::erase::<k8s_openapi::api::core::v1::Pod>(&());
        let api: Api<Brought> = Api::namespaced_with(self.client.clone(), &key.namespace, &resource);
        match api.patch(&key.name, &params, &Patch::Merge(patch)).await {
            Ok(pod) => Reply::Pod(Box::new(Pod::of(pod))),
            Err(kube::Error::Api(status)) if status.is_forbidden() || status.is_invalid() => {
                Reply::Refused(Refusal::Denied(status.message.clone()))
            }
            Err(error) => Reply::Refused(refusal(&error)),
        }
    }
}
