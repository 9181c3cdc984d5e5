//! Host: an object for every host that reports, its state, and what is still to be stopped on it.

pub(super) mod release;
#[cfg(test)]
mod tests;
mod write;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::effect::{Decision, Effect, Now, Reply, Settled, Then};
use super::events::Announcement;
use super::live::{Alarm, BETWEEN_PROBES, Challenge, LiveHost, Standing, TIME_TO_LIVE};
use super::objects::{Host, HostBody, ObjectKey, Seen};
use super::pods::hosting::Fate;
use super::world::World;
use crate::api::names::{annotation, condition, finalizer};
use crate::api::{HasConditions, Kind};
use crate::hosts::wire::WorkloadState;
use write::{Report, Unknown};

/// How long a Host object of a dead host stays.
const KEEP_DEAD: Duration = Duration::from_secs(600);
/// How long it stays if Workloads may still run on the host.
const KEEP_BURIED: Duration = Duration::from_secs(24 * 3600);
/// A host that was silent for so long has missed a heartbeat and is asked.
const OVERDUE: Duration = Duration::from_secs(20);
/// How soon a host on which nobody listened is asked once more.
const ASK_AGAIN: Duration = BETWEEN_PROBES;
/// A report that is no older is as good as the answer to a question.
const JUST_HEARD: Duration = Duration::from_secs(2);
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
    /// The host whose id the object has and whose own object is another one.
    pub double_of: Option<&'w LiveHost>,
    /// Whether it can be relied on.
    pub standing: Standing,
    /// What its Pod says of it.
    pub pod: Fate,
    /// That most hosts have vanished together, as long as nothing is concluded from it.
    pub alarm: Option<&'w Alarm>,
    /// When silence will mean something; `None` while the bus is down.
    pub settled_at: Option<Instant>,
    /// Since when it is silent.
    pub silent_since: Instant,
    /// UIDs of the Workloads that may run on it; looked up only when it is dead.
    pub workloads: Vec<&'w str>,
    /// UIDs of those among its tombstones that are on it by our own will.
    pub at_home: Vec<&'w str>,
    /// Starts on their way to it: while it pulls, it may be unable to report.
    pub starts: usize,
}

/// What the replies are for.
#[derive(Clone, Debug)]
pub struct Pending {
    id: String,
    object: Option<Arc<Host>>,
    never_heard: bool,
    alive: bool,
    evidence: bool,
    oddities: Vec<(&'static str, String)>,
}

/// Looks up what a decision needs.
pub fn observe<'w>(world: &'w World, key: &ObjectKey, now: Instant) -> Option<Observed<'w>> {
    let object = world.hosts.get(key);
    let named = world.live.named(&key.name);
    // A host that restarted under its old name has a new id; the newer one counts.
    let id = named.map(|live| live.beat.id.as_str()).or(object.map(|host| host.host_id.as_str()))?;
    if named.is_some_and(|live| !world.settings.takes_host_of(&live.beat.environment)) {
        return None;
    }
    let other = world.live.get(id).filter(|live| named.is_none() && live.name.is_some());
    let standing = world.live.standing(id, now);
    let buried: HashSet<_> = object.map(|object| object.tombstones().collect()).unwrap_or_default();
    let may_be_on = |matters: bool| matters.then(|| world.workloads_perhaps_on(id, now)).into_iter().flatten();
    let at_home = may_be_on(!buried.is_empty())
        .filter(|workload| workload.assigned_host().is_none_or(|assigned| assigned == id))
        .filter(|workload| !world.starts.go_elsewhere(id, &workload.key()));
    Some(Observed {
        key: key.clone(),
        object,
        live: named,
        double_of: other,
        standing,
        pod: world.pods.fate_of(id),
        alarm: world.live.alarm(),
        settled_at: world.live.settled_at(),
        silent_since: world.live.silent_since(id),
        workloads: may_be_on(standing == Standing::Dead).map(|workload| workload.uid()).collect(),
        at_home: at_home.map(|workload| workload.uid()).filter(|uid| buried.contains(uid)).collect(),
        starts: world.starts.on(id),
    })
}

/// Decides what is next for a host.
pub fn decide(observed: &Observed<'_>, now: Now) -> Decision {
    match (observed.object, observed.double_of) {
        (Some(object), _) if object.is_terminating() => return ending(observed, object),
        (Some(object), Some(live)) => return double(observed, object, live),
        _ => {}
    }
    match (observed.standing, observed.live) {
        (_, Some(live)) if live.unheard > 0 && live.dead_since.is_none() => once_more(observed, live, now),
        (Standing::Alive, Some(live)) if live.challenge.is_some() || is_overdue(observed, live, now) => {
            probe(observed, now)
        }
        (Standing::Alive, Some(live)) => alive(observed, live, now),
        (Standing::Dead, live) => dead(observed, live, now),
        (Standing::Unsure, Some(live)) if live.held => held(observed, live, now),
        _ => silent(observed, now),
    }
}

