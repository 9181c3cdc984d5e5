//! The server as a whole, asked without a socket.

use axum::body::{Body, to_bytes};
use axum::extract::State;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::*;

mod hostile;

const CRDS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const MAPS: &str = "/api/v1/namespaces/n/configmaps";
const WIDGETS: &str = "/apis/g.io/v1/namespaces/n/widgets";

pub(super) fn now() -> Timestamp {
    "2026-11-23T17:00:00Z".parse().unwrap()
}

/// A server with a ConfigMap `a`, and a kind Widget with an object `w`.
async fn server() -> ApiServer {
    let server = ApiServer::new(Store::in_memory(), now);
    let spec = json!({ "type": "object", "properties": {
        "replicas": { "type": "integer", "default": 1 }, "text": { "type": "string" },
        "set": { "type": "array", "x-kubernetes-list-type": "set", "items": { "type": "string" } },
    } });
    let status = json!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true });
    let version = json!({
        "name": "v1", "served": true, "storage": true,
        "schema": { "openAPIV3Schema": { "type": "object", "properties": { "spec": spec, "status": status } } },
        "subresources": {
            "status": {},
            "scale": { "specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas" },
        },
    });
    let crd = json!({
        "metadata": { "name": "widgets.g.io" },
        "spec": {
            "group": "g.io", "scope": "Namespaced", "names": { "plural": "widgets", "kind": "Widget" },
            "versions": [version],
        },
    });
    assert_eq!(post(&server, CRDS, &crd).await.0, 201);
    assert_eq!(post(&server, MAPS, &json!({ "metadata": { "name": "a" } })).await.0, 201);
    let widget = json!({ "apiVersion": "g.io/v1", "kind": "Widget", "metadata": { "name": "w" }, "spec": {} });
    assert_eq!(post(&server, WIDGETS, &widget).await.0, 201);
    server
}

