//! Every verb, on a real API server with real hosts.

mod change;
mod hosts;
mod look;
mod tell;
mod write;

use serde_json::Value;

use super::cluster::{Cluster, Process, eventually, ok};
use super::story::manifest;

/// A cluster with its controller and so many hosts, all Ready.
fn with_hosts(name: &str, count: usize) -> (Cluster, Process, Vec<u16>) {
    let mut cluster = Cluster::new(name);
    let controller = cluster.controller();
    let ports = (0..count).map(|_| cluster.host()).collect();
    eventually("the hosts are Ready", || {
        let hosts = cluster.run_in_system(&["get", "hosts", "-o", "json"]).stdout;
        let hosts: Value = serde_json::from_slice(&hosts).ok()?;
        (ready(&hosts) == count).then_some(())
    });
    (cluster, controller, ports)
}

fn ready(hosts: &Value) -> usize {
    let is_ready = |host: &&Value| {
        let conditions = host["status"]["conditions"].as_array();
        conditions.is_some_and(|all| all.iter().any(|one| one["type"] == "Ready" && one["status"] == "True"))
    };
    hosts["items"].as_array().map(|hosts| hosts.iter().filter(is_ready).count()).unwrap_or_default()
}

/// Deploys it, and waits until it is through.
fn deploy(cluster: &Cluster, image: &str, replicas: u32) -> String {
    let app = cluster.file("app.yaml", &manifest(image, "hello.example.com", replicas));
    ok(cluster.run(&["deploy", "-f", &app]));
    app
}

/// The deployment, as the real kubectl sees it.
fn hello(cluster: &Cluster) -> Value {
    let all = cluster.objects("workloaddeployments");
    all.into_iter().find(|object| object["metadata"]["name"] == "hello").unwrap()
}

fn component(deployment: &Value) -> &Value {
    &deployment["spec"]["template"]["spec"]["components"][0]
}

fn through(cluster: &Cluster) {
    let followed = ok(cluster.run(&["rollout", "status", "hello"]));
    assert!(followed.ends_with("deployment \"hello\" successfully rolled out\n"), "{followed}");
}
