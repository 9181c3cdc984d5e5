use insta::assert_snapshot;

use crate::support::TestEnv;

#[test]
fn something_has_to_be_named() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["delete"]), @"
    code: 2
    --- stderr
    error: You must provide one or more resources by argument or filename.
    ");
    assert_snapshot!(env.run(&["delete", "wd"]), @"
    code: 2
    --- stderr
    error: resource(s) were provided, but no name was specified
    ");
}

#[test]
fn contradictions_are_refused() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["delete", "wd", "-l", "a=b", "--all"]), @"
    code: 2
    --- stderr
    error: setting 'all' parameter but found a non empty selector.
    ");
    assert_snapshot!(env.run(&["delete", "wd", "x", "-f", "y.yaml"]), @"
    code: 2
    --- stderr
    error: when paths are provided as input, you may not specify resource arguments as well
    ");
    assert_snapshot!(env.run(&["delete", "-f", "nowhere.yaml"]), @r#"
    code: 1
    --- stderr
    error: the path "nowhere.yaml" does not exist
    "#);
}
