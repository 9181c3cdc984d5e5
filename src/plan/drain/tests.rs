//! Drains, seen from outside.

use serde_json::json;

use super::*;

fn host(name: &str, annotations: &Value) -> Host {
    let ready = json!([{"type": "Ready", "status": "True"}]);
    let status = json!({
        "conditions": ready, "version": "", "osName": "", "osArch": "", "osKernel": "", "systemCPUUsage": "0",
        "systemMemoryTotal": 0, "systemMemoryFree": 0,
    });
    let metadata = json!({"name": name, "annotations": annotations});
    serde_json::from_value(json!({"metadata": metadata, "hostId": format!("id-{name}"), "status": status})).unwrap()
}

fn workload(name: &str, host: &str, more: &Value) -> Workload {
    let mut object = json!({
        "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Workload",
        "metadata": {"name": name, "namespace": "n", "uid": format!("uid-{name}"), "annotations": {}},
        "spec": {},
        "status": {"hostId": format!("id-{host}"), "conditions": [{"type": "Ready", "status": "True"}]},
    });
    for (key, value) in more.as_object().unwrap() {
        object["metadata"][key] = value.clone();
    }
    serde_json::from_value(object).unwrap()
}

fn replaces(name: &str) -> Value {
    json!({"annotations": {annotation::REPLACES: format!("uid-{name}")}})
}

fn blocked(host: &str, message: &str) -> Value {
    json!({"reason": "DrainBlocked", "message": message, "involvedObject": {"kind": "Host", "name": host}})
}

#[test]
fn only_what_has_to_change_is_asked_for() {
    let with = |unschedulable: bool, drain: bool| {
        let mut annotations = json!({});
        for (name, set) in [(annotation::UNSCHEDULABLE, unschedulable), (annotation::DRAIN, drain)] {
            if set {
                annotations[name] = "true".into();
            }
        }
        host("a", &annotations)
    };
    let asks = |ask: Ask| [(false, false), (true, false), (true, true)].map(|(u, d)| ask.patch(&with(u, d)).is_some());
    assert_eq!(asks(Ask::Cordon), [true, false, false]);
    assert_eq!(asks(Ask::Uncordon), [false, true, true]);
    assert_eq!(asks(Ask::Drain), [true, true, false]);
    let undone = Ask::Uncordon.patch(&with(true, true)).unwrap();
    assert_eq!(undone["metadata"]["annotations"], json!({annotation::UNSCHEDULABLE: null, annotation::DRAIN: null}));
    assert!(with(false, true).is_unschedulable(), "a drain keeps new ones away too");
}

#[test]
fn a_forecast_says_who_leaves_and_how() {
    let owner = json!({"ownerReferences": [{
        "apiVersion": "x/v1", "kind": "WorkloadReplicaSet", "name": "web-1", "uid": "u", "controller": true
    }]});
    let workloads =
        [workload("web-1-b", "a", &owner), workload("alone", "a", &json!({})), workload("far", "b", &json!({}))];
    let (a, b) = (host("a", &json!({})), host("b", &json!({})));
    let hosts = [a.clone(), b.clone()];
    let none = BTreeSet::new();
    assert_eq!(
        forecast(std::slice::from_ref(&a), &hosts, &workloads, Some(&none)),
        [
            "host a has 2 Workloads, which leave:",
            "  n/alone, which nobody owns: it stops before it starts elsewhere",
            "  n/web-1-b, of WorkloadReplicaSet web-1: a replacement comes first",
        ]
    );
    assert_eq!(
        forecast(&hosts, &hosts, &workloads, Some(&none)).last().unwrap(),
        "no other host is ready and uncordoned, so there is nowhere to go for now"
    );
    assert_eq!(forecast(&[host("c", &json!({}))], &hosts, &workloads, None), ["host c has no Workloads"]);
}

