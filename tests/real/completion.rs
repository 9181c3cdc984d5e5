//! The real kubectl completes `kubectl wasmcloud …` by asking the program that it finds for it.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Output};

use super::cluster::{Cluster, binary, eventually, ok, real};

/// What kubectl offers after these words.
fn offered(cluster: &Cluster, home: &std::path::Path, words: &[&str]) -> Output {
    let mut kubectl = Command::new(binary("kubectl"));
    let path = format!("{}:/usr/bin:/bin", home.display());
    kubectl.env_clear().env("HOME", home).env("KUBECONFIG", real("KUBECONFIG")).env("PATH", path);
    // The namespace stands behind the verb, where it is nothing else's value.
    kubectl.args(["__complete", "wasmcloud", words[0], "--namespace", &cluster.namespace]).args(&words[1..]);
    kubectl.output().unwrap()
}

#[test]
#[ignore = "real servers"]
fn kubectl_offers_live_names_types_and_flags() {
    let cluster = Cluster::new("completion");
    let home = tempfile::tempdir().unwrap();
    symlink(env!("CARGO_BIN_EXE_kubectl-wasmcloud"), home.path().join("kubectl-wasmcloud")).unwrap();
    let script = home.path().join("kubectl_complete-wasmcloud");
    std::fs::write(&script, ok(cluster.run(&["completion", "kubectl"]))).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let workload = "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Workload\nmetadata: {name: hello}\nspec: {}\n";
    let file = cluster.file("hello.yaml", workload);
    ok(cluster.kubectl(&["create", "--namespace", &cluster.namespace, "-f", &file]));

    let lines = |words: &[&str]| ok(offered(&cluster, home.path(), words));
    assert_eq!(lines(&["get", "ww", ""]), "hello\n:4\n");
    assert_eq!(lines(&["get", "workloads/"]), "workloads/hello\n:4\n");
    assert!(lines(&["get", ""]).starts_with("workloaddeployments\nworkloadreplicasets\n"));
    assert!(lines(&["rollout", "sta"]).starts_with("status\tShow the status of rollouts"));
    assert!(lines(&["get", "--ignore"]).starts_with("--ignore-not-found\t"));
    assert!(lines(&["deploy", "-f", ""]).ends_with(":0\n"));
    eventually("namespaces are offered", || {
        lines(&["get", "ww", "-n", "kube-s"]).contains("kube-system\n").then_some(())
    });
}
