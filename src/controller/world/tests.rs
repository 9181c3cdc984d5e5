//! What is known, who belongs to whom, and who is to be looked at again.

use serde_json::json;

use super::*;
use crate::controller::config::ConfigVersion;
use crate::controller::fixtures::{
    NAMESPACE, Object, artifact, config_map, deployment, dynamic, heartbeat, host, replica_set, secret, workload,
    world_of,
};
use crate::controller::watch::ConfigNews;

fn at(name: &str) -> ObjectKey {
    ObjectKey::new(NAMESPACE, name)
}

fn feed(world: &mut World, object: &Object) {
    world.apply(object.kind, dynamic(&object.value())).unwrap();
}

fn touched(world: &mut World) -> BTreeSet<(Kind, String)> {
    let of_ours = |key: Key| match key.what {
        What::Kind(kind) => Some((kind, key.object.name)),
        What::Route | What::Pod | What::Start => None,
    };
    world.take_touched().into_iter().filter_map(of_ours).collect()
}

fn family() -> World {
    let objects = [
        deployment("web"),
        replica_set("set").owned_by(Kind::WorkloadDeployment, "web"),
        workload("w").owned_by(Kind::WorkloadReplicaSet, "set"),
    ];
    world_of(&objects, Instant::now())
}

#[test]
fn a_change_of_a_workload_names_it_and_its_owners() {
    let mut world = family();
    feed(&mut world, &workload("w").owned_by(Kind::WorkloadReplicaSet, "set").version(2));
    let expected = [(Kind::Workload, "w"), (Kind::WorkloadReplicaSet, "set"), (Kind::WorkloadDeployment, "web")];
    assert_eq!(touched(&mut world), expected.map(|(kind, name)| (kind, name.to_owned())).into());
}

#[test]
fn the_end_of_an_owner_names_its_children() {
    let mut world = family();
    world.deleted(Kind::WorkloadDeployment, &at("web"), "uid-of-web");
    assert!(touched(&mut world).contains(&(Kind::WorkloadReplicaSet, "set".into())));
    assert!(world.is_gone("uid-of-web"));
    world.deleted(Kind::WorkloadReplicaSet, &at("set"), "uid-of-set");
    assert!(touched(&mut world).contains(&(Kind::Workload, "w".into())));
}

#[test]
fn older_news_changes_nothing_and_names_nobody() {
    let mut world = world_of(&[workload("w").version(5)], Instant::now());
    feed(&mut world, &workload("w").version(4).on("1", true));
    assert!(touched(&mut world).is_empty());
    assert_eq!(world.workloads_on("1").count(), 0);
}

#[test]
fn what_a_new_list_does_not_bring_is_gone_and_its_children_are_looked_at() {
    let mut world = family();
    world.list_begins(Kind::WorkloadReplicaSet, "");
    world.list_ends(Kind::WorkloadReplicaSet, "");
    assert!(world.replica_sets.is_empty());
    assert!(touched(&mut world).contains(&(Kind::Workload, "w".into())));
    assert!(!world.is_gone("uid-of-set"), "it is read before its children are deleted");
    assert_eq!(world.replica_sets_of("uid-of-web").count(), 0);
}

#[test]
fn nothing_is_decided_before_every_kind_was_listed() {
    let mut world = World::new(Settings::default(), Instant::now());
    for kind in Kind::ALL {
        assert!(!world.is_synced());
        world.list_begins(kind, "");
        world.list_ends(kind, "");
    }
    assert!(world.is_synced());
}

#[test]
fn children_follow_a_change_of_owner() {
    let mut world = family();
    feed(&mut world, &workload("w").owned_by(Kind::WorkloadReplicaSet, "other").version(2));
    assert_eq!(world.workloads_of("uid-of-set").count(), 0);
    assert_eq!(world.workloads_of("uid-of-other").count(), 1);
    world.deleted(Kind::Workload, &at("w"), "uid-of-w");
    assert_eq!(world.workloads_of("uid-of-other").count(), 0);
}

#[test]
fn an_owner_of_the_same_name_and_another_uid_is_not_taken_for_it() {
    let mut world = family();
    let again = replica_set("set").with(json!({ "metadata": { "uid": "second" } })).version(9);
    world.deleted(Kind::WorkloadReplicaSet, &at("set"), "uid-of-set");
    feed(&mut world, &again);
    let orphan = world.workloads.get(&at("w")).unwrap().clone();
    assert!(world.owner_of(&orphan).is_none());
}

