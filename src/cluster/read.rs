//! Reading objects as the server has them: raw JSON, nothing lost.

use http::Request;
use k8s_openapi::api::core::v1::Namespace;
use kube::ResourceExt;
use kube::core::params::{GetParams, ListParams};
use kube::core::{ApiResource, request};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Cluster;
use super::pages::Form;
use crate::api::names::label;
use crate::api::{Host, Kind};
use crate::error::Error;
use crate::plan::rollout::HostNames;

/// Objects per answer. The first answer comes from what the server has in memory, each that goes on with it from its
/// database, at several times the cost.
pub const CHUNK: u32 = 10_000;

/// Names that are enough for who completes a word.
const NAMES: u32 = 500;

/// Where objects are looked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// In one namespace.
    Namespace(String),
    /// In all namespaces.
    All,
}

impl Scope {
    /// The namespace, unless it is all of them.
    pub fn namespace(&self) -> Option<&str> {
        match self {
            Self::Namespace(namespace) => Some(namespace),
            Self::All => None,
        }
    }
}

/// Which objects are meant, by labels and fields; everything by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Label selector.
    pub labels: Option<String>,
    /// Field selector.
    pub fields: Option<String>,
}

impl Filter {
    /// Only the object of that name.
    pub fn named(name: &str) -> Self {
        Self { labels: None, fields: Some(format!("metadata.name={name}")) }
    }

    /// Only what belongs to the deployment of that name.
    pub fn of_deployment(name: &str) -> Self {
        Self { labels: Some(format!("{}={name}", label::WORKLOAD_DEPLOYMENT)), fields: None }
    }

    pub(super) fn list_params(&self) -> ListParams {
        ListParams { label_selector: self.labels.clone(), field_selector: self.fields.clone(), ..ListParams::default() }
    }
}

/// A page of a list, or all of one.
#[derive(Debug, Deserialize)]
pub struct Listing<T> {
    /// The objects.
    #[serde(default = "Vec::new")]
    pub items: Vec<T>,
}

/// What the server wrote makes no sense.
pub fn unreadable(error: serde_json::Error) -> Error {
    Error::Kubernetes(format!("the server's answer cannot be read: {error}"))
}

impl Cluster {
    /// One object.
    ///
    /// # Errors
    /// When it is not there, or the request fails.
    pub async fn get(&self, resource: &ApiResource, namespace: Option<&str>, name: &str) -> Result<Value, Error> {
        let request = self.request(resource, namespace).get(name, &GetParams::default());
        self.ask(resource, request).await
    }

    /// All objects that the filter lets through, read in chunks.
    ///
    /// # Errors
    /// When a request fails.
    pub async fn list<T: DeserializeOwned>(
        &self,
        resource: &ApiResource,
        scope: &Scope,
        filter: &Filter,
    ) -> Result<Vec<T>, Error> {
        self.list_by(resource, scope, filter, CHUNK).await
    }

    /// The same, with that many objects per answer; 0 is all in one.
    ///
    /// # Errors
    /// When a request fails.
    pub async fn list_by<T: DeserializeOwned>(
        &self,
        resource: &ApiResource,
        scope: &Scope,
        filter: &Filter,
        chunk: u32,
    ) -> Result<Vec<T>, Error> {
        let mut pages = self.pages(resource, scope, filter, (Form::Objects, chunk));
        let mut items = Vec::new();
        while let Some(page) = pages.recv().await {
            let text = page?.text(|| items.clear());
            let listing: Listing<T> = serde_json::from_str(&text).map_err(unreadable)?;
            items.extend(listing.items);
        }
        Ok(items)
    }

    /// Names of some objects: as many as one answer has, with nothing else of them.
    ///
    /// # Errors
    /// When the request fails.
    pub async fn names(&self, resource: &ApiResource, scope: &Scope) -> Result<Vec<String>, Error> {
        let api = self.dynamic(resource, scope.namespace());
        let list = api.list_metadata(&ListParams::default().limit(NAMES)).await?;
        Ok(list.items.iter().map(ResourceExt::name_any).collect())
    }

    /// Names of some namespaces.
    ///
    /// # Errors
    /// When the request fails.
    pub async fn namespaces(&self) -> Result<Vec<String>, Error> {
        self.names(&ApiResource::erase::<Namespace>(&()), &Scope::All).await
    }

    /// All Hosts, wherever the controller keeps them.
    ///
    /// # Errors
    /// When a request fails.
    pub async fn hosts(&self) -> Result<Vec<Host>, Error> {
        self.list(&Kind::Host.api_resource(), &Scope::All, &Filter::default()).await
    }

    /// Names of all Hosts by their ids; none for who may not read them, since ids will do.
    pub async fn host_names(&self) -> HostNames {
        self.hosts().await.unwrap_or_default().into_iter().map(|host| (host.host_id.clone(), host.name_any())).collect()
    }

    /// What the server says its version is.
    ///
    /// # Errors
    /// When the request fails.
    pub async fn server_version(&self) -> Result<Value, Error> {
        let request = Request::get("/version").body(Vec::new());
        let request = request.map_err(|error| Error::Kubernetes(error.to_string()))?;
        Ok(self.client.request(request).await?)
    }

    pub(super) fn request(&self, resource: &ApiResource, namespace: Option<&str>) -> request::Request {
        request::Request::new(self.dynamic(resource, namespace).resource_url())
    }

    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        resource: &ApiResource,
        request: Result<Request<Vec<u8>>, request::Error>,
    ) -> Result<T, Error> {
        let request = request.map_err(|error| Error::Kubernetes(error.to_string()))?;
        self.client.request(request).await.map_err(|error| Error::from(error).for_type(&resource.plural))
    }
}
