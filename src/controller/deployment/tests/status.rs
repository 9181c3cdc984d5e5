//! What a deployment says while it rolls.

use super::*;
use crate::controller::fixtures::{Answer, Object, replica_set, wall, world_of};

fn decided(objects: &[Object]) -> Decision {
    let world = world_of(objects, Instant::now());
    let now = Now { instant: Instant::now(), wall: wall() };
    let key = ObjectKey::new("apps", "web");
    decide(&observe(&world, &key, now.instant).unwrap(), now)
}

fn created(decision: &Decision) -> &Value {
    match &decision.effects[0] {
        Effect::Create { objects, .. } => &objects[0],
        other => panic!("{other:?}"),
    }
}

fn status_of(decision: &Decision) -> &Value {
    let patch = decision.effects.iter().find_map(|effect| match effect {
        Effect::Patch { kind: Kind::WorkloadDeployment, patch, status: true, .. } => Some(&patch["status"]),
        _ => None,
    });
    patch.unwrap_or_else(|| panic!("no status in {:#?}", decision.effects))
}

#[test]
fn the_new_replica_set_is_announced_right_after_it_is_made() {
    let decision = decided(&[deployment("web").replicas(3)]);
    let name = created(&decision)["metadata"]["name"].clone();
    let status = status_of(&decision);
    assert_eq!(status["currentReplicaSet"]["name"], name);
    assert_eq!(status["previousReplicaSet"], Value::Null);
    assert!(status.as_object().unwrap().contains_key("previousReplicaSet"), "explicit, so that another's goes");
    assert!(status["replicas"].as_object().unwrap().contains_key("unavailable"));
    assert_eq!(status["selector"], "runtime.wasmcloud.dev/workload-deployment=web");
    assert_eq!(decision.effects.len(), 2);
}