#[test]
fn a_workload_counts_where_it_is_and_where_it_is_going() {
    let mut world = world_of(&[workload("w").setting("assigned-host", "2")], Instant::now());
    assert_eq!((world.load_of("1"), world.load_of("2")), (0, 1));
    feed(&mut world, &workload("w").setting("assigned-host", "2").on("1", true).version(2));
    assert_eq!((world.load_of("1"), world.load_of("2")), (1, 1));
    feed(&mut world, &workload("w").setting("assigned-host", "2").on("2", true).version(3));
    assert_eq!((world.load_of("1"), world.load_of("2")), (0, 1));
}

#[test]
fn one_that_was_moved_behind_our_back_may_be_only_where_its_status_says() {
    let now = Instant::now();
    let mut world = world_of(&[workload("w").setting("assigned-host", "2").on("1", true)], now);
    world.heartbeat(heartbeat("1"), now);
    assert_eq!(world.workloads_perhaps_on("1", now).count(), 1);
    assert_eq!(world.workloads_perhaps_on("2", now).count(), 0);
    world.host_silent("1", now + std::time::Duration::from_secs(70));
    assert_eq!(world.workloads_perhaps_on("2", now).count(), 1, "it is on its way");
}

#[test]
fn configuration_names_the_workloads_that_wait_for_it_and_no_others() {
    let reads = |name: &str| {
        workload(name).with(json!({ "spec": { "components": [{ "name": "http", "image": "web:1", "localResources": {
            "environment": { "configFrom": [{ "name": "settings" }], "secretFrom": [{ "name": "keys" }] } },
            "imagePullSecret": { "name": "pull" } }] } }))
    };
    let mut world = world_of(&[reads("waits"), reads("runs").on("1", true), workload("other")], Instant::now());
    world.memory.entry("uid-of-waits".into()).or_default().lacks_config = true;
    world.memory.entry("uid-of-waits".into()).or_default().until = Some(Instant::now());
    let there = |config| ConfigNews::There(config, ConfigVersion::default());
    for config in [config_map("settings"), secret("keys"), secret("pull")] {
        world.config_news_came(&there(config.clone()));
        assert_eq!(touched(&mut world), [(Kind::Workload, "waits".to_owned())].into(), "{config:?}");
    }
    assert_eq!(world.memory_of("uid-of-waits").until, None, "its back-off is over");
    world.config_news_came(&there(secret("settings")));
    assert!(touched(&mut world).is_empty(), "a Secret is no ConfigMap");
}

#[test]
fn an_artifact_names_the_deployments_that_use_it() {
    let uses = deployment("web").with(json!({ "spec": { "artifacts": [
        { "name": "x", "artifactFrom": { "name": "image" } }
    ] } }));
    let mut world = world_of(&[uses, deployment("other")], Instant::now());
    feed(&mut world, &artifact("image", "r/x:1"));
    assert_eq!(
        touched(&mut world),
        [(Kind::Artifact, "image".into()), (Kind::WorkloadDeployment, "web".into())].into()
    );
}

#[test]
fn a_host_that_is_new_back_or_reliable_again_names_those_that_wait() {
    let now = Instant::now();
    let seconds = std::time::Duration::from_secs;
    let mut world = world_of(&[workload("w")], now);
    world.waits_for_host(&Key::new(Kind::Workload, at("w")), true);
    let woken = |world: &mut World, second| {
        world.wake_waiting(now + seconds(second));
        touched(world).contains(&(Kind::Workload, "w".to_owned()))
    };
    world.heartbeat(heartbeat("1"), now);
    assert!(woken(&mut world, 0), "new");
    world.heartbeat(heartbeat("1"), now + seconds(15));
    assert!(!woken(&mut world, 15), "nothing new");
    world.heartbeat(heartbeat("1"), now + seconds(100));
    assert!(woken(&mut world, 100), "after a long silence");
    world.live.unheard("1", now + seconds(101));
    world.heartbeat(heartbeat("1"), now + seconds(115));
    assert!(woken(&mut world, 115), "after a doubt");
    let mut abler = heartbeat("1");
    abler.labels.insert("gpu".into(), "yes".into());
    world.heartbeat(abler, now + seconds(130));
    assert!(woken(&mut world, 130), "abler");
    world.waits_for_host(&Key::new(Kind::Workload, at("w")), false);
    world.heartbeat(heartbeat("2"), now + seconds(131));
    assert!(!woken(&mut world, 131));
}

#[test]
fn a_count_that_disagrees_has_the_hosts_workloads_asked_for() {
    let now = Instant::now();
    let mut world = world_of(&[workload("w").on("1", true)], now);
    world.heartbeat(crate::hosts::wire::HostHeartbeat { workload_count: 1, ..heartbeat("1") }, now);
    assert!(!world.memory_of("uid-of-w").ask);
    world.starts.begin("1", &at("x"));
    world.heartbeat(heartbeat("1"), now);
    assert!(!world.memory_of("uid-of-w").ask, "a start on its way explains it");
    world.starts.end("1", &at("x"));
    world.heartbeat(crate::hosts::wire::HostHeartbeat { workload_count: 4, ..heartbeat("1") }, now);
    assert!(world.memory_of("uid-of-w").ask);
    assert!(touched(&mut world).contains(&(Kind::Workload, "w".into())));
}

