//! Host: an object for every host that reports, its state, and what is still to be stopped on it.

#[cfg(test)]
mod tests;
mod write;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::effect::{Decision, Effect, Now, Reply, Settled, Then};
use super::live::{LiveHost, Standing, TIME_TO_LIVE};
use super::objects::{Host, ObjectKey};
use super::world::World;
use crate::api::names::annotation;
use crate::hosts::wire::WorkloadState;

/// How long a Host object of a dead host stays.
const KEEP_DEAD: Duration = Duration::from_secs(600);
/// A host that was silent for so long has missed a heartbeat and is asked.
const OVERDUE: Duration = Duration::from_secs(20);
/// How soon a host on which nobody listened is asked once more.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// How soon a silent host is looked at again that has starts on their way.
const WHILE_IT_STARTS: Duration = Duration::from_secs(5);

/// A host and all that a decision about it rests on.
#[derive(Debug)]
pub struct Observed<'w> {
    /// Key of its object.
    pub key: ObjectKey,
    /// Its object.
    pub object: Option<&'w Arc<Host>>,
    /// The host on the bus.
    pub live: Option<&'w LiveHost>,
    /// Whether it can be relied on.
    pub standing: Standing,
    /// When silence will mean something; `None` while the bus is down.
    pub settled_at: Option<Instant>,
    /// Since when it is silent.
    pub silent_since: Instant,
    /// UIDs of the Workloads that may run on it.
    pub workloads: Vec<&'w str>,
    /// UIDs of those among them that are not on their way to another host.
    pub at_home: Vec<&'w str>,
    /// Starts on their way to it: while it pulls, it may be unable to report.
    pub starts: usize,
}

/// What a probe is about.
#[derive(Clone, Debug)]
pub struct Pending {
    id: String,
    name: String,
    object: Option<Arc<Host>>,
    never_heard: bool,
    alive: bool,
}

/// Looks up what a decision needs.
pub fn observe<'w>(world: &'w World, key: &ObjectKey, now: Instant) -> Option<Observed<'w>> {
    let object = world.hosts.get(key);
    let named = world.live.named(&key.name);
    if object.is_none() && named.is_none() {
        return None;
    }
    // A host that restarted under its old name has a new id; the newer one counts.
    let id = named.map(|live| live.beat.id.as_str()).or(object.map(|host| host.host_id.as_str()))?;
    if named.is_some_and(|live| !world.settings.takes_host_of(&live.beat.environment)) {
        return None;
    }
    Some(Observed {
        key: key.clone(),
        object,
        live: named,
        standing: world.live.standing(id, now),
        settled_at: world.live.settled_at(),
        silent_since: world.live.silent_since(id),
        workloads: world.workloads_perhaps_on(id, now).map(|w| w.uid()).collect(),
        at_home: world
            .workloads_perhaps_on(id, now)
            .filter(|_| object.is_some_and(|object| object.tombstones().next().is_some()))
            .filter(|workload| workload.assigned_host().is_none_or(|assigned| assigned == id))
            .filter(|workload| !world.starts.go_elsewhere(id, &workload.key()))
            .map(|workload| workload.uid())
            .collect(),
        starts: world.starts.on(id),
    })
}

/// Decides what is next for a host.
pub fn decide(observed: &Observed<'_>, now: Now) -> Decision {
    if let Some(object) = observed.object.filter(|object| object.is_terminating()) {
        return Decision { effects: write::let_go(object).into_iter().collect(), ..Decision::default() };
    }
    match (observed.standing, observed.live) {
        (Standing::Alive, Some(live)) if live.unheard > 0 || is_overdue(observed, live, now) => probe(observed),
        (Standing::Alive, Some(live)) => alive(observed, live, now),
        (Standing::Dead, live) => dead(observed, live, now),
        _ => silent(observed, now),
    }
}

/// A heartbeat is missing. Asked now, a host that is gone is known to be so at once, for nobody listens; that one which
/// listens stays silent means nothing yet.
fn is_overdue(observed: &Observed<'_>, live: &LiveHost, now: Now) -> bool {
    let settled = observed.settled_at.is_some_and(|at| at <= now.instant);
    settled && observed.starts == 0 && live.heard + OVERDUE <= now.instant
}

fn alive(observed: &Observed<'_>, live: &LiveHost, now: Now) -> Decision {
    let overdue = live.heard + OVERDUE;
    let next = Some(if overdue > now.instant { overdue } else { live.heard + TIME_TO_LIVE });
    let Some(object) = observed.object else {
        return Decision { effects: write::create(&observed.key, live, now.wall), next, ..Decision::default() };
    };
    let mut effects: Vec<_> = write::spec(object, live).into_iter().collect();
    effects.extend(write::alive(object, live, now.wall));
    let (back, gone): (Vec<_>, Vec<_>) = object.tombstones().partition(|id| observed.at_home.contains(id));
    let stops = gone.iter().map(|id| Effect::Stop { host: live.beat.id.clone(), id: (*id).to_owned() });
    effects.extend(stops);
    let then = match (back.is_empty(), gone.is_empty()) {
        (true, true) => Then::Nothing,
        _ => Then::Host(Pending::new(observed)),
    };
    Decision { effects, then, next, ..Decision::default() }
}

