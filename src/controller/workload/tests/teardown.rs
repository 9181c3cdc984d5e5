//! Stopped first, then let go: never the other way round.

use super::*;
use crate::controller::events::Tone;

fn ending(object: Object) -> Object {
    object.terminating()
}

#[test]
fn it_is_stopped_and_then_let_go() {
    let (mut world, now) = world(&[ending(workload("w").on("1", true))]);
    let decision = decided(&world, now);
    assert_eq!(kinds(&decision), ["stop"]);
    for state in [WorkloadState::Stopping, WorkloadState::NotFound, WorkloadState::Unspecified] {
        let settled = answered(&decision, status(state, ""), now);
        world.memory.insert("uid-of-w".into(), settled.memory.unwrap());
        let decision = decided(&world, now);
        let Effect::Patch { patch, .. } = &decision.effects[0] else { panic!() };
        assert_eq!(patch["metadata"], json!({ "resourceVersion": "1", "finalizers": [] }));
    }
}

#[test]
fn finalizers_of_others_stay() {
    let both = json!({ "metadata": { "finalizers": ["other/one", finalizer::WORKLOAD] } });
    let (world, now) = world(&[ending(workload("w").with(both))]);
    let decision = decided(&world, now);
    let Effect::Patch { patch, .. } = &decision.effects[0] else { panic!("{decision:?}") };
    assert_eq!(patch["metadata"]["finalizers"], json!(["other/one"]));
}

#[test]
fn one_that_was_never_given_to_a_host_is_let_go_at_once() {
    let (world, now) = world(&[ending(workload("w"))]);
    assert_eq!(kinds(&decided(&world, now)), ["patch"]);
}

#[test]
fn one_that_was_only_assigned_is_stopped_all_the_same() {
    let (world, now) = world(&[ending(workload("w").annotated(annotation::ASSIGNED_HOST, "1"))]);
    let decision = decided(&world, now);
    assert!(matches!(&decision.effects[..], [Effect::Stop { host, .. }] if host == "1"), "{decision:?}");
}

#[test]
fn without_placement_on_record_it_is_put_there_before_the_stop() {
    let object = workload("w").on("1", true);
    let mut value = object.value();
    value["status"]["conditions"][2]["status"] = json!("False");
    let (world, now) = world(&[ending(workload("w").with(value))]);
    let decision = decided(&world, now);
    assert_eq!(kinds(&decision), ["status", "stop"]);
    let written = written(&decision.effects).unwrap();
    assert_eq!(
        words(&written),
        "Config=True HostSelection=True Placement=True Sync=Unknown(Terminating) Ready=False(Terminating)"
    );
    assert_eq!((&written["hostId"], &written["workloadId"]), (&json!("1"), &json!("uid-of-w")));
}

#[test]
fn a_stop_without_an_answer_is_tried_again_and_the_finalizer_stays() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&deployment("web"));
    cluster.run();
    cluster.host("1").link = Link::Mute;
    cluster.delete(Kind::WorkloadDeployment, "web");
    for _ in 0..50 {
        cluster.beat("1");
        cluster.pass(1);
        assert_eq!(cluster.all(Kind::Workload).len(), 1, "the host lives and has not confirmed");
    }
    assert!((4..=8).contains(&cluster.stops().len()), "{}", cluster.stops().len());
    cluster.host("1").link = Link::Up;
    cluster.pass(60);
    assert!(cluster.all(Kind::Workload).is_empty());
    assert!(cluster.running_images().is_empty());
}

#[test]
fn a_stop_that_fails_is_tried_again() {
    let (mut world, now) = world(&[ending(workload("w").on("1", true))]);
    let settled = answered(&decided(&world, now), status(WorkloadState::Error, "busy"), now);
    let memory = settled.memory.unwrap();
    assert!(!memory.stopped && memory.stop_after.is_some());
    let [Effect::Announce(said)] = &settled.effects[..] else { panic!("{:?}", settled.effects) };
    assert_eq!((said.reason.as_str(), said.message.as_str()), (reason::STOP_FAILED, "busy"));
    assert_eq!((said.tone, said.regarding.kind.as_str()), (Tone::Warning, "Workload"));
    world.memory.insert("uid-of-w".into(), memory);
    let decision = decided(&world, now);
    assert!(decision.effects.is_empty() && decision.next.is_some());
}

#[test]
fn failed_starts_do_not_hold_up_a_stop() {
    let (mut world, now) = world(&[ending(workload("w").on("1", false))]);
    let memory = world.memory.entry("uid-of-w".into()).or_default();
    for _ in 0..9 {
        memory.failed(Some("1"), "uid-of-w", now.instant);
    }
    assert_eq!(kinds(&decided(&world, now)), ["stop"]);
}

#[test]
fn a_dead_host_lets_go_once_its_tombstone_is_written() {
    let object = ending(workload("w").on("1", true));
    let (mut world, now) = world(&[object.clone(), host("1")]);
    world.host_silent("1", now.instant + Duration::from_secs(70));
    assert_eq!(kinds(&decided(&world, now)), [] as [&str; 0], "nothing is on record yet");
    let buried = host("1").version(2).setting("tombstones", "uid-of-w");
    world.apply(Kind::Host, crate::controller::fixtures::dynamic(&buried.value())).unwrap();
    assert!(world.take_touched().contains(&Key::new(Kind::Workload, key())), "it is woken");
    assert_eq!(kinds(&decided(&world, now)), ["patch"]);
}

#[test]
fn one_whose_start_was_not_answered_is_stopped_when_it_is_deleted() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.host("1").answers.push_back(Answer::RunsUnheard);
    cluster.apply(&deployment("web"));
    cluster.run();
    cluster.delete(Kind::WorkloadDeployment, "web");
    cluster.pass(10);
    assert!(cluster.running_images().is_empty());
    assert!(cluster.all(Kind::Workload).is_empty());
}

