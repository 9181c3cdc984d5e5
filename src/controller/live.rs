//! What is known of hosts from the bus: who was heard when, who is silent, and when silence means anything.

mod guard;
mod names;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use tokio::time::Instant;

use crate::hosts::wire::HostHeartbeat;
use crate::schema::metadata::{label_value, qualified_name};
use guard::Guard;
pub use guard::{Alarm, HELD, Judgement};
pub use names::Claim;

/// How often a host reports.
pub const HEARTBEAT_PERIOD: Duration = Duration::from_secs(15);
/// A host that was silent for so long is asked; if it does not answer it counts as dead.
pub const TIME_TO_LIVE: Duration = Duration::from_secs(60);
/// After the bus came (back) up, silence means nothing for so long: one period and a margin.
pub const SETTLING: Duration = Duration::from_secs(20);
/// Requests without a listener that make a host dead: one may be a hiccup of the bus.
const PROBES: u32 = 2;
/// So far apart they have to be: a hiccup may swallow several at once.
pub const BETWEEN_PROBES: Duration = Duration::from_secs(1);

/// Whether a host can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was heard from lately.
    Alive,
    /// Nobody can tell: it was not heard from yet, or we are or were deaf, or too many fell silent at once.
    Unsure,
    /// It is gone.
    Dead,
}

/// Why a host that was heard lately is asked whether it is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Challenge {
    /// Another host has died, and it has to be told from the death of many.
    RollCall,
    /// Another host calls itself the same.
    SameName,
    /// A host that was started later reports from its address: both cannot be there, unless the address is not what it
    /// seems. One that answers is; one that does not is gone.
    SameAddress,
    /// Its Pod is gone.
    PodGone,
    /// Its object says that it was silent before this process started.
    KnownSilent,
}

impl Challenge {
    /// Whether it is so strong that a host which does not answer is gone, without waiting for its silence to last.
    pub fn is_evidence(self) -> bool {
        matches!(self, Self::SameAddress | Self::PodGone | Self::KnownSilent)
    }
}

/// A host that was heard from since this process started, or was found to be dead.
#[derive(Clone, Debug)]
pub struct LiveHost {
    /// Its last report, labels that no API server would take left out.
    pub beat: HostHeartbeat,
    /// Names of the labels that were left out.
    pub odd_labels: Vec<String>,
    /// When the last report came.
    pub heard: Instant,
    /// When the first one came.
    pub first_heard: Instant,
    /// The name of its Host object; `None` while another may have the better right to it.
    pub name: Option<String>,
    /// Since when it is dead.
    pub dead_since: Option<Instant>,
    /// Nothing may be concluded from its death yet: many seem to have died with it.
    pub held: bool,
    /// Requests in a row that found nobody listening.
    pub unheard: u32,
    /// When the last of them was counted.
    pub unheard_at: Option<Instant>,
    /// Why it is asked whether it is still there.
    pub challenge: Option<Challenge>,
}

impl LiveHost {
    fn new(beat: HostHeartbeat, now: Instant) -> Self {
        Self {
            beat,
            odd_labels: Vec::new(),
            heard: now,
            first_heard: now,
            name: None,
            dead_since: None,
            held: false,
            unheard: 0,
            unheard_at: None,
            challenge: None,
        }
    }

    /// Whether it can be relied on.
    pub fn standing(&self, now: Instant) -> Standing {
        match self.dead_since {
            Some(_) if !self.held => Standing::Dead,
            None if now < self.heard + TIME_TO_LIVE => Standing::Alive,
            _ => Standing::Unsure,
        }
    }

    /// Whether it was heard lately and nothing was said against it since.
    fn is_reliable(&self, now: Instant) -> bool {
        self.dead_since.is_none() && !self.is_doubted() && now < self.heard + TIME_TO_LIVE
    }

    /// Whether something speaks against it being there.
    pub fn is_doubted(&self) -> bool {
        self.unheard > 0 || self.challenge.is_some_and(Challenge::is_evidence)
    }

