use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::manifest::{Text, parse};

fn documents(content: &str) -> Vec<Document> {
    parse(&Arc::new(Text { name: "a.yaml".to_owned(), content: content.to_owned() })).unwrap()
}

fn known() -> Kinds {
    let core = |kind: &str, namespaced| {
        let kind = GroupVersionKind::gvk("", "v1", kind);
        (kind.clone(), Resolved { resource: ApiResource::from_gvk(&kind), namespaced })
    };
    let ours = Kind::ALL.map(|ours| {
        let resource = ours.api_resource();
        let kind = GroupVersionKind::gvk(&resource.group, &resource.version, &resource.kind);
        (kind, Resolved { resource, namespaced: true })
    });
    ours.into_iter().chain([core("Service", true), core("Namespace", false), core("Secret", true)]).collect()
}

const APP: &str = "
{apiVersion: runtime.wasmcloud.dev/v1alpha1, kind: WorkloadDeployment, metadata: {name: web}}
---
{apiVersion: v1, kind: Service, metadata: {name: web}}
---
{apiVersion: runtime.wasmcloud.dev/v1alpha1, kind: Artifact, metadata: {name: image}}
---
{apiVersion: v1, kind: Secret, metadata: {name: pull, namespace: team-a}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: team-a}}
";

#[test]
fn steps_stand_in_the_order_of_need() {
    let (steps, problems) = plan_apply(documents(APP), &known(), "team-a", true);
    assert!(problems.is_empty());
    let titles: Vec<_> = steps.iter().map(Step::title).collect();
    let expected = [
        "namespace/team-a",
        "secret/pull",
        "artifact.runtime.wasmcloud.dev/image",
        "service/web",
        "workloaddeployment.runtime.wasmcloud.dev/web",
    ];
    assert_eq!(titles, expected);
    assert_eq!(steps[0].namespace, None);
    assert!(steps[0].is_namespace());
    assert_eq!(steps[4].deployment(), Some(("team-a", "web")));
    assert_eq!(steps[3].deployment(), None);
}

#[test]
fn a_namespace_that_contradicts_the_flag_is_a_problem() {
    assert!(plan_apply(documents(APP), &known(), "team-b", false).1.is_empty());
    let (steps, problems) = plan_apply(documents(APP), &known(), "team-b", true);
    assert_eq!(steps.len(), 4);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].to_string().contains("You must pass '--namespace=team-a' to perform this operation."));
}

#[test]
fn every_document_that_lacks_something_is_listed() {
    let documents = documents("kind: A\n---\napiVersion: v1\n---\n[1]\n---\n{apiVersion: v1, kind: A, metadata: {}}\n");
    let problems: Vec<_> = kinds(&documents).unwrap_err().iter().map(ToString::to_string).collect();
    let expected = [
        "a.yaml:1: apiVersion is missing",
        "a.yaml:3: kind is missing",
        "a.yaml:5: this is no object, but a manifest is one",
        "a.yaml:7: metadata.name is missing",
    ];
    assert_eq!(problems, expected);
}

#[test]
fn unknown_kinds_are_named_with_what_there_is() {
    let documents = documents("{apiVersion: runtime.wasmcloud.dev/v1alpha1, kind: Workloads, metadata: {name: x}}");
    let (_, problems) = plan_apply(documents, &known(), "default", false);
    let shown = problems[0].render(&crate::error::Look::PLAIN);
    assert!(
        shown.contains("no matches for kind \"Workloads\" in version \"runtime.wasmcloud.dev/v1alpha1\""),
        "{shown}"
    );
    assert!(shown.contains("WorkloadDeployment, WorkloadReplicaSet, Workload, Host, Artifact"), "{shown}");
}

#[test]
fn changes_are_told_by_substance() {
    let object = |replicas, version: &str| json!({"metadata": {"name": "a", "resourceVersion": version}, "spec": {"replicas": replicas}, "status": {"n": version}});
    assert_eq!(Change::between(None, &object(1, "1")), Change::Created);
    assert_eq!(Change::between(Some(&object(1, "1")), &object(1, "2")), Change::Unchanged);
    assert_eq!(Change::between(Some(&object(1, "1")), &object(2, "2")), Change::Configured);
    let wanted = json!({"metadata": {"name": "a"}, "spec": {"replicas": 1}});
    assert_eq!(Change::intended(None, &wanted), Change::Created);
    assert_eq!(Change::intended(Some(&object(1, "1")), &wanted), Change::Unchanged);
    assert_eq!(Change::intended(Some(&object(2, "1")), &wanted), Change::Configured);
}
