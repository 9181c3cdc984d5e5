//! A Workload's conditions: in order, up to the first thing that is wrong, with the sum in Ready.

use jiff::Timestamp;
use serde_json::json;

use super::OnHost;
use super::drift::Drift;
use super::teardown::DRAINING;
use crate::api::names::condition::{CONFIG, HOST_SELECTION, OF_WORKLOAD, PLACEMENT, READY, SYNC};
use crate::api::names::reason;
use crate::api::{Condition, ConditionStatus, HasConditions, Kind, WorkloadStatus};
use crate::controller::conditions::{Verdict, conditions, same};
use crate::controller::effect::{Effect, status_patch};
use crate::controller::objects::Workload;

/// What the five conditions are to say.
pub(super) struct Verdicts(Vec<Verdict>);

impl Verdicts {
    /// All is well, but for configuration that has changed since the start.
    pub(super) fn well_but(drift: &Drift) -> Self {
        let verdict = |type_| match type_ {
            SYNC => Verdict::new(SYNC, ConditionStatus::True, reason::AVAILABLE, &drift.message),
            other => Verdict::well(other),
        };
        Self(OF_WORKLOAD.into_iter().map(verdict).collect())
    }

    /// One thing is wrong; what comes before it is well, what comes after it has not been tried.
    pub(super) fn wrong(type_: &'static str, reason: &str, message: &str) -> Self {
        Self::up_to(Verdict::wrong(type_, reason, message))
    }

    /// One thing cannot be told yet.
    pub(super) fn open(type_: &'static str, reason: &str, message: &str) -> Self {
        Self::up_to(Verdict::open(type_, reason, message))
    }

    /// One thing says this; what comes before it is well, what comes after it has not been tried.
    pub(super) fn up_to(first: Verdict) -> Self {
        let order = [CONFIG, HOST_SELECTION, PLACEMENT, SYNC];
        let at = order.iter().position(|type_| *type_ == first.type_).unwrap_or_default();
        let before = order.iter().take(at).map(|type_| Verdict::well(type_));
        let after = order.iter().skip(at + 1).map(|type_| Verdict::open(type_, "Pending", ""));
        let ready = first.as_ready();
        Self(before.chain([first]).chain(after).chain([ready]).collect())
    }
}

/// Where a Workload is, for its status.
pub(super) enum Place<'a> {
    /// On no host.
    Nowhere,
    /// It may be on that host: a start was sent and not answered.
    Perhaps {
        /// The host's id.
        host: &'a str,
        /// Its environment.
        environment: &'a str,
    },
    /// On that host.
    On {
        /// The host's id.
        host: &'a str,
        /// Its environment.
        environment: &'a str,
    },
}

/// The write that makes the status say so; none if it says so already.
pub(super) fn write(workload: &Workload, verdicts: &Verdicts, place: &Place<'_>, now: Timestamp) -> Option<Effect> {
    let next = conditions(workload.conditions(), &verdicts.0, workload.generation(), now);
    write_conditions(workload, next, place)
}

/// The Workload as it is once that is written, on no host.
pub(super) fn written(workload: &Workload, verdicts: &Verdicts, now: Timestamp) -> Workload {
    let next = conditions(workload.conditions(), &verdicts.0, workload.generation(), now);
    let mut after = workload.clone();
    after.body.status = Some(WorkloadStatus { conditions: Some(without_grace(next)), ..WorkloadStatus::default() });
    after
}

/// The write that says where it is and leaves the rest as it is; none if it says so already.
pub(super) fn remark(workload: &Workload, place: &Place<'_>) -> Option<Effect> {
    write_conditions(workload, workload.conditions().to_vec(), place)
}

/// A terminating Workload that may run somewhere: Placement is on record, and it is not Ready.
pub(super) fn write_placed_while_terminating(workload: &Workload, host: &OnHost, now: Timestamp) -> Option<Effect> {
    write_ending(workload, host, "Terminating", "the Workload is being deleted", now)
}

/// A Workload that ends, or leaves its host, and that a Service led to: it runs on, and is not Ready.
pub(super) fn write_draining(workload: &Workload, host: &OnHost, now: Timestamp) -> Option<Effect> {
    let ends = if workload.is_terminating() { "the Workload is being deleted" } else { "its host is being drained" };
    let words = &format!("{ends}; it runs on until requests have stopped coming");
    write_ending(workload, host, DRAINING, words, now)
}

fn write_ending(workload: &Workload, host: &OnHost, reason: &str, words: &str, now: Timestamp) -> Option<Effect> {
    let mut verdicts = vec![Verdict::well(CONFIG), Verdict::well(HOST_SELECTION), Verdict::well(PLACEMENT)];
    verdicts.push(Verdict::open(SYNC, reason, words));
    verdicts.push(Verdict::wrong(READY, reason, words));
    let next = conditions(workload.conditions(), &verdicts, workload.generation(), now);
    write_conditions(workload, next, &Place::On { host: &host.id, environment: &host.environment })
}

fn write_conditions(workload: &Workload, next: Vec<Condition>, place: &Place<'_>) -> Option<Effect> {
    let (host, environment, id) = match *place {
        Place::Nowhere => (None, None, None),
        Place::Perhaps { host, environment } => (Some(host), Some(environment), None),
        Place::On { host, environment } => (Some(host), Some(environment), Some(workload.uid())),
    };
    let unchanged = workload.host_id() == host
        && workload.workload_id() == id
        && same(workload.conditions(), &next)
        && (host.is_none() || workload.status.as_ref().and_then(|s| s.environment.as_deref()) == environment);
    if unchanged {
        return None;
    }
    let next = without_grace(next);
    let status = json!({ "conditions": next, "hostId": host, "environment": environment, "workloadId": id });
    Some(status_patch(Kind::Workload, workload.key(), workload.uid(), status))
}

/// Upstream's operator deletes a Workload whose Sync has not been True for a minute, and counts from its transition time.
/// Ours keep their name while they wait or back off, so there is nothing to count from.
fn without_grace(mut conditions: Vec<Condition>) -> Vec<Condition> {
    for sync in conditions.iter_mut().filter(|condition| condition.type_ == SYNC && !condition.is_true()) {
        sync.last_transition_time = None;
    }
    conditions
}
