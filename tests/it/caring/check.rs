#![cfg(feature = "local")]

use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::TestEnv;
use crate::support::served::Served;

#[test]
fn without_a_server_only_that_is_told() {
    assert_snapshot!(TestEnv::new().unreachable_cluster().run(&["check"]), @"
    code: 1
    --- stdout
    kubernetes-api
    --------------
    × can query the Kubernetes API (WCC001)
        The connection to the server 127.0.0.1:[PORT] was refused - did you specify the right host or port?
        hint: `kubectl cluster-info` shows whether the cluster is up; --context names another one

    Status check results are ×
    ");
}

#[test]
fn all_is_well() {
    let served = Served::with_hosts(&["a", "b"]);
    assert_snapshot!(served.run(&["check"]), @"
    code: 0
    --- stdout
    kubernetes-api
    --------------
    √ can query the Kubernetes API
    √ is running Kubernetes 1.30 or newer

    custom-resources
    ----------------
    √ all five kinds are defined
    √ all five kinds are served as v1alpha1
    √ the API server has accepted the definitions
    √ the definitions are no older than this program

    rbac
    ----
    √ you may do all that the verbs of this plugin need

    controller
    ----------
    √ a controller is in charge
    √ only one controller acts

    hosts
    -----
    √ hosts are known
    √ hosts are Ready
    √ hosts that are Ready were heard from lately
    √ hosts take new Workloads
    √ all hosts are of one version

    clocks
    ------
    √ the clock here agrees with the API server's
    √ nothing was written in the future

    Status check results are √
    ");
    assert_snapshot!(served.run(&["doctor", "-o", "short"]), @"
    code: 0
    --- stdout
    Status check results are √
    ");
    let told = served.json(&["check"]);
    assert_eq!(told["success"], true);
    assert_eq!(told["categories"][0]["categoryName"], "kubernetes-api");
}

/// The commands between back quotes in the hint of the check with that code.
fn commands_in_hint(served: &Served, code: &str) -> Vec<Vec<String>> {
    let output = served.output(&["check", "-o", "json"]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let checks = told["categories"].as_array().unwrap().iter().flat_map(|c| c["checks"].as_array().unwrap());
    let found = checks.into_iter().find(|check| check["code"] == code).unwrap();
    let hint = found["hint"].as_str().unwrap_or_else(|| panic!("{code} is well: {told}"));
    let quoted = hint.split('`').skip(1).step_by(2);
    let ours = quoted.filter_map(|command| command.strip_prefix("kubectl wasmcloud "));
    ours.map(|command| command.split_whitespace().map(str::to_owned).collect()).collect()
}

fn verdict(served: &Served, code: &str) -> String {
    let output = served.output(&["check", "-o", "json"]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let checks = told["categories"].as_array().unwrap().iter().flat_map(|c| c["checks"].as_array().unwrap());
    let found = checks.into_iter().find(|check| check["code"] == code);
    found.map(|check| check["result"].as_str().unwrap().to_owned()).unwrap_or_default()
}

/// Does what the hint of a check says, word for word.
fn follow(served: &Served, code: &str) {
    let command = commands_in_hint(served, code).into_iter().next().unwrap();
    let words: Vec<_> = command.iter().map(String::as_str).collect();
    let output = served.output(&words);
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

const CRDS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

#[test]
fn definitions_that_are_missing_are_put_there_by_the_hint() {
    let served = Served::with_hosts(&["a"]);
    served.request("DELETE", &format!("{CRDS}/artifacts.runtime.wasmcloud.dev"), "application/json", &Value::Null);
    served.eventually("it is gone", || (verdict(&served, "WCC010") == "error").then_some(()));
    assert_eq!(served.output(&["check"]).status.code(), Some(1));
    follow(&served, "WCC010");
    assert_eq!(verdict(&served, "WCC010"), "success");
}

#[test]
fn definitions_that_are_older_are_updated_by_the_hint() {
    let served = Served::with_hosts(&["a"]);
    let name = format!("{CRDS}/workloads.runtime.wasmcloud.dev");
    let remove = json!([{
        "op": "remove",
        "path": "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/hostSelector",
    }]);
    served.request("PATCH", &name, "application/json-patch+json", &remove);
    assert_eq!(verdict(&served, "WCC013"), "warning");
    assert!(served.output(&["check"]).status.success(), "a warning is no failure");
    let told = served.run(&["check", "-o", "short"]);
    assert!(told.contains("workload.spec.hostSelector"), "{told}");
    follow(&served, "WCC013");
    assert_eq!(verdict(&served, "WCC013"), "success");
}

#[test]
fn a_controller_that_is_missing_or_stale_is_found() {
    let served = Served::without_lease(&["a"]);
    assert_eq!(verdict(&served, "WCC030"), "error");
    assert_eq!(commands_in_hint(&served, "WCC030")[0], ["run-controller"]);
    served.lease("kubectl-wasmcloud_gone_1", "2026-01-01T00:00:00Z");
    assert_eq!(verdict(&served, "WCC030"), "error");
    assert!(served.run(&["check", "-o", "short"]).contains("kubectl-wasmcloud_gone_1 was last heard from"));
    served.held_by("kubectl-wasmcloud_test_1");
    assert_eq!(verdict(&served, "WCC030"), "success");
}

#[test]
fn no_ready_host_is_found() {
    let served = Served::with_hosts(&[]);
    assert_eq!(verdict(&served, "WCC050"), "error");
    served.local.hosts.join("a");
    served.eventually("it is known", || (verdict(&served, "WCC051") == "success").then_some(()));
}

#[test]
fn nats_that_nobody_listens_on_is_found() {
    let served = Served::with_hosts(&["a"]);
    let told = served.run(&["check", "-o", "short", "--nats-url=nats://user:hunter2@127.0.0.1:1"]);
    assert!(told.contains("(WCC040)") && !told.contains("hunter2"), "{told}");
    assert!(told.starts_with("code: 1"), "{told}");
}

/// The machine's clock, and one that is that far from it.
#[expect(clippy::disallowed_methods, reason = "the clock is passed in, and here is where from")]
fn off_by(seconds: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_secs(seconds)
}

#[test]
fn a_clock_that_is_ahead_of_the_clusters_is_found() {
    let served = Served::at(|| off_by(-90), &["a"]);
    assert_eq!(verdict(&served, "WCC060"), "error");
    assert_eq!(verdict(&served, "WCC061"), "success");
    let told = served.run(&["check", "-o", "short"]);
    let clocks = &told[told.find("clocks\n").unwrap()..];
    assert_snapshot!(clocks, @"
    clocks
    ------
    × the clock here agrees with the API server's (WCC060)
        ours is NOW ahead
        hint: have every machine's clock set by NTP: `timedatectl` shows whether this one's is

    Status check results are ×
    ");
    assert_eq!(served.output(&["check"]).status.code(), Some(1));
}

#[test]
fn a_clock_that_is_behind_the_clusters_is_found() {
    let served = Served::at(|| off_by(20), &["a"]);
    served.eventually("the host is seen", || (verdict(&served, "WCC061") == "warning").then_some(()));
    assert_eq!(verdict(&served, "WCC060"), "warning");
    let told = served.run(&["check", "-o", "short"]);
    let clocks = &told[told.find("clocks\n").unwrap()..];
    assert_snapshot!(clocks, @"
    clocks
    ------
    ‼ the clock here agrees with the API server's (WCC060)
        ours is NOW behind
        hint: have every machine's clock set by NTP: `timedatectl` shows whether this one's is
    ‼ nothing was written in the future (WCC061)
        lastSeen of a host is NOW ahead of the clock here
        hint: have every machine's clock set by NTP: `timedatectl` shows whether this one's is

    Status check results are ×
    ");
}

#[test]
fn nats_is_looked_for_where_the_controller_in_the_cluster_has_it() {
    let container = json!({
        "image": "ghcr.io/wasmcloud/runtime-operator:2.7.0",
        "args": ["-leader-elect", "-nats-url=nats://user:hunter2@nats.invalid:4222"],
    });
    let deployment = json!({
        "metadata": {"name": "operator", "namespace": "default"},
        "spec": {"replicas": 1, "template": {"spec": {"containers": [container]}}},
    });
    let list = json!({"apiVersion": "apps/v1", "kind": "DeploymentList", "metadata": {}, "items": [deployment]});
    let served = Served::with_answer(&["a"], "/apis/apps/v1/deployments", &list);
    served.held_by("op-1");
    assert_eq!(served.run(&["check", "-o", "name"]), "code: 0\n--- stdout\nWCC040\n");
    let told = served.run(&["check", "-o", "short"]);
    assert!(told.contains("at nats://nats.invalid:4222, which deployment/operator in namespace default has"), "{told}");
    assert!(told.contains("hint: it may be out of reach only from here; `kubectl port-forward -n invalid"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
    let asked = served.run(&["check", "-o", "name", "--nats-url=nats://127.0.0.1:1"]);
    assert_eq!(asked, "code: 1\n--- stdout\nWCC040\n", "what was asked for has to be there");
}

#[test]
fn before_an_install_nothing_of_it_need_be_there() {
    let served = Served::with_hosts(&[]);
    assert_snapshot!(served.run(&["check", "--pre"]), @"
    code: 0
    --- stdout
    kubernetes-api
    --------------
    √ can query the Kubernetes API
    √ is running Kubernetes 1.30 or newer

    pre-install
    -----------
    √ no other definitions of runtime.wasmcloud.dev are there
    √ you may create CustomResourceDefinitions
    √ you may create what a controller in the cluster needs
    ‼ no controller is in charge yet (WCC083)
        in charge: kubectl-wasmcloud_test_1 (kubectl wasmcloud run-controller)
        hint: both respect the Lease: ours waits until the other is stopped, and takes its objects over as they are

    clocks
    ------
    √ the clock here agrees with the API server's
    √ nothing was written in the future

    Status check results are √
    ");
}
