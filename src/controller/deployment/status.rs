//! What a deployment says of its rollout.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Observed, Set, Unresolved};
use crate::api::HasConditions;
use crate::api::names::condition::{ARTIFACT, DEPLOY, READY, SCALE, SYNC};
use crate::api::names::{condition, label, reason};
use crate::api::{Condition, ConditionStatus, Kind, LocalObjectReference, WorkloadDeploymentStatus};
use crate::controller::conditions::{Verdict, coalesce, conditions, same};
use crate::controller::effect::{Decision, Effect, Now, status_patch};
use crate::controller::objects::Deployment;
use crate::controller::replica_set::Tally;
use crate::controller::replica_set::status::{explicit, not_ready, until};
use crate::controller::rollout::{self, settings::RolloutSettings};

/// What keeps a deployment from being looked at further.
pub(super) enum Hindrance {
    /// An annotation makes no sense.
    Settings(String),
    /// An artifact is missing.
    Artifact(Unresolved),
}

/// The status while something hinders; replica sets go on as they are.
pub(super) fn hindered(observed: &Observed<'_>, why: &Hindrance, now: Now) -> Decision {
    let verdicts = match why {
        Hindrance::Settings(message) => {
            let wrong = Verdict::wrong(DEPLOY, "InvalidSetting", message);
            vec![pending(ARTIFACT), pending(SYNC), wrong.clone(), pending(SCALE), wrong.as_ready()]
        }
        Hindrance::Artifact(Unresolved { reason, message, .. }) => {
            let wrong = Verdict::wrong(ARTIFACT, reason, message);
            vec![wrong.clone(), pending(SYNC), pending(DEPLOY), pending(SCALE), wrong.as_ready()]
        }
    };
    let deployment = observed.deployment;
    let next = conditions(deployment.conditions(), &verdicts, deployment.generation(), now.wall);
    if same(deployment.conditions(), &next) {
        return Decision::default();
    }
    let status = json!({ "conditions": next });
    let effects = vec![status_patch(Kind::WorkloadDeployment, deployment.key(), deployment.uid(), status)];
    Decision { effects, ..Decision::default() }
}

/// The status that names a replica set that was just made.
pub(super) fn announce(observed: &Observed<'_>, sets: &[Set<'_>], name: &str, now: Now) -> Effect {
    let deployment = observed.deployment;
    let message = format!("created replica set \"{name}\"");
    let progress = Verdict::new(DEPLOY, ConditionStatus::True, reason::NEW_REPLICA_SET_CREATED, &message);
    let wanted = deployment.spec.replicas();
    let scale = Verdict::open(SCALE, "Progressing", &format!("0 of {wanted} replicas are available"));
    let verdicts = [Verdict::well(ARTIFACT), Verdict::well(SYNC), progress, scale.clone(), scale.as_ready()];
    write(observed, sets, &verdicts, Some(name), now).1
}

/// The status of a rollout, written if it says anything new, and not too often.
pub(super) fn decide(observed: &Observed<'_>, sets: &[Set<'_>], settings: &RolloutSettings, now: Now) -> Decision {
    let deployment = observed.deployment;
    let states: Vec<_> = sets.iter().map(Set::state).collect();
    let replicas = deployment.spec.replicas();
    let complete = rollout::complete(replicas, &states);
    let newest = sets.iter().find(|set| set.is_new);
    let progress = Progress::of(deployment, sets, settings, now.wall);
    let scaled = scale(replicas, newest);
    let deploy = deploy(complete, &progress, settings, newest.is_some());
    let ready = match complete {
        true => Verdict::well(READY),
        false => unready(replicas, sets, &deploy),
    };
    let verdicts = [Verdict::well(ARTIFACT), synced(newest.is_some()), deploy, scaled, ready];
    let (old, effect) = write(observed, sets, &verdicts, newest.map(|set| set.set.name()), now);
    let next = progress.wakes(complete, sets, now);
    if old {
        return Decision { next, ..Decision::default() };
    }
    let tells = |verdict: &Verdict| {
        let said = deployment.condition(verdict.type_).map(Condition::reason);
        // That it goes on after its first step goes without saying.
        let goes_on = verdict.reason == reason::REPLICA_SET_UPDATED && said == Some(reason::NEW_REPLICA_SET_CREATED);
        said != Some(&verdict.reason) && !goes_on
    };
    let telling = complete || verdicts.iter().filter(|verdict| [DEPLOY, READY].contains(&verdict.type_)).any(tells);
    if let Some(later) = coalesce(observed.memory.status_written, observed.pause, telling, now.instant) {
        return Decision { next: Some(next.map_or(later, |next| next.min(later))), ..Decision::default() };
    }
    Decision { effects: vec![effect], next, ..Decision::default() }
}

