//! What follows the deletion of an owner.

use serde_json::{Value, json};

use super::conformance;
use super::server::{Server, names};

conformance! {
    background_deletion_takes_the_dependents_along,
    dependents_go_over_several_generations,
    foreground_deletion_waits_for_those_that_block,
    foreground_deletion_does_not_wait_for_those_that_do_not_block,
    orphans_stay_and_forget_their_owner,
    an_object_with_two_owners_stays_while_one_lives,
    an_owner_that_never_was_takes_its_dependents_along,
    an_owner_of_the_same_name_but_another_uid_does_not_count,
    an_owner_in_another_namespace_does_not_count,
    a_custom_owner_has_built_in_dependents,
    a_cluster_wide_owner_has_dependents_in_namespaces,
    a_dependent_with_a_finalizer_lingers,
    the_finalizer_of_a_foreground_deletion_may_be_set_by_hand,
    the_default_of_a_deletion_is_background,
    deleting_many_takes_their_dependents_along,
}

const MAPS: &str = "/api/v1/namespaces/{ns}/configmaps";

async fn map(server: &Server, name: &str, owners: Value) -> Value {
    server.create(MAPS, json!({"metadata": {"name": name, "ownerReferences": owners}})).await
}

fn owner(of: &Value, block: bool) -> Value {
    let (version, kind) = (of["apiVersion"].as_str().unwrap_or("v1"), of["kind"].as_str().unwrap_or("ConfigMap"));
    let metadata = &of["metadata"];
    json!({"apiVersion": version, "kind": kind, "name": metadata["name"], "uid": metadata["uid"],
        "blockOwnerDeletion": block})
}

async fn gone(server: &Server, name: &str) {
    server.until_gone(&format!("{MAPS}/{name}")).await;
}

async fn end(server: &Server, name: &str, policy: &str) -> Value {
    server.delete_with(&format!("{MAPS}/{name}"), json!({"propagationPolicy": policy})).await.is(200)
}

async fn background_deletion_takes_the_dependents_along(server: &Server) {
    let a = map(server, "a", json!([])).await;
    map(server, "b", json!([owner(&a, true)])).await;
    map(server, "other", json!([])).await;
    assert_eq!(end(server, "a", "Background").await["kind"], "Status");
    server.get(&format!("{MAPS}/a")).await.fails(404, "NotFound");
    gone(server, "b").await;
    assert_eq!(names(&server.get(MAPS).await.ok()), ["other"]);
}

async fn dependents_go_over_several_generations(server: &Server) {
    let a = map(server, "a", json!([])).await;
    let b = map(server, "b", json!([owner(&a, false)])).await;
    let c = map(server, "c", json!([owner(&b, false)])).await;
    map(server, "d", json!([owner(&c, false)])).await;
    end(server, "a", "Background").await;
    gone(server, "d").await;
    gone(server, "c").await;
}

async fn foreground_deletion_waits_for_those_that_block(server: &Server) {
    let a = map(server, "a", json!([])).await;
    let held =
        json!({"metadata": {"name": "b", "ownerReferences": [owner(&a, true)], "finalizers": ["example.com/a"]}});
    server.create(MAPS, held).await;
    map(server, "c", json!([owner(&a, true)])).await;
    let dying = end(server, "a", "Foreground").await;
    assert_eq!(dying["metadata"]["finalizers"], json!(["foregroundDeletion"]), "the owner is answered: {dying:#}");
    assert!(dying["metadata"]["deletionTimestamp"].is_string());
    gone(server, "c").await;
    let is_dying = |answer: &super::server::Answer| answer.body["metadata"]["deletionTimestamp"].is_string();
    server.until(&format!("{MAPS}/b"), "deleted", is_dying).await;
    assert_eq!(server.get(&format!("{MAPS}/a")).await.status, 200, "it waits");
    server.patch(&format!("{MAPS}/b"), "merge", json!({"metadata": {"finalizers": null}})).await.ok();
    gone(server, "b").await;
    gone(server, "a").await;
}

async fn foreground_deletion_does_not_wait_for_those_that_do_not_block(server: &Server) {
    let a = map(server, "a", json!([])).await;
    let held =
        json!({"metadata": {"name": "b", "ownerReferences": [owner(&a, false)], "finalizers": ["example.com/a"]}});
    server.create(MAPS, held).await;
    end(server, "a", "Foreground").await;
    gone(server, "a").await;
    let is_dying = |answer: &super::server::Answer| answer.body["metadata"]["deletionTimestamp"].is_string();
    server.until(&format!("{MAPS}/b"), "deleted", is_dying).await;
    server.patch(&format!("{MAPS}/b"), "merge", json!({"metadata": {"finalizers": null}})).await.ok();
    gone(server, "b").await;
}

async fn orphans_stay_and_forget_their_owner(server: &Server) {
    let a = map(server, "a", json!([])).await;
    let other = map(server, "other", json!([])).await;
    map(server, "b", json!([owner(&a, true), owner(&other, true)])).await;
    map(server, "c", json!([owner(&a, true)])).await;
    let dying = end(server, "a", "Orphan").await;
    assert_eq!(dying["metadata"]["finalizers"], json!(["orphan"]), "{dying:#}");
    gone(server, "a").await;
    let b = server.get(&format!("{MAPS}/b")).await.ok();
    assert_eq!(b["metadata"]["ownerReferences"], json!([owner(&other, true)]));
    let c = server.get(&format!("{MAPS}/c")).await.ok();
    assert_eq!(c["metadata"]["ownerReferences"], Value::Null);
}

