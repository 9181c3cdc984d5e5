//! WorkloadDeployment: one replica set a revision, the newest brought up as the rollout's settings say.

mod configuration;
mod make;
pub(super) mod release;
mod status;
mod template;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::effect::{Decision, Effect, Now, Version};
use super::memory::Memory;
use super::objects::{Artifact, Deployment, ObjectKey, ReplicaSet, ReplicaSetBody, Workload, strings};
use super::replica_set::Tally;
use super::rollout::settings::RolloutSettings;
use super::rollout::{self, SetState};
use super::store::Store;
use super::world::World;
use crate::api::names::annotation;
use crate::api::{Kind, WorkloadSpec};
pub use configuration::Configuration;
use template::Unresolved;

/// A deployment and all that a decision about it rests on.
#[derive(Debug)]
pub struct Observed<'w> {
    /// The deployment.
    pub deployment: &'w Arc<Deployment>,
    /// Its replica sets, oldest first, each with its Workloads by name.
    pub sets: Vec<(&'w Arc<ReplicaSet>, Vec<&'w Arc<Workload>>)>,
    /// The Artifacts it lists, under the names it lists them, as far as they exist.
    pub artifacts: Vec<(&'w str, &'w Arc<Artifact>)>,
    /// Artifacts are published by someone else.
    pub artifacts_elsewhere: bool,
    /// All replica sets, for the names that are taken.
    pub replica_sets: &'w Store<ReplicaSetBody>,
    /// What is remembered of it.
    pub memory: Memory,
    /// The pause between two writes of its counters.
    pub pause: Duration,
    /// The pause between two steps of its rollout.
    pub step_pause: Duration,
    /// The configuration that it rolls out.
    pub configuration: Option<Configuration>,
}

/// Looks up what a decision needs.
pub fn observe<'w>(world: &'w World, key: &ObjectKey, _: Instant) -> Option<Observed<'w>> {
    let deployment = world.deployments.get(key)?;
    let mut sets: Vec<_> = world
        .replica_sets_of(deployment.uid())
        .map(|set| (set, world.workloads_of(set.uid()).collect::<Vec<_>>()))
        .collect();
    sets.sort_by_cached_key(|(set, _)| age_order(set));
    let artifacts = deployment.spec.artifacts.iter().filter_map(|listed| {
        let artifact = world.artifact(&key.namespace, listed.artifact_from.name())?;
        Some((listed.name.as_str(), artifact))
    });
    let memory = world.memory_of(deployment.uid());
    let replica_sets = &world.replica_sets;
    let configuration = configuration::observe(world, deployment, &sets);
    let artifacts_elsewhere = world.settings.disable_artifact_controller;
    let artifacts = artifacts.collect();
    Some(Observed {
        deployment,
        sets,
        artifacts,
        artifacts_elsewhere,
        replica_sets,
        memory,
        pause: world.pause(),
        step_pause: world.step_pause(),
        configuration,
    })
}

fn age_order(set: &ReplicaSet) -> (Option<jiff::Timestamp>, u64, String) {
    let created = set.metadata.creation_timestamp.as_ref().map(|time| time.0);
    (created, set.revision(), set.name().to_owned())
}

/// The rollout's settings of a deployment.
///
/// # Errors
/// Names the annotation that makes no sense.
pub fn settings(deployment: &Deployment) -> Result<RolloutSettings, String> {
    RolloutSettings::read(deployment.spec.deploy_policy.as_deref(), &strings(&deployment.metadata.annotations))
}

/// What the template of a deployment runs, if a change of the ConfigMaps and Secrets it names starts a rollout.
pub fn rolled_by_config(deployment: &Deployment) -> Option<WorkloadSpec> {
    settings(deployment).ok().filter(|settings| settings.config_rollout)?;
    serde_json::from_value(deployment.spec.template.get("spec")?.clone()).ok()
}

/// A replica set of the deployment, counted.
#[derive(Debug)]
struct Set<'o> {
    set: &'o Arc<ReplicaSet>,
    workloads: &'o [&'o Arc<Workload>],
    tally: Tally,
    is_new: bool,
}

impl Set<'_> {
    fn state(&self) -> SetState {
        SetState {
            is_new: self.is_new,
            leaving: self.set.is_terminating(),
            wanted: self.size(),
            current: self.tally.current,
            terminating: self.tally.terminating,
            available: self.tally.available,
            sized_for: self.set.noted_replicas(annotation::DESIRED_REPLICAS),
            most_then: self.set.noted_replicas(annotation::MAX_REPLICAS),
        }
    }

    /// Its size; one that is being deleted has none any more.
    fn size(&self) -> i32 {
        if self.set.is_terminating() { 0 } else { self.set.spec.replicas() }
    }

    /// Whether it still has a part in the rollout.
    fn is_live(&self) -> bool {
        !self.set.is_terminating() && (self.size() > 0 || self.tally.current > 0)
    }
}

