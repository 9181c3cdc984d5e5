//! As many Workloads as are asked for, made and taken away in the right order.

mod roll;
mod victims;

use serde_json::{Value, json};

use super::*;
use crate::api::names::finalizer;
use crate::controller::fixtures::{
    NAMESPACE, Object, Simulation, deployment, heartbeat, replica_set, wall, workload, world_of,
};
use crate::controller::objects::Key;

fn key() -> ObjectKey {
    ObjectKey::new(NAMESPACE, "set")
}

fn now() -> Now {
    Now { instant: Instant::now(), wall: wall() }
}

fn decided_in(world: &World) -> Decision {
    let now = now();
    decide(&observe(world, &key(), now.instant).unwrap(), now)
}

fn decided(objects: &[Object]) -> Decision {
    decided_in(&world_of(objects, Instant::now()))
}

fn created(decision: &Decision) -> &[Value] {
    match &decision.effects[..] {
        [Effect::Create { kind: Kind::Workload, objects }] => objects,
        other => panic!("{other:?}"),
    }
}

fn deleted(decision: &Decision) -> Vec<&str> {
    match &decision.effects[..] {
        [Effect::Delete { kind: Kind::Workload, objects }] => objects.iter().map(|o| o.key.name.as_str()).collect(),
        other => panic!("{other:?}"),
    }
}

fn names(decision: &Decision) -> Vec<String> {
    created(decision).iter().map(|o| o["metadata"]["name"].as_str().unwrap().to_owned()).collect()
}

fn replica(name: &str) -> Object {
    workload(name).owned_by(Kind::WorkloadReplicaSet, "set")
}

#[test]
fn exactly_the_missing_ones_are_made() {
    assert_eq!(created(&decided(&[replica_set("set").replicas(3)])).len(), 3);
    let some = [replica_set("set").replicas(3), replica("a"), replica("b").terminating()];
    assert_eq!(created(&decided(&some)).len(), 2, "one that is ending counts as gone");
}

#[test]
fn deciding_twice_from_the_same_knowledge_gives_the_same_names() {
    let world = world_of(&[replica_set("set").replicas(5)], Instant::now());
    assert_eq!(names(&decided_in(&world)), names(&decided_in(&world)));
    let all: BTreeSet<_> = names(&decided_in(&world)).into_iter().collect();
    assert_eq!(all.len(), 5);
}

#[test]
fn names_that_are_taken_are_not_used_again() {
    let first = names(&decided(&[replica_set("set").replicas(2)]));
    let objects = [replica_set("set").replicas(3), replica(&first[0]), replica(&first[1]).terminating()];
    let more = names(&decided(&objects));
    assert_eq!(more.len(), 2);
    assert!(more.iter().all(|name| !first.contains(name)));
    let stranger = [replica_set("set").replicas(2), workload(&first[0])];
    assert!(!names(&decided(&stranger)).contains(&first[0]), "nor those of others");
}

#[test]
fn a_workload_is_made_with_all_that_upstream_and_hosts_need() {
    let set = replica_set("set").with(json!({ "spec": { "template": {
        "labels": { "app": "web" },
        "annotations": { "note": "x" },
        "spec": { "fieldOfTomorrow": { "deep": [1, 2] }, "components": [{ "name": "http", "image": "web:1", "new": true }] },
    } } }));
    let mut world = world_of(std::slice::from_ref(&set), Instant::now());
    world.heartbeat(heartbeat("1"), Instant::now());
    let decision = decided_in(&world);
    let made = &created(&decision)[0];
    let spec: crate::api::WorkloadSpec =
        serde_json::from_value(set.value()["spec"]["template"]["spec"].clone()).unwrap();
    let expected = json!({
        "apiVersion": "runtime.wasmcloud.dev/v1alpha1",
        "kind": "Workload",
        "metadata": {
            "namespace": NAMESPACE,
            "name": names(&decision)[0],
            "labels": { "app": "web" },
            "annotations": {
                "note": "x",
                (annotation::WORKLOAD_REPLICA_SET_GENERATION): crate::api::template_hash(&spec),
                (annotation::ASSIGNED_HOST): "1",
                (annotation::TEMPLATE_METADATA_HASH): super::roll::metadata_hash(&set.value()["spec"]["template"]),
            },
            "finalizers": [finalizer::WORKLOAD],
            "ownerReferences": [{ "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "WorkloadReplicaSet",
                "name": "set", "uid": "uid-of-set", "controller": true, "blockOwnerDeletion": true }],
        },
        "spec": set.value()["spec"]["template"]["spec"],
    });
    assert_eq!(*made, expected);
}

