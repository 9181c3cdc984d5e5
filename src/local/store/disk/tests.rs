//! Stores that are opened again, that are damaged, and that many write to.

mod torn;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use torn::Torn;

use super::*;
use crate::local::store::tests::{ALL, delete, key, put};
use crate::local::store::{Expected, Refused, Store};

async fn filled(directory: &Path) -> Store {
    let store = Store::open(directory).unwrap();
    for name in ["a", "b", "c"] {
        store.write(key("n", name), Expected::Absent, put(1)).await.unwrap();
    }
    store.write(key("n", "b"), Expected::Revision(3), delete(2)).await.unwrap();
    store
}

#[tokio::test]
async fn a_store_that_is_opened_again_is_the_same_without_history() {
    let directory = tempfile::tempdir().unwrap();
    let store = filled(directory.path()).await;
    let before = store.list(&ALL).unwrap();
    store.close().await;
    let mode = std::fs::metadata(directory.path().join(FILE)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let store = Store::open(directory.path()).unwrap();
    assert_eq!((store.revision(), store.oldest()), (5, 5));
    assert_eq!(store.list(&ALL).unwrap().items, before.items);
    assert!(store.watch(4).is_err());
    drop(store);
    std::fs::write(directory.path().join(UNFINISHED), "half").unwrap();
    std::fs::remove_file(directory.path().join(FILE)).unwrap();
    assert_eq!(Store::open(directory.path()).unwrap().revision(), 1);
}

#[tokio::test]
async fn a_closed_store_has_done_what_was_asked_and_does_no_more() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let names: Vec<_> = (0..50).map(|number| format!("x{number}")).collect();
    let mut watch = store.watch(1).unwrap();
    let mut writes: Vec<_> =
        names.iter().map(|name| Box::pin(store.write(key("n", name), Expected::Absent, put(1)))).collect();
    for write in &mut writes {
        let _ = futures::poll!(write);
    }
    let other = store.clone();
    other.close().await;
    for write in writes {
        write.await.unwrap();
    }
    let late = store.write(key("n", "late"), Expected::Absent, put(1)).await;
    assert!(matches!(late, Err(Refused::Failed(StoreError::Closed))));
    let mut told = 0;
    while let Ok(events) = watch.next().await {
        told += events.len();
    }
    assert_eq!(told, 50);
    drop(store);
    assert_eq!(Store::open(directory.path()).unwrap().list(&ALL).unwrap().items.len(), 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_writers_one_wins_each_revision() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    store.write(key("n", "a"), Expected::Absent, put(0)).await.unwrap();
    let writer = |store: Store| async move {
        let mut won = Vec::new();
        while won.len() < 20 {
            let found = store.get(&key("n", "a")).unwrap().revision;
            match store.write(key("n", "a"), Expected::Revision(found), put(1)).await {
                Ok(stored) => won.push((found, stored.revision)),
                Err(Refused::Conflict(Some(now))) => assert!(now.revision > found),
                Err(other) => panic!("{other:?}"),
            }
        }
        won
    };
    let writers: Vec<_> = (0..8).map(|_| tokio::spawn(writer(store.clone()))).collect();
    let mut won = Vec::new();
    for writer in writers {
        won.extend(writer.await.unwrap());
    }
    won.sort_unstable();
    assert_eq!(won, (2..162).map(|revision| (revision, revision + 1)).collect::<Vec<_>>());
}

/// The error with the directory taken out, and that the file is left as it was.
fn refused(directory: &Path) -> String {
    let before = std::fs::read(directory.join(FILE)).ok();
    let error = Store::open(directory).err().unwrap();
    assert_eq!(std::fs::read(directory.join(FILE)).ok(), before, "{error}");
    error.to_string().replace(directory.to_str().unwrap(), "DIR")
}

#[tokio::test]
async fn a_damaged_store_is_refused_and_kept() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(FILE);
    filled(directory.path()).await.close().await;
    let good = std::fs::read(&path).unwrap();
    for (what, bytes) in [
        ("empty", Vec::new()),
        ("garbage", b"not a database".repeat(1000)),
        ("zeros", vec![0; good.len()]),
        ("half", good[..good.len() / 2].to_vec()),
        ("a page short", good[..good.len() - 4096].to_vec()),
        ("header only", good[..320].to_vec()),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let said = refused(directory.path());
        assert!(said.starts_with("the store DIR/store.redb is damaged: "), "{what}: {said}");
    }
    std::fs::write(&path, good).unwrap();
    assert_eq!(Store::open(directory.path()).unwrap().revision(), 5);
}