#[test]
fn a_host_object_is_found_by_the_id_it_has_now() {
    let mut world = world_of(&[host("1")], Instant::now());
    assert!(world.host_object("1").is_some());
    feed(&mut world, &workload("w").on("1", true));
    world.take_touched();
    feed(&mut world, &host("1").with(json!({ "hostId": "1b" })).version(2));
    assert!(world.host_object("1").is_none() && world.host_object("1b").is_some());
    assert!(touched(&mut world).contains(&(Kind::Workload, "w".into())), "those on the former host are looked at");
}

#[test]
fn a_cordon_or_a_tombstone_names_the_hosts_workloads() {
    for (setting, value) in [("unschedulable", "true"), ("tombstones", "uid-of-w")] {
        let mut world = world_of(&[host("1"), workload("w").on("1", true)], Instant::now());
        feed(&mut world, &host("1").setting(setting, value).version(2));
        assert!(touched(&mut world).contains(&(Kind::Workload, "w".into())), "{setting}");
        feed(&mut world, &host("1").setting(setting, value).setting("note", "x").version(3));
        assert!(!touched(&mut world).contains(&(Kind::Workload, "w".into())), "{setting} is no news");
    }
}

#[test]
fn a_workload_that_turns_up_on_a_dead_host_has_the_host_looked_at() {
    let now = Instant::now();
    let mut world = world_of(&[host("1"), workload("w")], now);
    world.host_silent("1", now + std::time::Duration::from_secs(20));
    feed(&mut world, &workload("w").status(json!({ "hostId": "1" })).version(2));
    assert!(touched(&mut world).contains(&(Kind::Host, "host-1".into())));
}

#[test]
fn what_is_gone_is_not_remembered() {
    let mut world = world_of(&[workload("w")], Instant::now());
    world.remember("uid-of-w", Memory::default());
    world.deleted(Kind::Workload, &at("w"), "uid-of-w");
    world.remember("uid-of-w", Memory::default());
    world.was_written("uid-of-w", Instant::now());
    assert!(world.memory.is_empty());
}

#[test]
fn what_happened_during_a_turn_is_not_forgotten_at_its_end() {
    let now = Instant::now();
    let mut world = world_of(&[workload("w")], now);
    world.was_written("uid-of-w", now);
    world.memory.entry("uid-of-w".into()).or_default().ask = true;
    world.remember("uid-of-w", Memory::default());
    let memory = world.memory_of("uid-of-w");
    assert!(memory.ask && memory.status_written == Some(now));
}

#[test]
fn an_object_of_another_shape_is_an_error_and_changes_nothing() {
    let mut world = world_of(&[workload("w")], Instant::now());
    let odd = workload("w").version(2).with(json!({ "spec": { "components": "many" } }));
    assert!(world.apply(Kind::Workload, dynamic(&odd.value())).is_err());
    assert_eq!(world.workloads.get(&at("w")).unwrap().version(), 1);
}

#[test]
fn touching_all_names_every_object_and_every_host() {
    let mut world = family();
    world.heartbeat(heartbeat("7"), Instant::now());
    world.take_touched();
    world.touch_all();
    let names = touched(&mut world);
    assert_eq!(names.len(), 4);
    assert!(names.contains(&(Kind::Host, "host-7".into())));
}

#[test]
fn replicas_share_what_they_have_in_common() {
    let image = |image: &str| json!({ "spec": { "components": [{ "name": "http", "image": image }] } });
    let replica = |name: &str, of: &str| workload(name).owned_by(Kind::WorkloadReplicaSet, "set").with(image(of));
    let mut world = world_of(&[replica("a", "web:1"), replica("b", "web:1"), replica("c", "web:2")], Instant::now());
    let spec = |world: &World, name: &str| world.workloads.get(&at(name)).unwrap().spec.clone();
    assert!(Arc::ptr_eq(&spec(&world, "a"), &spec(&world, "b")));
    assert_eq!(spec(&world, "c").components()[0].image, "web:2");
    let edited = replica("b", "web:3").version(100).value();
    world.apply(Kind::Workload, dynamic(&edited)).unwrap();
    assert_eq!(
        (&*spec(&world, "a").components()[0].image, &*spec(&world, "b").components()[0].image),
        ("web:1", "web:3")
    );
}
