//! What the controller needs of a cluster before it starts.

use k8s_openapi::api::core::v1::Namespace;
use kube::api::PostParams;
use kube::core::ObjectMeta;
use kube::{Api, Client};

use super::Cluster;
use crate::api::Kind;
use crate::api::names::API_VERSION;
use crate::error::Error;

impl Cluster {
    /// A client of the cluster, for the controller.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Makes sure that the cluster knows all five kinds.
    ///
    /// # Errors
    /// Names the first kind it does not know.
    pub async fn require_crds(&self) -> Result<(), Error> {
        let missing = |kind: Kind| Error::NoResourceType(kind.plural().to_owned());
        let known = match self.client.list_api_group_resources(API_VERSION).await {
            Ok(list) => list.resources,
            Err(kube::Error::Api(status)) if status.code == 404 => return Err(missing(Kind::Artifact)),
            Err(error) => return Err(error.into()),
        };
        let unknown = Kind::ALL.into_iter().find(|kind| known.iter().all(|resource| resource.name != kind.plural()));
        unknown.map_or(Ok(()), |kind| Err(missing(kind)))
    }

    /// Makes sure that a namespace exists; tells whether it was created. Whoever may not look is taken to know.
    ///
    /// # Errors
    /// When it does not exist and cannot be created.
    pub async fn ensure_namespace(&self, name: &str) -> Result<bool, Error> {
        let api = Api::<Namespace>::all(self.client.clone());
        match api.get_opt(name).await {
            Ok(Some(_)) => return Ok(false),
            Ok(None) => {}
            Err(kube::Error::Api(status)) if status.is_forbidden() => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        let metadata = ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() };
        match api.create(&PostParams::default(), &Namespace { metadata, ..Namespace::default() }).await {
            Ok(_) => Ok(true),
            Err(kube::Error::Api(status)) if status.is_already_exists() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
