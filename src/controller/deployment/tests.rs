//! Rollouts from end to end in a cluster in memory.

mod artifacts;
mod configuration;
mod healing;
mod history;
mod scaling;
mod status;

use serde_json::{Value, json};

use super::*;
use crate::api::names::annotation;
use crate::controller::effect::Effect;
use crate::controller::fixtures::{Answer, Link, PULL_ERROR, Simulation, artifact, deployment};

/// A cluster in which `web` runs with three replicas of `web:1`.
fn rolled_out() -> Simulation {
    let mut cluster = Simulation::with_hosts(3);
    cluster.apply(&deployment("web").replicas(3));
    cluster.run();
    cluster.done.clear();
    cluster.moments.clear();
    cluster
}

fn roll(cluster: &mut Simulation, image: &str) {
    cluster.edit(
        Kind::WorkloadDeployment,
        "web",
        json!({ "spec": { "template": { "spec": { "components": [
        { "name": "http", "image": image }
    ] } } } }),
    );
}

fn ready(cluster: &Simulation) -> String {
    cluster.condition(Kind::WorkloadDeployment, "web", "Ready").0
}

fn deploy(cluster: &Simulation) -> (String, String) {
    let (status, reason, _) = cluster.condition(Kind::WorkloadDeployment, "web", "Deploy");
    (status, reason)
}

fn revision(set: &Value) -> &str {
    set["metadata"]["annotations"][annotation::REVISION].as_str().unwrap_or_default()
}

fn controlled(set: &Value) -> bool {
    set["metadata"]["ownerReferences"][0]["controller"].as_bool().unwrap()
}

/// How many replicas of any image ran at the worst moment.
fn fewest(cluster: &Simulation) -> usize {
    cluster.moments.iter().map(|images| images.values().sum()).min().unwrap_or_default()
}

fn most_workloads(cluster: &mut Simulation) -> usize {
    let mut most = 0;
    while cluster.step() {
        most = most
            .max(cluster.all(Kind::Workload).iter().filter(|w| w["metadata"]["deletionTimestamp"].is_null()).count());
    }
    most
}

#[test]
fn a_first_rollout_ends_with_all_replicas_running_and_says_so() {
    let cluster = rolled_out();
    assert_eq!(cluster.running("web:1"), 3);
    assert_eq!(ready(&cluster), "True");
    assert_eq!(deploy(&cluster), ("True".into(), "NewReplicaSetAvailable".into()));
    let set = cluster.set_of("web:1");
    assert_eq!(revision(set), "1");
    assert!(controlled(set));
    assert_eq!(set["metadata"]["labels"]["runtime.wasmcloud.dev/workload-deployment"], "web");
    let places: std::collections::BTreeSet<_> = cluster
        .all(Kind::Workload)
        .iter()
        .map(|w| cluster.place_of(w["metadata"]["uid"].as_str().unwrap()).unwrap().to_owned())
        .collect();
    assert_eq!(places.len(), 3, "one on each host");
}

#[test]
fn once_all_is_well_nothing_more_is_written_but_that_hosts_live() {
    let mut cluster = rolled_out();
    cluster.pass(3_600);
    let others = cluster.done.iter().filter(|effect| {
        !matches!(
            effect,
            Effect::Patch { kind: Kind::Host, .. } | Effect::Apply { .. } | Effect::Ask { .. } | Effect::Probe { .. }
        )
    });
    assert_eq!(others.count(), 0, "{:#?}", cluster.done);
    let asked = cluster.done.iter().filter(|effect| matches!(effect, Effect::Ask { .. })).count();
    assert!((3 * 12..=3 * 16).contains(&asked), "each Workload is asked for about every 5 minutes: {asked}");
}

#[test]
fn a_new_image_rolls_within_surge_and_unavailable_and_leaves_history() {
    let mut cluster = rolled_out();
    roll(&mut cluster, "web:2");
    assert!(most_workloads(&mut cluster) <= 4, "one more than asked for");
    assert!(fewest(&cluster) >= 3, "of three none may be missing: {:?}", cluster.moments);
    assert_eq!(cluster.sizes(), [("web:1".into(), 0), ("web:2".into(), 3)].into());
    assert_eq!((cluster.running("web:1"), cluster.running("web:2")), (0, 3));
    assert!(!controlled(cluster.set_of("web:1")), "upstream's operator deletes history that it controls");
    assert!(controlled(cluster.set_of("web:2")));
    assert_eq!(revision(cluster.set_of("web:2")), "2");
    assert_eq!(ready(&cluster), "True");
}

