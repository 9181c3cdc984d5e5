//! Watches: where they begin, what they tell, and how they end.

use serde_json::{Value, json};

use super::conformance;
use super::server::{Server, version};

conformance! {
    a_watch_tells_of_what_comes_after_its_revision,
    a_watch_from_zero_begins_with_what_there_is,
    a_watch_without_a_revision_begins_with_what_there_is,
    a_watch_ends_by_its_timeout,
    a_watch_of_one_name_tells_of_it_alone,
    a_watch_by_labels_tells_of_coming_and_going,
    a_watch_by_fields_tells_of_coming_and_going,
    a_watch_over_all_namespaces_tells_of_each,
    a_watch_of_a_namespace_tells_of_no_other,
    a_watch_from_before_all_memory_is_expired,
    initial_events_end_with_an_annotated_bookmark,
    initial_events_of_nothing_end_at_once,
    initial_events_must_be_asked_for_rightly,
    a_watch_of_tables_tells_rows,
    a_watch_of_metadata_tells_no_data,
    a_deletion_is_told_with_its_own_revision,
    the_old_watch_path_still_works,
    a_watch_with_a_broken_revision_is_refused,
    a_dying_object_is_modified_and_then_deleted,
    many_watches_hear_the_same,
}

const MAPS: &str = "/api/v1/namespaces/{ns}/configmaps";

async fn map(server: &Server, name: &str, labels: Value) -> Value {
    server.create(MAPS, json!({"metadata": {"name": name, "labels": labels}})).await
}

async fn set(server: &Server, name: &str, patch: Value) -> Value {
    server.patch(&format!("{MAPS}/{name}"), "merge", patch).await.ok()
}

async fn a_watch_tells_of_what_comes_after_its_revision(server: &Server) {
    let before = map(server, "a", Value::Null).await;
    let b = map(server, "b", Value::Null).await;
    let mut watch = server.watch(&format!("{MAPS}?resourceVersion={}", version(&before))).await;
    assert_eq!(watch.next().await, ("ADDED".to_owned(), b));
    let changed = set(server, "a", json!({"data": {"k": "v"}})).await;
    assert_eq!(watch.next().await, ("MODIFIED".to_owned(), changed.clone()));
    // What changes nothing is not told.
    assert_eq!(set(server, "a", json!({"data": {"k": "v"}})).await, changed);
    server.delete(&format!("{MAPS}/b")).await.ok();
    let (kind, gone) = watch.next().await;
    assert_eq!((kind.as_str(), gone["metadata"]["name"].as_str()), ("DELETED", Some("b")));
    assert_eq!(gone["kind"], "ConfigMap");
}

/// Waits until a watch from 0, which a real server answers from a cache that may lag behind, knows of an object.
async fn until_cached(server: &Server, object: &Value) {
    let query = format!("resourceVersion={}&resourceVersionMatch=NotOlderThan", version(object));
    server.get(&format!("{MAPS}?{query}")).await.ok();
}

async fn a_watch_from_zero_begins_with_what_there_is(server: &Server) {
    map(server, "b", Value::Null).await;
    map(server, "a", Value::Null).await;
    let last = set(server, "b", json!({"data": {"k": "v"}})).await;
    until_cached(server, &last).await;
    let mut watch = server.watch(&format!("{MAPS}?resourceVersion=0")).await;
    let mut there = [watch.short().await, watch.short().await];
    there.sort();
    assert_eq!(there, ["ADDED a", "ADDED b"]);
    map(server, "c", Value::Null).await;
    assert_eq!(watch.short().await, "ADDED c");
}

async fn a_watch_without_a_revision_begins_with_what_there_is(server: &Server) {
    map(server, "a", Value::Null).await;
    let mut watch = server.watch(MAPS).await;
    assert_eq!(watch.short().await, "ADDED a");
    server.delete(&format!("{MAPS}/a")).await.ok();
    assert_eq!(watch.short().await, "DELETED a");
}

