//! Where the replicas of each replica set are, or are meant to be. Counted as they come and go, so that no choice of a host
//! has to go through them all; a choice counts from when it is made, so that the next one sees it.

use std::collections::HashMap;
use std::hash::Hash;

use crate::api::Kind;
use crate::controller::objects::{ObjectKey, Workload, WorkloadBody};
use crate::controller::store::Change;
use crate::controller::world::owner;

/// Counts of Workloads.
#[derive(Debug, Default)]
pub(super) struct Spread {
    /// Hosts that were chosen for Workloads whose objects need not name them yet.
    chosen: HashMap<ObjectKey, String>,
    /// Replicas by UID of the replica set, and by id of the host.
    replicas: HashMap<String, HashMap<String, usize>>,
    /// Workloads by the id of the host that was chosen for them, where their object does not name it.
    coming: HashMap<String, usize>,
}

impl Spread {
    /// How many replicas of a replica set are, or are meant to be, on a host.
    pub(super) fn replicas_on(&self, set: &str, host: &str) -> usize {
        self.replicas.get(set).and_then(|hosts| hosts.get(host)).copied().unwrap_or_default()
    }

    /// How many Workloads are meant for a host whose objects do not name it yet.
    pub(super) fn coming_to(&self, host: &str) -> usize {
        self.coming.get(host).copied().unwrap_or_default()
    }

    /// The host that was chosen for a Workload and that its object does not name.
    pub(super) fn comes_to(&self, workload: &Workload) -> Option<&str> {
        let host = self.chosen.get(&workload.key())?.as_str();
        (workload.host_id() != Some(host) && workload.assigned_host() != Some(host)).then_some(host)
    }

    /// The host where a Workload counts as a replica: the one it is meant for, else the one it is on.
    pub(super) fn counted_on<'a>(&'a self, workload: &'a Workload) -> Option<&'a str> {
        let chosen = self.chosen.get(&workload.key()).map(String::as_str);
        chosen.or(workload.host_id()).or(workload.assigned_host()).filter(|_| !workload.is_terminating())
    }

    /// Follows a change of a Workload.
    pub(super) fn follow(&mut self, change: &Change<WorkloadBody>) {
        if let Some(old) = &change.old {
            self.count(old, false);
            if change.new.as_ref().is_none_or(|new| new.uid() != old.uid()) {
                self.chosen.remove(&old.key());
            }
        }
        if let Some(new) = &change.new {
            self.count(new, true);
        }
    }

    /// A host was chosen for a Workload, or none is needed.
    pub(super) fn choose(&mut self, workload: &Workload, host: Option<&str>) {
        let key = workload.key();
        if self.chosen.get(&key).map(String::as_str) == host {
            return;
        }
        self.count(workload, false);
        match host {
            Some(host) => self.chosen.insert(key, host.to_owned()),
            None => self.chosen.remove(&key),
        };
        self.count(workload, true);
    }

    fn count(&mut self, workload: &Workload, comes: bool) {
        if let Some(host) = self.comes_to(workload).map(str::to_owned) {
            step(&mut self.coming, host, comes);
        }
        let Some(set) = owner(&workload.metadata, Kind::WorkloadReplicaSet) else { return };
        let Some(host) = self.counted_on(workload).map(str::to_owned) else { return };
        let hosts = self.replicas.entry(set.uid.clone()).or_default();
        step(hosts, host, comes);
        if hosts.is_empty() {
            self.replicas.remove(&set.uid);
        }
    }
}

/// Counts one more or one fewer; of none there is no count.
pub(super) fn step<K: Eq + Hash>(counts: &mut HashMap<K, usize>, of: K, more: bool) {
    let count = counts.get(&of).copied().unwrap_or_default();
    let next = if more { count + 1 } else { count.saturating_sub(1) };
    if next == 0 {
        counts.remove(&of);
    } else {
        counts.insert(of, next);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::api::names::annotation;
    use crate::controller::fixtures::{Object, dynamic, workload};
    use crate::controller::objects::Seen;

    fn seen(object: Object) -> Arc<Workload> {
        Arc::new(Seen::read(dynamic(&object.value())).unwrap())
    }

    fn replica() -> Object {
        workload("w").owned_by(Kind::WorkloadReplicaSet, "set")
    }

    fn assigned(host: &str) -> Object {
        replica().annotated(annotation::ASSIGNED_HOST, host)
    }

    fn on(spread: &Spread, host: &str) -> (usize, usize) {
        (spread.replicas_on("uid-of-set", host), spread.coming_to(host))
    }

    #[test]
    fn a_choice_counts_from_when_it_is_made_and_once() {
        let (mut spread, bare, named) = (Spread::default(), seen(replica()), seen(assigned("1")));
        spread.follow(&Change { old: None, new: Some(bare.clone()) });
        spread.choose(&bare, Some("1"));
        assert_eq!(on(&spread, "1"), (1, 1));
        spread.choose(&bare, Some("2"));
        assert_eq!((on(&spread, "1"), on(&spread, "2")), ((0, 0), (1, 1)));
        spread.choose(&bare, Some("1"));
        spread.follow(&Change { old: Some(bare), new: Some(named.clone()) });
        assert_eq!(on(&spread, "1"), (1, 0), "its object names it");
        spread.choose(&named, None);
        assert_eq!(on(&spread, "1"), (1, 0));
        let moved = seen(assigned("1").on("2", true));
        spread.follow(&Change { old: Some(named), new: Some(moved.clone()) });
        assert_eq!((on(&spread, "1"), on(&spread, "2")), ((0, 0), (1, 0)), "where it is counts");
        let ending = seen(assigned("1").on("2", true).terminating());
        spread.follow(&Change { old: Some(moved), new: Some(ending.clone()) });
        assert_eq!(on(&spread, "2"), (0, 0));
        spread.follow(&Change { old: Some(ending), new: None });
        assert!(spread.replicas.is_empty() && spread.coming.is_empty() && spread.chosen.is_empty());
    }

    #[test]
    fn a_choice_is_forgotten_with_the_object() {
        let (mut spread, first) = (Spread::default(), seen(replica()));
        spread.follow(&Change { old: None, new: Some(first.clone()) });
        spread.choose(&first, Some("1"));
        let second = seen(replica().with(json!({ "metadata": { "uid": "second" } })));
        spread.follow(&Change { old: Some(first), new: Some(second.clone()) });
        assert_eq!(on(&spread, "1"), (0, 0));
        spread.choose(&second, Some("1"));
        spread.follow(&Change { old: Some(second), new: None });
        assert!(spread.replicas.is_empty() && spread.coming.is_empty() && spread.chosen.is_empty());
    }
}
