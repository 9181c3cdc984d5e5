use std::process::Command;

use insta::assert_snapshot;

use crate::support::TestEnv;

/// What comes after these words, one a line.
fn completed(env: &TestEnv, words: &[&str]) -> String {
    let output = env.command(&[&["__complete"], words].concat()).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn scripts_need_no_configuration() {
    let env = TestEnv::new();
    env.file(".kube/config", "this is: [no kubeconfig");
    for shell in ["bash", "zsh", "fish", "powershell", "nushell", "kubectl"] {
        let told = env.run(&["completion", shell]);
        assert!(told.starts_with("code: 0\n--- stdout\n") && told.contains(" __complete "), "{shell}: {told}");
    }
}

#[test]
fn shells_without_a_script_are_named() {
    assert_snapshot!(TestEnv::new().run(&["completion", "csh"]), @"
    code: 2
    --- stderr
    error: invalid value 'csh' for '<SHELL>'
      [possible values: bash, zsh, fish, powershell, nushell, kubectl]

      tip: a similar value exists: 'zsh'

    For more information, try '--help'.
    ");
}

#[test]
fn words_are_completed_without_any_cluster_and_without_a_sound() {
    let env = TestEnv::new();
    env.unreachable_cluster();
    assert_snapshot!(completed(&env, &["rollout", "sta"]), @"
    status	Show the status of rollouts, until they are complete
    :4
    ");
    assert_snapshot!(completed(&env, &["get", "wd", "-o", ""]), @"
    json
    yaml
    name
    wide
    jsonpath=
    :4
    ");
    assert_snapshot!(completed(&env, &["get", ""]), @"
    workloaddeployments
    workloadreplicasets
    workloads
    hosts
    artifacts
    :4
    ");
    assert_snapshot!(completed(&env, &["get", "wd", ""]), @":4");
    assert_snapshot!(completed(&env, &["get", "wd", "--context", ""]), @"
    here
    :4
    ");
    assert_snapshot!(completed(&env, &["get", "wd", "--user=u"]), @"
    --user=u
    :4
    ");
    assert!(completed(&env, &[]).contains("\nget\tShow objects"));
    assert_eq!(completed(&env, &["scaffold", "wd", "a", "--pull-secret", ""]), ":4\n");
    env.file(".kube/config", "this is: [no kubeconfig");
    assert_eq!(completed(&env, &["get", "wd", ""]), ":4\n");
    assert_eq!(completed(&env, &["deploy", "a", "--config-from", ""]), ":4\n");
}

#[test]
fn files_are_left_to_the_shell_and_nonsense_gets_the_verbs() {
    let env = TestEnv::new();
    assert_snapshot!(completed(&env, &["deploy", "-f", ""]), @":0");
    assert_snapshot!(completed(&env, &["nonsense", ""]), @"
    apply	Apply manifests on the server, as `kubectl apply --server-side` does
    autoscale	Have an autoscaler set the replicas by a metric that it can read
    check	Check the installation, and say what to do where it is not well
    completion	Generate a completion script for a shell, or for kubectl
    cordon	Keep new Workloads away from hosts
    crds	Print the CustomResourceDefinitions
    delete	Delete objects, as `kubectl delete` does
    deploy	Apply manifests and follow the rollout until every replica is available
    describe	Show all there is to know of objects, the worst first
    diff	Show what applying manifests would change; exits with 0 when nothing, 1 when something, 2 when it failed
    drain	Move the Workloads of hosts elsewhere, replacements first
    events	Show what happened to objects, as `kubectl events` does
    explain	Explain the fields of a type, as `kubectl explain` does, without a cluster
    explain-code	Explain the code of a finding or a check: what it means, and what to do
    expose	Make a Service that leads to a deployment
    get	Show objects, as `kubectl get` does
    install	Put the CustomResourceDefinitions, and perhaps a controller, into a cluster
    local	Run, show or delete a control plane on this machine
    logs	Say where the log of what runs an object is
    rbac	Print the roles that the controller, people and each verb need
    report	Gather everything for a bug report in one file, redacted
    rollout	Follow and steer the rollouts of deployments
    run-controller	Run the controller in the foreground, against any cluster
    scaffold	Write manifests for what is to run
    scale	Set how many replicas there are to be
    set	Set images or environment of components
    top	Show how loaded hosts and groups of hosts are
    tree	Show deployments with all that stands under them, down to the hosts
    uncordon	Let new Workloads come to hosts again
    uninstall	Take away what install put into a cluster
    validate	Say what is wrong with manifests, without a cluster
    version	Show the versions of this program, of the cluster and of what runs in it
    help	Print this message or the help of the given subcommand(s)
    :4
    ");
    assert_snapshot!(completed(&env, &["get", "--help", "--", ""]), @":4");
}

/// What bash would offer for a line.
fn bash(env: &TestEnv, line: &str) -> String {
    std::fs::write(env.home().join("completion.bash"), env.command(&["completion", "bash"]).output().unwrap().stdout)
        .unwrap();
    let words: Vec<_> = line.split(' ').collect();
    // As bash itself breaks them, at its COMP_WORDBREAKS.
    let broken: Vec<_> = words.iter().flat_map(|word| breaks(word)).collect();
    let script = format!(
        "source completion.bash; compopt() {{ :; }}\n\
         COMP_WORDS=({}); COMP_CWORD={}; _kubectl_wasmcloud; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        broken.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "),
        broken.len() - 1
    );
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_kubectl-wasmcloud")).parent().unwrap();
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let mut bash = Command::new("bash");
    bash.env_clear().env("HOME", env.home()).env("PATH", path).current_dir(env.home()).args(["-c", &script]);
    let output = bash.output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn breaks(word: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for c in word.chars() {
        if matches!(c, '=' | ':') {
            pieces.extend([c.to_string(), String::new()]);
        } else {
            pieces.last_mut().unwrap().push(c);
        }
    }
    // An empty word after the break is one only where the cursor stands.
    let last = pieces.pop().unwrap();
    pieces.retain(|piece| !piece.is_empty());
    if !last.is_empty() || pieces.is_empty() {
        pieces.push(last);
    }
    pieces
}

#[test]
fn bash_offers_what_the_program_says() {
    let env = TestEnv::new();
    env.unreachable_cluster();
    assert_eq!(bash(&env, "kubectl-wasmcloud rollout sta"), "status\n");
    assert_eq!(bash(&env, "kubectl-wasmcloud deploy --dry-run=cl"), "client\n");
    assert_eq!(bash(&env, "kubectl-wasmcloud get wd --context="), "here\n");
    assert_eq!(bash(&env, "kubectl-wasmcloud get wd --context "), "here\n");
    env.file("app.yaml", "");
    assert_eq!(bash(&env, "kubectl-wasmcloud deploy -f app"), "app.yaml\n");
}

#[cfg(feature = "local")]
mod live {
    use serde_json::json;

    use super::completed;
    use crate::support::served::Served;

    #[test]
    fn names_namespaces_and_revisions_are_the_clusters() {
        let served = Served::with_hosts(&["a", "b"]);
        served.deploy("registry.example.com/hello:1", 1);
        served.deploy("registry.example.com/hello:2", 1);
        served.apply(
            &json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "default"}}),
        );
        let completed = |words: &[&str]| completed(&served.env, words);
        assert_eq!(completed(&["get", "wd", ""]), "hello\n:4\n");
        assert_eq!(completed(&["get", "wd/h"]), "wd/hello\n:4\n");
        assert_eq!(completed(&["get", "wd", "hello", ""]), ":4\n", "it is named already");
        assert_eq!(completed(&["get", "wd", "-n", "wasmcloud-system", ""]), ":4\n", "there is none there");
        assert_eq!(completed(&["get", "hosts", ""]), "a\nb\n:4\n");
        assert_eq!(completed(&["get", "-n", "wasm"]), "wasmcloud-system\n:4\n");
        let revisions = completed(&["rollout", "status", "hello", "--revision", ""]);
        assert_eq!(revisions, "2\tregistry.example.com/hello:2\n1\tregistry.example.com/hello:1\n:4\n");
        served
            .apply(&json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"a": "b"}}));
        for (flag, name) in [("--config-from", "c"), ("--secret-from", "s"), ("--pull-secret", "s")] {
            assert_eq!(completed(&["scaffold", "wd", "x", flag, ""]), format!("{name}\n:4\n"));
            assert_eq!(completed(&["deploy", "x", &format!("{flag}=")]), format!("{flag}={name}\n:4\n"));
            assert_eq!(completed(&["deploy", "x", "-n", "elsewhere", flag, ""]), ":4\n");
        }
        assert!(completed(&["rollout", "status", ""]).starts_with("hello\nworkloaddeployments\n"));
    }
}
