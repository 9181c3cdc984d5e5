//! What goes wrong outside, and what is said and done then.

use super::cluster::{Cluster, eventually, kubectl, ok, text};
use super::story::manifest;
use crate::support::component::http_component;

#[test]
#[ignore = "real servers"]
fn a_controller_without_nats_says_so_and_ends() {
    let cluster = Cluster::new("nonats");
    let mut controller =
        cluster.start("no-nats.log", &["run-controller", "--nats-url=nats://127.0.0.1:1", "--leader-elect=false"]);
    assert_eq!(controller.wait(), Some(1));
    let log = controller.log();
    assert!(log.contains("error: cannot connect to NATS at nats://127.0.0.1:1"), "{log}");
    assert!(log.contains("help: ") && log.contains("--nats-url"), "{log}");
    assert!(!log.contains("panicked"), "{log}");
}

#[test]
#[ignore = "real servers"]
fn without_a_host_the_deployment_says_what_it_waits_for() {
    let cluster = Cluster::new("nohost");
    let _controller = cluster.controller();
    let app = cluster.file("app.yaml", &manifest("r.example/x:1", "x.example.com", 1));
    let deployed = cluster.run(&["deploy", "-f", &app, "--timeout=3s"]);
    assert_eq!(deployed.status.code(), Some(1));
    let error = text(&deployed.stderr);
    assert!(error.contains("0/0 hosts fit: no host has reported yet"), "{error}");
    ok(cluster.run(&["delete", "-f", &app]));
}

#[test]
#[ignore = "real servers"]
fn one_bad_document_applies_nothing() {
    let cluster = Cluster::new("onebad");
    let good = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n";
    let bad = manifest("r.example/x:1", "x.example.com", 1).replace("replicas: 1", "replicas: many");
    let files = [
        ("wrong-type.yaml", format!("{good}---\n{bad}"), "wrong-type.yaml"),
        (
            "unknown-kind.yaml",
            format!("{good}---\n{}", bad.replace("WorkloadDeployment", "WorkloadDeploymint")),
            "WorkloadDeploymint",
        ),
        ("malformed.yaml", format!("{good}---\nkind: [\n"), "malformed.yaml"),
    ];
    for (name, text_of_it, says) in files {
        let file = cluster.file(name, &text_of_it);
        let refused = cluster.run(&["deploy", "-f", &file]);
        assert_eq!(refused.status.code(), Some(1), "{name}");
        assert!(text(&refused.stderr).contains(says), "{name}: {}", text(&refused.stderr));
        let there = kubectl(&["get", "configmap", "settings", "--namespace", &cluster.namespace]);
        assert!(!there.status.success(), "{name}: something was applied");
    }
}

#[test]
#[ignore = "real servers"]
fn configuration_reaches_the_component_and_a_missing_secret_is_named_until_it_comes() {
    let mut cluster = Cluster::new("config");
    let _controller = cluster.controller();
    cluster.host();
    let image = cluster.push("v1", &http_component("x"));
    let layers = "          localResources:\n            environment:\n              secretFrom: [{name: later}]\n";
    let text_of_it = manifest(&image, "config.example.com", 1);
    let app = text_of_it.replace("      hostInterfaces:", &format!("{layers}      hostInterfaces:"));
    let app = cluster.file("app.yaml", &app);
    ok(cluster.run(&["deploy", "-f", &app, "--wait=false"]));
    eventually("the missing Secret is named", || {
        let conditions = cluster.objects("workloads").first()?["status"]["conditions"].as_array()?.clone();
        let config = conditions.into_iter().find(|condition| condition["type"] == "Config")?;
        (config["reason"] == "SecretNotFound" && config["message"] == "Secret \"later\" not found").then_some(())
    });
    ok(kubectl(&["create", "secret", "generic", "later", "--from-literal=KEY=hunter2", "-n", &cluster.namespace]));
    eventually("the rollout is through", || {
        cluster.run(&["rollout", "status", "hello"]).status.success().then_some(())
    });
    assert!(!serde_json::to_string(&cluster.objects("workloads")).unwrap().contains("hunter2"));
}

#[test]
#[ignore = "real servers"]
fn a_second_controller_waits_for_the_first_ones_lease() {
    let cluster = Cluster::new("twoofus");
    let mut first = cluster.controller();
    let scope = format!("--watch-namespaces={}", cluster.namespace);
    let hosts = format!("--host-namespaces={}", cluster.namespace);
    let args = ["run-controller", "--nats-url", &cluster.nats_url, &scope, &hosts, "--namespace", &cluster.system];
    let second = cluster.start_as_is("second.log", &args);
    eventually("the second one waits", || second.log().contains("another controller is in charge").then_some(()));
    first.signal("TERM");
    assert_eq!(first.wait(), Some(0));
    eventually("the second one takes over", || second.log().contains("now in charge").then_some(()));
}
