//! The guard against mass death: when more than half of the hosts vanish together, it is more likely that we, or the
//! network, are at fault than that they all died. Then nothing is concluded from it for a while.

use std::time::Duration;

use tokio::time::Instant;

use super::{Challenge, LiveHost, LiveHosts};

/// Fewer hosts than that are too few to tell a mass from chance.
const CROWD: usize = 3;
/// How long the others have to answer when a host has died: the patience of a probe and a margin.
const ROLL_CALL: Duration = Duration::from_secs(6);
/// For so long nothing is rescheduled when more than half have vanished.
pub const HELD: Duration = Duration::from_secs(60);
/// Whoever was heard so shortly before a death was heard after whatever caused it: a death takes two probes.
const JUST_NOW: Duration = Duration::from_secs(1);

/// Where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Guard {
    /// Nobody has died lately.
    #[default]
    Calm,
    /// Somebody has: the others are asked.
    RollCall {
        /// Who was heard since then is there.
        since: Instant,
        /// Who was not heard by then is not.
        ends: Instant,
    },
    /// More than half have vanished.
    Alarm(Alarm),
}

/// That more than half of the hosts have vanished together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// How many have.
    pub missing: usize,
    /// Of how many.
    pub total: usize,
    /// Until when nothing is concluded from it.
    pub until: Instant,
    /// The name of the Host object on which it is told.
    pub told_on: String,
}

/// What the guard says to the deaths so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Ids of hosts that are dead for sure now.
    pub dead: Vec<String>,
    /// Ids of hosts that are to be asked whether they are there.
    pub ask: Vec<String>,
    /// Ids of hosts whose death is held back from now on.
    pub held: Vec<String>,
}

/// A count of those who matter.
#[derive(Default)]
struct Count {
    present: usize,
    missing: usize,
    open: usize,
}

impl LiveHosts {
    /// The alarm, while it lasts.
    pub fn alarm(&self) -> Option<&Alarm> {
        match &self.guard {
            Guard::Alarm(alarm) => Some(alarm),
            Guard::Calm | Guard::RollCall { .. } => None,
        }
    }

    /// When the guard has to judge again, should nobody be heard before.
    pub fn judges_at(&self) -> Option<Instant> {
        match &self.guard {
            Guard::Calm => None,
            Guard::RollCall { ends, .. } => Some(*ends),
            Guard::Alarm(alarm) => Some(alarm.until),
        }
    }

    /// Marks a host as dead; what follows from it is for the guard to say, unless there is evidence of its own.
    pub(super) fn dies(&mut self, id: &str, now: Instant) {
        if let Some(host) = self.hosts.get_mut(id) {
            host.dead_since = Some(now);
            host.held = !host.challenge.is_some_and(Challenge::is_evidence);
        }
    }

    /// Judges the deaths that are held back. `unknown` hosts have an object and were never heard from; who is `busy` with a
    /// start cannot answer and counts for neither side.
    pub fn judge(&mut self, unknown: usize, busy: impl Fn(&str) -> bool, now: Instant) -> Judgement {
        if !self.hosts.values().any(|host| host.held) {
            self.guard = Guard::Calm;
            return Judgement::default();
        }
        let (since, ends, fresh) = match &self.guard {
            Guard::Alarm(alarm) if now < alarm.until => return Judgement::default(),
            Guard::Alarm(_) => return self.release(),
            Guard::Calm => (now.checked_sub(JUST_NOW).unwrap_or(now), now + ROLL_CALL, true),
            Guard::RollCall { since, ends } => (*since, *ends, false),
        };
        let count = self.count(unknown, busy, since);
        let total = count.present + count.missing + count.open;
        if total < CROWD || count.present * 2 >= total {
            return self.release();
        }
        if now >= ends {
            return self.raise(&count, total, now);
        }
        self.guard = Guard::RollCall { since, ends };
        Judgement { ask: if fresh { self.call(since) } else { Vec::new() }, ..Judgement::default() }
    }

    fn count(&self, unknown: usize, busy: impl Fn(&str) -> bool, since: Instant) -> Count {
        let mut count = Count { open: unknown, ..Count::default() };
        for host in self.hosts.values() {
            match host {
                LiveHost { held: true, .. } => count.missing += 1,
                LiveHost { dead_since: Some(_), .. } => {}
                host if host.heard >= since => count.present += 1,
                host if busy(&host.beat.id) || host.is_doubted_by_evidence() => {}
                _ => count.open += 1,
            }
        }
        count
    }

    fn call(&mut self, since: Instant) -> Vec<String> {
        let silent = |host: &&mut LiveHost| host.dead_since.is_none() && host.heard < since;
        let mut ask = Vec::new();
        for host in self.hosts.values_mut().filter(silent) {
            host.challenge(Challenge::RollCall);
            ask.push(host.beat.id.clone());
        }
        ask
    }

    fn release(&mut self) -> Judgement {
        self.guard = Guard::Calm;
        let mut dead = Vec::new();
        for host in self.hosts.values_mut().filter(|host| host.held) {
            host.held = false;
            dead.push(host.beat.id.clone());
        }
        dead.sort();
        Judgement { dead, ..Judgement::default() }
    }

    fn raise(&mut self, count: &Count, total: usize, now: Instant) -> Judgement {
        let mut held: Vec<_> = self.hosts.values().filter(|host| host.held).collect();
        held.sort_by_key(|host| &host.name);
        let told_on = held.iter().find_map(|host| host.name.clone()).unwrap_or_default();
        let held = held.iter().map(|host| host.beat.id.clone()).collect();
        self.guard = Guard::Alarm(Alarm { missing: count.missing + count.open, total, until: now + HELD, told_on });
        Judgement { held, ..Judgement::default() }
    }
}

impl LiveHost {
    fn is_doubted_by_evidence(&self) -> bool {
        self.challenge.is_some_and(Challenge::is_evidence)
    }
}
