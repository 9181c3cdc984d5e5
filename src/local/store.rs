//! Objects at one revision after the other: what etcd is to Kubernetes.
//!
//! Everything that is current is in memory and, when there is a directory, in a redb database. Writes are committed in
//! groups: each is answered, seen by reads and told to watches only after its group is on the disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

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

impl Draft {
    /// Of an object; its own `metadata.resourceVersion` does not count.
    pub fn of(object: &Value) -> Self {
        let _ = object;
        todo!()
    }
}