#[tokio::test]
async fn no_changed_byte_makes_a_store_something_else() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(FILE);
    filled(directory.path()).await.close().await;
    let good = std::fs::read(&path).unwrap();
    let used = good.iter().rposition(|byte| *byte != 0).unwrap();
    let all = Store::open(directory.path()).unwrap().list(&ALL).unwrap().items;
    for at in (0..512).step_by(7).chain((512..used).step_by(131)) {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        if let Ok(store) = Torn::holding(bad) {
            assert_eq!(store.list(&ALL).unwrap().items, all, "byte {at}");
        }
    }
}

/// What is said about a store whose tables were changed.
fn tampered(change: impl FnOnce(&redb::WriteTransaction)) -> String {
    let directory = tempfile::tempdir().unwrap();
    drop(Store::open(directory.path()).unwrap());
    let database = Builder::new().open(directory.path().join(FILE)).unwrap();
    let transaction = database.begin_write().unwrap();
    change(&transaction);
    transaction.commit().unwrap();
    drop(database);
    refused_only(directory.path())
}

fn refused_only(directory: &Path) -> String {
    let error = Store::open(directory).err().unwrap();
    assert!(error.help().is_some_and(|help| help.contains("local reset --dir /")));
    error.to_string().replace(directory.to_str().unwrap(), "DIR")
}

#[test]
fn a_store_of_another_format_or_with_other_contents_is_refused() {
    let format = |number: u64| {
        tampered(move |transaction| {
            transaction.open_table(META).unwrap().insert(FORMAT_ENTRY, number).unwrap();
        })
    };
    insta::assert_snapshot!(format(2), @"the store DIR/store.redb is damaged: its format is 2; this version reads 1");
    let entry = |json: &'static str| {
        tampered(move |transaction| {
            let mut objects = transaction.open_table(OBJECTS).unwrap();
            objects.insert(("secrets", "n", "a"), json.as_bytes()).unwrap();
        })
    };
    insta::assert_snapshot!(entry(r#"{"metadata":{"resourceVersion":"1"},"data":{"password":"hunter2"}"#), @r#"the store DIR/store.redb is damaged: secrets "a" in "n": no object as JSON (line 1, column 65)"#);
    insta::assert_snapshot!(entry(r#"{"metadata":{"resourceVersion":"9"}}"#), @r#"the store DIR/store.redb is damaged: secrets "a" in "n": its resourceVersion is none of this store"#);
    let other = tampered(|transaction| {
        transaction.delete_table(META).unwrap();
    });
    insta::assert_snapshot!(other, @"the store DIR/store.redb is damaged: Table 'meta' does not exist");
}

#[test]
fn a_store_that_cannot_be_reached_is_an_error_with_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing");
    let error = Store::open(&missing).err().unwrap().to_string();
    insta::assert_snapshot!(error.replace(directory.path().to_str().unwrap(), "DIR"), @"the store DIR/missing/store.redb cannot be created: No such file or directory (os error 2)");
    let _open = Store::open(directory.path()).unwrap();
    let error = Store::open(directory.path()).err().unwrap();
    assert_eq!(error.help(), None);
    insta::assert_snapshot!(error.to_string().replace(directory.path().to_str().unwrap(), "DIR"), @"the store DIR/store.redb cannot be opened: Database already open. Cannot acquire lock.");
    std::fs::create_dir_all(directory.path().join("d").join(FILE)).unwrap();
    let error = Store::open(&directory.path().join("d")).err().unwrap();
    assert!(matches!(error, StoreError::Disk { doing: "opened", .. }), "{error}");
}
