//! What hosts are about to get: starts in flight, a few at a time on each, so that a burst never holds up its heartbeats;
//! and Workloads that are being created for them.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use serde_json::Value;

use super::spread::step;
use super::{ObjectKey, World};
use crate::api::Kind;
use crate::api::names::annotation;
use crate::controller::effect::{Decision, Effect, Room};
use crate::controller::objects::{Key, What};

/// Which starts are in flight on which host, and who waits for one to end.
#[derive(Debug)]
pub struct Starts {
    limit: usize,
    in_flight: HashMap<String, BTreeSet<ObjectKey>>,
    /// Hosts on which a Workload is being started, if it is on any.
    going_to: HashMap<ObjectKey, BTreeSet<String>>,
    waiting: HashMap<String, Line>,
    /// Those whose turn has come, with the host that has room for them.
    offered: HashMap<ObjectKey, String>,
}

/// Those who wait, in the order they came, each once.
#[derive(Debug, Default)]
struct Line {
    order: VecDeque<ObjectKey>,
    members: HashSet<ObjectKey>,
}

impl Starts {
    /// No starts; at most `limit` per host.
    pub fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            in_flight: HashMap::new(),
            going_to: HashMap::new(),
            waiting: HashMap::new(),
            offered: HashMap::new(),
        }
    }

    /// How many are in flight on a host.
    pub fn on(&self, host: &str) -> usize {
        self.in_flight.get(host).map_or(0, BTreeSet::len)
    }

    /// Whether a Workload is being started on another host than that.
    pub fn go_elsewhere(&self, host: &str, workload: &ObjectKey) -> bool {
        self.going_to.get(workload).is_some_and(|hosts| hosts.iter().any(|other| other != host))
    }

    /// The host that has a start of a Workload to answer.
    pub fn place_of(&self, workload: &ObjectKey) -> Option<&str> {
        self.going_to.get(workload)?.first().map(String::as_str)
    }

    /// How many are in flight on all hosts.
    pub fn total(&self) -> usize {
        self.in_flight.values().map(BTreeSet::len).sum()
    }

    /// Whether a host can be given another one.
    pub fn has_room(&self, host: &str) -> bool {
        self.on(host) < self.limit
    }

    /// Notes what a Workload's decision needs. One that was offered room and has no use for it any more gives it to the
    /// next in line, who is named.
    pub fn answer(&mut self, workload: &ObjectKey, room: &Room) -> Option<ObjectKey> {
        let offered = self.offered.remove(workload);
        match room {
            Room::Await(host) => self.wait(host, workload),
            Room::Take(host) => self.begin(host, workload),
            Room::None => {}
        }
        let unused = offered.filter(|offer| !matches!(room, Room::Await(host) | Room::Take(host) if host == offer))?;
        self.next(&unused)
    }

    /// A start is sent.
    pub fn begin(&mut self, host: &str, workload: &ObjectKey) {
        self.in_flight.entry(host.to_owned()).or_default().insert(workload.clone());
        self.going_to.entry(workload.clone()).or_default().insert(host.to_owned());
    }

    /// A start was answered, or given up. Names the one that may go now.
    pub fn end(&mut self, host: &str, workload: &ObjectKey) -> Option<ObjectKey> {
        let flying = self.in_flight.get_mut(host)?;
        flying.remove(workload);
        if flying.is_empty() {
            self.in_flight.remove(host);
        }
        if let Some(hosts) = self.going_to.get_mut(workload) {
            hosts.remove(host);
            if hosts.is_empty() {
                self.going_to.remove(workload);
            }
        }
        self.next(host)
    }

    /// A Workload waits for room on a host.
    pub fn wait(&mut self, host: &str, workload: &ObjectKey) {
        let line = self.waiting.entry(host.to_owned()).or_default();
        if line.members.insert(workload.clone()) {
            line.order.push_back(workload.clone());
        }
    }

    /// The next in line for a host.
    pub fn next(&mut self, host: &str) -> Option<ObjectKey> {
        let line = self.waiting.get_mut(host)?;
        let next = line.order.pop_front();
        if let Some(next) = &next {
            line.members.remove(next);
        }
        if line.order.is_empty() {
            self.waiting.remove(host);
        }
        if let Some(next) = &next {
            self.offered.insert(next.clone(), host.to_owned());
        }
        next
    }
}

/// Workloads that are being created and that nobody has seen yet, with the hosts they were given to: when many are placed
/// at once, each counts for the next.
#[derive(Debug, Default)]
pub(super) struct Promised {
    hosts: HashMap<ObjectKey, String>,
    counts: HashMap<String, usize>,
}

