//! What a store promises, tried on one in memory.

mod model;

use serde_json::{Value, json};

use super::*;

pub(in crate::local::store) fn key(namespace: &str, name: &str) -> Key {
    Key { resource: "configmaps".into(), namespace: namespace.into(), name: name.into() }
}

pub(in crate::local::store) fn put(value: u64) -> Change {
    Change::Put(Draft::of(&json!({"data": value})))
}

pub(in crate::local::store) fn delete(value: u64) -> Change {
    Change::Delete(Draft::of(&json!({"data": value})))
}

fn names(page: &Page) -> Vec<String> {
    page.items.iter().map(|item| format!("{}/{}@{}", item.key.namespace, item.key.name, item.revision)).collect()
}

pub(in crate::local::store) const ALL: List<'_> =
    List { resource: "configmaps", namespace: None, at: None, after: None, limit: None };

#[test]
fn a_draft_is_the_object_with_its_revision() {
    let object = json!({
        "kind": "ConfigMap", "apiVersion": "v1", "data": {"a\"b": "c"},
        "metadata": {"name": "a", "uid": "u", "resourceVersion": "99", "labels": {"x": "1", "y": "2"}},
    });
    let stored = Draft::of(&object).stored(key("ns", "a"), 7);
    insta::assert_snapshot!(String::from_utf8_lossy(&stored.json), @r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"labels":{"x":"1","y":"2"},"name":"a","uid":"u","resourceVersion":"7"},"data":{"a\"b":"c"}}"#);
    assert_eq!(stored.labels, BTreeMap::from([("x".to_owned(), "1".to_owned()), ("y".to_owned(), "2".to_owned())]));
    assert_eq!(stored.revision, 7);
    for odd in [json!(null), json!([1]), json!({}), json!({"metadata": null}), json!({"metadata": {"labels": [1]}})] {
        let stored = Draft::of(&odd).stored(key("", "a"), 8);
        let read: Value = serde_json::from_slice(&stored.json).unwrap();
        assert_eq!(read["metadata"]["resourceVersion"], "8", "{odd}");
    }
}

#[tokio::test]
async fn writes_want_what_they_expect() {
    let store = Store::in_memory();
    assert_eq!((store.revision(), store.oldest()), (1, 1));
    let a = key("ns", "a");
    let first = store.write(a.clone(), Expected::Absent, put(1)).await.unwrap();
    assert_eq!((first.revision, store.revision()), (2, 2));
    let conflict = |result: Result<Arc<Stored>, Refused>| match result {
        Err(Refused::Conflict(found)) => found.map(|found| found.revision),
        other => panic!("{other:?}"),
    };
    assert_eq!(conflict(store.write(a.clone(), Expected::Absent, put(2)).await), Some(2));
    assert_eq!(conflict(store.write(a.clone(), Expected::Revision(1), put(2)).await), Some(2));
    assert_eq!(conflict(store.write(key("ns", "b"), Expected::Revision(2), put(2)).await), None);
    assert_eq!(conflict(store.write(key("ns", "b"), Expected::Absent, delete(2)).await), None);
    assert_eq!(store.revision(), 2);
    let last = store.write(a.clone(), Expected::Revision(2), delete(3)).await.unwrap();
    assert_eq!(&last.json[..], br#"{"metadata":{"resourceVersion":"3"},"data":3}"#);
    assert_eq!(store.get(&a), None);
}

#[tokio::test]
async fn a_list_goes_on_at_its_revision_while_writes_go_on() {
    let store = Store::in_memory();
    for name in ["a", "b", "c", "d"] {
        store.write(key("n", name), Expected::Absent, put(0)).await.unwrap();
    }
    store.write(key("m", "z"), Expected::Absent, put(0)).await.unwrap();
    let other = Key { resource: "configmapz".into(), ..key("n", "a") };
    store.write(other, Expected::Absent, put(0)).await.unwrap();
    let first = store.list(&List { limit: Some(2), ..ALL }).unwrap();
    assert_eq!((names(&first), first.remaining, first.revision), (vec!["m/z@6".into(), "n/a@2".into()], 3, 7));
    store.write(key("n", "b"), Expected::Revision(3), delete(1)).await.unwrap();
    store.write(key("n", "c"), Expected::Revision(4), put(1)).await.unwrap();
    store.write(key("n", "aa"), Expected::Absent, put(1)).await.unwrap();
    let rest = store.list(&List { at: Some(7), after: Some(("n", "a")), ..ALL }).unwrap();
    assert_eq!((names(&rest), rest.remaining), (vec!["n/b@3".into(), "n/c@4".into(), "n/d@5".into()], 0));
    let now = store.list(&List { namespace: Some("n"), ..ALL }).unwrap();
    assert_eq!(names(&now), ["n/a@2", "n/aa@10", "n/c@9", "n/d@5"]);
    store.compact(8);
    let gone = store.list(&List { at: Some(7), ..ALL }).unwrap_err();
    assert_eq!(gone, Compacted { asked: 7, oldest: 8 });
    assert_eq!(store.list(&List { at: Some(8), ..ALL }).unwrap().items.len(), 4);
}

#[tokio::test]
async fn a_watch_is_told_everything_once_and_ends() {
    let store = Store::in_memory();
    let mut watch = store.watch(1).unwrap();
    let a = key("n", "a");
    store.write(a.clone(), Expected::Absent, put(1)).await.unwrap();
    store.write(a.clone(), Expected::Revision(2), put(2)).await.unwrap();
    let told = watch.next().await.unwrap();
    let kinds: Vec<_> = told.iter().map(|event| (event.revision, event.kind)).collect();
    assert_eq!(kinds, [(2, EventKind::Added), (3, EventKind::Modified)]);
    assert_eq!(told[1].previous.as_ref().unwrap().revision, 2);
    assert_eq!(watch.revision(), 3);
    let next = tokio::spawn(async move {
        let told = watch.next().await;
        (told, watch)
    });
    tokio::task::yield_now().await;
    store.write(a.clone(), Expected::Revision(3), delete(3)).await.unwrap();
    let (told, mut watch) = next.await.unwrap();
    let told = told.unwrap();
    assert_eq!((told[0].kind, told[0].object.revision), (EventKind::Deleted, 4));
    let mut slow = store.watch(2).unwrap();
    store.compact(3);
    assert_eq!(slow.next().await.unwrap_err(), WatchEnd::Compacted(Compacted { asked: 2, oldest: 3 }));
    assert_eq!(store.watch(2).err(), Some(Compacted { asked: 2, oldest: 3 }));
    store.clone().close().await;
    assert_eq!(watch.next().await.unwrap_err(), WatchEnd::Closed);
    let refused = store.write(a, Expected::Absent, put(1)).await;
    assert!(matches!(refused, Err(Refused::Failed(StoreError::Closed))));
}
