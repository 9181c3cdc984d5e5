//! `check` finds what is wrong with a real installation, and its hints put it right.

use std::path::Path;

use serde_json::{Value, json};

use super::api_server::ApiServer;
use super::cluster::{Cluster, Process, eventually, nats_with, ok};
use super::nats_hosts::Fleet;

const LEASE: &str = "d34db3ef.wasmcloud.dev";

/// What is said of the check with that code, and an empty one when it was not made.
fn check(cluster: &Cluster, code: &str, flags: &[&str]) -> Value {
    let output = cluster.run(&[&["check", "-o", "json"], flags].concat());
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.success(), told["success"] == true, "{told}");
    let mut checks = told["categories"].as_array().unwrap().iter().flat_map(|one| one["checks"].as_array().unwrap());
    checks.find(|check| check["code"] == code).cloned().unwrap_or_default()
}

fn is(cluster: &Cluster, code: &str, result: &str) {
    eventually(&format!("{code} is {result}"), || (check(cluster, code, &[])["result"] == result).then_some(()));
}

/// What is wrong, of a check that failed.
#[track_caller]
fn error(check: &Value) -> &str {
    assert_eq!(check["result"], "error", "{check}");
    check["error"].as_str().unwrap()
}

fn end(mut controller: Process) {
    controller.signal("TERM");
    assert_eq!(controller.wait(), Some(0), "{}", controller.log());
}

#[test]
#[ignore = "real servers"]
fn controllers_hosts_and_nats_that_are_not_well_are_found() {
    let server = ApiServer::start();
    let cluster = Cluster::on("checking", server.kubeconfig(server.port));
    let name = cluster.namespace.clone();
    assert!(error(&check(&cluster, "WCC030", &[])).contains("nobody holds the Lease"));
    let controller = cluster.controller();
    is(&cluster, "WCC030", "success");
    is(&cluster, "WCC050", "error");
    let _fleet = Fleet::join(&cluster.nats_url, &name, &["one"]);
    is(&cluster, "WCC051", "success");
    let nats = format!("--nats-url={}", cluster.nats_url);
    for code in ["WCC040", "WCC041", "WCC042"] {
        assert_eq!(check(&cluster, code, &[&nats])["result"], "success", "{code}");
    }
    nats_refuses(&cluster, cluster.home());

    let other = format!("{name}-other");
    let mut second = vec!["run-controller", &nats, "--watch-namespaces=elsewhere", "--host-namespaces=elsewhere"];
    second.extend(["--namespace", &other]);
    let second = cluster.start_as_is("second.log", &second);
    is(&cluster, "WCC031", "error");
    let both = check(&cluster, "WCC031", &[]);
    assert!(error(&both).contains(&other) && error(&both).contains(&cluster.system), "{both}");
    end(second);
    is(&cluster, "WCC031", "success");

    controller.signal("KILL");
    let old = "2026-01-01T00:00:00.000000Z";
    let patch = |object: [&str; 2], patch: Value, more: &[&str]| {
        let patch = format!("--patch={patch}");
        let words = ["patch", object[0], object[1], "--namespace", &cluster.system, "--type=merge", &patch];
        ok(cluster.kubectl(&[&words[..], more].concat()));
    };
    patch(["lease", LEASE], json!({"spec": {"renewTime": old}}), &[]);
    let stale = check(&cluster, "WCC030", &[]);
    assert!(error(&stale).contains("was last heard from"), "{stale}");
    let host = ["hosts.runtime.wasmcloud.dev", "one"];
    patch(host, json!({"status": {"lastSeen": "2026-01-01T00:00:00Z"}}), &["--subresource=status"]);
    assert_ne!(check(&cluster, "WCC052", &[])["result"], "success");
    let not_ready = json!([{"type": "Ready", "status": "False", "reason": "Unreachable", "message": "",
        "lastTransitionTime": "2026-01-01T00:00:00Z"}]);
    patch(host, json!({"status": {"conditions": not_ready}}), &["--subresource=status"]);
    assert!(error(&check(&cluster, "WCC051", &[])).contains("one"));
}

