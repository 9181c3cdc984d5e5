//! What a deployment says when another controller takes over.

use serde_json::json;

use super::{Observed, Set, count, make, observe, settings, status, template};
use crate::api::names::condition::{READY, SCALE_DOWN, SCALE_UP};
use crate::api::{HasConditions, Kind, LocalObjectReference};
use crate::controller::conditions::{Verdict, conditions};
use crate::controller::effect::{Effect, Now, status_patch};
use crate::controller::objects::{Deployment, ObjectKey};
use crate::controller::release::Deed;
use crate::controller::world::World;

/// In mid-rollout upstream's operator keeps the current and the previous replica set, brings the current one to full size,
/// and deletes the previous one as soon as the current one is on record as ready. So the two are named, the others folded,
/// and the current one is not ready before it is at full size.
pub(in crate::controller) fn decide(world: &World, key: &ObjectKey, now: Now) -> Vec<Deed> {
    let Some(observed) = observe(world, key, now.instant) else { return Vec::new() };
    if observed.deployment.is_terminating() {
        return Vec::new();
    }
    let settings = settings(observed.deployment).unwrap_or_default();
    let Ok(template) = template::resolve(&observed.deployment.spec, &observed.artifacts, observed.artifacts_elsewhere)
    else {
        return Vec::new();
    };
    let sets = count(&observed, &template, &settings, now);
    let Some(newest) = sets.iter().find(|set| set.is_new) else { return Vec::new() };
    let previous = status::previous(&sets, Some(newest.set.name()));
    let folded = sets.iter().filter(|set| !set.is_new && Some(set.set.name()) != previous);
    let grown = previous.and_then(|_| full_size(&observed, newest, now));
    let named = name(observed.deployment, newest.set.name(), previous);
    named.into_iter().chain(grown).chain(folded.filter_map(|set| fold(observed.deployment, set))).collect()
}

/// What upstream's operator will do with it that it was asked not to.
pub(in crate::controller) fn warning(world: &World, key: &ObjectKey) -> Option<String> {
    let deployment = world.deployments.get(key)?;
    let paused = settings(deployment).is_ok_and(|settings| settings.paused) && !deployment.is_terminating();
    paused.then(|| format!("WorkloadDeployment {key} is paused; upstream's operator knows no pause and rolls it out"))
}

fn name(deployment: &Deployment, newest: &str, previous: Option<&str>) -> Option<Deed> {
    let there = deployment.status.clone().unwrap_or_default();
    let named = |reference: Option<&LocalObjectReference>| reference.map(|r| r.name().to_owned());
    let (current, before) = (named(there.current_replica_set.as_ref()), named(there.previous_replica_set.as_ref()));
    if current.as_deref() == Some(newest) && before.as_deref() == previous {
        return None;
    }
    let status = json!({
        "currentReplicaSet": { "name": newest },
        "previousReplicaSet": previous.map(|name| json!({ "name": name })),
    });
    let effects = vec![status_patch(Kind::WorkloadDeployment, deployment.key(), deployment.uid(), status)];
    let before = previous.map_or_else(|| "none before it".to_owned(), |name| format!("{name} before it"));
    Some(Deed { effects, words: format!("WorkloadDeployment {}: replica set {newest}, {before}", deployment.key()) })
}

/// The new replica set at full size, and not ready before all of it is.
fn full_size(observed: &Observed<'_>, newest: &Set<'_>, now: Now) -> Option<Deed> {
    let (set, replicas) = (newest.set, observed.deployment.spec.replicas());
    let mut effects: Vec<Effect> = Vec::new();
    if set.spec.replicas() != replicas {
        effects.push(make::scale(observed.deployment, newest, replicas));
    }
    if set.is_ready() && newest.tally.ready < replicas {
        let words = format!("{} of {replicas} replicas are ready", newest.tally.ready);
        let verdicts =
            [Verdict::well(SCALE_UP), Verdict::well(SCALE_DOWN), Verdict::open(READY, "Progressing", &words)];
        let next = conditions(set.conditions(), &verdicts, set.generation(), now.wall);
        effects.push(status_patch(Kind::WorkloadReplicaSet, set.key(), set.uid(), json!({ "conditions": next })));
    }
    let words = format!("WorkloadReplicaSet {}: the rollout goes on at {replicas} replicas", set.key());
    (!effects.is_empty()).then_some(Deed { effects, words })
}

/// One beyond the two becomes history.
fn fold(deployment: &Deployment, set: &Set<'_>) -> Option<Deed> {
    let (effect, words) = match set.set.spec.replicas() {
        0 => (make::own_as_it_is(deployment, set)?, "history"),
        _ => (make::scale(deployment, set, 0), "folded, for only two replica sets are kept"),
    };
    Some(Deed { effects: vec![effect], words: format!("WorkloadReplicaSet {}: {words}", set.set.key()) })
}
