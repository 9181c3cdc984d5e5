#![cfg(feature = "local")]

use insta::assert_snapshot;

use crate::support::served::Served;

const IMAGE: &str = "registry.example.com/hello:1";

fn gone(served: &Served) {
    served.lease("kubectl-wasmcloud_test_1", "2026-01-01T00:00:00Z");
}

#[test]
fn finalizers_are_not_left_behind_and_the_help_gets_rid_of_them() {
    let served = Served::with_hosts(&["a"]);
    served.deploy(IMAGE, 1);
    assert_snapshot!(served.run(&["uninstall", "--yes"]), @"");
    let told = served.run(&["uninstall", "--yes"]);
    let command =
        told.split('`').find_map(|quoted| quoted.strip_prefix("kubectl wasmcloud delete")).unwrap().to_owned();
    let words: Vec<_> = std::iter::once("delete").chain(command.split_whitespace()).collect();
    assert!(served.output(&words).status.success(), "{words:?}");
    let told = served.run(&["uninstall", "--yes"]);
    assert!(told.contains("is in charge, and would go on without its kinds"), "{told}");
}

#[test]
fn a_rescue_is_refused_while_workloads_run() {
    let mut served = Served::with_hosts(&["a"]);
    served.deploy(IMAGE, 1);
    served.local.stop_controller();
    gone(&served);
    assert_snapshot!(served.run(&["uninstall", "--yes", "--rescue"]), @"");
    assert_eq!(served.json(&["get", "ww"])["items"].as_array().unwrap().len(), 1);
}

#[test]
fn all_goes_once_nothing_is_held() {
    let mut served = Served::with_hosts(&["a"]);
    served.local.stop_controller();
    gone(&served);
    assert_snapshot!(served.run(&["uninstall"]), @"");
    assert_snapshot!(served.run(&["uninstall", "--dry-run"]), @"");
    assert_snapshot!(served.run(&["uninstall", "--yes"]), @"");
    assert_snapshot!(served.run(&["uninstall", "--yes"]), @"");
}