impl Promised {
    /// How many a host is about to get.
    pub(super) fn on(&self, host: &str) -> usize {
        self.counts.get(host).copied().unwrap_or_default()
    }

    fn begin(&mut self, workload: ObjectKey, host: String) {
        self.end(&workload);
        step(&mut self.counts, host.clone(), true);
        self.hosts.insert(workload, host);
    }

    /// It was seen, or was not made.
    pub(super) fn end(&mut self, workload: &ObjectKey) {
        if let Some(host) = self.hosts.remove(workload) {
            step(&mut self.counts, host, false);
        }
    }
}

/// The Workloads among what is to be created, each with the host it is given to, if it is given to one.
fn created(effects: &[Effect]) -> impl Iterator<Item = (ObjectKey, Option<&str>)> {
    let objects = effects.iter().filter_map(|effect| match effect {
        Effect::Create { kind: Kind::Workload, objects } => Some(objects),
        _ => None,
    });
    objects.flatten().map(|object| {
        let metadata = &object["metadata"];
        let text = |field: &str| metadata[field].as_str().unwrap_or_default();
        let host = metadata["annotations"].get(annotation::ASSIGNED_HOST).and_then(Value::as_str);
        (ObjectKey::new(text("namespace"), text("name")), host)
    })
}

impl World {
    /// Creations have been carried out, or were given up: what came of them is in the objects by now.
    pub fn creations_ended(&mut self, effects: &[Effect]) {
        created(effects).for_each(|(workload, _)| self.promised.end(&workload));
    }

    /// Notes what a decision needs of hosts before it is carried out.
    pub fn turn_taken(&mut self, key: &Key, decision: &Decision) {
        if key.what == What::Route {
            self.routes.looked_at(&key.object);
        }
        self.config_reading_begins(&decision.effects);
        for (workload, host) in created(&decision.effects) {
            if let Some(host) = host {
                self.promised.begin(workload, host.to_owned());
            }
        }
        for (uid, record) in &decision.records {
            self.memory.entry(uid.clone()).or_default().config = Some(record.clone());
        }
        self.waits_for_host(key, decision.unplaced);
        if key.what == Kind::Workload {
            if let Some(workload) = self.workloads.get(&key.object) {
                self.spread.choose(workload, decision.room.host());
            }
            if let Some(next) = self.starts.answer(&key.object, &decision.room) {
                self.touch(Kind::Workload, next);
            }
        }
    }

    /// A start has ended, one way or the other: the next in line for that host may go.
    pub fn start_ended(&mut self, host: &str, key: &ObjectKey) {
        if let Some(next) = self.starts.end(host, key) {
            self.touch(Kind::Workload, next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_promised_counts_once_until_it_is_seen_or_given_up() {
        let key = |name: &str| ObjectKey::new("ns", name);
        let mut promised = Promised::default();
        promised.begin(key("a"), "1".to_owned());
        promised.begin(key("a"), "2".to_owned());
        promised.begin(key("b"), "2".to_owned());
        assert_eq!((promised.on("1"), promised.on("2")), (0, 2));
        promised.end(&key("a"));
        promised.end(&key("a"));
        assert_eq!((promised.on("2"), promised.hosts.len()), (1, 1));
        promised.end(&key("b"));
        assert!(promised.hosts.is_empty() && promised.counts.is_empty());
    }

    #[test]
    fn a_host_gets_a_few_at_a_time_and_then_the_next_in_line() {
        let key = |name: &str| ObjectKey::new("ns", name);
        let mut starts = Starts::new(1);
        assert!(starts.has_room("h"));
        starts.begin("h", &key("a"));
        assert!(starts.go_elsewhere("other", &key("a")) && !starts.go_elsewhere("h", &key("a")));
        assert!(!starts.has_room("h"));
        assert!(starts.has_room("other"));
        starts.wait("h", &key("b"));
        starts.wait("h", &key("c"));
        starts.wait("h", &key("b"));
        assert_eq!(starts.end("h", &key("a")), Some(key("b")));
        assert_eq!((starts.on("h"), starts.total()), (0, 0));
        assert!(!starts.go_elsewhere("other", &key("a")));
        starts.begin("h", &key("b"));
        assert_eq!(starts.end("h", &key("b")), Some(key("c")));
        assert_eq!(starts.end("h", &key("c")), None);
    }
}
