//! What is announced of a cluster that goes its way.

use serde_json::json;

use crate::api::Kind;
use crate::controller::effect::Effect;
use crate::controller::events::{Announcement, Tone};
use crate::controller::fixtures::{Link, PULL_ERROR, Simulation, artifact, deployment, workload};
use crate::hosts::wire::WorkloadState;

/// Everything announced since `done` was cleared: tone, kind, reason, message.
fn announced(simulation: &Simulation) -> Vec<(Tone, String, String, String)> {
    let of = |effect: &Effect| match effect {
        Effect::Announce(Announcement { regarding, tone, reason, message }) => {
            Some((*tone, regarding.kind.clone(), reason.clone(), message.clone()))
        }
        _ => None,
    };
    simulation.done.iter().filter_map(of).collect()
}

/// The same, shorter.
fn reasons(simulation: &Simulation) -> Vec<String> {
    announced(simulation).into_iter().map(|(_, kind, reason, _)| format!("{kind} {reason}")).collect()
}

fn count(simulation: &Simulation, what: &str) -> usize {
    reasons(simulation).iter().filter(|reason| *reason == what).count()
}

#[test]
fn a_rollout_that_goes_well_is_one_event_on_the_deployment() {
    let mut simulation = Simulation::with_hosts(3);
    simulation.apply(&deployment("web").replicas(10));
    simulation.pass(60);
    let name = simulation.set_of("web:1")["metadata"]["name"].as_str().unwrap().to_owned();
    let created = format!("created replica set \"{name}\"");
    let all = announced(&simulation);
    assert_eq!(all, [(Tone::Normal, "WorkloadDeployment".into(), "NewReplicaSetCreated".into(), created)]);

    simulation.done.clear();
    simulation.apply(&deployment("web").replicas(10).image("web:2"));
    simulation.pass(60);
    assert_eq!(reasons(&simulation), ["WorkloadDeployment NewReplicaSetCreated"]);

    simulation.done.clear();
    simulation.apply(&deployment("web").replicas(10).image("web:1"));
    simulation.pass(60);
    let all = announced(&simulation);
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!((all[0].2.as_str(), &all[0].3), ("ReplicaSetUpdated", &format!("goes back to replica set \"{name}\"")));

    simulation.done.clear();
    simulation.apply(&deployment("web").replicas(4));
    simulation.pass(60);
    simulation.delete(Kind::WorkloadDeployment, "web");
    simulation.pass(60);
    assert_eq!(reasons(&simulation), [""; 0], "scaling and deleting are no news to who does it");
}

#[test]
fn a_start_that_fails_is_announced_in_the_hosts_words_each_time_it_is_tried() {
    let mut simulation = Simulation::with_hosts(1);
    simulation.apply(&deployment("web").image("bad:1"));
    simulation.pass(3600);
    let tries = simulation.starts().len();
    assert!((10..30).contains(&tries), "{tries}");
    let all = announced(&simulation);
    let of_workload: Vec<_> = all.iter().filter(|(_, kind, ..)| kind == "Workload").collect();
    assert_eq!(of_workload.len(), tries, "one for each try, and none between");
    for (tone, _, reason, message) in of_workload {
        assert_eq!((*tone, reason.as_str(), message.as_str()), (Tone::Warning, "StartFailed", PULL_ERROR));
    }
    assert!(simulation.status_patches(Kind::Workload).len() < 4, "the status is not written for that");
    assert_eq!(count(&simulation, "WorkloadDeployment StartFailed"), 1, "the deployment repeats it once");
    assert_eq!(count(&simulation, "WorkloadDeployment ProgressDeadlineExceeded"), 1);
}

#[test]
fn want_of_a_host_is_announced_when_it_begins_and_not_at_every_heartbeat() {
    let mut simulation = Simulation::with_hosts(2);
    let nowhere = json!({ "spec": { "hostSelector": { "gpu": "yes" } } });
    simulation.apply(&workload("picky").with(nowhere));
    simulation.pass(600);
    assert_eq!(reasons(&simulation), ["Workload NoEligibleHost"]);
    simulation.add_host("3");
    simulation.pass(60);
    assert_eq!(count(&simulation, "Workload NoEligibleHost"), 2, "with a third host it is another message");
}