/// Not heard for a while, or not yet: asked, as soon as silence means something.
fn silent(observed: &Observed<'_>, now: Now) -> Decision {
    let Some(settled_at) = observed.settled_at else { return Decision::default() };
    let never_heard = observed.live.is_none();
    if observed.starts > 0 {
        return Decision { next: Some(now.instant + WHILE_IT_STARTS), ..Decision::default() };
    }
    let due = if never_heard { settled_at } else { settled_at.max(observed.silent_since + TIME_TO_LIVE) };
    if due > now.instant && !never_heard {
        return Decision { next: Some(due), ..Decision::default() };
    }
    probe(observed)
}

fn probe(observed: &Observed<'_>) -> Decision {
    let pending = Pending::new(observed);
    let effects = vec![Effect::Probe { host: pending.id.clone() }];
    Decision { effects, then: Then::Host(pending), ..Decision::default() }
}

/// Its Workloads go elsewhere once it is on record what to stop should it come back; its object stays for a while.
fn dead(observed: &Observed<'_>, live: Option<&LiveHost>, now: Now) -> Decision {
    let Some(object) = observed.object else { return Decision::default() };
    let since = live.and_then(|live| live.dead_since).unwrap_or(now.instant);
    let mut effects: Vec<_> = write::dead(object, since, now).into_iter().collect();
    effects.extend(write::entomb(object, &observed.workloads));
    let empty = observed.workloads.is_empty() && object.tombstones().next().is_none();
    let expires = since + KEEP_DEAD;
    if effects.is_empty() && empty && expires <= now.instant {
        effects = vec![write::delete(object)];
    }
    let next = empty.then_some(expires).filter(|at| *at > now.instant);
    Decision { effects, next, ..Decision::default() }
}

impl Pending {
    fn new(observed: &Observed<'_>) -> Self {
        let id = observed.live.map(|live| live.beat.id.clone());
        Self {
            id: id.or_else(|| observed.object.map(|host| host.host_id.clone())).unwrap_or_default(),
            name: observed.key.name.clone(),
            object: observed.object.cloned(),
            never_heard: observed.live.is_none(),
            alive: observed.standing == Standing::Alive,
        }
    }
}

/// Turns the replies of a host into what follows from them.
pub fn settle(pending: &Pending, effects: &[Effect], replies: &[Reply], now: Now, settled: bool) -> Settled {
    match replies.last() {
        Some(Reply::Heartbeat(Ok(_))) => Settled::default(),
        Some(Reply::Heartbeat(Err(error))) => unanswered(pending, error, now, settled),
        _ => Settled { effects: pending.stopped(effects, replies), ..Settled::default() },
    }
}

fn unanswered(pending: &Pending, error: &crate::hosts::BusError, now: Now, settled: bool) -> Settled {
    use crate::hosts::BusError;
    match error {
        BusError::Disconnected => Settled { next: Some(now.instant + ASK_AGAIN), ..Settled::default() },
        _ if !settled => Settled { next: Some(now.instant + ASK_AGAIN * 5), ..Settled::default() },
        // One that was never heard from was asked all the while the bus settled.
        BusError::NoResponders if !pending.never_heard => {
            Settled { unheard: vec![pending.id.clone()], next: Some(now.instant + ASK_AGAIN), ..Settled::default() }
        }
        _ if pending.alive => Settled { next: Some(now.instant + OVERDUE), ..Settled::default() },
        _ => Settled { dead: Some((pending.id.clone(), pending.name.clone())), ..Settled::default() },
    }
}

impl Pending {
    /// The tombstones whose Workloads the host has confirmed as stopped, or that run there by our own will, go.
    fn stopped(&self, effects: &[Effect], replies: &[Reply]) -> Vec<Effect> {
        let Some(object) = &self.object else { return Vec::new() };
        let asked = effects.iter().filter_map(|effect| match effect {
            Effect::Stop { id, .. } => Some(id.as_str()),
            _ => None,
        });
        let answers = replies.iter().filter_map(|reply| match reply {
            Reply::Host(answer) => Some(answer.as_ref().is_ok_and(|s| s.workload_state != WorkloadState::Error)),
            _ => None,
        });
        let kept: Vec<_> = asked.zip(answers).filter(|(_, stopped)| !stopped).map(|(id, _)| id).collect();
        write::tombstones(object, &kept).into_iter().collect()
    }
}

/// Puts on record that a Workload is to be stopped on a host; nothing if that is on record.
pub fn entomb(host: &Host, workload: &str) -> Option<Effect> {
    write::entomb(host, &[workload])
}

/// Whether the host is cordoned.
pub fn is_unschedulable(host: &Host) -> bool {
    host.annotation(annotation::UNSCHEDULABLE) == Some("true")
}
