//! Server-side apply.

use clap::ValueEnum;
use http::{Request, Response};
use kube::client::Body;
use kube::core::params::{Patch, PatchParams, PostParams};
use kube::core::{ApiResource, Status, request};
use serde_json::{Value, json};

use super::{Cluster, Writing};
use crate::api::names::field_manager;
use crate::error::Error;
use crate::plan::ownership::{Yielding, conflicts, handed_over};

/// How often a hand-over is tried on an object that others write meanwhile.
const HAND_OVER_ATTEMPTS: u32 = 5;

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

/// What the server does about fields that it does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Validation {
    /// It refuses the object.
    #[default]
    #[value(alias = "true")]
    Strict,
    /// It warns, and drops them.
    Warn,
    /// It drops them.
    #[value(alias = "false")]
    Ignore,
}

/// Under whose name objects are applied, and how.
#[derive(Clone, Copy, Debug)]
pub struct Applying<'a> {
    /// The field manager.
    pub manager: &'a str,
    /// Fields of others are taken over.
    pub force: bool,
    /// What becomes of fields that the server does not know.
    pub validation: Validation,
    /// The server checks it and keeps nothing.
    pub try_only: bool,
}

impl Default for Applying<'_> {
    fn default() -> Self {
        Self { manager: field_manager::KUBECTL, force: false, validation: Validation::Strict, try_only: false }
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
        self.apply_as(resource, namespace, object, Applying { force, try_only, ..Applying::default() }).await
    }

    /// Applies an object.
    ///
    /// # Errors
    /// As [`Cluster::apply`].
    pub async fn apply_as(
        &self,
        resource: &ApiResource,
        namespace: Option<&str>,
        object: &Value,
        how: Applying<'_>,
    ) -> Result<Value, Error> {
        let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
        let params = PatchParams { force: how.force, dry_run: how.try_only, ..PatchParams::apply(how.manager) };
        let request = self.request(resource, namespace).patch(name, &params, &Patch::Apply(object));
        self.send(resource, request.map(|request| validated(request, how.validation))).await
    }

    /// Applies an object; those who yield give way field by field, and nobody else unless it is forced. What `kubectl
    /// apply` wrote is to be [handed over](Cluster::hand_over) before.
    ///
    /// # Errors
    /// As [`Cluster::apply`].
    pub async fn apply_over(
        &self,
        resource: &ApiResource,
        namespace: Option<&str>,
        object: &Value,
        how: Applying<'_>,
        yielding: &Yielding,
    ) -> Result<Value, Error> {
        match self.apply_as(resource, namespace, object, how).await {
            Err(Error::Api(status)) if !how.force => {
                let conflicts = conflicts(&status);
                if conflicts.is_empty() || !yielding.left(conflicts).is_empty() {
                    return Err(Error::Api(status));
                }
                self.apply_as(resource, namespace, object, Applying { force: true, ..how }).await
            }
            outcome => outcome,
        }
    }

    /// Makes what `kubectl apply` wrote of an object the manager's own, so that what is applied no more goes away.
    ///
    /// # Errors
    /// When the server refuses, or the object changes all the time.
    pub async fn hand_over(
        &self,
        resource: &ApiResource,
        namespace: Option<&str>,
        live: &Value,
        manager: &str,
    ) -> Result<(), Error> {
        let name = live.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
        let mut live = live.clone();
        let mut attempts = 0;
        while let Some(entries) = handed_over(&live, manager) {
            let version = &live["metadata"]["resourceVersion"];
            let patch = json!({"metadata": {"managedFields": entries, "resourceVersion": version}});
            let writing = Writing { manager, try_only: false };
            attempts += 1;
            match self.merge_patch(resource, namespace, (name, None), &patch, writing).await {
                Err(Error::Api(status)) if status.is_conflict() && attempts < HAND_OVER_ATTEMPTS => {
                    live = self.get(resource, namespace, name).await?;
                }
                outcome => return outcome.map(drop),
            }
        }
        Ok(())
    }

    /// Has the server check an object under another name, because its own namespace is not there yet, or because it is
    /// there itself; the object that would be made of it.
    ///
    /// # Errors
    /// When the server refuses it.
    pub async fn try_elsewhere(
        &self,
        resource: &ApiResource,
        namespace: Option<&str>,
        object: &Value,
        how: Applying<'_>,
    ) -> Result<Value, Error> {
        let mut object = object.clone();
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove("name");
            metadata.remove("namespace");
            metadata.insert("generateName".to_owned(), "kubectl-wasmcloud-".into());
        }
        let params = PostParams { dry_run: true, field_manager: Some(how.manager.to_owned()) };
        let body = serde_json::to_vec(&object).map_err(|error| Error::Kubernetes(error.to_string()))?;
        let request = self.request(resource, namespace).create(&params, body);
        self.send(resource, request.map(|request| validated(request, how.validation))).await
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
pub(super) fn validated(mut request: Request<Vec<u8>>, validation: Validation) -> Request<Vec<u8>> {
    let word = match validation {
        Validation::Strict => "Strict",
        Validation::Warn => "Warn",
        Validation::Ignore => "Ignore",
    };
    if let Ok(uri) = format!("{}&fieldValidation={word}", request.uri()).parse() {
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
