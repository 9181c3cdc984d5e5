//! Objects at one revision after the other: what etcd is to Kubernetes.
//!
//! Everything that is current is in memory and, when there is a directory, in a redb database. Writes are committed in
//! groups: each is answered, seen by reads and told to watches only after its group is on the disk.

mod committer;
mod disk;
mod draft;
mod failure;
mod published;
mod watch;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;

use committer::Committer;
use disk::{Contents, Disk};
pub use failure::{Refused, StoreError};
use published::{Group, Shared};
pub use watch::{Watch, WatchEnd};

/// Names an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// `plural.group`.
    pub resource: Arc<str>,
    /// Namespace; empty for objects of the cluster.
    pub namespace: Arc<str>,
    /// Name.
    pub name: Arc<str>,
}

/// An object as it was at a revision.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Its name.
    pub key: Key,
    /// The revision that wrote it; its `metadata.resourceVersion`.
    pub revision: u64,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The whole object as JSON, with its `metadata.resourceVersion`.
    pub json: Bytes,
}

/// An object ready to be written: JSON that lacks only the revision.
#[derive(Clone, Debug)]
pub struct Draft {
    before: Vec<u8>,
    after: Vec<u8>,
    labels: BTreeMap<String, String>,
}

/// What a write expects to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing.
    Absent,
    /// The object as this revision wrote it.
    Revision(u64),
}

/// What a write does.
#[derive(Clone, Debug)]
pub enum Change {
    /// Keeps the object.
    Put(Draft),
    /// Removes it; the draft is what watches are told it was at the end.
    Delete(Draft),
}

/// What a watch is told.
#[derive(Clone, Debug)]
pub struct Event {
    /// The revision that did it.
    pub revision: u64,
    /// What was done.
    pub kind: EventKind,
    /// The object after it; for a deletion its last state.
    pub object: Arc<Stored>,
    /// The object before it.
    pub previous: Option<Arc<Stored>>,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// It is new.
    Added,
    /// It changed.
    Modified,
    /// It is gone.
    Deleted,
}

/// One part of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// The revision that the whole list is of.
    pub revision: u64,
    /// Objects in the order of namespace and name.
    pub items: Vec<Arc<Stored>>,
    /// How many come after these; 0 when this is the last part.
    pub remaining: usize,
}

/// The revision asked for is no longer kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("revision {asked} is compacted; the oldest is {oldest}")]
pub struct Compacted {
    /// What was asked for.
    pub asked: u64,
    /// What there is.
    pub oldest: u64,
}

/// What to list.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    /// `plural.group`.
    pub resource: &'a str,
    /// Only this namespace.
    pub namespace: Option<&'a str>,
    /// As it was at this revision; one that is yet to come is read as the current one.
    pub at: Option<u64>,
    /// Only what comes after this namespace and name.
    pub after: Option<(&'a str, &'a str)>,
    /// How many at most.
    pub limit: Option<usize>,
}

impl<'a> List<'a> {
    /// All objects of a resource as they are now.
    pub fn of(resource: &'a str) -> Self {
        Self { resource, namespace: None, at: None, after: None, limit: None }
    }
}

/// Objects and their history. Clones are the same store; when the last is dropped, watches end.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    /// `None`: without a disk.
    committer: Option<Committer>,
}

impl Store {
    /// A new store without a disk: a write is done before its future first yields.
    pub fn in_memory() -> Self {
        Self(Arc::new(Inner { shared: Arc::new(Shared::new(1, BTreeMap::new())), committer: None }))
    }

    /// The store in a directory; a new one when there is none. It has the objects of the one that was closed, or killed,
    /// and no history.
    ///
    /// # Errors
    /// When the file cannot be read or written, or is no store of this version; then it is left as it is.
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        let (disk, contents) = Disk::open(directory)?;
        Self::on(disk, contents, directory)
    }

    fn on(disk: Disk, contents: Contents, path: &Path) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared::new(contents.revision, contents.objects));
        let committer = Committer::start(Arc::clone(&shared), disk, path)?;
        Ok(Self(Arc::new(Inner { shared, committer: Some(committer) })))
    }

    /// The revision that reads see.
    pub fn revision(&self) -> u64 {
        self.0.shared.read().revision()
    }

    /// The oldest revision that lists and watches can start from.
    pub fn oldest(&self) -> u64 {
        self.0.shared.read().oldest()
    }

    /// An object as it is now.
    pub fn get(&self, key: &Key) -> Option<Arc<Stored>> {
        self.0.shared.read().get(key).cloned()
    }

    /// Objects of a resource, in the order of namespace and name.
    ///
    /// # Errors
    /// When the revision that is asked for is compacted.
    pub fn list(&self, list: &List<'_>) -> Result<Page, Compacted> {
        self.0.shared.read().list(list)
    }

    /// Everything that happens after a revision, to all resources.
    ///
    /// # Errors
    /// When the revision is compacted.
    pub fn watch(&self, after: u64) -> Result<Watch, Compacted> {
        Watch::start(&self.0.shared, after)
    }

    /// Does one write and answers with what it wrote, once that can be read; a deletion answers with the last state.
    /// A write whose future is dropped may still be done.
    ///
    /// # Errors
    /// When the object is not as expected, or when the disk fails; then nothing is done.
    pub async fn write(&self, key: Key, expected: Expected, change: Change) -> Result<Arc<Stored>, Refused> {
        if let Some(committer) = &self.0.committer {
            return committer.write(key, expected, change).await;
        }
        let shared = &self.0.shared;
        let mut state = shared.write();
        if shared.is_closed() {
            return Err(Refused::Failed(StoreError::Closed));
        }
        let mut group = Group::after(state.revision());
        let stored = group.add(&state, key, expected, change).map_err(Refused::Conflict)?;
        state.publish(group);
        drop(state);
        shared.wake();
        Ok(stored)
    }

    /// Forgets the history up to a revision: lists and watches cannot start before it any more.
    pub fn compact(&self, oldest: u64) {
        self.0.shared.write().compact(oldest);
        self.0.shared.wake();
    }

    /// Does the writes that wait, ends watches and refuses further writes, of all clones.
    pub async fn close(self) {
        let inner = self.0;
        // The thread may be in an fsync.
        let _ = tokio::task::spawn_blocking(move || inner.close()).await;
    }
}

impl Inner {
    fn close(&self) {
        if let Some(committer) = &self.committer {
            committer.close();
        }
        self.shared.close();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}
