//! Upstream's operator takes over from this controller and hands back: what becomes of Hosts on a real API server, which keeps
//! track of who owns which field.

use serde_json::{Value, json};

use super::cluster::{Cluster, Process, eventually, ok, text};
use super::nats_hosts::Fleet;
use super::story::manifest;

const UPSTREAM: &str = "--field-manager=host-status-updater";

fn host(cluster: &Cluster) -> Value {
    let get = ["get", "hosts.runtime.wasmcloud.dev", "one", "--namespace", &cluster.system, "--output", "json"];
    let shown = ok(cluster.kubectl(&[&get[..], &["--show-managed-fields"]].concat()));
    serde_json::from_str(&shown).unwrap()
}

/// Applies as upstream's operator does, and is not told to force anything.
fn upstream_applies(cluster: &Cluster, more: &[&str], said: Value) {
    let mut object = json!({ "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Host",
        "metadata": { "name": "one", "namespace": cluster.system } });
    for (field, value) in said.as_object().unwrap() {
        match field.as_str() {
            "labels" => object["metadata"]["labels"] = value.clone(),
            _ => object[field] = value.clone(),
        }
    }
    let file = cluster.file("host.json", &object.to_string());
    let applied = cluster.kubectl(&[&["apply", "--server-side", UPSTREAM, "-f", &file], more].concat());
    assert!(applied.status.success(), "upstream's operator would be stuck: {}", text(&applied.stderr));
}

fn runs(cluster: &Cluster, replicas: u64) {
    eventually("the status says how many run there", || {
        (host(cluster)["status"]["workloadCount"] == replicas).then_some(())
    });
}

fn end(mut controller: Process) {
    controller.signal("TERM");
    assert_eq!(controller.wait(), Some(0), "{}", controller.log());
}

/// Managers with what each owns of what a host reports.
fn owners(host: &Value) -> Vec<String> {
    let entries = host["metadata"]["managedFields"].as_array().unwrap();
    let of_report = |entry: &&Value| {
        let fields = entry["fieldsV1"].to_string();
        ["f:hostgroup", "f:hostId", "f:hostname", "f:lastSeen", "f:workloadCount", "f:version"]
            .iter()
            .any(|field| fields.contains(field))
    };
    let owners = entries.iter().filter(of_report);
    let name =
        |entry: &Value| format!("{} {}", entry["manager"].as_str().unwrap(), entry["operation"].as_str().unwrap());
    let mut names: Vec<_> = owners.map(name).collect();
    names.dedup();
    names
}

#[test]
#[ignore = "real servers"]
fn upstream_takes_hosts_over_without_a_conflict_leaves_nothing_of_ours_behind_and_neither_do_we_of_its() {
    let cluster = Cluster::new("handover");
    let fleet = Fleet::join(&cluster.nats_url, &cluster.namespace, &["one"]);
    let controller = cluster.controller();
    let app = cluster.file("app.yaml", &manifest("r.example/hello:1", "hello.example.com", 2));
    ok(cluster.run(&["deploy", "-f", &app]));
    runs(&cluster, 2);
    assert_eq!(owners(&host(&cluster)), ["host-status-updater Apply"]);
    let judged = host(&cluster)["status"]["conditions"].clone();
    end(controller);

    // The host has another label by now, and its heartbeat leaves out what is zero.
    let said = json!({ "labels": { "zone": "z1" }, "hostId": "id-one", "hostname": "one", "httpPort": 8001,
        "environment": cluster.namespace });
    upstream_applies(&cluster, &[], said);
    let status = json!({ "version": "9", "osName": "unknown", "osArch": "unknown", "osKernel": "unknown",
        "systemCPUUsage": "0", "systemMemoryTotal": 0, "systemMemoryFree": 0, "lastSeen": "2026-01-01T00:00:00Z" });
    upstream_applies(&cluster, &["--subresource=status"], json!({ "hostId": "id-one", "status": status }));
    let after = host(&cluster);
    assert_eq!(after["metadata"]["labels"], json!({ "zone": "z1" }), "no label of ours is left behind");
    assert_eq!(after["httpPort"], 8001);
    for count in ["workloadCount", "componentCount"] {
        assert!(after["status"][count].is_null(), "a count of ours is left behind: {after:#}");
    }
    assert_eq!(after["status"]["conditions"], judged, "what upstream judges apart stays until it does");
    let finalizers = &after["metadata"]["finalizers"];
    assert_eq!(*finalizers, json!(["runtime.wasmcloud.dev/host-finalizer"]), "it is still kept from vanishing");

    let controller = cluster.controller();
    runs(&cluster, 2);
    eventually("it is what the host says", || {
        let host = host(&cluster);
        let labels = &host["metadata"]["labels"];
        (*labels == json!({ "hostgroup": "default" }) && host["httpPort"] == 8000).then_some(())
    });
    assert_eq!(owners(&host(&cluster)), ["host-status-updater Apply"]);
    assert_eq!((fleet.starts(), fleet.stops()), (2, 0), "nobody was disturbed");
    assert!(!controller.log().contains("the API server refused"), "{}", controller.log());
    end(controller);
}
