//! Hosts that fall silent, die, come back.

use super::*;

fn cluster_of(hosts: usize, replicas: i32) -> Simulation {
    let mut cluster = Simulation::with_hosts(hosts);
    cluster.apply(&deployment("web").replicas(replicas));
    cluster.run();
    cluster.done.clear();
    cluster
}

fn tombstones(cluster: &Simulation, id: &str) -> Vec<String> {
    let host = cluster.get(Kind::Host, &format!("host-{id}"));
    let text = host["metadata"]["annotations"][annotation::TOMBSTONES].as_str().unwrap_or_default();
    text.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

/// Where the first replica is, and its id.
fn somewhere(cluster: &Simulation) -> (String, String) {
    let workload = cluster.all(Kind::Workload)[0];
    let id = workload["metadata"]["uid"].as_str().unwrap().to_owned();
    (workload["status"]["hostId"].as_str().unwrap().to_owned(), id)
}

#[test]
fn a_dead_hosts_workload_moves_as_the_same_object_after_its_tombstone_is_written() {
    let mut cluster = cluster_of(2, 1);
    let (host, id) = somewhere(&cluster);
    cluster.host(&host).link = Link::Gone;
    cluster.pass(90);
    let other = if host == "1" { "2" } else { "1" };
    assert!(cluster.hosts[other].running.contains_key(&id), "started elsewhere under the same id");
    assert_eq!(tombstones(&cluster, &host), [id.as_str()]);
    let buried = cluster
        .done
        .iter()
        .position(|e| matches!(e, Effect::Patch { patch, .. } if patch.to_string().contains("tombstones")));
    let started = cluster.done.iter().position(|e| matches!(e, Effect::Start { .. }));
    assert!(buried.unwrap() < started.unwrap());
    let workload = cluster.only_workload();
    assert_eq!(workload["status"]["hostId"], other);
    assert_eq!(workload["metadata"]["annotations"][annotation::ASSIGNED_HOST], other);
    assert_eq!(cluster.condition(Kind::Host, &format!("host-{host}"), "Ready").0, "Unknown");
}

#[test]
fn what_a_dead_host_left_unanswered_does_not_hold_up_the_start_elsewhere() {
    let mut cluster = cluster_of(2, 1);
    let (host, id) = somewhere(&cluster);
    let memory =
        Memory { failures: 9, until: Some(cluster.now().instant + Duration::from_secs(250)), ..Memory::default() };
    cluster.core.world.memory.insert(id.clone(), memory);
    cluster.host(&host).link = Link::Gone;
    cluster.pass(90);
    let other = if host == "1" { "2" } else { "1" };
    assert!(cluster.hosts[other].running.contains_key(&id), "started elsewhere at once");
}

#[test]
fn when_the_dead_host_is_back_what_runs_there_is_stopped() {
    let mut cluster = cluster_of(2, 1);
    let (host, id) = somewhere(&cluster);
    cluster.host(&host).link = Link::Mute;
    cluster.pass(120);
    assert_eq!(cluster.running_twice(), [id.as_str()].into());
    cluster.host(&host).link = Link::Up;
    cluster.pass(20);
    assert!(cluster.running_twice().is_empty());
    assert!(cluster.hosts[&host].running.is_empty());
    assert_eq!(tombstones(&cluster, &host), [] as [&str; 0]);
}

#[test]
fn a_host_that_is_back_while_its_workload_is_being_started_elsewhere_is_rid_of_it() {
    let mut cluster = cluster_of(2, 1);
    let (host, id) = somewhere(&cluster);
    cluster.host(&host).link = Link::Mute;
    cluster.until(|cluster| cluster.core.world.starts.total() > 0);
    cluster.host(&host).link = Link::Up;
    cluster.beat(&host);
    cluster.finish_others(Kind::Workload);
    cluster.pass(60);
    assert!(cluster.running_twice().is_empty(), "{id} runs twice");
    assert_eq!(cluster.running("web:1"), 1);
}

#[test]
fn with_no_other_host_it_waits_and_stays_where_it_is_when_that_is_back() {
    let mut cluster = cluster_of(1, 1);
    let (host, id) = somewhere(&cluster);
    cluster.host(&host).link = Link::Mute;
    cluster.pass(120);
    cluster.host(&host).link = Link::Up;
    cluster.pass(90);
    assert_eq!(cluster.place_of(&id), Some("1"));
    assert_eq!(cluster.condition(Kind::WorkloadDeployment, "web", "Ready").0, "True");
    assert_eq!(tombstones(&cluster, &host), [] as [&str; 0]);
}

#[test]
fn a_start_that_times_out_on_a_host_that_died_meanwhile_goes_elsewhere_soon() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.apply(&deployment("web"));
    cluster.until(|cluster| cluster.core.world.starts.total() > 0);
    let host = if cluster.core.world.starts.on("1") > 0 { "1" } else { "2" };
    cluster.host(host).link = Link::Mute;
    cluster.hold_starts(70);
    cluster.pass(100);
    let other = if host == "1" { "2" } else { "1" };
    assert_eq!(cluster.hosts[other].running.len(), 1, "{:#?}", cluster.only_workload()["status"]);
}

