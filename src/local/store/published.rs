//! What reads see: the objects as they are, and how they came to be so.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ops::Bound;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use tokio::sync::watch;

use super::{Change, Compacted, Event, EventKind, Expected, Key, List, Page, Stored};

/// How many bytes of JSON the history may hold on to. A state counts with the event that made it and with the one that
/// ended it.
const HISTORY_BYTES: usize = 48 << 20;
/// How many events the history may hold.
const HISTORY_EVENTS: usize = 100_000;
/// How many events a watch takes at once.
const BATCH: usize = 1000;

/// The published state, and the bell that wakes watches.
pub(super) struct Shared {
    published: RwLock<Published>,
    closed: watch::Sender<bool>,
}

impl Shared {
    pub(super) fn new(revision: u64, objects: BTreeMap<Key, Arc<Stored>>) -> Self {
        let published = Published { revision, oldest: revision, objects, history: VecDeque::new(), bytes: 0 };
        Self { published: RwLock::new(published), closed: watch::Sender::new(false) }
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, Published> {
        self.published.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, Published> {
        self.published.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes watches look again.
    pub(super) fn wake(&self) {
        self.closed.send_modify(|_| ());
    }

    pub(super) fn close(&self) {
        self.closed.send_replace(true);
    }

    pub(super) fn is_closed(&self) -> bool {
        *self.closed.borrow()
    }

    /// Rings when there may be something new; true at the end.
    pub(super) fn bell(&self) -> watch::Receiver<bool> {
        self.closed.subscribe()
    }
}

/// Everything at one revision, and the events that led there.
pub(super) struct Published {
    revision: u64,
    oldest: u64,
    objects: BTreeMap<Key, Arc<Stored>>,
    history: VecDeque<Arc<Event>>,
    bytes: usize,
}

impl Published {
    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    pub(super) fn oldest(&self) -> u64 {
        self.oldest
    }

    pub(super) fn get(&self, key: &Key) -> Option<&Arc<Stored>> {
        self.objects.get(key)
    }

    /// Whether the history reaches back to a revision.
    pub(super) fn reaches(&self, asked: u64) -> Result<(), Compacted> {
        if asked < self.oldest { Err(Compacted { asked, oldest: self.oldest }) } else { Ok(()) }
    }

    /// The next events after a revision; not all of them when there are many.
    pub(super) fn events_after(&self, revision: u64) -> Vec<Arc<Event>> {
        self.history.range(self.position_after(revision)..).take(BATCH).cloned().collect()
    }

    pub(super) fn list(&self, list: &List<'_>) -> Result<Page, Compacted> {
        let at = list.at.unwrap_or(self.revision).min(self.revision);
        self.reaches(at)?;
        let matching = self.at(at, list);
        let limit = list.limit.unwrap_or(usize::MAX);
        let items: Vec<_> = matching.iter().take(limit).copied().cloned().collect();
        Ok(Page { revision: at, remaining: matching.len() - items.len(), items })
    }

    /// Makes a group's writes what reads see.
    pub(super) fn publish(&mut self, group: Group) {
        self.revision = group.revision;
        for event in group.events {
            match event.kind {
                EventKind::Deleted => self.objects.remove(&event.object.key),
                EventKind::Added | EventKind::Modified => {
                    self.objects.insert(event.object.key.clone(), Arc::clone(&event.object))
                }
            };
            self.bytes += weight(&event);
            self.history.push_back(event);
        }
        while self.bytes > HISTORY_BYTES || self.history.len() > HISTORY_EVENTS {
            self.forget_first();
        }
    }

    /// Forgets the history up to a revision.
    pub(super) fn compact(&mut self, oldest: u64) {
        let oldest = oldest.min(self.revision);
        while self.history.front().is_some_and(|event| event.revision <= oldest) {
            self.forget_first();
        }
        self.oldest = self.oldest.max(oldest);
    }

    fn forget_first(&mut self) {
        if let Some(event) = self.history.pop_front() {
            self.bytes -= weight(&event);
            self.oldest = event.revision;
        }
    }

    fn position_after(&self, revision: u64) -> usize {
        self.history.partition_point(|event| event.revision <= revision)
    }

    /// Everything that a list asks for, as it was at a revision.
    fn at(&self, at: u64, list: &List<'_>) -> Vec<&Arc<Stored>> {
        let mut undone: BTreeMap<&Key, Option<&Arc<Stored>>> = BTreeMap::new();
        for event in self.history.range(self.position_after(at)..).filter(|event| asked_for(list, &event.object.key)) {
            undone.entry(&event.object.key).or_insert(event.previous.as_ref());
        }
        let current = self.current(list);
        if undone.is_empty() {
            return current.collect();
        }
        let mut found: BTreeMap<&Key, &Arc<Stored>> =
            current.filter(|stored| !undone.contains_key(&stored.key)).map(|stored| (&stored.key, stored)).collect();
        found.extend(undone.into_iter().filter_map(|(key, previous)| Some((key, previous?))));
        found.into_values().collect()
    }

    fn current(&self, list: &List<'_>) -> impl Iterator<Item = &Arc<Stored>> {
        let (namespace, name) = list.after.unwrap_or_default().max((list.namespace.unwrap_or_default(), ""));
        let start = Key { resource: list.resource.into(), namespace: namespace.into(), name: name.into() };
        let matches = move |key: &Key| {
            *key.resource == *list.resource && list.namespace.is_none_or(|namespace| *key.namespace == *namespace)
        };
        let from = self.objects.range((Bound::Included(start), Bound::Unbounded));
        from.take_while(move |(key, _)| matches(key))
            .filter(move |(key, _)| asked_for(list, key))
            .map(|(_, stored)| stored)
    }
}

fn asked_for(list: &List<'_>, key: &Key) -> bool {
    *key.resource == *list.resource
        && list.namespace.is_none_or(|namespace| *key.namespace == *namespace)
        && list.after.is_none_or(|after| (&*key.namespace, &*key.name) > after)
}

fn weight(event: &Event) -> usize {
    event.object.json.len() + event.previous.as_ref().map_or(0, |previous| previous.json.len())
}

/// Writes that become visible together, each with a revision of its own.
pub(super) struct Group {
    revision: u64,
    events: Vec<Arc<Event>>,
    changed: HashMap<Key, Option<Arc<Stored>>>,
}

impl Group {
    /// An empty one whose first write gets the revision after the given one.
    pub(super) fn after(revision: u64) -> Self {
        Self { revision, events: Vec::new(), changed: HashMap::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The revision of its last write.
    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    /// What its writes leave behind: an object, or nothing.
    pub(super) fn changed(&self) -> impl Iterator<Item = (&Key, Option<&Stored>)> {
        self.changed.iter().map(|(key, state)| (key, state.as_deref()))
    }

    /// Adds a write, if the object is as expected after the published state and the writes before it in the group.
    pub(super) fn add(
        &mut self,
        published: &Published,
        key: Key,
        expected: Expected,
        change: Change,
    ) -> Result<Arc<Stored>, Option<Arc<Stored>>> {
        let previous = match self.changed.get(&key) {
            Some(changed) => changed.clone(),
            None => published.get(&key).cloned(),
        };
        let as_expected = match expected {
            Expected::Absent => previous.is_none(),
            Expected::Revision(revision) => previous.as_ref().is_some_and(|previous| previous.revision == revision),
        };
        let (kind, draft) = match (change, &previous) {
            _ if !as_expected => return Err(previous),
            (Change::Put(draft), None) => (EventKind::Added, draft),
            (Change::Put(draft), Some(_)) => (EventKind::Modified, draft),
            (Change::Delete(draft), Some(_)) => (EventKind::Deleted, draft),
            (Change::Delete(_), None) => return Err(None),
        };
        self.revision += 1;
        let object = draft.stored(key.clone(), self.revision);
        self.changed.insert(key, (kind != EventKind::Deleted).then(|| Arc::clone(&object)));
        let event = Event { revision: self.revision, kind, object: Arc::clone(&object), previous };
        self.events.push(Arc::new(event));
        Ok(object)
    }
}
