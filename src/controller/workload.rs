//! Workload: placed on a host, started, kept in step with it, stopped.

mod chosen;
mod drain;
mod drift;
mod leave;
pub(super) mod release;
mod settle;
mod status;
mod teardown;
#[cfg(test)]
mod tests;
mod twice;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

pub use settle::{Pending, settle};
pub(super) use teardown::unanswered_start;

use super::effect::{Decision, Effect, Now, Room, Then, Version, finalizers_patch};
use super::live::{Standing, TIME_TO_LIVE};
use super::memory::Memory;
use super::objects::{Host, ObjectKey, Workload, is_foreground};
use super::placement::{self, Candidate, NoPlace, Policy, Unfit, Wanted};
use super::routes::Exit;
use super::world::{Starts, World, owner};
use crate::api::names::{annotation, condition, finalizer, reason};
use crate::api::{HasConditions, Kind};
pub use drift::Drift;
use status::{Place, Verdicts};

/// How often a Workload that is well is asked for, spread so that not all are asked at once.
const ASK_EVERY: Duration = Duration::from_secs(300);

/// A Workload and all that a decision about it rests on.
#[derive(Debug)]
pub struct Observed<'w> {
    /// The Workload.
    pub workload: &'w Arc<Workload>,
    /// What became of the replica set that owns it.
    pub owner: Owner,
    /// The host it is or may be on.
    pub host: Option<OnHost>,
    /// The host it was given to, where its status still names another: it may be on that one too.
    pub assigned: Option<OnHost>,
    /// While it ends, or leaves a host that is being drained: whether a Service still leads to it.
    pub exit: Exit,
    /// The object of the host it was on, if that host lives and is given up.
    pub left: Option<Arc<Host>>,
    /// The object of the host that it is assigned to, if that is another than the one in its status.
    pub elsewhere: Option<Arc<Host>>,
    /// Its host is being drained, and no replica set sees to it.
    pub drained: bool,
    /// What is remembered of it.
    pub memory: Memory,
    /// The host it was meant for, if it still fits and did not fail it too often.
    pub intended: Option<Candidate<'w>>,
    /// Where else it could go; looked up only when it has to go somewhere else.
    pub places: Option<Places<'w>>,
    /// What became of the configuration it was started with.
    pub drift: Drift,
    /// The parts of its spec with pull secrets, if it is to have others than it has.
    pub pull_secrets: Option<Value>,
    /// Starts in flight.
    pub starts: &'w Starts,
    /// The rules of placement.
    pub policy: &'w Policy,
    /// How long it runs on once no Service leads to it any more.
    pub drain_delay: Duration,
}

/// What became of the owner of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// It has none.
    None,
    /// It is there.
    There,
    /// It is not among the objects we know: to be read past the cache.
    Missing {
        /// Which object it was.
        key: ObjectKey,
        /// The UID it must have.
        uid: String,
    },
    /// It is gone for sure.
    Gone,
}

/// The host a Workload is on, or was meant for.
#[derive(Clone, Debug)]
pub struct OnHost {
    /// Its id.
    pub id: String,
    /// The environment it serves.
    pub environment: String,
    /// Whether it can be relied on.
    pub standing: Standing,
    /// The Workload's status names it: it is, or may be, running there.
    pub confirmed: bool,
    /// It will be seen to that the Workload is stopped there should the host come back.
    pub entombed: bool,
    /// When its standing may be known better, if it is unsure now.
    pub clearer_at: Option<Instant>,
}

/// Hosts, and where the Workload's like are.
#[derive(Debug, Default)]
pub struct Places<'w> {
    /// All hosts.
    pub hosts: Vec<Candidate<'w>>,
    /// Replicas of the same replica set by host id.
    pub siblings: HashMap<&'w str, usize>,
    /// Replicas of the same deployment by zone.
    pub zones: HashMap<&'w str, usize>,
}

