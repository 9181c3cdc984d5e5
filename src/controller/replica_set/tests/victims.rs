//! Whom a replica set gives up first.

use std::collections::BTreeMap;

use proptest::prelude::{ProptestConfig, prop, prop_assert_eq, proptest};

use super::super::victims::victims;
use super::*;

fn seen(objects: &[Object]) -> World {
    world_of(objects, Instant::now())
}

/// Its host is being drained.
fn leaves(workload: &Workload) -> bool {
    workload.host_id() == Some("1")
}

/// The rule as it reads: of those that are left always the first by it, everything counted anew.
fn by_the_rule(living: &[&Arc<Workload>], excess: usize, min_ready: Duration) -> Vec<String> {
    let mut rest = living.to_vec();
    let mut going = Vec::new();
    for _ in 0..excess.min(rest.len()) {
        let crowd = |workload: &Workload| {
            let host = workload.host_id();
            host.map_or(usize::MAX, |_| rest.iter().filter(|other| other.host_id() == host).count())
        };
        let order = |workload: &Workload| {
            let created = workload.metadata.creation_timestamp.as_ref().map(|time| time.0);
            let unavailable = available(workload, min_ready, wall()).is_err();
            (
                !workload.is_ready(),
                unavailable,
                !unavailable && leaves(workload),
                crowd(workload),
                created,
                workload.name().to_owned(),
            )
        };
        let first = (0..rest.len()).max_by_key(|at| order(rest[*at])).unwrap();
        going.push(rest.remove(first).name().to_owned());
    }
    going
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() })]

    #[test]
    fn they_are_those_of_the_rule(
        all in prop::collection::vec((0..4_usize, prop::bool::ANY, 0..3_i64, 0..40_i64), 0..14),
        excess in 0..14_usize,
    ) {
        let objects: Vec<_> = all.iter().enumerate().map(|(at, (host, ready, created, since))| {
            let host = if *host == 0 { String::new() } else { host.to_string() };
            let mut object = replica(&format!("w-{at:02}")).on(&host, *ready).created(*created).value();
            let since = wall().checked_sub(Duration::from_secs(since.unsigned_abs())).unwrap();
            object["status"]["conditions"][4]["lastTransitionTime"] = json!(since);
            replica(&format!("w-{at:02}")).with(object)
        }).collect();
        let world = seen(&objects);
        let living: Vec<_> = world.workloads_of("uid-of-set").collect();
        let min_ready = Duration::from_secs(20);
        let leaving = living.iter().filter(|workload| leaves(workload)).map(|workload| workload.uid()).collect();
        let ours = victims(&living, excess, &leaving, (min_ready, wall()));
        let ours: Vec<_> = ours.iter().map(|workload| workload.name().to_owned()).collect();
        prop_assert_eq!(ours, by_the_rule(&living, excess, min_ready));
    }
}

#[test]
fn one_that_is_not_ready_for_long_enough_goes_before_one_that_is_available() {
    let young = json!({ "status": { "conditions": [
        { "type": "Ready", "status": "True", "reason": "Available", "lastTransitionTime": wall() },
    ] } });
    let long_ago = wall().checked_sub(Duration::from_secs(60)).unwrap();
    let old = json!({ "status": { "conditions": [
        { "type": "Ready", "status": "True", "reason": "Available", "lastTransitionTime": long_ago },
    ] } });
    let objects = [
        deployment("web").setting("min-ready-seconds", "30"),
        replica_set("set").owned_by(Kind::WorkloadDeployment, "web").replicas(2),
        replica("crowded-a").on("1", true).with(old.clone()).created(9),
        replica("crowded-b").on("1", true).with(old).created(9),
        replica("young").on("2", true).with(young).created(0),
    ];
    assert_eq!(deleted(&decided(&objects)), ["young"], "or fewer would be available than have to be");
}

/// A quadratic order would take minutes.
#[test]
fn ten_thousand_shrink_to_one_on_each_host() {
    let objects: Vec<_> = (0..10_000)
        .map(|at| replica(&format!("w-{at:05}")).on(&(at % 97).to_string(), true).created(at))
        .chain([replica_set("set").replicas(97)])
        .collect();
    let world = seen(&objects);
    let decision = decided_in(&world);
    let gone: BTreeSet<_> = deleted(&decision).into_iter().collect();
    assert_eq!(gone.len(), 9_903);
    let mut left = BTreeMap::new();
    for workload in world.workloads_of("uid-of-set").filter(|workload| !gone.contains(workload.name())) {
        *left.entry(workload.host_id().unwrap().to_owned()).or_insert(0) += 1;
    }
    assert!(left.len() == 97 && left.values().all(|count| *count == 1), "{left:?}");
}
