//! The kinds that every cluster has, as far as wasmCloud workloads need them.

use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::causes::invalid;
use super::failure::Cause;
use super::meta;
use super::resource::{ALL_VERBS, READ_VERBS, Resource};
use crate::schema::Schema;

mod columns;
mod decode;
pub mod definitions;
mod event;
mod extensions;
mod objects;
mod service;

pub use decode::{decode, decode_options};

/// A kind as discovery names it.
struct Names {
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    plural: &'static str,
    short: &'static [&'static str],
    categories: &'static [&'static str],
    namespaced: bool,
    status: bool,
    verbs: &'static [&'static str],
    /// Fields it can be selected by.
    selectable: &'static [&'static str],
}

const NAMES: &[Names] = &[
    Names { short: &["cm"], ..core("ConfigMap", "configmaps") },
    Names { short: &["ev"], selectable: event::CORE_SELECTABLE, ..core("Event", "events") },
    Names {
        short: &["ns"],
        namespaced: false,
        status: true,
        selectable: &["status.phase"],
        // A namespace is emptied before it goes, so that there is no deleting many at once.
        verbs: &["create", "delete", "get", "list", "patch", "update", "watch"],
        ..core("Namespace", "namespaces")
    },
    Names { short: &["po"], verbs: READ_VERBS, selectable: &["spec.nodeName", "status.phase"], ..core("Pod", "pods") },
    Names { selectable: &["type"], ..core("Secret", "secrets") },
    Names { short: &["sa"], ..core("ServiceAccount", "serviceaccounts") },
    Names {
        short: &["svc"],
        categories: &["all"],
        status: true,
        selectable: &["spec.clusterIP", "spec.type"],
        ..core("Service", "services")
    },
    Names {
        group: "apiextensions.k8s.io",
        short: &["crd", "crds"],
        categories: &["api-extensions"],
        namespaced: false,
        status: true,
        ..core("CustomResourceDefinition", "customresourcedefinitions")
    },
    Names {
        group: "authorization.k8s.io",
        namespaced: false,
        verbs: &["create"],
        ..core("SelfSubjectAccessReview", "selfsubjectaccessreviews")
    },
    Names { group: "coordination.k8s.io", ..core("Lease", "leases") },
    Names { group: "discovery.k8s.io", ..core("EndpointSlice", "endpointslices") },
    Names { group: "events.k8s.io", short: &["ev"], selectable: event::SELECTABLE, ..core("Event", "events") },
];

const fn core(kind: &'static str, plural: &'static str) -> Names {
    Names {
        group: "",
        version: "v1",
        kind,
        plural,
        short: &[],
        categories: &[],
        namespaced: true,
        status: false,
        verbs: ALL_VERBS,
        selectable: &[],
    }
}

/// All of them, in the order of group and plural; made once.
///
/// SelfSubjectAccessReviews are among them, which are answered and never stored, and Pods, of which there are none.
pub fn resources() -> Vec<Resource> {
    static RESOURCES: OnceLock<Vec<Resource>> = OnceLock::new();
    RESOURCES.get_or_init(|| NAMES.iter().map(resource).collect()).clone()
}

fn resource(names: &Names) -> Resource {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let source = definitions::structural(names.group, names.kind);
    // What cannot be read here is a mistake of this program, which a test rules out.
    let schema = Schema::parse(&source).unwrap_or_default();
    Resource {
        group: names.group.to_owned(),
        version: names.version.to_owned(),
        storage_version: names.version.to_owned(),
        kind: names.kind.to_owned(),
        list_kind: format!("{}List", names.kind),
        plural: names.plural.to_owned(),
        singular: names.kind.to_lowercase(),
        short_names: owned(names.short),
        categories: owned(names.categories),
        namespaced: names.namespaced,
        status: names.status,
        scale: None,
        verbs: names.verbs,
        columns: columns::columns(names.kind, &source),
        schema: Arc::new(schema),
        selectable: owned(names.selectable),
        custom: false,
        since: 0,
        terminating: false,
    }
}

/// What is wrong with finalizers by the rules of the kinds that are built in, definitions excepted.
pub fn finalizers(resource: &Resource, object: &Value) -> Vec<Cause> {
    if resource.custom || resource.kind == "CustomResourceDefinition" {
        return Vec::new();
    }
    let why = "name is neither a standard finalizer name nor is it fully qualified";
    let is_known = |name: &str| name.contains('/') || matches!(name, "orphan" | "foregroundDeletion" | "kubernetes");
    let names = meta::finalizers(object).into_iter().enumerate().filter(|(_, name)| !is_known(name));
    names.map(|(index, name)| invalid(format!("metadata.finalizers[{index}]"), &name.into(), why)).collect()
}

/// Whether a group is among those of the kinds that are built in.
pub fn has_group(group: &str) -> bool {
    NAMES.iter().any(|names| names.group == group)
}

/// Whether `metadata.generation` counts changes of the spec; it does for all custom resources.
pub fn has_generation(resource: &Resource) -> bool {
    resource.custom || matches!(resource.kind.as_str(), "CustomResourceDefinition" | "EndpointSlice")
}

/// Under which `plural.group` objects are stored. Both kinds of Event are one, as in a real cluster.
pub fn stored_as(resource: &Resource) -> String {
    if resource.plural == "events" && resource.group == "events.k8s.io" {
        return "events".to_owned();
    }
    resource.qualified()
}

/// An object as it is stored, of one that was written as this resource. Only Events of `events.k8s.io` change.
pub fn to_stored(resource: &Resource, object: &mut Value) {
    if resource.group == "events.k8s.io" {
        event::to_core(object);
    }
}

/// An object as this resource shows it, of one that was stored. Only Events of `events.k8s.io` change.
pub fn to_served(resource: &Resource, object: &mut Value) {
    if resource.group == "events.k8s.io" {
        event::from_core(object);
    }
}

/// Fills in what a new object leaves out, and checks it by the rules of its kind. `old` is what it replaces.
///
/// It does what a schema cannot say; metadata and types are checked elsewhere. Custom resources have no such rules.
///
/// # Errors
/// Everything that is wrong, in the server's words.
pub fn prepare(resource: &Resource, new: &mut Value, old: Option<&Value>) -> Result<(), Vec<Cause>> {
    if resource.custom {
        return Ok(());
    }
    let mut causes = Vec::new();
    match resource.kind.as_str() {
        "ConfigMap" => objects::config_map(new, old, &mut causes),
        "Secret" => objects::secret(new, old, &mut causes),
        "Namespace" => objects::namespace(new, old),
        "ServiceAccount" => objects::service_account(new),
        "Lease" => objects::lease(new, &mut causes),
        "EndpointSlice" => objects::endpoint_slice(new, old, &mut causes),
        "Service" => service::service(new, old, &mut causes),
        "Event" => event::event(resource, new, old, &mut causes),
        "CustomResourceDefinition" => return super::crd::prepare(new, old),
        _ => {}
    }
    if causes.is_empty() { Ok(()) } else { Err(causes) }
}

#[cfg(test)]
mod tests;
