use serde_json::json;

use super::super::{State, View, assess, assess_since};
use super::*;

const WORDS: &str = "failed to pull image: manifest unknown";

fn workload(name: &str, reason: &str, message: &str, since: &str) -> Workload {
    let object = json!({
        "metadata": {
            "name": name, "namespace": "n", "uid": format!("uid-{name}"),
            "annotations": {"runtime.wasmcloud.dev/assigned-host": "h1"},
            "ownerReferences": [{"apiVersion": "v1", "kind": "X", "name": "web-1", "uid": "uid-web-1"}],
        },
        "spec": {},
        "status": {"conditions": [
            {"type": "Placement", "status": "False", "reason": reason, "message": message, "lastTransitionTime": since},
            {"type": "Ready", "status": "False"},
        ]},
    });
    serde_json::from_value(object).unwrap()
}

fn failing(name: &str) -> Workload {
    workload(name, "StartFailed", WORDS, "2026-01-01T00:00:00Z")
}

/// A deployment of so many replicas as there are Workloads, all of its newest template.
fn snapshot(workloads: Vec<Workload>) -> Snapshot {
    let count = workloads.len();
    let deployment = json!({
        "metadata": {"name": "web", "namespace": "n", "uid": "uid-web", "generation": 1},
        "spec": {"replicas": count, "template": {"spec": {}}},
        "status": {
            "conditions": [{"type": "Ready", "status": "False", "observedGeneration": 1}],
            "currentReplicaSet": {"name": "web-1"},
        },
    });
    let set = json!({
        "metadata": {"name": "web-1", "namespace": "n", "uid": "uid-web-1"},
        "spec": {"replicas": count, "template": {"spec": {}}},
        "status": {"replicas": {"expected": count, "current": count, "unavailable": count}},
    });
    Snapshot {
        deployment: Some(serde_json::from_value(deployment).unwrap()),
        replica_sets: vec![serde_json::from_value(set).unwrap()],
        workloads,
    }
}

fn exceeded(mut snapshot: Snapshot) -> Snapshot {
    let deploy = json!({"type": "Deploy", "status": "False", "reason": "ProgressDeadlineExceeded"});
    let status = snapshot.deployment.as_mut().unwrap().status.as_mut().unwrap();
    status.conditions.as_mut().unwrap().push(serde_json::from_value(deploy).unwrap());
    snapshot
}

fn before(snapshot: &Snapshot) -> Earlier {
    let mut earlier = Earlier::default();
    earlier.add(snapshot);
    earlier
}

/// Looks at a snapshot as a command does that goes on.
fn seen(earlier: &mut Earlier, snapshot: &Snapshot) -> View {
    earlier.compare(snapshot);
    assess_since(snapshot, earlier)
}

fn event(name: &str, reason: &str) -> Value {
    json!({"reason": reason, "involvedObject": {"kind": "Workload", "name": name, "uid": format!("uid-{name}")}})
}

#[test]
fn what_failed_before_is_progress_until_it_has_failed_again() {
    let snapshot = snapshot(vec![failing("a"), failing("b")]);
    assert_eq!(assess(&snapshot).state, State::Failed, "who does not wait learns it at once");
    let mut earlier = before(&snapshot);
    let view = seen(&mut earlier, &snapshot);
    assert_eq!((view.state, earlier.is_open(), view.is_given_up()), (State::Progressing, true, false));
    let line = format!("Workload n/a on host h1 failed before, and is tried again: {WORDS} (and 1 more like it)");
    assert_eq!(view.worst(), Some(line));

    assert!(earlier.hear(&event("b", "StartFailed")));
    let view = seen(&mut earlier, &snapshot);
    assert_eq!((view.state, view.is_given_up()), (State::Failed, false));
    assert_eq!(view.worst(), Some(format!("Workload n/b on host h1: {WORDS}")), "what is sure comes first");
    assert_eq!(view.troubles.len(), 2);
}