#[test]
fn a_host_with_a_start_on_its_way_is_not_declared_dead_for_its_silence() {
    let mut cluster = cluster_of(2, 1);
    let (host, id) = somewhere(&cluster);
    cluster.apply(&deployment("other").image("other:1").with(json!({ "spec": { "template": { "spec": {
        "hostId": host
    } } } })));
    cluster.until(|cluster| cluster.core.world.starts.total() > 0);
    cluster.host(&host).link = Link::Mute;
    cluster.hold_starts(66);
    assert!(cluster.starts().iter().all(|started| *started != id), "it pulls and cannot report");
    cluster.host(&host).link = Link::Up;
    cluster.pass(60);
    assert!(cluster.stops().is_empty());
    assert_eq!(cluster.place_of(&id), Some(host.as_str()));
}

#[test]
fn a_probe_that_times_out_after_the_host_was_heard_means_nothing() {
    let mut cluster = cluster_of(2, 2);
    cluster.host("1").link = Link::Mute;
    cluster.until(Simulation::probing);
    cluster.beat("1");
    cluster.run();
    cluster.host("1").link = Link::Up;
    cluster.pass(60);
    assert_eq!(cluster.starts().len(), 0, "nothing was moved");
    assert_eq!(cluster.running("web:1"), 2);
}

#[test]
fn while_the_bus_is_down_or_settling_no_host_dies() {
    let mut cluster = cluster_of(3, 3);
    cluster.lose_bus();
    cluster.pass(1_000);
    cluster.regain_bus();
    cluster.pass(15);
    cluster.pass(300);
    assert_eq!((cluster.starts().len(), cluster.stops().len()), (0, 0));
    assert!(cluster.deletions(Kind::Workload).is_empty());
    for id in ["1", "2", "3"] {
        assert_eq!(cluster.condition(Kind::Host, &format!("host-{id}"), "Ready").0, "True");
    }
    assert_eq!(cluster.running("web:1"), 3);
}

#[test]
fn a_host_that_died_during_the_outage_is_found_out_after_it() {
    let mut cluster = cluster_of(2, 2);
    cluster.lose_bus();
    cluster.pass(300);
    cluster.host("1").running.clear();
    cluster.host("1").link = Link::Gone;
    cluster.regain_bus();
    cluster.pass(60);
    assert_eq!(cluster.hosts["2"].running.len(), 2);
    assert_eq!(cluster.condition(Kind::WorkloadDeployment, "web", "Ready").0, "True");
}

#[test]
fn after_a_restart_of_the_controller_nothing_moves() {
    let mut cluster = cluster_of(3, 6);
    for _ in 0..3 {
        cluster.restart();
        cluster.pass(400);
    }
    assert_eq!((cluster.starts().len(), cluster.stops().len()), (0, 0));
}

#[test]
fn a_start_that_was_under_way_when_the_controller_ended_is_not_made_on_another_host() {
    for seed in 0..20 {
        let mut cluster = Simulation::with_hosts(3).in_disorder(seed);
        cluster.apply(&deployment("web").replicas(4));
        cluster.until(|cluster| cluster.core.world.starts.total() > 1);
        cluster.restart();
        cluster.pass(200);
        assert!(cluster.running_twice().is_empty(), "seed {seed}");
        assert_eq!(cluster.running("web:1"), 4, "seed {seed}");
    }
}

#[test]
fn a_host_that_restarted_under_its_old_name_gets_its_workloads_anew() {
    let mut cluster = cluster_of(1, 2);
    let mut reborn = cluster.host("1").clone();
    cluster.hosts.clear();
    reborn.running.clear();
    reborn.beat.id = "1b".into();
    reborn.beat.started_at = Some(wall().checked_add(Duration::from_secs(500)).unwrap());
    cluster.hosts.insert("1b".into(), reborn);
    cluster.beat("1b");
    cluster.pass(60);
    assert_eq!(cluster.hosts["1b"].running.len(), 2);
    assert_eq!(cluster.get(Kind::Host, "host-1")["hostId"], "1b");
    assert_eq!(cluster.condition(Kind::WorkloadDeployment, "web", "Ready").0, "True");
}

#[test]
fn a_host_that_restarted_at_its_old_address_gives_its_workloads_away_at_once() {
    let mut cluster = cluster_of(1, 2);
    let mut reborn = cluster.host("1").clone();
    cluster.hosts.clear();
    reborn.running.clear();
    reborn.beat.id = "2".into();
    reborn.beat.friendly_name = "host-2".into();
    reborn.beat.started_at = Some(wall().checked_add(Duration::from_secs(500)).unwrap());
    cluster.hosts.insert("2".into(), reborn);
    cluster.beat("2");
    cluster.pass(2);
    assert_eq!(cluster.hosts["2"].running.len(), 2);
}

#[test]
fn a_workload_that_its_host_forgot_is_back_with_the_next_report() {
    let mut cluster = cluster_of(1, 2);
    let id = cluster.hosts["1"].running.keys().next().unwrap().clone();
    cluster.host("1").running.remove(&id);
    cluster.pass(16);
    assert_eq!(cluster.running("web:1"), 2);
    assert_eq!(cluster.starts(), [id]);
}

#[test]
fn hosts_that_are_gone_for_good_are_not_counted_among_those_that_do_not_fit() {
    let mut cluster = cluster_of(2, 0);
    cluster.hosts.remove("1");
    cluster.pass(900);
    assert_eq!(cluster.all(Kind::Host).len(), 1);
    cluster.apply(
        &deployment("gpu").with(json!({ "spec": { "template": { "spec": { "hostSelector": { "gpu": "yes" } } } } })),
    );
    cluster.run();
    let (_, _, message) = cluster.condition(Kind::WorkloadDeployment, "gpu", "Ready");
    assert!(message.contains("0/1 hosts fit"), "{message}");
}