async fn an_object_with_two_owners_stays_while_one_lives(server: &Server) {
    let a = map(server, "a", json!([])).await;
    let b = map(server, "b", json!([])).await;
    map(server, "c", json!([owner(&a, false), owner(&b, false)])).await;
    end(server, "a", "Background").await;
    // The reference to the one that is gone is taken out.
    let left = |answer: &super::server::Answer| answer.body["metadata"]["ownerReferences"] == json!([owner(&b, false)]);
    server.until(&format!("{MAPS}/c"), "of one owner", left).await;
    end(server, "b", "Background").await;
    gone(server, "c").await;
}

async fn an_owner_that_never_was_takes_its_dependents_along(server: &Server) {
    let never = json!({"metadata": {"name": "never", "uid": "00000000-0000-0000-0000-000000000001"}});
    map(server, "b", json!([owner(&never, false)])).await;
    gone(server, "b").await;
}

async fn an_owner_of_the_same_name_but_another_uid_does_not_count(server: &Server) {
    map(server, "a", json!([])).await;
    let other = json!({"metadata": {"name": "a", "uid": "00000000-0000-0000-0000-000000000002"}});
    map(server, "b", json!([owner(&other, false)])).await;
    gone(server, "b").await;
    assert_eq!(server.get(&format!("{MAPS}/a")).await.status, 200);
}

async fn an_owner_in_another_namespace_does_not_count(server: &Server) {
    server.create("/api/v1/namespaces", json!({"metadata": {"name": "{ns}-b"}})).await;
    let a = server.create("/api/v1/namespaces/{ns}-b/configmaps", json!({"metadata": {"name": "a"}})).await;
    map(server, "b", json!([owner(&a, false)])).await;
    gone(server, "b").await;
    assert_eq!(server.get("/api/v1/namespaces/{ns}-b/configmaps/a").await.status, 200);
}

async fn a_custom_owner_has_built_in_dependents(server: &Server) {
    let widgets = server.define_fixture("widgets").await;
    let widget = json!({"apiVersion": "{group}/v1", "kind": "Widget", "metadata": {"name": "w"}});
    let w = server.create(&widgets, widget).await;
    let b = map(server, "b", json!([owner(&w, true)])).await;
    let child = json!({"apiVersion": "{group}/v1", "kind": "Widget", "metadata": {"name": "v",
        "ownerReferences": [owner(&b, true)]}});
    server.create(&widgets, child).await;
    server.delete(&format!("{widgets}/w")).await.ok();
    gone(server, "b").await;
    server.until_gone(&format!("{widgets}/v")).await;
}

async fn a_cluster_wide_owner_has_dependents_in_namespaces(server: &Server) {
    let gauges = server.define_fixture("gauges").await;
    let gauge = json!({"apiVersion": "{group}/v1", "kind": "Gauge", "metadata": {"name": "{ns}"}, "spec": {}});
    let g = server.create(&gauges, gauge).await;
    map(server, "b", json!([owner(&g, true)])).await;
    map(server, "c", json!([])).await;
    server.delete(&format!("{gauges}/{{ns}}")).await.ok();
    gone(server, "b").await;
    assert_eq!(names(&server.get(MAPS).await.ok()), ["c"]);
}

async fn a_dependent_with_a_finalizer_lingers(server: &Server) {
    let a = map(server, "a", json!([])).await;
    let held =
        json!({"metadata": {"name": "b", "ownerReferences": [owner(&a, true)], "finalizers": ["example.com/a"]}});
    server.create(MAPS, held).await;
    end(server, "a", "Background").await;
    let is_dying = |answer: &super::server::Answer| answer.body["metadata"]["deletionTimestamp"].is_string();
    let b = server.until(&format!("{MAPS}/b"), "deleted", is_dying).await.ok();
    assert_eq!(b["metadata"]["finalizers"], json!(["example.com/a"]));
    server.patch(&format!("{MAPS}/b"), "merge", json!({"metadata": {"finalizers": null}})).await.ok();
    gone(server, "b").await;
}

async fn the_finalizer_of_a_foreground_deletion_may_be_set_by_hand(server: &Server) {
    let held = json!({"metadata": {"name": "a", "finalizers": ["foregroundDeletion"]}});
    let a = server.create(MAPS, held).await;
    map(server, "b", json!([owner(&a, true)])).await;
    server.delete(&format!("{MAPS}/a")).await.is(200);
    gone(server, "b").await;
    gone(server, "a").await;
}

async fn the_default_of_a_deletion_is_background(server: &Server) {
    let a = map(server, "a", json!([])).await;
    map(server, "b", json!([owner(&a, true)])).await;
    assert_eq!(server.delete(&format!("{MAPS}/a")).await.is(200)["kind"], "Status");
    gone(server, "b").await;
    // The query says it as well as the body.
    let a = map(server, "a", json!([])).await;
    map(server, "b", json!([owner(&a, true)])).await;
    let dying = server.delete(&format!("{MAPS}/a?propagationPolicy=Orphan")).await.is(200);
    assert_eq!(dying["metadata"]["finalizers"], json!(["orphan"]));
    gone(server, "a").await;
    assert_eq!(server.get(&format!("{MAPS}/b")).await.status, 200);
}

async fn deleting_many_takes_their_dependents_along(server: &Server) {
    let a = map(server, "a", json!([])).await;
    map(server, "b", json!([owner(&a, true)])).await;
    let options = json!({"propagationPolicy": "Foreground"});
    let path = format!("{MAPS}?fieldSelector=metadata.name%3Da");
    server.delete_with(&path, options).await.is(200);
    gone(server, "b").await;
    gone(server, "a").await;
}
