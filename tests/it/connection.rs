use insta::assert_snapshot;

use crate::support::TestEnv;

#[test]
fn nothing_configured() {
    assert_snapshot!(TestEnv::new().run(&["get", "wd"]), @"
    code: 1
    --- stderr
    error: no Kubernetes cluster is configured: nothing in [HOME]/.kube/config names one, and this is no Pod
    help: set KUBECONFIG, or name a file with --kubeconfig or a server with --server
    ");
}

#[test]
fn a_kubeconfig_that_is_not_there() {
    assert_snapshot!(TestEnv::new().run(&["get", "wd", "--kubeconfig", "nowhere"]), @"
    code: 1
    --- stderr
    error: stat nowhere: no such file or directory
    help: `kubectl config view` shows the configuration in use
    ");
}

#[test]
fn a_kubeconfig_that_is_no_yaml() {
    let env = TestEnv::new();
    env.file(".kube/config", "clusters: [");
    assert_snapshot!(env.run(&["get", "wd"]), @r#"
    code: 1
    --- stderr
    error: error loading config file "[HOME]/.kube/config": yaml: line 1: unclosed bracket '['
    help: `kubectl config view` shows the configuration in use
    "#);
}

#[test]
fn a_context_that_is_not_there() {
    let env = TestEnv::new();
    assert_snapshot!(env.unreachable_cluster().run(&["get", "wd", "--context", "elsewhere"]), @"
    code: 1
    --- stderr
    Error in configuration: context was not found for specified context: elsewhere
    help: `kubectl config get-contexts` lists the contexts there are
    ");
    assert_snapshot!(env.run(&["get", "wd", "--cluster", "elsewhere"]), @r#"
    code: 1
    --- stderr
    error: no server found for cluster "elsewhere"
    help: `kubectl config view` shows the clusters and users there are
    "#);
}

#[test]
fn a_server_that_refuses() {
    assert_snapshot!(TestEnv::new().unreachable_cluster().run(&["get", "wd"]), @"
    code: 1
    --- stderr
    The connection to the server 127.0.0.1:[PORT] was refused - did you specify the right host or port?
    help: `kubectl cluster-info` shows whether the cluster is up; --context names another one
    ");
}

#[test]
fn a_server_whose_name_nobody_knows() {
    let told = TestEnv::new().run(&["get", "wd", "--server", "https://no-such-host.invalid:6443"]);
    assert!(told.starts_with("code: 1\n--- stderr\nUnable to connect to the server: "), "{told}");
}

#[test]
fn a_certificate_authority_that_is_not_there() {
    let words = ["get", "wd", "--server", "https://127.0.0.1:1", "--certificate-authority", "nowhere.crt"];
    assert_snapshot!(TestEnv::new().run(&words), @"
    code: 1
    --- stderr
    error: unable to read nowhere.crt
      caused by: No such file or directory (os error 2)
    ");
}

#[test]
fn several_kubeconfigs_are_merged_and_missing_ones_passed_over() {
    let env = TestEnv::new();
    let first = env.file("first", "current-context: x\n");
    let second = env.file("second", "contexts: [{name: x, context: {cluster: nope}}]\n");
    let list = std::env::join_paths([&first, &env.home().join("missing"), &second]).unwrap();
    let output = env.command(&["get", "wd"]).env("KUBECONFIG", list).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.starts_with("error: no server found for cluster \"nope\""), "{stderr}");
}
