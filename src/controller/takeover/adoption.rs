//! Clusters as upstream's operator leaves them.

use std::collections::BTreeMap;

use super::*;
use crate::controller::effect::Effect;
use crate::controller::fixtures::{Answer, PULL_ERROR, dump};
use crate::controller::objects::ObjectKey;
use crate::hosts::wire::WorkloadState;

const HOSTS: [&str; 3] = ["host-id-0000", "host-id-0001", "host-id-0002"];

/// The dumped cluster, its Workloads that are well running where their status says.
fn taken_over(parts: &[&str]) -> Simulation {
    let mut cluster = Simulation::with_hosts(0);
    let host_objects: BTreeMap<_, _> =
        dump("ready-hosts").into_iter().map(|(_, host)| (host["hostId"].as_str().unwrap().to_owned(), host)).collect();
    for (kind, object) in parts.iter().flat_map(|part| dump(part)) {
        if kind == Kind::Workload && object["status"]["conditions"][4]["status"] == "True" {
            let id = object["status"]["hostId"].as_str().unwrap().to_owned();
            add(&mut cluster, &id, &host_objects[&id]);
            let image = object["spec"]["components"][0]["image"].as_str().unwrap().to_owned();
            let uid = object["metadata"]["uid"].as_str().unwrap().to_owned();
            cluster.host(&id).running.insert(uid, (image, WorkloadState::Running));
        }
        cluster.api.restore(kind, object);
    }
    for id in HOSTS {
        add(&mut cluster, id, &host_objects[id]);
    }
    let settings = cluster.api.config.sources.config_maps.entry("settings".to_owned()).or_default();
    settings.insert("B".to_owned(), "c".to_owned());
    cluster.done.clear();
    cluster.restart();
    cluster
}

fn add(cluster: &mut Simulation, id: &str, object: &Value) {
    if cluster.hosts.contains_key(id) {
        return;
    }
    cluster.add_host(id);
    let beat = &mut cluster.host(id).beat;
    beat.friendly_name = object["metadata"]["name"].as_str().unwrap().to_owned();
    beat.hostname = object["hostname"].as_str().unwrap().to_owned();
    beat.environment = object["environment"].as_str().unwrap().to_owned();
    beat.labels = serde_json::from_value(object["metadata"]["labels"].clone()).unwrap();
}

fn ready_cluster() -> Simulation {
    let parts =
        ["ready-artifacts", "ready-hosts", "ready-workloaddeployments", "ready-workloadreplicasets", "ready-workloads"];
    taken_over(&parts)
}

fn halfway_cluster() -> Simulation {
    let parts = ["ready-hosts", "halfway-workloaddeployments", "halfway-workloadreplicasets", "halfway-workloads"];
    let mut cluster = taken_over(&parts);
    let mut artifact = dump("ready-artifacts").remove(0).1;
    artifact["metadata"]["generation"] = json!(2);
    artifact["spec"]["image"] = json!("registry.example/acme/web:2.0");
    artifact["status"]["artifactUrl"] = json!("registry.example/acme/web:2.0");
    artifact["status"]["observedGeneration"] = json!(2);
    cluster.api.restore(Kind::Artifact, artifact);
    for host in cluster.hosts.values_mut() {
        let fails = Answer::Fails(PULL_ERROR.to_owned());
        host.answers.extend(std::iter::repeat_n(fails, 1_000));
    }
    cluster.restart();
    cluster
}

/// How many replicas of any image ran at the worst moment.
fn fewest(cluster: &Simulation) -> usize {
    cluster.moments.iter().map(|images| images.values().sum()).min().unwrap_or_default()
}

fn web(cluster: &Simulation) -> &Value {
    cluster.all(Kind::WorkloadDeployment)[0]
}

