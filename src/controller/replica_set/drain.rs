//! Workloads leave a host that is being drained: a replacement first, and the old one when that is available.
//!
//! One at a time for each replica set. A replacement says whose it is, so that the pair counts as one replica everywhere: no
//! rollout sees a surge that is not its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::available;
use crate::api::names::annotation;
use crate::controller::objects::Workload;

/// What is to be done next about the Workloads of one replica set on hosts that are being drained.
#[derive(Debug)]
pub(super) enum Step<'w> {
    /// A replacement is to be made for this one, if a host fits.
    Replace(&'w Arc<Workload>),
    /// Nothing is lost with this one, if a host fits for the one that is made in its stead.
    Stop(&'w Arc<Workload>),
    /// Its replacement has taken over.
    Replaced(&'w Arc<Workload>),
    /// The replacement is not available yet; if time alone is wanting, it will be then.
    Wait(Option<Timestamp>),
}

/// What the step rests on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// Two at once are not wanted: the old one goes first.
    pub(super) recreate: bool,
    /// How long a Workload is Ready before it counts as available.
    pub(super) min_ready: Duration,
    /// The time of day.
    pub(super) now: Timestamp,
}

/// Which of them are replacements of others that are there still: by the UID of the one that is replaced.
fn replacements<'w>(living: &[&'w Arc<Workload>]) -> BTreeMap<&'w str, &'w Arc<Workload>> {
    let all = living.iter().filter_map(|workload| Some((workload.annotation(annotation::REPLACES)?, *workload)));
    let mut replacements: BTreeMap<_, _> = all.collect();
    if !replacements.is_empty() {
        let there: BTreeSet<_> = living.iter().map(|workload| workload.uid()).collect();
        replacements.retain(|uid, _| there.contains(uid));
    }
    replacements
}

/// Replacements of those that are leaving: they are no excess.
pub(super) fn pairs(living: &[&Arc<Workload>], leaving: &[&Arc<Workload>]) -> usize {
    let replacements = replacements(living);
    leaving.iter().filter(|workload| replacements.contains_key(workload.uid())).count()
}

/// The Workloads without the half of each pair that matters less: a Workload and its replacement are one replica, and that
/// is available when either is.
pub(crate) fn as_one<'w>(
    workloads: impl Iterator<Item = &'w Arc<Workload>>,
    min_ready: Duration,
    now: Timestamp,
) -> Vec<&'w Arc<Workload>> {
    let mut all: Vec<_> = workloads.collect();
    if !all.iter().any(|workload| workload.annotation(annotation::REPLACES).is_some()) {
        return all;
    }
    let living: Vec<_> = all.iter().copied().filter(|workload| !workload.is_terminating()).collect();
    for (replaced, by) in replacements(&living) {
        let by_serves = available(by, min_ready, now).is_ok();
        let lesser = if by_serves { replaced } else { by.uid() };
        all.retain(|workload| workload.uid() != lesser);
    }
    all
}

/// The next step for those that are leaving; nothing when none is. `living` is all that are not terminating.
pub(super) fn step<'w>(living: &[&'w Arc<Workload>], leaving: &[&'w Arc<Workload>], rules: Rules) -> Option<Step<'w>> {
    let Rules { recreate, min_ready, now } = rules;
    let replacements = replacements(living);
    let serves = |workload: &Workload| available(workload, min_ready, now);
    if let Some((old, new)) = leaving.iter().find_map(|old| Some((*old, *replacements.get(old.uid())?))) {
        return Some(match serves(new) {
            Ok(()) => Step::Replaced(old),
            Err(at) => Step::Wait(at),
        });
    }
    if let Some(useless) = leaving.iter().find(|workload| serves(workload).is_err()) {
        return Some(Step::Stop(useless));
    }
    let first = leaving.first()?;
    if !recreate {
        return Some(Step::Replace(first));
    }
    let waiting = living.iter().filter_map(|workload| serves(workload).err());
    Some(waiting.reduce(|a, b| a.into_iter().chain(b).min()).map_or(Step::Stop(first), Step::Wait))
}

#[cfg(test)]
mod tests;
