//! Changing single fields, as imperative verbs do.

use kube::core::ApiResource;
use kube::core::params::{Patch, PatchParams};
use serde_json::Value;

use super::Cluster;
use crate::error::Error;

/// Under whose name something is written, and whether it is.
#[derive(Clone, Copy, Debug)]
pub struct Writing<'a> {
    /// The field manager.
    pub manager: &'a str,
    /// The server checks it and keeps nothing.
    pub try_only: bool,
}

impl Cluster {
    /// Merges `patch` into an object, or into its subresource of that name; the object as it is then. A
    /// `metadata.resourceVersion` in the patch is a precondition.
    ///
    /// # Errors
    /// When it is not there, is not what the precondition says, or the server refuses.
    pub async fn merge_patch(
        &self,
        resource: &ApiResource,
        namespace: Option<&str>,
        (name, subresource): (&str, Option<&str>),
        patch: &Value,
        writing: Writing<'_>,
    ) -> Result<Value, Error> {
        let mut params = PatchParams { field_manager: Some(writing.manager.to_owned()), ..PatchParams::default() };
        params.dry_run = writing.try_only;
        let params = if subresource.is_none() { params.validation_strict() } else { params };
        let patch = Patch::Merge(patch);
        let urls = self.request(resource, namespace);
        let request = match subresource {
            None => urls.patch(name, &params, &patch),
            Some(subresource) => urls.patch_subresource(subresource, name, &params, &patch),
        };
        self.send(resource, request).await
    }
}
