//! A replica set nobody owns follows its template by itself.

use super::*;
use crate::controller::fixtures::{Answer, PULL_ERROR};

fn lone(replicas: i32) -> Simulation {
    let mut cluster = Simulation::with_hosts(3);
    cluster.apply(&replica_set("set").replicas(replicas));
    cluster.run();
    cluster.done.clear();
    cluster.moments.clear();
    cluster
}

fn edit(cluster: &mut Simulation, template: Value) {
    cluster.edit(Kind::WorkloadReplicaSet, "set", json!({ "spec": { "template": template } }));
}

fn image(image: &str) -> Value {
    json!({ "spec": { "components": [{ "name": "http", "image": image }] } })
}

fn ready(cluster: &Simulation) -> (String, String) {
    let (status, _, message) = cluster.condition(Kind::WorkloadReplicaSet, "set", "Ready");
    (status, message)
}

fn fewest(cluster: &Simulation) -> usize {
    cluster.moments.iter().map(|images| images.values().sum()).min().unwrap_or_default()
}

#[test]
fn its_workloads_are_replaced_one_at_a_time_each_when_the_one_before_is_ready() {
    let mut cluster = lone(3);
    edit(&mut cluster, image("web:2"));
    let mut most = 0;
    while cluster.step() {
        most = most.max(cluster.all(Kind::Workload).len());
        let set = cluster.get(Kind::WorkloadReplicaSet, "set");
        let said = set["status"]["conditions"].as_array().unwrap().iter().find(|c| c["type"] == "Ready").unwrap();
        if said["status"] == "True" && said["observedGeneration"] == set["metadata"]["generation"] {
            assert_eq!((cluster.running("web:1"), cluster.running("web:2")), (0, 3), "not before all are new");
        }
    }
    assert_eq!(cluster.running_images(), [("web:2".to_owned(), 3)].into());
    assert_eq!((most, fewest(&cluster)), (4, 3), "one more at most, and never one fewer: {:?}", cluster.moments);
    assert_eq!(ready(&cluster).0, "True");
    assert_eq!((cluster.starts().len(), cluster.stops().len()), (3, 3));
    cluster.done.clear();
    cluster.pass(100);
    assert!(cluster.deletions(Kind::Workload).is_empty());
}

#[test]
fn one_that_does_not_become_ready_holds_the_others_back_until_it_is_replaced_too() {
    let mut cluster = lone(3);
    edit(&mut cluster, image("web:bad"));
    cluster.pass(200);
    assert_eq!((cluster.running("web:1"), cluster.all(Kind::Workload).len()), (3, 4));
    let (status, message) = ready(&cluster);
    assert_eq!(status, "False");
    assert!(message.contains(PULL_ERROR), "{message}");
    edit(&mut cluster, image("web:3"));
    cluster.pass(60);
    assert!(fewest(&cluster) >= 3, "{:?}", cluster.moments);
    assert_eq!(cluster.running_images(), [("web:3".to_owned(), 3)].into());
}

#[test]
fn while_it_rolls_it_can_be_scaled() {
    for replicas in [0, 1, 2, 6] {
        let mut cluster = lone(3);
        for host in cluster.hosts.values_mut() {
            host.answers.extend(std::iter::repeat_n(Answer::GetsLost, 1));
        }
        edit(&mut cluster, image("web:2"));
        for _ in 0..10 {
            cluster.step();
        }
        cluster.edit(Kind::WorkloadReplicaSet, "set", json!({ "spec": { "replicas": replicas } }));
        cluster.pass(600);
        let expected = usize::try_from(replicas).unwrap();
        assert_eq!((cluster.running("web:2"), cluster.running("web:1")), (expected, 0), "{replicas}");
        assert_eq!(cluster.all(Kind::Workload).len(), expected);
    }
}

#[test]
fn labels_and_annotations_of_the_template_roll_it_too() {
    let mut cluster = lone(2);
    edit(&mut cluster, json!({ "labels": { "tier": "front" } }));
    cluster.run();
    let labels = |cluster: &Simulation| -> Vec<Value> {
        cluster.all(Kind::Workload).iter().map(|workload| workload["metadata"]["labels"]["tier"].clone()).collect()
    };
    assert_eq!(labels(&cluster), ["front", "front"]);
    edit(&mut cluster, json!({ "labels": { "tier": null }, "annotations": { "note": "x" } }));
    cluster.run();
    assert_eq!(labels(&cluster), [Value::Null, Value::Null], "also when one is taken away");
    assert!(cluster.all(Kind::Workload).iter().all(|workload| workload["metadata"]["annotations"]["note"] == "x"));
}

#[test]
fn what_others_change_on_a_workload_rolls_nothing() {
    let mut cluster = lone(1);
    edit(&mut cluster, json!({ "labels": { "tier": "front" } }));
    cluster.run();
    let name = cluster.only_workload()["metadata"]["name"].as_str().unwrap().to_owned();
    cluster.done.clear();
    cluster.edit(Kind::Workload, &name, json!({ "metadata": { "labels": { "tier": "back", "more": "x" } } }));
    cluster.pass(60);
    assert!(cluster.deletions(Kind::Workload).is_empty() && cluster.starts().is_empty());
}

/// Made by upstream's operator, or by us for a deployment: nothing says of what labels and annotations they were made.
#[test]
fn workloads_that_do_not_say_what_they_were_made_from_are_judged_by_their_spec() {
    let set = || replica_set("set").with(json!({ "spec": { "template": { "labels": { "a": "b" } } } }));
    let hash = |of: &str| {
        let spec: crate::api::WorkloadSpec = serde_json::from_value(image(of)["spec"].clone()).unwrap();
        crate::api::template_hash(&spec)
    };
    let made = |hash: &str| replica("a").on("1", true).annotated(annotation::WORKLOAD_REPLICA_SET_GENERATION, hash);
    let rolls = |objects: &[Object]| {
        let decision = decided(objects);
        decision.effects.iter().any(|effect| matches!(effect, Effect::Create { .. } | Effect::Delete { .. }))
    };
    assert!(!rolls(&[set(), made(&hash("web:1"))]));
    assert!(!rolls(&[set(), made("of-another-version")]), "its spec is the template's all the same");
    assert!(!rolls(&[set(), replica("a").on("1", true)]));
    assert!(rolls(&[set(), made(&hash("web:0")).with(image("web:0"))]));
}

#[test]
fn one_that_a_deployment_owns_leaves_that_to_it() {
    let set = replica_set("set").owned_by(Kind::WorkloadDeployment, "web").image("web:2");
    let decision = decided(&[deployment("web"), set, replica("a").on("1", true)]);
    assert!(decision.effects.iter().all(|effect| matches!(effect, Effect::Patch { status: true, .. })), "{decision:?}");
}

#[test]
fn late_news_does_not_make_it_roll_wrongly() {
    for seed in 0..12 {
        let mut cluster = Simulation::with_hosts(2).in_disorder(seed);
        cluster.apply(&replica_set("set").replicas(3));
        cluster.run();
        for version in ["web:2", "web:3", "web:1", "web:4"] {
            edit(&mut cluster, image(version));
            for _ in 0..seed * 3 {
                cluster.step();
            }
        }
        cluster.pass(60);
        assert_eq!(cluster.running_images(), [("web:4".to_owned(), 3)].into(), "seed {seed}");
        assert_eq!(cluster.all(Kind::Workload).len(), 3, "seed {seed}");
    }
}
