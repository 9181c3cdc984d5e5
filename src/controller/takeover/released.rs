//! After an orderly release upstream's operator finds all as it needs it, and a controller of ours does too.

use super::*;
use crate::controller::fixtures::{Answer, Link};

fn released(cluster: &mut Simulation) -> Vec<String> {
    let words = cluster.release();
    let findings: Vec<_> = judge(cluster).iter().map(ToString::to_string).collect();
    assert!(findings.is_empty(), "{findings:#?} after {words:#?}");
    assert_eq!(cluster.release(), Vec::<String>::new(), "once is enough");
    words
}

#[test]
fn rule_2_a_cluster_at_rest_needs_nothing_but_fresh_hosts_and_is_taken_over_untouched() {
    let mut cluster = rolled_out(5);
    cluster.pass(1_000);
    let before = workloads(&cluster);
    let words = released(&mut cluster);
    assert!(words.iter().all(|words| words.starts_with("Host ")), "{words:?}");
    cluster.done.clear();
    cluster.restart();
    cluster.pass(900);
    assert_eq!(workloads(&cluster), before);
    assert_eq!((cluster.starts(), cluster.stops()), (vec![], vec![]));
    assert!(Kind::ALL.into_iter().all(|kind| cluster.deletions(kind).is_empty()));
    assert!(cluster.status_patches(Kind::Workload).is_empty(), "not one Workload was written to");
}

#[test]
fn a_rollout_is_released_at_every_step_and_goes_on() {
    for steps in (0..70).step_by(4) {
        let mut cluster = rolled_out(4);
        roll(&mut cluster, "web:2");
        for _ in 0..steps {
            cluster.step();
        }
        released(&mut cluster);
        cluster.restart();
        cluster.pass(120);
        assert_eq!((cluster.running("web:1"), cluster.running("web:2")), (0, 4), "released at step {steps}");
        assert!(cluster.running_twice().is_empty());
    }
}

#[test]
fn rule_7_in_mid_rollout_the_new_replica_set_is_full_size_and_not_ready_and_the_old_one_is_named() {
    let mut cluster = rolled_out(4);
    roll(&mut cluster, "web:2");
    cluster.until(|cluster| cluster.running("web:2") == 1);
    released(&mut cluster);
    let (old, new) = (cluster.set_of("web:1"), cluster.set_of("web:2"));
    assert_eq!(new["spec"]["replicas"], 4);
    assert_ne!(
        cluster.condition(Kind::WorkloadReplicaSet, new["metadata"]["name"].as_str().unwrap(), "Ready").0,
        "True"
    );
    let status = status(&cluster, Kind::WorkloadDeployment, "web");
    assert_eq!(status["currentReplicaSet"]["name"], new["metadata"]["name"]);
    assert_eq!(status["previousReplicaSet"]["name"], old["metadata"]["name"]);
}

#[test]
fn rule_7_of_three_live_replica_sets_the_one_with_fewest_available_is_folded() {
    let mut cluster = rolled_out(4);
    roll(&mut cluster, "web:2");
    cluster.until(|cluster| cluster.running("web:2") == 1);
    roll(&mut cluster, "web:3");
    cluster.until(|cluster| cluster.sizes().values().filter(|size| **size > 0).count() == 3);
    released(&mut cluster);
    let sizes = cluster.sizes();
    assert_eq!((sizes["web:2"], sizes["web:3"]), (0, 4), "{sizes:?}");
    assert!(sizes["web:1"] > 0);
    cluster.restart();
    cluster.pass(200);
    assert_eq!(cluster.running_images(), [("web:3".to_owned(), 4)].into());
}

#[test]
fn rule_8_what_was_given_to_a_host_is_asked_for_and_its_host_is_put_on_record() {
    let mut cluster = Simulation::with_hosts(3);
    for id in ["1", "2", "3"] {
        cluster.host(id).answers.extend([Answer::RunsUnheard, Answer::GetsLost]);
    }
    cluster.apply(&deployment("web").replicas(9));
    cluster.until(|cluster| !cluster.starts().is_empty());
    cluster.restart();
    let uids: Vec<_> = workloads(&cluster).into_iter().collect();
    released(&mut cluster);
    for (uid, runs_on) in uids {
        let all = cluster.all(Kind::Workload);
        let workload = all.iter().find(|workload| workload["metadata"]["uid"] == uid.as_str()).unwrap();
        let (assigned, status) =
            (&workload["metadata"]["annotations"]["runtime.wasmcloud.dev/assigned-host"], &workload["status"]);
        assert_eq!(status["hostId"], *assigned);
        let runs = runs_on.is_some();
        assert_eq!(status["workloadId"].as_str() == Some(uid.as_str()), runs, "{status}");
        assert_eq!(status["conditions"][2]["status"] == "True", runs, "{status}");
    }
    cluster.restart();
    cluster.pass(120);
    assert_eq!(cluster.running("web:1"), 9);
    assert!(cluster.running_twice().is_empty());
}

#[test]
fn rule_2_a_host_that_was_not_heard_for_a_while_is_asked_before_its_last_seen_is_refreshed() {
    let mut cluster = rolled_out(2);
    cluster.lose_bus();
    cluster.pass(300);
    cluster.regain_bus();
    released(&mut cluster);
}

#[test]
fn a_host_that_is_dead_is_not_made_to_look_alive() {
    let mut cluster = rolled_out(4);
    cluster.host("1").link = Link::Gone;
    cluster.pass(200);
    let seen = status(&cluster, Kind::Host, "host-1")["lastSeen"].clone();
    released(&mut cluster);
    assert_eq!(status(&cluster, Kind::Host, "host-1")["lastSeen"], seen);
    assert_eq!(cluster.condition(Kind::Host, "host-1", "Ready").0, "Unknown");
}

#[test]
fn a_workload_that_is_being_deleted_while_its_start_is_unanswered_is_on_record_as_placed() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.host("1").answers.push_back(Answer::RunsUnheard);
    cluster.apply(&deployment("web"));
    cluster.until(|cluster| !cluster.running_images().is_empty() || cluster.starts().len() == 1);
    let name = cluster.only_workload()["metadata"]["name"].as_str().unwrap().to_owned();
    cluster.delete(Kind::Workload, &name);
    released(&mut cluster);
}

#[test]
fn every_scenario_that_is_judged_can_be_released_at_any_moment() {
    for steps in (0..200).step_by(17) {
        let mut cluster = rolled_out(3).in_disorder(steps + 7);
        roll(&mut cluster, "bad:2");
        for _ in 0..steps {
            if !cluster.step() {
                cluster.pass_one();
            }
        }
        roll(&mut cluster, "web:3");
        for _ in 0..steps {
            if !cluster.step() {
                cluster.pass_one();
            }
        }
        released(&mut cluster);
        cluster.restart();
        cluster.pass(120);
        assert_eq!(cluster.running_images(), [("web:3".to_owned(), 3)].into(), "released after {steps} steps");
    }
}

#[test]
fn a_paused_deployment_is_warned_of() {
    let mut cluster = rolled_out_as(&deployment("web").replicas(2).setting("paused", "true"));
    roll(&mut cluster, "web:2");
    cluster.pass(10);
    let warnings = crate::controller::release::warnings(&cluster.core.world);
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("apps/web is paused"), "{warnings:?}");
}