/// NATS where nobody listens, and one that lets nobody in.
fn nats_refuses(cluster: &Cluster, dir: &Path) {
    let unreachable = check(cluster, "WCC040", &["--nats-url=nats://127.0.0.1:1"]);
    assert!(error(&unreachable).contains("refused"), "{unreachable}");
    let (_nats, port) = nats_with(dir, "authorization { user: anna, password: hunter2 }\n");
    let url = |who: &str| format!("--nats-url=nats://{who}127.0.0.1:{port}");
    for who in ["", "anna:hunter3@"] {
        let refused = check(cluster, "WCC041", &[&url(who)]);
        assert!(error(&refused).contains("authorization") && !refused.to_string().contains("hunter3"), "{refused}");
    }
    assert_eq!(check(cluster, "WCC041", &[&url("anna:hunter2@")])["result"], "success");
}

#[test]
#[ignore = "real servers"]
fn rights_that_lack_and_fields_that_would_be_pruned_are_put_right_by_the_hints() {
    let server = ApiServer::start();
    let cluster = Cluster::on("righting", server.kubeconfig(server.port));
    let kinds = ["artifacts", "hosts", "workloaddeployments", "workloadreplicasets", "workloads"];
    let kinds: Vec<_> = kinds.iter().map(|kind| format!("{kind}.runtime.wasmcloud.dev")).collect();
    let resources = format!("--resource={}", kinds.join(","));
    ok(cluster.kubectl(&["create", "clusterrole", "half", "--verb=get,list", &resources]));
    bind(&cluster, "half");
    eventually("only watching lacks", || {
        let lacking = check(&cluster, "WCC020", &["--as=anna"]);
        let missing = error(&lacking).split("for want of: ").nth(1).unwrap().to_owned();
        (missing.starts_with("watch artifacts.runtime.wasmcloud.dev") && !missing.contains("list ")).then_some(())
    });
    let mut granted = Vec::new();
    while let Some(hint) = check(&cluster, "WCC020", &["--as=anna"])["hint"].as_str() {
        let role = hint.split("bind wasmcloud-").nth(1).unwrap().split(' ').next().unwrap();
        let command = format!("`kubectl wasmcloud rbac --for={role} | kubectl apply -f -`");
        assert!(hint.contains(&command), "{hint}");
        let manifest = cluster.file("role.yaml", &ok(cluster.run_as_is(&["rbac", &format!("--for={role}")])));
        ok(cluster.kubectl(&["apply", "-f", &manifest]));
        bind(&cluster, &format!("wasmcloud-{role}"));
        eventually("the role counts", || {
            let now = check(&cluster, "WCC020", &["--as=anna"]);
            (now["hint"].as_str() != Some(hint)).then_some(())
        });
        granted.push(role.to_owned());
    }
    assert_eq!(granted, ["viewer", "editor", "admin"]);
    assert_eq!(check(&cluster, "WCC020", &["--as=anna"])["result"], "success");

    let path = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/hostSelector";
    let patch = format!("--patch={}", json!([{"op": "remove", "path": path}]));
    ok(cluster.kubectl(&["patch", "crd", "workloads.runtime.wasmcloud.dev", "--type=json", &patch]));
    let older = check(&cluster, "WCC013", &[]);
    assert_eq!(older["result"], "warning");
    assert!(older["error"].as_str().unwrap().contains("workload.spec.hostSelector"), "{older}");
    assert!(older["hint"].as_str().unwrap().contains("`kubectl wasmcloud install`"), "{older}");
    ok(cluster.run_as_is(&["install"]));
    is(&cluster, "WCC013", "success");
}

fn bind(cluster: &Cluster, role: &str) {
    ok(cluster.kubectl(&["create", "clusterrolebinding", role, &format!("--clusterrole={role}"), "--user=anna"]));
}
