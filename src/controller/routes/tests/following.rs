//! What slices follow: Workloads, Services, hosts, and people who edit.

use super::*;
use crate::controller::fixtures::Link;
use crate::hosts::wire::WorkloadState;

#[test]
fn a_service_leads_to_the_hosts_of_its_ready_workloads_each_once() {
    let cluster = cluster(3, 7);
    assert_eq!(listed(&cluster), ["10.0.0.1:8000", "10.0.0.2:8000", "10.0.0.3:8000"]);
    assert_eq!(cluster.discovery.slices().count(), 1);
    assert!(cluster.discovery.slice(&first()).is_some());
    assert_eq!(warnings(&cluster), [] as [&str; 0]);
}

#[test]
fn a_workload_that_is_not_ready_is_not_led_to() {
    let mut cluster = cluster(2, 2);
    let crashed = cluster.place_of(&cluster.starts()[0]).unwrap().to_owned();
    for (_, state) in cluster.host(&crashed).running.values_mut() {
        *state = WorkloadState::Error;
    }
    // It is not started again as long as its host is asked in vain.
    cluster.host(&crashed).answers.extend(vec![crate::controller::fixtures::Answer::Fails("no".to_owned()); 50]);
    cluster.pass(400);
    assert_eq!(listed(&cluster).len(), 1, "the one that crashed is out");
    assert!(!listed(&cluster).contains(&format!("10.0.0.{crashed}:8000")));
}

#[test]
fn a_service_that_comes_later_goes_and_comes_back_is_followed() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&routed(1));
    cluster.pass(5);
    assert_eq!(listed(&cluster), [] as [&str; 0]);
    cluster.discovery.add_service(&front());
    cluster.run();
    assert_eq!(listed(&cluster), ["10.0.0.1:8000"]);
    let owner = |cluster: &Simulation| {
        cluster.discovery.slice(&first()).unwrap()["metadata"]["ownerReferences"][0]["uid"].as_str().unwrap().to_owned()
    };
    let before = owner(&cluster);
    cluster.discovery.delete_service(&front());
    cluster.run();
    assert_eq!(listed(&cluster), [] as [&str; 0], "nobody waits for the garbage collector");
    cluster.discovery.add_service(&front());
    cluster.run();
    assert_eq!(listed(&cluster), ["10.0.0.1:8000"]);
    assert_ne!(owner(&cluster), before);
}

#[test]
fn a_service_made_anew_before_anything_was_collected_gets_the_slice_over() {
    let mut cluster = cluster(1, 1);
    cluster.discovery.delete_service(&front());
    cluster.discovery.add_service(&front());
    cluster.run();
    let slice = cluster.discovery.slice(&first()).unwrap();
    let service = cluster.core.world.routes.service(&front()).unwrap();
    assert_eq!(slice["metadata"]["ownerReferences"][0]["uid"], service.uid());
    assert_eq!(listed(&cluster), ["10.0.0.1:8000"]);
}

#[test]
fn a_slice_that_somebody_deletes_edits_or_takes_the_label_from_is_put_right() {
    let mut cluster = cluster(2, 2);
    let right = listed(&cluster);
    let uid = |cluster: &Simulation| cluster.discovery.slice(&first()).unwrap()["metadata"]["uid"].clone();
    let before = uid(&cluster);
    cluster.discovery.edit_slice(&first(), &json!({ "endpoints": [] }));
    cluster.pass(2);
    assert_eq!((listed(&cluster), uid(&cluster)), (right.clone(), before.clone()));

    cluster
        .discovery
        .edit_slice(&first(), &json!({ "metadata": { "labels": { "wasmcloud.dev/route-manager": null } } }));
    cluster.pass(2);
    assert_eq!(cluster.discovery.slice(&first()).unwrap()["metadata"]["labels"]["wasmcloud.dev/route-manager"], "true");
    assert_eq!(uid(&cluster), before, "it was taken back");

    cluster
        .discovery
        .edit_slice(&first(), &json!({ "metadata": { "labels": { "kubernetes.io/service-name": "back" } } }));
    cluster.pass(2);
    assert_eq!(listed(&cluster), right);

    cluster.discovery.delete_slice(&first());
    cluster.pass(2);
    assert_eq!(listed(&cluster), right);
    let writes = cluster.discovery.writes;
    cluster.pass(120);
    assert_eq!(cluster.discovery.writes, writes, "nothing is written while nothing changes");
}

#[test]
fn the_last_workload_takes_the_slice_along() {
    let mut cluster = cluster(2, 2);
    cluster.delete(Kind::WorkloadDeployment, "web");
    cluster.run();
    assert_eq!(cluster.discovery.slices().count(), 0);
    cluster.pass(10);
    assert!(cluster.running_images().is_empty());
    assert!(cluster.all(Kind::Workload).is_empty());
}

