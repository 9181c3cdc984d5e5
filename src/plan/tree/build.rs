//! From objects to a tree.

use std::collections::HashMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::ResourceExt;

use super::{Health, Key, Node, Objects, Roots, Tree};
use crate::api::names::label;
use crate::api::{
    Artifact, HasConditions, Host, Kind, Workload, WorkloadDeployment, WorkloadReplicaSet, WorkloadSpec, is_owned_by,
};
use crate::plan::rollout::{self, HostNames, Snapshot, State, assess, first_unmet, host_of, is_lasting, state_word};

/// The tree of some roots. Of replica sets that nothing runs of and that are not current, only the newest `history` show.
pub fn build(objects: &Objects, roots: &Roots, history: usize) -> Tree {
    let view = View::of(objects, history);
    let keys: Vec<_> = match roots {
        Roots::All(kinds) => {
            kinds.iter().flat_map(|kind| objects.keys(*kind).into_iter().map(|key| (*kind, key))).collect()
        }
        Roots::These(keys) => keys.clone(),
    };
    Tree { roots: keys.iter().filter_map(|(kind, key)| view.root(*kind, key)).collect() }
}

/// The objects, and who belongs to whom.
struct View<'a> {
    objects: &'a Objects,
    history: usize,
    names: HostNames,
    by_owner: HashMap<&'a str, Vec<&'a Workload>>,
}

impl<'a> View<'a> {
    fn of(objects: &'a Objects, history: usize) -> Self {
        let names = objects.hosts.values().map(|host| (host.host_id.clone(), host.name_any())).collect();
        let mut by_owner: HashMap<&str, Vec<&Workload>> = HashMap::new();
        for workload in objects.workloads.values() {
            for owner in workload.owner_references() {
                by_owner.entry(&owner.uid).or_default().push(workload);
            }
        }
        Self { objects, history, names, by_owner }
    }

    fn root(&self, kind: Kind, key: &Key) -> Option<Node> {
        match kind {
            Kind::WorkloadDeployment => self.objects.deployments.get(key).map(|found| self.deployment(found)),
            Kind::WorkloadReplicaSet => self.objects.replica_sets.get(key).map(|found| self.replica_set(found)),
            Kind::Workload => self.objects.workloads.get(key).map(|found| self.workload_and_host(found)),
            Kind::Host => self.objects.hosts.get(key).map(|found| self.host_and_workloads(found)),
            Kind::Artifact => self.objects.artifacts.get(key).map(|found| self.artifact(found)),
        }
    }

    fn deployment(&self, deployment: &WorkloadDeployment) -> Node {
        let uid = deployment.uid().unwrap_or_default();
        let mut sets: Vec<_> =
            self.objects.replica_sets.values().filter(|set| is_owned_by(&set.metadata, &uid)).collect();
        // The newest first; those that tell no revision, as upstream's do not, by their age.
        sets.sort_by_key(|set| (rollout::revision(set), set.creation_timestamp()));
        sets.reverse();
        let workloads =
            sets.iter().flat_map(|set| self.workloads_of(set)).map(|workload| (*workload).clone()).collect();
        let snapshot = Snapshot {
            deployment: Some(deployment.clone()),
            replica_sets: sets.iter().map(|set| (*set).clone()).collect(),
            workloads,
        };
        let children = self.shown(deployment, &sets).into_iter().map(|set| self.replica_set(set)).collect();
        Node { children, ..deployment_alone(deployment, &snapshot) }
    }