fn pending(type_: &'static str) -> Verdict {
    Verdict::open(type_, "Pending", "")
}

fn synced(has_newest: bool) -> Verdict {
    match has_newest {
        true => Verdict::well(SYNC),
        false => Verdict::open(SYNC, "Pending", "no replica set has the current template yet"),
    }
}

fn deploy(complete: bool, progress: &Progress, settings: &RolloutSettings, has_newest: bool) -> Verdict {
    if complete {
        return Verdict::new(DEPLOY, ConditionStatus::True, reason::NEW_REPLICA_SET_AVAILABLE, "");
    }
    if settings.paused {
        return Verdict::open(DEPLOY, reason::DEPLOYMENT_PAUSED, "the deployment is paused");
    }
    if progress.exceeded {
        let message = format!("no progress for {} s", settings.progress_deadline.as_secs());
        return Verdict::wrong(DEPLOY, reason::PROGRESS_DEADLINE_EXCEEDED, &message);
    }
    let message = if has_newest { "" } else { "waiting for old replicas to be gone" };
    Verdict::new(DEPLOY, ConditionStatus::True, reason::REPLICA_SET_UPDATED, message)
}

fn scale(replicas: i32, newest: Option<&Set<'_>>) -> Verdict {
    let available = newest.map_or(0, |set| set.tally.available);
    if available == replicas && newest.is_some_and(|set| set.tally.current == replicas) {
        return Verdict::well(SCALE);
    }
    Verdict::open(SCALE, "Progressing", &format!("{available} of {replicas} replicas are available"))
}