#[test]
fn only_events_of_the_same_failure_count() {
    let mut earlier = before(&snapshot(vec![failing("a")]));
    assert!(!earlier.hear(&event("b", "StartFailed")), "of another Workload");
    assert!(!earlier.hear(&event("a", "StopFailed")), "of something else");
    assert!(!earlier.hear(&json!({})));
    assert!(earlier.is_open());
    assert!(earlier.hear(&event("a", "StartFailed")));
    assert!(!earlier.hear(&event("a", "StartFailed")), "it is known");
    assert!(!earlier.is_open());
}

#[test]
fn a_status_that_is_written_anew_is_believed() {
    let other = |message: &str, since: &str| snapshot(vec![workload("a", "StartFailed", message, since)]);
    for after in [other("trap: unreachable", "2026-01-01T00:00:00Z"), other(WORDS, "2026-01-01T00:09:00Z")] {
        let mut earlier = before(&snapshot(vec![failing("a")]));
        assert_eq!(seen(&mut earlier, &after).state, State::Failed);
        assert!(!earlier.is_open());
    }
}

#[test]
fn one_that_recovers_and_fails_again_has_failed_now() {
    let failed = snapshot(vec![failing("a")]);
    let mut earlier = before(&failed);
    let starting = snapshot(vec![workload("a", "HostDidNotAnswer", "no answer", "2026-01-01T00:00:00Z")]);
    assert_eq!(seen(&mut earlier, &starting).state, State::Progressing);
    assert_eq!(seen(&mut earlier, &failed).state, State::Failed);
}

#[test]
fn a_replica_that_is_new_and_fails_ends_it_at_once() {
    let mut earlier = before(&snapshot(vec![failing("a")]));
    let view = seen(&mut earlier, &snapshot(vec![failing("a"), failing("new")]));
    assert_eq!(view.state, State::Failed);
    assert_eq!(view.worst(), Some(format!("Workload n/new on host h1: {WORDS}")));
}

#[test]
fn nobody_waits_for_ever() {
    let snapshot = exceeded(snapshot(vec![failing("a")]));
    let mut earlier = before(&snapshot);
    assert_eq!(seen(&mut earlier, &snapshot).state, State::Progressing);
    earlier.give_up();
    let view = seen(&mut earlier, &snapshot);
    assert_eq!((view.state, view.is_given_up(), earlier.is_open()), (State::Failed, true, false));
    let line = format!("Workload n/a on host h1 failed before, and was not tried again since: {WORDS}");
    assert_eq!(view.worst(), Some(line));
}

#[test]
fn a_deadline_that_was_exceeded_before_is_no_news_and_one_that_is_exceeded_again_is() {
    let waiting = || vec![workload("a", "HostDidNotAnswer", "no answer", "2026-01-01T00:00:00Z")];
    let mut earlier = before(&exceeded(snapshot(waiting())));
    assert_eq!(seen(&mut earlier, &exceeded(snapshot(waiting()))).state, State::Progressing);
    assert!(earlier.is_open());
    assert_eq!(seen(&mut earlier, &snapshot(waiting())).state, State::Progressing);
    assert_eq!(seen(&mut earlier, &exceeded(snapshot(waiting()))).state, State::Failed);
}

#[test]
fn what_failed_a_moment_ago_is_no_old_story() {
    let fresh = workload("b", "StartFailed", WORDS, "2026-01-01T00:09:50Z");
    let snapshot = exceeded(snapshot(vec![failing("a"), fresh]));
    let earlier = before(&snapshot).only_before("2026-01-01T00:09:30Z".parse().unwrap());
    let has: Vec<_> = snapshot.workloads.iter().map(|workload| earlier.has(workload)).collect();
    assert_eq!(has, [true, false]);
    assert!(!earlier.excuses(snapshot.deployment.as_ref().unwrap()), "kubectl's own question has kubectl's answer");
}

#[test]
fn where_nothing_failed_there_is_nothing_to_wait_for() {
    let passing = workload("a", "NoEligibleHost", "no room", "2026-01-01T00:00:00Z");
    assert!(!before(&snapshot(vec![passing])).is_open());
    assert!(!before(&Snapshot::default()).is_open());
}