/// Decides what is next for a deployment.
pub fn decide(observed: &Observed<'_>, now: Now) -> Decision {
    let deployment = observed.deployment;
    if deployment.is_terminating() {
        return Decision::default();
    }
    let settings = match settings(deployment) {
        Ok(settings) => settings,
        Err(why) => return status::hindered(observed, &status::Hindrance::Settings(why), now),
    };
    let template = match template::resolve(&deployment.spec, &observed.artifacts, observed.artifacts_elsewhere) {
        Ok(template) => template,
        Err(why) if why.passing => return Decision::default(),
        Err(why) => return status::hindered(observed, &status::Hindrance::Artifact(why), now),
    };
    let sets = count(observed, &template, &settings, now);
    let mut decision = roll(observed, &sets, &template, &settings, now);
    let newest = sets.iter().find(|set| set.is_new).map(|set| &**set.set);
    configuration::complete(observed.configuration.as_ref(), newest, &mut decision);
    decision
}

/// Decides the next step of a rollout, or what to say of it.
fn roll(observed: &Observed<'_>, sets: &[Set<'_>], template: &Value, settings: &RolloutSettings, now: Now) -> Decision {
    let (deployment, configuration) = (observed.deployment, observed.configuration.as_ref());
    let states: Vec<_> = sets.iter().map(Set::state).collect();
    let replicas = deployment.spec.replicas();
    let step = rollout::step(replicas, settings, &states);
    let sizing = make::Sizing::of(deployment, settings);

    if let Some(size) = step.create {
        if configuration::is_awaited(configuration) {
            return Decision::default();
        }
        return create(observed, sets, &configuration::marked(configuration, template), (size, sizing), now);
    }
    if !step.scale.is_empty()
        && let Some(later) = step_later(observed, settings, &states, now)
    {
        let decision = status::decide(observed, sets, settings, now);
        return Decision { next: decision.next.into_iter().chain([later]).min(), ..decision };
    }
    let mut effects: Vec<_> =
        step.scale.first().and_then(|_| status::rename_current(deployment, sets)).into_iter().collect();
    effects.extend(step.scale.iter().map(|(at, size)| make::scale(deployment, &sets[*at], *size, sizing)));
    effects.extend(status::rename_previous(deployment, sets, &step.scale));
    if effects.is_empty() {
        effects.extend(sets.iter().filter_map(|set| make::own_as_it_is(deployment, set, sizing)));
    }
    effects.extend(sets.iter().filter(|set| set.is_new).filter_map(|set| make::mark_newest(deployment, set.set, sets)));
    effects.extend(configuration::note(configuration, sets));
    if effects.is_empty() {
        effects.extend(prune(sets, settings.history_limit));
    }
    if effects.is_empty() {
        return status::decide(observed, sets, settings, now);
    }
    Decision { effects, ..Decision::default() }
}

/// When the next step is due, if it is better not taken yet: each is a write or two, and what becomes ready or ends shortly
/// after one another is one step. With nothing else on its way there is nothing to wait for.
fn step_later(observed: &Observed<'_>, settings: &RolloutSettings, states: &[SetState], now: Now) -> Option<Instant> {
    let more_to_come = |set: &SetState| set.terminating > 0 || set.available < set.current.max(set.wanted);
    let due = observed.memory.status_written? + observed.step_pause;
    let rolls = settings.strategy == rollout::settings::Strategy::RollingUpdate && !settings.paused;
    (rolls && due > now.instant && states.iter().any(more_to_come)).then_some(due)
}

fn count<'o>(observed: &'o Observed<'_>, template: &Value, settings: &RolloutSettings, now: Now) -> Vec<Set<'o>> {
    let newest = template::newest(observed, template);
    let sets = observed.sets.iter().map(|(set, workloads)| Set {
        set,
        workloads,
        tally: Tally::of(workloads.iter().copied(), settings.min_ready, now.wall),
        is_new: newest == Some(set.name()),
    });
    sets.collect()
}

/// The new replica set, and right after it the status that names it: its Workloads wait for that.
fn create(
    observed: &Observed<'_>,
    sets: &[Set<'_>],
    template: &Value,
    size: (i32, make::Sizing),
    now: Now,
) -> Decision {
    let (name, object) = make::replica_set(observed, sets, template, size);
    let announce = status::announce(observed, sets, &name, now);
    let effects = vec![Effect::Create { kind: Kind::WorkloadReplicaSet, objects: vec![object] }, announce];
    Decision { effects, ..Decision::default() }
}

/// Old replica sets beyond the limit, the oldest first; none that still has Workloads.
fn prune(sets: &[Set<'_>], limit: usize) -> Option<Effect> {
    let mut history: Vec<_> =
        sets.iter().filter(|set| !set.is_new && !set.is_live() && set.tally.terminating == 0).collect();
    history.retain(|set| !set.set.is_terminating());
    history.sort_by_key(|set| set.set.revision());
    let excess = history.len().saturating_sub(limit);
    let objects: Vec<_> = history.iter().take(excess).map(|set| Version::of(set.set)).collect();
    (!objects.is_empty()).then_some(Effect::Delete { kind: Kind::WorkloadReplicaSet, objects })
}