#[test]
fn without_a_host_that_fits_they_are_made_all_the_same() {
    let decision = decided(&[replica_set("set").replicas(2)]);
    assert!(created(&decision).iter().all(|o| o["metadata"]["annotations"].get(annotation::ASSIGNED_HOST).is_none()));
}

#[test]
fn new_ones_are_spread_over_the_hosts() {
    let mut world = world_of(&[replica_set("set").replicas(6)], Instant::now());
    for id in ["1", "2", "3"] {
        world.heartbeat(heartbeat(id), Instant::now());
    }
    let decision = decided_in(&world);
    let mut per_host = std::collections::BTreeMap::new();
    for object in created(&decision) {
        *per_host.entry(object["metadata"]["annotations"][annotation::ASSIGNED_HOST].to_string()).or_insert(0) += 1;
    }
    assert_eq!(per_host.values().copied().collect::<Vec<_>>(), [2, 2, 2]);
}

#[test]
fn the_unready_go_first_then_the_hostless_then_from_the_fullest_host_then_the_newest() {
    let all = [
        replica("unready").on("3", false),
        replica("ready-hostless").on("", true),
        replica("full-old").on("1", true).created(0),
        replica("full-new").on("1", true).created(9),
        replica("alone-old").on("2", true).created(0),
    ];
    let left = |replicas: i32| {
        let objects: Vec<_> = all.iter().cloned().chain([replica_set("set").replicas(replicas)]).collect();
        deleted(&decided(&objects)).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(left(4), ["unready"]);
    assert_eq!(left(3), ["unready", "ready-hostless"]);
    assert_eq!(left(2), ["unready", "ready-hostless", "full-new"]);
    assert_eq!(left(1).len(), 4, "the crowd is counted anew: {:?}", left(1));
    assert_eq!(left(0).len(), 5);
}

#[test]
fn only_the_version_that_was_decided_on_is_deleted() {
    let decision = decided(&[replica_set("set").replicas(0), replica("a").version(42)]);
    let Effect::Delete { objects, .. } = &decision.effects[0] else { panic!("{decision:?}") };
    assert_eq!((objects[0].uid.as_str(), objects[0].resource_version.as_str()), ("uid-of-a", "42"));
}

#[test]
fn those_that_end_already_are_not_deleted_again() {
    let decision = decided(&[replica_set("set").replicas(0), replica("a").terminating()]);
    assert!(decision.effects.iter().all(|effect| !matches!(effect, Effect::Delete { .. })), "{decision:?}");
}

#[test]
fn an_absent_number_is_one_and_a_negative_one_none() {
    let absent = replica_set("set").with(json!({ "spec": { "replicas": null } }));
    assert_eq!(created(&decided(&[absent])).len(), 1);
    assert_eq!(deleted(&decided(&[replica_set("set").replicas(-3), replica("a")])), ["a"]);
}

#[test]
fn of_a_deployment_it_makes_nothing_before_it_is_announced() {
    let set = replica_set("set").owned_by(Kind::WorkloadDeployment, "web");
    assert!(decided(&[deployment("web"), set.clone()]).effects.is_empty());
    for field in ["currentReplicaSet", "previousReplicaSet"] {
        let named = deployment("web").status(json!({ (field): { "name": "set" } }));
        assert_eq!(created(&decided(&[named, set.clone()])).len(), 1, "{field}");
    }
    let other = deployment("web").status(json!({ "currentReplicaSet": { "name": "other" } }));
    assert_eq!(created(&decided(&[other, set.replicas(2), replica("a")])).len(), 1, "one that has Workloads was");
}

#[test]
fn one_that_nobody_owns_works_on_its_own() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.apply(&replica_set("set").replicas(3));
    cluster.run();
    assert_eq!(cluster.running("web:1"), 3);
    assert_eq!(cluster.condition(Kind::WorkloadReplicaSet, "set", "Ready").0, "True");
    cluster.edit(Kind::WorkloadReplicaSet, "set", json!({ "spec": { "replicas": 1 } }));
    cluster.run();
    assert_eq!(cluster.running("web:1"), 1);
    cluster.delete(Kind::WorkloadReplicaSet, "set");
    cluster.run();
    assert!(cluster.running_images().is_empty() && cluster.all(Kind::Workload).is_empty());
}