#[test]
fn missing_configuration_is_announced_each_time_it_is_looked_for() {
    let mut simulation = Simulation::with_hosts(1);
    let from = json!({ "localResources": { "environment": { "configFrom": [{ "name": "settings" }] } } });
    let mut component = workload("web").value()["spec"]["components"][0].clone();
    component.as_object_mut().unwrap().extend(from.as_object().unwrap().clone());
    simulation.apply(&workload("web").with(json!({ "spec": { "components": [component] } })));
    simulation.pass(60);
    let all = announced(&simulation);
    assert!((3..10).contains(&all.len()), "{all:?}");
    assert!(all.iter().all(|(_, _, reason, message)| {
        reason == "ConfigMapNotFound" && message == "ConfigMap \"settings\" not found"
    }));
}

#[test]
fn what_hosts_do_to_workloads_is_announced() {
    let mut simulation = Simulation::with_hosts(1);
    simulation.apply(&deployment("web"));
    simulation.pass(30);
    simulation.done.clear();
    for (_, state) in simulation.host("1").running.values_mut() {
        *state = WorkloadState::Error;
    }
    simulation.pass(600);
    let all = announced(&simulation);
    let crash = (Tone::Warning, "Workload".to_owned(), "WorkloadFailed".to_owned(), "it crashed".to_owned());
    assert!(all.contains(&crash), "{all:?}");

    simulation.done.clear();
    simulation.host("1").running.clear();
    simulation.beat("1");
    simulation.pass(30);
    assert_eq!(count(&simulation, "Workload WorkloadNotFound"), 1);

    simulation.done.clear();
    simulation.host("1").link = Link::Mute;
    simulation.pass(600);
    assert_eq!(count(&simulation, "Host HostSilent"), 1, "{:?}", reasons(&simulation));
}

#[test]
fn a_host_that_does_not_answer_a_start_is_named_as_such() {
    let mut simulation = Simulation::with_hosts(1);
    simulation.host("1").link = Link::Mute;
    simulation.apply(&deployment("web"));
    simulation.run();
    assert!(count(&simulation, "Workload HostDidNotAnswer") >= 1, "{:?}", reasons(&simulation));
}

#[test]
fn a_stop_that_fails_is_announced_where_somebody_waits_for_it() {
    let mut simulation = Simulation::with_hosts(1);
    simulation.apply(&deployment("web"));
    simulation.pass(30);
    simulation.host("1").link = Link::Mute;
    simulation.delete(Kind::WorkloadDeployment, "web");
    simulation.pass(20);
    assert!(count(&simulation, "Workload HostDidNotAnswer") >= 1, "{:?}", reasons(&simulation));
    assert_eq!(count(&simulation, "Workload Terminating"), 0);
}

#[test]
fn an_artifact_that_is_missing_is_announced_on_the_deployment() {
    let mut simulation = Simulation::with_hosts(1);
    let listed = json!({ "spec": { "artifacts": [{ "name": "app", "artifactFrom": { "name": "app" } }] } });
    simulation.apply(&deployment("web").image("artifact://app").with(listed));
    simulation.pass(60);
    assert_eq!(reasons(&simulation), ["WorkloadDeployment ArtifactNotFound"]);
    simulation.done.clear();
    simulation.apply(&artifact("app", "web:1"));
    simulation.pass(60);
    assert_eq!(count(&simulation, "WorkloadDeployment ArtifactNotFound"), 0);
    assert_eq!(count(&simulation, "WorkloadDeployment NewReplicaSetCreated"), 1);
}

#[test]
fn whoever_may_not_use_an_environment_is_told() {
    let mut settings = crate::controller::settings::Settings::default();
    settings.policy.allow_shared_hosts = false;
    for spec in [json!({ "environment": "of-others" }), json!({ "hostId": "1" })] {
        let mut simulation = Simulation::with_settings(1, settings.clone());
        simulation.apply(&workload("greedy").with(json!({ "spec": spec })));
        simulation.pass(60);
        assert_eq!(reasons(&simulation), ["Workload CrossEnvironmentSchedulingDenied"]);
    }
}

#[test]
fn taking_over_what_is_well_announces_nothing() {
    let mut simulation = Simulation::with_hosts(2);
    simulation.apply(&deployment("web").replicas(4));
    simulation.pass(60);
    simulation.done.clear();
    simulation.restart();
    simulation.pass(600);
    assert_eq!(reasons(&simulation), [""; 0]);
}
