//! Who one is to a real API server: someone else, the owner of a token, whoever a program says.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::cluster::{Cluster, binary, eventually, ok, text};

/// The first line of what went wrong.
fn first_line(output: &Output) -> String {
    text(&output.stderr).lines().next().unwrap_or_default().to_owned()
}

const KUBECTL: &str = "workloaddeployments.runtime.wasmcloud.dev";

/// Has the service account `robot` do one thing with deployments.
fn let_robot(cluster: &Cluster, verb: &str) {
    let name = cluster.namespace.as_str();
    let verbs = format!("--verb={verb}");
    ok(cluster.kubectl(&["create", "role", verb, &verbs, &format!("--resource={KUBECTL}"), "-n", name]));
    let (role, robot) = (format!("--role={verb}"), format!("--serviceaccount={name}:robot"));
    ok(cluster.kubectl(&["create", "rolebinding", verb, &role, &robot, "-n", name]));
}

#[test]
#[ignore = "real servers"]
fn who_may_not_is_told_so_in_the_servers_words() {
    let cluster = Cluster::new("whomaynot");
    let namespace = format!("--namespace={}", cluster.namespace);
    for (ours, theirs) in [
        (vec!["get", "wd"], vec!["get", KUBECTL]),
        (vec!["get", "wd", "hello"], vec!["get", KUBECTL, "hello"]),
        (vec!["delete", "wd", "hello"], vec!["delete", KUBECTL, "hello"]),
    ] {
        let ours = cluster.run(&[&ours[..], &["--as=nobody"]].concat());
        let theirs = cluster.kubectl(&[&theirs[..], &["--as=nobody", &namespace]].concat());
        assert_eq!(ours.status.code(), Some(1));
        assert!(first_line(&theirs).starts_with("Error from server (Forbidden): "), "{}", first_line(&theirs));
        assert_eq!(first_line(&ours), first_line(&theirs));
        assert!(ours.stdout.is_empty());
    }
}

#[test]
#[ignore = "real servers"]
fn a_token_and_a_program_say_who_one_is() {
    let cluster = Cluster::new("tokens");
    let name = cluster.namespace.as_str();
    ok(cluster.kubectl(&["create", "serviceaccount", "robot", "-n", name]));
    let token = ok(cluster.kubectl(&["create", "token", "robot", "-n", name]));
    let robot = format!("system:serviceaccount:{name}:robot");
    let refused = cluster.run(&["get", "wd", "--token", token.trim()]);
    assert!(first_line(&refused).contains(&format!("User \"{robot}\" cannot list")), "{}", first_line(&refused));
    let_robot(&cluster, "list");
    eventually("the role counts", || {
        cluster.run(&["get", "wd", "--token", token.trim()]).status.success().then_some(())
    });
    let wrong = cluster.run(&["get", "wd", "--token=wrong"]);
    assert_eq!(first_line(&wrong), "error: You must be logged in to the server (Unauthorized)");

    let kubeconfig = with_program(&cluster, &Credential::Token(token.trim()));
    ok(cluster.run(&["get", "wd", "--kubeconfig", &kubeconfig]));
    let kubeconfig = with_program(&cluster, &Credential::Failure("the login has expired"));
    let failed = cluster.run(&["get", "wd", "--kubeconfig", &kubeconfig]);
    let said = "failed with exit code 3: the login has expired";
    let program = cluster.home().join("login");
    assert_eq!(
        first_line(&failed),
        format!("error: getting credentials: exec: executable {} {said}", program.display())
    );
    assert!(!text(&failed.stderr).contains("hunter2"), "nothing that it printed as a credential");
}

#[test]
#[ignore = "real servers"]
fn who_may_only_delete_deletes() {
    let cluster = Cluster::new("onlydelete");
    let name = cluster.namespace.as_str();
    ok(cluster.kubectl(&["create", "serviceaccount", "robot", "-n", name]));
    let_robot(&cluster, "delete");
    let image = "--image=r.example/app:1";
    let manifest = ok(cluster.run(&["scaffold", "wd", "app", image, "--no-open"]));
    ok(cluster.run(&["apply", "-f", &cluster.file("app.yaml", &manifest)]));
    let as_robot = format!("--as=system:serviceaccount:{name}:robot");
    let deleted = eventually("the role counts", || {
        Some(cluster.run(&["delete", "wd", "app", &as_robot])).filter(|output| output.status.success())
    });
    assert_eq!(
        text(&deleted.stdout),
        format!("workloaddeployment.runtime.wasmcloud.dev \"app\" deleted from {name} namespace\n")
    );
    assert!(cluster.objects("workloaddeployments").is_empty());
    let gone = cluster.run(&["delete", "wd", "app", &as_robot]);
    assert_eq!(first_line(&gone), format!("Error from server (NotFound): {KUBECTL} \"app\" not found"));
}

