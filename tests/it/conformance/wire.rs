//! Bodies that are not JSON, encodings, and what may be asked about the caller.

use serde_json::{Value, json};

use super::conformance;
use super::server::Server;

conformance! {
    a_body_may_be_yaml,
    a_config_map_comes_as_protobuf,
    a_secret_comes_as_protobuf,
    a_namespace_comes_as_protobuf,
    a_broken_protobuf_is_refused,
    whoever_asks_may_do_everything,
    unknown_query_parameters_are_let_pass,
    a_head_request_has_no_body,
    pretty_is_let_pass,
    a_huge_body_is_refused,
    deep_nesting_is_refused_or_kept_but_harms_nobody,
    pods_can_be_listed_and_watched,
}

const MAPS: &str = "/api/v1/namespaces/{ns}/configmaps";
const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

async fn a_body_may_be_yaml(server: &Server) {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: |\n    line\n";
    let made = server.send("POST", MAPS, &[("Content-Type", "application/yaml")], text.into()).await.is(201);
    assert_eq!(made["data"]["k"], "line\n");
}

/// A field of length-delimited bytes.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut encoded = vec![number << 3 | 2];
    let mut length = bytes.len();
    while length > 127 {
        encoded.push((length & 127) as u8 | 128);
        length >>= 7;
    }
    encoded.push(length as u8);
    encoded.extend(bytes);
    encoded
}

/// `k8s\0` and a `runtime.Unknown` of a core kind, as kubectl sends it.
fn envelope(kind: &str, object: &[Vec<u8>]) -> Vec<u8> {
    let meta = [field(1, b"v1"), field(2, kind.as_bytes())].concat();
    let unknown = [field(1, &meta), field(2, &object.concat()), field(3, b""), field(4, b"")].concat();
    [b"k8s\0".to_vec(), unknown].concat()
}

/// An entry of a map.
fn entry(key: &[u8], value: &[u8]) -> Vec<u8> {
    [field(1, key), field(2, value)].concat()
}

/// `metadata` with a name and one label.
fn metadata(name: &str) -> Vec<u8> {
    field(1, &[field(1, name.as_bytes()), field(11, &entry(b"l", b"1"))].concat())
}

async fn post(server: &Server, path: &str, body: Vec<u8>) -> super::server::Answer {
    // As kubectl: it takes JSON too.
    let accept = format!("{PROTOBUF},application/json");
    let headers = [("Content-Type", PROTOBUF), ("Accept", accept.as_str())];
    server.send("POST", path, &headers, body).await
}

async fn a_config_map_comes_as_protobuf(server: &Server) {
    let object = [
        metadata("a"),
        field(2, &entry(b"k", b"v")),
        field(2, &entry(b"l", "ü".repeat(100).as_bytes())),
        field(3, &entry(b"b", &[0, 255])),
    ];
    let body = envelope("ConfigMap", &object);
    assert_eq!(
        post(server, &format!("{MAPS}?fieldManager=kubectl-create&fieldValidation=Strict"), body.clone()).await.status,
        201
    );
    let made = server.get(&format!("{MAPS}/a")).await.ok();
    assert_eq!(made["data"], json!({"k": "v", "l": "ü".repeat(100)}));
    assert_eq!(made["binaryData"], json!({"b": "AP8="}));
    assert_eq!(made["metadata"]["labels"], json!({"l": "1"}));
    assert_eq!(made["metadata"]["managedFields"][0]["manager"], "kubectl-create");
    assert_eq!(post(server, MAPS, body.clone()).await.status, 409);
    assert_eq!(post(server, &format!("{MAPS}?dryRun=All"), envelope("ConfigMap", &[metadata("d")])).await.status, 201);
    server.get(&format!("{MAPS}/d")).await.fails(404, "NotFound");
}

async fn a_secret_comes_as_protobuf(server: &Server) {
    let path = "/api/v1/namespaces/{ns}/secrets";
    let object = [
        metadata("a"),
        field(2, &entry(b"k", &[0, 1, 2])),
        field(3, b"example.com/own"),
        field(4, &entry(b"s", b"text")),
    ];
    assert_eq!(post(server, path, envelope("Secret", &object)).await.status, 201);
    let made = server.get(&format!("{path}/a")).await.ok();
    assert_eq!(made["data"], json!({"k": "AAEC", "s": "dGV4dA=="}));
    assert_eq!(made["type"], "example.com/own");
}

