//! `spec.replicas` changes in the middle of a rollout.

use super::*;

fn sized(set: SetState, replicas: i32, most: i32) -> SetState {
    SetState { sized_for: Some(replicas), most_then: Some(most), ..set }
}

#[test]
fn growth_is_shared_out_by_size() {
    let sets = [sized(old(8, 8), 10, 13), sized(new(5, 2), 10, 13)];
    assert_eq!(step(20, &default(), &sets).scale, [(0, 15), (1, 10)], "25 of which 8/13 and 5/13");
    let sets = [sized(old(3, 3), 3, 4), sized(new(1, 0), 3, 4)];
    assert_eq!(step(7, &default(), &sets).scale, [(0, 7), (1, 2)]);
}

#[test]
fn what_is_taken_away_is_too() {
    let sets = [sized(old(15, 15), 20, 25), sized(new(10, 3), 20, 25)];
    assert_eq!(step(10, &default(), &sets).scale, [(0, 8), (1, 5)]);
    assert_eq!(step(0, &default(), &sets).scale, [(0, 0), (1, 0)], "all of it");
}

#[test]
fn what_rounding_leaves_goes_to_the_largest_and_of_equals_the_newer_grow() {
    let three = [sized(old(1, 1), 2, 3), sized(old(1, 1), 2, 3), sized(new(1, 1), 2, 3)];
    assert_eq!(step(3, &default(), &three).scale, [(2, 2), (1, 1), (0, 1)], "one more, and all are noted");
    let three = three.map(|set| sized(set, 3, 4));
    assert_eq!(step(2, &default(), &three).scale, [(0, 1), (1, 1), (2, 1)], "three are allowed still");
    assert_eq!(step(1, &default(), &three).scale, [(0, 0), (1, 1), (2, 1)], "the older shrinks");
}

#[test]
fn once_shared_out_the_rollout_goes_on() {
    let mut sets = vec![sized(old(8, 8), 10, 13), sized(new(5, 2), 10, 13)];
    let first = step(20, &default(), &sets);
    perform(&mut sets, &first, 20, &default());
    sets[1].available = 10;
    assert_eq!(step(20, &default(), &sets).scale, [(0, 5)], "25 available of which 15 have to be");
}

#[test]
fn a_replica_set_that_says_nothing_of_it_is_not_taken_for_scaled() {
    assert_eq!(
        step(20, &default(), &[old(8, 8), new(5, 5)]).scale,
        [(1, 17)],
        "it only rolls, as far as the surge goes"
    );
}

#[test]
fn there_is_room_only_beside_what_still_ends() {
    let ending = SetState { terminating: 10, ..sized(old(8, 8), 10, 13) };
    let scale = step(20, &default(), &[ending, sized(new(5, 2), 10, 13)]).scale;
    let total: i32 = scale.iter().map(|(_, size)| size).sum();
    assert_eq!(total + 10, 25, "{scale:?}");
}

#[test]
fn while_paused_nothing_rolls_and_scaling_works() {
    let settings = RolloutSettings { paused: true, ..default() };
    assert_eq!(step(3, &settings, &[]), Step::default());
    assert_eq!(step(3, &settings, &[old(3, 3)]), Step::default(), "the new template waits");
    assert_eq!(step(5, &settings, &[old(3, 3)]).scale, [(0, 5)]);
    assert_eq!(step(5, &settings, &[old(3, 3), new(0, 0)]).scale, [(0, 5)], "one that has no replicas has no share");
    assert_eq!(step(5, &settings, &[old(0, 0), new(0, 0)]).scale, [(1, 5)], "when none has any the newest gets them");
    assert_eq!(step(5, &settings, &[old(0, 0), old(0, 0)]).scale, [(1, 5)]);
    let halfway = [sized(old(8, 8), 10, 13), sized(new(5, 5), 10, 13)];
    assert_eq!(step(10, &settings, &halfway), Step::default(), "in the middle it stands still");
    assert_eq!(step(20, &settings, &halfway).scale, [(0, 15), (1, 10)]);
    let done = [sized(old(2, 2), 10, 13), sized(new(10, 10), 10, 13)];
    assert_eq!(step(10, &settings, &done).scale, [(0, 0)], "the new one has all, nothing is gained by the old");
}

#[test]
fn a_recreate_is_not_scaled_first() {
    let settings = RolloutSettings { strategy: Policy::Recreate, ..default() };
    assert_eq!(step(5, &settings, &[sized(old(3, 3), 3, 3)]).scale, [(0, 0)]);
    let paused = RolloutSettings { paused: true, ..settings };
    assert_eq!(step(5, &paused, &[sized(old(3, 3), 3, 3)]).scale, [(0, 5)]);
}

#[test]
fn absurd_sizes_do_not_overflow() {
    let huge = [sized(old(i32::MAX, 1), 1, 1), sized(new(i32::MAX, 1), 1, 1), old(i32::MAX, i32::MAX)];
    for replicas in [i32::MIN, 0, 1, i32::MAX] {
        for paused in [false, true] {
            let settings = RolloutSettings { paused, max_surge: Share::Count(i32::MAX), ..default() };
            let sizes = step(replicas, &settings, &huge).scale;
            assert!(sizes.iter().all(|(_, size)| *size >= 0), "{sizes:?}");
        }
    }
}
