//! Hosts that report and do not answer.

use super::*;

/// A Workload that host `1` started without saying so, and asks about which host `1` does not answer though it reports.
fn beside_a_mute_host(hosts: &[&str]) -> (Simulation, String) {
    let mut cluster = Simulation::with_hosts(1);
    cluster.host("1").answers.push_back(Answer::RunsUnheard);
    cluster.apply(&workload("w"));
    cluster.run();
    cluster.host("1").link = Link::Mute;
    hosts.iter().for_each(|id| cluster.add_host(id));
    for _ in 0..12 {
        cluster.pass(10);
        cluster.beat("1");
    }
    cluster.run();
    let id = cluster.only_workload()["metadata"]["uid"].as_str().unwrap().to_owned();
    (cluster, id)
}

fn is_entombed(cluster: &Simulation, id: &str) -> bool {
    cluster.core.world.host_object("1").unwrap().tombstones().any(|buried| buried == id)
}

#[test]
fn a_host_that_does_not_say_whether_it_started_it_is_left_and_stops_it_once_it_listens() {
    let (mut cluster, id) = beside_a_mute_host(&["2"]);
    assert!(cluster.hosts["2"].running.contains_key(&id), "started elsewhere");
    assert_eq!(cluster.only_workload()["status"]["hostId"], "2");
    assert!(is_entombed(&cluster, &id));
    cluster.host("1").link = Link::Up;
    cluster.beat("1");
    cluster.pass(60);
    assert_eq!(cluster.place_of(&id), Some("2"));
    assert!(cluster.running_twice().is_empty());
    assert!(!is_entombed(&cluster, &id));
}

#[test]
fn without_another_host_it_goes_on_asking() {
    let (mut cluster, id) = beside_a_mute_host(&[]);
    assert_eq!(cluster.only_workload()["status"]["hostId"], "1");
    assert!(!is_entombed(&cluster, &id));
    cluster.host("1").link = Link::Up;
    cluster.beat("1");
    cluster.pass(300);
    assert_eq!(cluster.condition(Kind::Workload, "w", "Ready").0, "True");
    assert_eq!(cluster.starts().len(), 1, "it was running all the time");
}

#[test]
fn what_a_host_once_said_to_run_is_not_taken_from_it_for_its_silence() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.apply(&workload("w"));
    cluster.run();
    let host = cluster.only_workload()["status"]["hostId"].as_str().unwrap().to_owned();
    cluster.host(&host).link = Link::Mute;
    for _ in 0..120 {
        cluster.pass(10);
        cluster.beat(&host);
    }
    assert_eq!(cluster.only_workload()["status"]["hostId"], host.as_str());
    assert_eq!(cluster.starts().len(), 1);
}