enum Credential<'a> {
    Token(&'a str),
    Failure(&'a str),
}

/// A kubeconfig whose user a program logs in.
fn with_program(cluster: &Cluster, gives: &Credential<'_>) -> String {
    let script = match gives {
        Credential::Token(token) => {
            let credential = json!({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
                "status": {"token": token}});
            format!("#!/bin/sh\necho '{credential}'\n")
        }
        Credential::Failure(words) => format!("#!/bin/sh\necho hunter2\necho {words} >&2\nexit 3\n"),
    };
    let program = cluster.file("login", &script);
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    let view = ok(cluster.kubectl(&["config", "view", "--raw", "--minify", "-o", "json"]));
    let mut config: Value = serde_json::from_str(&view).unwrap();
    config["users"][0]["user"] = json!({"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": program,
        "interactiveMode": "Never"}});
    cluster.file("kubeconfig", &config.to_string())
}

/// Runs a program as in a Pod of the service account: its files lie where Kubernetes mounts them, for this program alone.
fn in_pod(cluster: &Cluster, account: &Path, program: &Path, words: &[&str]) -> Output {
    let view: Value =
        serde_json::from_str(&ok(cluster.kubectl(&["config", "view", "--minify", "-o", "json"]))).unwrap();
    let server: http::Uri = view["clusters"][0]["cluster"]["server"].as_str().unwrap().parse().unwrap();
    let script = "mount -t tmpfs none /var/run && mkdir -p /var/run/secrets/kubernetes.io && \
        cp -r \"$ACCOUNT\" /var/run/secrets/kubernetes.io/serviceaccount && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", script, "sh"]).arg(program).args(words);
    command.env_remove("KUBECONFIG").env("HOME", cluster.home().join("nobody")).env("ACCOUNT", account);
    command.env("KUBERNETES_SERVICE_HOST", server.host().unwrap());
    command.env("KUBERNETES_SERVICE_PORT", server.port().unwrap().as_str());
    command.output().unwrap()
}

#[test]
#[ignore = "real servers"]
fn in_a_pod_its_service_account_counts() {
    let cluster = Cluster::new("inpod");
    let name = cluster.namespace.as_str();
    ok(cluster.kubectl(&["create", "serviceaccount", "robot", "-n", name]));
    let token = ok(cluster.kubectl(&["create", "token", "robot", "-n", name]));
    let view: Value = serde_json::from_str(&ok(cluster.kubectl(&["config", "view", "-o", "json"]))).unwrap();
    let account = cluster.home().join("account");
    std::fs::create_dir(&account).unwrap();
    std::fs::write(account.join("token"), token.trim()).unwrap();
    std::fs::write(account.join("namespace"), name).unwrap();
    std::fs::copy(view["clusters"][0]["cluster"]["certificate-authority"].as_str().unwrap(), account.join("ca.crt"))
        .unwrap();
    let ours = |words: &[&str]| in_pod(&cluster, &account, Path::new(env!("CARGO_BIN_EXE_kubectl-wasmcloud")), words);
    let theirs = |words: &[&str]| in_pod(&cluster, &account, &binary("kubectl"), words);

    let refused = ours(&["get", "wd"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(first_line(&refused).contains(&format!("system:serviceaccount:{name}:robot")), "{}", first_line(&refused));
    assert_eq!(first_line(&refused), first_line(&theirs(&["get", KUBECTL])));
    let as_another = first_line(&ours(&["get", "wd", "--as=nobody"]));
    assert!(as_another.contains("cannot impersonate"), "{as_another}");
    let wrong = ours(&["get", "wd", "--token=wrong"]);
    assert_eq!(first_line(&wrong), "error: You must be logged in to the server (Unauthorized)");

    let_robot(&cluster, "list");
    let listed = eventually("the role counts", || Some(ours(&["get", "wd"])).filter(|output| output.status.success()));
    assert_eq!(first_line(&listed), format!("No resources found in {name} namespace."));
}
