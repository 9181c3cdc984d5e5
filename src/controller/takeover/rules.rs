//! The take-over rules that hold at all times, one by one; those of a release are in `released`.

use super::*;
use crate::controller::effect::Effect;
use crate::controller::fixtures::{Link, NAMESPACE, PULL_ERROR, SYSTEM, artifact};
use crate::controller::objects::ObjectKey;
use crate::hosts::wire::WorkloadState;

fn conditions<'s>(status: &'s Value, type_: &str) -> impl Iterator<Item = &'s Value> {
    status["conditions"].as_array().into_iter().flatten().filter(move |condition| condition["type"] == type_)
}

fn seconds_since(cluster: &Simulation, time: &Value) -> i64 {
    cluster.now().wall.as_second() - time.as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_second()
}

fn only_workload(cluster: &Simulation) -> String {
    cluster.only_workload()["metadata"]["name"].as_str().unwrap().to_owned()
}

#[test]
fn rule_1_ready_of_a_host_is_never_false_and_what_is_moved_off_it_names_it_no_more() {
    let mut cluster = rolled_out(6);
    cluster.host("1").link = Link::Gone;
    cluster.pass(300);
    let said: Vec<_> = cluster.status_patches(Kind::Host);
    assert!(said.iter().flat_map(|status| conditions(status, "Ready")).any(|ready| ready["status"] == "Unknown"));
    let all = said.iter().flat_map(|status| status["conditions"].as_array().into_iter().flatten());
    assert!(all.into_iter().all(|condition| condition["status"] != "False"));
    assert!(cluster.all(Kind::Workload).iter().all(|workload| workload["status"]["hostId"] != "1"));
}

#[test]
fn rule_1_the_finalizer_of_a_host_goes_before_it_is_deleted() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.host("1").link = Link::Gone;
    cluster.pass(900);
    let about = |effect: &&Effect| match effect {
        Effect::Patch { kind: Kind::Host, patch, .. } => patch["metadata"]["finalizers"].is_array(),
        Effect::Delete { kind: Kind::Host, .. } => true,
        _ => false,
    };
    let order: Vec<_> = cluster.done.iter().filter(about).map(|e| matches!(e, Effect::Delete { .. })).collect();
    assert_eq!(order, [false, true]);
}

#[test]
fn rule_2_last_seen_is_set_at_once_and_at_most_40_seconds_old_while_the_host_reports() {
    let mut cluster = Simulation::with_hosts(3);
    cluster.add_host("4");
    cluster.run();
    for _ in 0..600 {
        cluster.pass(1);
        for host in cluster.all(Kind::Host) {
            assert!(seconds_since(&cluster, &host["status"]["lastSeen"]) <= 40, "{host:#}");
        }
    }
}

#[test]
fn rule_3_a_template_is_the_deployments_with_artifacts_and_the_service_and_nothing_else() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&artifact("web", "registry.example/web:1"));
    let spec = json!({ "spec": { "artifacts": [{ "name": "it", "artifactFrom": { "name": "web" } }],
        "kubernetes": { "service": { "name": "front" } }, "template": { "labels": { "app": "web" } } } });
    cluster.apply(&deployment("web").image("artifact://it").with(spec));
    cluster.pass(10);
    let wanted = json!({ "components": [{ "name": "http", "image": "registry.example/web:1" }],
        "kubernetes": { "service": { "name": "front" } } });
    let set = cluster.all(Kind::WorkloadReplicaSet)[0];
    assert_eq!(set["spec"]["template"], json!({ "labels": { "app": "web" }, "spec": wanted }));
    let generation =
        &cluster.only_workload()["metadata"]["annotations"]["runtime.wasmcloud.dev/workload-replica-set-generation"];
    assert_eq!(generation.as_str().unwrap(), crate::api::template_hash_of_value(&wanted).unwrap());
}

#[test]
fn rule_5_one_that_is_gone_back_to_is_named_before_it_has_workloads() {
    let mut cluster = rolled_out(3);
    roll(&mut cluster, "web:2");
    cluster.pass(60);
    roll(&mut cluster, "web:1");
    let again = cluster.set_of("web:1")["metadata"]["name"].clone();
    cluster.until(|cluster| cluster.sizes()["web:1"] > 0);
    assert_eq!(status(&cluster, Kind::WorkloadDeployment, "web")["currentReplicaSet"]["name"], again);
}

#[test]
fn rule_6_replicas_are_explicit_though_the_deployment_does_not_say() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&deployment("web").with(json!({ "spec": { "replicas": null } })));
    cluster.pass(10);
    assert_eq!(cluster.all(Kind::WorkloadReplicaSet)[0]["spec"]["replicas"], 1);
}

