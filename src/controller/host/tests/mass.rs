//! When most hosts vanish together.

use super::*;
use crate::controller::fixtures::Simulation;

fn cluster_of(hosts: usize, replicas: i32) -> Simulation {
    let mut cluster = Simulation::with_hosts(hosts);
    cluster.apply(&deployment("web").replicas(replicas));
    cluster.run();
    cluster.done.clear();
    cluster
}

fn lose(cluster: &mut Simulation, ids: &[&str], link: Link) {
    ids.iter().for_each(|id| cluster.host(id).link = link);
}

#[test]
fn nothing_is_moved_for_a_minute_and_an_event_says_why() {
    for (link, found_out) in [(Link::Gone, 40), (Link::Mute, 80)] {
        let mut cluster = cluster_of(5, 5);
        lose(&mut cluster, &["1", "2", "3"], link);
        cluster.pass(found_out);
        assert_eq!(cluster.starts().len(), 0, "{link:?}");
        for id in ["1", "2", "3"] {
            let (status, reason, words) = cluster.condition(Kind::Host, &format!("host-{id}"), "Ready");
            assert_eq!((status.as_str(), reason.as_str()), ("Unknown", "HostSilent"), "{link:?}");
            assert!(words.contains("nothing is moved"), "{words}");
        }
        let said = announced(&cluster);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].0 == "MostHostsVanished" && said[0].1.contains("3 of 5"), "{said:?}");
        cluster.pass(70);
        assert_eq!(cluster.starts().len(), 3, "after that it is: {link:?}");
        assert_eq!(cluster.hosts["4"].running.len() + cluster.hosts["5"].running.len(), 5);
    }
}

#[test]
fn hosts_that_are_back_within_the_minute_keep_what_they_run() {
    let mut cluster = cluster_of(5, 10);
    lose(&mut cluster, &["1", "2", "3", "4"], Link::Gone);
    cluster.pass(60);
    lose(&mut cluster, &["1", "2", "3", "4"], Link::Up);
    cluster.pass(300);
    assert_eq!((cluster.starts().len(), cluster.stops().len()), (0, 0));
    assert!(cluster.all(Kind::Host).iter().all(|host| host["metadata"]["annotations"].is_null()), "no tombstones");
    for id in 1..=5 {
        assert_eq!(cluster.condition(Kind::Host, &format!("host-{id}"), "Ready").0, "True");
    }
}

#[test]
fn fewer_than_half_are_moved_at_once() {
    let mut cluster = cluster_of(5, 5);
    lose(&mut cluster, &["1", "2"], Link::Gone);
    cluster.pass(25);
    assert_eq!(cluster.starts().len(), 2);
    assert!(announced(&cluster).is_empty());
}

#[test]
fn hosts_that_fail_one_after_the_other_are_no_mass() {
    let mut cluster = cluster_of(5, 5);
    for id in ["1", "2", "3", "4"] {
        lose(&mut cluster, &[id], Link::Gone);
        cluster.pass(60);
    }
    assert_eq!(cluster.hosts["5"].running.len(), 5);
    assert!(announced(&cluster).is_empty());
}

#[test]
fn a_controller_that_finds_most_hosts_missing_at_its_start_waits_too() {
    let mut cluster = cluster_of(4, 4);
    lose(&mut cluster, &["1", "2", "3"], Link::Gone);
    cluster.restart();
    cluster.pass(40);
    assert_eq!(cluster.starts().len(), 0);
    assert!(announced(&cluster)[0].1.contains("3 of 4"));
    cluster.pass(60);
    assert_eq!(cluster.hosts["4"].running.len(), 4);
}

#[test]
fn those_that_were_gone_before_the_controller_started_are_no_mass() {
    let mut cluster = cluster_of(6, 6);
    for id in ["1", "2", "3", "4"] {
        lose(&mut cluster, &[id], Link::Mute);
        cluster.pass(120);
    }
    cluster.done.clear();
    cluster.restart();
    cluster.pass(30);
    lose(&mut cluster, &["5"], Link::Gone);
    cluster.pass(30);
    assert!(announced(&cluster).is_empty());
    assert_eq!(cluster.hosts["6"].running.len(), 6);
}

#[test]
fn a_bus_that_comes_back_with_half_of_the_hosts_moves_the_others_after_the_minute() {
    let mut cluster = cluster_of(6, 6);
    cluster.lose_bus();
    cluster.pass(120);
    lose(&mut cluster, &["1", "2", "3", "4"], Link::Mute);
    cluster.regain_bus();
    cluster.pass(70);
    assert_eq!(cluster.starts().len(), 0);
    cluster.pass(70);
    assert_eq!(cluster.hosts["5"].running.len() + cluster.hosts["6"].running.len(), 6);
    lose(&mut cluster, &["1", "2", "3", "4"], Link::Up);
    cluster.pass(60);
    assert!(cluster.running_twice().is_empty());
    assert_eq!(cluster.running("web:1"), 6);
}
