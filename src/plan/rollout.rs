//! How far a rollout is, and whether it has failed: kubectl's questions in kubectl's order, with the hosts' answers.

pub mod batch;
pub mod earlier;
pub mod history;
mod parts;
pub mod pause;
pub mod refusal;
pub mod restart;
mod routes;
mod trouble;
pub mod undo;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::ResourceExt;
use serde::Serialize;

use crate::api::names::{annotation, condition, reason};
use crate::api::{HasConditions, ReplicaSetStatus, Workload, WorkloadDeployment, WorkloadReplicaSet, is_owned_by};

pub use earlier::Earlier;
pub use routes::{Route, http_hosts, routes, routes_to};
pub use trouble::{HostNames, Trouble, first_unmet, host_of, is_lasting, state_word, troubles_of};

/// What is known of a rollout at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The deployment; `None` when it is gone.
    pub deployment: Option<WorkloadDeployment>,
    /// Its replica sets.
    pub replica_sets: Vec<WorkloadReplicaSet>,
    /// Their Workloads.
    pub workloads: Vec<Workload>,
}

/// Where a rollout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// No controller has looked at the newest spec yet.
    Unobserved,
    /// It goes on, or waits for something that may come.
    Progressing,
    /// Every replica is available.
    Complete,
    /// It is paused, and will not get further before it is resumed.
    Paused,
    /// It will not get further by itself, as far as can be seen.
    Failed,
    /// The deployment does not exist any more.
    Deleted,
}

/// A rollout as it is to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Where it stands.
    pub state: State,
    /// kubectl's line for it.
    pub message: String,
    /// The revision that is rolled out, when it is known.
    pub revision: Option<i64>,
    /// Replicas asked for.
    pub replicas: i32,
    /// Replicas of the current template.
    pub updated: i32,
    /// Replicas of the current template that are available.
    pub available: i32,
    /// What holds it up, worst first.
    pub troubles: Vec<Trouble>,
}

/// Says where a rollout stands.
pub fn assess(snapshot: &Snapshot) -> View {
    assess_since(snapshot, &Earlier::default())
}

/// Says where a rollout stands for who knows what had failed before.
pub fn assess_since(snapshot: &Snapshot, earlier: &Earlier) -> View {
    let Some(deployment) = &snapshot.deployment else {
        return View { message: "object has been deleted".to_owned(), ..View::new(State::Deleted, 0) };
    };
    let mut view = View::new(State::Progressing, deployment.spec.replicas());
    if !is_observed(deployment) {
        view.state = State::Unobserved;
        view.message = "Waiting for deployment spec update to be observed...".to_owned();
        return view;
    }
    let current = current_replica_set(snapshot, deployment);
    let of_current = |workload: &&Workload| current.is_some_and(|set| is_of(workload, set));
    let living = || snapshot.workloads.iter().filter(|workload| workload.metadata.deletion_timestamp.is_none());
    view.revision = current.and_then(revision);
    view.updated = count(living().filter(of_current));
    let old = count(living()) - view.updated;
    let ready = count(living().filter(of_current).filter(|workload| workload.is_ready()));
    view.available = ready.min(current.map_or(0, available_by_status));
    view.troubles = trouble::find(deployment, living().filter(of_current), earlier);
    let exceeded = earlier::is_exceeded(deployment) && !earlier.excuses(deployment);
    decide(&mut view, deployment, old, exceeded);
    view
}

/// kubectl's checks in kubectl's order; a replica that failed for good comes before them all.
fn decide(view: &mut View, deployment: &WorkloadDeployment, old: i32, exceeded: bool) {
    let name = deployment.name_any();
    let waiting = |what: String| format!("Waiting for deployment \"{name}\" rollout to finish: {what}...");
    let View { replicas, updated, available, .. } = *view;
    view.message = if updated < replicas {
        waiting(format!("{updated} out of {replicas} new replicas have been updated"))
    } else if old > 0 {
        waiting(format!("{old} old replicas are pending termination"))
    } else if available < updated {
        waiting(format!("{available} of {updated} updated replicas are available"))
    } else if let Some(aspect) = unfinished(deployment) {
        waiting(format!("{aspect} is not settled"))
    } else {
        view.state = State::Complete;
        format!("deployment \"{name}\" successfully rolled out")
    };
    if view.state == State::Complete {
        view.troubles.clear();
    } else if exceeded {
        view.state = State::Failed;
        view.message = format!("deployment \"{name}\" exceeded its progress deadline");
    } else if view.troubles.iter().any(|trouble| trouble.lasting) {
        view.state = State::Failed;
    } else if is_held(deployment) && (updated < replicas || old > 0) {
        view.state = State::Paused;
    }
}

