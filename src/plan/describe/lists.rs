//! What belongs to an object: replica sets, Workloads, users, events.

use kube::ResourceExt;

use super::{Listed, Replicas, Revision, Snapshot, Subject, WorkloadLine};
use crate::api::names::annotation;
use crate::api::{HasConditions, Kind, LocalObjectReference, Workload, WorkloadDeployment, WorkloadReplicaSet};
use crate::plan::events::{Family, Told};
use crate::plan::rollout::{HostNames, available, first_unmet, host_of, is_of, revision, state_word};

pub(super) fn replicas(snapshot: &Snapshot) -> Option<Replicas> {
    let (desired, counts) = match &snapshot.subject {
        Subject::Deployment(object) => (object.spec.replicas(), object.status.clone().unwrap_or_default().replicas),
        Subject::ReplicaSet(object) => (object.spec.replicas(), object.status.clone().unwrap_or_default().replicas),
        Subject::Workload(_) | Subject::Host(_) | Subject::Artifact(_) => return None,
    };
    let counts = counts.unwrap_or_default();
    let total = counts.current.unwrap_or_default();
    let own = snapshot.own_workloads();
    let updated = match (&snapshot.workloads, snapshot.current_set()) {
        (Ok(_), Some(set)) => {
            let of_set = |workload: &&&Workload| workload.metadata.deletion_timestamp.is_none() && is_of(workload, set);
            i32::try_from(own.iter().filter(of_set).count()).unwrap_or(i32::MAX)
        }
        _ => total,
    };
    let unavailable = counts.unavailable.unwrap_or_default();
    Some(Replicas { desired, updated, total, available: available(&counts), unavailable })
}

pub(super) fn revisions(snapshot: &Snapshot) -> Option<Listed<Revision>> {
    let Subject::Deployment(deployment) = &snapshot.subject else { return None };
    Some(Listed::of(&snapshot.replica_sets, |_| {
        let mut all: Vec<_> = snapshot.sets().map(|set| of_set(deployment, set)).collect();
        all.sort_by(|a, b| (b.revision, b.created, &a.name).cmp(&(a.revision, a.created, &b.name)));
        all
    }))
}

fn of_set(deployment: &WorkloadDeployment, set: &WorkloadReplicaSet) -> Revision {
    let status = deployment.status.clone().unwrap_or_default();
    let name = set.name_any();
    let is = |other: Option<LocalObjectReference>| other.is_some_and(|other| other.name() == name);
    let role = match (is(status.current_replica_set), is(status.previous_replica_set)) {
        (true, _) => Some("current"),
        (false, true) => Some("previous"),
        (false, false) => None,
    };
    let counts = set.status.as_ref().and_then(|status| status.replicas.clone()).unwrap_or_default();
    let cause = set.annotations().get(annotation::CHANGE_CAUSE);
    Revision {
        revision: revision(set),
        role,
        desired: set.spec.replicas(),
        ready: counts.ready.unwrap_or_default(),
        images: set.spec.template.spec.images().map(str::to_owned).collect(),
        change_cause: cause.cloned(),
        created: set.metadata.creation_timestamp.as_ref().map(|time| time.0),
        name,
    }
}

/// A Workload has none but itself.
pub(super) fn workloads(snapshot: &Snapshot) -> Option<Listed<WorkloadLine>> {
    if matches!(snapshot.subject, Subject::Workload(_) | Subject::Artifact(_)) {
        return None;
    }
    let names = match &snapshot.subject {
        Subject::Host(host) => HostNames::from([(host.host_id.clone(), host.name_any())]),
        _ => snapshot.host_names(),
    };
    Some(Listed::of(&snapshot.workloads, |_| {
        let mut all: Vec<_> =
            snapshot.own_workloads().into_iter().map(|workload| of_workload(workload, &names)).collect();
        let rank = |line: &WorkloadLine| (line.ready, line.message.is_empty());
        all.sort_by(|a, b| (rank(a), &a.namespace, &a.name).cmp(&(rank(b), &b.namespace, &b.name)));
        all
    }))
}

fn of_workload(workload: &Workload, names: &HostNames) -> WorkloadLine {
    WorkloadLine {
        namespace: workload.namespace().unwrap_or_default(),
        name: workload.name_any(),
        host: host_of(workload).map(|id| names.get(&id).cloned().unwrap_or(id)),
        state: state_word(workload).to_owned(),
        ready: workload.is_ready() && workload.metadata.deletion_timestamp.is_none(),
        message: first_unmet(workload).map(|unmet| unmet.message().to_owned()).unwrap_or_default(),
        created: workload.metadata.creation_timestamp.as_ref().map(|time| time.0),
    }
}

pub(super) fn used_by(snapshot: &Snapshot) -> Option<Listed<String>> {
    let Subject::Artifact(artifact) = &snapshot.subject else { return None };
    let name = artifact.name_any();
    let uses = |deployment: &&WorkloadDeployment| {
        deployment.spec.artifacts.iter().flatten().any(|listed| listed.artifact_from.name() == name)
    };
    Some(Listed::of(&snapshot.deployments, |all| {
        let mut names: Vec<_> = all.iter().filter(uses).map(|deployment| deployment.name_any()).collect();
        names.sort();
        names
    }))
}

pub(super) fn events(snapshot: &Snapshot) -> Listed<Told> {
    let subject = &snapshot.subject;
    let mut family = Family::default();
    family.add(subject.kind(), subject.namespace(), subject.name());
    if matches!(subject, Subject::Deployment(_)) {
        snapshot.sets().for_each(|set| family.add(Kind::WorkloadReplicaSet, subject.namespace(), &set.name_any()));
    }
    if matches!(subject, Subject::Deployment(_) | Subject::ReplicaSet(_)) {
        let own = snapshot.own_workloads();
        own.iter().for_each(|workload| family.add(Kind::Workload, subject.namespace(), &workload.name_any()));
    }
    Listed::of(&snapshot.events, |events| {
        let mut told: Vec<_> = events.iter().filter(|told| family.has(told)).cloned().collect();
        told.sort_by_key(Told::order);
        told
    })
}
