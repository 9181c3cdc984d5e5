//! CustomResourceDefinitions in the cluster.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::core::ApiResource;
use kube::runtime::conditions::is_crd_established;
use kube::runtime::wait::await_condition;
use kube::{Api, ResourceExt};
use serde_json::Value;

use super::Cluster;
use crate::error::Error;

impl Cluster {
    /// The CRD of that name, if there is one.
    ///
    /// # Errors
    /// When the request fails.
    pub async fn crd(&self, name: &str) -> Result<Option<Value>, Error> {
        match self.get(&ApiResource::erase::<CustomResourceDefinition>(&()), None, name).await {
            Ok(crd) => Ok(Some(crd)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Applies a CRD. What other field managers had in it is taken over: it must hold all that was there before.
    ///
    /// # Errors
    /// When the server refuses it.
    pub async fn apply_crd(&self, crd: &CustomResourceDefinition, try_only: bool) -> Result<Value, Error> {
        let resource = ApiResource::erase::<CustomResourceDefinition>(&());
        let object = serde_json::to_value(crd).map_err(|error| Error::Kubernetes(error.to_string()))?;
        self.apply(&resource, None, &object, true, try_only).await
    }

    /// Waits until the API server serves the CRD's kind.
    ///
    /// # Errors
    /// When it cannot be watched.
    pub async fn until_established(&self, crd: &CustomResourceDefinition) -> Result<(), Error> {
        let name = crd.name_any();
        let crds: Api<CustomResourceDefinition> = Api::all(self.client.clone());
        let established = await_condition(crds, &name, is_crd_established()).await;
        established.map(drop).map_err(|error| Error::Kubernetes(format!("waiting for {name}: {error}")))
    }
}
