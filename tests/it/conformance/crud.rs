//! Creating, reading, replacing and deleting, and the `Status` of what is refused.

use serde_json::json;

use super::conformance;
use super::server::{Server, names, version};

conformance! {
    an_object_is_created_read_replaced_and_deleted,
    what_is_not_there_is_not_found,
    a_second_object_of_a_name_already_exists,
    a_stale_version_conflicts,
    versions_rise_over_all_kinds,
    an_absent_namespace_refuses_or_is_made,
}

const MAPS: &str = "/api/v1/namespaces/{ns}/configmaps";

async fn an_object_is_created_read_replaced_and_deleted(server: &Server) {
    let created = server.post(MAPS, json!({"metadata": {"name": "a", "labels": {"x": "y"}}, "data": {"k": "v"}})).await;
    assert_eq!(created.status, 201);
    let created = created.body;
    assert_eq!(created["kind"], "ConfigMap");
    assert_eq!(created["apiVersion"], "v1");
    assert_eq!(created["metadata"]["namespace"], server.namespace.as_str());
    assert_eq!(created["metadata"]["uid"].as_str().unwrap().len(), 36);
    assert!(created["metadata"]["creationTimestamp"].as_str().unwrap().ends_with('Z'));
    assert!(created["metadata"]["generation"].is_null(), "a ConfigMap has no generation");

    let path = format!("{MAPS}/a");
    let read = server.get(&path).await.is(200);
    assert_eq!(read, created);

    let mut wanted = read.clone();
    wanted["data"]["k"] = "w".into();
    let replaced = server.put(&path, wanted).await.is(200);
    assert_eq!(replaced["data"], json!({"k": "w"}));
    assert_eq!(replaced["metadata"]["uid"], read["metadata"]["uid"]);
    assert_eq!(replaced["metadata"]["creationTimestamp"], read["metadata"]["creationTimestamp"]);
    assert!(version(&replaced) > version(&read));

    // Without a version a replacement is unconditional.
    server.put(&path, json!({"metadata": {"name": "a"}})).await.is(200);
    let list = server.get(MAPS).await.is(200);
    assert_eq!((list["kind"].as_str(), list["apiVersion"].as_str()), (Some("ConfigMapList"), Some("v1")));
    assert!(names(&list).contains(&"a"));

    let gone = server.delete(&path).await.is(200);
    assert_eq!(gone["kind"], "Status");
    assert_eq!(gone["status"], "Success");
    assert_eq!(gone["details"]["name"], "a");
    assert_eq!(gone["details"]["kind"], "configmaps");
    assert_eq!(gone["details"]["uid"], read["metadata"]["uid"]);
    server.get(&path).await.fails(404, "NotFound");
}

async fn what_is_not_there_is_not_found(server: &Server) {
    let missing = server.get(&format!("{MAPS}/no")).await.fails(404, "NotFound");
    assert_eq!(missing["message"], "configmaps \"no\" not found");
    assert_eq!(missing["details"], json!({"name": "no", "kind": "configmaps"}));
    server.delete(&format!("{MAPS}/no")).await.fails(404, "NotFound");
    server.patch(&format!("{MAPS}/no"), "merge", json!({})).await.fails(404, "NotFound");
    let unknown = server.get("/api/v1/namespaces/{ns}/unknowns").await.fails(404, "NotFound");
    assert_eq!(unknown["message"], "the server could not find the requested resource");
}

async fn a_second_object_of_a_name_already_exists(server: &Server) {
    server.create(MAPS, json!({"metadata": {"name": "a"}})).await;
    let again = server.post(MAPS, json!({"metadata": {"name": "a"}})).await.fails(409, "AlreadyExists");
    assert_eq!(again["message"], "configmaps \"a\" already exists");
    assert_eq!(again["details"], json!({"name": "a", "kind": "configmaps"}));
}

async fn a_stale_version_conflicts(server: &Server) {
    let old = server.create(MAPS, json!({"metadata": {"name": "a"}})).await;
    let path = format!("{MAPS}/a");
    server.patch(&path, "merge", json!({"data": {"k": "v"}})).await.is(200);
    let stale = server.put(&path, old.clone()).await.fails(409, "Conflict");
    assert_eq!(
        stale["message"],
        "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; \
         please apply your changes to the latest version and try again"
    );
    let version = &old["metadata"]["resourceVersion"];
    let patch = json!({"metadata": {"resourceVersion": version}, "data": {"k": "w"}});
    server.patch(&path, "merge", patch).await.fails(409, "Conflict");
    assert_eq!(server.get(&path).await.ok()["data"], json!({"k": "v"}));
}

async fn versions_rise_over_all_kinds(server: &Server) {
    let first = server.create(MAPS, json!({"metadata": {"name": "a"}})).await;
    let second = server.create("/api/v1/namespaces/{ns}/secrets", json!({"metadata": {"name": "a"}})).await;
    let third = server.create("/api/v1/namespaces/{ns}/serviceaccounts", json!({"metadata": {"name": "a"}})).await;
    assert!(version(&first) < version(&second) && version(&second) < version(&third));
    let list = server.get(MAPS).await.ok();
    assert!(version(&list) >= version(&third), "a list is of the whole server's revision");
}

async fn an_absent_namespace_refuses_or_is_made(server: &Server) {
    // The one difference that is meant: the local server makes namespaces on first use.
    let path = "/api/v1/namespaces/{ns}-absent/configmaps";
    let list = server.get(path).await.is(200);
    assert_eq!(list["items"], json!([]), "an absent namespace lists as empty");
    server.get(&format!("{path}/a")).await.fails(404, "NotFound");
}