#[test]
fn with_room_to_be_unavailable_nothing_surges() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.apply(&deployment("web").replicas(4).setting("max-surge", "0").setting("max-unavailable", "1"));
    cluster.run();
    cluster.moments.clear();
    roll(&mut cluster, "web:2");
    assert!(most_workloads(&mut cluster) <= 4);
    assert!(fewest(&cluster) >= 3);
    assert_eq!((cluster.running("web:1"), cluster.running("web:2")), (0, 4));
}

#[test]
fn a_broken_image_takes_nothing_away_and_its_words_reach_the_deployment() {
    let mut cluster = rolled_out();
    roll(&mut cluster, "web:bad");
    cluster.pass(120);
    assert_eq!(cluster.running("web:1"), 3);
    let (status, reason, message) = cluster.condition(Kind::WorkloadDeployment, "web", "Ready");
    assert_eq!((status.as_str(), reason.as_str()), ("False", "StartFailed"));
    assert!(message.contains(PULL_ERROR), "{message}");
    // Three were well; of the other one each of three hosts was given three chances, after 1, 2, 4, then 2, 4, 8 seconds, …
    assert!(cluster.starts().len() <= 3 + 9, "failing starts back off: {}", cluster.starts().len());
}

#[test]
fn v1_serves_until_v3_is_available_when_v2_is_broken() {
    let mut cluster = rolled_out();
    roll(&mut cluster, "web:bad");
    cluster.pass(30);
    roll(&mut cluster, "web:3");
    cluster.pass(30);
    assert!(fewest(&cluster) >= 3, "{:?}", cluster.moments);
    assert_eq!(cluster.sizes(), [("web:1".into(), 0), ("web:bad".into(), 0), ("web:3".into(), 3)].into());
    assert_eq!(cluster.running("web:3"), 3);
    assert_eq!(ready(&cluster), "True");
}

#[test]
fn going_back_to_an_old_template_uses_its_replica_set_under_a_new_revision() {
    let mut cluster = rolled_out();
    roll(&mut cluster, "web:2");
    cluster.run();
    roll(&mut cluster, "web:1");
    cluster.run();
    assert_eq!(cluster.all(Kind::WorkloadReplicaSet).len(), 2);
    let set = cluster.set_of("web:1");
    assert_eq!((revision(set), set["spec"]["replicas"].as_i64()), ("3", Some(3)));
    assert!(controlled(set));
    assert!(!controlled(cluster.set_of("web:2")));
    assert_eq!(cluster.running("web:1"), 3);
    assert_eq!(
        cluster.get(Kind::WorkloadDeployment, "web")["status"]["currentReplicaSet"]["name"],
        set["metadata"]["name"]
    );
}

#[test]
fn recreate_starts_nothing_while_anything_old_is_on_a_host() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.apply(&deployment("web").replicas(3).with(json!({ "spec": { "deployPolicy": "Recreate" } })));
    cluster.run();
    cluster.moments.clear();
    roll(&mut cluster, "web:2");
    cluster.host("1").link = Link::Mute;
    cluster.pass(20);
    assert_eq!(cluster.running("web:2"), 0, "a host has not confirmed yet that web:1 is gone from it");
    cluster.host("1").link = Link::Up;
    cluster.pass(60);
    assert_eq!((cluster.running("web:1"), cluster.running("web:2")), (0, 3));
    assert!(cluster.moments.iter().all(|images| images.len() <= 1), "{:?}", cluster.moments);
    assert_eq!(ready(&cluster), "True");
}

#[test]
fn replicas_go_to_zero_and_back() {
    let mut cluster = rolled_out();
    cluster.edit(Kind::WorkloadDeployment, "web", json!({ "spec": { "replicas": 0 } }));
    cluster.run();
    assert_eq!((cluster.running("web:1"), ready(&cluster)), (0, "True".into()));
    assert!(cluster.all(Kind::Workload).is_empty());
    let set = cluster.set_of("web:1");
    assert_eq!(set["spec"]["replicas"], 0, "explicit, for absent means 1 to upstream's operator");
    assert!(controlled(set), "it is the current one, not history");
    cluster.edit(Kind::WorkloadDeployment, "web", json!({ "spec": { "replicas": 2 } }));
    cluster.run();
    assert_eq!((cluster.running("web:1"), ready(&cluster)), (2, "True".into()));
}