#[test]
fn an_owner_that_is_gone_takes_it_along() {
    let set = replica_set("set").owned_by(Kind::WorkloadDeployment, "web").version(5);
    let mut world = world_of(&[deployment("web"), set], Instant::now());
    world.deleted(Kind::WorkloadDeployment, &ObjectKey::new(NAMESPACE, "web"), "uid-of-web");
    assert!(world.take_touched().contains(&Key::new(Kind::WorkloadReplicaSet, key())));
    let decision = decided_in(&world);
    let [Effect::Delete { kind: Kind::WorkloadReplicaSet, objects }] = &decision.effects[..] else {
        panic!("{decision:?}")
    };
    assert_eq!((objects[0].uid.as_str(), objects[0].resource_version.as_str()), ("uid-of-set", "5"));
}

#[test]
fn an_owner_that_is_not_known_is_read_before_anything_is_done() {
    let set = replica_set("set").owned_by(Kind::WorkloadDeployment, "web").replicas(0);
    let decision = decided(&[set, replica("a")]);
    assert!(
        matches!(&decision.effects[..], [Effect::ReadOwner { kind: Kind::WorkloadDeployment, .. }]),
        "{decision:?}"
    );
}

#[test]
fn one_that_is_ending_makes_nothing() {
    assert!(decided(&[replica_set("set").replicas(3).terminating()]).effects.is_empty());
}

fn status_of(decision: &Decision) -> &Value {
    match &decision.effects[..] {
        [Effect::Patch { patch, status: true, .. }] => &patch["status"],
        other => panic!("{other:?}"),
    }
}

