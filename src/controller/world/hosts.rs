//! What the world learns of hosts: from the bus, from their silence, from their objects.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::time::Instant;

use super::{Host, Kind, ObjectKey, World, newest, owner};
use crate::controller::host;
use crate::controller::live::{Challenge, Claim, Judgement, LiveHost, News};
use crate::controller::objects::HostBody;
use crate::controller::store::Change;
use crate::hosts::wire::HostHeartbeat;

impl World {
    /// A host reported.
    pub fn heartbeat(&mut self, beat: HostHeartbeat, now: Instant) {
        let id = beat.id.clone();
        let is_new = self.live.get(&id).is_none();
        let rerouted = self.is_rerouted_by(&beat);
        let fate = self.pods.host_heard(&id, &beat.hostname, &beat.environment);
        let News { eligibility, count, challenged } = self.live.heard(beat, now);
        if rerouted {
            self.touch_routes_to(&id);
        }
        self.settle_host_names(now);
        self.touch_host_of(&id);
        if is_new {
            self.newcomer(&id);
        }
        if let Some((before, after)) = fate {
            self.fate_changed(&id, before, after);
        }
        if eligibility {
            self.host_news(&id);
            self.touch_workloads_on(&id);
        }
        if count && self.disagrees(&id) {
            self.ask_about(&id);
        }
        for other in challenged {
            self.touch_host_of(&other);
        }
        if self.live.judges_at().is_some() {
            self.judge_deaths(now);
        }
    }

    /// The bus is up: hosts will be heard again, and what waited for it goes on.
    pub fn bus_up(&mut self, now: Instant) {
        self.live.connected(now);
        self.touch_all();
    }

    /// The bus is down.
    pub fn bus_down(&mut self) {
        self.live.disconnected();
    }

    /// Nobody listens under a host's id.
    pub fn host_unheard(&mut self, id: &str, now: Instant) {
        if self.live.unheard(id, now) {
            self.host_died(id, now);
        } else {
            self.touch_host_of(id);
        }
    }

    /// A host did not answer when asked after a long silence, or with something that speaks against it.
    pub fn host_silent(&mut self, id: &str, now: Instant) {
        if !self.live.is_settled(now) {
            return;
        }
        let died = match self.host_object(id).cloned() {
            Some(object) if self.live.get(id).is_none() => {
                self.live.declare_dead_unheard(beat_of(&object), host::says_silent(&object), now);
                true
            }
            _ => self.live.declare_dead(id, now),
        };
        if died {
            self.host_died(id, now);
        }
    }

    /// Something speaks against a host: it is asked at once.
    pub fn doubt_host(&mut self, id: &str, why: Challenge) {
        if self.live.doubt(id, why) {
            self.touch_host_of(id);
        }
    }

    /// When deaths that are held back have to be judged again.
    pub fn judges_at(&self) -> Option<Instant> {
        self.live.judges_at()
    }

    /// Judges the deaths that are held back, if it is time.
    pub fn judge_when_due(&mut self, now: Instant) {
        if self.live.judges_at().is_some_and(|at| at <= now) {
            self.judge_deaths(now);
        }
    }

    fn host_died(&mut self, id: &str, now: Instant) {
        self.touch_host_of(id);
        if self.live.get(id).is_some_and(|host| !host.held) {
            self.host_lost(id);
        }
        self.judge_deaths(now);
        self.settle_host_names(now);
    }

    fn judge_deaths(&mut self, now: Instant) {
        let unknown = self.hosts.iter().filter(|host| {
            !host.is_terminating() && !host::says_silent(host) && self.live.get(&host.host_id).is_none()
        });
        let unknown = unknown.count();
        let starts = &self.starts;
        let Judgement { dead, ask, held } = self.live.judge(unknown, |id| starts.on(id) > 0, now);
        if let Some(alarm) = self.live.alarm().filter(|_| !held.is_empty()) {
            tracing::warn!(
                missing = alarm.missing,
                of = alarm.total,
                "most hosts vanished together: nothing is moved yet"
            );
        }
        ask.iter().chain(&held).for_each(|id| self.touch_host_of(id));
        dead.iter().for_each(|id| self.host_lost(id));
        if !dead.is_empty() {
            self.settle_host_names(now);
        }
    }

    /// A host is dead: its object and its Workloads are looked at again.
    fn host_lost(&mut self, id: &str) {
        if let Some(name) = self.live.get(id).and_then(|host| host.name.as_deref()) {
            let (kind, object) = (Kind::Host.name(), self.host_key(name));
            tracing::warn!(kind, %object, id, "the host is gone; its Workloads go elsewhere");
        }
        self.host_news(id);
        self.touch_host_of(id);
        self.touch_routes_to(id);
        self.touch_workloads_on(id);
    }

    fn newcomer(&self, id: &str) {
        let Some(host) = self.live.get(id) else { return };
        let (kind, object) = (Kind::Host.name(), self.host_key(&host.beat.friendly_name));
        tracing::info!(kind, %object, id, version = host.beat.version, "a host reports");
        if !host.odd_labels.is_empty() {
            tracing::warn!(kind, %object, id, labels = ?host.odd_labels, "labels that the API server would not take are left out");
        }
    }