    fn address(&self) -> (&str, u64) {
        (&self.beat.hostname, self.beat.http_port)
    }

    /// Whether both say to be reached at the same address.
    fn shares_address(&self, other: &Self) -> bool {
        !self.beat.hostname.is_empty() && self.address() == other.address()
    }

    fn challenge(&mut self, why: Challenge) {
        self.challenge = self.challenge.max(Some(why));
    }
}

/// What a heartbeat changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// The host is new, back, or can do other things than before: Workloads that wait for a host may fit now.
    pub eligibility: bool,
    /// Its count of Workloads differs from its last one.
    pub count: bool,
    /// Ids of hosts that have to be asked whether they are still there.
    pub challenged: Vec<String>,
}

/// All hosts on the bus.
#[derive(Debug)]
pub struct LiveHosts {
    hosts: HashMap<String, LiveHost>,
    by_name: HashMap<String, String>,
    nameless: BTreeSet<String>,
    guard: Guard,
    connected: Option<Instant>,
    started: Instant,
}

impl LiveHosts {
    /// Nobody was heard yet.
    pub fn new(started: Instant) -> Self {
        Self {
            hosts: HashMap::new(),
            by_name: HashMap::new(),
            nameless: BTreeSet::new(),
            guard: Guard::default(),
            connected: None,
            started,
        }
    }

    /// The bus is up.
    pub fn connected(&mut self, now: Instant) {
        self.connected = Some(now);
    }

    /// The bus is down: from now on we are deaf, and what was last said of the dead may have been our own deafness.
    pub fn disconnected(&mut self) {
        self.connected = None;
        self.guard = Guard::default();
        for host in self.hosts.values_mut().filter(|host| host.held || host.dead_since.is_none()) {
            (host.dead_since, host.held, host.unheard, host.unheard_at) = (None, false, 0, None);
        }
    }

    /// When silence will mean something; `None` while the bus is down.
    pub fn settled_at(&self) -> Option<Instant> {
        self.connected.map(|since| since + SETTLING)
    }

    /// Whether silence means something now.
    pub fn is_settled(&self, now: Instant) -> bool {
        self.settled_at().is_some_and(|at| at <= now)
    }

    /// The host of that id, if it was ever heard from.
    pub fn get(&self, id: &str) -> Option<&LiveHost> {
        self.hosts.get(id)
    }

    /// The host whose Host object has that name.
    pub fn named(&self, name: &str) -> Option<&LiveHost> {
        self.hosts.get(self.by_name.get(name)?)
    }

    /// All hosts that were heard from, dead ones too.
    pub fn iter(&self) -> impl Iterator<Item = &LiveHost> {
        self.hosts.values()
    }

    /// How long the host of that id has been silent; one that was never heard counts from our start.
    pub fn silent_since(&self, id: &str) -> Instant {
        self.hosts.get(id).map_or(self.started, |host| host.heard)
    }

    /// Whether the host of that id can be relied on.
    pub fn standing(&self, id: &str, now: Instant) -> Standing {
        self.hosts.get(id).map_or(Standing::Unsure, |host| host.standing(now))
    }

    /// Takes in a heartbeat.
    pub fn heard(&mut self, beat: HostHeartbeat, now: Instant) -> News {
        let id = beat.id.clone();
        let mut next = LiveHost::new(beat, now);
        next.odd_labels = drop_odd_labels(&mut next.beat);
        let news = match self.hosts.get(&id) {
            None => News { eligibility: true, count: true, challenged: self.challenged_by(&next) },
            Some(old) => {
                (next.first_heard, next.name) = (old.first_heard, old.name.clone());
                News {
                    eligibility: !old.is_reliable(now) || able(&old.beat) != able(&next.beat),
                    count: old.beat.workload_count != next.beat.workload_count,
                    challenged: Vec::new(),
                }
            }
        };
        if next.name.is_none() {
            self.nameless.insert(id.clone());
        }
        self.hosts.insert(id, next);
        news
    }

