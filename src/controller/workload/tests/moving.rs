//! Many at a time that have to go somewhere.

use super::*;

/// Starts on their way to each host.
fn starts(cluster: &Simulation) -> Vec<usize> {
    cluster.hosts.keys().map(|id| cluster.core.world.starts.on(id)).collect()
}

#[test]
fn what_was_chosen_a_moment_ago_counts_before_it_is_on_record() {
    let mut cluster = Simulation::with_hosts(4);
    (0..8).for_each(|at| cluster.apply(&workload(&format!("w-{at}"))));
    cluster.until(|cluster| cluster.core.world.starts.total() == 8);
    assert_eq!(starts(&cluster), [2; 4]);
}

#[test]
fn those_of_a_dead_host_start_on_all_the_others_at_once() {
    let mut cluster = Simulation::with_hosts(5);
    cluster.apply(&deployment("web").replicas(20));
    cluster.run();
    cluster.host("1").link = Link::Gone;
    cluster.until(|cluster| cluster.core.world.starts.total() == 4);
    assert_eq!(starts(&cluster), [0, 1, 1, 1, 1]);
    cluster.pass(60);
    let counts: Vec<_> = cluster.hosts.values().skip(1).map(|host| host.running.len()).collect();
    assert_eq!(counts, [5; 4]);
}

#[test]
fn who_waits_in_line_counts_and_the_line_keeps_moving() {
    let settings = crate::controller::settings::Settings { max_starts_per_host: 1, ..Default::default() };
    for seed in 1..6 {
        let mut cluster = Simulation::with_settings(3, settings.clone()).in_disorder(seed);
        (0..30).for_each(|at| cluster.apply(&workload(&format!("w-{at}"))));
        cluster.run();
        let counts: Vec<_> = cluster.hosts.values().map(|host| host.running.len()).collect();
        assert_eq!(counts, [10; 3], "seed {seed}");
    }
}

/// To go through all replicas for each that moves would take minutes.
#[test]
fn half_of_ten_thousand_replicas_move() {
    let (dead, replicas) = (50, 10_000);
    let replica = |at: usize| {
        let object = workload(&format!("w-{at}")).owned_by(Kind::WorkloadReplicaSet, "set");
        object.on(&(at % (2 * dead)).to_string(), true)
    };
    let set = replica_set("set").owned_by(Kind::WorkloadDeployment, "web");
    let objects: Vec<_> = (0..replicas).map(replica).chain([set, deployment("web")]).collect();
    let now = now();
    let mut world = world_of(&objects, now.instant - Duration::from_secs(100));
    // Nobody has heard of the others, and they have no object.
    (dead..2 * dead).for_each(|id| world.heartbeat(heartbeat(&id.to_string()), now.instant));
    for at in (0..replicas).filter(|at| at % (2 * dead) < dead) {
        let key = ObjectKey::new(NAMESPACE, &format!("w-{at}"));
        let decision = decide(&observe(&world, &key, now.instant).unwrap(), now);
        assert_ne!(decision.room, Room::None);
        world.turn_taken(&Key::new(Kind::Workload, key), &decision);
    }
    assert!((dead..2 * dead).all(|id| world.load_of(&id.to_string()) == 200));
}
