//! How many replicas each replica set of a deployment should have now: the algorithm of apps/v1 Deployments, pure.

mod scaling;
pub mod settings;

pub(crate) use scaling::most_of;
use settings::{RolloutSettings, Strategy};

/// A replica set as the rollout sees it. They are given oldest first.
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
    /// It is being deleted: it cannot be sized any more, and what it still has counts.
    pub leaving: bool,
    /// How many replicas the deployment asked for when it was last sized; `None` when nobody noted it.
    pub sized_for: Option<i32>,
    /// How many there could be of all replica sets together, surge included, when it was last sized.
    pub most_then: Option<i32>,
}

impl SetState {
    /// Replicas that exist or are about to: those that terminate may still run, those above its size are not gone yet.
    fn present(&self) -> i64 {
        i64::from(self.wanted.max(self.current)) + i64::from(self.terminating)
    }
}

/// What to do next: sizes to set, by the replica set's place in the input, and whether the new one may exist yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// `spec.replicas` to write, with what it is sized for. A size that is there already is written to note the latter.
    pub scale: Vec<(usize, i32)>,
    /// With no new replica set in the input: its size if it should be created now.
    pub create: Option<i32>,
}

impl Step {
    fn scale(scale: Vec<(usize, i32)>) -> Self {
        Self { scale, create: None }
    }
}

/// One step of a rollout. Doing it and observing again leads to the next until nothing is left to do.
///
/// A change of `spec.replicas` in the middle of a rollout is shared out among the replica sets before it goes on; while
/// the deployment is paused that is all that happens.
pub fn step(replicas: i32, settings: &RolloutSettings, sets: &[SetState]) -> Step {
    let replicas = replicas.max(0);
    if settings.paused {
        return scaling::scale(replicas, settings, sets);
    }
    match settings.strategy {
        Strategy::RollingUpdate if scaling::is_due(replicas, sets) => scaling::scale(replicas, settings, sets),
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
        None => Step { create: Some(up), scale: Vec::new() },
        Some(at) if sets[at].wanted != up => Step::scale(vec![(at, up)]),
        Some(_) => Step::scale(scale_down_old(replicas, unavailable, sets)),
    }
}

/// Everything old is gone from its host before the first new Workload is made.
fn recreate(replicas: i32, sets: &[SetState]) -> Step {
    let old = || sets.iter().enumerate().filter(|(_, set)| !set.is_new);
    let scale: Vec<_> = old().filter(|(_, set)| set.wanted > 0).map(|(at, _)| (at, 0)).collect();
    if !scale.is_empty() {
        return Step::scale(scale);
    }
    let gone = old().all(|(_, set)| set.current + set.terminating == 0);
    match sets.iter().position(|set| set.is_new) {
        None if gone => Step { create: Some(replicas), scale: Vec::new() },
        Some(at) if gone && sets[at].wanted != replicas => Step::scale(vec![(at, replicas)]),
        _ => Step::default(),
    }
}

/// The new replica set grows as far as the surge allows over all that exist. One that is too large is cut at once.
fn new_size(replicas: i32, surge: i32, sets: &[SetState]) -> i32 {
    let now = sets.iter().find(|set| set.is_new).map_or(0, |set| set.wanted);
    if now >= replicas {
        return replicas;
    }
    let present: i64 = sets.iter().map(SetState::present).sum();
    let room = i64::from(replicas) + i64::from(surge) - present;
    now.saturating_add(narrow(room.clamp(0, i64::from(replicas - now))))
}

/// Old replica sets shrink, first what is unhealthy anyway, as long as enough is available over all of them.
fn scale_down_old(replicas: i32, unavailable: i32, sets: &[SetState]) -> Vec<(usize, i32)> {
    let floor = i64::from(replicas - unavailable);
    let new_unavailable: i64 = sets.iter().filter(|set| set.is_new).map(lacking).sum();
    let mut sizes: Vec<_> = sets.iter().map(|set| i64::from(set.wanted)).collect();
    let may_go = (sizes.iter().sum::<i64>() - floor - new_unavailable).max(0);

    let mut unhealthy = may_go;
    for (at, set) in old_of(sets) {
        let down = unhealthy.min(lacking(set));
        sizes[at] -= down;
        unhealthy -= down;
    }
    let available: i64 = sets.iter().map(|set| i64::from(set.available.min(set.wanted))).sum();
    let mut spare = (available - floor).max(0).min(may_go);
    for (at, _) in old_of(sets) {
        let down = spare.min(sizes[at]);
        sizes[at] -= down;
        spare -= down;
    }
    let sizes = sizes.into_iter().map(narrow).enumerate();
    sizes.filter(|(at, size)| sets[*at].wanted != *size).collect()
}

/// Replicas it should have and that are not available.
fn lacking(set: &SetState) -> i64 {
    (i64::from(set.wanted) - i64::from(set.available)).max(0)
}

fn old_of(sets: &[SetState]) -> impl Iterator<Item = (usize, &SetState)> {
    sets.iter().enumerate().filter(|(_, set)| !set.is_new && set.wanted > 0)
}

fn narrow(size: i64) -> i32 {
    i32::try_from(size.max(0)).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests;