    /// The current replica set, those of which something runs, and as much of the history as was asked for.
    fn shown<'b>(
        &self,
        deployment: &WorkloadDeployment,
        sets: &[&'b WorkloadReplicaSet],
    ) -> Vec<&'b WorkloadReplicaSet> {
        let status = deployment.status.as_ref();
        let current = status.and_then(|status| status.current_replica_set.as_ref()).map(|set| set.name().to_owned());
        let mut history = self.history;
        let mut is_shown = |set: &&WorkloadReplicaSet| {
            let lives = set.spec.replicas() > 0 || !self.workloads_of(set).is_empty();
            if lives || set.metadata.name == current {
                return true;
            }
            let room = history > 0;
            history = history.saturating_sub(1);
            room
        };
        sets.iter().copied().filter(|set| is_shown(set)).collect()
    }

    fn workloads_of(&self, set: &WorkloadReplicaSet) -> &[&'a Workload] {
        let uid = set.metadata.uid.as_deref().unwrap_or_default();
        self.by_owner.get(uid).map(Vec::as_slice).unwrap_or_default()
    }

    fn replica_set(&self, set: &WorkloadReplicaSet) -> Node {
        let children: Vec<_> = self.workloads_of(set).iter().map(|workload| self.workload(workload)).collect();
        let desired = set.spec.replicas();
        let ready = children.iter().filter(|child| child.status == "Running").count();
        let (health, status) = match i32::try_from(ready).unwrap_or(i32::MAX) {
            _ if is_terminating(&set.metadata) => (Health::Waiting, "Terminating"),
            _ if desired == 0 && children.is_empty() => (Health::Idle, "ScaledDown"),
            _ if children.iter().any(|child| child.health == Health::Bad) => (Health::Bad, "Failed"),
            ready if ready == desired && children.len() == ready as usize => (Health::Good, "Ready"),
            _ => (Health::Waiting, "Progressing"),
        };
        Node {
            revision: rollout::revision(set),
            facts: if health == Health::Idle { vec![] } else { vec![format!("{ready}/{desired} ready")] },
            images: images(&set.spec.template.spec),
            children,
            ..bare(Kind::WorkloadReplicaSet, &set.metadata, health, status)
        }
    }

    fn workload(&self, workload: &Workload) -> Node {
        let host = host_of(workload).map(|host| self.names.get(&host).cloned().unwrap_or(host));
        let unmet = first_unmet(workload);
        let lost = host.as_deref().and_then(|host| self.host_named(host)).filter(|host| !host.is_ready());
        let health = match unmet {
            _ if is_terminating(&workload.metadata) => Health::Waiting,
            _ if workload.is_ready() && lost.is_some() => Health::Warning,
            _ if workload.is_ready() => Health::Good,
            Some(unmet) if is_lasting(unmet) => Health::Bad,
            Some(unmet) if unmet.is_false() => Health::Warning,
            _ => Health::Waiting,
        };
        let message = match (lost, unmet) {
            (Some(host), _) if workload.is_ready() => format!("host {} is not ready", host.name_any()),
            (_, Some(unmet)) if !workload.is_ready() => unmet.message().to_owned(),
            _ => String::new(),
        };
        Node { host, message, ..bare(Kind::Workload, &workload.metadata, health, state_word(workload)) }
    }

    fn workload_and_host(&self, workload: &Workload) -> Node {
        let node = self.workload(workload);
        let host = node.host.as_deref().and_then(|host| self.host_named(host));
        Node { children: host.map(host_alone).into_iter().collect(), images: images(&workload.spec), ..node }
    }

    fn host_named(&self, name: &str) -> Option<&'a Host> {
        self.objects.hosts.values().find(|host| host.metadata.name.as_deref() == Some(name))
    }

    fn host_and_workloads(&self, host: &Host) -> Node {
        let name = host.name_any();
        let on_it = |workload: &&Workload| host_of(workload).is_some_and(|on| on == name || on == host.host_id);
        let workloads = self.objects.workloads.values().filter(on_it);
        let children =
            workloads.map(|workload| Node { host: None, images: images(&workload.spec), ..self.workload(workload) });
        Node { children: children.collect(), ..host_alone(host) }
    }

    fn artifact(&self, artifact: &Artifact) -> Node {
        let name = artifact.name_any();
        let uses = |deployment: &&WorkloadDeployment| {
            let mut used = deployment.spec.artifacts.iter().flatten();
            deployment.namespace() == artifact.namespace() && used.any(|used| used.artifact_from.name() == name)
        };
        let users = self.objects.deployments.values().filter(uses);
        let children = users.map(|user| Node { children: vec![], ..self.deployment(user) }).collect();
        let unmet = artifact.conditions().iter().find(|condition| !condition.is_true());
        let (health, status) = match unmet {
            _ if artifact.is_ready() => (Health::Good, "Ready"),
            Some(unmet) if unmet.is_false() => (Health::Warning, unmet.reason()),
            _ => (Health::Waiting, "Pending"),
        };
        let url = artifact.status.as_ref().and_then(|status| status.artifact_url.clone());
        Node {
            message: unmet.map(|unmet| unmet.message().to_owned()).unwrap_or_default(),
            images: vec![url.unwrap_or_else(|| artifact.spec.image.clone())],
            children,
            ..bare(Kind::Artifact, &artifact.metadata, health, status)
        }
    }
}

