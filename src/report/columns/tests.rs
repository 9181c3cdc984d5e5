use serde_json::json;

use super::*;
use crate::api::Kind;
use crate::report::table::Rows;

fn now() -> Timestamp {
    "2026-01-01T01:00:00Z".parse().unwrap()
}

fn table(kind: Kind, style: Style, objects: &[Value], related: &Related) -> String {
    let rows = objects.iter().map(|object| row(kind, object, now(), style, related)).collect();
    Rows::new(headers(kind, style), None).render(rows, true)
}

fn narrow(kind: Kind, object: Value) -> String {
    table(kind, Style::default(), &[object], &Related::default())
}

#[test]
fn deployments() {
    let object = json!({
        "metadata": {"name": "web", "namespace": "n", "creationTimestamp": "2026-01-01T00:55:00Z"},
        "spec": {"replicas": 3, "template": {"spec": {
            "service": {"image": "r/svc:1"},
            "components": [{"name": "a", "image": "r/a:1"}, {"name": "b", "image": "r/a:1"}],
        }}},
        "status": {
            "currentReplicaSet": {"name": "web-2"}, "previousReplicaSet": {"name": "web-1"},
            "replicas": {"expected": 3, "current": 4, "ready": 3, "unavailable": 1},
        },
    });
    assert!(Brief::of(Kind::WorkloadDeployment, &object).is_rolling());
    let updated = HashMap::from([(("n".to_owned(), "web-2".to_owned()), 2)]);
    let related = Related { updated, ..Related::default() };
    insta::assert_snapshot!(table(Kind::WorkloadDeployment, Style::default(), std::slice::from_ref(&object), &related), @"
    NAME   READY   UP-TO-DATE   AVAILABLE   IMAGE           AGE
    web    3/3     2            3           r/svc:1,r/a:1   5m
    ");
    let style = Style { wide: true, namespace: true, labels: true, kind: true };
    insta::assert_snapshot!(table(Kind::WorkloadDeployment, style, &[object], &Related::default()), @"
    NAMESPACE   NAME                                           READY   UP-TO-DATE   AVAILABLE   IMAGE           AGE   POLICY          ENVIRONMENT   MESSAGE   LABELS
    n           workloaddeployment.runtime.wasmcloud.dev/web   3/3     4            3           r/svc:1,r/a:1   5m    RollingUpdate   <none>                  <none>
    ");
}

#[test]
fn replica_sets() {
    insta::assert_snapshot!(narrow(Kind::WorkloadReplicaSet, json!({
        "metadata": {
            "name": "web-2", "creationTimestamp": "2026-01-01T00:00:00Z",
            "labels": {"runtime.wasmcloud.dev/workload-deployment": "web"},
            "annotations": {"runtime.wasmcloud.dev/revision": "2"},
        },
        "spec": {"replicas": 3, "template": {"spec": {}}},
        "status": {"replicas": {"current": 3, "ready": 2}},
    })), @"
    NAME    DEPLOYMENT   REVISION   DESIRED   CURRENT   READY   AGE
    web-2   web          2          3         3         2       60m
    ");
}

#[test]
fn workloads() {
    let workload = |name: &str, deleted: Option<&str>, conditions: Value| {
        json!({
            "metadata": {
                "name": name, "creationTimestamp": "2026-01-01T00:00:00Z", "deletionTimestamp": deleted,
                "annotations": {"runtime.wasmcloud.dev/assigned-host": "id"},
            },
            "spec": {},
            "status": {"hostId": "id", "conditions": conditions},
        })
    };
    let failed = json!([{"type": "Placement", "status": "False", "reason": "StartFailed", "message": "no such image"}]);
    let objects = [
        workload("failed", None, failed.clone()),
        workload("fresh", None, json!([])),
        workload("leaving", Some("2026-01-01T00:00:00Z"), failed),
        workload("running", None, json!([{"type": "Ready", "status": "True"}])),
    ];
    let related = Related { hosts: HostNames::from([("id".to_owned(), "nice-host".to_owned())]), ..Related::default() };
    insta::assert_snapshot!(table(Kind::Workload, Style::default(), &objects, &related), @"
    NAME      HOST        STATE         AGE   MESSAGE
    failed    nice-host   StartFailed   60m   no such image
    fresh     nice-host   Pending       60m
    leaving   nice-host   Terminating   60m   no such image
    running   nice-host   Running       60m
    ");
}

#[test]
fn hosts() {
    let object = json!({
        "metadata": {"name": "nice-host", "labels": {"hostgroup": "default"}},
        "hostId": "id", "hostname": "10.0.0.1", "httpPort": 8000,
        "status": {
            "version": "2.10.3", "osName": "linux", "osArch": "x86_64", "osKernel": "6", "systemCPUUsage": "12.4",
            "systemMemoryTotal": 1000, "systemMemoryFree": 250, "workloadCount": 3, "componentCount": 4,
            "lastSeen": "2026-01-01T00:59:50Z", "conditions": [{"type": "Ready", "status": "True"}],
        },
    });
    let style = Style { wide: true, ..Style::default() };
    insta::assert_snapshot!(table(Kind::Host, style, &[object], &Related::default()), @"
    NAME        GROUP     ENVIRONMENT   VERSION   READY   WORKLOADS   CPU   MEM   LAST-SEEN   ADDRESS         COMPONENTS   OS             HOST-ID
    nice-host   default   <none>        2.10.3    True    3           12%   75%   10s         10.0.0.1:8000   4            linux/x86_64   id
    ");
    insta::assert_snapshot!(narrow(Kind::Host, json!({"metadata": {"name": "new"}, "hostId": "x"})), @"
    NAME   GROUP    ENVIRONMENT   VERSION   READY     WORKLOADS   CPU         MEM         LAST-SEEN
    new    <none>   <none>        <none>    Unknown   0           <unknown>   <unknown>   <unknown>
    ");
}

#[test]
fn artifacts() {
    insta::assert_snapshot!(narrow(Kind::Artifact, json!({
        "metadata": {"name": "web", "creationTimestamp": "2025-12-01T00:00:00Z"},
        "spec": {"image": "r/web:1"},
        "status": {"artifactUrl": "r/web@sha256:0123456789abcdef", "conditions": [{"type": "Ready", "status": "True"}]},
    })), @"
    NAME   IMAGE     DIGEST                READY   AGE
    web    r/web:1   sha256:0123456789ab   True    31d
    ");
}

#[test]
fn what_cannot_be_read_is_shown_as_far_as_it_can() {
    let shown = narrow(Kind::WorkloadDeployment, json!({"metadata": {"name": "odd"}, "spec": 1}));
    assert!(shown.contains("\nodd "), "{shown}");
}

#[test]
fn hosts_that_take_nothing_new_say_so() {
    let host = |name: &str, asked: &[&str]| {
        let annotations: serde_json::Map<_, _> =
            asked.iter().map(|name| (format!("runtime.wasmcloud.dev/{name}"), json!("true"))).collect();
        json!({
            "metadata": {"name": name, "annotations": annotations}, "hostId": "id",
            "status": {
                "version": "2.10.3", "osName": "linux", "osArch": "x86_64", "osKernel": "6", "systemCPUUsage": "1",
                "systemMemoryTotal": 2, "systemMemoryFree": 1, "workloadCount": 0, "componentCount": 0,
                "lastSeen": "2026-01-01T00:59:50Z", "conditions": [{"type": "Ready", "status": "True"}],
            },
        })
    };
    let hosts = [host("cordoned", &["unschedulable"]), host("drained", &["unschedulable", "drain"]), host("open", &[])];
    let table = table(Kind::Host, Style::default(), &hosts, &Related::default());
    let ready: Vec<_> =
        table.lines().filter_map(|line| line.split_whitespace().find(|word| word.starts_with("True"))).collect();
    assert_eq!(ready, ["True,SchedulingDisabled", "True,Draining", "True"]);
}
