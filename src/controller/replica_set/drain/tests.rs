//! A drain, step by step and as a whole.

use serde_json::json;

use super::*;
use crate::api::Kind;
use crate::controller::effect::Effect;
use crate::controller::fixtures::{Link, Simulation, deployment, dynamic, replica_set, wall, workload};
use crate::controller::objects::Seen;

fn one(name: &str, ready: bool) -> Arc<Workload> {
    Arc::new(Seen::read(dynamic(&workload(name).on("1", ready).value())).unwrap())
}

fn replacing(name: &str, of: &str, ready: bool) -> Arc<Workload> {
    let object = workload(name).on("2", ready).setting("replaces", &format!("uid-of-{of}"));
    Arc::new(Seen::read(dynamic(&object.value())).unwrap())
}

fn rules(recreate: bool) -> Rules {
    Rules { recreate, min_ready: Duration::ZERO, now: wall() }
}

fn next(living: &[&Arc<Workload>], leaving: &[&Arc<Workload>], recreate: bool) -> String {
    match step(living, leaving, rules(recreate)) {
        None => "nothing".to_owned(),
        Some(Step::Replace(workload)) => format!("replace {}", workload.name()),
        Some(Step::Stop(workload)) => format!("stop {}", workload.name()),
        Some(Step::Replaced(workload)) => format!("replaced {}", workload.name()),
        Some(Step::Wait(_)) => "wait".to_owned(),
    }
}

#[test]
fn each_state_has_its_step() {
    let (a, b, bad) = (&one("a", true), &one("b", true), &one("bad", false));
    let (new, ready) = (&replacing("n", "a", false), &replacing("n", "a", true));
    assert_eq!(next(&[a, b], &[], false), "nothing");
    assert_eq!(next(&[a, b], &[a, b], false), "replace a");
    assert_eq!(next(&[a, b, new], &[a, b], false), "wait", "one at a time");
    assert_eq!(next(&[a, b, ready], &[a, b], false), "replaced a");
    assert_eq!(next(&[a, bad], &[a, bad], false), "stop bad", "nothing is lost with it");
    assert_eq!(next(&[b, ready], &[b], false), "replace b", "the replacement of one that is gone is like any other");
    assert_eq!(next(&[a, b], &[a], true), "stop a", "two at once are not wanted");
    assert_eq!(next(&[a, bad], &[a], true), "wait", "the last one's successor first");
}

#[test]
fn a_pair_counts_as_one_and_the_better_half_of_it() {
    let (a, b) = (&one("a", true), &one("b", true));
    for (ready, counts) in [(false, ["a", "b"]), (true, ["b", "n"])] {
        let new = &replacing("n", "a", ready);
        let names: Vec<_> =
            as_one([a, b, new].into_iter(), Duration::ZERO, wall()).iter().map(|w| w.name().to_owned()).collect();
        assert_eq!(names, counts);
        assert_eq!((pairs(&[a, b, new], &[a]), pairs(&[a, b, new], &[])), (1, 0), "undrained, it is one too many");
    }
    let orphan = &replacing("n", "gone", true);
    assert_eq!(as_one([a, orphan].into_iter(), Duration::ZERO, wall()).len(), 2);
}

fn set(cluster: &mut Simulation, id: &str, value: Option<&str>) {
    let annotations = json!({ "runtime.wasmcloud.dev/unschedulable": value, "runtime.wasmcloud.dev/drain": value });
    cluster.edit(Kind::Host, &format!("host-{id}"), json!({ "metadata": { "annotations": annotations } }));
}

fn fewest(cluster: &Simulation) -> usize {
    cluster.moments.iter().map(|images| images.values().sum()).min().unwrap_or(usize::MAX)
}

fn rolled_out(hosts: usize, object: crate::controller::fixtures::Object) -> Simulation {
    let mut cluster = Simulation::with_hosts(hosts);
    cluster.apply(&object);
    cluster.pass(5);
    cluster.moments.clear();
    cluster.done.clear();
    cluster
}

#[test]
fn the_host_is_empty_in_the_end_and_never_fewer_are_available() {
    for seed in 0..10 {
        let mut cluster = rolled_out(3, deployment("web").replicas(9)).in_disorder(seed);
        set(&mut cluster, "1", Some("true"));
        cluster.pass(30);
        assert!(cluster.hosts["1"].running.is_empty(), "seed {seed}");
        assert_eq!((cluster.running("web:1"), fewest(&cluster) >= 9), (9, true), "seed {seed}");
        assert_eq!(cluster.condition(Kind::WorkloadDeployment, "web", "Ready").0, "True");
        let most = cluster.moments.iter().map(|images| images["web:1"]).max().unwrap();
        assert!(most <= 11, "one replacement at a time, beside one that is stopping: {most}");
    }
}

#[test]
fn the_deployment_does_not_see_a_rollout_in_it() {
    let mut cluster = rolled_out(2, deployment("web").replicas(2));
    set(&mut cluster, "1", Some("true"));
    cluster.pass(30);
    let statuses = cluster.status_patches(Kind::WorkloadDeployment);
    let unready = |status: &&&serde_json::Value| {
        status["conditions"].as_array().unwrap().iter().any(|c| c["type"] == "Ready" && c["status"] != "True")
    };
    assert_eq!(statuses.iter().filter(unready).count(), 0, "{statuses:#?}");
}