/// How many replicas are available; as long as there are old ones, only the new ones are counted, and said to be.
fn available(seen: &rollout::View) -> String {
    let of_what = if seen.state == State::Complete { "available" } else { "new available" };
    format!("{}/{} {of_what}", seen.available, seen.replicas)
}

/// A deployment without what stands under it.
fn deployment_alone(deployment: &WorkloadDeployment, snapshot: &Snapshot) -> Node {
    let seen = assess(snapshot);
    let (health, status) = match seen.state {
        _ if is_terminating(&deployment.metadata) => (Health::Waiting, "Terminating"),
        State::Complete => (Health::Good, "Complete"),
        State::Failed | State::Deleted => (Health::Bad, "Failed"),
        State::Paused => (Health::Warning, "Paused"),
        State::Progressing => (Health::Waiting, "Progressing"),
        State::Unobserved => (Health::Waiting, "Pending"),
    };
    let own = format!("deployment \"{}\" ", deployment.name_any());
    let finish = seen.message.rsplit("finish: ").next().unwrap_or_default();
    let finish = finish.strip_prefix(&own).unwrap_or(finish);
    // What Workloads say stands with them.
    let own_trouble = seen.troubles.iter().find(|trouble| trouble.object.starts_with("WorkloadDeployment "));
    let message = match (seen.state, own_trouble) {
        (State::Complete, _) => "",
        (_, Some(trouble)) => &trouble.message,
        _ => finish,
    };
    Node {
        facts: vec![available(&seen)],
        message: message.to_owned(),
        ..bare(Kind::WorkloadDeployment, &deployment.metadata, health, status)
    }
}

/// A host without what runs on it.
fn host_alone(host: &Host) -> Node {
    let (health, status) = match (host.is_ready(), host.is_unschedulable()) {
        (true, false) => (Health::Good, "Ready"),
        (true, true) => (Health::Warning, "Ready,SchedulingDisabled"),
        (false, false) => (Health::Bad, "NotReady"),
        (false, true) => (Health::Bad, "NotReady,SchedulingDisabled"),
    };
    let group = host.labels().get(label::HOSTGROUP).map(|group| format!("group {group}"));
    let version = host.status.as_ref().map(|status| format!("version {}", status.version));
    let unmet = host.conditions().iter().find(|condition| !condition.is_true());
    Node {
        facts: group.into_iter().chain(version).collect(),
        message: unmet.map(|unmet| unmet.message().to_owned()).unwrap_or_default(),
        ..bare(Kind::Host, &host.metadata, health, status)
    }
}

fn bare(kind: Kind, metadata: &ObjectMeta, health: Health, status: &str) -> Node {
    Node {
        kind,
        namespace: metadata.namespace.clone().unwrap_or_default(),
        name: metadata.name.clone().unwrap_or_default(),
        health,
        status: status.to_owned(),
        host: None,
        created: metadata.creation_timestamp.as_ref().map(|time| time.0),
        revision: None,
        facts: vec![],
        message: String::new(),
        images: vec![],
        children: vec![],
        more: 0,
    }
}

fn is_terminating(metadata: &ObjectMeta) -> bool {
    metadata.deletion_timestamp.is_some()
}

/// Every image once.
fn images(spec: &WorkloadSpec) -> Vec<String> {
    let service = spec.service.iter().map(|service| &service.image);
    let components = spec.components.iter().flatten().map(|component| &component.image);
    let mut images: Vec<_> = service.chain(components).filter(|image| !image.is_empty()).cloned().collect();
    images.dedup();
    images
}
