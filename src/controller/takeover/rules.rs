//! The take-over rules that hold at all times, one by one; those of a release are in `released`.

use super::*;
use crate::controller::effect::Effect;
use crate::controller::fixtures::{Answer, Link, NAMESPACE, PULL_ERROR, SYSTEM, artifact, workload};
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
fn rule_4_the_previous_replica_set_is_named_in_a_rollout_alone_and_never_as_the_current_one_too() {
    let mut cluster = rolled_out(3);
    assert!(status(&cluster, Kind::WorkloadDeployment, "web")["previousReplicaSet"].is_null());
    roll(&mut cluster, "web:2");
    cluster.until(|cluster| cluster.running("web:2") == 1);
    let old = cluster.set_of("web:1")["metadata"]["name"].clone();
    assert_eq!(status(&cluster, Kind::WorkloadDeployment, "web")["previousReplicaSet"]["name"], old);
    roll(&mut cluster, "web:1");
    cluster.pass(60);
    let said: Vec<_> = cluster.status_patches(Kind::WorkloadDeployment);
    let both = |status: &&&Value| {
        let name = |field: &str| status[field]["name"].as_str().map(str::to_owned);
        name("currentReplicaSet").is_some() && name("currentReplicaSet") == name("previousReplicaSet")
    };
    assert_eq!(said.iter().filter(both).count(), 0, "{said:#?}");
    let last = said.last().unwrap();
    assert_eq!(last.get("previousReplicaSet"), Some(&Value::Null), "a null, for what another manager owns: {last:#}");
    assert_eq!(last["replicas"].get("unavailable"), Some(&Value::Null), "{last:#}");
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
fn rule_7_a_crash_in_mid_rollout_leaves_the_old_replica_set_named_and_whole_enough() {
    for steps in (0..60).step_by(3) {
        let mut cluster = rolled_out(4);
        cluster.moments.clear();
        roll(&mut cluster, "web:2");
        for _ in 0..steps {
            cluster.step();
        }
        cluster.restart();
        cluster.pass(120);
        assert_eq!(cluster.running_images(), [("web:2".to_owned(), 4)].into(), "a crash at step {steps}");
        assert!(cluster.moments.iter().all(|images| images.values().sum::<usize>() >= 3), "maxUnavailable is 1");
    }
}

#[test]
fn rule_8_a_crash_in_the_middle_of_a_start_ends_with_it_running_once() {
    let mut cluster = Simulation::with_hosts(3);
    cluster.apply(&deployment("web").replicas(2));
    cluster.until(|cluster| cluster.core.world.starts.total() == 2);
    cluster.restart();
    // Upstream's operator gave one of them to another host.
    let uid = cluster.all(Kind::Workload)[0]["metadata"]["uid"].as_str().unwrap().to_owned();
    let name = cluster.all(Kind::Workload)[0]["metadata"]["name"].as_str().unwrap().to_owned();
    let first = cluster.place_of(&uid).unwrap().to_owned();
    let second = ["1", "2", "3"].into_iter().find(|id| *id != first).unwrap();
    cluster.host(second).running.insert(uid.clone(), ("web:1".to_owned(), WorkloadState::Running));
    cluster.edit_status(Kind::Workload, &name, json!({ "hostId": second, "workloadId": uid }));
    cluster.restart();
    cluster.pass(700);
    assert!(cluster.running_twice().is_empty());
    assert_eq!(cluster.running("web:1"), 2);
    assert_eq!(cluster.place_of(&uid), Some(second));
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
    cluster.host("1").answers.push_back(Answer::RunsUnheard);
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
fn rule_9_one_deleted_while_its_first_start_is_on_its_way_is_on_record_before_the_answer() {
    for answer in [Answer::Runs, Answer::Starts, Answer::GetsLost, Answer::RunsUnheard, Answer::Fails("no".to_owned())]
    {
        let mut cluster = Simulation::with_hosts(1);
        cluster.host("1").answers.push_back(answer.clone());
        cluster.apply(&workload("lone"));
        cluster.until(|cluster| cluster.core.world.starts.total() == 1);
        let uid = cluster.only_workload()["metadata"]["uid"].clone();
        cluster.while_starting(|cluster| {
            assert!(cluster.only_workload()["status"].is_null());
            cluster.delete(Kind::Workload, "lone");
            cluster.run();
            let status = status(cluster, Kind::Workload, "lone");
            assert_eq!((&status["hostId"], &status["workloadId"]), (&json!("1"), &uid), "{answer:?}");
            assert!(conditions(status, "Placement").any(|placement| placement["status"] == "True"), "{status:#}");
            assert!(conditions(status, "Ready").all(|ready| ready["status"] != "True"), "{status:#}");
            let writes = cluster.status_patches(Kind::Workload).len();
            cluster.pass(50);
            assert_eq!(cluster.status_patches(Kind::Workload).len(), writes, "once is enough");
        });
        cluster.restart();
        let findings = after_a_crash(&cluster);
        assert!(findings.is_empty(), "{answer:?}: {findings:#?}");
        cluster.pass(120);
        assert!(cluster.all(Kind::Workload).is_empty() && cluster.running_images().is_empty(), "{answer:?}");
    }
}

#[test]
fn rule_9_what_is_deleted_in_the_middle_of_its_start_is_stopped_when_the_answer_comes() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&workload("lone"));
    cluster.until(|cluster| cluster.core.world.starts.total() == 1);
    cluster.while_starting(|cluster| {
        cluster.delete(Kind::Workload, "lone");
        cluster.run();
    });
    cluster.pass(30);
    assert!(cluster.all(Kind::Workload).is_empty() && cluster.running_images().is_empty());
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
fn rule_11_what_an_artifact_says_is_written_together_before_its_rollout_and_never_blanked() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&artifact("web", "web:1"));
    let uses = json!({ "spec": { "artifacts": [{ "name": "web", "artifactFrom": { "name": "web" } }] } });
    cluster.apply(&deployment("web").image("artifact://web").with(uses));
    cluster.pass(10);
    cluster.edit(Kind::Artifact, "web", json!({ "spec": { "image": "web:2" } }));
    cluster.pass(30);
    cluster.edit(Kind::Artifact, "web", json!({ "spec": { "image": "" } }));
    cluster.pass(30);
    let said = cluster.status_patches(Kind::Artifact);
    assert!(said.len() >= 2, "{said:#?}");
    for status in &said {
        let url = status.get("artifactUrl");
        assert!(url.is_none_or(|url| url.as_str().is_some_and(|url| !url.is_empty())), "{status:#}");
        let published = conditions(status, "Published").any(|published| published["status"] == "True");
        assert!(!published || (url.is_some() && status["observedGeneration"].is_i64()), "{status:#}");
    }
    let at = |so: &dyn Fn(&Effect) -> bool| cluster.done.iter().position(so).unwrap();
    let published = at(
        &|effect| matches!(effect, Effect::Patch { kind: Kind::Artifact, patch, .. } if patch["status"]["artifactUrl"] == "web:2"),
    );
    let used = at(&|effect| {
        matches!(effect, Effect::Create { kind: Kind::WorkloadReplicaSet, objects }
            if objects[0].to_string().contains("web:2"))
    });
    assert!(published < used);
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
fn rule_14_what_a_host_reports_is_applied_whole_as_upstream_applies_it_and_nothing_else_is() {
    let mut cluster = Simulation::with_hosts(0);
    cluster.add_host("1");
    cluster.pass(60);
    cluster.host("1").beat.labels = [("zone".to_owned(), "z1".to_owned())].into();
    cluster.host("1").beat.version = "9".to_owned();
    cluster.pass(60);
    cluster.host("1").link = Link::Gone;
    cluster.pass(120);
    let applied = |of_status: bool| {
        let whole = move |effect: &Effect| match effect {
            Effect::Apply { kind: Kind::Host, object, status, .. } if *status == of_status => Some(object.clone()),
            _ => None,
        };
        cluster.done.iter().filter_map(whole).collect::<Vec<_>>()
    };
    let fields = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for object in applied(false) {
        assert_eq!(
            fields(&object),
            ["apiVersion", "environment", "hostId", "hostname", "httpPort", "kind", "metadata"]
        );
        assert!(object["metadata"].get("annotations").is_none() && object["metadata"].get("finalizers").is_none());
    }
    assert_eq!(applied(false).len(), 2);
    let whole = fields(&applied(true)[0]["status"]);
    assert!(applied(true).len() > 3 && applied(true).iter().all(|object| fields(&object["status"]) == whole));
    assert!(!whole.contains(&"conditions".to_owned()), "upstream's operator would take them away");
    let owned = |status: &&&Value| fields(status) != ["conditions"];
    let patched = cluster.status_patches(Kind::Host);
    assert_eq!(patched.iter().filter(owned).count(), 0, "what both say only one owns: {patched:#?}");
    assert_eq!(cluster.get(Kind::Host, "host-1")["metadata"]["labels"], json!({ "zone": "z1" }));
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
    assert!(cluster.starts().is_empty() && cluster.running_twice().is_empty());
    assert_eq!(cluster.place_of(&workloads(&cluster)[0].0), Some(host.as_str()));
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
