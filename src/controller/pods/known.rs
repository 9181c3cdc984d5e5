//! What is known of host Pods.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::hosting::{Hosting, addresses};
use super::{Pod, PodBody, PodMemory};
use crate::controller::objects::ObjectKey;
use crate::controller::store::{Change, Store};

/// Host Pods, the hosts in them, and what is remembered of both.
#[derive(Debug, Default)]
pub struct Pods {
    pods: Store<PodBody>,
    called: HashMap<String, BTreeSet<ObjectKey>>,
    memory: HashMap<String, PodMemory>,
    /// Namespaces (empty: all) that were listed.
    listed: HashSet<String>,
    /// Namespaces (empty: all) into which we may not look.
    refused: HashSet<String>,
    known: bool,
    pub(super) hosting: Hosting,
}

impl Pods {
    /// The Pod of that key.
    pub fn get(&self, key: &ObjectKey) -> Option<&Arc<Pod>> {
        self.pods.get(key)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Pod>> {
        self.pods.iter()
    }

    /// Pods of that name or address.
    pub(super) fn called(&self, address: &str) -> impl Iterator<Item = &Arc<Pod>> {
        self.called.get(address).into_iter().flatten().filter_map(|key| self.pods.get(key))
    }

    /// What is remembered of the Pod of that UID.
    pub fn memory_of(&self, uid: &str) -> PodMemory {
        self.memory.get(uid).cloned().unwrap_or_default()
    }

    /// Remembers what a turn brought, if the Pod is there still.
    pub fn remember(&mut self, key: &ObjectKey, uid: &str, memory: PodMemory) {
        if self.get(key).is_some_and(|pod| pod.uid() == uid) {
            self.memory.insert(uid.to_owned(), memory);
        }
    }

    /// Whether all Pods are known that may be known.
    pub fn are_known(&self) -> bool {
        self.known
    }

    /// Notes whether all Pods are known: of those namespaces (empty: all), and of the own one where not all may be looked into.
    /// Once they are, the hosts are named whose Pods can be told from now on.
    pub fn note_known(&mut self, scopes: &BTreeSet<String>, own: &str) -> Option<Vec<String>> {
        let settled = |scope: &str| self.listed.contains(scope) || self.refused.contains(scope);
        let instead = |scope: &str| !scope.is_empty() || !self.refused.contains(scope) || settled(own);
        let known = scopes.iter().all(|scope| settled(scope) && instead(scope));
        let news = known && !self.known;
        self.known |= known;
        news.then(|| self.open_hosts())
    }

    /// We may not look into a namespace (empty: into all). Tells whether that is news.
    pub fn refused(&mut self, scope: &str) -> bool {
        self.refused.insert(scope.to_owned())
    }

    /// A list of a namespace (empty: of all) begins.
    pub fn list_begins(&mut self, scope: &str) {
        self.pods.list_begins(scope);
    }

    /// A list has ended; what it did not bring is gone.
    pub fn list_ends(&mut self, scope: &str) -> Vec<Change<PodBody>> {
        self.listed.insert(scope.to_owned());
        self.refused.remove(scope);
        self.pods.list_ends(scope)
    }

    /// A Pod was seen.
    pub fn seen(&mut self, pod: Pod) -> Option<Change<PodBody>> {
        self.pods.apply(pod)
    }

    /// A Pod is gone, or carries the label no more.
    pub fn gone(&mut self, key: &ObjectKey, uid: &str) -> Option<Change<PodBody>> {
        self.pods.deleted(key, uid)
    }

    /// Follows a change; names the hosts for which it may mean something.
    pub fn follow(&mut self, change: &Change<PodBody>) -> BTreeSet<String> {
        if let Some(old) = &change.old {
            for address in addresses(old) {
                if let Some(keys) = self.called.get_mut(&address) {
                    keys.remove(&old.key());
                    if keys.is_empty() {
                        self.called.remove(&address);
                    }
                }
            }
        }
        if let Some(new) = &change.new {
            for address in addresses(new) {
                self.called.entry(address).or_default().insert(new.key());
            }
        }
        let former = change.old.as_ref().filter(|old| change.new.as_ref().is_none_or(|new| new.uid() != old.uid()));
        if let Some(former) = former {
            self.memory.remove(former.uid());
        }
        let both: Vec<_> = change.old.iter().chain(&change.new).collect();
        self.hosts_about(&both)
    }
}
