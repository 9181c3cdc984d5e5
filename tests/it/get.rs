use insta::assert_snapshot;

use crate::support::TestEnv;

#[test]
fn a_type_is_needed() {
    assert_snapshot!(TestEnv::new().run(&["get"]), @"
    code: 2
    --- stderr
    error: You must specify the type of resource to get.
    help: the types are workloaddeployments (wd), workloadreplicasets (wrs), workloads (ww), hosts and artifacts (art); `kubectl` itself shows all others
    ");
}

#[test]
fn types_of_others_are_kubectls() {
    assert_snapshot!(TestEnv::new().run(&["get", "pods"]), @r#"
    code: 2
    --- stderr
    error: this plugin has no resource type "pods"
    help: the types are workloaddeployments (wd), workloadreplicasets (wrs), workloads (ww), hosts and artifacts (art); `kubectl` itself shows all others
    "#);
}

#[test]
fn formats_are_checked_before_the_server_is_asked() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["get", "wd", "-o", "xml"]), @"
    code: 2
    --- stderr
    error: invalid value 'xml' for '--output <FORMAT>': the formats are json, yaml, name, wide and jsonpath=TEMPLATE

    For more information, try '--help'.
    ");
    assert_snapshot!(env.run(&["get", "wd", "-o", "custom-columns=A:.a"]), @"
    code: 2
    --- stderr
    error: invalid value 'custom-columns=A:.a' for '--output <FORMAT>': custom-columns is kubectl's own: `kubectl get TYPE.runtime.wasmcloud.dev -o custom-columns=…` has it

    For more information, try '--help'.
    ");
    assert_snapshot!(env.run(&["get", "wd", "-o", "jsonpath={.a"]), @"
    code: 2
    --- stderr
    error: invalid value 'jsonpath={.a' for '--output <FORMAT>': unclosed action in `{.a`

    For more information, try '--help'.
    ");
}

#[test]
fn names_and_all_namespaces_do_not_go_together() {
    assert_snapshot!(TestEnv::new().run(&["get", "wd", "x", "-A"]), @"
    code: 2
    --- stderr
    error: a resource cannot be retrieved by name across all namespaces
    ");
}

#[test]
fn watching_is_for_one_type() {
    let env = TestEnv::new();
    assert_snapshot!(env.unreachable_cluster().run(&["get", "wd,ww", "-w"]), @"
    code: 2
    --- stderr
    error: watch is only supported on individual resources and resource collections
    ");
}
