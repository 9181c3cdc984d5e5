//! What is wrong, in short, or that all is well.

use kube::ResourceExt;

use super::{Health, Part, Routing, Snapshot, Subject, Verdict};
use crate::api::names::{condition, reason};
use crate::api::{Artifact, HasConditions, Host, Workload, WorkloadDeployment, WorkloadReplicaSet};
use crate::plan::rollout::{self, State, Trouble, assess, host_of, troubles_of};

pub(super) fn verdict(snapshot: &Snapshot, route: Option<&Routing>, parts: Option<&Vec<Part>>) -> Verdict {
    let subject = &snapshot.subject;
    let mut verdict = match subject {
        Subject::Deployment(deployment) => of_deployment(snapshot, deployment),
        Subject::ReplicaSet(set) => of_replica_set(snapshot, set),
        Subject::Workload(workload) => of_workload(snapshot, workload),
        Subject::Host(host) => of_host(host),
        Subject::Artifact(artifact) => of_artifact(artifact),
    };
    if subject.metadata().deletion_timestamp.is_some() {
        let left = subject.metadata().finalizers.clone().unwrap_or_default().join(", ");
        verdict.health = Health::Waiting;
        verdict.message = format!("it is being deleted; finalizers that hold it: {left}");
    }
    if !verdict.troubles.iter().any(|trouble| is_about_configuration(&trouble.reason)) {
        verdict.troubles.extend(parts.into_iter().flatten().flat_map(missing));
    }
    let problems = route.iter().flat_map(|route| &route.problems);
    verdict.troubles.extend(problems.map(|problem| trouble("Route", "RouteIncomplete", problem)));
    if let Ok(charge) = &snapshot.charge
        && !charge.is_held()
    {
        verdict.troubles.push(trouble("Controller", "NobodyInCharge", &format!("nobody is in charge: {charge}")));
    }
    let names = snapshot.host_names();
    for host in verdict.troubles.iter_mut().filter_map(|trouble| trouble.host.as_mut()) {
        if let Some(name) = names.get(host) {
            host.clone_from(name);
        }
    }
    if verdict.health == Health::Well && !verdict.troubles.is_empty() {
        verdict.health = Health::Waiting;
    }
    verdict
}

fn is_about_configuration(reason: &str) -> bool {
    matches!(reason, reason::CONFIG_MAP_NOT_FOUND | reason::SECRET_NOT_FOUND)
}

/// ConfigMaps and Secrets that a part names and that are not there.
fn missing(part: &Part) -> impl Iterator<Item = Trouble> {
    let object = if part.name.is_empty() { part.part.to_owned() } else { format!("{} {}", part.part, part.name) };
    let problems =
        part.layers.iter().flat_map(|layer| &layer.problems).filter(|problem| problem.ends_with("not found"));
    problems.map(move |problem| trouble(&object, "ConfigurationMissing", problem))
}

fn trouble(object: &str, reason: &str, message: &str) -> Trouble {
    Trouble {
        object: object.to_owned(),
        host: None,
        reason: reason.to_owned(),
        message: message.to_owned(),
        more: 0,
        lasting: false,
        earlier: false,
    }
}

fn of_deployment(snapshot: &Snapshot, deployment: &WorkloadDeployment) -> Verdict {
    let view = assess(&rollout::Snapshot {
        deployment: Some(deployment.clone()),
        replica_sets: snapshot.sets().cloned().collect(),
        workloads: snapshot.own_workloads().into_iter().cloned().collect(),
    });
    let health = match view.state {
        // Without its Workloads nothing is known of the rollout but what the deployment says of itself.
        _ if snapshot.workloads.is_err() || snapshot.replica_sets.is_err() => of_ready(deployment.is_ready()),
        State::Complete => Health::Well,
        State::Failed => Health::Wrong,
        State::Unobserved | State::Progressing | State::Paused | State::Deleted => Health::Waiting,
    };
    let paused = if deployment.is_paused() { " (paused)" } else { "" };
    let given_up = health == Health::Wrong && view.troubles.iter().any(|trouble| trouble.lasting);
    let message = match given_up {
        true => format!("deployment \"{}\" failed to roll out", deployment.name_any()),
        false => view.message,
    };
    Verdict { health, message: format!("{message}{paused}"), troubles: view.troubles }
}

fn of_ready(ready: bool) -> Health {
    if ready { Health::Well } else { Health::Waiting }
}

fn of_replica_set(snapshot: &Snapshot, set: &WorkloadReplicaSet) -> Verdict {
    let own = snapshot.own_workloads();
    let living = || own.iter().copied().filter(|workload| workload.metadata.deletion_timestamp.is_none());
    let (ready, desired) = (living().filter(|workload| workload.is_ready()).count(), set.spec.replicas());
    let troubles = troubles_of(living());
    let health = match usize::try_from(desired).is_ok_and(|desired| ready == desired) {
        true => Health::Well,
        false if troubles.iter().any(|trouble| trouble.lasting) => Health::Wrong,
        false => Health::Waiting,
    };
    Verdict { health, message: format!("{ready} of {desired} replicas are ready"), troubles }
}

fn of_workload(snapshot: &Snapshot, workload: &Workload) -> Verdict {
    let troubles = troubles_of(std::iter::once(workload));
    let names = snapshot.host_names();
    let host = host_of(workload).map(|id| names.get(&id).cloned().unwrap_or(id));
    let (health, message) = match (&host, workload.is_ready()) {
        (Some(host), true) => (Health::Well, format!("it runs on host {host}")),
        (None, true) => (Health::Well, "it runs".to_owned()),
        (Some(host), false) => (Health::Waiting, format!("it does not run; it was given to host {host}")),
        (None, false) => (Health::Waiting, "it does not run, and has no host".to_owned()),
    };
    let lasting = troubles.iter().any(|trouble| trouble.lasting);
    Verdict { health: if lasting { Health::Wrong } else { health }, message, troubles }
}

fn of_host(host: &Host) -> Verdict {
    let Some(ready) = host.condition(condition::READY) else {
        return Verdict { message: "nothing is known of it yet".to_owned(), ..Verdict::default() };
    };
    if !ready.is_true() {
        let words = if ready.message().is_empty() { ready.reason() } else { ready.message() };
        return Verdict { health: Health::Wrong, message: format!("it is not ready: {words}"), troubles: Vec::new() };
    }
    let (health, message) = match (host.is_draining(), host.is_cordoned()) {
        (true, _) => (Health::Waiting, "it is ready, and being drained: its Workloads go elsewhere"),
        (false, true) => (Health::Waiting, "it is ready, and cordoned: no new Workloads come"),
        (false, false) => (Health::Well, "it is ready"),
    };
    Verdict { health, message: message.to_owned(), troubles: Vec::new() }
}

fn of_artifact(artifact: &Artifact) -> Verdict {
    let unmet = artifact.conditions().iter().find(|condition| !condition.is_true());
    match unmet {
        None if artifact.is_ready() => {
            Verdict { health: Health::Well, message: "its image may be used".to_owned(), troubles: Vec::new() }
        }
        None => Verdict { message: "no controller has looked at it yet".to_owned(), ..Verdict::default() },
        Some(unmet) => {
            let words = if unmet.message().is_empty() { unmet.reason() } else { unmet.message() };
            let health = if unmet.is_false() { Health::Wrong } else { Health::Waiting };
            Verdict { health, message: format!("{} is {}: {words}", unmet.type_, unmet.status), troubles: Vec::new() }
        }
    }
}
