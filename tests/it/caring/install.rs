use insta::assert_snapshot;

use crate::support::TestEnv;

#[test]
fn a_controller_can_be_exported_without_a_cluster() {
    let words = ["install", "--controller", "--image=registry.example.com/kubectl-wasmcloud:1", "--export"];
    let told = TestEnv::new().run(&words);
    assert_eq!(told.matches("\nkind: CustomResourceDefinition\n").count(), 5, "{told}");
    let controller = &told[told.find("kind: Namespace").unwrap()..];
    let deployment = &controller[controller.find("apiVersion: apps/v1").unwrap()..];
    assert_snapshot!(deployment, @"");
}

#[test]
fn flags_that_the_controller_could_not_read_are_refused_here() {
    let words = ["install", "--controller", "--image=x", "--export", "--", "--no-such-flag"];
    assert_snapshot!(TestEnv::new().run(&words), @"");
    assert_snapshot!(TestEnv::new().run(&["install", "--controller"]), @"");
}
