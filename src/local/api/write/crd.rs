//! What writing a CustomResourceDefinition or a namespace means to the server itself.

use serde_json::{Value, json};

use super::{Birth, Call, Written};
use crate::local::api::failure::Failure;
use crate::local::api::path::Objects;
use crate::local::api::resource::Resource;
use crate::local::api::{ApiServer, crd, meta};
use crate::local::store::List;

/// Who makes namespaces on first use.
const MANAGER: &str = "kubectl-wasmcloud-local";

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
        let list = List::of(crd::RESOURCE);
        let page = self.store.list(&list).map_err(|error| super::unkept(&error.to_string()))?;
        let others = page.items.iter().filter(|stored| &*stored.key.name != but);
        others
            .map(|stored| serde_json::from_slice(&stored.json).map_err(|error| super::unkept(&error.to_string())))
            .collect()
    }

    /// Puts into effect what was written.
    pub(super) fn noticed(&self, resource: &Resource, name: &str) {
        if is_definition(resource) {
            self.follow_definition(name);
        }
    }

    /// Makes sure that an object may be made: nothing begins in what is about to end.
    ///
    /// # Errors
    /// 403 when the namespace, or the definition of the kind, is being deleted.
    pub(super) fn may_create(&self, call: &Call, name: &str) -> Result<(), Failure> {
        if call.resource.terminating {
            let why = "create not allowed while custom resource definition is terminating";
            return Err(forbidden(call, name, why));
        }
        let namespace = call.namespace();
        let place = call.resource.namespaced.then(|| self.store.get(&Self::namespace_key(namespace))).flatten();
        if place.is_some_and(|stored| is_leaving(&stored.json)) {
            Err(terminating(call, namespace, name))
        } else {
            Ok(())
        }
    }

    /// Makes the namespace of an object on first use. What comes between this and the object is the collector's to
    /// settle.
    ///
    /// # Errors
    /// 403 when the namespace is being deleted, 422 when there can be none of that name.
    pub(super) async fn enter_namespace(&self, call: &Call, name: &str) -> Result<(), Failure> {
        if !call.resource.namespaced || self.store.get(&Self::namespace_key(call.namespace())).is_some() {
            return Ok(());
        }
        match self.make_namespace(call.namespace()).await {
            // Another has made it, and may be ending it already.
            Err(failure) if failure.reason == "AlreadyExists" => self.may_create(call, name),
            made => made.map(drop),
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
        Box::pin(self.create_object(&mut call, object, Birth::Put)).await
    }
}

/// Whether a stored namespace is being deleted.
fn is_leaving(json: &[u8]) -> bool {
    serde_json::from_slice::<Value>(json).is_ok_and(|namespace| meta::deleting(&namespace))
}

fn forbidden(call: &Call, name: &str, why: &str) -> Failure {
    let message = format!("{} \"{name}\" is forbidden: {why}", call.resource.qualified());
    let failure = Failure::new(http::StatusCode::FORBIDDEN, "Forbidden", message);
    failure.about(&call.resource.group, &call.resource.plural, name)
}

fn terminating(call: &Call, namespace: &str, name: &str) -> Failure {
    let why = format!("namespace {namespace} because it is being terminated");
    let mut failure = forbidden(call, name, &format!("unable to create new content in {why}"));
    failure.details.insert(
        "causes".to_owned(),
        json!([{
            "reason": "NamespaceTerminating", "message": format!("namespace {namespace} is being terminated"),
            "field": "metadata.namespace",
        }]),
    );
    failure
}