#[test]
fn what_was_scaled_to_zero_before_it_was_replaced_is_history_too() {
    let mut cluster = rolled_out();
    cluster.edit(Kind::WorkloadDeployment, "web", json!({ "spec": { "replicas": 0 } }));
    cluster.run();
    roll(&mut cluster, "web:2");
    cluster.run();
    assert!(!controlled(cluster.set_of("web:1")));
    assert!(controlled(cluster.set_of("web:2")));
    roll(&mut cluster, "web:1");
    cluster.run();
    assert!(controlled(cluster.set_of("web:1")));
    assert!(!controlled(cluster.set_of("web:2")));
    assert_eq!(ready(&cluster), "True");
}

#[test]
fn history_beyond_the_limit_goes_the_oldest_first() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&deployment("web").setting("revision-history-limit", "2"));
    cluster.run();
    for version in 2..=5 {
        roll(&mut cluster, &format!("web:{version}"));
        cluster.run();
    }
    assert_eq!(cluster.sizes().into_keys().collect::<Vec<_>>(), ["web:3", "web:4", "web:5"]);
    assert_eq!(cluster.running("web:5"), 1);
}

#[test]
fn a_limit_of_none_keeps_no_history() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&deployment("web").setting("revision-history-limit", "0"));
    cluster.run();
    roll(&mut cluster, "web:2");
    cluster.run();
    assert_eq!(cluster.sizes(), [("web:2".into(), 1)].into());
}

#[test]
fn while_paused_a_new_template_waits_and_scaling_works() {
    let mut cluster = rolled_out();
    cluster.edit(
        Kind::WorkloadDeployment,
        "web",
        json!({ "metadata": { "annotations": { (annotation::PAUSED): "true" } } }),
    );
    roll(&mut cluster, "web:2");
    cluster.run();
    assert_eq!(cluster.sizes(), [("web:1".into(), 3)].into());
    assert_eq!(deploy(&cluster), ("Unknown".into(), "DeploymentPaused".into()));
    assert_ne!(ready(&cluster), "True", "the template it asks for is not rolled out");
    cluster.edit(Kind::WorkloadDeployment, "web", json!({ "spec": { "replicas": 5 } }));
    cluster.run();
    assert_eq!(cluster.running("web:1"), 5);
    cluster.edit(
        Kind::WorkloadDeployment,
        "web",
        json!({ "metadata": { "annotations": { (annotation::PAUSED): null } } }),
    );
    cluster.run();
    assert_eq!((cluster.running("web:1"), cluster.running("web:2")), (0, 5));
}

#[test]
fn a_setting_that_makes_no_sense_is_reported_and_nothing_rolls() {
    let mut cluster = rolled_out();
    cluster.edit(
        Kind::WorkloadDeployment,
        "web",
        json!({ "metadata": { "annotations": { (annotation::MAX_SURGE): "lots" } } }),
    );
    roll(&mut cluster, "web:2");
    cluster.pass(60);
    assert_eq!(cluster.sizes(), [("web:1".into(), 3)].into());
    for type_ in ["Deploy", "Ready"] {
        let (status, reason, message) = cluster.condition(Kind::WorkloadDeployment, "web", type_);
        assert_eq!((status.as_str(), reason.as_str()), ("False", "InvalidSetting"), "{type_}");
        assert!(message.contains("max-surge") && message.contains("lots"), "{message}");
    }
    assert_eq!(cluster.running("web:1"), 3);
}

#[test]
fn min_ready_seconds_hold_the_rollout_back() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&deployment("web").replicas(2).setting("min-ready-seconds", "30"));
    cluster.pass(20);
    assert_eq!(cluster.running("web:1"), 2);
    assert_ne!(ready(&cluster), "True", "ready for 20 s is not available");
    cluster.pass(15);
    assert_eq!(ready(&cluster), "True");
    roll(&mut cluster, "web:2");
    cluster.pass(20);
    assert_eq!((cluster.running("web:1"), cluster.running("web:2")), (2, 1));
    cluster.pass(120);
    assert_eq!((cluster.running("web:1"), cluster.running("web:2")), (0, 2));
    assert_eq!(ready(&cluster), "True");
}

