//! What is known of Services and of the slices that carry our label.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Service;
use super::slice::{Slice, SliceBody};
use crate::controller::objects::ObjectKey;
use crate::controller::store::{Change, Store};

/// Slices that are gone are remembered for late answers to writes; more than so many need no memory of each.
const MOST_ENDED: usize = 1_000;
/// Endpoints that come one after the other are written together, so often; one that goes is written at once.
const COALESCE: Duration = Duration::from_millis(500);

/// What is remembered of the route to a Service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RouteMemory {
    /// When a slice of it was last written.
    pub written: Option<Instant>,
    /// Why the API server will not take a write, if it said so.
    pub denied: Option<String>,
    /// Which hosts were said to be left out, and why.
    pub said: BTreeSet<String>,
}

/// Services, slices, and what is remembered of both.
#[derive(Debug, Default)]
pub struct Routes {
    services: Store<()>,
    slices: Store<SliceBody>,
    by_service: HashMap<ObjectKey, BTreeSet<ObjectKey>>,
    memory: HashMap<ObjectKey, RouteMemory>,
    urgent: HashSet<ObjectKey>,
    /// Versions at which slices ended, by UID.
    ended: HashMap<String, u64>,
    /// Namespaces (empty: all) in which we may not look.
    forbidden: HashSet<String>,
}

/// Whether routes can be decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Services and slices are all known.
    Clear,
    /// They are being listed.
    Pending,
    /// We may not look at them.
    Forbidden,
}

impl Routes {
    /// Whether the routes of a namespace can be decided on.
    pub fn sight(&self, namespace: &str) -> Sight {
        if self.services.is_listed(namespace) && self.slices.is_listed(namespace) {
            Sight::Clear
        } else if self.forbidden.contains("") || self.forbidden.contains(namespace) {
            Sight::Forbidden
        } else {
            Sight::Pending
        }
    }

    /// We may not look at the Services or slices of a namespace (empty: of all). Tells whether that is news.
    pub fn forbidden(&mut self, scope: &str) -> bool {
        self.forbidden.insert(scope.to_owned())
    }

    /// The Service of that key.
    pub fn service(&self, key: &ObjectKey) -> Option<&Arc<Service>> {
        self.services.get(key)
    }

    /// Slices of the Service of that key.
    pub fn slices_of(&self, service: &ObjectKey) -> impl Iterator<Item = &Arc<Slice>> {
        self.by_service.get(service).into_iter().flatten().filter_map(|key| self.slices.get(key))
    }

    /// What is remembered of the route to a Service.
    pub fn memory_of(&self, service: &ObjectKey) -> RouteMemory {
        self.memory.get(service).cloned().unwrap_or_default()
    }

    /// Remembers what a turn brought.
    pub fn remember(&mut self, service: &ObjectKey, memory: RouteMemory) {
        match self.service(service) {
            Some(_) => self.memory.insert(service.clone(), memory),
            None => self.memory.remove(service),
        };
    }

    /// Something went, or may have: the route is not to wait for more news.
    pub fn hurry(&mut self, service: &ObjectKey) {
        self.urgent.insert(service.clone());
    }

    /// The route was looked at.
    pub fn looked_at(&mut self, service: &ObjectKey) {
        self.urgent.remove(service);
    }

    /// Until when a route is left as it is, so that what comes meanwhile is written together.
    pub fn rests_until(&self, service: &ObjectKey, now: Instant) -> Option<Instant> {
        let written = self.memory.get(service).and_then(|memory| memory.written)?;
        Some(written + COALESCE).filter(|until| *until > now && !self.urgent.contains(service))
    }

    /// A Service was seen.
    pub fn service_seen(&mut self, service: Service) -> Option<Change<()>> {
        self.services.apply(service)
    }

    /// A Service is gone.
    pub fn service_gone(&mut self, key: &ObjectKey, uid: &str) -> Option<Change<()>> {
        let change = self.services.deleted(key, uid)?;
        self.memory.remove(key);
        Some(change)
    }

    /// A slice was seen, or written by us. An answer that tells of it as it was before it went is passed over.
    pub fn slice_seen(&mut self, slice: Slice) -> Option<Change<SliceBody>> {
        if self.ended.get(slice.uid()).is_some_and(|at| slice.version() < *at) {
            return None;
        }
        let change = self.slices.apply(slice)?;
        self.follow(&change);
        Some(change)
    }

    /// A slice is gone, or carries our label no more, as of that version.
    pub fn slice_gone(&mut self, gone: &Slice) -> Option<Change<SliceBody>> {
        if self.ended.len() >= MOST_ENDED {
            self.ended.clear();
        }
        self.ended.insert(gone.uid().to_owned(), gone.version());
        let change = self.slices.deleted(&gone.key(), gone.uid())?;
        self.follow(&change);
        Some(change)
    }

    /// We deleted a slice.
    pub fn slice_removed(&mut self, key: &ObjectKey, uid: &str) -> Option<Change<SliceBody>> {
        let change = self.slices.removed(key, uid)?;
        self.follow(&change);
        Some(change)
    }

    /// A list of Services has ended; what it did not bring is gone.
    pub fn services_listed(&mut self, scope: &str) -> Vec<Change<()>> {
        let gone = self.services.list_ends(scope);
        gone.iter().filter_map(|change| change.old.as_ref()).for_each(|old| {
            self.memory.remove(&old.key());
        });
        gone
    }

    /// A list of slices has ended; what it did not bring is gone.
    pub fn slices_listed(&mut self, scope: &str) -> Vec<Change<SliceBody>> {
        let gone = self.slices.list_ends(scope);
        gone.iter().for_each(|change| self.follow(change));
        gone
    }

    /// Services that have slices.
    pub fn keys(&self) -> impl Iterator<Item = &ObjectKey> {
        self.by_service.keys()
    }

    /// All slices that carry our label.
    pub fn slices(&self) -> impl Iterator<Item = &Arc<Slice>> {
        self.slices.iter()
    }

    /// A list of the Services of a namespace (empty: of all) begins.
    pub fn services_list(&mut self, scope: &str) {
        self.services.list_begins(scope);
    }

    /// A list of the slices of a namespace (empty: of all) begins.
    pub fn slices_list(&mut self, scope: &str) {
        self.slices.list_begins(scope);
    }

    fn follow(&mut self, change: &Change<SliceBody>) {
        if let Some(old) = &change.old {
            let service = old.key().sibling(&old.service);
            if let Some(slices) = self.by_service.get_mut(&service) {
                slices.remove(&old.key());
                if slices.is_empty() {
                    self.by_service.remove(&service);
                }
            }
        }
        if let Some(new) = &change.new {
            self.by_service.entry(new.key().sibling(&new.service)).or_default().insert(new.key());
        }
    }
}