#[test]
fn a_forecast_promises_no_replacement_first_where_there_is_none() {
    let owned = |kind: &str, by: &str| {
        json!({"ownerReferences": [{
            "apiVersion": "x/v1", "kind": kind, "name": by, "uid": format!("uid-{by}"), "controller": true
        }]})
    };
    let deployment = |name: &str, policy: &str| -> WorkloadDeployment {
        let spec = json!({"deployPolicy": policy, "template": {"spec": {}}});
        serde_json::from_value(json!({"metadata": {"name": name, "uid": format!("uid-{name}")}, "spec": spec})).unwrap()
    };
    let set = |name: &str, by: &str| -> WorkloadReplicaSet {
        let mut object = json!({"metadata": owned("WorkloadDeployment", by), "spec": {"template": {"spec": {}}}});
        object["metadata"]["uid"] = format!("uid-{name}").into();
        serde_json::from_value(object).unwrap()
    };
    let deployments = [deployment("db", "Recreate"), deployment("web", "RollingUpdate")];
    let sets = [set("db-1", "db"), set("web-1", "web")];
    let recreated = recreated(&deployments, &sets);
    assert_eq!(recreated, BTreeSet::from(["uid-db-1".to_owned()]));

    let of = |set: &str| workload(&format!("{set}-x"), "a", &owned("WorkloadReplicaSet", set));
    let mut starting = of("web-2");
    starting.status.as_mut().unwrap().conditions = None;
    let hosts = [host("a", &json!({})), host("b", &json!({}))];
    let lines = |recreated| forecast(&hosts[..1], &hosts, &[of("db-1"), of("web-1"), starting.clone()], recreated);
    let first = "  n/db-1-x, of WorkloadReplicaSet db-1:";
    assert_eq!(
        lines(Some(&recreated))[1..],
        [
            format!("{first} it stops before its replacement starts, as deployPolicy Recreate has it"),
            "  n/web-1-x, of WorkloadReplicaSet web-1: a replacement comes first".to_owned(),
            "  n/web-2-x, of WorkloadReplicaSet web-2: it is not ready, and stops before its replacement starts"
                .to_owned(),
        ]
    );
    let unknown = format!("{first} a replacement comes first, unless its deployment's deployPolicy is Recreate");
    assert_eq!(lines(None)[1], unknown);
}

#[test]
fn news_come_once_and_in_order() {
    let mut drains = Drains::new(vec![host("a", &json!({})), host("z", &json!({}))]);
    let (x, y) = (workload("x", "a", &json!({})), workload("y", "b", &replaces("x")));
    assert_eq!(drains.see([&x].into_iter()), [News::Drained(1)], "there is nothing on z");
    assert_eq!(drains.see([&x, &y].into_iter()), [News::Evicting("n/x".to_owned())]);
    assert_eq!(drains.see([&x, &y].into_iter()), []);
    assert_eq!((drains.count(), drains.undone()), ((0, 1), vec!["a".to_owned()]));
    assert_eq!(drains.see([&y].into_iter()), [News::Evicted("x".to_owned()), News::Drained(0)]);
    assert!(drains.are_done());
    assert_eq!(drains.count(), (1, 1));
}

#[test]
fn what_moves_under_its_own_name_has_left_too() {
    let mut drains = Drains::new(vec![host("a", &json!({}))]);
    assert_eq!(drains.see([&workload("x", "a", &json!({}))].into_iter()), []);
    let moved = workload("x", "a", &json!({"annotations": {annotation::ASSIGNED_HOST: "id-b"}}));
    let news = [News::Evicting("n/x".to_owned()), News::Evicted("x".to_owned()), News::Drained(0)];
    assert_eq!(drains.see([&moved].into_iter()), news);
}

#[test]
fn what_left_before_the_first_look_is_told() {
    let mut drains = Drains::new(vec![host("a", &json!({}))]);
    drains.expect(&[workload("x", "a", &json!({})), workload("y", "b", &json!({}))]);
    assert!(!drains.are_done());
    let news = [News::Evicting("n/x".to_owned()), News::Evicted("x".to_owned()), News::Drained(0)];
    assert_eq!(drains.see([].into_iter()), news);
    assert_eq!(drains.count(), (1, 1));
}

#[test]
fn the_controllers_words_say_why_something_stays() {
    let mut drains = Drains::new(vec![host("a", &json!({}))]);
    let words = |name: &str, why: &str| format!("Workload n/{name} cannot leave the host: {why}");
    drains.hear(&blocked("a", &words("x", "old")), true);
    drains.hear(&blocked("a", &words("y", "new")), false);
    assert_eq!(drains.complaints(), [], "nobody is known to be there yet");
    drains.see(
        [&workload("x", "a", &json!({})), &workload("y", "a", &json!({})), &workload("z", "a", &json!({}))].into_iter(),
    );
    assert_eq!(drains.complaints(), [News::Blocked(words("y", "new"))]);
    assert_eq!(drains.left(), [words("x", "old"), words("y", "new"), "Workload n/z is still there".to_owned()]);
    drains.hear(&blocked("a", &words("y", "new")), false);
    drains.hear(&blocked("b", &words("z", "another host's")), false);
    drains.hear(&json!({"reason": "Other"}), false);
    assert_eq!(drains.complaints(), [], "nothing is told twice");
    drains.hear(&blocked("a", &words("x", "another reason")), false);
    assert_eq!(drains.complaints(), [News::Blocked(words("x", "another reason"))]);
}

#[test]
fn only_hosts_are_drained() {
    let refused: Vec<_> = Kind::ALL.into_iter().filter(|kind| refuse(*kind, "drain").is_some()).collect();
    assert_eq!(refused, [Kind::WorkloadDeployment, Kind::WorkloadReplicaSet, Kind::Workload, Kind::Artifact]);
}
