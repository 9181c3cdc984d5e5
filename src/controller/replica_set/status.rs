//! How many Workloads there are and how they fare.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::{Observed, available};
use crate::api::names::condition::{READY, SCALE_DOWN, SCALE_UP};
use crate::api::names::reason;
use crate::api::{Condition, ConditionStatus, HasConditions, Kind, ReplicaSetStatus};
use crate::controller::conditions::{Verdict, coalesce, conditions, same};
use crate::controller::effect::{Decision, Now, status_patch};
use crate::controller::objects::Workload;

/// Workloads, counted; terminating ones are not among `current`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Not terminating.
    pub current: i32,
    /// Terminating.
    pub terminating: i32,
    /// Ready.
    pub ready: i32,
    /// Ready for long enough.
    pub available: i32,
    /// When the next one will have been ready for long enough.
    pub next_available: Option<Timestamp>,
}

impl Tally {
    /// Counts. One that leaves a host and its replacement count as one.
    pub fn of<'w>(workloads: impl Iterator<Item = &'w Arc<Workload>>, min_ready: Duration, now: Timestamp) -> Self {
        let mut tally = Self::default();
        for workload in super::drain::as_one(workloads, min_ready, now) {
            if workload.is_terminating() {
                tally.terminating += 1;
                continue;
            }
            tally.current += 1;
            tally.ready += i32::from(workload.is_ready());
            match available(workload, min_ready, now) {
                Ok(()) => tally.available += 1,
                Err(Some(at)) => tally.next_available = Some(tally.next_available.map_or(at, |first| first.min(at))),
                Err(None) => {}
            }
        }
        tally
    }

    /// As it stands in a status; zero is absent.
    pub fn to_status(self, expected: i32) -> ReplicaSetStatus {
        let count = |n: i32| Some(n).filter(|n| *n != 0);
        ReplicaSetStatus {
            expected: count(expected),
            current: count(self.current),
            ready: count(self.ready),
            unavailable: count(self.current - self.available),
        }
    }
}

/// The Workload whose trouble speaks for the others, with the condition that names it: one that failed before one that
/// only waits.
pub(crate) fn failing<'w>(
    workloads: impl Iterator<Item = &'w Arc<Workload>>,
) -> Option<(&'w Arc<Workload>, &'w Condition)> {
    let troubled = workloads.filter(|workload| !workload.is_terminating()).filter_map(|workload| {
        let first = workload.conditions().iter().find(|c| !c.is_true() && c.type_ != READY)?;
        (first.is_false()).then_some((workload, first))
    });
    troubled.min_by_key(|(workload, condition)| (condition.reason() == reason::NO_ELIGIBLE_HOST, workload.name()))
}

/// What Ready says while not all is well.
pub(crate) fn not_ready<'w>(workloads: impl Iterator<Item = &'w Arc<Workload>>, ready: i32, wanted: i32) -> Verdict {
    match failing(workloads) {
        Some((workload, condition)) => {
            let message = format!("Workload {}: {}", workload.name(), condition.message());
            Verdict::wrong(READY, condition.reason(), &message)
        }
        None => Verdict::open(READY, "Progressing", &format!("{ready} of {wanted} replicas are ready")),
    }
}

/// One that its deployment's rollout brings up is not Ready before it has all that the deployment asks for: upstream's
/// operator, should it take over in the middle, takes away the replica set before it as soon as it is.
fn asked_for(observed: &Observed<'_>) -> i32 {
    observed.set.spec.replicas().max(observed.rollout.grows_to.unwrap_or_default())
}

fn unready(observed: &Observed<'_>, tally: Tally) -> Verdict {
    let verdict = not_ready(observed.workloads.iter().copied(), tally.ready, asked_for(observed));
    let updated = tally.current.saturating_sub(i32::try_from(observed.outdated.len()).unwrap_or(i32::MAX));
    match verdict.status {
        ConditionStatus::Unknown if !observed.outdated.is_empty() => Verdict::open(
            READY,
            "Progressing",
            &format!("{updated} of {} replicas have the current template", tally.current),
        ),
        _ => verdict,
    }
}

/// Writes the status if it says anything new, and not too often.
pub(super) fn decide(observed: &Observed<'_>, now: Now) -> Decision {
    let (set, wanted) = (observed.set, observed.set.spec.replicas());
    let all = || observed.workloads.iter().copied();
    let tally = Tally::of(all(), observed.min_ready, now.wall);
    let done = tally.ready == wanted && tally.current == asked_for(observed) && observed.outdated.is_empty();
    let ready = if done { Verdict::well(READY) } else { unready(observed, tally) };
    let verdicts = [Verdict::well(SCALE_UP), Verdict::well(SCALE_DOWN), ready];
    let next = conditions(set.conditions(), &verdicts, set.generation(), now.wall);
    let counts = tally.to_status(wanted);
    let old = set.status.clone().unwrap_or_default();
    let wakes = tally.next_available.map(|at| now.instant + until(at, now.wall));
    if same(set.conditions(), &next) && old.replicas.as_ref() == Some(&counts) {
        return Decision { next: wakes, ..Decision::default() };
    }
    // While a rollout goes on, its steps are nothing to hurry for; its end is.
    let telling = (done && !observed.rollout.runs)
        || set.condition(READY).map(Condition::reason) != Some(verdicts[2].reason.as_str());
    if let Some(later) = coalesce(observed.memory.status_written, observed.pause, telling, now.instant) {
        return Decision { next: Some(wakes.map_or(later, |wakes| wakes.min(later))), ..Decision::default() };
    }
    let status = json!({ "conditions": next, "replicas": explicit(&counts) });
    let effects = vec![status_patch(Kind::WorkloadReplicaSet, set.key(), set.uid(), status)];
    Decision { effects, next: wakes, ..Decision::default() }
}

/// The counters with nulls where they are zero: what is only left out would stay as another writer left it.
pub(crate) fn explicit(counts: &ReplicaSetStatus) -> serde_json::Value {
    json!({
        "expected": counts.expected,
        "current": counts.current,
        "ready": counts.ready,
        "unavailable": counts.unavailable,
    })
}

/// From now until then; nothing if then is past.
pub(crate) fn until(then: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now)).unwrap_or_default()
}
