use insta::assert_snapshot;
use serde_json::json;

use crate::support::TestEnv;
use crate::support::served::Served;

#[test]
fn a_host_without_a_pod_has_its_log_where_it_was_started() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    assert_snapshot!(served.run(&["logs", "wd/hello"]), @"");
    assert_snapshot!(served.run(&["logs", "host/a"]), @"");
    assert_snapshot!(served.run(&["logs", "wd/hello", "-o", "name"]), @"");
    let logs = served.json(&["logs", "wd/hello"]);
    assert_eq!((&logs[0]["host"], &logs[0]["pod"]), (&json!("a"), &json!(null)));
}

#[test]
fn a_local_control_plane_has_one_log() {
    let served = Served::without_lease(&["a"]);
    served.held_by("kubectl-wasmcloud_local");
    assert_snapshot!(served.run(&["logs", "host/a"]), @"");
}

#[test]
fn what_does_not_run_has_no_log() {
    assert_snapshot!(TestEnv::new().run(&["logs", "art/x"]), @"");
    assert_snapshot!(TestEnv::new().run(&["logs", "wd"]), @"");
}
