//! Failures that were there before a command began. The controller tries again, at ever longer intervals, and writes nothing
//! while the host says the same: only an Event tells one try from the next. Until one of these tells, it is open whether the
//! failure still holds.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::Snapshot;
use super::trouble::{first_unmet, is_lasting};
use crate::api::names::{condition, reason};
use crate::api::{Condition, HasConditions, Workload, WorkloadDeployment};

/// How long to wait for the next try. The first ones come within it; later ones are up to five minutes apart, which is too
/// long for somebody who waits for what has been failing all the time.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// What failed no longer ago than this is no old story, for who only asks how a rollout is.
pub const LATELY: SignedDuration = SignedDuration::from_secs(30);

/// What had failed before a command began, as far as it is not known to have failed again, or to have changed.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    /// By the UID of the Workload.
    failed: HashMap<String, Failure>,
    /// UIDs of deployments that had exceeded their deadline.
    exceeded: HashSet<String>,
    given_up: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Failure {
    reason: String,
    message: String,
    since: Option<Timestamp>,
}

impl Earlier {
    /// Takes in what has failed by now.
    pub fn add(&mut self, snapshot: &Snapshot) {
        let failed = snapshot.workloads.iter().filter_map(|workload| Some((uid(workload), failure(workload)?)));
        self.failed.extend(failed);
        let deployment = snapshot.deployment.iter().filter(|deployment| is_exceeded(deployment));
        self.exceeded.extend(deployment.map(uid));
    }

    /// Leaves out what has failed since then, and that a deadline was exceeded, which says so itself.
    #[must_use]
    pub fn only_before(mut self, time: Timestamp) -> Self {
        self.failed.retain(|_, failure| failure.since.is_none_or(|since| since < time));
        self.exceeded.clear();
        self
    }

    /// Forgets what is not as it was.
    pub fn compare(&mut self, snapshot: &Snapshot) {
        for workload in &snapshot.workloads {
            let uid = uid(workload);
            if self.failed.get(&uid).is_some_and(|known| failure(workload).as_ref() != Some(known)) {
                self.failed.remove(&uid);
            }
        }
        for deployment in snapshot.deployment.iter().filter(|deployment| !is_exceeded(deployment)) {
            self.exceeded.remove(&uid(deployment));
        }
    }

    /// Takes in an Event that was not there before; tells whether it says that something has failed again.
    pub fn hear(&mut self, event: &Value) -> bool {
        let word = |path: &str| event.pointer(path).and_then(Value::as_str).unwrap_or_default();
        let uid = word("/involvedObject/uid");
        let again = self.failed.get(uid).is_some_and(|failure| failure.reason == word("/reason"));
        if again {
            self.failed.remove(uid);
        }
        again
    }

    /// Nothing was heard for as long as it is worth waiting.
    pub fn give_up(&mut self) {
        self.given_up = true;
    }

    /// Whether there is still something to be waited for.
    pub fn is_open(&self) -> bool {
        let any = !self.failed.is_empty() || !self.exceeded.is_empty();
        any && !self.given_up
    }

    /// Whether a Workload failed before and nothing was heard of it since.
    pub(super) fn has(&self, workload: &Workload) -> bool {
        self.failed.contains_key(&uid(workload))
    }

    /// Whether that it has exceeded its deadline is still news of a deployment.
    pub(super) fn excuses(&self, deployment: &WorkloadDeployment) -> bool {
        !self.given_up && self.exceeded.contains(&uid(deployment))
    }

    /// Whether what failed before is taken for final.
    pub(super) fn is_given_up(&self) -> bool {
        self.given_up
    }
}

fn uid(object: &impl kube::ResourceExt) -> String {
    object.uid().unwrap_or_default()
}

fn failure(workload: &Workload) -> Option<Failure> {
    let found = first_unmet(workload).filter(|found| is_lasting(found))?;
    Some(Failure {
        reason: found.reason().to_owned(),
        message: found.message().to_owned(),
        since: found.last_transition_time.as_ref().map(|time| time.0),
    })
}

/// Whether a deployment says that it has exceeded its progress deadline.
pub(super) fn is_exceeded(deployment: &WorkloadDeployment) -> bool {
    let exceeded = |deploy: &Condition| deploy.is_false() && deploy.reason() == reason::PROGRESS_DEADLINE_EXCEEDED;
    deployment.condition(condition::DEPLOY).is_some_and(exceeded)
}

#[cfg(test)]
mod tests;