async fn a_namespace_comes_as_protobuf(server: &Server) {
    let name = format!("{}-pb", server.namespace);
    let object = [metadata(&name), field(2, &[]), field(3, &[])];
    let path = format!("/api/v1/namespaces/{name}");
    server.owns(&path);
    assert_eq!(post(server, "/api/v1/namespaces", envelope("Namespace", &object)).await.status, 201);
    assert_eq!(server.get(&path).await.ok()["metadata"]["labels"]["kubernetes.io/metadata.name"], name);
}

async fn a_broken_protobuf_is_refused(server: &Server) {
    let whole = envelope("ConfigMap", &[metadata("a")]);
    let wrong_kind = envelope("Secret", &[metadata("a")]);
    for body in [b"k8s\0".to_vec(), b"nonsense".to_vec(), whole[..whole.len() - 6].to_vec(), wrong_kind] {
        let answer =
            server.send("POST", MAPS, &[("Content-Type", PROTOBUF), ("Accept", "application/json")], body).await;
        assert_eq!(answer.body["kind"], "Status", "{answer:?}");
        assert!((400..500).contains(&answer.status), "{answer:?}");
    }
    server.get(&format!("{MAPS}/a")).await.fails(404, "NotFound");
}

async fn whoever_asks_may_do_everything(server: &Server) {
    let review = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {"verb": "delete", "resource": "secrets", "namespace": "{ns}"}}});
    let told = server.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review).await.is(201);
    assert_eq!(told["kind"], "SelfSubjectAccessReview");
    assert_eq!(told["status"]["allowed"], true);
    assert_eq!(told["spec"]["resourceAttributes"]["verb"], "delete");
    let review = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
        "spec": {"nonResourceAttributes": {"verb": "get", "path": "/version"}}});
    let told = server.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review).await.is(201);
    assert_eq!(told["status"]["allowed"], true);
    let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    assert_eq!(server.get(path).await.status, 405, "it can only be asked, not listed");
}

async fn unknown_query_parameters_are_let_pass(server: &Server) {
    assert_eq!(server.get(&format!("{MAPS}?nonsense=1")).await.status, 200);
    let body = json!({"metadata": {"name": "a"}});
    assert_eq!(server.post(&format!("{MAPS}?nonsense=1&timeout=10s"), body).await.status, 201);
}

async fn a_head_request_has_no_body(server: &Server) {
    let answer = server.send("HEAD", "/version", &[], Vec::new()).await;
    assert_eq!(answer.body, json!(""));
    assert_eq!(server.send("TRACE", MAPS, &[], Vec::new()).await.status, 405);
}

async fn pretty_is_let_pass(server: &Server) {
    assert_eq!(server.get(&format!("{MAPS}?pretty=true")).await.ok()["kind"], "ConfigMapList");
}

async fn a_huge_body_is_refused(server: &Server) {
    let body = json!({"metadata": {"name": "a"}, "data": {"k": "x".repeat(4 << 20)}});
    server.post(MAPS, body).await.fails(413, "RequestEntityTooLarge");
    let body = json!({"metadata": {"name": "a"}, "data": {"k": "x".repeat(1 << 20), "l": "y"}});
    let refused = server.post(MAPS, body).await.fails(422, "Invalid");
    assert_eq!(refused["details"]["causes"][0]["reason"], "FieldValueTooLong", "over 1 MiB of data");
}

async fn deep_nesting_is_refused_or_kept_but_harms_nobody(server: &Server) {
    let widgets = server.define_fixture("widgets").await;
    let deep = format!("{}1{}", "{\"a\":".repeat(20_000), "}".repeat(20_000));
    let text = format!(
        "{{\"apiVersion\":\"{{group}}/v1\",\"kind\":\"Widget\",\"metadata\":{{\"name\":\"w\"}},\"spec\":{{\"extra\":{deep}}}}}"
    );
    let headers = [("Content-Type", "application/json")];
    let answer = server.send("POST", &widgets, &headers, server.fill(&text).into_bytes()).await;
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    let answer = server.send("POST", MAPS, &headers, "[".repeat(100_000).into_bytes()).await;
    assert_eq!(answer.status, 400);
    assert_eq!(server.get("/version").await.status, 200, "it lives");
}

async fn pods_can_be_listed_and_watched(server: &Server) {
    let list = server.get("/api/v1/namespaces/{ns}/pods").await.is(200);
    assert_eq!((&list["kind"], &list["items"]), (&json!("PodList"), &Value::Array(Vec::new())));
    let mut watch = server.watch("/api/v1/namespaces/{ns}/pods?timeoutSeconds=1").await;
    assert_eq!(watch.next_or_end().await, None);
    server.get("/api/v1/namespaces/{ns}/pods/none").await.fails(404, "NotFound");
}
