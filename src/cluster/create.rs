//! Making objects that must not be there yet.

use kube::core::ApiResource;
use kube::core::params::PostParams;
use serde_json::Value;

use super::Cluster;
use super::apply::{Validation, validated};
use super::patch::Writing;
use crate::error::Error;

impl Cluster {
    /// Makes an object; the object as it is then.
    ///
    /// # Errors
    /// When there is one of its name, or the server refuses it.
    pub async fn create(
        &self,
        resource: &ApiResource,
        namespace: Option<&str>,
        object: &Value,
        writing: Writing<'_>,
    ) -> Result<Value, Error> {
        let params = PostParams { dry_run: writing.try_only, field_manager: Some(writing.manager.to_owned()) };
        let body = serde_json::to_vec(object).map_err(|error| Error::Kubernetes(error.to_string()))?;
        let request = self.request(resource, namespace).create(&params, body);
        self.send(resource, request.map(|request| validated(request, Validation::Strict))).await
    }
}
