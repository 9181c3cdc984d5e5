use proptest::prelude::*;

use super::settings::{RolloutSettings, Share, Strategy as Policy};
use super::*;

fn new(wanted: i32, available: i32) -> SetState {
    SetState { is_new: true, wanted, current: wanted, available, ..SetState::default() }
}

fn old(wanted: i32, available: i32) -> SetState {
    SetState { is_new: false, ..new(wanted, available) }
}

fn default() -> RolloutSettings {
    RolloutSettings::default()
}

#[test]
fn the_first_replica_set_comes_in_full() {
    assert_eq!(step(3, &default(), &[]), Step { create: Some(3), scale: vec![] });
}

#[test]
fn a_second_one_starts_within_the_surge() {
    assert_eq!(step(4, &default(), &[old(4, 4)]), Step { create: Some(1), scale: vec![] });
    assert_eq!(step(3, &default(), &[old(3, 3)]), Step { create: Some(1), scale: vec![] });
}

#[test]
fn old_ones_go_as_new_ones_become_available() {
    let sets = [old(4, 4), new(1, 0)];
    assert_eq!(step(4, &default(), &sets).scale, [(0, 3)], "one may be unavailable");
    let sets = [old(3, 3), new(1, 0)];
    assert_eq!(step(3, &default(), &sets).scale, [], "none may be unavailable of three");
    let sets = [old(3, 3), new(1, 1)];
    assert_eq!(step(3, &default(), &sets).scale, [(0, 2)]);
}

#[test]
fn a_healthy_revision_serves_on_when_a_third_overtakes_a_broken_second() {
    let v1 = old(3, 3);
    let v2 = old(1, 0);
    assert_eq!(step(3, &default(), &[v1, v2]), Step { create: Some(0), scale: vec![] });
    let sets = [v1, v2, new(0, 0)];
    assert_eq!(step(3, &default(), &sets).scale, [(1, 0)], "the broken one makes room, the healthy one stays");
    assert_eq!(step(3, &default(), &[v1, old(0, 0), new(0, 0)]).scale, [(2, 1)]);
    assert_eq!(step(3, &default(), &[v1, old(0, 0), new(1, 0)]).scale, [], "until the third is available");
}

#[test]
fn scaling_down_reaches_the_new_one_first() {
    assert_eq!(step(2, &default(), &[new(5, 5)]).scale, [(0, 2)]);
    assert_eq!(step(0, &default(), &[old(2, 2), new(1, 1)]).scale, [(1, 0)]);
    assert_eq!(step(0, &default(), &[old(2, 2), new(0, 0)]).scale, [(0, 0)]);
    assert_eq!(step(-3, &default(), &[new(2, 2)]).scale, [(0, 0)]);
}

#[test]
fn recreate_waits_until_the_last_old_workload_is_gone_from_its_host() {
    let settings = RolloutSettings { strategy: Policy::Recreate, ..default() };
    assert_eq!(step(2, &settings, &[old(2, 2)]), Step { scale: vec![(0, 0)], create: None });
    let going = SetState { wanted: 0, current: 1, terminating: 0, ..old(0, 0) };
    assert_eq!(step(2, &settings, &[going]), Step::default());
    let stopping = SetState { terminating: 1, ..old(0, 0) };
    assert_eq!(step(2, &settings, &[stopping]), Step::default());
    assert_eq!(step(2, &settings, &[old(0, 0)]), Step { create: Some(2), scale: vec![] });
    assert_eq!(step(2, &settings, &[old(0, 0), new(0, 0)]).scale, [(1, 2)], "going back uses the old replica set");
}

#[test]
fn complete_is_when_nothing_old_is_left() {
    assert!(complete(2, &[old(0, 0), new(2, 2)]));
    assert!(!complete(2, &[old(1, 1), new(2, 2)]));
    assert!(!complete(2, &[new(2, 1)]));
    assert!(!complete(2, &[]));
    assert!(complete(0, &[new(0, 0)]));
}

/// What the world does between two steps: the replica sets' sizes are met, some Workloads become or stop being ready.
fn settle(sets: &mut [SetState], ready: &mut impl FnMut() -> bool) {
    for set in sets {
        set.current = set.wanted;
        set.terminating = 0;
        set.available = set.available.min(set.wanted);
        while set.available < set.wanted && ready() {
            set.available += 1;
        }
    }
}

fn perform(sets: &mut Vec<SetState>, step: &Step) {
    for (at, size) in &step.scale {
        sets[*at].wanted = *size;
    }
    if let Some(size) = step.create {
        sets.push(new(size, 0));
    }
}

proptest! {
    /// However readiness comes and goes: never above the ceiling, never below the floor by our own doing, and once
    /// everything becomes ready the rollout comes to its end.
    #[test]
    fn bounds_hold_and_rollouts_end(
        replicas in 0..12_i32,
        surge in 0..5_i32,
        unavailable in 0..5_i32,
        before in prop::collection::vec((0..12_i32, 0..12_i32), 0..4),
        flips in prop::collection::vec(any::<bool>(), 0..60),
    ) {
        prop_assume!(surge > 0 || unavailable > 0);
        let settings = RolloutSettings {
            max_surge: Share::Count(surge), max_unavailable: Share::Count(unavailable), ..default()
        };
        let mut sets: Vec<_> = before.iter().map(|(wanted, ready)| old(*wanted, *ready.min(wanted))).collect();
        let mut flips = flips.into_iter();
        let mut rounds = 0;
        while !complete(replicas, &sets) {
            rounds += 1;
            prop_assert!(rounds < 300, "no end: {sets:?}");
            let total = |sets: &[SetState]| sets.iter().map(|set| set.wanted).sum::<i32>();
            let available = |sets: &[SetState]| sets.iter().map(|set| set.available.min(set.wanted)).sum::<i32>();
            let (total_before, available_before) = (total(&sets), available(&sets));
            let next = step(replicas, &settings, &sets);
            perform(&mut sets, &next);
            let ceiling = (replicas + surge).max(total_before);
            prop_assert!(total(&sets) <= ceiling, "above the ceiling: {sets:?}");
            let floor = (replicas - unavailable.min(replicas)).min(available_before);
            prop_assert!(available(&sets) >= floor, "below the floor: {sets:?}");
            settle(&mut sets, &mut || flips.next().unwrap_or(true));
        }
        prop_assert_eq!(step(replicas, &settings, &sets), Step::default(), "nothing is left to do");
    }
}