/// Looks up what a decision needs.
pub fn observe<'w>(world: &'w World, key: &ObjectKey, now: Instant) -> Option<Observed<'w>> {
    let workload = world.workloads.get(key)?;
    let there = |id| on_host(world, workload, id, now);
    let host = workload.host_id().or(workload.assigned_host()).map(there);
    let assigned =
        workload.assigned_host().filter(|id| workload.host_id().is_some_and(|other| other != *id)).map(there);
    let elsewhere = assigned.as_ref().and_then(|host| world.host_object(&host.id)).cloned();
    let memory = world.memory_of(workload.uid());
    let left = leave::observe(world, workload, host.as_ref(), &memory);
    let settled_there = host.as_ref().is_some_and(|host| host.confirmed && host.standing != Standing::Dead);
    let drained = drain::observe(world, workload);
    let goes = !workload.is_terminating() && (!settled_there || left.is_some() || drained);
    let intended = goes.then(|| intended(world, workload, &memory, now)).flatten();
    let places =
        (goes && intended.is_none()).then(|| world.places(world.owner_of(workload).as_deref(), Some(key), now));
    let drift = if settled_there { drift::observe(world, workload, &memory) } else { Drift::default() };
    let pull_secrets = goes.then(|| super::replica_set::outdated_pull_secrets(world, workload)).flatten();
    Some(Observed {
        workload,
        drift,
        pull_secrets,
        owner: world.owner_state(&workload.metadata, key, Kind::WorkloadReplicaSet),
        host,
        assigned,
        exit: teardown::exit(world, workload, drained, now),
        left,
        elsewhere,
        drained,
        memory,
        intended,
        places,
        starts: &world.starts,
        policy: &world.settings.policy,
        drain_delay: world.settings.drain_delay,
    })
}

/// The host that the Workload's annotation names, if it still fits and did not fail it too often.
fn intended<'w>(world: &'w World, workload: &Workload, memory: &Memory, now: Instant) -> Option<Candidate<'w>> {
    let avoid = memory.avoid();
    let id = workload.assigned_host().filter(|id| !avoid.contains_key(*id))?;
    let host = world.candidate(id, now)?;
    unfit(workload, &host, &world.settings.policy).is_none().then_some(host)
}

/// Why a host may not run a Workload.
pub fn unfit(workload: &Workload, host: &Candidate<'_>, policy: &Policy) -> Option<Unfit> {
    placement::verdict(&wanted(workload, &Places::default(), &BTreeMap::new()), host, policy)
}

fn on_host(world: &World, workload: &Workload, id: &str, now: Instant) -> OnHost {
    let (confirmed, id) = (workload.host_id() == Some(id), id.to_owned());
    let object = world.host_object(&id);
    let mut standing = world.live.standing(&id, now);
    let nobody_knows_it = standing == Standing::Unsure && object.is_none() && world.live.get(&id).is_none();
    let silent_until = world.live.silent_since(&id) + TIME_TO_LIVE;
    if nobody_knows_it && world.live.is_settled(now) && silent_until <= now {
        standing = Standing::Dead;
    }
    let clearer_at = (nobody_knows_it && standing == Standing::Unsure)
        .then(|| world.live.settled_at().map(|at| at.max(silent_until)))
        .flatten();
    let environment = world.live.get(&id).map(|live| live.beat.environment.clone()).unwrap_or_default();
    let entombed = object.is_none_or(|object| object.tombstones().any(|id| id == workload.uid()));
    OnHost { id, environment, standing, confirmed, entombed, clearer_at }
}

impl World {
    /// What became of the owner of that kind.
    pub fn owner_state(&self, metadata: &kube::core::ObjectMeta, key: &ObjectKey, kind: Kind) -> Owner {
        let Some(owner) = owner(metadata, kind) else { return Owner::None };
        let at = key.sibling(&owner.name);
        let uid = match kind {
            Kind::WorkloadReplicaSet => self.replica_sets.get(&at).map(|set| (set.uid(), is_foreground(&set.metadata))),
            _ => self.deployments.get(&at).map(|deployment| (deployment.uid(), is_foreground(&deployment.metadata))),
        };
        match uid {
            Some((uid, foreground)) if uid == owner.uid && !foreground => Owner::There,
            Some((uid, _)) if uid == owner.uid => Owner::Gone,
            _ if self.is_gone(&owner.uid) => Owner::Gone,
            _ => Owner::Missing { key: at, uid: owner.uid.clone() },
        }
    }
}

