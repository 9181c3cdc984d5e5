use super::*;
use crate::controller::fixtures::{Link, Simulation, deployment};

fn summary(simulation: &Simulation) -> Summary {
    Summary::of(&simulation.core.world, true, simulation.now().instant)
}

#[test]
fn what_is_well_is_counted_and_not_named() {
    let mut simulation = Simulation::with_hosts(2);
    simulation.apply(&deployment("web").replicas(3));
    simulation.pass(30);
    let summary = summary(&simulation);
    assert!(summary.leading && summary.synced && summary.connected);
    assert_eq!((summary.hosts.ready, summary.hosts.total), (2, 2));
    assert_eq!((summary.workloads_ready, summary.workloads), (3, 3));
    assert_eq!(summary.deployments, Deployments { ready: 1, ..Deployments::default() });
    assert_eq!(summary.open, []);
}

#[test]
fn what_fails_comes_first_with_the_hosts_words() {
    let mut simulation = Simulation::with_hosts(1);
    simulation.apply(&deployment("a-paused").replicas(1));
    simulation.apply(&deployment("well"));
    simulation.pass(30);
    simulation.apply(&deployment("a-paused").setting("paused", "true").image("web:2"));
    simulation.apply(&deployment("z-broken").image("bad:1").replicas(2));
    simulation.pass(30);
    let summary = summary(&simulation);
    assert_eq!(summary.deployments, Deployments { ready: 1, progressing: 0, paused: 1, failing: 1 });
    let names: Vec<_> = summary.open.iter().map(|open| open.name.as_str()).collect();
    assert_eq!(names, ["apps/z-broken", "apps/a-paused"]);
    let Open { ready, wanted, trouble, .. } = &summary.open[0];
    let (reason, message) = trouble.as_ref().unwrap();
    assert_eq!((*ready, *wanted, reason.as_str()), (0, 2, "StartFailed"));
    assert!(message.ends_with(crate::controller::fixtures::PULL_ERROR), "{message}");
}

#[test]
fn a_change_that_was_not_looked_at_yet_is_progress() {
    let mut simulation = Simulation::with_hosts(1);
    simulation.apply(&deployment("web"));
    simulation.pass(30);
    simulation.apply(&deployment("web").replicas(2));
    while simulation.core.world.deployments.iter().all(|deployment| deployment.generation() == 1) {
        simulation.step();
    }
    let summary = summary(&simulation);
    assert_eq!(summary.deployments.progressing, 1);
    assert_eq!((summary.open[0].ready, summary.open[0].wanted), (1, 2));
}

#[test]
fn only_the_first_are_named() {
    let mut simulation = Simulation::with_hosts(0);
    for n in 0..20 {
        simulation.apply(&deployment(&format!("web-{n:02}")));
    }
    simulation.pass(1);
    let summary = summary(&simulation);
    assert_eq!((summary.open.len(), summary.unnamed()), (8, 12));
    assert_eq!(summary.open[0].name, "apps/web-00");
}

#[test]
fn a_host_counts_as_long_as_it_is_heard_and_its_load_if_it_is_a_number() {
    let mut simulation = Simulation::with_hosts(3);
    for (id, cpu, free) in [("1", 30.0, 25), ("2", f32::NAN, 75), ("3", 10.0, 0)] {
        let beat = &mut simulation.host(id).beat;
        (beat.system_cpu_usage, beat.system_memory_total, beat.system_memory_free) = (cpu, 100, free);
    }
    simulation.host("3").link = Link::Gone;
    simulation.pass(200);
    let hosts = summary(&simulation).hosts;
    assert_eq!(hosts, Hosts { ready: 2, total: 3, cpu: Some(30.0), memory: Some(50.0) });
}

#[test]
fn a_board_is_written_to_four_times_a_second_at_most_and_only_with_news() {
    let (sender, mut receiver) = watch::channel(Summary::default());
    let (mut board, now) = (Board::new(sender), Instant::now());
    let with = |workloads| Summary { workloads, ..Summary::default() };
    assert_eq!(board.post(now, || with(1)), None);
    assert!(receiver.has_changed().unwrap());
    receiver.borrow_and_update();
    let soon = now + Duration::from_millis(100);
    assert_eq!(board.post(soon, || panic!("it is too soon to look")), Some(now + PERIOD));
    assert_eq!(board.post(now + PERIOD, || with(1)), None);
    assert!(!receiver.has_changed().unwrap(), "it is the same");
    assert_eq!(board.post(now + PERIOD * 2, || with(2)), None);
    assert_eq!(receiver.borrow_and_update().workloads, 2);
}
