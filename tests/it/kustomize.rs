//! `-k`: what `kubectl kustomize` makes of a directory.

use std::os::unix::fs::PermissionsExt;

use insta::assert_snapshot;

use crate::support::TestEnv;

/// Runs the binary where `kubectl` is this script.
fn with_kubectl(env: &TestEnv, script: &str, words: &[&str]) -> String {
    let path = env.file("bin/kubectl", &format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let output = env.command(words).env("PATH", path.parent().unwrap()).output().unwrap();
    env.told(&output)
}

#[test]
fn what_kubectl_builds_is_read() {
    let env = TestEnv::new();
    let document = "kind: WorkloadDeployment\nmetadata: {name: web}\n";
    let told = with_kubectl(
        &env,
        &format!("[ \"$*\" = 'kustomize overlay' ] && printf '{document}'"),
        &["deploy", "-k", "overlay"],
    );
    assert_snapshot!(told, @"
    code: 1
    --- stderr
    error: 1 document cannot be used; nothing was done
    overlay:1: apiVersion is missing
    ");
    let told =
        with_kubectl(&env, "echo 'error: no kustomization file found' >&2; exit 1", &["deploy", "-k", "overlay"]);
    assert_snapshot!(told, @"
    code: 1
    --- stderr
    error: kustomization overlay: no kustomization file found
    ");
    assert_snapshot!(with_kubectl(&env, "", &["deploy", "-k", "overlay"]), @"
    code: 1
    --- stderr
    error: no objects passed to deploy: overlay holds none
    ");
    let nowhere = env.command(&["deploy", "-k", "overlay"]).env("PATH", env.home()).output().unwrap();
    assert_snapshot!(env.told(&nowhere), @"
    code: 1
    --- stderr
    error: kustomization overlay: kubectl cannot be run: No such file or directory (os error 2)
    ");
    assert_snapshot!(env.run(&["deploy", "-k", "overlay", "-f", "x"]), @"
    code: 2
    --- stderr
    error: the argument '--kustomize <DIR>' cannot be used with '--filename <FILE>'

    Usage: kubectl wasmcloud deploy -f FILE… [flags]
           kubectl wasmcloud deploy NAME --image IMAGE [flags]

    For more information, try '--help'.
    ");
}
