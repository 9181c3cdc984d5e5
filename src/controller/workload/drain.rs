//! A Workload that no replica set owns leaves a host that is being drained: there can be only one of it, so it is stopped
//! there and then started elsewhere. Where a replica set owns it, that makes a replacement first.

use super::{Observed, OnHost, Pending, choose, go, stay, teardown};
use crate::api::Kind;
use crate::controller::effect::{Decision, Effect, Now, Then};
use crate::controller::objects::Workload;
use crate::controller::world::{World, owner};

/// Whether a Workload has to leave the host it is on, and nobody else sees to it.
pub(super) fn observe(world: &World, workload: &Workload) -> bool {
    let drained = |id| world.host_object(id).is_some_and(|host| world.is_drained(host));
    world.drains()
        && !workload.is_terminating()
        && owner(&workload.metadata, Kind::WorkloadReplicaSet).is_none()
        && workload.host_id().is_some_and(drained)
}

/// It leaves only for another host; until one fits it stays. Services are led away from it first.
pub(super) fn decide(observed: &Observed<'_>, host: &OnHost, now: Now) -> Decision {
    if observed.memory.stopped {
        return go(observed, now);
    }
    if choose(observed).is_err() {
        return Decision { unplaced: true, ..stay(observed, host, now) };
    }
    if let Some(decision) = teardown::wait_for_requests_to_end(observed, host, now) {
        return decision;
    }
    if let Some(after) = observed.memory.stop_after.filter(|after| *after > now.instant) {
        return Decision { next: Some(after), ..Decision::default() };
    }
    let effects = vec![Effect::Stop { host: host.id.clone(), id: observed.workload.uid().to_owned() }];
    let pending = Pending::new(observed.workload, &host.id, &host.environment, &observed.memory);
    Decision { effects, then: Then::Workload(pending), ..Decision::default() }
}