#[test]
fn with_no_other_host_it_stays_and_the_host_says_why_until_one_comes() {
    let mut cluster = rolled_out(1, deployment("web").replicas(2));
    set(&mut cluster, "1", Some("true"));
    cluster.pass(120);
    assert_eq!(cluster.running("web:1"), 2);
    assert_eq!(cluster.all(Kind::Workload).len(), 2);
    let said = cluster.done.iter().find_map(|effect| match effect {
        Effect::Announce(said) if said.reason == "DrainBlocked" => Some(said.message.clone()),
        _ => None,
    });
    assert!(said.unwrap().contains("0/1 hosts fit: 1 cordoned"));
    cluster.add_host("2");
    cluster.pass(30);
    assert!(cluster.hosts["1"].running.is_empty() && cluster.hosts["2"].running.len() == 2);
    assert_eq!(fewest(&cluster), 2);
}

#[test]
fn a_drain_that_is_called_off_leaves_as_many_as_were_asked_for() {
    for seed in 0..10 {
        let mut cluster = rolled_out(3, deployment("web").replicas(6)).in_disorder(seed);
        set(&mut cluster, "1", Some("true"));
        for _ in 0..seed * 3 {
            cluster.step();
        }
        set(&mut cluster, "1", None);
        cluster.pass(30);
        assert_eq!((cluster.running("web:1"), cluster.all(Kind::Workload).len()), (6, 6), "seed {seed}");
        assert!(fewest(&cluster) >= 6, "seed {seed}");
    }
}

#[test]
fn a_drain_and_a_rollout_at_once_both_come_to_an_end() {
    for seed in 0..10 {
        let mut cluster = rolled_out(3, deployment("web").replicas(4)).in_disorder(seed);
        set(&mut cluster, "1", Some("true"));
        for _ in 0..seed * 2 {
            cluster.step();
        }
        cluster.apply(&deployment("web").replicas(4).image("web:2"));
        cluster.pass(60);
        assert_eq!((cluster.running("web:1"), cluster.running("web:2")), (0, 4), "seed {seed}");
        assert!(cluster.hosts["1"].running.is_empty(), "seed {seed}");
        assert!(fewest(&cluster) >= 3, "maxUnavailable is 1: seed {seed}");
    }
}

#[test]
fn scaled_down_meanwhile_those_on_the_host_go_first() {
    let mut cluster = rolled_out(3, deployment("web").replicas(6));
    set(&mut cluster, "1", Some("true"));
    cluster.apply(&deployment("web").replicas(4));
    cluster.pass(30);
    assert!(cluster.hosts["1"].running.is_empty());
    assert_eq!((cluster.running("web:1"), cluster.starts().len() <= 1), (4, true));
}

#[test]
fn a_replacement_that_does_not_come_up_costs_nothing() {
    let mut cluster = rolled_out(2, deployment("web").replicas(2));
    cluster.host("2").answers = vec![crate::controller::fixtures::Answer::Fails("no".into()); 50].into();
    set(&mut cluster, "1", Some("true"));
    cluster.pass(120);
    assert_eq!((cluster.running("web:1"), cluster.all(Kind::Workload).len()), (2, 3));
    cluster.host("2").answers.clear();
    cluster.pass(600);
    assert!(cluster.hosts["1"].running.is_empty() && cluster.running("web:1") == 2);
}

#[test]
fn a_host_that_dies_while_it_is_drained_is_left_all_the_same() {
    let mut cluster = rolled_out(2, deployment("web").replicas(2));
    cluster.host("2").answers = vec![crate::controller::fixtures::Answer::Fails("no".into()); 3].into();
    set(&mut cluster, "1", Some("true"));
    cluster.pass(2);
    cluster.host("1").link = Link::Gone;
    cluster.host("1").running.clear();
    cluster.pass(300);
    assert_eq!((cluster.hosts["2"].running.len(), cluster.all(Kind::Workload).len()), (2, 2));
}

#[test]
fn recreate_has_no_two_at_once() {
    let recreate = deployment("web").with(json!({ "spec": { "deployPolicy": "Recreate" } }));
    let mut cluster = rolled_out(2, recreate);
    let (from, to) = if cluster.hosts["1"].running.is_empty() { ("2", "1") } else { ("1", "2") };
    set(&mut cluster, from, Some("true"));
    cluster.pass(60);
    assert_eq!((cluster.hosts[from].running.len(), cluster.hosts[to].running.len()), (0, 1));
}

#[test]
fn one_that_nobody_owns_is_stopped_and_started_elsewhere_as_the_same_object() {
    let mut cluster = rolled_out(2, workload("lone"));
    let id = cluster.only_workload()["metadata"]["uid"].as_str().unwrap().to_owned();
    let from = cluster.place_of(&id).unwrap().to_owned();
    set(&mut cluster, &from, Some("true"));
    cluster.pass(30);
    let to = cluster.place_of(&id).unwrap();
    assert_ne!(to, from);
    assert_eq!(cluster.only_workload()["status"]["hostId"], to);
    assert!(cluster.running_twice().is_empty());
    let to = to.to_owned();
    set(&mut cluster, &to, Some("true"));
    cluster.pass(60);
    assert_eq!(cluster.place_of(&id), Some(to.as_str()), "with nowhere to go it stays");
}

#[test]
fn a_replica_set_that_nobody_owns_is_drained_too() {
    let mut cluster = rolled_out(2, replica_set("set").replicas(2));
    set(&mut cluster, "1", Some("true"));
    cluster.pass(30);
    assert_eq!((cluster.hosts["1"].running.len(), cluster.hosts["2"].running.len()), (0, 2));
    assert!(fewest(&cluster) >= 2);
}
