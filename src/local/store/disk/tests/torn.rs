//! Disks that fail, and machines that lose power, at every single operation.

use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;

use redb::StorageBackend;

use super::*;
use crate::local::store::{Change, Draft, Key, Stored};

/// A disk in memory that counts its operations.
#[derive(Debug, Default)]
struct Platter {
    /// What is surely there after a loss of power.
    synced: Vec<u8>,
    /// What reads see.
    seen: Vec<u8>,
    operations: usize,
    /// Operations in this range fail.
    failing: std::ops::Range<usize>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Torn(Arc<Mutex<Platter>>);

impl Torn {
    /// A store whose file holds these bytes.
    pub(super) fn holding(bytes: Vec<u8>) -> Result<Store, StoreError> {
        Self::new(bytes, 0..0).store()
    }

    /// One that holds these bytes and fails at some of its operations.
    fn new(bytes: Vec<u8>, failing: std::ops::Range<usize>) -> Self {
        Self(Arc::new(Mutex::new(Platter { synced: bytes.clone(), seen: bytes, operations: 0, failing })))
    }

    fn change(&self, change: impl FnOnce(&mut Platter)) -> io::Result<()> {
        let mut platter = self.0.lock().unwrap();
        platter.operations += 1;
        if platter.failing.contains(&(platter.operations - 1)) {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        change(&mut platter);
        Ok(())
    }

    fn store(&self) -> Result<Store, StoreError> {
        let torn = self.clone();
        let (disk, contents) =
            Disk::with("store.redb".into(), Box::new(move || checking().create_with_backend(torn.clone())))?;
        Store::on(disk, contents, Path::new("."))
    }
}

impl StorageBackend for Torn {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let platter = self.0.lock().unwrap();
        let from = usize::try_from(offset).unwrap();
        let bytes = platter.seen.get(from..from + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(bytes);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change(|platter| platter.seen.resize(usize::try_from(len).unwrap(), 0))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.change(|platter| platter.synced = platter.seen.clone())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let from = usize::try_from(offset).unwrap();
        self.change(|platter| platter.seen[from..from + data.len()].copy_from_slice(data))
    }
}

fn empty() -> Vec<u8> {
    let torn = Torn::default();
    torn.0.lock().unwrap().failing = 0..0;
    let database = Builder::new().create_with_backend(torn.clone()).unwrap();
    initialize(&database).unwrap();
    drop(database);
    let platter = torn.0.lock().unwrap();
    platter.seen.clone()
}

/// Big enough for pages of its own.
fn big(value: usize) -> Change {
    Change::Put(Draft::of(&serde_json::json!({"data": {"value": value, "text": "x".repeat(900 * (value % 5))}})))
}

/// What was answered: each object's last state, or none; and the newest revision.
#[derive(Default)]
struct Answered {
    objects: BTreeMap<Key, Option<Arc<Stored>>>,
    revision: u64,
    /// Failed writes in their order, and whether they are deletions.
    failed: Vec<(Key, bool)>,
}

/// Groups of five writes at once, until the disk has failed, or to the end.
async fn work(store: &Store, groups: usize, goes_on: bool) -> Answered {
    let mut answered = Answered { revision: 1, ..Answered::default() };
    for group in 0..groups {
        let writes = (0..5).map(|number| {
            let key = key("n", &format!("x{}", (group + number * 2) % 9));
            let expected = store.get(&key).map_or(Expected::Absent, |stored| Expected::Revision(stored.revision));
            let change = match (expected, (group + number) % 4) {
                (Expected::Revision(_), 0) => delete(0),
                _ => big(group + number),
            };
            let gone = matches!(change, Change::Delete(_));
            async move { (key.clone(), gone, store.write(key, expected, change).await) }
        });
        for (key, gone, answer) in futures::future::join_all(writes).await {
            match answer {
                Ok(stored) => {
                    assert!(stored.revision > answered.revision);
                    answered.revision = stored.revision;
                    answered.objects.insert(key, (!gone).then_some(stored));
                }
                Err(Refused::Failed(error)) => {
                    assert_eq!(
                        error.to_string(),
                        "the store store.redb cannot be written: I/O error: no storage space"
                    );
                    answered.failed.push((key, gone));
                }
                Err(conflict) => panic!("{conflict:?}"),
            }
        }
        if !answered.failed.is_empty() && !goes_on {
            break;
        }
    }
    answered
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

/// How many operations the whole work takes.
fn operations(groups: usize) -> usize {
    let torn = Torn::new(empty(), 0..0);
    runtime().block_on(async { work(&torn.store().unwrap(), groups, false).await });
    let platter = torn.0.lock().unwrap();
    platter.operations
}

#[test]
fn a_loss_of_power_at_any_operation_loses_nothing_that_was_answered() {
    let all = operations(8);
    assert!(all > 50, "{all}");
    for crash in 0..all {
        let torn = Torn::new(empty(), crash..usize::MAX);
        let answered = match torn.store() {
            Ok(store) => runtime().block_on(work(&store, 8, false)),
            Err(_) => Answered { revision: 1, ..Answered::default() },
        };
        let (synced, seen) = {
            let platter = torn.0.lock().unwrap();
            (platter.synced.clone(), platter.seen.clone())
        };
        for image in [synced, seen] {
            let store = Torn::holding(image).unwrap();
            let written = store.revision().checked_sub(answered.revision).unwrap() as usize;
            let states = answered.objects.iter();
            let mut expected: BTreeMap<_, _> =
                states.map(|(key, state)| (key, state.as_ref().map(|stored| stored.revision))).collect();
            for (number, (key, gone)) in answered.failed[..written].iter().enumerate() {
                expected.insert(key, (!gone).then_some(answered.revision + 1 + number as u64));
            }
            let expected: Vec<_> = expected.into_iter().filter_map(|(key, revision)| Some((key, revision?))).collect();
            let items = store.list(&ALL).unwrap().items;
            let found: Vec<_> = items.iter().map(|stored| (&stored.key, stored.revision)).collect();
            assert_eq!(found, expected, "crash at {crash}");
        }
    }
}

#[test]
fn after_a_failure_of_the_disk_nothing_of_the_group_is_seen_and_writes_go_on() {
    let all = operations(6);
    let once = (3..all).map(|first| (first, 1));
    let longer = (3..all).step_by(7).flat_map(|first| [(first, 4), (first, 30)]);
    for (first, many) in once.chain(longer) {
        let torn = Torn::new(empty(), first..first + many);
        let Ok(store) = torn.store() else { continue };
        let mut watch = store.watch(1).unwrap();
        let answered = runtime().block_on(work(&store, 10, true));
        let mut told = 1;
        runtime().block_on(async {
            while told < store.revision() {
                for event in watch.next().await.unwrap() {
                    assert!(event.revision > told);
                    told = event.revision;
                }
            }
        });
        let refused = runtime().block_on(store.write(key("n", "x"), Expected::Revision(1), delete(0)));
        assert!(matches!(refused, Err(Refused::Conflict(None))));
        assert_eq!(store.revision(), answered.revision, "{first} {many}");
        let seen = store.list(&ALL).unwrap().items;
        let last: Vec<_> = answered.objects.values().flatten().cloned().collect();
        assert_eq!(seen, last, "{first} {many}");
        drop(store);
        let image = torn.0.lock().unwrap().synced.clone();
        let again = Torn::holding(image).unwrap();
        assert_eq!(again.list(&ALL).unwrap().items, seen, "{first} {many}");
    }
}
