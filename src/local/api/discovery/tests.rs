//! Expectations as kube-apiserver 1.36 answers.

use serde_json::json;

use super::*;
use crate::local::api::builtin;
use crate::local::api::crd::resource_of_crd;

fn served() -> Vec<Resource> {
    let schema = json!({ "openAPIV3Schema": { "type": "object" } });
    let version = |name: &str, storage: bool, subresources: Value| json!({ "name": name, "served": true, "storage": storage, "schema": schema, "subresources": subresources });
    let scale = json!({ "status": {}, "scale": { "specReplicasPath": ".spec.n", "statusReplicasPath": ".status.n" } });
    let crd = json!({
        "metadata": { "name": "widgets.f.example.com" },
        "spec": {
            "group": "f.example.com",
            "names": { "kind": "Widget", "plural": "widgets", "shortNames": ["wd"], "categories": ["all"] },
            "scope": "Namespaced",
            "versions": [version("v1beta1", false, Value::Null), version("v1", true, scale)],
        },
    });
    let mut all = builtin::resources();
    all.extend(resource_of_crd(&crd).unwrap());
    all
}

#[test]
fn groups_are_listed_with_their_preferred_version() {
    let list = apis(&served());
    let names: Vec<&str> =
        list["groups"].as_array().unwrap().iter().map(|group| group["name"].as_str().unwrap()).collect();
    let first = ["events.k8s.io", "authorization.k8s.io", "apiextensions.k8s.io", "coordination.k8s.io"];
    assert_eq!(names, [&first[..], &["discovery.k8s.io", "f.example.com"]].concat());
    assert_eq!(
        group(&served(), "f.example.com").unwrap(),
        json!({
            "kind": "APIGroup", "apiVersion": "v1", "name": "f.example.com",
            "versions": [
                { "groupVersion": "f.example.com/v1", "version": "v1" },
                { "groupVersion": "f.example.com/v1beta1", "version": "v1beta1" },
            ],
            "preferredVersion": { "groupVersion": "f.example.com/v1", "version": "v1" },
        })
    );
    assert_eq!(group(&served(), ""), None);
    assert_eq!(group(&served(), "nope"), None);
}

#[test]
fn resources_of_a_version_are_listed_with_their_subresources() {
    let verbs = json!(["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]);
    assert_eq!(
        resources(&served(), "f.example.com", "v1").unwrap(),
        json!({
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "f.example.com/v1",
            "resources": [
                {
                    "name": "widgets", "singularName": "widget", "namespaced": true, "kind": "Widget", "verbs": verbs,
                    "shortNames": ["wd"], "categories": ["all"], "storageVersionHash": "9MZkgkFhPzU=",
                },
                {
                    "name": "widgets/status", "singularName": "", "namespaced": true, "kind": "Widget",
                    "verbs": ["get", "patch", "update"],
                },
                {
                    "name": "widgets/scale", "singularName": "", "namespaced": true, "group": "autoscaling",
                    "version": "v1", "kind": "Scale", "verbs": ["get", "patch", "update"],
                },
            ],
        })
    );
    let core = resources(&served(), "", "v1").unwrap();
    assert_eq!(core["groupVersion"], "v1");
    assert!(core.get("apiVersion").is_none());
    assert_eq!(core["resources"][0]["storageVersionHash"], "qFsyl6wFWjQ=");
    assert_eq!(resources(&served(), "f.example.com", "v2"), None);
}

#[test]
fn aggregated_discovery_says_it_all_at_once() {
    let list = aggregated_apis(&served());
    assert_eq!(
        list["items"][2],
        json!({
            "metadata": { "name": "apiextensions.k8s.io" },
            "versions": [{
                "version": "v1",
                "resources": [{
                    "resource": "customresourcedefinitions",
                    "responseKind": { "group": "", "version": "", "kind": "CustomResourceDefinition" },
                    "scope": "Cluster",
                    "singularResource": "customresourcedefinition",
                    "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
                    "shortNames": ["crd", "crds"],
                    "categories": ["api-extensions"],
                    "subresources": [{
                        "subresource": "status",
                        "responseKind": { "group": "", "version": "", "kind": "CustomResourceDefinition" },
                        "verbs": ["get", "patch", "update"],
                    }],
                }],
                "freshness": "Current",
            }],
        })
    );
    let widgets = &list["items"][5]["versions"];
    assert_eq!(
        widgets[0]["resources"][0]["responseKind"],
        json!({ "group": "f.example.com", "version": "v1", "kind": "Widget" })
    );
    assert_eq!(widgets[0]["resources"][0]["subresources"][1]["responseKind"]["kind"], "Scale");
    assert_eq!(widgets[1]["version"], "v1beta1");
    let core = aggregated_api(&served());
    assert_eq!(core["items"][0]["metadata"], json!({}));
    assert_eq!(core["items"][0]["versions"][0]["resources"][0]["resource"], "configmaps");
}

const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io";
const V2: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

#[test]
fn objects_are_given_in_the_form_that_is_asked_for() {
    let asked = |accept: &str| negotiate(Some(accept), Endpoint::Objects).ok();
    let object = Some(Answer::Object);
    assert_eq!(negotiate(None, Endpoint::Objects), Ok(Answer::Object));
    for accept in ["", "*/*", "text/html,*/*", "application/json;pretty=1", "application/json;stream=watch"] {
        assert_eq!(asked(accept), object, "{accept}");
    }
    assert_eq!(asked("application/vnd.kubernetes.protobuf,application/json"), object);
    assert_eq!(asked("application/vnd.kubernetes.protobuf"), object);
    assert_eq!(asked(TABLE), Some(Answer::Table("v1")));
    assert_eq!(asked(&format!("{TABLE},application/json")), Some(Answer::Table("v1")));
    assert_eq!(asked(&format!("application/json;q=0.5,{TABLE};q=0.9")), Some(Answer::Table("v1")));
    assert_eq!(asked(&format!("{TABLE};q=0.1,application/json")), object);
    assert_eq!(asked("application/json;as=Table;v=v2;g=meta.k8s.io,application/json"), object);
    let metadata = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
    assert_eq!(asked(metadata), Some(Answer::Metadata { version: "v1", list: true }));
    for accept in [
        "text/html",
        "garbage",
        ",,",
        ";",
        "application/json;as=Table",
        "application/json;as=Foo;v=v1;g=meta.k8s.io",
        V2,
    ] {
        assert_eq!(asked(accept), None, "{accept}");
    }
}

#[test]
fn discovery_is_aggregated_for_those_who_know_version_2() {
    let asked = |accept: &str| negotiate(Some(accept), Endpoint::Discovery).ok();
    assert_eq!(asked(&format!("{V2},application/json")), Some(Answer::Aggregated));
    assert_eq!(asked(&format!("application/json,{V2}")), Some(Answer::Aggregated));
    assert_eq!(
        asked("application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io;profile=nopeer"),
        Some(Answer::Aggregated)
    );
    let beta = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";
    assert_eq!(asked(&format!("{beta},application/json")), Some(Answer::Object));
    assert_eq!(asked(beta), None);
    assert_eq!(asked(TABLE), None);
    let refused = negotiate(Some("text/html"), Endpoint::Other).unwrap_err();
    assert_eq!((refused.code.as_u16(), refused.reason), (406, "NotAcceptable"));
}
