use insta::assert_snapshot;
use serde_json::json;

use crate::support::TestEnv;
use crate::support::served::Served;

#[test]
fn a_host_without_a_pod_has_its_log_where_it_was_started() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    assert_snapshot!(served.run(&["logs", "wd/hello"]), @"
    code: 0
    --- stdout
    # host a: default/hello-SET-POD
    # it runs in no Pod of a host group that can be told for sure; its log is on 127.0.0.1, where it was started
    ");
    assert_snapshot!(served.run(&["logs", "host/a"]), @"
    code: 0
    --- stdout
    # host a
    # it runs in no Pod of a host group that can be told for sure; its log is on 127.0.0.1, where it was started
    ");
    assert_snapshot!(served.run(&["logs", "wd/hello", "-o", "name"]), @"code: 0");
    let logs = served.json(&["logs", "wd/hello"]);
    assert_eq!((&logs[0]["host"], &logs[0]["pod"]), (&json!("a"), &json!(null)));
}

#[test]
fn a_local_control_plane_has_one_log() {
    let served = Served::without_lease(&["a"]);
    served.held_by("kubectl-wasmcloud_local");
    assert_snapshot!(served.run(&["logs", "host/a"]), @"
    code: 0
    --- stdout
    # host a
    # its log is that of `kubectl wasmcloud local up`, where that runs
    ");
}

#[test]
fn what_does_not_run_has_no_log() {
    assert_snapshot!(TestEnv::new().run(&["logs", "art/x"]), @"
    code: 2
    --- stderr
    error: an Artifact does not run, and has no log
    help: `describe artifact/NAME` names the deployments that use it; `logs wd/NAME` is for these
    ");
    assert_snapshot!(TestEnv::new().run(&["logs", "wd"]), @"
    code: 2
    --- stderr
    error: resource(s) were provided, but no name was specified
    help: `logs` needs TYPE/NAME, or TYPE -l SELECTOR
    ");
}