#[test]
fn its_status_counts_and_repeats_the_hosts_words() {
    let failed = replica("b").status(json!({ "conditions": [
        { "type": "Config", "status": "True", "reason": "Available" },
        { "type": "Placement", "status": "False", "reason": "StartFailed", "message": "no such image" },
        { "type": "Ready", "status": "False", "reason": "StartFailed", "message": "no such image" },
    ] }));
    let decision = decided(&[replica_set("set").replicas(2), replica("a").on("1", true), failed]);
    let status = status_of(&decision);
    assert_eq!(status["replicas"], json!({ "expected": 2, "current": 2, "ready": 1, "unavailable": 1 }));
    let types: Vec<_> = status["conditions"].as_array().unwrap().iter().map(|c| c["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["ScaleUp", "ScaleDown", "Ready"]);
    let ready = &status["conditions"][2];
    assert_eq!((ready["status"].as_str(), ready["reason"].as_str()), (Some("False"), Some("StartFailed")));
    assert_eq!(ready["message"], "Workload b: no such image");
    assert_eq!(ready["observedGeneration"], 1);
}

#[test]
fn counters_that_are_zero_are_explicit_nulls() {
    let decision = decided(&[replica_set("set"), replica("a").on("1", true)]);
    let counts = status_of(&decision)["replicas"].as_object().unwrap();
    assert!(counts.contains_key("unavailable") && counts["unavailable"].is_null());
    assert_eq!(status_of(&decision)["conditions"][2]["status"], "True");
}

#[test]
fn a_status_that_says_the_same_is_not_written_again() {
    let first = decided(&[replica_set("set"), replica("a").on("1", true)]);
    let said = replica_set("set").status(status_of(&first).clone()).version(2);
    assert!(decided(&[said, replica("a").on("1", true)]).effects.is_empty());
}

#[test]
fn min_ready_seconds_of_the_deployment_hold_availability_back() {
    let web = deployment("web").setting("min-ready-seconds", "30");
    let set = replica_set("set").owned_by(Kind::WorkloadDeployment, "web");
    let world = world_of(&[web, set, replica("a").on("1", true)], Instant::now());
    let now = now();
    let observed = observe(&world, &key(), now.instant).unwrap();
    let decision = decide(&observed, now);
    assert_eq!(status_of(&decision)["replicas"]["unavailable"], 1);
    let wait = decision.next.unwrap() - now.instant;
    assert!((29..=31).contains(&wait.as_secs()), "{wait:?}");
    let later = Now { wall: wall().checked_add(Duration::from_secs(30)).unwrap(), ..now };
    assert_eq!(status_of(&decide(&observed, later))["replicas"]["unavailable"], Value::Null);
}

#[test]
fn late_news_makes_no_extra_workload_and_deletes_none_too_many() {
    for seed in 0..25 {
        let mut cluster = Simulation::with_hosts(2).in_disorder(seed);
        cluster.apply(&replica_set("set").replicas(4));
        cluster.run();
        for replicas in [7, 2, 5, 0, 3] {
            cluster.edit(Kind::WorkloadReplicaSet, "set", json!({ "spec": { "replicas": replicas } }));
            for _ in 0..seed {
                cluster.step();
            }
        }
        cluster.pass(10);
        assert_eq!((cluster.all(Kind::Workload).len(), cluster.running("web:1")), (3, 3), "seed {seed}");
    }
}

#[test]
fn a_stale_view_of_a_version_is_refused_and_not_deleted() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&replica_set("set").replicas(1));
    cluster.run();
    let name = cluster.only_workload()["metadata"]["name"].as_str().unwrap().to_owned();
    cluster.edit(Kind::WorkloadReplicaSet, "set", json!({ "spec": { "replicas": 0 } }));
    let stale = cluster.api.news.pop_back().unwrap();
    cluster.edit(Kind::Workload, &name, json!({ "metadata": { "ownerReferences": null } }));
    let orphaning = cluster.api.news.pop_back().unwrap();
    cluster.api.news.push_back(stale);
    cluster.run();
    assert_eq!(cluster.all(Kind::Workload).len(), 1, "it had become nobody's meanwhile");
    cluster.api.news.push_back(orphaning);
    cluster.pass(5);
    assert_eq!(cluster.all(Kind::Workload).len(), 1);
}

#[test]
fn many_made_at_once_are_spread_over_all_hosts() {
    for seed in 0..5 {
        let mut cluster = Simulation::with_hosts(4).in_disorder(seed);
        for number in 0..20 {
            cluster.apply(&deployment(&format!("web-{number}")).replicas(3));
        }
        cluster.pass(10);
        let mut counts: Vec<_> = cluster.hosts.values().map(|host| host.running.len()).collect();
        counts.sort_unstable();
        assert!(counts.iter().sum::<usize>() == 60 && counts[3] - counts[0] <= 1, "seed {seed}: {counts:?}");
    }
}

#[test]
fn one_that_is_brought_up_is_ready_when_it_has_all_that_its_deployment_asks_for() {
    let ready = |size: i32, replicas: i32| {
        let current = json!({ "currentReplicaSet": { "name": "set" } });
        let set = replica_set("set").owned_by(Kind::WorkloadDeployment, "web").replicas(size);
        let workloads = (0..size).map(|number| replica(&format!("w-{number}")).on("1", true));
        let web = deployment("web").replicas(replicas).status(current);
        let objects: Vec<_> = workloads.chain([web, set]).collect();
        let decision = decided(&objects);
        let [Effect::Patch { patch, status: true, .. }] = &decision.effects[..] else { panic!("{decision:?}") };
        let conditions = patch["status"]["conditions"].as_array().unwrap().clone();
        let ready = conditions.into_iter().find(|condition| condition["type"] == "Ready").unwrap();
        (ready["status"].as_str().unwrap().to_owned(), ready["message"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(ready(1, 3), ("Unknown".to_owned(), "1 of 3 replicas are ready".to_owned()));
    assert_eq!(ready(3, 3), ("True".to_owned(), String::new()));
}
