//! Host objects and what stands on them.

mod mass;
mod names;
mod refresh;

use serde_json::{Value, json};

use super::*;
use crate::api::Kind;
use crate::api::names::finalizer;
use crate::controller::fixtures::{
    Link, Object, SYSTEM, Simulation, deployment, heartbeat, host, wall, workload, world_of,
};
use crate::controller::settings::Settings;
use crate::hosts::wire::{HostHeartbeat, WorkloadStatus};
use crate::hosts::{BusError, patience};

fn key() -> ObjectKey {
    ObjectKey::new(SYSTEM, "host-1")
}

fn now() -> Now {
    Now { instant: Instant::now(), wall: wall() }
}

/// A world whose bus is settled, and host `1` heard from so many seconds ago.
fn world(objects: &[Object], beat: HostHeartbeat, ago: u64) -> (World, Now) {
    let now = now();
    let mut world = world_of(objects, now.instant - Duration::from_secs(1_000));
    world.heartbeat(beat, now.instant - Duration::from_secs(ago));
    world.take_touched();
    (world, now)
}

fn decided(world: &World, now: Now) -> Decision {
    decide(&observe(world, &key(), now.instant).unwrap(), now)
}

/// The object as it stands after the first heartbeat was answered.
fn known() -> Object {
    let (world, now) = world(&[], heartbeat("1"), 0);
    let decision = decided(&world, now);
    let mut created = applied(&decision);
    created["status"] = status_in(&decision).unwrap();
    created["metadata"]["finalizers"] = json!([finalizer::HOST]);
    host("1").with(created)
}

fn answered(decision: &Decision, reply: Reply, now: Now, bus_settled: bool) -> Settled {
    let Then::Host(pending) = &decision.then else { panic!("{decision:?}") };
    settle(pending, &decision.effects, &[reply], now, bus_settled)
}

/// The status that is written, in one or two parts.
fn status_in(decision: &Decision) -> Option<Value> {
    let parts = decision.effects.iter().filter_map(|effect| match effect {
        Effect::Patch { patch, status: true, .. } => Some(patch["status"].clone()),
        Effect::Apply { object, status: true, .. } => Some(object["status"].clone()),
        _ => None,
    });
    parts.reduce(|mut status, part| {
        status.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        status
    })
}

/// What is applied of the object.
fn applied(decision: &Decision) -> Value {
    let applied = decision.effects.iter().find_map(|effect| match effect {
        Effect::Apply { object, status: false, .. } => Some(object.clone()),
        _ => None,
    });
    applied.unwrap_or_else(|| panic!("{decision:?}"))
}