/// The newest replica set's trouble speaks, in the host's words; then that of the older ones.
fn unready(replicas: i32, sets: &[Set<'_>], deploy: &Verdict) -> Verdict {
    let ready = sets.iter().filter(|set| set.is_new).map(|set| set.tally.ready).sum();
    let newest = sets.iter().filter(|set| set.is_new).flat_map(|set| set.workloads.iter().copied());
    let verdict = not_ready(newest, ready, replicas);
    if verdict.status == ConditionStatus::False {
        return verdict;
    }
    if deploy.status != ConditionStatus::True {
        return deploy.as_ready();
    }
    let older = sets.iter().filter(|set| !set.is_new).flat_map(|set| set.workloads.iter().copied());
    match not_ready(older, ready, replicas) {
        wrong if wrong.status == ConditionStatus::False => wrong,
        _ => verdict,
    }
}

/// The status as it is to be, whether it is so already, and the write that makes it so.
fn write(
    observed: &Observed<'_>,
    sets: &[Set<'_>],
    verdicts: &[Verdict],
    newest: Option<&str>,
    now: Now,
) -> (bool, Effect) {
    let deployment = observed.deployment;
    let next = conditions(deployment.conditions(), verdicts, deployment.generation(), now.wall);
    let tally = sets.iter().fold(Tally::default(), |sum, set| Tally {
        current: sum.current + set.tally.current,
        ready: sum.ready + set.tally.ready,
        available: sum.available + set.tally.available,
        ..sum
    });
    let counts = tally.to_status(deployment.spec.replicas());
    let status = WorkloadDeploymentStatus {
        conditions: Some(next.clone()),
        current_replica_set: newest.map(LocalObjectReference::to),
        previous_replica_set: previous(sets, newest).map(LocalObjectReference::to),
        replicas: Some(counts.clone()),
        current_replicas: Some(tally.current),
        selector: Some(format!("{}={}", label::WORKLOAD_DEPLOYMENT, deployment.name())),
    };
    let old = deployment.status.clone().unwrap_or_default();
    let unchanged = same(deployment.conditions(), &next)
        && WorkloadDeploymentStatus { conditions: None, ..old }
            == WorkloadDeploymentStatus { conditions: None, ..status.clone() };
    let name = |reference: &Option<LocalObjectReference>| reference.as_ref().map(|r| json!({ "name": r.name() }));
    let body: Value = json!({
        "conditions": next,
        "currentReplicaSet": name(&status.current_replica_set),
        "previousReplicaSet": name(&status.previous_replica_set),
        "replicas": explicit(&counts),
        "currentReplicas": status.current_replicas,
        "selector": status.selector,
    });
    (unchanged, status_patch(Kind::WorkloadDeployment, deployment.key(), deployment.uid(), body))
}

/// While a rollout runs, the old replica set with the most available replicas: upstream's operator keeps that one.
pub(super) fn previous<'s>(sets: &'s [Set<'_>], newest: Option<&str>) -> Option<&'s str> {
    let old = sets.iter().filter(|set| Some(set.set.name()) != newest && set.size() > 0);
    old.max_by_key(|set| set.tally.available).map(|set| set.set.name())
}

/// One that is gone back to is named as the current one before it has any Workloads: upstream's operator makes another one
/// of the same template otherwise.
pub(super) fn rename_current(deployment: &Deployment, sets: &[Set<'_>]) -> Option<Effect> {
    let named = deployment.status.as_ref().and_then(|status| status.current_replica_set.as_ref());
    let newest = sets.iter().find(|set| set.is_new)?.set.name();
    let status = json!({
        "currentReplicaSet": { "name": newest },
        "previousReplicaSet": previous(sets, Some(newest)).map(|name| json!({ "name": name })),
    });
    let patch = || status_patch(Kind::WorkloadDeployment, deployment.key(), deployment.uid(), status);
    (named.map(LocalObjectReference::name) != Some(newest)).then(patch)
}

/// One that becomes history is not the previous one any more from then on: upstream's operator deletes that without looking.
pub(super) fn rename_previous(deployment: &Deployment, sets: &[Set<'_>], sizes: &[(usize, i32)]) -> Option<Effect> {
    let named = deployment.status.as_ref()?.previous_replica_set.as_ref()?.name();
    let ends = |set: &Set<'_>| sizes.iter().any(|(at, size)| *size == 0 && sets[*at].set.name() == set.set.name());
    sets.iter().find(|set| set.set.name() == named && ends(set))?;
    let others = sets.iter().filter(|set| !set.is_new && set.size() > 0 && !ends(set));
    let next = others.max_by_key(|set| set.tally.available).map(|set| json!({ "name": set.set.name() }));
    let status = json!({ "previousReplicaSet": next });
    Some(status_patch(Kind::WorkloadDeployment, deployment.key(), deployment.uid(), status))
}

/// When a rollout last moved.
struct Progress {
    exceeded: bool,
    deadline: Option<Timestamp>,
}

impl Progress {
    fn of(deployment: &Deployment, sets: &[Set<'_>], settings: &RolloutSettings, now: Timestamp) -> Self {
        let moved = last_moved(sets).max(last_changed(deployment, settings, now));
        let deadline = moved.and_then(|at| at.checked_add(settings.progress_deadline).ok());
        Self { exceeded: deadline.is_some_and(|at| at <= now), deadline }
    }

    /// When to look again though nothing happens: a replica becomes available, or the deadline passes.
    fn wakes(&self, complete: bool, sets: &[Set<'_>], now: Now) -> Option<tokio::time::Instant> {
        let available = sets.iter().filter_map(|set| set.tally.next_available);
        let deadline = self.deadline.filter(|_| !complete && !self.exceeded);
        let at = available.chain(deadline).min()?;
        Some(now.instant + until(at, now.wall) + Duration::from_millis(10))
    }
}

/// The newest of: the creation of a replica set or Workload, and a change of a Workload's Ready.
fn last_moved(sets: &[Set<'_>]) -> Option<Timestamp> {
    let of_sets = sets.iter().filter_map(|set| set.set.metadata.creation_timestamp.as_ref());
    let workloads = || sets.iter().flat_map(|set| set.workloads.iter());
    let created = workloads().filter_map(|workload| workload.metadata.creation_timestamp.as_ref());
    let ready = workloads().filter_map(|workload| workload.condition(condition::READY)?.last_transition_time.as_ref());
    of_sets.chain(created).chain(ready).map(|time| time.0).max()
}

/// When the deployment itself last set something going: a change of its spec, the end of a pause, the end of its being well.
/// Once the deadline is reported only what becomes of replicas counts, or the report would undo itself.
fn last_changed(deployment: &Deployment, settings: &RolloutSettings, now: Timestamp) -> Option<Timestamp> {
    let Some(said) = deployment.condition(DEPLOY) else { return Some(now) };
    let resumes = said.reason() == reason::DEPLOYMENT_PAUSED && !settings.paused;
    if said.observed_generation != Some(deployment.generation()) || resumes || deployment.is_ready() {
        return Some(now);
    }
    if said.reason() == reason::PROGRESS_DEADLINE_EXCEEDED {
        return None;
    }
    let changes =
        [DEPLOY, READY].into_iter().filter_map(|type_| deployment.condition(type_)?.last_transition_time.as_ref());
    changes.map(|time| time.0).max()
}