/// Whether a pause holds the rollout up. Upstream's operator heeds none, and says nothing of one.
fn is_held(deployment: &WorkloadDeployment) -> bool {
    let says = deployment.condition(condition::DEPLOY).map(|deploy| deploy.reason());
    says == Some(reason::DEPLOYMENT_PAUSED) && deployment.is_paused()
}

/// A condition that says that the deployment's own template is not what runs, however many replicas are available.
fn unfinished(deployment: &WorkloadDeployment) -> Option<&'static str> {
    let of_template = [condition::ARTIFACT, condition::SYNC, condition::DEPLOY];
    of_template.into_iter().find(|aspect| deployment.condition(aspect).is_some_and(|condition| !condition.is_true()))
}

/// Whether a controller has looked at the newest spec. Upstream's operator leaves no generation behind; then having
/// looked at all has to do.
fn is_observed(deployment: &WorkloadDeployment) -> bool {
    let generation = deployment.metadata.generation.unwrap_or_default();
    match deployment.condition(condition::READY) {
        Some(ready) => ready.observed_generation.is_none_or(|observed| observed >= generation),
        None => false,
    }
}

fn current_replica_set<'a>(snapshot: &'a Snapshot, deployment: &WorkloadDeployment) -> Option<&'a WorkloadReplicaSet> {
    let name = deployment.status.as_ref()?.current_replica_set.as_ref()?.name();
    snapshot.replica_sets.iter().find(|set| set.metadata.name.as_deref() == Some(name))
}

/// Whether a Workload is of that replica set.
pub fn is_of(workload: &Workload, set: &WorkloadReplicaSet) -> bool {
    set.metadata.uid.as_deref().is_some_and(|uid| is_owned_by(&workload.metadata, uid))
}

/// Available replicas, which are those Ready for long enough; only the controller counts how long.
fn available_by_status(set: &WorkloadReplicaSet) -> i32 {
    set.status.as_ref().and_then(|status| status.replicas.as_ref()).map_or(0, available)
}

/// Available replicas of a status' counts.
pub fn available(counts: &ReplicaSetStatus) -> i32 {
    (counts.current.unwrap_or_default() - counts.unavailable.unwrap_or_default()).max(0)
}

/// The revision that a replica set holds.
pub fn revision(set: &WorkloadReplicaSet) -> Option<i64> {
    set.annotations().get(annotation::REVISION)?.parse().ok()
}

fn count<T>(items: impl Iterator<Item = T>) -> i32 {
    i32::try_from(items.count()).unwrap_or(i32::MAX)
}

impl View {
    fn new(state: State, replicas: i32) -> Self {
        Self { state, message: String::new(), revision: None, replicas, updated: 0, available: 0, troubles: Vec::new() }
    }

    /// Calls hosts by their names, where these are known.
    pub fn name_hosts(&mut self, names: &HostNames) {
        for host in self.troubles.iter_mut().filter_map(|trouble| trouble.host.as_mut()) {
            if let Some(name) = names.get(host) {
                host.clone_from(name);
            }
        }
    }

    /// Whether it speaks of a host that has no name here.
    pub fn blames_other_than(&self, names: &HostNames) -> bool {
        self.troubles.iter().filter_map(|trouble| trouble.host.as_ref()).any(|host| !names.contains_key(host))
    }

    /// Whether it is taken for failed though nothing was tried since the command began.
    pub fn is_given_up(&self) -> bool {
        self.troubles.iter().any(|trouble| trouble.earlier && trouble.lasting)
    }

    /// What it waits for or has failed of, in one line.
    pub fn worst(&self) -> Option<String> {
        self.troubles.first().map(ToString::to_string)
    }
}

/// `NAMESPACE/NAME`.
fn full_name(meta: &ObjectMeta) -> String {
    let name = meta.name.as_deref().unwrap_or_default();
    match &meta.namespace {
        Some(namespace) => format!("{namespace}/{name}"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests;
