use insta::assert_snapshot;
use serde_json::Value;

use crate::support::hosts::Mood;
use crate::support::served::Served;

/// Uids of all Workloads.
fn uids(served: &Served) -> Vec<Value> {
    let workloads = served.json(&["get", "ww"]);
    workloads["items"].as_array().unwrap().iter().map(|workload| workload["metadata"]["uid"].clone()).collect()
}

#[test]
fn every_workload_is_replaced() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("r.example/hello:1", 2);
    let before = uids(&served);
    assert_snapshot!(served.run(&["rollout", "restart", "hello", "--dry-run=server"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello restarted (server dry run)
    ");
    assert_snapshot!(served.run(&["rollout", "restart", "hello"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello restarted
    ");
    served.block_on(served.local.rolled_out("hello"));
    served
        .eventually("all Workloads are others", || uids(&served).iter().all(|uid| !before.contains(uid)).then_some(()));
    let path = "jsonpath={.items[*].spec.template.annotations}";
    assert!(served.run(&["rollout", "history", "hello", "-o", path]).contains("kubectl.kubernetes.io/restartedAt"));
}

#[test]
fn a_paused_one_is_not_restarted() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("r.example/hello:1", 1);
    assert!(served.run(&["rollout", "pause", "hello"]).starts_with("code: 0"));
    assert_snapshot!(served.run(&["rollout", "restart", "hello"]), @r#"
    code: 1
    --- stderr
    error: workloaddeployments.runtime.wasmcloud.dev "hello" can't restart paused deployment (run rollout resume first)
    "#);
}

#[test]
fn where_a_stamp_does_nothing_workloads_go_one_after_the_other() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("r.example/hello:1", 2);
    served.held_by("upstream-operator-1");
    let before = uids(&served);
    assert_snapshot!(served.run(&["rollout", "restart", "hello"]), @"
    code: 1
    --- stderr
    error: upstream-operator-1 is in charge, and ignores a restart
    help: --batch deletes the Workloads one after the other, each once the one before is replaced and ready
    ");
    assert_snapshot!(served.run(&["rollout", "restart", "hello", "--batch", "--dry-run"]), @r#"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello restarted (dry run)
    --- stderr
    workload.runtime.wasmcloud.dev "hello-SET-POD" deleted (dry run)
    workload.runtime.wasmcloud.dev "hello-SET-POD" deleted (dry run)
    "#);
    assert_eq!(uids(&served), before);
    assert_snapshot!(served.run(&["rollout", "restart", "hello", "--batch"]), @r#"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello restarted
    --- stderr
    workload.runtime.wasmcloud.dev "hello-SET-POD" deleted (1 of 2)
    workload.runtime.wasmcloud.dev "hello-SET-POD" deleted (2 of 2)
    "#);
    let after = uids(&served);
    assert_eq!(after.len(), 2);
    assert!(after.iter().all(|uid| !before.contains(uid)));
}

#[test]
fn a_replacement_that_fails_ends_a_batch() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("r.example/hello:1", 2);
    let before = uids(&served);
    served.local.hosts.mood("a", Mood::Failing("no room for it"));
    let told = served.run(&["rollout", "restart", "hello", "--batch"]);
    assert!(told.contains(" on host a: no room for it\ndeployment \"hello\" failed to restart"), "{told}");
    let kept = uids(&served).iter().filter(|uid| before.contains(uid)).count();
    assert_eq!(kept, 1, "the other one was left alone");
}

#[test]
fn a_batch_that_does_not_end_in_time_is_an_error() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("r.example/hello:1", 1);
    served.local.hosts.mood("a", Mood::Stalling);
    assert_snapshot!(served.run(&["rollout", "restart", "hello", "--batch", "--timeout=1s"]), @r#"
    code: 1
    --- stderr
    workload.runtime.wasmcloud.dev "hello-SET-POD" deleted (1 of 1)
    error: timed out waiting for the Workloads of deployment "hello" to be replaced
    help: `kubectl wasmcloud get workloads -n default` shows the state of each replica
    "#);
}

#[test]
fn nobody_in_charge_would_replace_what_is_deleted() {
    let served = Served::without_lease(&["a"]);
    served.deploy("r.example/hello:1", 1);
    assert_snapshot!(served.run(&["rollout", "restart", "hello", "--batch"]), @"
    code: 1
    --- stderr
    error: Workloads that are deleted would stay away; in charge: none
    help: `kubectl wasmcloud run-controller` starts a controller
    ");
    assert_snapshot!(served.run(&["rollout", "restart", "hello"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello restarted
    --- stderr
    Warning: a restart waits for a controller; in charge: none
    ");
}