async fn a_watch_ends_by_its_timeout(server: &Server) {
    let mut watch = server.watch(&format!("{MAPS}?timeoutSeconds=1")).await;
    assert_eq!(watch.next_or_end().await, None);
}

async fn a_watch_of_one_name_tells_of_it_alone(server: &Server) {
    let start = map(server, "a", Value::Null).await;
    let path = format!("{MAPS}?fieldSelector=metadata.name%3Db&resourceVersion={}", version(&start));
    let mut watch = server.watch(&path).await;
    set(server, "a", json!({"data": {"k": "v"}})).await;
    map(server, "b", Value::Null).await;
    map(server, "c", Value::Null).await;
    server.delete(&format!("{MAPS}/b")).await.ok();
    assert_eq!(watch.short().await, "ADDED b");
    assert_eq!(watch.short().await, "DELETED b");
}

async fn a_watch_by_labels_tells_of_coming_and_going(server: &Server) {
    let start = map(server, "a", json!({"x": "1"})).await;
    let path = format!("{MAPS}?labelSelector=x%3D1&resourceVersion={}", version(&start));
    let mut watch = server.watch(&path).await;
    let left = set(server, "a", json!({"metadata": {"labels": {"x": "2"}}})).await;
    let (kind, object) = watch.next().await;
    assert_eq!(kind, "DELETED", "it no longer matches");
    assert_eq!(object["metadata"]["labels"]["x"], "1", "as it matched last");
    assert_eq!(version(&object), version(&left), "of the revision that took it away");
    set(server, "a", json!({"data": {"unseen": "yes"}})).await;
    let back = set(server, "a", json!({"metadata": {"labels": {"x": "1"}}})).await;
    assert_eq!(watch.next().await, ("ADDED".to_owned(), back));
    set(server, "a", json!({"data": {"seen": "yes"}})).await;
    assert_eq!(watch.short().await, "MODIFIED a");
    set(server, "a", json!({"metadata": {"labels": {"x": "3"}}})).await;
    assert_eq!(watch.short().await, "DELETED a");
    server.delete(&format!("{MAPS}/a")).await.ok();
    map(server, "z", json!({"x": "1"})).await;
    assert_eq!(watch.short().await, "ADDED z", "the end of what does not match is not told");
}

async fn a_watch_by_fields_tells_of_coming_and_going(server: &Server) {
    let widgets = server.define_fixture("widgets").await;
    let widget = json!({"apiVersion": "{group}/v1", "kind": "Widget", "metadata": {"name": "a"}});
    let start = server.create(&widgets, widget).await;
    let path = format!("{widgets}?fieldSelector=spec.color%3Dblue&resourceVersion={}", version(&start));
    let mut watch = server.watch(&path).await;
    let one = format!("{widgets}/a");
    server.patch(&one, "merge", json!({"spec": {"color": "blue"}})).await.ok();
    assert_eq!(watch.short().await, "ADDED a");
    server.patch(&one, "merge", json!({"spec": {"color": "green"}})).await.ok();
    assert_eq!(watch.short().await, "DELETED a");
}

async fn a_watch_over_all_namespaces_tells_of_each(server: &Server) {
    server.create("/api/v1/namespaces", json!({"metadata": {"name": "{ns}-b"}})).await;
    let labels = json!({"of": server.namespace});
    let start = map(server, "start", Value::Null).await;
    let path = format!("/api/v1/configmaps?labelSelector=of%3D{{ns}}&resourceVersion={}", version(&start));
    let mut watch = server.watch(&path).await;
    map(server, "a", labels.clone()).await;
    let other = json!({"metadata": {"name": "b", "labels": labels}});
    server.create("/api/v1/namespaces/{ns}-b/configmaps", other).await;
    assert_eq!(watch.next().await.1["metadata"]["namespace"], server.namespace.as_str());
    assert_eq!(watch.next().await.1["metadata"]["namespace"], format!("{}-b", server.namespace));
}

