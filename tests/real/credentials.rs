//! Who one is to a real API server: someone else, the owner of a token, whoever a program says.

use std::os::unix::fs::PermissionsExt;
use std::process::Output;

use serde_json::{Value, json};

use super::cluster::{Cluster, eventually, ok, text};

/// The first line of what went wrong.
fn first_line(output: &Output) -> String {
    text(&output.stderr).lines().next().unwrap_or_default().to_owned()
}

const KUBECTL: &str = "workloaddeployments.runtime.wasmcloud.dev";

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
        if first_line(&theirs).contains("cannot delete") {
            assert!(first_line(&ours).starts_with("Error from server (Forbidden): "), "{}", first_line(&ours));
        } else {
            assert_eq!(first_line(&ours), first_line(&theirs));
        }
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
    ok(cluster.kubectl(&["create", "role", "look", "--verb=list", &format!("--resource={KUBECTL}"), "-n", name]));
    let account = format!("--serviceaccount={name}:robot");
    ok(cluster.kubectl(&["create", "rolebinding", "look", "--role=look", &account, "-n", name]));
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
