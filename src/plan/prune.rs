//! Which objects are pruned: those that were applied before, and stand in the files no more.

use std::collections::{BTreeSet, HashSet};

use k8s_openapi::api::core::v1::{ConfigMap, Secret, Service};
use kube::core::ApiResource;
use serde_json::Value;

use super::apply::{Step, rank, title};
use super::ownership::is_applied_by;
use crate::api::Kind;

/// An object by its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// Its resource.
    pub resource: ApiResource,
    /// Its namespace, unless it has none by nature.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
}

impl Target {
    /// That of an object.
    pub fn of(resource: &ApiResource, object: &Value) -> Self {
        let word = |path| object.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let name = word("/metadata/name").unwrap_or_default();
        Self { resource: resource.clone(), namespace: word("/metadata/namespace"), name }
    }

    /// `KIND.GROUP/NAME`, as kubectl prints objects.
    pub fn title(&self) -> String {
        title(&self.resource, &self.name)
    }

    /// The same with the namespace, for who is asked.
    pub fn place(&self) -> String {
        let namespace = self.namespace.as_ref().map(|namespace| format!(" in namespace {namespace}"));
        format!("{}{}", self.title(), namespace.unwrap_or_default())
    }
}

impl From<&Step> for Target {
    fn from(step: &Step) -> Self {
        let name = step.document.name().to_owned();
        Self { resource: step.resource.clone(), namespace: step.namespace.clone(), name }
    }
}

/// The kinds that are looked at: ours, and what a deployment needs beside them.
pub fn prunable() -> Vec<ApiResource> {
    let needed =
        [ApiResource::erase::<ConfigMap>(&()), ApiResource::erase::<Secret>(&()), ApiResource::erase::<Service>(&())];
    Kind::ALL.iter().map(|kind| kind.api_resource()).chain(needed).collect()
}

/// The namespaces that are looked in: those of the files.
pub fn namespaces(steps: &[Step]) -> BTreeSet<&str> {
    steps.iter().filter_map(|step| step.namespace.as_deref()).collect()
}

/// Those of `live` that `manager` has applied and no step applies again, and that are not being deleted already: what
/// needs others first.
pub fn plan_prune(live: Vec<(ApiResource, Value)>, steps: &[Step], manager: &str) -> Vec<(Target, Value)> {
    let key = |target: Target| (target.resource.group, target.resource.kind, target.namespace, target.name);
    let kept: HashSet<_> = steps.iter().map(|step| key(step.into())).collect();
    let stays = |target: &Target, object: &Value| {
        kept.contains(&key(target.clone()))
            || !is_applied_by(object, manager)
            || object.pointer("/metadata/deletionTimestamp").is_some()
    };
    let targets = live.into_iter().map(|(resource, object)| (Target::of(&resource, &object), object));
    let mut pruned: Vec<_> = targets.filter(|(target, object)| !stays(target, object)).collect();
    pruned.sort_by_key(|(target, _)| std::cmp::Reverse(rank(&target.resource)));
    pruned
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::manifest::{Document, Text};

    fn live(resource: &ApiResource, name: &str, manager: &str) -> (ApiResource, Value) {
        let entry = json!({"manager": manager, "operation": "Apply"});
        (resource.clone(), json!({"metadata": {"name": name, "namespace": "n", "managedFields": [entry]}}))
    }

    fn step(resource: &ApiResource, namespace: &str, name: &str) -> Step {
        let text = Arc::new(Text { name: "a.yaml".to_owned(), content: String::new() });
        let document = Document { text, line: 1, within: String::new(), object: json!({"metadata": {"name": name}}) };
        Step { document, resource: resource.clone(), namespace: Some(namespace.to_owned()) }
    }

    fn pruned(live: Vec<(ApiResource, Value)>, steps: &[Step]) -> Vec<String> {
        plan_prune(live, steps, "us").into_iter().map(|(target, _)| target.title()).collect()
    }

    #[test]
    fn what_left_the_files_is_pruned_and_nothing_of_others() {
        let config = ApiResource::erase::<ConfigMap>(&());
        let all = || vec![live(&config, "a", "us"), live(&config, "b", "us"), live(&config, "c", "others")];
        assert_eq!(pruned(all(), &[step(&config, "n", "a")]), ["configmap/b"]);
        assert_eq!(pruned(all(), &[step(&config, "m", "a")]), ["configmap/a", "configmap/b"], "another namespace");
        let secret = ApiResource::erase::<Secret>(&());
        assert_eq!(pruned(all(), &[step(&secret, "n", "a")]), ["configmap/a", "configmap/b"], "another kind");
        assert_eq!(pruned(vec![], &[step(&config, "n", "a")]), Vec::<String>::new());
    }

    #[test]
    fn an_object_of_another_version_is_the_same_one() {
        let mut old = Kind::Artifact.api_resource();
        old.version = "v1alpha0".to_owned();
        assert_eq!(
            pruned(vec![live(&Kind::Artifact.api_resource(), "a", "us")], &[step(&old, "n", "a")]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn what_is_on_its_way_out_is_left_alone() {
        let (resource, mut object) = live(&Kind::Artifact.api_resource(), "a", "us");
        object["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
        assert_eq!(pruned(vec![(resource, object)], &[]), Vec::<String>::new());
    }

    #[test]
    fn what_needs_others_goes_first() {
        let config = ApiResource::erase::<ConfigMap>(&());
        let deployment = Kind::WorkloadDeployment.api_resource();
        let all = vec![
            live(&config, "a", "us"),
            live(&Kind::Artifact.api_resource(), "b", "us"),
            live(&deployment, "c", "us"),
        ];
        let order = ["workloaddeployment.runtime.wasmcloud.dev/c", "artifact.runtime.wasmcloud.dev/b", "configmap/a"];
        assert_eq!(pruned(all, &[]), order);
    }

    #[test]
    fn only_these_kinds_are_looked_at() {
        let kinds: Vec<_> = prunable().into_iter().map(|resource| resource.plural).collect();
        let ours = ["workloaddeployments", "workloadreplicasets", "workloads", "hosts", "artifacts"];
        assert!(ours.iter().all(|kind| kinds.iter().any(|known| known == kind)), "{kinds:?}");
        assert_eq!(kinds[kinds.len() - 3..], ["configmaps", "secrets", "services"]);
        let steps = [step(&Kind::Artifact.api_resource(), "b", "x"), step(&Kind::Host.api_resource(), "a", "x")];
        assert_eq!(namespaces(&steps).into_iter().collect::<Vec<_>>(), ["a", "b"]);
    }
}
