//! How many replicas each replica set of a deployment should have now: the algorithm of apps/v1 Deployments, pure.

pub mod settings;

use settings::{RolloutSettings, Strategy};

/// A replica set as the rollout sees it. Old ones are given oldest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetState {
    /// Whether its template is the deployment's.
    pub is_new: bool,
    /// `spec.replicas`.
    pub wanted: i32,
    /// Workloads that are not terminating.
    pub current: i32,
    /// Workloads that are terminating and may still run.
    pub terminating: i32,
    /// Workloads that have been Ready for `min-ready-seconds`.
    pub available: i32,
}

/// What to do next: sizes to set, by the replica set's place in the input, and whether the new one may exist yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// New `spec.replicas` for the replica sets that change.
    pub scale: Vec<(usize, i32)>,
    /// With no new replica set in the input: its size if it should be created now.
    pub create: Option<i32>,
}

/// One step of a rollout. Doing it and observing again leads to the next until nothing is left to do.
pub fn step(replicas: i32, settings: &RolloutSettings, sets: &[SetState]) -> Step {
    let replicas = replicas.max(0);
    match settings.strategy {
        Strategy::RollingUpdate => rolling(replicas, settings, sets),
        Strategy::Recreate => recreate(replicas, sets),
    }
}

/// Whether all that was asked for is there and nothing old is left.
pub fn complete(replicas: i32, sets: &[SetState]) -> bool {
    let new = sets.iter().find(|set| set.is_new);
    let old_gone = sets.iter().filter(|set| !set.is_new).all(|set| set.wanted == 0 && set.current == 0);
    old_gone && new.is_some_and(|new| new.current == replicas && new.available == replicas && new.wanted == replicas)
}

fn rolling(replicas: i32, settings: &RolloutSettings, sets: &[SetState]) -> Step {
    let (surge, unavailable) = settings.bounds(replicas);
    let up = new_size(replicas, surge, sets);
    match sets.iter().position(|set| set.is_new) {
        None => return Step { create: Some(up), ..Step::default() },
        Some(at) if sets[at].wanted != up => return Step { scale: vec![(at, up)], ..Step::default() },
        Some(_) => {}
    }
    Step { scale: scale_down_old(replicas, unavailable, sets), ..Step::default() }
}

/// Everything old is gone from its host before the first new Workload is made.
fn recreate(replicas: i32, sets: &[SetState]) -> Step {
    let old = || sets.iter().enumerate().filter(|(_, set)| !set.is_new);
    let scale: Vec<_> = old().filter(|(_, set)| set.wanted > 0).map(|(at, _)| (at, 0)).collect();
    if !scale.is_empty() {
        return Step { scale, ..Step::default() };
    }
    let gone = old().all(|(_, set)| set.current + set.terminating == 0);
    match sets.iter().position(|set| set.is_new) {
        None if gone => Step { create: Some(replicas), ..Step::default() },
        Some(at) if gone && sets[at].wanted != replicas => Step { scale: vec![(at, replicas)], ..Step::default() },
        _ => Step::default(),
    }
}

/// The new replica set grows as far as the surge allows over all that exist.
fn new_size(replicas: i32, surge: i32, sets: &[SetState]) -> i32 {
    let now = sets.iter().find(|set| set.is_new).map_or(0, |set| set.wanted);
    if now >= replicas {
        return replicas;
    }
    let total: i32 = sets.iter().map(|set| set.wanted).sum();
    let room = replicas.saturating_add(surge) - total;
    now + room.clamp(0, replicas - now)
}

/// Old replica sets shrink, first what is unhealthy anyway, as long as enough is available over all of them.
fn scale_down_old(replicas: i32, unavailable: i32, sets: &[SetState]) -> Vec<(usize, i32)> {
    let floor = replicas - unavailable;
    let total: i32 = sets.iter().map(|set| set.wanted).sum();
    let new_unavailable =
        sets.iter().filter(|set| set.is_new).map(|set| (set.wanted - set.available).max(0)).sum::<i32>();
    let mut sizes: Vec<i32> = sets.iter().map(|set| set.wanted).collect();

    let mut unhealthy = (total - floor - new_unavailable).max(0);
    let may_go = unhealthy;
    for (at, set) in old_of(sets) {
        let down = unhealthy.min((set.wanted - set.available).max(0));
        sizes[at] -= down;
        unhealthy -= down;
    }
    let available: i32 = sets.iter().map(|set| set.available.min(set.wanted)).sum();
    let mut spare = (available - floor).max(0).min(may_go);
    for (at, _) in old_of(sets) {
        let down = spare.min(sizes[at]);
        sizes[at] -= down;
        spare -= down;
    }
    let changed = sizes.into_iter().enumerate().filter(|(at, size)| sets[*at].wanted != *size);
    changed.collect()
}

fn old_of(sets: &[SetState]) -> impl Iterator<Item = (usize, &SetState)> {
    sets.iter().enumerate().filter(|(_, set)| !set.is_new && set.wanted > 0)
}

#[cfg(test)]
mod tests;
