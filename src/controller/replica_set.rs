//! WorkloadReplicaSet: as many Workloads of one template as it asks for.

mod make;
mod pull_secrets;
pub(super) mod status;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

pub use pull_secrets::{PullSecrets, outdated as outdated_pull_secrets};
pub use status::Tally;

use super::effect::{Decision, Effect, Now, Version};
use super::memory::Memory;
use super::objects::{ObjectKey, ReplicaSet, Workload};
use super::placement::Policy;
use super::workload::{Owner, Places, delete, read_owner};
use super::world::World;
use crate::api::names::{annotation, condition};
use crate::api::{HasConditions, Kind};

/// A replica set and all that a decision about it rests on.
#[derive(Debug)]
pub struct Observed<'w> {
    /// The replica set.
    pub set: &'w Arc<ReplicaSet>,
    /// What became of the deployment that owns it.
    pub owner: Owner,
    /// The deployment's status does not name it yet: its Workloads have to wait for that.
    pub unannounced: bool,
    /// How long a Workload is Ready before it counts as available.
    pub min_ready: Duration,
    /// Its Workloads, by name.
    pub workloads: Vec<&'w Arc<Workload>>,
    /// Where new ones could go.
    pub places: Places<'w>,
    /// Names in its namespace that are taken, among those it would use.
    pub taken: BTreeSet<String>,
    /// What its Workloads are given beside the template.
    pub pull_secrets: PullSecrets,
    /// What is remembered of it.
    pub memory: Memory,
    /// The pause between two writes of its counters.
    pub pause: Duration,
    /// The rules of placement.
    pub policy: &'w Policy,
}

/// Looks up what a decision needs.
pub fn observe<'w>(world: &'w World, key: &ObjectKey, now: Instant) -> Option<Observed<'w>> {
    let set = world.replica_sets.get(key)?;
    let workloads: Vec<_> = world.workloads_of(set.uid()).collect();
    let deployment = world.deployment_of(set);
    let named = |reference: Option<&crate::api::LocalObjectReference>| reference.is_some_and(|r| r.name() == key.name);
    let unannounced = deployment.as_ref().is_some_and(|deployment| {
        let status = deployment.status.as_ref();
        let current = status.and_then(|status| status.current_replica_set.as_ref());
        let previous = status.and_then(|status| status.previous_replica_set.as_ref());
        workloads.is_empty() && !named(current) && !named(previous)
    });
    let pull_secrets = deployment.as_ref().filter(|_| set.spec.replicas() > 0);
    let pull_secrets = pull_secrets.map(|deployment| PullSecrets::of(world, deployment)).unwrap_or_default();
    let min_ready = deployment.and_then(|deployment| super::deployment::settings(&deployment).ok());
    let wanted = usize::try_from(set.spec.replicas()).unwrap_or_default();
    let lacks = workloads.iter().filter(|workload| !workload.is_terminating()).count() < wanted;
    let names = make::names(set, if lacks { workloads.len() + wanted } else { 0 });
    let taken = names.filter(|name| world.workloads.get(&key.sibling(name)).is_some()).collect();
    Some(Observed {
        set,
        owner: world.owner_state(&set.metadata, key, Kind::WorkloadDeployment),
        unannounced,
        min_ready: min_ready.map(|settings| settings.min_ready).unwrap_or_default(),
        workloads,
        places: if lacks { world.places(Some(set), None, now) } else { Places::default() },
        taken,
        pull_secrets,
        memory: world.memory_of(set.uid()),
        pause: world.pause(),
        policy: &world.settings.policy,
    })
}

/// Decides what is next for a replica set.
pub fn decide(observed: &Observed<'_>, now: Now) -> Decision {
    let set = observed.set;
    if set.is_terminating() {
        return Decision::default();
    }
    match &observed.owner {
        Owner::Gone => return delete(Kind::WorkloadReplicaSet, Version::of(set)),
        Owner::Missing { key, uid } => return read_owner(Kind::WorkloadDeployment, key, uid),
        Owner::None | Owner::There => {}
    }
    let living: Vec<_> = observed.workloads.iter().copied().filter(|workload| !workload.is_terminating()).collect();
    let wanted = usize::try_from(set.spec.replicas()).unwrap_or_default();
    if living.len() < wanted {
        if observed.unannounced {
            return Decision::default();
        }
        return scale_up(observed, wanted - living.len());
    }
    if living.len() > wanted {
        return scale_down(&living, living.len() - wanted);
    }
    status::decide(observed, now)
}

fn scale_up(observed: &Observed<'_>, missing: usize) -> Decision {
    match make::workloads(observed, missing) {
        Ok(objects) => {
            let effects = vec![Effect::Create { kind: Kind::Workload, objects }];
            Decision { effects, ..Decision::default() }
        }
        Err(error) => {
            let (kind, object) = (Kind::WorkloadReplicaSet.name(), observed.set.key());
            tracing::error!(kind, %object, %error, "its template cannot be read");
            Decision::default()
        }
    }
}

fn scale_down(living: &[&Arc<Workload>], excess: usize) -> Decision {
    let objects = victims(living, excess).into_iter().map(|workload| Version::of(workload)).collect();
    let effects = vec![Effect::Delete { kind: Kind::Workload, objects }];
    Decision { effects, ..Decision::default() }
}

/// Who goes first: the unready, then those without a host, then those on the host with most of them, then the newest.
/// The crowd on a host is counted anew with each that goes.
fn victims<'w>(living: &[&'w Arc<Workload>], excess: usize) -> Vec<&'w Arc<Workload>> {
    let mut rest = living.to_vec();
    let mut going = Vec::with_capacity(excess);
    while going.len() < excess && !rest.is_empty() {
        let crowd = |workload: &Workload| {
            let host = workload.host_id();
            host.map_or(usize::MAX, |_| rest.iter().filter(|other| other.host_id() == host).count())
        };
        let created = |workload: &Workload| workload.metadata.creation_timestamp.as_ref().map(|time| time.0);
        let first = (0..rest.len()).max_by(|a, b| {
            let (a, b) = (rest[*a], rest[*b]);
            (!a.is_ready(), crowd(a), created(a), a.name()).cmp(&(!b.is_ready(), crowd(b), created(b), b.name()))
        });
        match first {
            Some(at) => going.push(rest.swap_remove(at)),
            None => break,
        }
    }
    going
}

/// Whether a Workload counts as available, and if not yet, when it will.
pub fn available(workload: &Workload, min_ready: Duration, now: Timestamp) -> Result<(), Option<Timestamp>> {
    if workload.is_terminating() || !workload.is_ready() {
        return Err(None);
    }
    if min_ready.is_zero() {
        return Ok(());
    }
    let since = workload.condition(condition::READY).and_then(|ready| ready.last_transition_time.as_ref());
    let Some(since) = since else { return Err(None) };
    match since.0.checked_add(min_ready) {
        Ok(at) if at <= now => Ok(()),
        Ok(at) => Err(Some(at)),
        Err(_) => Err(None),
    }
}

/// Whether this program made it: upstream's operator writes no revisions.
pub fn is_ours(set: &ReplicaSet) -> bool {
    set.annotation(annotation::REVISION).is_some()
}