async fn a_watch_of_a_namespace_tells_of_no_other(server: &Server) {
    server.create("/api/v1/namespaces", json!({"metadata": {"name": "{ns}-b"}})).await;
    let start = map(server, "start", Value::Null).await;
    let mut watch = server.watch(&format!("{MAPS}?resourceVersion={}", version(&start))).await;
    server.create("/api/v1/namespaces/{ns}-b/configmaps", json!({"metadata": {"name": "other"}})).await;
    map(server, "own", Value::Null).await;
    assert_eq!(watch.short().await, "ADDED own");
}

async fn a_watch_from_before_all_memory_is_expired(server: &Server) {
    // Of a kind that is new, neither server remembers anything as old as revision 1.
    let widgets = server.define_fixture("widgets").await;
    let mut watch = server.watch(&format!("{widgets}?resourceVersion=1")).await;
    let (kind, status) = watch.next().await;
    assert_eq!(kind, "ERROR", "the answer is 200, its first event the error");
    assert_eq!(status["kind"], "Status");
    assert_eq!((status["code"].as_u64(), status["reason"].as_str()), (Some(410), Some("Expired")));
    let message = status["message"].as_str().unwrap();
    assert!(message.starts_with("too old resource version: 1 ("), "{message}");
    assert_eq!(watch.next_or_end().await, None, "nothing comes after it");
}

const INITIAL: &str = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";

async fn initial_events_end_with_an_annotated_bookmark(server: &Server) {
    let one = map(server, "b", Value::Null).await;
    map(server, "a", Value::Null).await;
    for query in ["", "&resourceVersion=0"] {
        until_cached(server, &server.get(MAPS).await.ok()).await;
        let mut watch = server.watch(&format!("{MAPS}?{INITIAL}{query}")).await;
        let mut there = [watch.short().await, watch.short().await];
        there.sort();
        assert_eq!(there, ["ADDED a", "ADDED b"], "{query}");
        let (kind, bookmark) = watch.next().await;
        assert_eq!(kind, "BOOKMARK", "{query}");
        assert_eq!(bookmark["kind"], "ConfigMap");
        assert_eq!(bookmark["metadata"]["annotations"], json!({"k8s.io/initial-events-end": "true"}));
        assert!(version(&bookmark) > version(&one), "{query}");
        let name = if query.is_empty() { "c" } else { "d" };
        map(server, name, Value::Null).await;
        let mut told = watch.short().await;
        // A real server may say at any time how far it is.
        while told == "BOOKMARK -" {
            told = watch.short().await;
        }
        assert_eq!(told, format!("ADDED {name}"));
        server.delete(&format!("{MAPS}/{name}")).await.ok();
    }
}

async fn initial_events_of_nothing_end_at_once(server: &Server) {
    let mut watch = server.watch(&format!("{MAPS}?{INITIAL}&labelSelector=none")).await;
    assert_eq!(watch.next().await.0, "BOOKMARK");
}

async fn initial_events_must_be_asked_for_rightly(server: &Server) {
    for query in [
        "sendInitialEvents=true&allowWatchBookmarks=true",
        "sendInitialEvents=true&resourceVersionMatch=Exact&resourceVersion=1",
        "resourceVersionMatch=NotOlderThan&resourceVersion=1",
    ] {
        let refused = server.get(&format!("{MAPS}?watch=true&{query}")).await.fails(422, "Invalid");
        assert_eq!(refused["details"]["kind"], "ListOptions", "{query}: {refused:#}");
    }
}

async fn a_watch_of_tables_tells_rows(server: &Server) {
    let first = map(server, "a", Value::Null).await;
    let accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
    let path = format!("{MAPS}?resourceVersion={}", version(&first));
    let mut watch = server.watch_as(&path, accept).await;
    set(server, "a", json!({"data": {"k": "v"}})).await;
    set(server, "a", json!({"data": {"l": "v"}})).await;
    let (kind, table) = watch.next().await;
    assert_eq!((kind.as_str(), table["kind"].as_str()), ("MODIFIED", Some("Table")));
    assert_eq!(table["rows"][0]["cells"][0], "a");
    assert_eq!(table["rows"][0]["cells"][1], 1);
    assert_eq!(table["columnDefinitions"][0]["name"], "Name", "the first event has the columns");
    let (_, table) = watch.next().await;
    assert_eq!(table["columnDefinitions"], Value::Null, "the others have not: {table:#}");
    assert_eq!(table["rows"][0]["object"]["kind"], "PartialObjectMetadata");
}

