//! What a Workload says when another controller takes over.

use std::sync::Arc;

use super::drift::Drift;
use super::status::{Place, Verdicts, remark, write, write_placed_while_terminating};
use super::{OnHost, on_host};
use crate::api::names::{condition, finalizer};
use crate::controller::effect::{Effect, Now};
use crate::controller::live::Standing;
use crate::controller::objects::{ObjectKey, Workload};
use crate::controller::release::{Answers, Deed};
use crate::controller::world::World;
use crate::hosts::wire::WorkloadState;

/// One that was given to a host, and is not on record as running there, is asked for.
pub(in crate::controller) fn question(world: &World, key: &ObjectKey, now: Now) -> Option<Effect> {
    let (workload, host) = in_doubt(world, key, now)?;
    Some(Effect::Ask { host: host.id, id: workload.uid().to_owned() })
}

/// Whoever takes over gives a Workload without a `hostId` to any host: so the one it was given to is put on record, and,
/// if it runs there, that it does. One that is being deleted is stopped there only if it is on record as placed.
pub(in crate::controller) fn decide(world: &World, key: &ObjectKey, answers: &Answers, now: Now) -> Option<Deed> {
    let (workload, host) = in_doubt(world, key, now)?;
    let answer = answers.of(workload.uid());
    let perhaps = Place::Perhaps { host: &host.id, environment: &host.environment };
    let effect = match answer {
        Some(WorkloadState::NotFound) if workload.is_terminating() => None,
        _ if workload.is_terminating() => write_placed_while_terminating(workload, &host, now.wall),
        Some(WorkloadState::Running | WorkloadState::Completed) => {
            let there = Place::On { host: &host.id, environment: &host.environment };
            write(workload, &Verdicts::well_but(&Drift::default()), &there, now.wall)
        }
        _ if workload.status.is_some() => remark(workload, &perhaps),
        _ => {
            let verdicts = Verdicts::open(condition::PLACEMENT, "Assigned", "it was given to the host");
            write(workload, &verdicts, &perhaps, now.wall)
        }
    }?;
    let is = match answer {
        Some(state) => format!("which says {}", state.name()),
        None => "which did not answer".to_owned(),
    };
    Some(Deed { effects: vec![effect], words: format!("Workload {key}: on host {}, {is}", host.id) })
}

/// A Workload that is not on record as running, and the host that it was given to and that is not known to be dead.
fn in_doubt<'w>(world: &'w World, key: &ObjectKey, now: Now) -> Option<(&'w Arc<Workload>, OnHost)> {
    let workload = world.workloads.get(key)?;
    let settled = workload.workload_id().is_some() || !workload.has_finalizer(finalizer::WORKLOAD);
    if settled || world.memory_of(workload.uid()).stopped {
        return None;
    }
    let id = workload.host_id().or(workload.assigned_host())?;
    let host = on_host(world, workload, id, now.instant);
    (host.standing != Standing::Dead).then_some((workload, host))
}
