//! What is known of hosts from the bus: who was heard when, who is silent, and when silence means anything.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::hosts::wire::HostHeartbeat;

/// How often a host reports.
pub const HEARTBEAT_PERIOD: Duration = Duration::from_secs(15);
/// A host that was silent for so long is asked; if it does not answer it counts as dead.
pub const TIME_TO_LIVE: Duration = Duration::from_secs(60);
/// After the bus came (back) up, silence means nothing for so long: one period and a margin.
pub const SETTLING: Duration = Duration::from_secs(20);
/// Requests without a listener that make a host dead: one may be a hiccup of the bus.
const PROBES: u32 = 2;

/// Whether a host can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was heard from lately.
    Alive,
    /// Nobody can tell: it was not heard from yet, or we are or were deaf.
    Unsure,
    /// It is gone.
    Dead,
}

/// A host that was heard from since this process started.
#[derive(Clone, Debug)]
pub struct LiveHost {
    /// Its last report.
    pub beat: HostHeartbeat,
    /// When that came.
    pub heard: Instant,
    /// Since when it is dead.
    pub dead_since: Option<Instant>,
    /// Requests in a row that found nobody listening.
    pub unheard: u32,
}

impl LiveHost {
    /// Whether it was heard lately and nothing was said against it since.
    fn is_reliable(&self, now: Instant) -> bool {
        self.dead_since.is_none() && self.unheard == 0 && now < self.heard + TIME_TO_LIVE
    }
}

/// What a heartbeat changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// The host is new, back, or can do other things than before: Workloads that wait for a host may fit now.
    pub eligibility: bool,
    /// Its count of Workloads differs from its last one.
    pub count: bool,
    /// Ids of hosts that this one replaced: same address, older start.
    pub replaced: Vec<String>,
}

/// All hosts on the bus.
#[derive(Debug)]
pub struct LiveHosts {
    hosts: HashMap<String, LiveHost>,
    by_name: HashMap<String, String>,
    connected: Option<Instant>,
    started: Instant,
}

impl LiveHosts {
    /// Nobody was heard yet.
    pub fn new(started: Instant) -> Self {
        Self { hosts: HashMap::new(), by_name: HashMap::new(), connected: None, started }
    }

    /// The bus is up.
    pub fn connected(&mut self, now: Instant) {
        self.connected = Some(now);
    }

    /// The bus is down: from now on we are deaf.
    pub fn disconnected(&mut self) {
        self.connected = None;
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

    /// The host that last reported under that friendly name.
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
        match self.hosts.get(id) {
            Some(host) if host.dead_since.is_some() => Standing::Dead,
            Some(host) if now < host.heard + TIME_TO_LIVE => Standing::Alive,
            _ => Standing::Unsure,
        }
    }

    /// Takes in a heartbeat.
    pub fn heard(&mut self, beat: HostHeartbeat, now: Instant) -> News {
        let replaced = self.replaced_by(&beat, now);
        self.by_name.insert(beat.friendly_name.clone(), beat.id.clone());
        let id = beat.id.clone();
        let next = LiveHost { beat, heard: now, dead_since: None, unheard: 0 };
        let news = match self.hosts.get(&id) {
            None => News { eligibility: true, count: true, replaced },
            Some(old) => News {
                eligibility: !old.is_reliable(now) || able(&old.beat) != able(&next.beat),
                count: old.beat.workload_count != next.beat.workload_count,
                replaced,
            },
        };
        self.hosts.insert(id, next);
        news
    }

    /// Nobody listens under the id. Counts only while silence means something, and only the second time.
    pub fn unheard(&mut self, id: &str, now: Instant) -> bool {
        if !self.is_settled(now) {
            return false;
        }
        let Some(host) = self.hosts.get_mut(id) else { return false };
        host.unheard += 1;
        if host.unheard >= PROBES && host.dead_since.is_none() {
            host.dead_since = Some(now);
            return true;
        }
        false
    }

    /// It did not answer when asked after a long silence: it is dead, unless it was heard from while it was being asked. A
    /// host never heard from is entered as such.
    pub fn declare_dead(&mut self, id: &str, name: &str, now: Instant) -> bool {
        if self.standing(id, now) == Standing::Alive {
            return false;
        }
        let heard = self.started;
        let host = self.hosts.entry(id.to_owned()).or_insert_with(|| LiveHost {
            beat: HostHeartbeat { id: id.to_owned(), friendly_name: name.to_owned(), ..HostHeartbeat::default() },
            heard,
            dead_since: None,
            unheard: 0,
        });
        self.by_name.entry(name.to_owned()).or_insert_with(|| id.to_owned());
        let news = host.dead_since.is_none();
        host.dead_since.get_or_insert(now);
        news
    }

    /// Forgets a host whose object is gone.
    pub fn forget(&mut self, id: &str) {
        if let Some(host) = self.hosts.remove(id)
            && self.by_name.get(&host.beat.friendly_name).is_some_and(|known| known == id)
        {
            self.by_name.remove(&host.beat.friendly_name);
        }
    }

