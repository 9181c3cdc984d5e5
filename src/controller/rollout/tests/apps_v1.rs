//! What the Deployment controller of Kubernetes made of the same inputs, as `tests/real/record-rollouts` recorded it.
//!
//! One sync is compared, not where it all ends: ends agree although the ways differ, and the ways are what users see. One
//! step is one sync, but that a sync which makes the new replica set goes on to the old ones. The inputs have no terminating
//! Pods and none beyond a replica set's size: those count here for the surge, and there they do not.

use super::*;

/// Replicas, surge, unavailable, Recreate, paused; replica sets; their sizes after the sync; the size of the one it made.
type Recorded = (i32, String, String, u8, u8, Vec<[i32; 5]>, Vec<i32>, i32);

/// What stands where there is nothing.
const NONE: i32 = -1;

fn recorded() -> Vec<Recorded> {
    serde_json::from_str(include_str!("../../../../tests/fixtures/rollout/apps-v1.json")).unwrap()
}

fn read(vector: &Recorded) -> (i32, RolloutSettings, Vec<SetState>) {
    let (replicas, surge, unavailable, recreate, paused, sets, ..) = vector;
    let annotations = [("max-surge", surge), ("max-unavailable", unavailable)];
    let annotations =
        annotations.map(|(name, value)| (format!("runtime.wasmcloud.dev/{name}"), value.clone())).into_iter().collect();
    let policy = (*recreate == 1).then_some("Recreate");
    let settings = RolloutSettings { paused: *paused == 1, ..RolloutSettings::read(policy, &annotations).unwrap() };
    let noted = |count: i32| Some(count).filter(|count| *count != NONE);
    let sets = sets.iter().map(|[is_new, wanted, available, sized_for, most_then]| SetState {
        is_new: *is_new == 1,
        sized_for: noted(*sized_for),
        most_then: noted(*most_then),
        ..old(*wanted, *available)
    });
    (*replicas, settings, sets.collect())
}

/// Where we differ on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Difference {
    /// apps/v1 first sizes what a Recreate is about to take away, and never gets on where several replica sets have
    /// replicas; here it is taken away at once.
    RecreateDoesNotScaleWhatGoes,
}

fn difference(replicas: i32, settings: &RolloutSettings, sets: &[SetState]) -> Option<Difference> {
    let scaled = sets.iter().any(|set| set.wanted > 0 && set.sized_for.is_some_and(|then| then != replicas));
    (settings.strategy == Policy::Recreate && !settings.paused && scaled)
        .then_some(Difference::RecreateDoesNotScaleWhatGoes)
}

#[test]
fn one_sync_comes_to_the_sizes_that_kubernetes_comes_to() {
    let (mut compared, mut differing, mut moved) = (0, 0, 0);
    for vector in recorded() {
        let (replicas, settings, mut sets) = read(&vector);
        let (before, count) = (sets.clone(), sets.len());
        let first = step(replicas, &settings, &sets);
        perform(&mut sets, &first, replicas, &settings);
        if first.create.is_some() && settings.strategy == Policy::RollingUpdate {
            let second = step(replicas, &settings, &sets);
            perform(&mut sets, &second, replicas, &settings);
        }
        let sizes: Vec<_> = sets.iter().take(count).map(|set| set.wanted).collect();
        let created = sets.get(count).map_or(NONE, |set| set.wanted);
        if difference(replicas, &settings, &before).is_some() {
            differing += 1;
            assert!(sets.iter().all(|set| set.is_new || set.wanted == 0), "{vector:?} ended as {sizes:?}");
            continue;
        }
        assert_eq!((&sizes, created), (&vector.6, vector.7), "{vector:?}");
        compared += 1;
        moved += usize::from(created != NONE || sizes != before.iter().map(|set| set.wanted).collect::<Vec<_>>());
    }
    assert!(compared > 2_500 && moved > 2_000 && differing > 0, "{compared} {moved} {differing}");
}

/// apps/v1 stands still for ever where the only replica set has the right size and says it was made for another one.
#[test]
fn a_size_that_is_right_by_chance_does_not_hold_a_rollout_up() {
    let settings = default();
    let mut sets = vec![SetState { sized_for: Some(3), most_then: Some(4), ..old(5, 5) }];
    let first = step(5, &settings, &sets);
    assert_eq!(first.scale, [(0, 5)], "noted");
    perform(&mut sets, &first, 5, &settings);
    assert!(step(5, &settings, &sets).create.is_some());
}
