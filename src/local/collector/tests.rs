use super::*;
use crate::local::store::{Change, Draft, Expected, Store};

const NOW: &str = "2026-11-23T17:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// A server whose collector runs.
fn server() -> (ApiServer, tokio_util::sync::DropGuard) {
    let server = ApiServer::new(Store::in_memory(), now);
    let until = CancellationToken::new();
    tokio::spawn(run(server.clone(), until.clone()));
    (server, until.drop_guard())
}

fn key(namespace: &str, name: &str) -> Key {
    Key { resource: "configmaps".into(), namespace: namespace.into(), name: name.into() }
}

/// Writes an object as if its namespace had been there a moment ago.
async fn slip_in(server: &ApiServer, namespace: &str, name: &str) -> Arc<Stored> {
    let object = json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": { "name": name, "namespace": namespace, "uid": format!("uid-of-{name}"), "creationTimestamp": NOW },
    });
    let draft = Draft::of(&object);
    server.store.write(key(namespace, name), Expected::Absent, Change::Put(draft)).await.unwrap()
}

/// Waits until something is true, looking again after every change.
async fn until(server: &ApiServer, is: impl Fn() -> bool) {
    let mut watch = server.store.watch(server.store.revision()).unwrap();
    while !is() {
        tokio::time::timeout(Duration::from_secs(10), watch.next()).await.expect("something happens").unwrap();
    }
}

#[tokio::test]
async fn an_object_that_slips_into_a_namespace_that_is_gone_gets_it_back() {
    let (server, _until) = server();
    slip_in(&server, "late", "a").await;
    until(&server, || server.store.get(&ApiServer::namespace_key("late")).is_some()).await;
    assert!(server.store.get(&key("late", "a")).is_some());
}

#[tokio::test]
async fn what_was_there_when_a_namespace_went_goes_after_it() {
    let server = ApiServer::new(Store::in_memory(), now);
    let before = slip_in(&server, "n", "before").await;
    slip_in(&server, "n", "after").await;
    ends::stragglers(&server, "n", before.revision).await;
    assert!(server.store.get(&key("n", "before")).is_none());
    assert!(server.store.get(&key("n", "after")).is_some());
    assert!(server.store.get(&ApiServer::namespace_key("n")).is_some());
}

#[tokio::test]
async fn a_namespace_takes_along_what_comes_while_it_ends() {
    let (server, _until) = server();
    server.make_namespace("n").await.unwrap();
    let namespace = ApiServer::namespace_key("n");
    let uid = meta::uid(&read(&server.store.get(&namespace).unwrap())).to_owned();
    delete(&server, &namespace, &uid, Propagation::Background).await.unwrap();
    slip_in(&server, "n", "late").await;
    until(&server, || server.store.get(&namespace).is_none() && server.store.get(&key("n", "late")).is_none()).await;
}

#[tokio::test]
async fn objects_that_were_there_at_the_start_are_minded_too() {
    let server = ApiServer::new(Store::in_memory(), now);
    slip_in(&server, "n", "a").await;
    let until_end = CancellationToken::new();
    let _until = until_end.clone().drop_guard();
    tokio::spawn(run(server.clone(), until_end));
    until(&server, || server.store.get(&ApiServer::namespace_key("n")).is_some()).await;
}

#[test]
fn events_are_as_old_as_their_last_write() {
    let event = |created: &str, written: &str| {
        json!({
            "lastTimestamp": "2099-01-01T00:00:00Z",
            "metadata": { "creationTimestamp": created, "managedFields": [{ "time": written }, { "manager": "x" }] },
        })
    };
    let (old, young) = ("2026-11-23T15:59:59Z", "2026-11-23T16:00:01Z");
    assert!(is_old(&event(old, old), now()));
    assert!(!is_old(&event(old, young), now()));
    assert!(!is_old(&event(young, old), now()));
    assert!(is_old(&json!({ "metadata": {} }), now()), "nobody knows when");
}
