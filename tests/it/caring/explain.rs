use insta::assert_snapshot;

use crate::support::TestEnv;

#[test]
fn a_field_is_explained_without_a_cluster() {
    assert_snapshot!(TestEnv::new().run(&["explain", "wd.spec.deployPolicy"]), @"
    code: 0
    --- stdout
    GROUP:      runtime.wasmcloud.dev
    KIND:       WorkloadDeployment
    VERSION:    v1alpha1

    FIELD: deployPolicy <string>


    DESCRIPTION:
        How old Workloads give way to new ones: RollingUpdate goes step by step and
        keeps serving, Recreate stops all old ones first.
    ");
}

#[test]
fn a_wrong_field_says_which_was_meant() {
    assert_snapshot!(TestEnv::new().run(&["explain", "host.statsu"]), @r#"
    code: 1
    --- stderr
    error: field "statsu" does not exist
    help: did you mean "status"?
    "#);
    assert_snapshot!(TestEnv::new().run(&["explain", "pods"]), @r#"
    code: 2
    --- stderr
    error: this plugin has no resource type "pods"
    help: the types are workloaddeployments (wd), workloadreplicasets (wrs), workloads (ww), hosts and artifacts (art); `kubectl` itself shows all others
    "#);
    assert_snapshot!(TestEnv::new().run(&["explain"]), @"
    code: 2
    --- stderr
    error: You must specify the type of resource to explain.
    help: such as `kubectl wasmcloud explain wd.spec`
    ");
}

#[test]
fn the_schema_is_there_for_programs() {
    assert_snapshot!(TestEnv::new().run(&["explain", "wd.spec.replicas", "-o", "json"]), @r#"
    code: 0
    --- stdout
    {
        "default": 1,
        "description": "How many Workloads there are to be; 1 if unset.",
        "format": "int32",
        "type": "integer"
    }
    "#);
}