#[test]
fn the_first_report_makes_the_object_with_all_that_the_crd_requires() {
    let mut beat = heartbeat("1");
    beat.environment = "team-a".into();
    let (world, now) = world(&[], beat, 0);
    let decision = decided(&world, now);
    let expected = json!({
        "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Host",
        "metadata": { "namespace": SYSTEM, "name": "host-1", "labels": { "hostgroup": "default" } },
        "hostId": "1", "hostname": "10.0.0.1", "httpPort": 8000, "environment": "team-a",
    });
    assert_eq!(applied(&decision), expected);
    let Effect::Patch { patch, status: false, .. } = &decision.effects[1] else { panic!("{decision:?}") };
    assert_eq!(*patch, json!({ "metadata": { "finalizers": [finalizer::HOST] } }));
    let status = status_in(&decision).unwrap();
    for field in ["version", "osName", "osArch", "osKernel", "systemCPUUsage"] {
        assert!(status[field].as_str().is_some_and(|text| !text.is_empty()), "{field}");
    }
    for field in ["systemMemoryTotal", "systemMemoryFree", "componentCount", "workloadCount"] {
        assert!(status[field].is_i64(), "{field}");
    }
    assert!(status["lastSeen"].is_string());
    let types: Vec<_> = status["conditions"].as_array().unwrap().iter().map(|c| c["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["Reporting", "Ready"]);
}

#[test]
fn odd_numbers_do_not_reach_the_status() {
    let odd = HostHeartbeat { system_cpu_usage: f32::NAN, system_memory_total: u64::MAX, ..heartbeat("1") };
    let (world, now) = world(&[], odd, 0);
    let decision = decided(&world, now);
    let status = status_in(&decision).unwrap();
    assert_eq!((status["systemCPUUsage"].as_str(), status["systemMemoryTotal"].as_i64()), (Some("0"), Some(i64::MAX)));
}

#[test]
fn a_report_that_says_nothing_new_is_not_written() {
    let (world, now) = world(&[known()], heartbeat("1"), 0);
    let decision = decided(&world, now);
    assert!(decision.effects.is_empty(), "{decision:?}");
    assert!(decision.next.is_some());
}

#[test]
fn what_a_user_acts_on_is_written_at_once() {
    type Change = fn(&mut HostHeartbeat);
    let changes: [Change; 3] =
        [|beat| beat.version = "3.0.0".into(), |beat| beat.workload_count = 7, |beat| beat.component_count = 9];
    for change in changes {
        let mut beat = heartbeat("1");
        change(&mut beat);
        let (world, now) = world(&[known()], beat, 0);
        assert!(status_in(&decided(&world, now)).is_some());
    }
    let busier = HostHeartbeat { system_cpu_usage: 55.0, ..heartbeat("1") };
    let (world, now) = world(&[known()], busier, 0);
    assert!(decided(&world, now).effects.is_empty(), "load alone waits");
}

#[test]
fn labels_are_exactly_those_of_the_report_and_annotations_stay() {
    let object = known().with(json!({ "metadata": { "labels": { "old": "x" }, "annotations": { "note": "y" } } }));
    let mut beat = heartbeat("1");
    beat.labels.insert("zone".into(), "z1".into());
    beat.hostname = "10.0.0.99".into();
    let (world, now) = world(&[object], beat, 0);
    let decision = decided(&world, now);
    let object = applied(&decision);
    assert_eq!(object["metadata"]["labels"], json!({ "hostgroup": "default", "zone": "z1" }));
    assert_eq!(object["hostname"], "10.0.0.99");
    assert!(object["metadata"].get("annotations").is_none());
    let Effect::Patch { patch, status: false, .. } = &decision.effects[1] else { panic!("{decision:?}") };
    assert_eq!(patch["metadata"], json!({ "uid": "uid-of-host-1", "labels": { "old": null } }));
}

#[test]
fn a_missing_finalizer_is_put_on() {
    let object = known().with(json!({ "metadata": { "finalizers": ["other/one"] } }));
    let (world, now) = world(&[object], heartbeat("1"), 0);
    let decision = decided(&world, now);
    let Effect::Patch { patch, .. } = &decision.effects[0] else { panic!("{decision:?}") };
    assert_eq!(patch["metadata"]["finalizers"], json!(["other/one", finalizer::HOST]));
}

#[test]
fn with_a_heartbeat_missing_it_is_asked() {
    let (world, now) = world(&[known()], heartbeat("1"), 19);
    assert!(decided(&world, now).effects.iter().all(|effect| !matches!(effect, Effect::Probe { .. })));
    for silent in [20, 59, 60] {
        let (world, now) = self::world(&[known()], heartbeat("1"), silent);
        assert!(matches!(&decided(&world, now).effects[..], [Effect::Probe { host }] if host == "1"), "{silent}");
    }
}

#[test]
fn silence_of_less_than_a_minute_means_nothing_but_that_nobody_listens_does() {
    let (mut world, now) = world(&[known()], heartbeat("1"), 20);
    let decision = decided(&world, now);
    let silent = answered(&decision, Reply::Heartbeat(Err(BusError::TimedOut(patience::PROBE))), now, true);
    assert!(silent.dead.is_none() && silent.unheard.is_empty() && silent.next.is_some());
    let gone = answered(&decision, Reply::Heartbeat(Err(BusError::NoResponders)), now, true);
    assert_eq!(gone.unheard, ["1"]);
    assert!(!world.live.unheard("1", now.instant), "once may be a hiccup");
    let again = decided(&world, now);
    assert!(
        again.effects.is_empty() && again.next == Some(now.instant + ASK_AGAIN),
        "so it is asked again after a while"
    );
    let later = Now { instant: now.instant + ASK_AGAIN, ..now };
    assert!(matches!(&decided(&world, later).effects[..], [Effect::Probe { .. }]));
    assert!(world.live.unheard("1", later.instant));
}

#[test]
fn one_that_answers_lives_and_one_that_does_not_is_dead() {
    let (world, now) = world(&[known()], heartbeat("1"), 60);
    let decision = decided(&world, now);
    let alive = answered(&decision, Reply::Heartbeat(Ok(Box::new(heartbeat("1")))), now, true);
    assert!(alive.dead.is_none() && alive.unheard.is_empty());
    let silent = answered(&decision, Reply::Heartbeat(Err(BusError::TimedOut(patience::PROBE))), now, true);
    assert_eq!(silent.dead, Some("1".to_owned()));
    let gone = answered(&decision, Reply::Heartbeat(Err(BusError::NoResponders)), now, true);
    assert_eq!((gone.dead, gone.unheard), (None, vec!["1".to_owned()]), "one may be a hiccup");
    assert!(gone.next.is_some());
}

#[test]
fn our_own_deafness_kills_nobody() {
    let (world, now) = world(&[known()], heartbeat("1"), 60);
    let decision = decided(&world, now);
    for (error, settled) in [(BusError::Disconnected, true), (BusError::TimedOut(patience::PROBE), false)] {
        let settled = answered(&decision, Reply::Heartbeat(Err(error)), now, settled);
        assert!(settled.dead.is_none() && settled.unheard.is_empty() && settled.next.is_some());
    }
    let mut deaf = world;
    deaf.bus_down();
    assert!(decided(&deaf, now).effects.is_empty(), "nobody is even asked");
}

#[test]
fn while_the_bus_settles_the_silent_are_not_asked() {
    let (mut world, now) = world(&[known()], heartbeat("1"), 100);
    world.bus_down();
    world.bus_up(now.instant);
    let decision = decided(&world, now);
    assert!(decision.effects.is_empty());
    assert!(decision.next.is_some_and(|at| at > now.instant));
}

#[test]
fn one_with_a_start_on_its_way_is_not_asked() {
    let (mut world, now) = world(&[known()], heartbeat("1"), 61);
    world.starts.begin("1", &ObjectKey::new("apps", "w"));
    let decision = decided(&world, now);
    assert!(decision.effects.is_empty() && decision.next.is_some());
}

#[test]
fn a_dead_host_is_unknown_and_never_false_and_its_workloads_are_on_record() {
    let (mut world, now) =
        world(&[known(), workload("a").on("1", true), workload("b").on("1", true)], heartbeat("1"), 70);
    world.host_silent("1", now.instant);
    let decision = decided(&world, now);
    let conditions = status_in(&decision).unwrap()["conditions"].as_array().unwrap().clone();
    for condition in conditions {
        assert_eq!((condition["status"].as_str(), condition["reason"].as_str()), (Some("Unknown"), Some("HostSilent")));
        assert_eq!(condition["observedGeneration"], 1);
    }
    let Effect::Patch { patch, status: false, .. } = &decision.effects[1] else { panic!("{decision:?}") };
    assert_eq!(patch["metadata"]["annotations"]["runtime.wasmcloud.dev/tombstones"], "uid-of-a,uid-of-b");
}

#[test]
fn tombstones_are_added_to_those_that_are_there() {
    let object = known().setting("tombstones", "older");
    let (mut world, now) = world(&[object, workload("a").on("1", true)], heartbeat("1"), 70);
    world.host_silent("1", now.instant);
    let text = format!("{:?}", decided(&world, now).effects);
    assert!(text.contains("older,uid-of-a"), "{text}");
}

#[test]
fn back_alive_what_is_on_record_is_stopped_except_what_runs_there_by_our_will() {
    let object = known().setting("tombstones", "uid-of-a,uid-of-gone,uid-of-moving");
    let moving = workload("moving").on("1", true).setting("assigned-host", "2");
    let (world, now) = world(&[object, workload("a").on("1", true), moving], heartbeat("1"), 0);
    let decision = decided(&world, now);
    let stopped: Vec<_> = decision
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Stop { host, id } => Some((host.as_str(), id.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(stopped, [("1", "uid-of-gone"), ("1", "uid-of-moving")]);
}

#[test]
fn a_tombstone_goes_when_the_host_has_confirmed_and_stays_when_it_has_not() {
    let object = known().setting("tombstones", "x,y,z");
    let (world, now) = world(&[object], heartbeat("1"), 0);
    let decision = decided(&world, now);
    let Then::Host(pending) = &decision.then else { panic!("{decision:?}") };
    let stop = |state| {
        Reply::Host(Ok(WorkloadStatus { workload_id: String::new(), workload_state: state, message: String::new() }))
    };
    let replies = [
        stop(WorkloadState::NotFound),
        stop(WorkloadState::Error),
        Reply::Host(Err(BusError::TimedOut(patience::STOP))),
    ];
    let settled = settle(pending, &decision.effects, &replies, now, true);
    let [Effect::Patch { patch, .. }] = &settled.effects[..] else { panic!("{settled:?}") };
    assert_eq!(patch["metadata"]["annotations"]["runtime.wasmcloud.dev/tombstones"], "y,z");
}

#[test]
fn tombstones_that_a_host_does_not_confirm_are_tried_again() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.edit(
        Kind::Host,
        "host-1",
        json!({ "metadata": { "annotations": { "runtime.wasmcloud.dev/tombstones": "x" } } }),
    );
    cluster.host("1").link = Link::Mute;
    cluster.run();
    cluster.host("1").link = Link::Up;
    cluster.pass(30);
    let annotations = &cluster.get(Kind::Host, "host-1")["metadata"]["annotations"];
    assert!(annotations["runtime.wasmcloud.dev/tombstones"].is_null(), "{annotations}");
}

#[test]
fn tombstones_stay_when_the_status_before_the_stops_is_refused() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.host("1").running.insert("x".into(), ("old:1".into(), WorkloadState::Running));
    cluster.refuses_statuses = true;
    let tombstones = json!({ "metadata": { "annotations": { "runtime.wasmcloud.dev/tombstones": "x" } } });
    cluster.edit(Kind::Host, "host-1", tombstones);
    cluster.beat("1");
    cluster.run();
    assert!(cluster.stops().is_empty());
    cluster.refuses_statuses = false;
    cluster.pass(30);
    assert!(cluster.hosts["1"].running.is_empty());
}

#[test]
fn the_object_of_a_dead_host_stays_for_ten_minutes_and_then_goes_the_finalizer_first() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.hosts.clear();
    cluster.pass(600);
    assert_eq!(cluster.condition(Kind::Host, "host-1", "Ready").0, "Unknown");
    cluster.pass(100);
    assert!(cluster.all(Kind::Host).is_empty());
    assert!(cluster.core.world.live.get("1").is_none(), "and it is forgotten");
    let of_host = cluster.done.iter().filter_map(|effect| match effect {
        Effect::Patch { kind: Kind::Host, patch, status: false, .. } => {
            Some(patch["metadata"]["finalizers"].to_string())
        }
        Effect::Delete { kind: Kind::Host, .. } => Some("deleted".to_owned()),
        _ => None,
    });
    assert_eq!(of_host.collect::<Vec<_>>(), ["[]", "deleted"]);
}

#[test]
fn a_tombstone_keeps_the_object_for_longer() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.apply(&deployment("web").replicas(2));
    cluster.run();
    cluster.host("1").link = Link::Mute;
    cluster.pass(3_600);
    assert_eq!(cluster.all(Kind::Host).len(), 2);
    cluster.host("1").link = Link::Up;
    cluster.pass(30);
    assert!(cluster.hosts["1"].running.is_empty());
}