#[test]
fn late_answers_do_not_bring_back_what_the_watch_says_is_gone() {
    for seed in 0..30 {
        let mut cluster = Simulation::with_hosts(2).in_disorder(seed);
        cluster.apply(&deployment("web").replicas(4));
        cluster.run();
        cluster.delete(Kind::WorkloadDeployment, "web");
        cluster.run();
        cluster.pass(30);
        let known = (
            cluster.core.world.workloads.len(),
            cluster.core.world.replica_sets.len(),
            cluster.core.world.deployments.len(),
        );
        assert_eq!(known, (0, 0, 0), "seed {seed}");
        assert!(cluster.running_images().is_empty());
        assert!(cluster.core.world.memory.is_empty(), "seed {seed}: {:?}", cluster.core.world.memory);
    }
}

#[test]
fn an_answer_to_a_write_that_comes_after_the_news_of_the_end_is_passed_over() {
    let (mut world, _) = world(&[workload("w")]);
    let last = crate::controller::fixtures::dynamic(&workload("w").version(9).terminating().value());
    world.deleted(Kind::Workload, &key(), "uid-of-w");
    world.written(Kind::Workload, last).unwrap();
    assert!(world.workloads.is_empty());
}

#[test]
fn one_whose_owner_is_gone_is_deleted_as_the_version_that_was_seen() {
    let owned = workload("w").owned_by(Kind::WorkloadReplicaSet, "set").version(7);
    let (mut world, now) = world(&[replica_set("set"), owned]);
    assert_eq!(observe(&world, &key(), now.instant).unwrap().owner, Owner::There);
    world.deleted(Kind::WorkloadReplicaSet, &ObjectKey::new(NAMESPACE, "set"), "uid-of-set");
    assert!(world.take_touched().contains(&Key::new(Kind::Workload, key())));
    let decision = decided(&world, now);
    let Effect::Delete { objects, .. } = &decision.effects[0] else { panic!("{decision:?}") };
    assert_eq!((objects[0].uid.as_str(), objects[0].resource_version.as_str()), ("uid-of-w", "7"));
}

#[test]
fn an_owner_that_is_not_known_is_read_first() {
    let (mut world, now) = world(&[workload("w").owned_by(Kind::WorkloadReplicaSet, "set")]);
    let decision = decided(&world, now);
    assert!(matches!(&decision.effects[..], [Effect::ReadOwner { uid, .. }] if uid == "uid-of-set"), "{decision:?}");
    world.owner_is_gone("uid-of-set");
    assert_eq!(kinds(&decided(&world, now)), ["delete"]);
}

#[test]
fn an_owner_of_that_name_with_another_uid_is_not_the_owner() {
    let other = replica_set("set").with(json!({ "metadata": { "uid": "another" } }));
    let (world, now) = world(&[other, workload("w").owned_by(Kind::WorkloadReplicaSet, "set")]);
    assert_eq!(kinds(&decided(&world, now)), ["read owner"]);
}

#[test]
fn an_owner_deleted_in_the_foreground_takes_it_along_and_one_that_orphans_does_not() {
    for (finalizer, expected) in [("foregroundDeletion", "delete"), ("orphan", "start")] {
        let owner = replica_set("set").terminating().with(json!({ "metadata": { "finalizers": [finalizer] } }));
        let object = workload("w").owned_by(Kind::WorkloadReplicaSet, "set").annotated(annotation::ASSIGNED_HOST, "1");
        let (world, now) = world(&[owner, object]);
        assert_eq!(kinds(&decided(&world, now)), [expected], "{finalizer}");
    }
}

#[test]
fn one_deleted_while_it_moves_is_stopped_at_both_ends() {
    let moving = || ending(workload("w").annotated(annotation::ASSIGNED_HOST, "2").on("1", true));
    let (mut world, now) = world(&[moving()]);
    world.heartbeat(heartbeat("2"), now.instant);
    let decision = decided(&world, now);
    let Then::Workload(pending) = &decision.then else { panic!("{decision:?}") };
    assert_eq!(kinds(&decision), ["stop", "stop"]);
    let (yes, no) = (status(WorkloadState::NotFound, ""), Err(BusError::NoResponders));
    let stopped = |first: &Result<_, _>, second: &Result<_, _>| {
        let replies = [Reply::Host(first.clone()), Reply::Host(second.clone())];
        settle(pending, &decision.effects, &replies, now)
    };
    assert!(stopped(&yes, &yes).memory.unwrap().stopped);
    let half = stopped(&no, &yes);
    assert!(!half.memory.unwrap().stopped);
    assert_eq!(half.unheard, ["2"]);
    let half = stopped(&yes, &no);
    assert!(!half.memory.unwrap().stopped);
    assert_eq!(half.unheard, ["1"]);
}

#[test]
fn one_deleted_while_it_moved_and_the_controller_ended_leaves_nothing_behind() {
    for seed in 0..40 {
        let mut cluster = Simulation::with_hosts(2).in_disorder(seed);
        cluster.apply(&deployment("web"));
        cluster.run();
        let host = cluster.only_workload()["status"]["hostId"].as_str().unwrap().to_owned();
        cluster.host(&host).link = Link::Mute;
        cluster.until(|cluster| cluster.core.world.starts.total() > 0);
        cluster.restart();
        cluster.delete(Kind::WorkloadDeployment, "web");
        cluster.pass(200);
        assert!(cluster.all(Kind::Workload).is_empty(), "seed {seed}");
        cluster.host(&host).link = Link::Up;
        cluster.pass(60);
        assert!(cluster.running_images().is_empty(), "seed {seed}");
    }
}
