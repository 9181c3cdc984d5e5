//! WorkloadReplicaSet: as many Workloads of one template as it asks for.

pub(crate) mod drain;
mod make;
mod pull_secrets;
mod roll;
pub(super) mod status;
#[cfg(test)]
mod tests;
mod victims;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::time::Instant;

pub use pull_secrets::{PullSecrets, outdated as outdated_pull_secrets};
pub use status::Tally;

use super::effect::{Decision, Effect, Now, Version};
use super::events::Announcement;
use super::memory::Memory;
use super::objects::{Deployment, Host, ObjectKey, ReplicaSet, Workload};
use super::placement::{NoPlace, Policy};
use super::rollout::settings::Strategy;
use super::workload::{Owner, Places, delete, read_owner};
use super::world::World;
use crate::api::names::{annotation, condition, reason};
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
    /// Those among them that were made from another template; told only where nobody else rolls them.
    pub outdated: Vec<&'w Arc<Workload>>,
    /// Those among them that run on a host that is being drained, with that host.
    pub leaving: Vec<(&'w Arc<Workload>, &'w Arc<Host>)>,
    /// Two at once are not wanted.
    pub recreate: bool,
    /// Where its deployment's rollout stands.
    pub rollout: Rollout,
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

/// Where the rollout stands that a replica set has a part in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rollout {
    /// It goes on: sizes change until it is through.
    pub runs: bool,
    /// What the deployment asks for, if this replica set is to have all of it in the end.
    pub grows_to: Option<i32>,
}