#[test]
fn a_terminating_object_is_let_go() {
    let (world, now) = world(&[known().terminating()], heartbeat("1"), 0);
    let decision = decided(&world, now);
    let [Effect::Patch { patch, .. }] = &decision.effects[..] else { panic!("{decision:?}") };
    assert_eq!(patch["metadata"]["finalizers"], json!([]));
}

#[test]
fn a_deleted_object_of_a_living_host_goes_after_what_is_on_record_is_stopped() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.edit(
        Kind::Host,
        "host-1",
        json!({ "metadata": { "annotations": { "runtime.wasmcloud.dev/tombstones": "x" } } }),
    );
    cluster.host("1").running.insert("x".into(), ("old:1".into(), WorkloadState::Running));
    cluster.host("1").link = Link::Mute;
    cluster.delete(Kind::Host, "host-1");
    cluster.run();
    assert_eq!(cluster.all(Kind::Host).len(), 1, "it cannot be stopped yet");
    cluster.host("1").link = Link::Up;
    cluster.pass(30);
    assert!(cluster.hosts["1"].running.is_empty());
    assert_eq!(cluster.get(Kind::Host, "host-1")["metadata"]["deletionTimestamp"], Value::Null, "and is made anew");
}

/// What was announced beside what every silent host's condition says.
fn announced(cluster: &Simulation) -> Vec<(String, String)> {
    let said = cluster.done.iter().filter_map(|effect| match effect {
        Effect::Announce(said) if said.reason != "HostSilent" => Some((said.reason.clone(), said.message.clone())),
        _ => None,
    });
    said.collect()
}