#[test]
fn a_changed_label_of_the_template_rolls_and_so_does_an_annotation() {
    let mut cluster = rolled_out();
    cluster.edit(Kind::WorkloadDeployment, "web", json!({ "spec": { "template": { "labels": { "tier": "front" } } } }));
    cluster.run();
    assert_eq!(cluster.all(Kind::WorkloadReplicaSet).len(), 2);
    let all_labelled = |cluster: &Simulation| {
        cluster.all(Kind::Workload).iter().all(|workload| workload["metadata"]["labels"]["tier"] == "front")
    };
    assert!(all_labelled(&cluster));
    let restart = json!({ "spec": { "template": { "annotations": { "kubectl.kubernetes.io/restartedAt": "now" } } } });
    cluster.edit(Kind::WorkloadDeployment, "web", restart);
    cluster.run();
    assert_eq!(cluster.all(Kind::WorkloadReplicaSet).len(), 3);
    assert_eq!((cluster.running("web:1"), ready(&cluster)), (3, "True".into()));
}

#[test]
fn the_change_cause_goes_with_the_revision() {
    let mut cluster = rolled_out();
    cluster.edit(
        Kind::WorkloadDeployment,
        "web",
        json!({ "metadata": { "annotations": { (annotation::CHANGE_CAUSE): "two" } } }),
    );
    roll(&mut cluster, "web:2");
    cluster.run();
    assert_eq!(cluster.set_of("web:2")["metadata"]["annotations"][annotation::CHANGE_CAUSE], "two");
    assert!(cluster.set_of("web:1")["metadata"]["annotations"].get(annotation::CHANGE_CAUSE).is_none());
}

#[test]
fn a_deleted_deployment_leaves_nothing_behind() {
    let mut cluster = rolled_out();
    roll(&mut cluster, "web:2");
    for _ in 0..40 {
        cluster.step();
    }
    cluster.delete(Kind::WorkloadDeployment, "web");
    cluster.run();
    assert!(cluster.all(Kind::WorkloadReplicaSet).is_empty());
    assert!(cluster.all(Kind::Workload).is_empty());
    assert!(cluster.running_images().is_empty());
}

#[test]
fn deleted_with_orphan_it_leaves_its_replica_sets_to_themselves() {
    let mut cluster = rolled_out();
    let uid = cluster.get(Kind::WorkloadDeployment, "web")["metadata"]["uid"].as_str().unwrap().to_owned();
    cluster.edit(Kind::WorkloadDeployment, "web", json!({ "metadata": { "finalizers": ["orphan"] } }));
    cluster.delete(Kind::WorkloadDeployment, "web");
    cluster.run();
    cluster.api.orphan(&uid);
    cluster.edit(Kind::WorkloadDeployment, "web", json!({ "metadata": { "finalizers": null } }));
    cluster.pass(60);
    assert_eq!(cluster.running("web:1"), 3);
    assert!(cluster.stops().is_empty());
    assert_eq!(cluster.all(Kind::WorkloadReplicaSet).len(), 1);
}

#[test]
fn news_of_the_deployments_end_that_overtakes_the_orphaning_deletes_nothing() {
    let mut cluster = rolled_out();
    let uid = cluster.get(Kind::WorkloadDeployment, "web")["metadata"]["uid"].as_str().unwrap().to_owned();
    cluster.api.orphan(&uid);
    cluster.delete(Kind::WorkloadDeployment, "web");
    let news = cluster.api.news.pop_back().unwrap();
    cluster.api.news.push_front(news);
    cluster.pass(60);
    assert_eq!(cluster.running("web:1"), 3);
    assert_eq!(cluster.all(Kind::WorkloadReplicaSet).len(), 1);
}

#[test]
fn deleted_in_the_foreground_the_children_go_first() {
    let mut cluster = rolled_out();
    cluster.edit(Kind::WorkloadDeployment, "web", json!({ "metadata": { "finalizers": ["foregroundDeletion"] } }));
    cluster.delete(Kind::WorkloadDeployment, "web");
    cluster.run();
    assert!(cluster.all(Kind::Workload).is_empty());
    assert!(cluster.all(Kind::WorkloadReplicaSet).is_empty());
    assert_eq!(cluster.all(Kind::WorkloadDeployment).len(), 1, "the garbage collector's to end");
}
