//! Whatever someone edits by hand in what we write: all is as it was asked for soon after, nothing is lost on the way, and
//! nobody fights.

use super::*;
use crate::controller::effect::Effect;

/// Writes that putting one edit right may take.
const WRITES: usize = 30;
/// Writes of a quiet minute: hosts were seen.
const QUIET: usize = 12;

fn writes(cluster: &Simulation) -> usize {
    let is_write = |e: &&Effect| {
        matches!(e, Effect::Create { .. } | Effect::Patch { .. } | Effect::Apply { .. } | Effect::Delete { .. })
    };
    cluster.done.iter().filter(is_write).count()
}

/// Three replicas with a rollout behind them, so that there is history.
fn cluster() -> Simulation {
    let mut cluster = rolled_out(3);
    roll(&mut cluster, "web:2");
    cluster.pass(60);
    cluster.done.clear();
    cluster
}

fn name_of(object: &Value) -> String {
    object["metadata"]["name"].as_str().unwrap().to_owned()
}

fn first_workload(cluster: &Simulation) -> String {
    name_of(cluster.all(Kind::Workload)[0])
}

/// Time passes, and all is as it was asked for.
fn heals(cluster: &mut Simulation, what: &str) {
    cluster.pass(400);
    assert!(writes(cluster) <= WRITES + 400 / 60 * QUIET, "{what}: {} writes", writes(cluster));
    assert_eq!(cluster.running("web:2"), 3, "{what}");
    assert!(cluster.running_twice().is_empty(), "{what}");
    assert_eq!(cluster.condition(Kind::WorkloadDeployment, "web", "Ready").0, "True", "{what}");
    let findings = after_a_crash(cluster);
    assert!(findings.is_empty(), "{what}: {findings:#?}");
    cluster.done.clear();
    cluster.pass(60);
    assert!(writes(cluster) <= QUIET, "{what}: {} writes in a quiet minute", writes(cluster));
}

#[test]
fn a_status_of_any_kind() {
    let ready = json!([{ "type": "Ready", "status": "False", "reason": "ByHand", "message": "x" }]);
    let odd = json!([{ "type": "Odd", "status": "True" }, { "type": "Ready", "status": "Maybe" }]);
    for edit in [
        Value::Null,
        json!({ "conditions": null }),
        json!({ "conditions": ready }),
        json!({ "conditions": odd }),
        json!({ "currentReplicaSet": null, "previousReplicaSet": { "name": "nobody" } }),
        json!({ "currentReplicaSet": { "name": "nobody" } }),
        json!({ "replicas": { "current": 99, "unavailable": 7 }, "currentReplicas": 99, "selector": "x" }),
    ] {
        let mut cluster = cluster();
        cluster.edit_status(Kind::WorkloadDeployment, "web", edit.clone());
        let sets: Vec<_> = cluster.all(Kind::WorkloadReplicaSet).into_iter().map(name_of).collect();
        for set in sets {
            cluster.edit_status(Kind::WorkloadReplicaSet, &set, edit.clone());
        }
        heals(&mut cluster, &format!("status of deployment and replica sets: {edit}"));
    }
}

#[test]
fn the_status_of_a_workload() {
    let elsewhere = |cluster: &Simulation, name: &str| {
        let host = cluster.get(Kind::Workload, name)["status"]["hostId"].as_str().unwrap().to_owned();
        if host == "1" { "2" } else { "1" }
    };
    for what in ["all", "conditions", "hostId", "workloadId", "no hostId", "both"] {
        let mut cluster = cluster();
        let name = first_workload(&cluster);
        let other = elsewhere(&cluster, &name);
        let edit = match what {
            "all" => Value::Null,
            "conditions" => json!({ "conditions": null }),
            "hostId" => json!({ "hostId": other }),
            "workloadId" => json!({ "workloadId": "someone-else" }),
            "no hostId" => json!({ "hostId": null }),
            _ => json!({ "hostId": null, "workloadId": null }),
        };
        let before = workloads(&cluster);
        cluster.edit_status(Kind::Workload, &name, edit);
        heals(&mut cluster, &format!("status of a Workload: {what}"));
        assert_eq!(workloads(&cluster), before, "{what}: the same ones where they were");
    }
}