#[test]
fn who_deletes_the_object_of_a_dead_host_is_told_what_may_still_run_there() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.apply(&deployment("web").replicas(2));
    cluster.run();
    cluster.host("1").link = Link::Mute;
    cluster.pass(120);
    let id = cluster.hosts["1"].running.keys().next().unwrap().clone();
    cluster.delete(Kind::Host, "host-1");
    cluster.run();
    assert_eq!(cluster.all(Kind::Host).len(), 1);
    let said = announced(&cluster);
    assert_eq!(said.iter().filter(|(reason, words)| reason == "TombstonesGivenUp" && words.contains(&id)).count(), 1);
}

#[test]
fn after_a_day_the_tombstones_are_told_and_the_object_goes_even_over_restarts() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.apply(&deployment("web").replicas(2));
    cluster.run();
    cluster.host("1").link = Link::Mute;
    cluster.pass(600);
    let id = cluster.hosts["1"].running.keys().next().unwrap().clone();
    let mut conditions = cluster.get(Kind::Host, "host-1")["status"]["conditions"].clone();
    for condition in conditions.as_array_mut().unwrap() {
        condition["lastTransitionTime"] = json!(wall().checked_sub(Duration::from_secs(23 * 3600)).unwrap());
    }
    let day_ago = json!({ "status": { "conditions": conditions } });
    cluster.api.patch(Kind::Host, &key(), &day_ago, true).unwrap();
    cluster.restart();
    cluster.pass(600);
    assert_eq!(cluster.all(Kind::Host).len(), 2);
    cluster.pass(3600);
    assert_eq!(cluster.all(Kind::Host).len(), 1);
    let said = announced(&cluster);
    assert_eq!(said.iter().filter(|(reason, words)| reason == "TombstonesGivenUp" && words.contains(&id)).count(), 1);
    assert_eq!(cluster.running("web:1"), 3, "it may run there, and somebody was told");
}