#[test]
fn conditions_stand_in_order_each_with_its_generation() {
    let decision = decided(&[deployment("web").with(json!({ "metadata": { "generation": 7 } }))]);
    let conditions = status_of(&decision)["conditions"].as_array().unwrap();
    let types: Vec<_> = conditions.iter().map(|c| c["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["Artifact", "Sync", "Deploy", "Scale", "Ready"]);
    assert!(conditions.iter().all(|c| c["observedGeneration"] == 7 && c["lastTransitionTime"].is_string()));
    assert_eq!(
        (conditions[2]["status"].as_str(), conditions[2]["reason"].as_str()),
        (Some("True"), Some("NewReplicaSetCreated"))
    );
    assert_eq!(conditions[4]["status"], "Unknown");
}

#[test]
fn a_new_replica_set_has_the_template_with_the_service_and_nothing_else() {
    let object = deployment("web").replicas(2).with(json!({ "spec": {
        "kubernetes": { "service": { "name": "front" } },
        "template": { "labels": { "a": "b" }, "spec": { "fieldOfTomorrow": { "x": 1 } } },
    } }));
    let decision = decided(std::slice::from_ref(&object));
    let spec = &created(&decision)["spec"];
    let mut expected = object.value()["spec"]["template"].clone();
    expected["spec"]["kubernetes"] = json!({ "service": { "name": "front" } });
    assert_eq!(spec["template"], expected);
    assert_eq!(spec["replicas"], 2);
    let owner = &created(&decision)["metadata"]["ownerReferences"][0];
    assert_eq!(
        *owner,
        json!({ "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "WorkloadDeployment", "name": "web",
            "uid": "uid-of-web", "controller": true, "blockOwnerDeletion": true })
    );
}

#[test]
fn a_replica_set_of_someone_else_under_the_same_name_makes_for_another_name() {
    let first = created(&decided(&[deployment("web")]))["metadata"]["name"].as_str().unwrap().to_owned();
    let stranger = replica_set(&first).image("other:1");
    let second = created(&decided(&[deployment("web"), stranger]))["metadata"]["name"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    assert!(second.starts_with("web-"));
}

#[test]
fn of_two_replica_sets_with_the_template_the_one_the_status_names_counts() {
    let set = |name: &str, second| replica_set(name).owned_by(Kind::WorkloadDeployment, "web").created(second);
    let named = |name: &str| deployment("web").status(json!({ "currentReplicaSet": { "name": name } }));
    let sets = [set("web-a", 0), set("web-b", 5)];
    for (current, expected) in [("web-b", "web-b"), ("web-a", "web-a"), ("web-gone", "web-a")] {
        let objects = [named(current), sets[0].clone(), sets[1].clone()];
        let world = world_of(&objects, Instant::now());
        let key = ObjectKey::new("apps", "web");
        let observed = observe(&world, &key, Instant::now()).unwrap();
        let resolved = template::resolve(&observed.deployment.spec, &observed.artifacts, false).unwrap();
        assert_eq!(template::newest(&observed, &resolved), Some(expected), "{current}");
    }
}

/// The newest replica set has a living Workload only once the status names it.
fn announced(cluster: &Simulation, image: &str) {
    let current = &cluster.get(Kind::WorkloadDeployment, "web")["status"]["currentReplicaSet"]["name"];
    let all = cluster.all(Kind::WorkloadReplicaSet);
    let newest = all.iter().find(|set| set["spec"]["template"]["spec"]["components"][0]["image"] == image);
    let Some(name) = newest.map(|set| &set["metadata"]["name"]) else { return };
    let lives = |w: &&&Value| w["metadata"]["deletionTimestamp"].is_null();
    let has_workloads =
        cluster.all(Kind::Workload).iter().filter(lives).any(|w| w["metadata"]["ownerReferences"][0]["name"] == *name);
    assert!(!has_workloads || current == name, "{name} has Workloads and the status names {current}");
}

/// In every write while a rollout runs: previous is null unless it runs, and never the current one; Ready is never True
/// for a generation that is not the object's.
#[test]
fn no_status_on_the_way_breaks_a_rule_of_taking_over() {
    let mut cluster = rolled_out();
    for image in ["web:2", "web:bad", "web:1", "web:4"] {
        roll(&mut cluster, image);
        while cluster.step() {
            let object = cluster.get(Kind::WorkloadDeployment, "web");
            let status = &object["status"];
            let (current, previous) = (&status["currentReplicaSet"]["name"], &status["previousReplicaSet"]["name"]);
            assert!(previous.is_null() || previous != current, "{status:#}");
            let sizes = cluster.sizes();
            let live = sizes.values().filter(|size| **size > 0).count();
            assert!(previous.is_null() || live > 0, "{status:#}");
            announced(&cluster, image);
        }
        cluster.pass(5);
    }
    let status = &cluster.get(Kind::WorkloadDeployment, "web")["status"];
    assert_eq!(status["previousReplicaSet"], Value::Null, "the rollout has ended");
    for patch in cluster.status_patches(Kind::WorkloadDeployment) {
        for condition in patch["conditions"].as_array().into_iter().flatten() {
            assert!(condition["observedGeneration"].is_i64());
        }
    }
}

#[test]
fn ready_does_not_stay_true_for_an_older_generation() {
    let mut cluster = rolled_out();
    for change in [json!({ "replicas": 4 }), json!({ "replicas": 2 }), json!({ "deployPolicy": "Recreate" })] {
        cluster.edit(Kind::WorkloadDeployment, "web", json!({ "spec": change }));
        cluster.run();
        let object = cluster.get(Kind::WorkloadDeployment, "web");
        for condition in object["status"]["conditions"].as_array().unwrap() {
            assert_eq!(condition["observedGeneration"], object["metadata"]["generation"], "{change}");
        }
    }
}

#[test]
fn counters_are_of_all_replica_sets_and_zeros_are_absent() {
    let mut cluster = rolled_out();
    roll(&mut cluster, "web:bad");
    cluster.pass(5);
    let status = &cluster.get(Kind::WorkloadDeployment, "web")["status"];
    assert_eq!(status["replicas"], json!({ "expected": 3, "current": 4, "ready": 3, "unavailable": 1 }));
    assert_eq!(status["currentReplicas"], 4);
    assert_eq!(status["previousReplicaSet"]["name"], cluster.set_of("web:1")["metadata"]["name"]);
    assert_eq!(status["currentReplicaSet"]["name"], cluster.set_of("web:bad")["metadata"]["name"]);
    roll(&mut cluster, "web:1");
    cluster.pass(5);
    let status = &cluster.get(Kind::WorkloadDeployment, "web")["status"];
    assert_eq!(status["replicas"], json!({ "expected": 3, "current": 3, "ready": 3 }));
}

#[test]
fn without_progress_the_deadline_is_reported_and_the_rollout_goes_on() {
    let mut cluster = rolled_out();
    cluster.edit(
        Kind::WorkloadDeployment,
        "web",
        json!({ "metadata": { "annotations": {
        (annotation::PROGRESS_DEADLINE_SECONDS): "120"
    } } }),
    );
    roll(&mut cluster, "web:bad");
    cluster.pass(100);
    assert_eq!(deploy(&cluster), ("True".into(), "ReplicaSetUpdated".into()));
    cluster.pass(40);
    assert_eq!(deploy(&cluster), ("False".into(), "ProgressDeadlineExceeded".into()));
    cluster.pass(600);
    assert_eq!(deploy(&cluster), ("False".into(), "ProgressDeadlineExceeded".into()), "it does not flap");
    let writes = cluster.status_patches(Kind::WorkloadDeployment).len();
    assert!(writes < 20, "{writes} writes");
    for host in cluster.hosts.values_mut() {
        host.answers.extend(std::iter::repeat_n(Answer::Runs, 3));
    }
    cluster.pass(400);
    assert_eq!(deploy(&cluster), ("True".into(), "NewReplicaSetAvailable".into()));
    assert_eq!(ready(&cluster), "True");
}

/// The clock of the deadline starts with the change, however old the replica set is.
#[test]
fn scaling_going_back_and_resuming_after_a_long_time_are_not_taken_for_a_lack_of_progress() {
    let exceeded = |cluster: &Simulation| {
        let patches = cluster.status_patches(Kind::WorkloadDeployment);
        patches.iter().any(|patch| patch.to_string().contains("ProgressDeadlineExceeded"))
    };
    let mut cluster = rolled_out();
    roll(&mut cluster, "web:2");
    cluster.pass(3_600);
    cluster.edit(Kind::WorkloadDeployment, "web", json!({ "spec": { "replicas": 5 } }));
    cluster.pass(30);
    assert!(!exceeded(&cluster), "scaled");
    cluster.pass(3_600);
    roll(&mut cluster, "web:1");
    cluster.pass(30);
    assert!(!exceeded(&cluster), "gone back");
    cluster.edit(
        Kind::WorkloadDeployment,
        "web",
        json!({ "metadata": { "annotations": { (annotation::PAUSED): "true" } } }),
    );
    roll(&mut cluster, "web:2");
    cluster.pass(3_600);
    cluster.edit(
        Kind::WorkloadDeployment,
        "web",
        json!({ "metadata": { "annotations": { (annotation::PAUSED): null } } }),
    );
    cluster.pass(30);
    assert!(!exceeded(&cluster), "resumed");
    assert_eq!(cluster.running("web:2"), 5);
}

#[test]
fn recreating_after_a_long_time_is_not_taken_for_a_lack_of_progress() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.apply(&deployment("web").replicas(2).with(json!({ "spec": { "deployPolicy": "Recreate" } })));
    cluster.pass(3_600);
    cluster.done.clear();
    roll(&mut cluster, "web:2");
    cluster.pass(30);
    let patches = cluster.status_patches(Kind::WorkloadDeployment);
    assert!(!patches.iter().any(|patch| patch.to_string().contains("ProgressDeadlineExceeded")), "{patches:#?}");
}

#[test]
fn a_status_that_differs_only_in_time_is_not_written() {
    let mut cluster = rolled_out();
    cluster.pass(100);
    let key = ObjectKey::new("apps", "web");
    let now = cluster.now();
    let decision = decide(&observe(&cluster.core.world, &key, now.instant).unwrap(), now);
    assert!(decision.effects.is_empty(), "{:#?}", decision.effects);
}

#[test]
fn a_rollout_of_many_replicas_does_not_write_its_status_for_each() {
    let mut cluster = Simulation::with_hosts(10);
    cluster.apply(&deployment("web").replicas(100));
    cluster.run();
    cluster.pass(2);
    assert_eq!(cluster.running("web:1"), 100);
    let writes =
        cluster.status_patches(Kind::WorkloadDeployment).len() + cluster.status_patches(Kind::WorkloadReplicaSet).len();
    assert!(writes <= 10, "{writes}");
    let all = cluster.done.iter().filter(|effect| matches!(effect, Effect::Patch { kind: Kind::Workload, .. })).count();
    assert_eq!(all, 100, "one status for each Workload, and nothing else");
}

/// Ten replicas on their way from `web:1`, of which eight are left, to `web:2`, of which so many of five are ready; something
/// was written a moment ago.
fn on_its_way(ready: usize) -> (World, Instant) {
    let now = Instant::now();
    let current = json!({ "currentReplicaSet": { "name": "web-2" }, "previousReplicaSet": { "name": "web-1" } });
    let set = |name: &str, image: &str, size: i32| {
        replica_set(name).owned_by(Kind::WorkloadDeployment, "web").image(image).replicas(size)
    };
    let replicas = |set: &'static str, count: usize, ready: usize| {
        let replica = move |at| {
            let object = crate::controller::fixtures::workload(&format!("{set}-{at}"));
            object.owned_by(Kind::WorkloadReplicaSet, set).on("1", at < ready)
        };
        (0..count).map(replica)
    };
    let web = deployment("web").image("web:2").replicas(10).status(current);
    let sets = [set("web-1", "web:1", 8).setting("revision", "1"), set("web-2", "web:2", 5).setting("revision", "2")];
    let objects = [web].into_iter().chain(sets).chain(replicas("web-1", 8, 8)).chain(replicas("web-2", 5, ready));
    let mut world = world_of(&objects.collect::<Vec<_>>(), now);
    world.was_written("uid-of-web", now);
    (world, now)
}

#[test]
fn a_step_waits_a_little_for_what_is_on_its_way_and_for_nothing_else() {
    let shrinks = |(world, began): &(World, Instant), after: Duration| {
        let now = Now { instant: *began + after, wall: wall() };
        let decision = decide(&observe(world, &ObjectKey::new("apps", "web"), now.instant).unwrap(), now);
        let scaled = |effect: &Effect| {
            matches!(effect, Effect::Patch { kind: Kind::WorkloadReplicaSet, patch, .. }
                if patch["spec"]["replicas"].is_number())
        };
        (decision.effects.iter().any(scaled), decision.next.is_some_and(|next| next <= *began + Duration::from_secs(2)))
    };
    let (some, all) = (on_its_way(2), on_its_way(5));
    assert_eq!(shrinks(&some, Duration::ZERO), (false, true), "three more may be ready in a moment");
    assert!(shrinks(&some, Duration::from_secs(2)).0);
    assert!(shrinks(&all, Duration::ZERO).0, "there is nothing to wait for");
}