async fn ask(server: &ApiServer, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> (u16, Vec<u8>) {
    let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = route::answer(State(server.clone()), request.body(Body::from(body)).unwrap()).await;
    let status = response.status().as_u16();
    (status, to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec())
}

async fn post(server: &ApiServer, path: &str, object: &Value) -> (u16, Value) {
    let (status, bytes) = ask(server, "POST", path, &[], object.to_string().into_bytes()).await;
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

async fn status_of(server: &ApiServer, method: &str, path: &str, body: &str) -> (u16, Value) {
    let (status, bytes) = ask(server, method, path, &[], body.as_bytes().to_vec()).await;
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

/// Every line was asked of kube-apiserver 1.36.
#[tokio::test]
async fn paths_that_lead_nowhere_are_told_apart() {
    let server = server().await;
    for path in [
        "/nonsense",
        "/readyz/nonsense",
        "/apis/other.io",
        "/apis/other.io/v1/things",
        "/apis/g.io/v2/widgets",
        "/apis/g.io/v1/unknowns",
        "/apis/g.io/v1/namespaces/n/unknowns",
        "/apis/g.io/v1/widgets/w",
        "/apis/g.io/v1/namespaces/n",
    ] {
        let (status, text) = ask(&server, "GET", path, &[], Vec::new()).await;
        assert_eq!((status, text.as_slice()), (404, b"404 page not found\n".as_slice()), "{path}");
    }
    for path in [
        "/api/v2",
        "/api/v1/unknowns",
        "/api/v1/a/b/c/d/e",
        "/api/v1/namespaces/a%2Fb/configmaps",
        "/api/v1/namespaces/n/configmaps/a/status",
        "/apis/coordination.k8s.io/v2",
        "/apis/coordination.k8s.io/v1/unknowns",
        "/apis/coordination.k8s.io/v1/leases/a",
        "/version/x",
    ] {
        let (status, answer) = status_of(&server, "GET", path, "").await;
        assert_eq!((status, &answer["details"]), (404, &json!({})), "{path}: {answer}");
    }
    for path in [format!("{WIDGETS}/none"), format!("{WIDGETS}/w/unknown"), format!("{MAPS}/%FF")] {
        let (status, answer) = status_of(&server, "GET", &path, "").await;
        assert_eq!((status, answer["reason"].as_str()), (404, Some("NotFound")), "{path}");
        assert!(answer["details"]["name"].is_string(), "{path}: {answer}");
    }
}

/// Every line was asked of kube-apiserver 1.36.
#[tokio::test]
async fn methods_that_do_not_fit_are_told_apart() {
    let server = server().await;
    for (method, path, status) in [
        ("PUT", MAPS, 405),
        ("POST", "/api/v1/namespaces/n/configmaps/a", 405),
        ("POST", "/api/v1/configmaps", 405),
        ("DELETE", "/api/v1/configmaps", 405),
        ("DELETE", "/version", 405),
        ("GET", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", 405),
        ("PUT", WIDGETS, 400),
        ("DELETE", "/apis/g.io/v1/widgets", 404),
        ("POST", "/apis/g.io/v1/widgets", 404),
        ("POST", "/apis/g.io/v1/namespaces/n/widgets/w/status", 405),
        ("DELETE", "/apis/g.io/v1/namespaces/n/widgets/w/scale", 405),
        ("TRACE", MAPS, 405),
    ] {
        assert_eq!(status_of(&server, method, path, "{}").await.0, status, "{method} {path}");
    }
}

#[tokio::test]
async fn a_body_of_a_deletion_is_decoded_and_silences_the_query() {
    let server = server().await;
    let path = format!("{MAPS}/a");
    for body in [
        r#"{"kind":"ConfigMap","apiVersion":"v1"}"#,
        r#"{"gracePeriodSeconds":"x"}"#,
        r#"{"propagationPolicy":5}"#,
        r#"{"preconditions":{"uid":"q","resourceVersion":5}}"#,
        "[]",
        "x",
        r#"{"kind":"DeleteOptions"}x"#,
    ] {
        let (status, answer) = status_of(&server, "DELETE", &path, body).await;
        assert_eq!((status, answer["reason"].as_str()), (400, Some("BadRequest")), "{body}");
    }
    assert_eq!(status_of(&server, "DELETE", &format!("{path}?dryRun=All"), "").await.0, 200);
    assert_eq!(status_of(&server, "GET", &path, "").await.0, 200);
    let body = r#"{"kind":"DeleteOptions","apiVersion":"policy/v1"}"#;
    assert_eq!(status_of(&server, "DELETE", &format!("{path}?dryRun=All"), body).await.0, 200);
    assert_eq!(status_of(&server, "GET", &path, "").await.0, 404, "a body is all that counts");
}

#[tokio::test]
async fn a_scale_is_decoded_too() {
    let server = server().await;
    let path = format!("{WIDGETS}/w/scale");
    for body in [
        r#"{"kind":"Scale","apiVersion":"v1"}"#,
        r#"{"spec":{"replicas":"2"}}"#,
        r#"{"spec":{"replicas":3000000000}}"#,
        r#"{"spec":5}"#,
        r#"{"metadata":{"labels":[]}}"#,
        r#"{"metadata":5}"#,
        "[]",
    ] {
        assert_eq!(status_of(&server, "PUT", &path, body).await.0, 400, "{body}");
        let patch = [("content-type", "application/merge-patch+json")];
        let (status, _) = ask(&server, "PATCH", &path, &patch, body.as_bytes().to_vec()).await;
        assert!(status == 400 || status == 422, "{body}: {status}");
    }
    assert_eq!(status_of(&server, "PUT", &path, r#"{"metadata":{"uid":"x"}}"#).await.0, 409);
    let (status, scale) = status_of(&server, "PUT", &path, r#"{"spec":{"replicas":4}}"#).await;
    assert_eq!((status, &scale["spec"]["replicas"]), (200, &json!(4)));
}

#[tokio::test]
async fn nothing_begins_in_what_ends() {
    let server = server().await;
    let (status, crd) = status_of(&server, "DELETE", &format!("{CRDS}/widgets.g.io"), "").await;
    assert_eq!((status, crd["status"]["conditions"][2]["type"].as_str()), (200, Some("Terminating")));
    let widget = json!({ "apiVersion": "g.io/v1", "kind": "Widget", "metadata": { "name": "v" }, "spec": {} });
    let (status, refused) = post(&server, WIDGETS, &widget).await;
    assert_eq!((status, refused["reason"].as_str()), (403, Some("Forbidden")));
    assert_eq!(
        status_of(&server, "GET", &format!("{WIDGETS}/w"), "").await.0,
        200,
        "what is there is served to its end"
    );
    assert_eq!(status_of(&server, "DELETE", "/api/v1/namespaces/n", "").await.0, 200);
    let (status, refused) = post(&server, MAPS, &json!({ "metadata": { "name": "b" } })).await;
    assert_eq!((status, refused["details"]["causes"][0]["reason"].as_str()), (403, Some("NamespaceTerminating")));
}

#[tokio::test]
async fn what_is_refused_makes_no_namespace() {
    let server = server().await;
    let path = "/api/v1/namespaces/fresh/configmaps";
    assert_eq!(post(&server, path, &json!({ "metadata": { "name": "Bad" } })).await.0, 422);
    assert_eq!(post(&server, &format!("{path}?dryRun=All"), &json!({ "metadata": { "name": "a" } })).await.0, 201);
    assert_eq!(status_of(&server, "GET", "/api/v1/namespaces/fresh", "").await.0, 404);
    assert_eq!(post(&server, path, &json!({ "metadata": { "name": "a" } })).await.0, 201);
    assert_eq!(status_of(&server, "GET", "/api/v1/namespaces/fresh", "").await.0, 200);
    assert_eq!(
        post(&server, "/api/v1/namespaces/Bad/configmaps", &json!({ "metadata": { "name": "a" } })).await.0,
        422
    );
}

#[tokio::test]
async fn what_was_written_before_a_definition_changed_is_read_through_it() {
    let server = server().await;
    let schema = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties";
    let patch = json!([
        { "op": "add", "path": format!("{schema}/late"), "value": { "type": "string", "default": "x" } },
        { "op": "remove", "path": format!("{schema}/replicas") },
    ]);
    let headers = [("content-type", "application/json-patch+json")];
    let path = format!("{CRDS}/widgets.g.io");
    assert_eq!(ask(&server, "PATCH", &path, &headers, patch.to_string().into_bytes()).await.0, 200);
    let (_, widget) = status_of(&server, "GET", &format!("{WIDGETS}/w"), "").await;
    assert_eq!(widget["spec"], json!({ "late": "x" }));
    let (_, list) = status_of(&server, "GET", WIDGETS, "").await;
    assert_eq!(list["items"][0]["spec"], json!({ "late": "x" }));
}

#[tokio::test]
async fn health_is_told_check_by_check() {
    let server = server().await;
    let text = async |path: &str| String::from_utf8(ask(&server, "GET", path, &[], Vec::new()).await.1).unwrap();
    assert_eq!(text("/healthz").await, "ok");
    assert_eq!(text("/livez/ping").await, "ok");
    assert_eq!(text("/readyz?verbose").await, "[+]ping ok\n[+]store ok\nreadyz check passed\n");
    assert_eq!(ask(&server, "GET", "/livez/etcd", &[], Vec::new()).await.0, StatusCode::NOT_FOUND.as_u16());
}