#[test]
fn the_metadata_of_a_workload() {
    let other = json!({ "annotations": { "runtime.wasmcloud.dev/assigned-host": "3" } });
    let gone = json!({ "annotations": { "runtime.wasmcloud.dev/assigned-host": null } });
    let dead = json!({ "annotations": { "runtime.wasmcloud.dev/assigned-host": "no-such-host" } });
    let all = json!({ "annotations": null, "labels": null });
    let finalizers = json!({ "finalizers": null });
    for edit in [other, gone, dead, all, finalizers] {
        let mut cluster = cluster();
        let (name, before) = (first_workload(&cluster), workloads(&cluster));
        cluster.edit(Kind::Workload, &name, json!({ "metadata": edit }));
        heals(&mut cluster, &format!("metadata of a Workload: {edit}"));
        assert_eq!(workloads(&cluster), before, "{edit}: the same ones where they were");
        assert_eq!(cluster.get(Kind::Workload, &name)["metadata"]["finalizers"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_workload_whose_owner_is_taken_away_runs_on_and_is_replaced() {
    let mut cluster = cluster();
    let (name, before) = (first_workload(&cluster), workloads(&cluster));
    cluster.edit(Kind::Workload, &name, json!({ "metadata": { "ownerReferences": null } }));
    cluster.pass(120);
    assert_eq!(cluster.running("web:2"), 4);
    assert!(before.iter().all(|one| workloads(&cluster).contains(one)), "none of those that ran was touched");
    assert!(writes(&cluster) <= WRITES);
}

#[test]
fn a_replica_set() {
    let metadata = |edit: Value| json!({ "metadata": edit });
    for edit in [
        metadata(json!({ "annotations": null })),
        metadata(json!({ "labels": null })),
        metadata(json!({ "annotations": { "runtime.wasmcloud.dev/revision": "77" } })),
        metadata(json!({ "finalizers": null })),
        json!({ "spec": { "replicas": 1 } }),
        json!({ "spec": { "replicas": 9 } }),
        json!({ "spec": { "replicas": 0 } }),
        json!({ "spec": { "replicas": null } }),
        json!({ "spec": { "template": { "spec": { "components": [{ "name": "http", "image": "web:other" }] } } } }),
    ] {
        for image in ["web:1", "web:2"] {
            let mut cluster = cluster();
            let set = name_of(cluster.set_of(image));
            cluster.edit(Kind::WorkloadReplicaSet, &set, edit.clone());
            heals(&mut cluster, &format!("replica set of {image}: {edit}"));
        }
    }
}

#[test]
fn a_replica_set_whose_owner_is_taken_away_works_on_its_own_and_is_replaced() {
    let mut cluster = cluster();
    let (set, before) = (name_of(cluster.set_of("web:2")), workloads(&cluster));
    cluster.edit(Kind::WorkloadReplicaSet, &set, json!({ "metadata": { "ownerReferences": null } }));
    cluster.pass(120);
    assert_eq!(cluster.running("web:2"), 6);
    assert!(before.iter().all(|one| workloads(&cluster).contains(one)), "none of those that ran was touched");
}

#[test]
fn a_host() {
    let metadata = |edit: Value| json!({ "metadata": edit });
    for edit in [
        metadata(json!({ "labels": null })),
        metadata(json!({ "labels": { "mine": "x", "hostgroup": "other" } })),
        metadata(json!({ "finalizers": null })),
        json!({ "hostname": "nowhere.example", "httpPort": 1, "environment": "other" }),
        json!({ "hostId": "someone-else" }),
        metadata(json!({ "annotations": { "runtime.wasmcloud.dev/tombstones": "nobody-1,nobody-2" } })),
    ] {
        let mut cluster = cluster();
        let before = workloads(&cluster);
        cluster.edit(Kind::Host, "host-1", edit.clone());
        heals(&mut cluster, &format!("host: {edit}"));
        assert_eq!(workloads(&cluster), before, "{edit}");
        let host = cluster.get(Kind::Host, "host-1");
        assert_eq!((&host["hostId"], &host["httpPort"]), (&json!("1"), &json!(8000)));
        assert!(host["metadata"]["annotations"]["runtime.wasmcloud.dev/tombstones"].is_null());
    }
}

#[test]
fn the_status_of_a_host_or_all_of_it() {
    let silent = json!([{ "type": "Ready", "status": "False" }, { "type": "Reporting", "status": "False" }]);
    for edit in [Value::Null, json!({ "lastSeen": null }), json!({ "conditions": silent })] {
        let mut cluster = cluster();
        let before = workloads(&cluster);
        cluster.edit_status(Kind::Host, "host-1", edit.clone());
        heals(&mut cluster, &format!("status of a host: {edit}"));
        assert_eq!(workloads(&cluster), before, "{edit}");
    }
    let mut cluster = cluster();
    let before = workloads(&cluster);
    cluster.delete(Kind::Host, "host-1");
    heals(&mut cluster, "a host that was deleted and lives");
    assert_eq!(workloads(&cluster), before);
}