/// Decides what is next for a Workload.
pub fn decide(observed: &Observed<'_>, now: Now) -> Decision {
    let workload = observed.workload;
    if workload.is_terminating() {
        return teardown::decide(observed, now);
    }
    match &observed.owner {
        Owner::Gone => return delete(Kind::Workload, Version::of(workload)),
        Owner::Missing { key, uid } => return read_owner(Kind::WorkloadReplicaSet, key, uid),
        Owner::None | Owner::There => {}
    }
    if !workload.has_finalizer(finalizer::WORKLOAD) {
        return add_finalizer(workload);
    }
    for host in observed.host.iter().chain(&observed.assigned) {
        match host.standing {
            Standing::Alive if host.confirmed && observed.drained => return drain::decide(observed, host, now),
            Standing::Alive if host.confirmed && !leave::decide(observed, host) => return stay(observed, host, now),
            Standing::Unsure => return Decision { next: host.clearer_at, ..Decision::default() },
            // The Host's own reconcile writes the tombstones of all its Workloads at once and wakes them.
            Standing::Dead if !host.entombed => return Decision::default(),
            Standing::Alive | Standing::Dead => {}
        }
    }
    go(observed, now)
}

/// It is somewhere: asked for when in doubt, and now and then.
fn stay(observed: &Observed<'_>, host: &OnHost, now: Now) -> Decision {
    let (workload, memory) = (observed.workload, &observed.memory);
    if let Some(until) = memory.waits_until(now.instant) {
        return Decision { next: Some(until), ..Decision::default() };
    }
    let well = workload.workload_id().is_some() && workload.is_condition_true(condition::SYNC) && workload.is_ready();
    let due = memory.asked.map(|at| at + spread(workload.uid()));
    let twice = well && twice::may_run_elsewhere(observed, host);
    if well && !memory.ask && !twice {
        if let Some(decision) = drift::decide(observed, due, now) {
            return decision;
        }
        match due {
            Some(due) if due > now.instant => return Decision { next: Some(due), ..Decision::default() },
            // First seen since this process started: it was well, so there is no hurry, but a look is due.
            None => return first_look(observed, now),
            Some(_) => {}
        }
    }
    let id = workload.uid().to_owned();
    let pending = Pending::new(workload, &host.id, &host.environment, memory).drifted(&observed.drift);
    let pending = if twice { pending.and_only_there(twice::only_here(observed, host)) } else { pending };
    let effects = vec![Effect::Ask { host: host.id.clone(), id }];
    Decision { effects, then: Then::Workload(pending), ..Decision::default() }
}

fn first_look(observed: &Observed<'_>, now: Now) -> Decision {
    let seen = Memory { asked: Some(now.instant), ..observed.memory.clone() };
    let pending = Pending::remember(observed.workload, seen);
    let next = Some(now.instant + spread(observed.workload.uid()));
    Decision { then: Then::Workload(pending), next, ..Decision::default() }
}

/// Between four fifths and the whole of the period, by the Workload.
fn spread(uid: &str) -> Duration {
    let share = uid.bytes().fold(0_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 200);
    ASK_EVERY - ASK_EVERY * share / 1000
}

/// It has to go somewhere: where it was meant to go if that still fits, else where placement says.
fn go(observed: &Observed<'_>, now: Now) -> Decision {
    let (workload, memory) = (observed.workload, &without_the_dead(observed));
    if let Some(until) = memory.waits_until(now.instant) {
        return Decision { next: Some(until), ..Decision::default() };
    }
    if let Some(spec) = &observed.pull_secrets {
        let patch = json!({ "metadata": { "resourceVersion": workload.metadata.resource_version }, "spec": spec });
        let effects = vec![Effect::Patch { kind: Kind::Workload, key: workload.key(), patch, status: false }];
        // The answer brings it again; should the API server have kept it as it was, it is not forgotten.
        return Decision { effects, next: Some(now.instant + Duration::from_secs(5)), ..Decision::default() };
    }
    let host = match choose(observed) {
        Ok(host) => host,
        Err(why) => return unplaced(workload, &why, now),
    };
    let (chosen, environment) = (host.id.to_owned(), host.environment);
    let (said, told) = chosen::say(workload, now.wall).unzip();
    if !observed.starts.has_room(&chosen) {
        let effects = said.into_iter().collect();
        return Decision { effects, room: Room::Await(chosen), ..Decision::default() };
    }
    let mut effects: Vec<_> = leave::entomb(observed).into_iter().collect();
    if workload.assigned_host() != Some(&chosen) {
        effects.push(assign(workload, &chosen));
    }
    effects.extend(said);
    effects.push(Effect::Start { host: chosen.clone(), workload: workload.clone() });
    let pending = Pending::new(told.as_ref().unwrap_or(workload), &chosen, environment, &memory.sent());
    Decision { effects, then: Then::Workload(pending), room: Room::Take(chosen), ..Decision::default() }
}

