//! One object for one host, whatever hosts call themselves.

use super::*;
use crate::controller::fixtures::Simulation;
use crate::controller::naming;

fn ids(cluster: &Simulation) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut ids: Vec<_> =
        cluster.all(Kind::Host).iter().map(|host| (text(&host["metadata"]["name"]), text(&host["hostId"]))).collect();
    ids.sort();
    ids
}

/// A cluster in which hosts 1 and 2 both call themselves `host-1`, each at its own address.
fn namesakes() -> Simulation {
    let mut cluster = Simulation::with_hosts(1);
    cluster.add_host_called("2", "host-1");
    cluster
}

#[test]
fn the_second_of_two_living_hosts_of_one_name_gets_a_name_of_its_own_and_an_event() {
    let mut cluster = namesakes();
    cluster.pass(60);
    let second = naming::child("host-1", &["2"]);
    assert_eq!(ids(&cluster), [("host-1".to_owned(), "1".to_owned()), (second.clone(), "2".to_owned())]);
    let said = announced(&cluster);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].0 == "HostNameTaken" && said[0].1.contains(&second), "{said:?}");
    for name in ["host-1", &second] {
        assert_eq!(cluster.condition(Kind::Host, name, "Ready").0, "True");
    }
}

#[test]
fn both_are_used_and_neither_object_is_written_over_by_the_other() {
    let mut cluster = namesakes();
    cluster.pass(30);
    cluster.apply(&deployment("web").replicas(4));
    cluster.pass(30);
    cluster.done.clear();
    cluster.pass(300);
    assert_eq!((cluster.hosts["1"].running.len(), cluster.hosts["2"].running.len()), (2, 2));
    let spec = |effect: &&Effect| {
        matches!(effect, Effect::Patch { kind: Kind::Host, status: false, .. } | Effect::Apply { status: false, .. })
    };
    assert_eq!(cluster.done.iter().filter(spec).count(), 0);
}

#[test]
fn after_a_restart_of_the_controller_each_has_the_object_it_had() {
    let mut cluster = namesakes();
    cluster.pass(60);
    let before = ids(&cluster);
    for first in ["2", "1"] {
        cluster.restart();
        cluster.beat(first);
        cluster.pass(60);
        assert_eq!(ids(&cluster), before);
    }
}

#[test]
fn of_two_objects_of_one_host_one_goes() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&host("1").with(json!({ "metadata": { "name": "host-0" } })));
    cluster.restart();
    cluster.pass(60);
    assert_eq!(ids(&cluster).len(), 1);
    assert_eq!(cluster.condition(Kind::Host, &ids(&cluster)[0].0, "Ready").0, "True");
}

#[test]
fn a_host_that_changes_its_name_keeps_its_object() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.host("1").beat.friendly_name = "someone-else".into();
    cluster.pass(60);
    assert_eq!(ids(&cluster), [("host-1".to_owned(), "1".to_owned())]);
}

#[test]
fn the_object_of_a_dead_namesake_with_tombstones_is_not_written_over() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&deployment("web").replicas(1));
    cluster.run();
    cluster.host("1").link = Link::Mute;
    cluster.pass(90);
    cluster.add_host_called("2", "host-1");
    cluster.pass(60);
    assert_eq!(ids(&cluster).len(), 2);
    assert!(cluster.running_twice().len() == 1, "it moved, and the silent host still runs it");
    cluster.host("1").link = Link::Up;
    cluster.pass(60);
    assert!(cluster.running_twice().is_empty() && cluster.running("web:1") == 1);
}

#[test]
fn all_hosts_restarted_at_once_under_their_old_names_run_everything_again() {
    let mut cluster = Simulation::with_hosts(5);
    cluster.apply(&deployment("web").replicas(10));
    cluster.run();
    let old = std::mem::take(&mut cluster.hosts);
    for (id, mut host) in old {
        let again = format!("{id}b");
        host.running.clear();
        host.beat.id = again.clone();
        host.beat.started_at = Some(wall().checked_add(Duration::from_secs(100)).unwrap());
        cluster.hosts.insert(again, host);
    }
    cluster.pass(60);
    assert_eq!(cluster.running("web:1"), 10);
    assert!(ids(&cluster).iter().all(|(name, id)| *id == format!("{}b", name.trim_start_matches("host-"))));
    assert_eq!(cluster.condition(Kind::WorkloadDeployment, "web", "Ready").0, "True");
}

#[test]
fn hostile_labels_cost_only_themselves_and_are_told_once() {
    let mut cluster = Simulation::with_hosts(0);
    cluster.add_host("1");
    cluster.host("1").beat.labels.insert("no label".into(), "x".into());
    cluster.beat("1");
    cluster.pass(120);
    let labels = &cluster.get(Kind::Host, "host-1")["metadata"]["labels"];
    assert_eq!(*labels, json!({ "hostgroup": "default" }));
    assert_eq!(announced(&cluster).iter().filter(|(reason, _)| reason == "InvalidHostLabels").count(), 1);
}
