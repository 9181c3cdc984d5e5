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
    assert_snapshot!(served.run(&["uninstall", "--yes"]), @"
    code: 1
    --- stderr
    error: finalizers would be left behind: 1 workload in default
    help: `kubectl wasmcloud delete wd,wrs,ww --all -A` deletes them, and waits until the controller has let them go
          --rescue takes the finalizers off where nobody can do what they stand for
    ");
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
    assert_snapshot!(served.run(&["uninstall", "--yes", "--rescue"]), @"
    code: 1
    --- stderr
    error: 1 Workload still runs on a, where nothing would ever stop what is forgotten
    help: start a controller first: `kubectl wasmcloud run-controller` runs one here
          `kubectl wasmcloud delete wd,wrs,ww --all -A` stops them
    ");
    assert_eq!(served.json(&["get", "ww"])["items"].as_array().unwrap().len(), 1);
}

#[test]
fn all_goes_once_nothing_is_held() {
    let mut served = Served::with_hosts(&["a"]);
    served.local.stop_controller();
    gone(&served);
    assert_snapshot!(served.run(&["uninstall"]), @"
    code: 2
    --- stderr
    finalizers are taken off 1 object
    5 CustomResourceDefinitions go
    error: no terminal to ask on: Uninstall?
    help: --yes says yes
    ");
    assert_snapshot!(served.run(&["uninstall", "--dry-run"]), @r#"
    code: 0
    --- stdout
    host.runtime.wasmcloud.dev/a finalizers removed (dry run)
    customresourcedefinition.apiextensions.k8s.io "artifacts.runtime.wasmcloud.dev" deleted (dry run)
    customresourcedefinition.apiextensions.k8s.io "hosts.runtime.wasmcloud.dev" deleted (dry run)
    customresourcedefinition.apiextensions.k8s.io "workloaddeployments.runtime.wasmcloud.dev" deleted (dry run)
    customresourcedefinition.apiextensions.k8s.io "workloadreplicasets.runtime.wasmcloud.dev" deleted (dry run)
    customresourcedefinition.apiextensions.k8s.io "workloads.runtime.wasmcloud.dev" deleted (dry run)
    "#);
    assert_snapshot!(served.run(&["uninstall", "--yes"]), @r#"
    code: 0
    --- stdout
    host.runtime.wasmcloud.dev/a finalizers removed
    customresourcedefinition.apiextensions.k8s.io "artifacts.runtime.wasmcloud.dev" deleted
    customresourcedefinition.apiextensions.k8s.io "hosts.runtime.wasmcloud.dev" deleted
    customresourcedefinition.apiextensions.k8s.io "workloaddeployments.runtime.wasmcloud.dev" deleted
    customresourcedefinition.apiextensions.k8s.io "workloadreplicasets.runtime.wasmcloud.dev" deleted
    customresourcedefinition.apiextensions.k8s.io "workloads.runtime.wasmcloud.dev" deleted
    --- stderr
    finalizers are taken off 1 object
    5 CustomResourceDefinitions go
    "#);
    assert_snapshot!(served.run(&["uninstall", "--yes"]), @"
    code: 0
    --- stderr
    No resources found
    ");
}
