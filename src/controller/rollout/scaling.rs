//! A change of `spec.replicas` while several replica sets have a part in it: shared out in proportion to their sizes.

use std::cmp::Reverse;

use super::settings::{RolloutSettings, Strategy};
use super::{SetState, Step, narrow};

/// Whether the deployment was scaled since its replica sets were sized. One that says nothing of that, as upstream's
/// operator leaves it, does not count.
pub(super) fn is_due(replicas: i32, sets: &[SetState]) -> bool {
    sets.iter().any(|set| set.wanted > 0 && set.sized_for.is_some_and(|then| then != replicas))
}

/// The only replica set that has replicas, or the newest when none has, gets all that is asked for. Of several each gets
/// its share.
pub(super) fn scale(replicas: i32, settings: &RolloutSettings, sets: &[SetState]) -> Step {
    let active: Vec<_> = (0..sets.len()).filter(|at| sets[*at].wanted > 0).collect();
    match active.as_slice() {
        [] => {
            let newest = sets.iter().position(|set| set.is_new).or(sets.iter().rposition(|set| !set.leaving));
            Step::scale(newest.filter(|_| replicas > 0).map(|at| (at, replicas)).into_iter().collect())
        }
        [only] => {
            let behind = sets[*only].sized_for.is_some_and(|then| then != replicas);
            let change = (behind || sets[*only].wanted != replicas).then_some((*only, replicas));
            Step::scale(change.into_iter().collect())
        }
        _ if is_saturated(replicas, sets) => {
            Step::scale(active.into_iter().filter(|at| !sets[*at].is_new).map(|at| (at, 0)).collect())
        }
        _ if settings.strategy == Strategy::Recreate => Step::default(),
        _ => Step::scale(share_out(replicas, settings, sets, active)),
    }
}

/// Whether the new replica set was sized for all that is asked for, and all of it is available.
fn is_saturated(replicas: i32, sets: &[SetState]) -> bool {
    let new = sets.iter().find(|set| set.is_new);
    new.is_some_and(|new| new.wanted == replicas && new.sized_for == Some(replicas) && new.available == replicas)
}

/// What is to be added or removed goes to the larger ones first; of equal ones the newer grow and the older shrink. What
/// rounding leaves goes to the largest.
fn share_out(
    replicas: i32,
    settings: &RolloutSettings,
    sets: &[SetState],
    mut active: Vec<usize>,
) -> Vec<(usize, i32)> {
    let most = most_of(replicas, settings);
    let allowed = if replicas > 0 { i64::from(most) } else { 0 };
    let change = to_add(allowed, sets);
    active.sort_by_key(|at| (Reverse(sets[*at].wanted), if change > 0 { sets.len() - at } else { *at }));
    let mut left = change;
    let mut sizes = Vec::with_capacity(active.len());
    for at in active {
        let fraction = fraction(replicas, most, &sets[at], sets);
        let share = if change > 0 { fraction.min(left) } else { fraction.max(left) };
        let share = if left == 0 { 0 } else { share };
        left -= share;
        sizes.push((at, i64::from(sets[at].wanted) + share));
    }
    if let Some((_, largest)) = sizes.first_mut() {
        *largest += left;
    }
    let noted = |set: &SetState| set.sized_for == Some(replicas) && set.most_then == Some(most);
    let sizes = sizes.into_iter().map(|(at, size)| (at, narrow(size)));
    sizes.filter(|(at, size)| *size != sets[*at].wanted || !noted(&sets[*at])).collect()
}

/// How many there may be of all replica sets together.
pub(crate) fn most_of(replicas: i32, settings: &RolloutSettings) -> i32 {
    replicas.saturating_add(settings.bounds(replicas).0)
}

/// Replicas to add to all replica sets together, or to take away: never more to add than there is room for beside those
/// that still end.
fn to_add(allowed: i64, sets: &[SetState]) -> i64 {
    let total: i64 = sets.iter().map(|set| i64::from(set.wanted)).sum();
    let present: i64 = sets.iter().map(SetState::present).sum();
    if allowed > total { (allowed - present).max(0) } else { allowed - total }
}

/// By how much one would change if it kept its share of all.
fn fraction(replicas: i32, most: i32, set: &SetState, sets: &[SetState]) -> i64 {
    if replicas == 0 {
        return -i64::from(set.wanted);
    }
    let there = || sets.iter().map(|set| i64::from(set.current)).sum();
    let before = set.most_then.filter(|most| *most > 0).map_or_else(there, i64::from);
    if before <= 0 {
        return 0;
    }
    let (scaled, before) = (i128::from(set.wanted) * i128::from(most), i128::from(before));
    // Rounded to the nearest, halves up.
    let size = (2 * scaled + before) / (2 * before);
    i64::try_from(size).unwrap_or(i64::MAX) - i64::from(set.wanted)
}