impl Rollout {
    fn of(deployment: &Deployment, name: &str) -> Self {
        let deploy = deployment.condition(condition::DEPLOY);
        let through = deploy.is_some_and(|deploy| {
            deploy.reason() == reason::NEW_REPLICA_SET_AVAILABLE
                && deploy.observed_generation == Some(deployment.generation())
        });
        let current = deployment.status.as_ref().and_then(|status| status.current_replica_set.as_ref());
        let is_current = current.is_some_and(|current| current.name() == name);
        Self { runs: !through, grows_to: is_current.then(|| deployment.spec.replicas()) }
    }
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
    let rollout = deployment.as_ref().map(|deployment| Rollout::of(deployment, &key.name)).unwrap_or_default();
    let pull_secrets = deployment.as_ref().filter(|_| set.spec.replicas() > 0);
    let pull_secrets = pull_secrets.map(|deployment| PullSecrets::of(world, deployment)).unwrap_or_default();
    let settings = deployment.and_then(|deployment| super::deployment::settings(&deployment).ok());
    let wanted = usize::try_from(set.spec.replicas()).unwrap_or_default();
    let lacks = workloads.iter().filter(|workload| !workload.is_terminating()).count() < wanted;
    let owner = world.owner_state(&set.metadata, key, Kind::WorkloadDeployment);
    let outdated = if owner == Owner::None { roll::outdated(set, &workloads) } else { Vec::new() };
    let leaving = leaving(world, &workloads);
    let makes = lacks || !outdated.is_empty() || !leaving.is_empty();
    let names = make::names(set, if makes { workloads.len() + wanted + 1 } else { 0 });
    let taken = names.filter(|name| world.workloads.get(&key.sibling(name)).is_some()).collect();
    Some(Observed {
        set,
        owner,
        unannounced,
        rollout,
        recreate: settings.as_ref().is_some_and(|settings| settings.strategy == Strategy::Recreate),
        min_ready: settings.map(|settings| settings.min_ready).unwrap_or_default(),
        workloads,
        outdated,
        leaving,
        places: if makes { world.places(Some(set), None, now) } else { Places::default() },
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
    if !observed.outdated.is_empty() {
        return roll::decide(observed, now);
    }
    let living: Vec<_> = observed.workloads.iter().copied().filter(|workload| !workload.is_terminating()).collect();
    let wanted = usize::try_from(set.spec.replicas()).unwrap_or_default();
    if living.len() < wanted {
        if observed.unannounced {
            return Decision::default();
        }
        return scale_up(observed, wanted - living.len());
    }
    let nameless = make::generations(observed, &living);
    if !nameless.is_empty() {
        return Decision { effects: nameless, ..Decision::default() };
    }
    let leaving: Vec<_> = observed.leaving.iter().map(|(workload, _)| *workload).collect();
    if living.len() - drain::pairs(&living, &leaving) > wanted {
        return scale_down(observed, &living, living.len() - wanted, now);
    }
    let rules = drain::Rules { recreate: observed.recreate, min_ready: observed.min_ready, now: now.wall };
    match drain::step(&living, &leaving, rules) {
        Some(step) => leave(observed, step, now),
        None => status::decide(observed, now),
    }
}

/// Its Workloads that are on hosts being drained.
fn leaving<'w>(world: &'w World, workloads: &[&'w Arc<Workload>]) -> Vec<(&'w Arc<Workload>, &'w Arc<Host>)> {
    if !world.drains() {
        return Vec::new();
    }
    let on_drained = |workload: &&'w Arc<Workload>| {
        let host = world.host_object(workload.host_id()?)?;
        (!workload.is_terminating() && world.is_drained(host)).then_some((*workload, host))
    };
    workloads.iter().filter_map(on_drained).collect()
}

/// Does the next step of a drain, and says so where no other host fits.
fn leave(observed: &Observed<'_>, step: drain::Step<'_>, now: Now) -> Decision {
    use drain::Step;
    let delete = |workload: &Arc<Workload>| delete(Kind::Workload, Version::of(workload));
    let (workload, next) = match step {
        Step::Replaced(old) => return delete(old),
        Step::Wait(at) => {
            let decision = status::decide(observed, now);
            let at = at.map(|at| now.instant + status::until(at, now.wall));
            return Decision { next: decision.next.into_iter().chain(at).min(), ..decision };
        }
        Step::Replace(old) => {
            (old, make::replacement(observed, old).map(|made| made.map(|object| create(vec![object]))))
        }
        Step::Stop(old) => (old, make::fits(observed).map(|fits| fits.map(|()| delete(old)))),
    };
    match next {
        Ok(Ok(decision)) => decision,
        Ok(Err(why)) => stays(observed, workload, &why, now),
        Err(error) => {
            tracing::error!(replica_set = %observed.set.key(), %error, "its template cannot be read");
            status::decide(observed, now)
        }
    }
}

/// No other host fits: it stays until one does, and who looks at the host that is being drained is told.
fn stays(observed: &Observed<'_>, workload: &Arc<Workload>, why: &NoPlace, now: Now) -> Decision {
    let mut decision = status::decide(observed, now);
    let host = observed.leaving.iter().find(|(leaving, _)| leaving.uid() == workload.uid()).map(|(_, host)| host);
    if let Some(host) = host {
        let words = format!("Workload {} cannot leave the host: {}", workload.key(), why.words());
        decision.effects.push(Effect::Announce(Announcement::warning(Kind::Host, host, "DrainBlocked", &words)));
    }
    Decision { unplaced: true, ..decision }
}

fn create(objects: Vec<Value>) -> Decision {
    Decision { effects: vec![Effect::Create { kind: Kind::Workload, objects }], ..Decision::default() }
}

fn scale_up(observed: &Observed<'_>, missing: usize) -> Decision {
    match make::workloads(observed, missing) {
        Ok(objects) => create(objects),
        Err(error) => {
            let (kind, object) = (Kind::WorkloadReplicaSet.name(), observed.set.key());
            tracing::error!(kind, %object, %error, "its template cannot be read");
            Decision::default()
        }
    }
}

/// Those that serve nobody go first, then those that have to leave their host anyway, then the others.
fn scale_down(observed: &Observed<'_>, living: &[&Arc<Workload>], excess: usize, now: Now) -> Decision {
    let leaving = observed.leaving.iter().map(|(workload, _)| workload.uid()).collect();
    let going = victims::victims(living, excess, &leaving, (observed.min_ready, now.wall));
    let objects = going.into_iter().map(|workload| Version::of(workload)).collect();
    let effects = vec![Effect::Delete { kind: Kind::Workload, objects }];
    Decision { effects, ..Decision::default() }
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