#[test]
fn rule_9_a_terminating_workload_is_on_record_as_placed_until_it_is_stopped() {
    let mut cluster = rolled_out(1);
    let name = only_workload(&cluster);
    let uid = cluster.only_workload()["metadata"]["uid"].clone();
    let host = cluster.place_of(uid.as_str().unwrap()).unwrap().to_owned();
    cluster.host(&host).link = Link::Mute;
    cluster.delete(Kind::Workload, &name);
    cluster.pass(30);
    let status = status(&cluster, Kind::Workload, &name);
    assert_eq!((&status["hostId"], &status["workloadId"]), (&json!(host), &uid));
    assert!(conditions(status, "Placement").all(|placement| placement["status"] == "True"));
}

#[test]
fn rule_9_one_that_failed_to_start_gets_its_placement_while_nobody_knows_whether_it_runs() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.host("1").answers.push_back(crate::controller::fixtures::Answer::RunsUnheard);
    cluster.apply(&deployment("web"));
    cluster.until(|cluster| cluster.running("web:1") == 1 && !cluster.only_workload()["status"]["hostId"].is_null());
    cluster.host("1").link = Link::Mute;
    let name = only_workload(&cluster);
    cluster.delete(Kind::Workload, &name);
    cluster.pass(20);
    let status = status(&cluster, Kind::Workload, &name);
    assert!(conditions(status, "Placement").all(|placement| placement["status"] == "True"), "{status:#}");
    assert!(conditions(status, "Ready").all(|ready| ready["status"] != "True"));
    assert_eq!(status["hostId"], "1");
}

#[test]
fn rule_10_there_is_nothing_to_count_a_grace_from_while_sync_is_not_true() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&deployment("web").image("bad:1"));
    cluster.pass(120);
    let mut words = Vec::new();
    for (link, image) in [(Link::Up, "bad:1"), (Link::Gone, "web:1")] {
        cluster.host("1").link = link;
        roll(&mut cluster, image);
        cluster.pass(200);
        for workload in cluster.all(Kind::Workload) {
            let sync = conditions(&workload["status"], "Sync").next().unwrap();
            assert!(sync["status"] != "True" && sync["lastTransitionTime"].is_null(), "{workload:#}");
            words.extend(conditions(&workload["status"], "Ready").map(|ready| ready["message"].to_string()));
        }
    }
    assert!(words.iter().any(|words| words.contains(&PULL_ERROR[..20])), "{words:?}");
}

#[test]
fn rule_12_history_is_not_controlled_and_what_is_gone_back_to_is() {
    let mut cluster = rolled_out(2);
    let controlled = |cluster: &Simulation, image: &str| {
        cluster.set_of(image)["metadata"]["ownerReferences"][0]["controller"] == true
    };
    roll(&mut cluster, "web:2");
    cluster.pass(60);
    assert!(!controlled(&cluster, "web:1") && controlled(&cluster, "web:2"));
    roll(&mut cluster, "web:1");
    cluster.pass(60);
    assert!(controlled(&cluster, "web:1") && !controlled(&cluster, "web:2"));
}

#[test]
fn rule_13_a_deployment_is_annotated_by_its_user_alone() {
    let mut cluster = rolled_out_as(&deployment("web").setting("max-surge", "1"));
    let before = cluster.get(Kind::WorkloadDeployment, "web")["metadata"]["annotations"].clone();
    roll(&mut cluster, "web:2");
    cluster.pass(60);
    assert_eq!(cluster.get(Kind::WorkloadDeployment, "web")["metadata"]["annotations"], before);
}

#[test]
fn rule_14_labels_of_a_host_are_those_it_reports_and_a_cordon_stays() {
    let mut cluster = Simulation::with_hosts(1);
    let cordon = json!({ "runtime.wasmcloud.dev/unschedulable": "true" });
    let by_hand = json!({ "metadata": { "labels": { "mine": "x", "hostgroup": null }, "annotations": cordon } });
    cluster.edit(Kind::Host, "host-1", by_hand);
    cluster.pass(20);
    cluster.host("1").beat.labels.insert("zone".to_owned(), "z9".to_owned());
    cluster.pass(20);
    let metadata = &cluster.get(Kind::Host, "host-1")["metadata"];
    assert_eq!(metadata["labels"], json!({ "hostgroup": "default", "zone": "z9" }));
    assert_eq!(metadata["annotations"], cordon);
}