#[test]
fn a_healthy_cluster_is_taken_over_without_a_start_a_stop_or_a_deletion() {
    let mut cluster = ready_cluster();
    cluster.pass(900);
    assert_eq!(cluster.starts(), Vec::<String>::new());
    assert_eq!(cluster.stops(), Vec::<String>::new());
    for kind in Kind::ALL {
        assert!(cluster.deletions(kind).is_empty(), "{kind:?}");
    }
    let created = cluster.done.iter().filter(|effect| matches!(effect, Effect::Create { .. })).count();
    assert_eq!(created, 0, "{:#?}", cluster.done);
    assert_eq!(cluster.running("registry.example/acme/web:1.0"), 2);
    let status = &web(&cluster)["status"];
    assert_eq!(status["currentReplicaSet"]["name"], "web-588468bfbf");
    assert_eq!(status["conditions"][4]["status"], "True");
    assert!(status["conditions"].as_array().unwrap().iter().all(|c| c["observedGeneration"] == 1));
    let set = &cluster.all(Kind::WorkloadReplicaSet)[0];
    assert_eq!(set["spec"], dump("ready-workloadreplicasets")[0].1["spec"], "its spec is as it was");
}

#[test]
fn a_host_that_died_meanwhile_loses_its_workloads_to_the_others() {
    let mut cluster = ready_cluster();
    cluster.hosts.remove("host-id-0002");
    cluster.restart();
    cluster.pass(200);
    assert_eq!(cluster.running("registry.example/acme/web:1.0"), 2);
    assert_eq!(cluster.all(Kind::Workload).len(), 2, "the same objects, elsewhere");
    assert_eq!(cluster.deletions(Kind::Workload), Vec::<String>::new());
    assert_eq!(web(&cluster)["status"]["conditions"][4]["status"], "True");
}

#[test]
fn a_rollout_that_upstream_left_halfway_keeps_the_healthy_replicas() {
    let mut cluster = halfway_cluster();
    cluster.pass(900);
    assert_eq!(cluster.running("registry.example/acme/web:1.0"), 2);
    let healthy = ["25816bed-5b6b-4a63-8af8-0b73d5bbb626", "9e7f3ee5-8808-43ae-a11e-3264558569f7"];
    assert!(cluster.stops().iter().all(|id| !healthy.contains(&id.as_str())));
    let ready = &web(&cluster)["status"]["conditions"][4];
    assert_eq!(ready["status"], "False");
    assert!(ready["message"].as_str().unwrap().contains(PULL_ERROR), "{ready}");
    assert_eq!(web(&cluster)["status"]["previousReplicaSet"]["name"], "web-588468bfbf");
}

#[test]
fn a_rollout_that_upstream_left_halfway_ends_once_the_image_is_there() {
    let mut cluster = halfway_cluster();
    cluster.pass(60);
    for host in cluster.hosts.values_mut() {
        host.answers.clear();
    }
    cluster.moments.clear();
    cluster.pass(400);
    assert!(fewest(&cluster) >= 2);
    assert_eq!(cluster.running("registry.example/acme/web:2.0"), 2);
    assert_eq!(cluster.running("registry.example/acme/web:1.0"), 0);
    assert_eq!(web(&cluster)["status"]["conditions"][4]["status"], "True");
}

#[test]
fn rule_16_labels_that_a_template_got_under_upstream_are_the_baseline_and_from_then_on_they_count() {
    let mut cluster = ready_cluster();
    let key = ObjectKey::new("team-a", "web");
    let label = |value: &str| json!({ "spec": { "template": { "labels": { "app": value } } } });
    cluster.api.patch(Kind::WorkloadDeployment, &key, &label("later"), false).unwrap();
    cluster.restart();
    cluster.pass(900);
    assert_eq!((cluster.starts(), cluster.stops()), (vec![], vec![]), "nothing rolls for what upstream did not roll");
    cluster.api.patch(Kind::WorkloadDeployment, &key, &label("now"), false).unwrap();
    cluster.pass(60);
    assert_eq!(cluster.running("registry.example/acme/web:1.0"), 2);
    assert!(cluster.all(Kind::Workload).iter().all(|workload| workload["metadata"]["labels"]["app"] == "now"));
}

#[test]
fn rule_4_counters_that_upstream_left_are_taken_away_when_they_are_zero() {
    let mut cluster = halfway_cluster();
    for host in cluster.hosts.values_mut() {
        host.answers.clear();
    }
    cluster.pass(400);
    let status = &web(&cluster)["status"];
    assert_eq!(status["replicas"], json!({ "expected": 2, "current": 2, "ready": 2 }));
    assert!(status["previousReplicaSet"].is_null());
}

#[test]
fn what_upstream_left_is_judged_well_from_the_first_moment() {
    for mut cluster in [ready_cluster(), halfway_cluster()] {
        cluster.pass(30);
        pass_judged(&mut cluster, 300);
    }
}
