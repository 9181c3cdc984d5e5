//! Scaling and pausing while a rollout is under way.

use super::*;

fn scale(cluster: &mut Simulation, replicas: i32) {
    cluster.edit(Kind::WorkloadDeployment, "web", json!({ "spec": { "replicas": replicas } }));
}

fn pause(cluster: &mut Simulation, paused: Option<&str>) {
    let patch = json!({ "metadata": { "annotations": { (annotation::PAUSED): paused } } });
    cluster.edit(Kind::WorkloadDeployment, "web", patch);
}

/// Ten replicas, 25 % surge and unavailable: a rollout to an image that cannot be had has come as far as it comes.
fn halfway() -> Simulation {
    let mut cluster = Simulation::with_hosts(4);
    cluster.apply(&deployment("web").replicas(10));
    cluster.run();
    roll(&mut cluster, "web:bad");
    cluster.pass(30);
    assert_eq!(cluster.sizes(), [("web:1".into(), 8), ("web:bad".into(), 5)].into());
    cluster.moments.clear();
    cluster
}

fn noted(cluster: &Simulation, image: &str) -> [String; 2] {
    let annotations = &cluster.set_of(image)["metadata"]["annotations"];
    [annotation::DESIRED_REPLICAS, annotation::MAX_REPLICAS].map(|name| annotations[name].as_str().unwrap().to_owned())
}

#[test]
fn a_replica_set_notes_what_it_was_sized_for() {
    let mut cluster = halfway();
    assert_eq!([noted(&cluster, "web:1"), noted(&cluster, "web:bad")], [["10", "13"], ["10", "13"]]);
    let writes = |cluster: &Simulation| {
        let to_sets =
            |effect: &&Effect| matches!(effect, Effect::Patch { kind: Kind::WorkloadReplicaSet, status: false, .. });
        cluster.done.iter().filter(to_sets).count()
    };
    cluster.done.clear();
    scale(&mut cluster, 20);
    cluster.pass(10);
    assert_eq!([noted(&cluster, "web:1"), noted(&cluster, "web:bad")], [["20", "25"], ["20", "25"]]);
    assert_eq!(writes(&cluster), 2, "one for each, that of the size");
}

#[test]
fn scaled_up_in_the_middle_both_revisions_grow_by_their_share() {
    let mut cluster = halfway();
    scale(&mut cluster, 20);
    cluster.pass(30);
    assert_eq!(cluster.sizes(), [("web:1".into(), 15), ("web:bad".into(), 10)].into());
    assert_eq!(cluster.running("web:1"), 15, "all that may be unavailable is");
}

#[test]
fn scaled_down_in_the_middle_both_shrink_and_what_serves_stays() {
    let mut cluster = halfway();
    scale(&mut cluster, 5);
    cluster.pass(30);
    let sizes = cluster.sizes();
    assert_eq!(sizes.values().sum::<i64>(), 7, "{sizes:?}");
    assert!(fewest(&cluster) >= 4, "one of five may be missing: {:?}", cluster.moments);
    scale(&mut cluster, 0);
    cluster.pass(30);
    assert!(cluster.running_images().is_empty() && cluster.all(Kind::Workload).is_empty());
}

#[test]
fn after_being_scaled_in_the_middle_it_comes_to_its_end() {
    for replicas in [1, 5, 20] {
        let mut cluster = halfway();
        scale(&mut cluster, replicas);
        cluster.pass(5);
        roll(&mut cluster, "web:3");
        cluster.pass(60);
        let expected = usize::try_from(replicas).unwrap();
        assert_eq!(cluster.running_images(), [("web:3".to_owned(), expected)].into());
        assert_eq!(ready(&cluster), "True");
    }
}

#[test]
fn paused_in_the_middle_it_stands_still_and_scales_by_share() {
    let mut cluster = halfway();
    pause(&mut cluster, Some("true"));
    cluster.pass(5);
    for host in cluster.hosts.values_mut() {
        host.answers.extend(std::iter::repeat_n(Answer::Runs, 20));
    }
    cluster.pass(400);
    assert_eq!((cluster.running("web:1"), cluster.running("web:bad")), (8, 5), "all run, and nothing rolls");
    assert_eq!(deploy(&cluster), ("Unknown".into(), "DeploymentPaused".into()));
    scale(&mut cluster, 20);
    cluster.pass(10);
    assert_eq!(cluster.sizes(), [("web:1".into(), 15), ("web:bad".into(), 10)].into());
    pause(&mut cluster, None);
    cluster.pass(400);
    assert_eq!(cluster.running_images(), [("web:bad".to_owned(), 20)].into());
    assert_eq!(deploy(&cluster), ("True".into(), "NewReplicaSetAvailable".into()));
}

#[test]
fn paused_from_the_start_nothing_is_made() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&deployment("web").setting("paused", "true"));
    cluster.pass(60);
    assert!(cluster.all(Kind::WorkloadReplicaSet).is_empty());
    assert_eq!(deploy(&cluster), ("Unknown".into(), "DeploymentPaused".into()));
    pause(&mut cluster, None);
    cluster.run();
    assert_eq!(cluster.running("web:1"), 1);
}

#[test]
fn a_replica_set_resized_by_hand_is_put_right_and_so_is_what_it_notes() {
    let mut cluster = rolled_out();
    let name = cluster.set_of("web:1")["metadata"]["name"].as_str().unwrap().to_owned();
    let patch =
        json!({ "metadata": { "annotations": { (annotation::DESIRED_REPLICAS): "7" } }, "spec": { "replicas": 9 } });
    cluster.edit(Kind::WorkloadReplicaSet, &name, patch);
    cluster.pass(10);
    assert_eq!((cluster.running("web:1"), noted(&cluster, "web:1")), (3, ["3".to_owned(), "4".to_owned()]));
    let nonsense = json!({ "metadata": { "annotations": { (annotation::DESIRED_REPLICAS): "-1", (annotation::MAX_REPLICAS): "x" } } });
    cluster.edit(Kind::WorkloadReplicaSet, &name, nonsense);
    roll(&mut cluster, "web:2");
    cluster.pass(10);
    assert_eq!(cluster.running_images(), [("web:2".to_owned(), 3)].into());
}