    fn settle_host_names(&mut self, now: Instant) {
        let (objects, relations, namespace) = (&self.hosts, &self.relations, &self.settings.namespace);
        let claim = |host: &LiveHost| Claim {
            own: relations.host_with_id(&host.beat.id).map(|key| key.name.clone()),
            reserved: objects
                .get(&ObjectKey::new(namespace, &host.beat.friendly_name))
                .is_some_and(|object| object.host_id != host.beat.id),
        };
        for name in self.live.settle_names(claim, now) {
            self.touch_host(&name);
            let Some(id) = self.live.named(&name).map(|host| host.beat.id.clone()) else { continue };
            // Should there be other objects of it, they are too many.
            let doubles: Vec<_> = self.relations.hosts_with_id(&id).cloned().collect();
            doubles.into_iter().for_each(|key| self.touch(Kind::Host, key));
        }
    }

    /// Names the Host object of the host of that id, and that of the name it calls itself.
    pub(super) fn touch_host_of(&mut self, id: &str) {
        let live = self.live.get(id);
        let names = live.map(|host| (host.name.clone(), host.beat.friendly_name.clone()));
        if let Some((name, friendly)) = names {
            self.touch_host(&name.unwrap_or(friendly));
        }
    }

    pub(super) fn host_changed(&mut self, change: &Change<HostBody>) {
        let Some(host) = newest(change) else { return };
        self.relations.host(change);
        self.reroute_host_object(change);
        let (key, id) = (host.key(), host.host_id.clone());
        self.touch(Kind::Host, key);
        self.note_marks(&host, change.new.is_some());
        if marks(&change.old) != marks(&change.new) {
            self.host_news(&id);
            self.touch_workloads_on(&id);
            self.touch_sets_on(&id);
        }
        if let Some(old) = change.old.as_ref().filter(|old| old.host_id != id) {
            // The name has passed to another host: nothing names the former one any more.
            self.touch_workloads_on(&old.host_id);
        }
        if change.new.is_none() && self.live.get(&id).is_some_and(|live| live.dead_since.is_some()) {
            self.live.forget(&id);
            self.pods.host_forgotten(&id);
            self.host_news(&id);
            self.touch_workloads_on(&id);
        }
    }

    /// Whether any host is being drained.
    pub fn drains(&self) -> bool {
        !self.draining.is_empty() || self.pods.any_ending()
    }

    fn note_marks(&mut self, host: &Host, there: bool) {
        let name = || host.name().to_owned();
        match there && host::is_draining(host) {
            true => self.draining.insert(name()),
            false => self.draining.remove(host.name()),
        };
        match there && host::is_unschedulable(host) {
            true => self.cordoned.insert(name()),
            false => self.cordoned.remove(host.name()),
        };
    }

    /// Names the replica sets that have Workloads on a host.
    pub(super) fn touch_sets_on(&mut self, id: &str) {
        let owners: BTreeSet<_> = self
            .workloads_on(id)
            .filter_map(|workload| {
                let owner = owner(&workload.metadata, Kind::WorkloadReplicaSet)?;
                Some(workload.key().sibling(&owner.name))
            })
            .collect();
        owners.into_iter().for_each(|key| self.touch(Kind::WorkloadReplicaSet, key));
    }

    /// A Workload that turns up on a dead host is to be among what is on record to be stopped there.
    pub(super) fn touch_if_dead(&mut self, id: &str) {
        if self.live.get(id).is_some_and(|live| live.dead_since.is_some()) {
            self.touch_host_of(id);
        }
    }

    /// Whether a host says to run another number of Workloads than we think, with no start on its way that explains it.
    fn disagrees(&self, id: &str) -> bool {
        let Some(host) = self.live.get(id) else { return false };
        let ours = self.workloads_on(id).filter(|w| w.host_id() == Some(id) && w.workload_id().is_some()).count();
        self.starts.on(id) == 0 && u64::try_from(ours) != Ok(host.beat.workload_count)
    }

    /// Has the Workloads on a host asked for.
    fn ask_about(&mut self, id: &str) {
        let uids: Vec<_> = self.workloads_on(id).map(|workload| workload.uid().to_owned()).collect();
        for uid in uids {
            self.memory.entry(uid).or_default().ask = true;
        }
        self.touch_workloads_on(id);
    }
}

/// What Workloads have to know of a Host object.
fn marks(host: &Option<Arc<Host>>) -> Option<(bool, bool, Vec<String>)> {
    let host = host.as_ref()?;
    let tombstones = host.tombstones().map(str::to_owned).collect();
    Some((host::is_unschedulable(host), host::is_draining(host), tombstones))
}

/// What a Host object still says of a host that was not heard from.
fn beat_of(object: &Host) -> HostHeartbeat {
    HostHeartbeat {
        id: object.host_id.clone(),
        friendly_name: object.name().to_owned(),
        hostname: object.hostname.clone().unwrap_or_default(),
        http_port: object.http_port.and_then(|port| u64::try_from(port).ok()).unwrap_or_default(),
        environment: object.environment.clone().unwrap_or_default(),
        ..HostHeartbeat::default()
    }
}
