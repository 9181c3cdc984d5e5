use insta::assert_snapshot;

use crate::support::TestEnv;

#[test]
fn only_deployments_are_rolled_out() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["rollout", "status", "ww/x"]), @"
    code: 2
    --- stderr
    error: no status viewer has been implemented for Workload
    help: only workloaddeployments are rolled out; `kubectl wasmcloud get` shows the others
    ");
    assert_snapshot!(env.run(&["rollout", "status", "wd"]), @"
    code: 2
    --- stderr
    error: required resource not specified
    ");
    assert_snapshot!(env.run(&["rollout", "status", "wd", "a", "b"]), @"
    code: 2
    --- stderr
    error: rollout status is only supported on individual resources
    ");
}

#[test]
fn a_name_alone_is_a_deployment() {
    let told = TestEnv::new().unreachable_cluster().run(&["rollout", "status", "web"]);
    assert!(told.contains("The connection to the server"), "{told}");
}
