//! `validate --server` beside a real API server with real permissions, and hosts on a real bus.

use std::process::Output;

use super::api_server::ApiServer;
use super::cluster::{Cluster, eventually, ok, text};
use super::nats_hosts::Fleet;
use super::story::manifest;

fn validate(cluster: &Cluster, app: &str, flags: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = cluster.run(&[&["validate", "-f", app, "--server"], flags].concat());
    (status.code(), text(&stdout), text(&stderr))
}

#[test]
#[ignore = "real servers"]
fn a_cluster_is_asked_and_what_it_forbids_is_left_out() {
    let server = ApiServer::start();
    let cluster = Cluster::on("validating", server.kubeconfig(server.port));
    let _controller = cluster.controller();
    let _fleet = Fleet::join(&cluster.nats_url, &cluster.namespace, &["one"]);
    let nats = format!("--nats-url={}", cluster.nats_url);
    let layer = "          localResources:\n            environment:\n              configFrom: [{name: settings}]\n";
    let app = manifest("r.example/hello:1", "hello.example.com", 1);
    let app = app.replace("      hostInterfaces:", &format!("{layer}      hostInterfaces:"));
    let strange = "      hostInterfaces:\n        - {namespace: acme, package: strange, interfaces: [thing]}";
    let strange = cluster.file("strange.yaml", &app.replace("      hostInterfaces:", strange));
    let app = cluster.file("app.yaml", &app);

    let (code, told, said) = validate(&cluster, &app, &[]);
    assert!(
        code == Some(1) && told.contains("WC0403") && told.contains("there is no ConfigMap settings"),
        "{told}{said}"
    );
    ok(cluster.kubectl(&["create", "configmap", "settings", "-n", &cluster.namespace]));
    eventually("a host fits", || validate(&cluster, &app, &[&nats]).1.ends_with(": valid\n").then_some(()));

    let (code, told, said) = validate(&cluster, &strange, &[&nats]);
    assert!(code == Some(1) && told.contains("1 lacks acme:strange/thing"), "{told}{said}");
    assert_eq!(validate(&cluster, &strange, &[]).0, Some(0), "what hosts have is known on the bus alone");

    let (code, told, said) = validate(&cluster, &app, &["--as=nobody"]);
    assert_eq!((code, said.matches("is forbidden: User \"nobody\" cannot ").count()), (Some(0), 5), "{told}{said}");
    assert!(said.lines().all(|line| line.starts_with("Warning: ")), "{said}");
}
