//! Revisions, and what is said of them; what stands in a rollout's way.

use super::*;

fn annotate(cluster: &mut Simulation, name: &str, value: Option<&str>) {
    cluster.edit(Kind::WorkloadDeployment, "web", json!({ "metadata": { "annotations": { (name): value } } }));
}

fn cause(cluster: &Simulation, image: &str) -> Value {
    cluster.set_of(image)["metadata"]["annotations"][annotation::CHANGE_CAUSE].clone()
}

/// Workloads, those that end included, at the worst moment.
fn most_present(cluster: &mut Simulation) -> usize {
    let mut most = 0;
    while cluster.step() {
        most = most.max(cluster.all(Kind::Workload).len());
    }
    most
}

#[test]
fn a_cause_that_is_written_down_after_the_change_is_that_of_the_newest_revision() {
    let mut cluster = rolled_out();
    roll(&mut cluster, "web:2");
    cluster.run();
    annotate(&mut cluster, annotation::CHANGE_CAUSE, Some("two"));
    cluster.run();
    assert_eq!(cause(&cluster, "web:2"), "two");
    assert_eq!(cause(&cluster, "web:1"), Value::Null, "what is history stays as it was");
    annotate(&mut cluster, annotation::CHANGE_CAUSE, None);
    cluster.run();
    assert_eq!(cause(&cluster, "web:2"), "two", "as kubectl leaves it");
    assert_eq!(revision(cluster.set_of("web:2")), "2");
}

#[test]
fn what_still_ends_counts_for_the_surge() {
    let mut cluster = rolled_out();
    roll(&mut cluster, "web:2");
    assert!(most_present(&mut cluster) <= 4, "one more than asked for, ending ones included");
    assert_eq!(cluster.running("web:2"), 3);
}

#[test]
fn while_an_old_replica_cannot_be_stopped_the_rollout_keeps_to_its_surge_and_then_goes_on() {
    let mut cluster = rolled_out();
    cluster.host("1").link = Link::Mute;
    roll(&mut cluster, "web:2");
    assert!(most_present(&mut cluster) <= 4);
    cluster.pass(300);
    assert_eq!(cluster.running("web:2"), 3);
    assert_eq!(ready(&cluster), "True");
}

#[test]
fn while_a_setting_makes_no_sense_replica_sets_go_on() {
    let mut cluster = rolled_out();
    annotate(&mut cluster, annotation::MAX_UNAVAILABLE, Some("some"));
    let name = cluster.all(Kind::Workload)[0]["metadata"]["name"].as_str().unwrap().to_owned();
    cluster.delete(Kind::Workload, &name);
    cluster.pass(10);
    assert_eq!(cluster.running("web:1"), 3, "one that was deleted is replaced");
    let id = cluster.hosts.values().find_map(|host| host.running.keys().next().cloned()).unwrap();
    let host = cluster.place_of(&id).unwrap().to_owned();
    cluster.host(&host).running.remove(&id);
    cluster.pass(60);
    assert_eq!(cluster.running("web:1"), 3, "one that its host lost is started again");
    roll(&mut cluster, "web:2");
    annotate(&mut cluster, annotation::MAX_UNAVAILABLE, None);
    cluster.run();
    assert_eq!(cluster.running("web:2"), 3);
}

#[test]
fn a_template_that_only_looks_different_rolls_nothing() {
    let mut cluster = rolled_out();
    for same in [
        json!({ "labels": {}, "annotations": {} }),
        json!({ "spec": { "volumes": [], "hostSelector": {}, "hostInterfaces": [] } }),
        json!({ "spec": { "hostId": "", "environment": "" } }),
    ] {
        cluster.edit(Kind::WorkloadDeployment, "web", json!({ "spec": { "template": same } }));
        cluster.run();
        assert_eq!(cluster.all(Kind::WorkloadReplicaSet).len(), 1, "{same}");
    }
    assert_eq!(ready(&cluster), "True");
    assert!(cluster.starts().is_empty() && cluster.stops().is_empty());
}

/// Its Workloads still run while it is being deleted together with them.
#[test]
fn recreate_waits_for_those_of_a_replica_set_that_is_being_deleted() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.apply(&deployment("web").replicas(2).with(json!({ "spec": { "deployPolicy": "Recreate" } })));
    cluster.run();
    cluster.moments.clear();
    let name = cluster.set_of("web:1")["metadata"]["name"].as_str().unwrap().to_owned();
    cluster.edit(Kind::WorkloadReplicaSet, &name, json!({ "metadata": { "finalizers": ["foregroundDeletion"] } }));
    cluster.delete(Kind::WorkloadReplicaSet, &name);
    roll(&mut cluster, "web:2");
    cluster.host("1").link = Link::Mute;
    cluster.pass(20);
    assert_eq!(cluster.running("web:2"), 0, "{:?}", cluster.running_images());
    cluster.host("1").link = Link::Up;
    cluster.pass(60);
    cluster.edit(Kind::WorkloadReplicaSet, &name, json!({ "metadata": { "finalizers": null } }));
    cluster.pass(60);
    assert_eq!(cluster.running_images(), [("web:2".to_owned(), 2)].into());
    assert!(cluster.moments.iter().all(|images| images.len() <= 1), "{:?}", cluster.moments);
}

#[test]
fn a_deployment_and_all_its_revisions_go_in_the_middle_of_anything() {
    for steps in [0, 5, 15, 30, 60, 90] {
        let mut cluster = Simulation::with_hosts(3).in_disorder(steps);
        cluster.apply(&deployment("web").replicas(4));
        cluster.run();
        for image in ["web:2", "web:bad", "web:3"] {
            roll(&mut cluster, image);
            for _ in 0..steps {
                cluster.step();
            }
        }
        cluster.delete(Kind::WorkloadDeployment, "web");
        cluster.pass(120);
        for kind in [Kind::WorkloadDeployment, Kind::WorkloadReplicaSet, Kind::Workload] {
            assert!(cluster.all(kind).is_empty(), "{kind:?} after {steps}");
        }
        assert!(cluster.running_images().is_empty());
    }
}
