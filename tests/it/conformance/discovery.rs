//! What the server says it has: discovery in both forms, OpenAPI, version and health.

use serde_json::{Value, json};

use super::conformance;
use super::server::Server;

conformance! {
    the_version_is_told,
    health_is_told,
    api_versions_are_listed,
    groups_are_listed,
    a_group_is_described,
    the_resources_of_a_custom_group_are_listed,
    the_resources_of_the_core_are_listed,
    aggregated_discovery_is_given_if_asked_for,
    an_aggregated_form_that_nobody_knows_falls_back,
    a_new_kind_is_discovered_and_an_old_one_forgotten,
    openapi_names_its_documents,
    openapi_of_a_custom_group_is_enough_for_kubectl,
    openapi_of_the_core_is_enough_for_kubectl,
}

const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

async fn the_version_is_told(server: &Server) {
    let version = server.get("/version").await.is(200);
    assert_eq!(version["major"], "1");
    assert!(version["gitVersion"].as_str().unwrap().starts_with("v1."), "{version:#}");
    for field in ["minor", "gitCommit", "gitTreeState", "buildDate", "goVersion", "compiler", "platform"] {
        assert!(version[field].is_string(), "{field}");
    }
}

async fn health_is_told(server: &Server) {
    for path in ["/healthz", "/livez", "/readyz"] {
        let answer = server.get(path).await;
        assert_eq!((answer.status, &answer.body), (200, &json!("ok")), "{path}");
        assert!(answer.header("content-type").unwrap().starts_with("text/plain"), "{path}");
    }
    let verbose = server.get("/readyz?verbose").await.is(200);
    assert!(verbose.as_str().unwrap().contains("check passed"), "{verbose}");
}

async fn api_versions_are_listed(server: &Server) {
    let answer = server.get("/api").await;
    assert!(answer.header("content-type").unwrap().starts_with("application/json"));
    let versions = answer.is(200);
    assert_eq!((&versions["kind"], &versions["versions"]), (&json!("APIVersions"), &json!(["v1"])));
}

fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    list.as_array().unwrap().iter().find(|entry| entry["name"] == name).unwrap_or(&Value::Null)
}

async fn groups_are_listed(server: &Server) {
    server.define_fixture("widgets").await;
    let is_there = |answer: &super::server::Answer| !named(&answer.body["groups"], &server.group).is_null();
    let list = server.until("/apis", "with the group", is_there).await.is(200);
    assert_eq!((&list["kind"], &list["apiVersion"]), (&json!("APIGroupList"), &json!("v1")));
    let version = json!({"groupVersion": format!("{}/v1", server.group), "version": "v1"});
    let group = named(&list["groups"], &server.group);
    assert_eq!((&group["versions"], &group["preferredVersion"]), (&json!([version]), &version));
    for name in ["apiextensions.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "authorization.k8s.io"] {
        assert_eq!(named(&list["groups"], name)["preferredVersion"]["version"], "v1", "{name}");
    }
}

async fn a_group_is_described(server: &Server) {
    server.define_fixture("widgets").await;
    let group = server.until("/apis/{group}", "there", |answer| answer.status == 200).await.ok();
    assert_eq!((&group["kind"], &group["apiVersion"]), (&json!("APIGroup"), &json!("v1")));
    assert_eq!(group["name"], server.group.as_str());
    assert_eq!(group["preferredVersion"]["version"], "v1");
}

async fn the_resources_of_a_custom_group_are_listed(server: &Server) {
    server.define_fixture("widgets").await;
    let list = server.until("/apis/{group}/v1", "there", |answer| answer.status == 200).await.ok();
    assert_eq!((&list["kind"], &list["apiVersion"]), (&json!("APIResourceList"), &json!("v1")));
    assert_eq!(list["groupVersion"], format!("{}/v1", server.group));
    let mut widgets = named(&list["resources"], "widgets").clone();
    widgets["storageVersionHash"].take();
    let expected = json!({"name": "widgets", "singularName": "widget", "namespaced": true, "kind": "Widget",
        "verbs": ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"],
        "shortNames": ["wg"], "categories": ["gadgets"], "storageVersionHash": null});
    assert_eq!(widgets, expected);
    let status = json!({"name": "widgets/status", "singularName": "", "namespaced": true, "kind": "Widget",
        "verbs": ["get", "patch", "update"]});
    assert_eq!(named(&list["resources"], "widgets/status"), &status);
    let scale = json!({"name": "widgets/scale", "singularName": "", "namespaced": true, "group": "autoscaling",
        "version": "v1", "kind": "Scale", "verbs": ["get", "patch", "update"]});
    assert_eq!(named(&list["resources"], "widgets/scale"), &scale);
}