/// What a host left unanswered that is dead by now is no reason to wait: what ran there is started elsewhere at once.
fn without_the_dead(observed: &Observed<'_>) -> Memory {
    let memory = observed.memory.clone();
    let leaves_a_dead_one = |host: &OnHost| host.confirmed && host.standing == Standing::Dead;
    match observed.host.as_ref().is_some_and(leaves_a_dead_one) {
        true => Memory { failures: 0, until: None, ..memory },
        false => memory,
    }
}

/// The host it was meant for, else the one that placement says.
fn choose<'o, 'w>(observed: &'o Observed<'w>) -> Result<&'o Candidate<'w>, NoPlace> {
    if let Some(intended) = &observed.intended {
        return Ok(intended);
    }
    let hosts = observed.places.as_ref().map(|places| places.hosts.as_slice()).unwrap_or_default();
    let (nowhere, avoid) = (Places::default(), observed.memory.avoid());
    let wanted = wanted(observed.workload, observed.places.as_ref().unwrap_or(&nowhere), &avoid);
    placement::place(&wanted, hosts, observed.policy)
}

/// What placement has to know of a Workload.
fn wanted<'a>(workload: &'a Workload, places: &'a Places<'_>, avoid: &'a BTreeMap<String, u32>) -> Wanted<'a> {
    Wanted {
        namespace: workload.namespace(),
        spec: &workload.spec,
        siblings: &places.siblings,
        zones: &places.zones,
        avoid,
    }
}

fn unplaced(workload: &Arc<Workload>, why: &NoPlace, now: Now) -> Decision {
    let (reason, message) = match why {
        NoPlace::NoEligibleHost(message) => (reason::NO_ELIGIBLE_HOST, message),
        NoPlace::CrossEnvironment(message) => (reason::CROSS_ENVIRONMENT_SCHEDULING_DENIED, message),
    };
    let verdicts = Verdicts::wrong(condition::HOST_SELECTION, reason, message);
    let effects = status::write(workload, &verdicts, &Place::Nowhere, now.wall).into_iter().collect();
    Decision { effects, unplaced: true, ..Decision::default() }
}

/// Puts the choice on record before anything is started.
fn assign(workload: &Workload, host: &str) -> Effect {
    let patch = json!({ "metadata": {
        "resourceVersion": workload.metadata.resource_version,
        "annotations": { (annotation::ASSIGNED_HOST): host },
    } });
    Effect::Patch { kind: Kind::Workload, key: workload.key(), patch, status: false }
}

fn add_finalizer(workload: &Workload) -> Decision {
    let all: Vec<_> = workload.metadata.finalizers.iter().flatten().map(String::as_str).collect();
    let effects = vec![finalizers_patch(Kind::Workload, workload, &[&all[..], &[finalizer::WORKLOAD]].concat())];
    Decision { effects, ..Decision::default() }
}

/// Deletes an object whose owner is gone.
pub(super) fn delete(kind: Kind, object: Version) -> Decision {
    Decision { effects: vec![Effect::Delete { kind, objects: vec![object] }], ..Decision::default() }
}

/// Looks past the cache whether an owner exists.
pub(super) fn read_owner(kind: Kind, key: &ObjectKey, uid: &str) -> Decision {
    let effects = vec![Effect::ReadOwner { kind, key: key.clone(), uid: uid.to_owned() }];
    Decision { effects, ..Decision::default() }
}