    /// Nobody listens under the id. Counts only while silence means something, and only the second time after a while.
    pub fn unheard(&mut self, id: &str, now: Instant) -> bool {
        if !self.is_settled(now) {
            return false;
        }
        let Some(host) = self.hosts.get_mut(id) else { return false };
        if host.unheard_at.is_some_and(|at| now < at + BETWEEN_PROBES) {
            return false;
        }
        host.unheard += 1;
        host.unheard_at = Some(now);
        if host.unheard < PROBES || host.dead_since.is_some() {
            return false;
        }
        self.dies(id, now);
        true
    }

    /// It did not answer when asked after a long silence, or with evidence against it: it is dead, unless it was heard from
    /// while it was being asked.
    pub fn declare_dead(&mut self, id: &str, now: Instant) -> bool {
        let Some(host) = self.hosts.get(id) else { return false };
        let evidence = host.challenge.is_some_and(Challenge::is_evidence);
        if host.dead_since.is_some() || (self.standing(id, now) == Standing::Alive && !evidence) {
            return false;
        }
        self.dies(id, now);
        true
    }

    /// Enters a host that is known from its object alone and does not answer. Its name and address are the object's; of one
    /// that was known to be silent before we started its death is no news.
    pub fn declare_dead_unheard(&mut self, object: HostHeartbeat, known: bool, now: Instant) {
        let (id, name) = (object.id.clone(), object.friendly_name.clone());
        if self.hosts.contains_key(&id) {
            return;
        }
        let mut host = LiveHost::new(object, self.started);
        if !self.by_name.contains_key(&name) {
            self.by_name.insert(name.clone(), id.clone());
            host.name = Some(name);
        }
        host.challenge = known.then_some(Challenge::KnownSilent);
        self.hosts.insert(id.clone(), host);
        self.dies(&id, now);
    }

    /// Something speaks against a host: it is to be asked. Tells whether that is news.
    pub fn doubt(&mut self, id: &str, why: Challenge) -> bool {
        let Some(host) = self.hosts.get_mut(id).filter(|host| host.dead_since.is_none()) else { return false };
        let before = host.challenge;
        host.challenge(why);
        host.challenge != before
    }

    /// Forgets a host whose object is gone.
    pub fn forget(&mut self, id: &str) {
        self.nameless.remove(id);
        let Some(name) = self.hosts.remove(id).and_then(|host| host.name) else { return };
        if self.by_name.get(&name).is_some_and(|known| known == id) {
            self.by_name.remove(&name);
        }
    }

    /// Hosts whose place a newcomer seems to have taken: one at its address that was started earlier, one of its name.
    /// They are asked whether they are there. Only a newcomer casts doubt, so that two which merely look alike do so once.
    fn challenged_by(&mut self, newcomer: &LiveHost) -> Vec<String> {
        let mut challenged = Vec::new();
        for (id, old) in self.hosts.iter_mut().filter(|(_, old)| old.dead_since.is_none()) {
            let earlier = old.beat.started_at.zip(newcomer.beat.started_at).is_some_and(|(old, new)| old < new);
            let why = if earlier && old.shares_address(newcomer) {
                Challenge::SameAddress
            } else if old.name.as_ref() == Some(&newcomer.beat.friendly_name) {
                Challenge::SameName
            } else {
                continue;
            };
            old.challenge(why);
            challenged.push(id.clone());
        }
        challenged
    }
}

/// What decides which Workloads a host can take.
fn able(beat: &HostHeartbeat) -> impl PartialEq + '_ {
    (&beat.labels, &beat.environment, &beat.imports, &beat.exports)
}

/// Takes out the labels that no API server would take, so that they do not cost the whole Host object. Tells their names.
fn drop_odd_labels(beat: &mut HostHeartbeat) -> Vec<String> {
    let fits = |name: &str, value: &str| qualified_name(name).is_empty() && label_value(value).is_empty();
    let odd: Vec<_> =
        beat.labels.iter().filter(|(name, value)| !fits(name, value)).map(|(name, _)| name.clone()).collect();
    odd.iter().for_each(|name| drop(beat.labels.remove(name)));
    odd
}