/// Its object is being deleted, by someone's hand: what is still to be stopped on it is stopped first; where that cannot be
/// done, whoever deleted it is told.
fn ending(observed: &Observed<'_>, object: &Host) -> Decision {
    let left: Vec<_> = object.tombstones().filter(|id| !observed.at_home.contains(id)).collect();
    if let Some(live) = observed.live.filter(|_| observed.standing == Standing::Alive && !left.is_empty()) {
        return Decision {
            effects: stops(live, &left),
            then: Then::Host(Pending::new(observed)),
            ..Decision::default()
        };
    }
    let mut effects: Vec<_> = write::let_go(object).into_iter().collect();
    if !left.is_empty() && !effects.is_empty() {
        effects.insert(0, write::given_up(object, &left, "its Host object was deleted"));
    }
    Decision { effects, ..Decision::default() }
}

/// No two objects for one host: this one goes, after what stands on it is done.
fn double(observed: &Observed<'_>, object: &Host, live: &LiveHost) -> Decision {
    let left: Vec<_> = object.tombstones().filter(|id| !observed.at_home.contains(id)).collect();
    match (left.is_empty(), observed.standing) {
        (true, _) => Decision { effects: vec![write::delete(object)], ..Decision::default() },
        (false, Standing::Alive) => {
            Decision { effects: stops(live, &left), then: Then::Host(Pending::new(observed)), ..Decision::default() }
        }
        (false, _) => Decision::default(),
    }
}

fn stops(live: &LiveHost, ids: &[&str]) -> Vec<Effect> {
    ids.iter().map(|id| Effect::Stop { host: live.beat.id.clone(), id: (*id).to_owned() }).collect()
}

/// A heartbeat is missing. Asked now, a host that is gone is known to be so at once, for nobody listens; that one which
/// listens stays silent means nothing yet.
fn is_overdue(observed: &Observed<'_>, live: &LiveHost, now: Now) -> bool {
    let settled = observed.settled_at.is_some_and(|at| at <= now.instant);
    settled && observed.starts == 0 && live.heard + OVERDUE <= now.instant
}

/// Nobody listened: once may be a hiccup, so it is asked again after a while.
fn once_more(observed: &Observed<'_>, live: &LiveHost, now: Now) -> Decision {
    let due = live.unheard_at.map(|at| at + ASK_AGAIN);
    match due.filter(|due| *due > now.instant) {
        Some(due) => Decision { next: Some(due), ..Decision::default() },
        None => probe(observed, now),
    }
}

fn alive(observed: &Observed<'_>, live: &LiveHost, now: Now) -> Decision {
    let overdue = live.heard + OVERDUE;
    let mut next = if overdue > now.instant { overdue } else { live.heard + TIME_TO_LIVE };
    let Some(object) = observed.object else {
        let effects = write::create(&observed.key, live, leaving(observed), now);
        let then = Then::Host(Pending::new(observed));
        return Decision { effects, then, next: Some(next), ..Decision::default() };
    };
    let mut effects = write::spec(object, live);
    match write::alive(object, live, leaving(observed), now) {
        Report::Telling(telling) => effects.extend(telling),
        // To be seen as alive it is written when it was last heard: fresh news lasts longest, so it is asked for some.
        Report::Stale(_) if can_be_asked(observed, live, now) => return probe(observed, now),
        Report::Stale(effect) => effects.push(effect),
        Report::FreshUntil(at) => next = next.min(at),
    }
    let (back, gone): (Vec<_>, Vec<_>) = object.tombstones().partition(|id| observed.at_home.contains(id));
    effects.extend(stops(live, &gone));
    let then = match (back.is_empty(), gone.is_empty()) {
        (true, true) => Then::Nothing,
        _ => Then::Host(Pending::new(observed)),
    };
    Decision { effects, then, next: Some(next), ..Decision::default() }
}

/// Why it is Unknown though it reports: it will not for long.
fn leaving(observed: &Observed<'_>) -> Option<Unknown> {
    let Fate { ending, gone } = observed.pod;
    ending.then_some(if gone { write::OUTLIVES_ITS_POD } else { write::POD_TERMINATES })
}

fn can_be_asked(observed: &Observed<'_>, live: &LiveHost, now: Now) -> bool {
    let settled = observed.settled_at.is_some_and(|at| at <= now.instant);
    settled && observed.starts == 0 && live.heard + JUST_HEARD < now.instant
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
    probe(observed, now)
}

/// Asks it. One whose Pod is gone is Unknown before it answers.
fn probe(observed: &Observed<'_>, now: Now) -> Decision {
    let pending = Pending::new(observed);
    let lost = observed.live.is_some_and(|live| live.challenge == Some(Challenge::PodGone));
    let unknown = observed.object.filter(|_| lost).map(|object| write::unknown(object, write::ASKED, now));
    let effects = unknown.into_iter().flatten().chain([Effect::Probe { host: pending.id.clone() }]).collect();
    Decision { effects, then: Then::Host(pending), ..Decision::default() }
}

