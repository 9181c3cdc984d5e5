//! What writing a CustomResourceDefinition or a namespace means to the server itself.

use serde_json::{Value, json};

use super::{Call, Written};
use crate::local::api::failure::Failure;
use crate::local::api::path::Objects;
use crate::local::api::resource::Resource;
use crate::local::api::{ApiServer, crd, meta};
use crate::local::store::List;

/// Holds a definition until its objects are gone.
pub(in crate::local) const CLEANUP: &str = "customresourcecleanup.apiextensions.k8s.io";
/// Who makes namespaces on first use.
const MANAGER: &str = "kubectl-wasmcloud-local";

/// A new definition waits, at its end, for its objects to go.
pub(super) fn before_create(call: &Call, object: &mut Value) {
    if is_definition(&call.resource) {
        let mut finalizers: Vec<String> = meta::finalizers(object).into_iter().map(str::to_owned).collect();
        if !finalizers.iter().any(|name| name == CLEANUP) {
            finalizers.push(CLEANUP.to_owned());
        }
        meta::set_finalizers(object, &finalizers);
    }
}

fn is_definition(resource: &Resource) -> bool {
    !resource.custom && resource.qualified() == crd::RESOURCE
}

impl ApiServer {
    /// Gives a definition its status: what the server makes of its names.
    pub(super) fn finish_crd(&self, call: &Call, object: &mut Value) -> Result<(), Failure> {
        if !is_definition(&call.resource) || meta::deleting(object) {
            return Ok(());
        }
        let others = self.definitions(meta::name(object))?;
        object["status"] = crd::crd_status(object, &others, self.now());
        Ok(())
    }

    /// All definitions but one.
    fn definitions(&self, but: &str) -> Result<Vec<Value>, Failure> {
        let list = List { resource: crd::RESOURCE, namespace: None, at: None, after: None, limit: None };
        let page = self.store.list(&list).map_err(|error| super::unkept(&error.to_string()))?;
        let others = page.items.iter().filter(|stored| &*stored.key.name != but);
        others
            .map(|stored| serde_json::from_slice(&stored.json).map_err(|error| super::unkept(&error.to_string())))
            .collect()
    }

    /// Puts into effect what was written.
    pub(super) fn noticed(&self, resource: &Resource, object: &Value, gone: bool) {
        if is_definition(resource) {
            if gone { self.undefine(object) } else { self.define(object) }
        }
    }

    /// Makes sure that an object may be made in its namespace; makes the namespace on first use.
    ///
    /// # Errors
    /// 403 when the namespace is being deleted.
    pub(super) async fn enter_namespace(&self, call: &Call, name: &str) -> Result<(), Failure> {
        if !call.resource.namespaced {
            return Ok(());
        }
        let namespace = call.namespace();
        if let Some(stored) = self.store.get(&Self::namespace_key(namespace)) {
            let leaving = is_leaving(&stored.json);
            return if leaving { Err(terminating(call, namespace, name)) } else { Ok(()) };
        }
        if call.options.dry_run {
            return Ok(());
        }
        match self.make_namespace(namespace).await {
            Err(failure) if failure.reason == "AlreadyExists" => Ok(()),
            done => done.map(drop),
        }
    }

    /// Creates a namespace.
    pub(in crate::local) async fn make_namespace(&self, name: &str) -> Result<Written, Failure> {
        let registry = self.registry();
        let resource =
            registry.find("", "v1", "namespaces").ok_or_else(|| Failure::not_found("", "namespaces", name))?;
        let at = Objects { version: "v1".to_owned(), plural: "namespaces".to_owned(), ..Objects::default() };
        let mut call = Call {
            resource: resource.clone(),
            at,
            options: crate::local::api::options::Options::default(),
            manager: MANAGER.to_owned(),
            warnings: Vec::new(),
        };
        let object = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
        Box::pin(self.create_object(&mut call, object, None)).await
    }
}

/// Whether a stored namespace is being deleted.
fn is_leaving(json: &[u8]) -> bool {
    serde_json::from_slice::<Value>(json).is_ok_and(|namespace| meta::deleting(&namespace))
}

fn terminating(call: &Call, namespace: &str, name: &str) -> Failure {
    let resource = call.resource.qualified();
    let why = format!("namespace {namespace} because it is being terminated");
    let message = format!("{resource} \"{name}\" is forbidden: unable to create new content in {why}");
    let mut failure = Failure::new(http::StatusCode::FORBIDDEN, "Forbidden", message);
    failure = failure.about(&call.resource.group, &call.resource.plural, name);
    failure.details.insert(
        "causes".to_owned(),
        json!([{
            "reason": "NamespaceTerminating", "message": format!("namespace {namespace} is being terminated"),
            "field": "metadata.namespace",
        }]),
    );
    failure
}