async fn the_resources_of_the_core_are_listed(server: &Server) {
    let list = server.get("/api/v1").await.is(200);
    assert_eq!((&list["kind"], &list["groupVersion"]), (&json!("APIResourceList"), &json!("v1")));
    for (name, singular, kind, short, namespaced) in [
        ("configmaps", "configmap", "ConfigMap", json!(["cm"]), true),
        ("secrets", "secret", "Secret", Value::Null, true),
        ("services", "service", "Service", json!(["svc"]), true),
        ("serviceaccounts", "serviceaccount", "ServiceAccount", json!(["sa"]), true),
        ("events", "event", "Event", json!(["ev"]), true),
        ("pods", "pod", "Pod", json!(["po"]), true),
        ("namespaces", "namespace", "Namespace", json!(["ns"]), false),
    ] {
        let resource = named(&list["resources"], name);
        assert_eq!(resource["singularName"], singular);
        assert_eq!(resource["kind"], kind);
        assert_eq!(resource["shortNames"], short, "{name}");
        assert_eq!(resource["namespaced"], namespaced);
        for verb in ["get", "list", "watch"] {
            assert!(resource["verbs"].as_array().unwrap().contains(&json!(verb)), "{name} {verb}");
        }
    }
}

async fn aggregated_discovery_is_given_if_asked_for(server: &Server) {
    server.define_fixture("widgets").await;
    let core = server.get_as("/api", AGGREGATED).await;
    let content_type = core.header("content-type").unwrap();
    assert_eq!(content_type, "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
    let core = core.is(200);
    assert_eq!(
        (&core["kind"], &core["apiVersion"]),
        (&json!("APIGroupDiscoveryList"), &json!("apidiscovery.k8s.io/v2"))
    );
    let items = core["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert!(items[0]["metadata"]["name"].is_null(), "the core group has no name");
    let resources = items[0]["versions"][0]["resources"].as_array().unwrap();
    let maps = resources.iter().find(|resource| resource["resource"] == "configmaps").unwrap();
    // The real server leaves the core's version empty here.
    assert_eq!((&maps["scope"], &maps["responseKind"]["kind"]), (&json!("Namespaced"), &json!("ConfigMap")));
    assert_eq!((&maps["singularResource"], &maps["shortNames"]), (&json!("configmap"), &json!(["cm"])));
    let widgets = server.until_discovered("widgets", true).await;
    assert_eq!(widgets["categories"], json!(["gadgets"]));
    assert_eq!(widgets["responseKind"]["kind"], "Widget");
    let mut subresources: Vec<&str> =
        widgets["subresources"].as_array().unwrap().iter().map(|sub| sub["subresource"].as_str().unwrap()).collect();
    subresources.sort_unstable();
    assert_eq!(subresources, ["scale", "status"]);
    let scale = widgets["subresources"].as_array().unwrap().iter().find(|sub| sub["subresource"] == "scale").unwrap();
    assert_eq!(scale["responseKind"], json!({"group": "autoscaling", "version": "v1", "kind": "Scale"}));
}

async fn an_aggregated_form_that_nobody_knows_falls_back(server: &Server) {
    let accept = "application/json;g=apidiscovery.k8s.io;v=v9;as=APIGroupDiscoveryList,application/json";
    assert_eq!(server.get_as("/api", accept).await.is(200)["kind"], "APIVersions");
    assert_eq!(server.get_as("/apis", "application/json").await.is(200)["kind"], "APIGroupList");
    assert_eq!(server.get_as("/apis", "*/*").await.is(200)["kind"], "APIGroupList");
    // kubectl 1.37 asks like this for both.
    let both = format!("application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,{AGGREGATED}");
    assert_eq!(server.get_as("/apis", &both).await.is(200)["kind"], "APIGroupDiscoveryList");
}

async fn a_new_kind_is_discovered_and_an_old_one_forgotten(server: &Server) {
    server.define_fixture("widgets").await;
    server.until_discovered("widgets", true).await;
    let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.{group}";
    let definition = server.get(path).await.ok();
    let conditions = definition["status"]["conditions"].as_array().unwrap();
    for kind in ["NamesAccepted", "Established"] {
        let condition = conditions.iter().find(|condition| condition["type"] == kind).unwrap();
        assert_eq!(condition["status"], "True", "{kind}");
    }
    server.delete(path).await.ok();
    server.until_discovered("widgets", false).await;
    server.until("/apis/{group}/v1", "forgotten", |answer| answer.status == 404).await;
}

async fn openapi_names_its_documents(server: &Server) {
    server.define_fixture("widgets").await;
    let name = server.fill("apis/{group}/v1");
    let is_there = |answer: &super::server::Answer| !answer.body["paths"][&name].is_null();
    let root = server.until("/openapi/v3", "with the group", is_there).await.is(200);
    for path in ["api/v1", &name] {
        let url = root["paths"][path]["serverRelativeURL"].as_str().unwrap();
        assert!(url.starts_with(&format!("/openapi/v3/{path}?hash=")), "{url}");
        assert_eq!(server.get(url).await.is(200)["openapi"], "3.0.0", "{url}");
    }
    assert_eq!(server.get("/openapi/v3/apis/none.example.com/v1").await.status, 404);
}

/// An operation has what kubectl needs: the kind it is about, and the parameters that it may use.
fn operation(document: &Value, path: &str, verb: &str, kind: &Value) {
    let operation = &document["paths"][path][verb];
    assert_eq!(&operation["x-kubernetes-group-version-kind"], kind, "{verb} {path}");
    let parameters = operation["parameters"].as_array().unwrap();
    for name in ["dryRun", "fieldValidation"] {
        let found = parameters.iter().find(|parameter| parameter["name"] == name).unwrap();
        assert_eq!(found["in"], "query", "{name}");
    }
}

async fn openapi_of_a_custom_group_is_enough_for_kubectl(server: &Server) {
    server.define_fixture("widgets").await;
    let path = "/openapi/v3/apis/{group}/v1";
    let document = server.until(path, "there", |answer| answer.status == 200).await.ok();
    let kind = json!({"group": server.group, "version": "v1", "kind": "Widget"});
    let many = server.fill("/apis/{group}/v1/namespaces/{namespace}/widgets");
    operation(&document, &many, "post", &kind);
    operation(&document, &format!("{many}/{{name}}"), "patch", &kind);
    operation(&document, &format!("{many}/{{name}}"), "put", &kind);
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let is_widget = |schema: &&Value| schema["x-kubernetes-group-version-kind"] == json!([kind]);
    let widget = schemas.values().find(is_widget).unwrap();
    assert_eq!(widget["description"], "Widget is a thing.");
    let spec = &widget["properties"]["spec"]["properties"];
    assert_eq!(spec["replicas"]["description"], "How many.");
    assert_eq!(spec["ports"]["x-kubernetes-list-map-keys"], json!(["port", "protocol"]));
    assert!(widget["properties"]["metadata"].is_object());
}

async fn openapi_of_the_core_is_enough_for_kubectl(server: &Server) {
    let document = server.get("/openapi/v3/api/v1").await.is(200);
    for (kind, plural) in [("ConfigMap", "configmaps"), ("Secret", "secrets"), ("Service", "services")] {
        let many = format!("/api/v1/namespaces/{{namespace}}/{plural}");
        let kind = json!({"group": "", "version": "v1", "kind": kind});
        operation(&document, &many, "post", &kind);
        operation(&document, &format!("{many}/{{name}}"), "patch", &kind);
    }
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let kind = json!([{"group": "", "version": "v1", "kind": "ConfigMap"}]);
    let map = schemas.values().find(|schema| schema["x-kubernetes-group-version-kind"] == kind).unwrap();
    assert_eq!(map["properties"]["data"]["additionalProperties"]["type"], "string");
}

impl Server {
    /// Waits until aggregated discovery has, or no longer has, a resource of the test's group.
    async fn until_discovered(&self, plural: &str, wanted: bool) -> Value {
        for _ in 0..1500 {
            let list = self.get_as("/apis", AGGREGATED).await.is(200);
            let group =
                list["items"].as_array().unwrap().iter().find(|item| item["metadata"]["name"] == self.group.as_str());
            let resources = group.and_then(|group| group["versions"][0]["resources"].as_array());
            let found = resources.and_then(|all| all.iter().find(|resource| resource["resource"] == plural)).cloned();
            if found.is_some() == wanted {
                return found.unwrap_or_default();
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("{plural} discovered: never {wanted}");
    }
}
