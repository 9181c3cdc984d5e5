mod apps_v1;
mod model;
mod scaling;

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

#[test]
fn what_still_ends_counts_for_the_surge() {
    let ending = SetState { terminating: 1, ..old(3, 3) };
    assert_eq!(step(3, &default(), &[ending, new(0, 0)]).scale, []);
    assert_eq!(step(3, &default(), &[SetState { current: 4, ..old(3, 3) }, new(0, 0)]).scale, [], "nor above its size");
    assert_eq!(step(3, &default(), &[old(3, 3), new(0, 0)]).scale, [(1, 1)]);
}

/// A step carried out: sizes, and what they are for.
fn perform(sets: &mut Vec<SetState>, step: &Step, replicas: i32, settings: &RolloutSettings) {
    let noted =
        SetState { sized_for: Some(replicas), most_then: Some(most_of(replicas, settings)), ..SetState::default() };
    for (at, size) in &step.scale {
        let SetState { sized_for, most_then, .. } = noted;
        sets[*at] = SetState { wanted: *size, sized_for, most_then, ..sets[*at] };
    }
    if let Some(size) = step.create {
        sets.push(SetState { is_new: true, wanted: size, current: size, ..noted });
    }
}