#[test]
fn a_host_whose_address_changes_is_followed() {
    let mut cluster = cluster(1, 1);
    cluster.host("1").beat.hostname = "10.9.9.9".to_owned();
    cluster.host("1").beat.http_port = 8080;
    cluster.beat("1");
    cluster.run();
    assert_eq!(listed(&cluster), ["10.9.9.9:8080"]);
}

#[test]
fn a_dead_host_is_out_before_its_workloads_are_elsewhere() {
    let mut cluster = cluster(2, 2);
    cluster.host("1").link = Link::Gone;
    cluster.host("2").answers.push_back(crate::controller::fixtures::Answer::GetsLost);
    cluster.until(|cluster| !listed(cluster).contains(&"10.0.0.1:8000".to_owned()));
    assert_eq!(listed(&cluster), ["10.0.0.2:8000"]);
    cluster.pass(600);
    assert_eq!(listed(&cluster), ["10.0.0.2:8000"]);
}

#[test]
fn a_silent_bus_takes_nobody_out() {
    let mut cluster = cluster(3, 3);
    let (before, writes) = (listed(&cluster), cluster.discovery.writes);
    cluster.lose_bus();
    cluster.pass(300);
    assert_eq!((listed(&cluster), cluster.discovery.writes), (before, writes));
}

#[test]
fn what_a_new_controller_finds_it_leaves_as_it_is() {
    let mut cluster = cluster(3, 6);
    let writes = cluster.discovery.writes;
    cluster.restart();
    cluster.pass(120);
    assert_eq!(cluster.discovery.writes, writes);
}

#[test]
fn a_host_given_up_by_who_was_in_charge_before_is_not_led_to_until_it_is_heard() {
    let mut cluster = cluster(2, 2);
    cluster.discovery.delete_service(&front());
    cluster.run();
    cluster.lose_bus();
    let unknown = json!({ "conditions": [{ "type": "Ready", "status": "Unknown", "reason": "HostSilent" }] });
    let key = ObjectKey::new(crate::controller::fixtures::SYSTEM, "host-1");
    cluster.api.patch(Kind::Host, &key, &json!({ "status": unknown }), true).unwrap();
    cluster.restart();
    cluster.discovery.add_service(&front());
    cluster.run();
    assert_eq!(listed(&cluster), ["10.0.0.2:8000"]);
    cluster.regain_bus();
    cluster.pass(20);
    assert_eq!(listed(&cluster), ["10.0.0.1:8000", "10.0.0.2:8000"]);
}

#[test]
fn two_deployments_of_one_service_share_its_slice() {
    let mut cluster = cluster(2, 1);
    let other = deployment("other")
        .image("other:1")
        .with(json!({ "spec": { "kubernetes": { "service": { "name": "front" } } } }));
    cluster.apply(&other);
    cluster.pass(5);
    assert_eq!(listed(&cluster).len(), 2);
    cluster.delete(Kind::WorkloadDeployment, "other");
    cluster.pass(10);
    assert_eq!(listed(&cluster).len(), 1);
}

#[test]
fn a_workload_that_names_another_service_is_led_to_by_that_one() {
    let mut cluster = cluster(1, 1);
    let back = ObjectKey::new(NAMESPACE, "back");
    cluster.discovery.add_service(&back);
    cluster.edit(
        Kind::WorkloadDeployment,
        "web",
        json!({ "spec": { "kubernetes": { "service": { "name": "back" } } } }),
    );
    cluster.pass(30);
    let of: Vec<_> =
        cluster.discovery.slices().map(|s| s["metadata"]["labels"]["kubernetes.io/service-name"].clone()).collect();
    assert_eq!(of, ["back"]);
}

#[test]
fn many_that_get_ready_are_few_writes() {
    let mut cluster = Simulation::with_hosts(50);
    cluster.discovery.add_service(&front());
    cluster.apply(&routed(100));
    cluster.pass(10);
    assert_eq!(listed(&cluster).len(), 50);
    assert!(cluster.discovery.writes <= 5, "{}", cluster.discovery.writes);
    cluster.discovery.writes = 0;
    cluster.apply(&routed(100).image("web:2"));
    cluster.pass(60);
    assert_eq!((cluster.running("web:2"), listed(&cluster).len()), (100, 50));
    assert!(cluster.discovery.writes <= 30, "{}", cluster.discovery.writes);
}

#[test]
fn rule_15_slices_that_upstream_would_not_look_after_are_deleted_before_it_takes_over() {
    let mut cluster = cluster(2, 2);
    cluster.host("2").beat.http_port = 9000;
    cluster.beat("2");
    cluster.pass(2);
    assert_eq!(cluster.discovery.slices().count(), 2);
    let deeds = release(&cluster.core.world);
    let [Deed { effects, words }] = deeds.as_slice() else { panic!("{deeds:?}") };
    let [Effect::Slices(writes)] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(words.contains("front-e179dbd8-ipv4-9000"), "{words}");
    let [SliceWrite::Delete(slice)] = writes.as_slice() else { panic!("{writes:?}") };
    assert_eq!(slice.key.name, "front-e179dbd8-ipv4-9000");
}
