//! At every step of what we do upstream's operator could take over after a crash and would harm nothing.

use super::*;
use crate::controller::fixtures::{Answer, Link, PULL_ERROR, artifact};

#[test]
fn a_fresh_deployment() {
    let mut cluster = Simulation::with_hosts(3);
    pass_judged(&mut cluster, 20);
    cluster.apply(&deployment("web").replicas(5));
    pass_judged(&mut cluster, 120);
    assert_eq!(cluster.running("web:1"), 5);
}

#[test]
fn a_rollout() {
    let mut cluster = rolled_out(5);
    roll(&mut cluster, "web:2");
    pass_judged(&mut cluster, 120);
    assert_eq!(cluster.running("web:2"), 5);
}

#[test]
fn a_rollout_with_news_and_tasks_in_any_order() {
    for seed in 1..8 {
        let mut cluster = rolled_out(4).in_disorder(seed);
        roll(&mut cluster, "web:2");
        pass_judged(&mut cluster, 30);
        roll(&mut cluster, "web:3");
        pass_judged(&mut cluster, 90);
        assert_eq!(cluster.running("web:3"), 4);
    }
}

#[test]
fn a_recreation() {
    let recreate = json!({ "spec": { "deployPolicy": "Recreate" } });
    let mut cluster = rolled_out_as(&deployment("web").replicas(3).with(recreate));
    roll(&mut cluster, "web:2");
    pass_judged(&mut cluster, 120);
    assert_eq!(cluster.running("web:2"), 3);
}

#[test]
fn a_stuck_rollout_and_one_that_overtakes_it() {
    let mut cluster = rolled_out(4);
    roll(&mut cluster, "bad:2");
    pass_judged(&mut cluster, 300);
    roll(&mut cluster, "web:3");
    pass_judged(&mut cluster, 120);
    assert_eq!(cluster.running("web:3"), 4);
}

#[test]
fn going_back_to_what_was() {
    let mut cluster = rolled_out(3);
    for image in ["web:2", "web:3", "web:1"] {
        roll(&mut cluster, image);
        pass_judged(&mut cluster, 90);
    }
    assert_eq!(cluster.running("web:1"), 3);
    assert_eq!(cluster.all(Kind::WorkloadReplicaSet).len(), 3, "history is there");
}

#[test]
fn scaling() {
    let mut cluster = rolled_out(2);
    for replicas in [6, 1, 0, 3] {
        cluster.edit(Kind::WorkloadDeployment, "web", json!({ "spec": { "replicas": replicas } }));
        pass_judged(&mut cluster, 60);
    }
    assert_eq!(cluster.running("web:1"), 3);
}

#[test]
fn a_pause_in_the_middle() {
    let mut cluster = rolled_out(4);
    roll(&mut cluster, "web:2");
    cluster.until(|cluster| cluster.running("web:2") > 0);
    let pause = |paused: Value| json!({ "metadata": { "annotations": { "runtime.wasmcloud.dev/paused": paused } } });
    cluster.edit(Kind::WorkloadDeployment, "web", pause(json!("true")));
    pass_judged(&mut cluster, 90);
    cluster.edit(Kind::WorkloadDeployment, "web", pause(Value::Null));
    pass_judged(&mut cluster, 90);
    assert_eq!(cluster.running("web:2"), 4);
}

#[test]
fn workloads_that_fail_for_an_hour_or_wait_for_a_host() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.apply(&deployment("web").replicas(2).image("bad:1"));
    pass_judged(&mut cluster, 3_600);
    let nowhere = json!({ "spec": { "template": { "spec": { "hostSelector": { "zone": "mars" } } } } });
    cluster.edit(Kind::WorkloadDeployment, "web", nowhere);
    pass_judged(&mut cluster, 3_600);
}

#[test]
fn a_host_that_vanishes_and_one_that_comes_back() {
    let mut cluster = rolled_out(6);
    cluster.host("1").link = Link::Gone;
    pass_judged(&mut cluster, 300);
    assert_eq!(cluster.running("web:1"), 6 + cluster.hosts["1"].running.len());
    cluster.host("1").link = Link::Up;
    cluster.beat("1");
    // It runs what runs elsewhere by now, until it is told to stop it.
    cluster.pass(60);
    pass_judged(&mut cluster, 60);
    assert_eq!(cluster.running("web:1"), 6);
}

#[test]
fn a_host_that_falls_silent_and_is_restarted() {
    let mut cluster = rolled_out(6);
    cluster.host("2").link = Link::Mute;
    pass_judged(&mut cluster, 400);
    cluster.restart();
    pass_judged(&mut cluster, 400);
}

#[test]
fn starts_that_are_not_answered() {
    let mut cluster = Simulation::with_hosts(3);
    for id in ["1", "2", "3"] {
        cluster.host(id).answers.extend([Answer::RunsUnheard, Answer::GetsLost, Answer::Fails(PULL_ERROR.to_owned())]);
    }
    cluster.apply(&deployment("web").replicas(6));
    pass_judged(&mut cluster, 600);
    assert_eq!(cluster.running("web:1"), 6);
}

#[test]
fn deleting() {
    let mut cluster = rolled_out(5);
    roll(&mut cluster, "web:2");
    cluster.until(|cluster| cluster.running("web:2") > 0);
    cluster.delete(Kind::WorkloadDeployment, "web");
    pass_judged(&mut cluster, 120);
    assert!(cluster.all(Kind::Workload).is_empty() && cluster.running_images().is_empty());
}

#[test]
fn an_artifact_that_moves() {
    let mut cluster = Simulation::with_hosts(3);
    cluster.apply(&artifact("web", "web:1"));
    let uses = json!({ "spec": { "artifacts": [{ "name": "web", "artifactFrom": { "name": "web" } }],
        "kubernetes": { "service": { "name": "front" } } } });
    cluster.apply(&deployment("web").replicas(3).image("artifact://web").with(uses));
    pass_judged(&mut cluster, 60);
    cluster.edit(Kind::Artifact, "web", json!({ "spec": { "image": "web:2" } }));
    pass_judged(&mut cluster, 120);
    assert_eq!(cluster.running("web:2"), 3);
}

#[test]
fn our_own_crashes_on_the_way() {
    for steps in (1..60).step_by(4) {
        let mut cluster = rolled_out(3);
        roll(&mut cluster, "web:2");
        for _ in 0..steps {
            cluster.step();
        }
        cluster.restart();
        pass_judged(&mut cluster, 120);
        assert_eq!(cluster.running("web:2"), 3, "after a crash at step {steps}");
    }
}
