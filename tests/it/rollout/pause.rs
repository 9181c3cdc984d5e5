use insta::assert_snapshot;

use crate::support::served::Served;

#[test]
fn a_change_waits_until_the_pause_ends() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("r.example/hello:1", 1);
    assert_snapshot!(served.run(&["rollout", "resume", "hello"]), @r#"
    code: 1
    --- stderr
    error: workloaddeployments.runtime.wasmcloud.dev "hello" is not paused
    "#);
    assert_snapshot!(served.run(&["rollout", "pause", "hello", "--dry-run=client"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello paused (dry run)
    ");
    assert_snapshot!(served.run(&["rollout", "pause", "hello"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello paused
    ");
    assert_snapshot!(served.run(&["rollout", "pause", "wd", "hello", "nowhere"]), @r#"
    code: 1
    --- stderr
    Error from server (NotFound): workloaddeployments.runtime.wasmcloud.dev "nowhere" not found
    error: workloaddeployments.runtime.wasmcloud.dev "hello" is already paused
    "#);
    let mut next = crate::support::local::deployment("r.example/hello:2", 1);
    next["metadata"]["labels"] = serde_json::json!({"app": "hello"});
    served.apply(&next);
    served.eventually("the status says that it is paused", || {
        let deploy = served.run(&["get", "wd", "hello", "-o", "jsonpath={.status.conditions[2].reason}"]);
        deploy.contains("DeploymentPaused").then_some(())
    });
    assert_snapshot!(served.run(&["rollout", "status", "hello"]), @r#"
    code: 1
    --- stdout
    Waiting for deployment "hello" rollout to finish: 0 out of 1 new replicas have been updated...
    --- stderr
    error: deployment "hello" is paused
    help: `kubectl wasmcloud rollout resume hello -n default` lets it go on
    "#);
    assert_snapshot!(served.run(&["rollout", "status", "hello", "--watch=false"]), @r#"
    code: 0
    --- stdout
    Waiting for deployment "hello" rollout to finish: 0 out of 1 new replicas have been updated...
    --- stderr
    hint: deployment "hello" is paused; `kubectl wasmcloud rollout resume hello -n default` lets it go on
    "#);
    assert_eq!(served.local.hosts.images(), ["r.example/hello:1"]);
    assert_snapshot!(served.run(&["rollout", "resume", "-l", "app=hello", "-o", "name"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello
    ");
    served.block_on(served.local.rolled_out("hello"));
    served
        .eventually("only the new image runs", || (served.local.hosts.images() == ["r.example/hello:2"]).then_some(()));
}

#[test]
fn a_pause_that_would_be_ignored_is_refused() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("r.example/hello:1", 1);
    served.held_by("upstream-operator-1");
    assert_snapshot!(served.run(&["rollout", "pause", "hello"]), @"
    code: 1
    --- stderr
    error: upstream-operator-1 is in charge, and ignores a pause
    help: it rolls out every change at once, so apply the change when it may roll; `kubectl wasmcloud run-controller` in its place heeds pauses
    ");
    assert_snapshot!(served.run(&["rollout", "resume", "hello"]), @r#"
    code: 1
    --- stderr
    Warning: upstream-operator-1 is in charge, and ignores pauses
    error: workloaddeployments.runtime.wasmcloud.dev "hello" is not paused
    "#);
}

#[test]
fn a_pause_waits_for_a_controller() {
    let served = Served::without_lease(&["a"]);
    served.deploy("r.example/hello:1", 1);
    assert_snapshot!(served.run(&["rollout", "pause", "hello"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello paused
    --- stderr
    Warning: a pause waits for a controller; in charge: none
    ");
}