#[test]
fn a_host_of_an_environment_that_is_not_ours_gets_no_object() {
    let now = now();
    let settings = Settings { host_namespaces: ["ours".to_owned()].into(), ..Settings::default() };
    let mut world = World::new(settings, now.instant);
    world.heartbeat(HostHeartbeat { environment: "theirs".into(), ..heartbeat("1") }, now.instant);
    assert!(observe(&world, &key(), now.instant).is_none());
    world.heartbeat(HostHeartbeat { environment: "ours".into(), ..heartbeat("1") }, now.instant);
    assert!(observe(&world, &key(), now.instant).is_some());
}

#[test]
fn a_host_known_only_by_its_object_is_asked_at_once_after_a_restart() {
    let now = now();
    let world = world_of(&[host("1")], now.instant);
    let decision = decided(&world, now);
    assert!(matches!(&decision.effects[..], [Effect::Probe { host }] if host == "1"), "{decision:?}");
}

#[test]
fn cordoned_is_only_what_says_true() {
    let cordoned = |value: &str| {
        let world = world_of(&[host("1").setting("unschedulable", value)], Instant::now());
        is_unschedulable(world.hosts.get(&key()).unwrap())
    };
    assert!(cordoned("true"));
    assert!(!cordoned("false") && !cordoned(""));
}