    /// A process that took over another's address, started later: the other cannot be running any more.
    fn replaced_by(&mut self, beat: &HostHeartbeat, now: Instant) -> Vec<String> {
        let same_address = |old: &LiveHost| {
            !beat.hostname.is_empty() && old.beat.hostname == beat.hostname && old.beat.http_port == beat.http_port
        };
        let mut replaced = Vec::new();
        for (id, old) in &mut self.hosts {
            let same_name = old.beat.friendly_name == beat.friendly_name;
            let earlier = old.beat.started_at.zip(beat.started_at).is_some_and(|(old, new)| old < new);
            if *id != beat.id && old.dead_since.is_none() && earlier && (same_name || same_address(old)) {
                old.dead_since = Some(now);
                replaced.push(id.clone());
            }
        }
        replaced
    }
}

/// What decides which Workloads a host can take.
fn able(beat: &HostHeartbeat) -> impl PartialEq + '_ {
    (&beat.labels, &beat.environment, &beat.imports, &beat.exports, &beat.friendly_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn beat(id: &str) -> HostHeartbeat {
        HostHeartbeat { id: id.into(), friendly_name: format!("name-{id}"), ..HostHeartbeat::default() }
    }

    fn started(id: &str, name: &str, second: i64) -> HostHeartbeat {
        HostHeartbeat {
            friendly_name: name.into(),
            hostname: "10.0.0.1".into(),
            http_port: 8000,
            started_at: jiff::Timestamp::from_second(second).ok(),
            ..beat(id)
        }
    }

    #[test]
    fn a_host_is_alive_while_it_is_heard_and_never_dead_by_time_alone() {
        let t = Instant::now();
        let mut hosts = LiveHosts::new(t);
        assert_eq!(hosts.standing("a", t + seconds(900)), Standing::Unsure);
        assert!(hosts.heard(beat("a"), t).eligibility);
        assert_eq!(hosts.standing("a", t + seconds(59)), Standing::Alive);
        assert_eq!(hosts.standing("a", t + seconds(60)), Standing::Unsure);
        assert!(hosts.declare_dead("a", "name-a", t + seconds(61)));
        assert_eq!(hosts.standing("a", t + seconds(61)), Standing::Dead);
        assert!(hosts.heard(beat("a"), t + seconds(70)).eligibility, "it is back");
        assert_eq!(hosts.standing("a", t + seconds(71)), Standing::Alive);
    }

    #[test]
    fn a_heartbeat_that_says_nothing_new_is_no_news() {
        let t = Instant::now();
        let mut hosts = LiveHosts::new(t);
        hosts.heard(beat("a"), t);
        assert_eq!(hosts.heard(beat("a"), t + seconds(15)), News::default());
        let more = HostHeartbeat { workload_count: 3, ..beat("a") };
        assert!(hosts.heard(more, t + seconds(30)).count);
        let other = HostHeartbeat { environment: "x".into(), ..beat("a") };
        assert!(hosts.heard(other, t + seconds(45)).eligibility);
    }

    #[test]
    fn nobody_listening_counts_twice_and_only_once_the_bus_has_settled() {
        let t = Instant::now();
        let mut hosts = LiveHosts::new(t);
        hosts.heard(beat("a"), t);
        assert!(!hosts.unheard("a", t), "the bus is not even connected");
        hosts.connected(t);
        assert!(!hosts.unheard("a", t + seconds(5)));
        assert!(!hosts.unheard("a", t + seconds(19)));
        assert!(!hosts.unheard("a", t + seconds(20)), "the first that counts");
        assert!(hosts.unheard("a", t + seconds(21)));
        assert_eq!(hosts.standing("a", t + seconds(21)), Standing::Dead);
        hosts.disconnected();
        assert!(!hosts.is_settled(t + seconds(9_999)));
    }

    #[test]
    fn a_heartbeat_between_clears_the_doubt() {
        let t = Instant::now();
        let mut hosts = LiveHosts::new(t);
        hosts.connected(t);
        hosts.heard(beat("a"), t);
        assert!(!hosts.unheard("a", t + seconds(30)));
        hosts.heard(beat("a"), t + seconds(31));
        assert!(!hosts.unheard("a", t + seconds(32)));
    }

    #[test]
    fn a_later_start_at_the_same_address_ends_the_earlier_host() {
        let t = Instant::now();
        let mut hosts = LiveHosts::new(t);
        hosts.heard(started("old", "one", 100), t);
        assert_eq!(hosts.heard(started("new", "two", 200), t).replaced, ["old"]);
        assert_eq!(hosts.standing("old", t), Standing::Dead);
        assert_eq!(
            hosts.heard(started("stale", "three", 150), t).replaced,
            Vec::<String>::new(),
            "not by an older one"
        );
        assert_eq!(hosts.standing("new", t), Standing::Alive);
    }
}