async fn a_watch_of_metadata_tells_no_data(server: &Server) {
    let accept = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json";
    let start = map(server, "a", Value::Null).await;
    let mut watch = server.watch_as(&format!("{MAPS}?resourceVersion={}", version(&start)), accept).await;
    set(server, "a", json!({"data": {"k": "v"}})).await;
    let (kind, object) = watch.next().await;
    assert_eq!((kind.as_str(), object["kind"].as_str()), ("MODIFIED", Some("PartialObjectMetadata")));
    assert_eq!((&object["metadata"]["name"], &object["data"]), (&json!("a"), &Value::Null));
}

async fn a_deletion_is_told_with_its_own_revision(server: &Server) {
    let made = map(server, "a", Value::Null).await;
    let mut watch = server.watch(&format!("{MAPS}?resourceVersion={}", version(&made))).await;
    server.delete(&format!("{MAPS}/a")).await.ok();
    let (_, gone) = watch.next().await;
    assert!(version(&gone) > version(&made));
    // A watch can go on from there.
    let mut later = server.watch(&format!("{MAPS}?resourceVersion={}", version(&gone))).await;
    map(server, "b", Value::Null).await;
    assert_eq!(later.short().await, "ADDED b");
}

async fn the_old_watch_path_still_works(server: &Server) {
    let start = map(server, "a", Value::Null).await;
    let path = format!("/api/v1/watch/namespaces/{{ns}}/configmaps?resourceVersion={}", version(&start));
    let mut watch = server.watch(&path).await;
    map(server, "b", Value::Null).await;
    assert_eq!(watch.short().await, "ADDED b");
}

async fn a_watch_with_a_broken_revision_is_refused(server: &Server) {
    assert!(server.get(&format!("{MAPS}?watch=true&resourceVersion=nonsense")).await.status >= 400);
    server.get(&format!("{MAPS}?watch=true&labelSelector=%3D")).await.fails(400, "BadRequest");
    server.get(&format!("{MAPS}?watch=true&fieldSelector=data.k%3D1")).await.fails(400, "BadRequest");
    server.get(&format!("{MAPS}?watch=true&timeoutSeconds=x")).await.fails(400, "BadRequest");
}

async fn a_dying_object_is_modified_and_then_deleted(server: &Server) {
    let held = json!({"metadata": {"name": "a", "finalizers": ["example.com/a"]}});
    let made = server.create(MAPS, held).await;
    let mut watch = server.watch(&format!("{MAPS}?resourceVersion={}", version(&made))).await;
    server.delete(&format!("{MAPS}/a")).await.ok();
    let (kind, dying) = watch.next().await;
    assert_eq!(kind, "MODIFIED");
    assert!(dying["metadata"]["deletionTimestamp"].is_string());
    set(server, "a", json!({"metadata": {"finalizers": null}})).await;
    let (kind, gone) = watch.next().await;
    assert_eq!(kind, "DELETED");
    assert!(gone["metadata"]["deletionTimestamp"].is_string());
}

async fn many_watches_hear_the_same(server: &Server) {
    let start = map(server, "start", Value::Null).await;
    let path = format!("{MAPS}?resourceVersion={}", version(&start));
    let mut watches = Vec::new();
    for _ in 0..20 {
        watches.push(server.watch(&path).await);
    }
    for number in 0..20 {
        map(server, &format!("m{number}"), Value::Null).await;
    }
    for watch in &mut watches {
        for number in 0..20 {
            assert_eq!(watch.short().await, format!("ADDED m{number}"));
        }
    }
}