#[test]
fn rule_17_a_host_id_outranks_the_assigned_host_and_that_host_is_asked_first() {
    let mut cluster = rolled_out(1);
    let name = only_workload(&cluster);
    let host = cluster.only_workload()["status"]["hostId"].as_str().unwrap().to_owned();
    let other = if host == "1" { "2" } else { "1" };
    let assigned = json!({ "metadata": { "annotations": { "runtime.wasmcloud.dev/assigned-host": other } } });
    cluster.edit(Kind::Workload, &name, assigned);
    cluster.edit_status(Kind::Workload, &name, json!({ "workloadId": null }));
    cluster.restart();
    cluster.done.clear();
    cluster.pass(60);
    assert_eq!((cluster.starts(), cluster.stops()), (vec![], vec![]));
    let asked = cluster.done.iter().find_map(|effect| match effect {
        Effect::Ask { host, .. } => Some(host.clone()),
        _ => None,
    });
    assert_eq!(asked, Some(host));
    let uid = cluster.only_workload()["metadata"]["uid"].clone();
    assert_eq!(status(&cluster, Kind::Workload, &name)["workloadId"], uid);
}

#[test]
fn rule_18_upstreams_finalizer_goes_off_live_and_terminating_pods_and_none_is_put_on() {
    let mut cluster = Simulation::with_hosts(2);
    let pod = |id: &str| ObjectKey::new(SYSTEM, &format!("pod-{id}"));
    for id in ["1", "2"] {
        cluster.pods.run(&pod(id), &format!("10.0.0.{id}"));
        let held = json!({ "metadata": { "finalizers": ["runtime.wasmcloud.dev/pod-host-finalizer"] } });
        cluster.pods.edit(&pod(id), &held);
    }
    cluster.pods.terminate(&pod("2"));
    cluster.pods.end(&pod("2"));
    while cluster.take_news() {}
    assert_eq!(cluster.pods.writes, 0, "nobody was in charge yet");
    cluster.pass(5);
    assert!(cluster.pods.get(&pod("1")).is_some() && !cluster.pods.is_held(&pod("1")));
    assert!(cluster.pods.get(&pod("2")).is_none(), "it hangs no more");
    assert_eq!(cluster.pods.writes, 2);
}

#[test]
fn rule_18_while_it_puts_them_back_there_is_no_fight_and_none_hangs_once_it_is_gone() {
    let mut cluster = Simulation::with_hosts(1);
    let pod = ObjectKey::new(SYSTEM, "pod-1");
    cluster.pods.run(&pod, "10.0.0.1");
    for _ in 0..3_600 {
        if !cluster.pods.is_held(&pod) {
            cluster.pods.hold(&pod);
        }
        cluster.pass(1);
    }
    assert!((2..25).contains(&cluster.pods.writes), "{}", cluster.pods.writes);
    cluster.pods.terminate(&pod);
    cluster.pass(301);
    assert!(!cluster.pods.is_held(&pod), "in the end nobody puts it back");
}

#[test]
fn rule_19_a_host_that_reports_a_name_is_where_its_pod_is() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.pods.run(&ObjectKey::new(SYSTEM, "host-pod"), "10.7.0.1");
    cluster.host("1").beat.hostname = "host-pod".to_owned();
    cluster.discovery.add_service(&ObjectKey::new(NAMESPACE, "front"));
    let front = json!({ "spec": { "kubernetes": { "service": { "name": "front" } } } });
    cluster.apply(&deployment("web").with(front));
    cluster.pass(20);
    let slice = cluster.discovery.slices().next().unwrap();
    assert_eq!(slice["endpoints"][0]["addresses"], json!(["10.7.0.1"]));
    assert_eq!(cluster.get(Kind::Host, "host-1")["hostname"], "host-pod", "as it would write it");
}

#[test]
fn rule_19_unknown_systems_and_loads_of_zero_are_placeholders() {
    let mut cluster = Simulation::with_hosts(2);
    for name in ["host-1", "host-2"] {
        let status = &cluster.get(Kind::Host, name)["status"];
        for field in ["osName", "osArch", "osKernel"] {
            assert_eq!(status[field], "unknown");
        }
        assert_eq!((&status["systemCPUUsage"], &status["systemMemoryTotal"]), (&json!("0.00"), &json!(0)));
    }
    // Memory in use would be 0 or 100 percent, were it no placeholder.
    let known = &mut cluster.host("2").beat;
    (known.system_memory_total, known.system_memory_free) = (100, 50);
    cluster.beat("2");
    cluster.apply(&deployment("web").replicas(4));
    cluster.pass(5);
    assert_eq!((cluster.hosts["1"].running.len(), cluster.hosts["2"].running.len()), (2, 2));
}

#[test]
fn rule_17_what_has_completed_is_ready() {
    let mut cluster = rolled_out(1);
    let uid = cluster.only_workload()["metadata"]["uid"].as_str().unwrap().to_owned();
    let host = cluster.place_of(&uid).unwrap().to_owned();
    cluster.host(&host).running.insert(uid.clone(), ("web:1".to_owned(), WorkloadState::Completed));
    cluster.restart();
    cluster.pass(700);
    assert!(!cluster.starts().contains(&uid));
    assert_eq!(cluster.condition(Kind::WorkloadDeployment, "web", "Ready").0, "True");
}