/// It seems dead, and so do most others: it is said of it, and nothing is done.
fn held(observed: &Observed<'_>, live: &LiveHost, now: Now) -> Decision {
    let (Some(object), Some(alarm)) = (observed.object, observed.alarm) else { return Decision::default() };
    let mut effects = write::unknown(object, write::HELD_BACK, now);
    if !effects.is_empty() && live.name.as_ref() == Some(&alarm.told_on) {
        effects.push(write::most_are_gone(object, alarm));
    }
    Decision { effects, next: Some(alarm.until), ..Decision::default() }
}

/// Its Workloads go elsewhere once it is on record what to stop should it come back; its object stays for a while.
fn dead(observed: &Observed<'_>, live: Option<&LiveHost>, now: Now) -> Decision {
    let Some(object) = observed.object else { return Decision::default() };
    let since = live.and_then(|live| live.dead_since).unwrap_or(now.instant);
    let gone_for = now.instant.saturating_duration_since(since).max(write::silent_for(object, now.wall));
    let buried: Vec<_> = object.tombstones().collect();
    if gone_for >= KEEP_BURIED && !buried.is_empty() {
        let told = object.has_finalizer(finalizer::HOST);
        let told = told.then(|| write::given_up(object, &buried, "the host has been gone for a day"));
        let effects = told.into_iter().chain([write::delete(object)]).collect();
        return Decision { effects, ..Decision::default() };
    }
    let mut effects = write::unknown(object, write::MOVED, now);
    effects.extend(write::entomb(object, &observed.workloads));
    let empty = observed.workloads.is_empty() && buried.is_empty();
    let keep = if empty { KEEP_DEAD } else { KEEP_BURIED };
    if effects.is_empty() && empty && gone_for >= keep {
        effects = vec![write::delete(object)];
    }
    let left = keep.saturating_sub(gone_for);
    Decision { effects, next: (!left.is_zero()).then_some(now.instant + left), ..Decision::default() }
}

impl Pending {
    fn new(observed: &Observed<'_>) -> Self {
        let live = observed.live.or(observed.double_of);
        let id = live.map(|live| live.beat.id.clone());
        Self {
            id: id.or_else(|| observed.object.map(|host| host.host_id.clone())).unwrap_or_default(),
            object: observed.object.cloned(),
            never_heard: live.is_none(),
            alive: observed.standing == Standing::Alive,
            evidence: live.and_then(|live| live.challenge).is_some_and(Challenge::is_evidence),
            oddities: live.map(|live| write::oddities(&observed.key, live)).unwrap_or_default(),
        }
    }
}

/// Turns the replies of a host into what follows from them.
pub fn settle(pending: &Pending, effects: &[Effect], replies: &[Reply], now: Now, settled: bool) -> Settled {
    match replies.last() {
        Some(Reply::Heartbeat(Ok(_))) => Settled::default(),
        Some(Reply::Heartbeat(Err(error))) => unanswered(pending, error, now, settled),
        _ if pending.object.is_none() && matches!(effects.first(), Some(Effect::Apply { .. })) => {
            Settled { effects: pending.introduce(replies), ..Settled::default() }
        }
        // What comes before the stops did not go through, so that none was sent.
        _ if replies.iter().any(|reply| matches!(reply, Reply::Refused(_))) => Settled::default(),
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
        _ if pending.alive && !pending.evidence => Settled { next: Some(now.instant + OVERDUE), ..Settled::default() },
        _ => Settled { dead: Some(pending.id.clone()), ..Settled::default() },
    }
}

impl Pending {
    /// What is odd about a host is told on its object, once, when that is made.
    fn introduce(&self, replies: &[Reply]) -> Vec<Effect> {
        let made = replies.iter().find_map(|reply| match reply {
            Reply::Written(Kind::Host, object) => Seen::<HostBody>::read((**object).clone()).ok(),
            _ => None,
        });
        let Some(object) = made else { return Vec::new() };
        let warning = |(reason, words): &(&str, String)| Announcement::warning(Kind::Host, &object, reason, words);
        self.oddities.iter().map(warning).map(Effect::Announce).collect()
    }

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

/// Whether the object says that the host is silent.
pub fn says_silent(host: &Host) -> bool {
    host.condition(condition::REPORTING).is_some_and(|reporting| reporting.reason() == write::SILENT)
}

/// Whether the object says that the host is about to end, and may report still.
pub fn says_ending(host: &Host) -> bool {
    host.condition(condition::READY).is_some_and(|ready| ready.reason() == write::POD_TERMINATING)
}

/// Whether the host takes no more Workloads.
pub fn is_unschedulable(host: &Host) -> bool {
    host.annotation(annotation::UNSCHEDULABLE) == Some("true") || is_draining(host)
}

/// Whether somebody asked that its Workloads go elsewhere.
pub fn is_draining(host: &Host) -> bool {
    host.annotation(annotation::DRAIN) == Some("true")
}
