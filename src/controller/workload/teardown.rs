//! The end of a Workload: no Service leads to it any more, it is stopped on its host, then it is let go.

use tokio::time::Instant;

use super::status::{write_draining, write_placed_while_terminating};
use super::{Observed, OnHost, Pending, on_host};
use crate::api::names::{condition, finalizer};
use crate::api::{HasConditions, Kind};
use crate::controller::effect::{Decision, Effect, Now, Then, without_finalizer};
use crate::controller::live::Standing;
use crate::controller::memory::Memory;
use crate::controller::objects::{ObjectKey, Workload};
use crate::controller::routes::{self, Exit};
use crate::controller::world::World;

/// Reason of the conditions of a Workload that ends and that a Service led to.
pub(super) const DRAINING: &str = "Draining";

/// Whether a Service leads to a Workload that is being deleted, or is to leave its host. None led to one that was not ready.
pub(super) fn exit(world: &World, workload: &Workload, leaves: bool, now: Instant) -> Exit {
    let led_to = workload.is_ready() || is_draining(workload);
    if (workload.is_terminating() || leaves) && led_to { routes::exit(world, workload, now) } else { Exit::Free }
}

fn is_draining(workload: &Workload) -> bool {
    workload.condition(condition::READY).is_some_and(|ready| ready.reason() == DRAINING)
}

/// Out of the EndpointSlice first, then stopped on its host, then let go: never the other way round.
pub(super) fn decide(observed: &Observed<'_>, now: Now) -> Decision {
    let (workload, memory) = (observed.workload, &observed.memory);
    if !workload.has_finalizer(finalizer::WORKLOAD) {
        return Decision::default();
    }
    let Some(host) = observed.host.as_ref().filter(|_| !memory.stopped) else {
        return let_go(workload);
    };
    // One that was on its way when we lost sight of it may be at either end.
    let dead = |host: &OnHost| host.standing == Standing::Dead;
    let other = observed.assigned.iter().filter(|other| dead(host) || !dead(other));
    let places: Vec<_> = other.chain([host]).collect();
    if places.iter().any(|place| dead(place) && !place.entombed) {
        return Decision::default();
    }
    let living: Vec<_> = places.into_iter().filter(|place| !dead(place)).collect();
    let Some(last) = living.last() else { return let_go(workload) };
    // There is nothing to drain on a host that is gone.
    if let Some(decision) = wait_for_requests_to_end(observed, host, now).filter(|_| !dead(host)) {
        return decision;
    }
    if let Some(after) = memory.stop_after.filter(|after| *after > now.instant) {
        return Decision { next: Some(after), ..Decision::default() };
    }
    let mut effects = Vec::new();
    if host.confirmed && !workload.is_condition_true(condition::PLACEMENT) {
        // Whoever takes over from us stops a terminating Workload only where Placement=True is on record.
        effects.extend(write_placed_while_terminating(workload, host, now.wall));
    }
    let stop = |place: &&OnHost| Effect::Stop { host: place.id.clone(), id: workload.uid().to_owned() };
    effects.extend(living.iter().map(stop));
    let pending = Pending::new(workload, &last.id, &last.environment, memory);
    Decision { effects, then: Then::Workload(pending), ..Decision::default() }
}

/// What is to be done or waited for before the stop; nothing if it may be stopped. Requests come until no slice lists its
/// endpoint, and some time longer, until all who send them have heard of that.
pub(super) fn wait_for_requests_to_end(observed: &Observed<'_>, host: &OnHost, now: Now) -> Option<Decision> {
    let (workload, memory) = (observed.workload, &observed.memory);
    if observed.exit == Exit::Free || observed.drain_delay.is_zero() && observed.exit == Exit::Out {
        return None;
    }
    if workload.is_ready() {
        // Whoever takes over from us would lead Services to one that is ready, whether it ends or not.
        let effects = write_draining(workload, host, now.wall).into_iter().collect();
        return Some(Decision { effects, ..Decision::default() });
    }
    if observed.exit == Exit::Listed {
        // Its route is looked at as well, and wakes it.
        return Some(Decision::default());
    }
    match memory.unlisted {
        None => {
            let seen = Memory { unlisted: Some(now.instant), ..memory.clone() };
            let then = Then::Workload(Pending::remember(workload, seen));
            Some(Decision { then, next: Some(now.instant + observed.drain_delay), ..Decision::default() })
        }
        Some(since) => {
            let end = since + observed.drain_delay;
            (end > now.instant).then(|| Decision { next: Some(end), ..Decision::default() })
        }
    }
}

/// One that is deleted while a host has a start of it to answer. Whoever takes over from us would let it go without a stop
/// unless it is on record as placed there; its own turn lasts until the answer comes, and this does not wait for that.
pub(in crate::controller) fn unanswered_start(world: &World, key: &ObjectKey, now: Now) -> Decision {
    let ending = world.workloads.get(key).filter(|workload| workload.is_terminating());
    let Some((workload, host)) = ending.zip(world.starts.place_of(key)) else { return Decision::default() };
    let placed = workload.is_condition_true(condition::PLACEMENT) && workload.host_id() == Some(host);
    if placed || !workload.has_finalizer(finalizer::WORKLOAD) {
        return Decision::default();
    }
    let host = on_host(world, workload, host, now.instant);
    let effects = write_placed_while_terminating(workload, &host, now.wall).into_iter().collect();
    Decision { effects, ..Decision::default() }
}

fn let_go(workload: &Workload) -> Decision {
    let effects = without_finalizer(Kind::Workload, workload, finalizer::WORKLOAD).into_iter().collect();
    Decision { effects, ..Decision::default() }
}
