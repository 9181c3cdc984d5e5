use insta::assert_snapshot;

use crate::support::TestEnv;

#[test]
fn a_field_is_explained_without_a_cluster() {
    assert_snapshot!(TestEnv::new().run(&["explain", "wd.spec.deployPolicy"]), @"");
}

#[test]
fn a_wrong_field_says_which_was_meant() {
    assert_snapshot!(TestEnv::new().run(&["explain", "host.statsu"]), @"");
    assert_snapshot!(TestEnv::new().run(&["explain", "pods"]), @"");
    assert_snapshot!(TestEnv::new().run(&["explain"]), @"");
}

#[test]
fn the_schema_is_there_for_programs() {
    assert_snapshot!(TestEnv::new().run(&["explain", "wd.spec.replicas", "-o", "json"]), @"");
}
