//! Server-side apply.

use clap::ValueEnum;
use http::{Request, Response};
use kube::client::Body;
use kube::core::params::{Patch, PatchParams, PostParams};
use kube::core::{ApiResource, Status, request};
use serde_json::Value;

use super::Cluster;
use crate::api::names::field_manager;
use crate::error::Error;

/// How much of a change is only tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DryRun {
    /// Nothing is: it is done.
    #[default]
    None,
    /// Nothing is sent that could change anything.
    Client,
    /// The server checks everything and keeps nothing.
    Server,
}

impl DryRun {
    /// What kubectl appends to its lines.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Client => " (dry run)",
            Self::Server => " (server dry run)",
        }
    }
}

impl Cluster {
    /// Applies an object under our field manager; `try_only` asks the server to check it and keep nothing.
    ///
    /// # Errors
    /// When the server refuses it: unknown fields, invalid values, conflicts with other field managers.
    pub async fn apply(
        &self,
        resource: &ApiResource,
        namespace: Option<&str>,
        object: &Value,
        force: bool,
        try_only: bool,
    ) -> Result<Value, Error> {
        let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
        let mut params = PatchParams::apply(field_manager::KUBECTL).validation_strict();
        params.force = force;
        params.dry_run = try_only;
        let request = self.request(resource, namespace).patch(name, &params, &Patch::Apply(object));
        self.send(resource, request).await
    }

    /// Has the server check an object in another namespace and under another name, because its own namespace is not
    /// there yet.
    ///
    /// # Errors
    /// When the server refuses it.
    pub async fn try_elsewhere(&self, resource: &ApiResource, namespace: &str, object: &Value) -> Result<(), Error> {
        let mut object = object.clone();
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("name");
            metadata.remove("namespace");
            metadata.insert("generateName".to_owned(), "kubectl-wasmcloud-".into());
        }
        let params = PostParams { dry_run: true, field_manager: Some(field_manager::KUBECTL.to_owned()) };
        let body = serde_json::to_vec(&object).map_err(|error| Error::Kubernetes(error.to_string()))?;
        let request = self.request(resource, Some(namespace)).create(&params, body);
        self.send(resource, request.map(strictly)).await.map(drop)
    }

    pub(super) async fn send(
        &self,
        resource: &ApiResource,
        request: Result<Request<Vec<u8>>, request::Error>,
    ) -> Result<Value, Error> {
        let request = request.map_err(|error| Error::Kubernetes(error.to_string()))?;
        let response = self.client.send(request.map(Body::from)).await?;
        read_applied(response).await.map_err(|error| error.for_type(&resource.plural))
    }
}

/// kube's client has field validation for patches only.
pub(super) fn strictly(mut request: Request<Vec<u8>>) -> Request<Vec<u8>> {
    let strict = format!("{}&fieldValidation=Strict", request.uri());
    if let Ok(uri) = strict.parse() {
        *request.uri_mut() = uri;
    }
    request
}

/// An answer that is no Status, as proxies and odd refusals give it, keeps its words; kube's own methods would drop them.
async fn read_applied(response: Response<Body>) -> Result<Value, Error> {
    let code = response.status();
    let bytes = response.into_body().collect_bytes().await?;
    if code.is_success() {
        return serde_json::from_slice(&bytes).map_err(|error| Error::Kubernetes(error.to_string()));
    }
    let status = serde_json::from_slice::<Status>(&bytes)
        .unwrap_or_else(|_| Status::failure(String::from_utf8_lossy(&bytes).trim(), "").with_code(code.as_u16()));
    Err(kube::Error::Api(status.boxed()).into())
}
