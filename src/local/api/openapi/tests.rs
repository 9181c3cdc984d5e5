//! What kubectl looks for, and what kube-apiserver 1.36 has in the same places.

use serde_json::json;

use super::*;
use crate::local::api::builtin;
use crate::local::api::crd::resource_of_crd;

fn widgets() -> Vec<Resource> {
    let schema = json!({ "openAPIV3Schema": {
        "type": "object", "description": "A widget.",
        "properties": { "spec": { "type": "object", "properties": { "host": { "type": "string" } } }, "metadata": { "type": "object" } },
    }});
    let version = json!({
        "name": "v1alpha1", "served": true, "storage": true, "schema": schema, "selectableFields": [{ "jsonPath": ".spec.host" }],
        "subresources": { "status": {}, "scale": { "specReplicasPath": ".spec.n", "statusReplicasPath": ".status.n" } },
    });
    let names = json!({ "kind": "Widget", "plural": "widgets" });
    let crd =
        json!({ "spec": { "group": "f.example.com", "names": names, "scope": "Namespaced", "versions": [version] } });
    resource_of_crd(&crd).unwrap()
}

fn document(path: &str) -> Value {
    let mut resources = builtin::resources();
    resources.extend(widgets());
    let found = documents(&resources).into_iter().find(|document| document.path == path).unwrap();
    serde_json::from_str(&found.body).unwrap()
}

#[test]
fn the_root_names_all_documents_by_their_hash() {
    let documents = documents(&builtin::resources());
    let paths: Vec<&str> = documents.iter().map(|document| document.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "api/v1",
            "apis/apiextensions.k8s.io/v1",
            "apis/authorization.k8s.io/v1",
            "apis/coordination.k8s.io/v1",
            "apis/discovery.k8s.io/v1",
            "apis/events.k8s.io/v1",
        ]
    );
    assert_eq!(documents[0].hash.len(), 128);
    let url = format!("/openapi/v3/api/v1?hash={}", documents[0].hash);
    assert_eq!(root(&documents)["paths"]["api/v1"], json!({ "serverRelativeURL": url }));
    let mut other = widgets();
    let before = super::documents(&other).remove(0).hash;
    other[0].scale = None;
    assert_ne!(super::documents(&other).remove(0).hash, before);
}

#[test]
fn operations_say_their_kind_and_parameters() {
    let paths = document("apis/f.example.com/v1alpha1")["paths"].clone();
    let root = "/apis/f.example.com/v1alpha1";
    let names: Vec<&String> = paths.as_object().unwrap().keys().collect();
    let of_namespace = format!("{root}/namespaces/{{namespace}}/widgets");
    let one = format!("{of_namespace}/{{name}}");
    assert_eq!(
        names,
        [&of_namespace, &one, &format!("{one}/scale"), &format!("{one}/status"), &format!("{root}/widgets")]
    );
    let patch = &paths[&one]["patch"];
    assert_eq!(patch["operationId"], "patchFExampleComV1alpha1NamespacedWidget");
    assert_eq!(patch["tags"], json!(["fExampleCom_v1alpha1"]));
    assert_eq!(patch["x-kubernetes-action"], "patch");
    let kind = json!({ "group": "f.example.com", "version": "v1alpha1", "kind": "Widget" });
    assert_eq!(patch["x-kubernetes-group-version-kind"], kind);
    let parameters = |operation: &Value| {
        let names = operation["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|parameter| parameter["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(parameters(patch), ["dryRun", "fieldManager", "fieldValidation", "force"]);
    assert_eq!(parameters(&paths[&of_namespace]["post"]), ["dryRun", "fieldManager", "fieldValidation"]);
    assert_eq!(parameters(&paths[&one]), ["name", "namespace"]);
    let bodies: Vec<&String> = patch["requestBody"]["content"].as_object().unwrap().keys().collect();
    assert_eq!(bodies, ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"]);
    assert_eq!(
        paths[format!("{one}/status")]["put"]["operationId"],
        "replaceFExampleComV1alpha1NamespacedWidgetStatus"
    );
    assert_eq!(paths[format!("{root}/widgets")]["get"]["operationId"], "listFExampleComV1alpha1WidgetForAllNamespaces");
    assert!(paths[format!("{one}/scale")].get("delete").is_none());
}

#[test]
fn definitions_say_their_kind_and_are_complete() {
    let schemas = document("apis/f.example.com/v1alpha1")["components"]["schemas"].clone();
    let widget = &schemas["com.example.f.v1alpha1.Widget"];
    let kind = json!([{ "group": "f.example.com", "version": "v1alpha1", "kind": "Widget" }]);
    assert_eq!(widget["x-kubernetes-group-version-kind"], kind);
    assert_eq!(
        widget["properties"]["metadata"]["allOf"][0]["$ref"],
        "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
    );
    assert_eq!(widget["x-kubernetes-selectable-fields"], json!([{ "fieldPath": "spec.host" }]));
    assert_eq!(
        schemas["com.example.f.v1alpha1.WidgetList"]["x-kubernetes-group-version-kind"][0]["kind"],
        "WidgetList"
    );
    let mut resources = builtin::resources();
    resources.extend(widgets());
    for document in documents(&resources) {
        let content: Value = serde_json::from_str(&document.body).unwrap();
        let schemas = content["components"]["schemas"].as_object().unwrap();
        for (at, _) in document.body.match_indices("#/components/schemas/") {
            let name = document.body[at..].split('"').next().unwrap().rsplit('/').next().unwrap();
            assert!(schemas.contains_key(name), "{name} in {}", document.path);
        }
    }
}

#[test]
fn kinds_that_are_built_in_take_strategic_merge_patches() {
    let core = document("api/v1");
    let patch = &core["paths"]["/api/v1/namespaces/{namespace}/configmaps/{name}"]["patch"];
    assert!(patch["requestBody"]["content"].get("application/strategic-merge-patch+json").is_some());
    assert_eq!(patch["operationId"], "patchCoreV1NamespacedConfigMap");
    assert_eq!(core["paths"]["/api/v1/namespaces"]["post"]["operationId"], "createCoreV1Namespace");
    assert!(core["paths"]["/api/v1/namespaces/{namespace}/pods"].get("post").is_none());
    let ports = &core["components"]["schemas"]["io.k8s.api.core.v1.ServiceSpec"]["properties"]["ports"];
    assert_eq!(ports["x-kubernetes-patch-merge-key"], "port");
    let review = document("apis/authorization.k8s.io/v1");
    let paths: Vec<&String> = review["paths"].as_object().unwrap().keys().collect();
    assert_eq!(paths, ["/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"]);
}
