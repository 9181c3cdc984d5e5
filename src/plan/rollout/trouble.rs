//! What holds a rollout up, in the words of whoever found it: a host, or the controller.

use std::collections::HashMap;
use std::fmt;

use kube::ResourceExt;
use serde::Serialize;

use super::earlier::Earlier;
use super::full_name;
use crate::api::names::{annotation, condition, reason};
use crate::api::{Condition, HasConditions, Workload, WorkloadDeployment};

/// Something that holds a rollout up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trouble {
    /// The object that has it, such as `Workload NAMESPACE/NAME`.
    pub object: String,
    /// The host it was seen on.
    pub host: Option<String>,
    /// Why, in one word for programs.
    pub reason: String,
    /// Why, word for word as it was reported.
    pub message: String,
    /// How many more objects have the same.
    pub more: usize,
    /// Whether it will not pass by waiting.
    pub lasting: bool,
    /// Whether it was there before, and the controller is not known to have tried again since.
    pub earlier: bool,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.object)?;
        if let Some(host) = &self.host {
            write!(f, " on host {host}")?;
        }
        f.write_str(match (self.earlier, self.lasting) {
            (false, _) => "",
            (true, false) => " failed before, and is tried again",
            (true, true) => " failed before, and was not tried again since",
        })?;
        let words = if self.message.is_empty() { &self.reason } else { &self.message };
        write!(f, ": {words}")?;
        match self.more {
            0 => Ok(()),
            more => write!(f, " (and {more} more like it)"),
        }
    }
}

/// Names of Hosts, by the ids that the hosts gave themselves.
pub type HostNames = HashMap<String, String>;

/// Reasons that no waiting heals: somebody has to change something.
const LASTING: [&str; 7] = [
    reason::START_FAILED,
    reason::CONFIG_MAP_NOT_FOUND,
    reason::SECRET_NOT_FOUND,
    reason::SECRET_KEY_NOT_UTF8,
    reason::PULL_SECRET_INVALID,
    reason::PULL_SECRET_HAS_NO_REGISTRY,
    reason::CROSS_ENVIRONMENT_SCHEDULING_DENIED,
];

/// The troubles of a deployment and its new Workloads: those that last first, equal ones told once.
pub(super) fn find<'a>(
    deployment: &WorkloadDeployment,
    workloads: impl Iterator<Item = &'a Workload>,
    earlier: &Earlier,
) -> Vec<Trouble> {
    let judged = |workload| of_workload(workload).map(|trouble| judge(trouble, workload, earlier));
    merge(of_deployment(deployment).into_iter().collect(), workloads.filter_map(judged))
}

/// What failed before does not last as long as it may be tried again.
fn judge(trouble: Trouble, workload: &Workload, earlier: &Earlier) -> Trouble {
    match earlier.has(workload) {
        true => Trouble { earlier: true, lasting: trouble.lasting && earlier.is_given_up(), ..trouble },
        false => trouble,
    }
}

/// The troubles of Workloads: those that last first, equal ones told once.
pub fn troubles_of<'a>(workloads: impl Iterator<Item = &'a Workload>) -> Vec<Trouble> {
    merge(Vec::new(), workloads.filter_map(of_workload))
}

fn merge(mut troubles: Vec<Trouble>, all: impl Iterator<Item = Trouble>) -> Vec<Trouble> {
    for found in all {
        let what = |trouble: &Trouble| (trouble.reason.clone(), trouble.message.clone(), trouble.earlier);
        let alike = |known: &&mut Trouble| what(known) == what(&found);
        match troubles.iter_mut().find(alike) {
            Some(known) => known.more += 1,
            None => troubles.push(found),
        }
    }
    troubles.sort_by_key(|trouble| !trouble.lasting);
    troubles
}

/// An artifact that is missing holds the rollout up before there is any Workload; it may yet come.
fn of_deployment(deployment: &WorkloadDeployment) -> Option<Trouble> {
    let artifact = deployment.condition(condition::ARTIFACT).filter(|artifact| artifact.is_false())?;
    Some(trouble(format!("WorkloadDeployment {}", full_name(&deployment.metadata)), None, artifact))
}

/// The first condition that is not True, if it says something.
fn of_workload(workload: &Workload) -> Option<Trouble> {
    let found = first_unmet(workload)?;
    let tells = found.is_false() || !found.message().is_empty();
    let on_host = matches!(found.type_.as_str(), condition::PLACEMENT | condition::SYNC);
    let host = if on_host { host_of(workload) } else { None };
    tells.then(|| trouble(format!("Workload {}", full_name(&workload.metadata)), host, found))
}

fn trouble(object: String, host: Option<String>, condition: &Condition) -> Trouble {
    let reason = condition.reason().to_owned();
    let lasting = is_lasting(condition);
    Trouble { object, host, reason, message: condition.message().to_owned(), more: 0, lasting, earlier: false }
}

/// Whether what a condition says will not pass by waiting.
pub fn is_lasting(condition: &Condition) -> bool {
    condition.is_false() && LASTING.contains(&condition.reason())
}

/// One word for a Workload, as kubectl has one for a Pod.
pub fn state_word(workload: &Workload) -> &str {
    if workload.metadata.deletion_timestamp.is_some() {
        return "Terminating";
    }
    if workload.is_ready() {
        return "Running";
    }
    let unmet = first_unmet(workload).filter(|unmet| unmet.is_false());
    unmet.map(Condition::reason).filter(|reason| !reason.is_empty()).unwrap_or("Pending")
}

/// The first of a Workload's steps that is not done, which is the one that says what is wrong.
pub fn first_unmet(workload: &Workload) -> Option<&Condition> {
    let steps = [condition::CONFIG, condition::HOST_SELECTION, condition::PLACEMENT, condition::SYNC];
    steps.into_iter().filter_map(|step| workload.condition(step)).find(|step| !step.is_true())
}

/// The name of the host a Workload was given to, or the id that host gave itself when only that is known.
pub fn host_of(workload: &Workload) -> Option<String> {
    let assigned = workload.annotations().get(annotation::ASSIGNED_HOST).cloned();
    assigned.or_else(|| workload.status.as_ref()?.host_id.clone()).filter(|host| !host.is_empty())
}
