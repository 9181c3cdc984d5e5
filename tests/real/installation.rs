//! A controller with just the rights that `install` gives it, and what `uninstall` leaves.

use serde_json::{Value, json};

use super::api_server::ApiServer;
use super::cluster::{Cluster, Process, eventually, ok, text};
use super::story::manifest;
use crate::support::component::http_component;

/// Has `install` print it all, and the real kubectl apply it.
fn install(cluster: &Cluster) {
    let image = "--image=registry.example.com/kubectl-wasmcloud:1";
    let exported = ok(cluster.run_in_system(&["install", "--controller", image, "--export"]));
    let file = cluster.file("install.yaml", &exported);
    let applied = ok(cluster.kubectl(&["apply", "-f", &file]));
    assert_eq!(
        applied.lines().count(),
        exported.lines().filter(|line| line.starts_with("kind: ")).count(),
        "{applied}"
    );
    for line in ["serviceaccount/wasmcloud-controller created", "deployment.apps/wasmcloud-controller created"] {
        assert!(applied.contains(line), "{applied}");
    }
}

/// A controller that may do what the ServiceAccount may do.
fn controller(cluster: &Cluster, log: &str) -> Process {
    let account = format!("--as=system:serviceaccount:{}:wasmcloud-controller", cluster.system);
    let controller = cluster.start_controller(log, &[&account]);
    eventually("the controller is in charge", || controller.log().contains("now in charge").then_some(()));
    controller
}

#[test]
#[ignore = "real servers"]
fn what_install_grants_is_enough_from_the_first_deploy_to_the_last_delete() {
    let server = ApiServer::start();
    let mut cluster = Cluster::on("granted", server.kubeconfig(server.port));
    let _collector = server.collect_garbage();
    install(&cluster);
    let mut controller = controller(&cluster, "granted.log");
    cluster.host_known_as("10.1.2.3");
    cluster.host_known_as("10.1.2.4");
    let first = cluster.push("v1", &http_component("v1"));
    let second = cluster.push("v2", &http_component("v2"));
    let of = |kind: &str, spec: &str| format!("---\napiVersion: {kind}\nmetadata: {{name: {spec}\n");
    let beside = of("runtime.wasmcloud.dev/v1alpha1\nkind: Artifact", &format!("art}}\nspec: {{image: '{first}'}}"))
        + &of("v1\nkind: ConfigMap", "settings}\ndata: {A: a}")
        + &of("v1\nkind: Secret", "hidden}\nstringData: {B: b}");
    let layers = "          localResources:\n            environment:\n              configFrom: [{name: settings}]\n              \
                  secretFrom: [{name: hidden}]\n      hostInterfaces:";
    let app = manifest(&first, "hello.example.com", 3).replace("      hostInterfaces:", layers);
    let app = cluster.file("app.yaml", &format!("{app}{beside}"));
    ok(cluster.run(&["deploy", "-f", &app]));
    ok(cluster.run(&["expose", "wd/hello"]));
    let slices = ["get", "endpointslices", "--namespace", &cluster.namespace, "-o", "json"];
    eventually("the Service leads to both hosts", || {
        let slices = ok(cluster.kubectl(&slices));
        (slices.contains("10.1.2.3") && slices.contains("10.1.2.4")).then_some(())
    });
    ok(cluster.run(&["set", "image", "wd/hello", &format!("http={second}")]));
    ok(cluster.run(&["rollout", "status", "hello"]));
    let hosts: Value = serde_json::from_str(&ok(cluster.run_in_system(&["get", "hosts", "-o", "json"]))).unwrap();
    let host = hosts["items"][0]["metadata"]["name"].as_str().unwrap();
    ok(cluster.run_in_system(&["drain", host, "--yes", "--timeout=60s"]));
    eventually("the Artifact is resolved", || {
        let artifact = &cluster.objects("artifacts")[0];
        artifact["status"]["conditions"].to_string().contains("True").then_some(())
    });
    ok(cluster.run(&["delete", "-f", &app]));
    eventually("nothing is left", || cluster.objects("workloads").is_empty().then_some(()));
    eventually("no slice is left", || (!ok(cluster.kubectl(&slices)).contains("10.1.2")).then_some(()));
    let events = ok(cluster.kubectl(&["get", "events", "--namespace", &cluster.namespace]));
    assert!(events.contains("NewReplicaSetCreated"), "{events}");
    controller.signal("TERM");
    assert_eq!(controller.wait(), Some(0), "{}", controller.log());
    assert!(!controller.log().to_lowercase().contains("forbidden"), "{}", controller.log());
}

#[test]
#[ignore = "real servers"]
fn uninstall_leaves_nothing_hanging_and_in_the_end_nothing_at_all() {
    let server = ApiServer::start();
    let mut cluster = Cluster::on("uninstalled", server.kubeconfig(server.port));
    let _collector = server.collect_garbage();
    install(&cluster);
    let controller = controller(&cluster, "uninstalled.log");
    cluster.host();
    let image = cluster.push("v1", &http_component("x"));
    let app = cluster.file("app.yaml", &manifest(&image, "hello.example.com", 2));
    ok(cluster.run(&["deploy", "-f", &app]));
    let refused = |flags: &[&str], says: &str| {
        let output = cluster.run_as_is(&[&["uninstall", "--yes"], flags].concat());
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).starts_with(&format!("error: {says}")), "{}", text(&output.stderr));
        assert_eq!(cluster.objects("workloads").len(), 2);
    };
    refused(&[], "finalizers would be left behind: 2 workloads");
    refused(&["--rescue"], "2 Workloads still run on ");
    // Controller and host are lost, and that was long ago.
    controller.signal("KILL");
    refused(&["--rescue"], "2 Workloads still run on ");
    cluster.kill_host(0);
    let hosts = "hosts.runtime.wasmcloud.dev";
    let host = ok(cluster.kubectl(&["get", hosts, "-n", &cluster.system, "-o", "jsonpath={.items[0].metadata.name}"]));
    let patch = |kind: &str, name: &str, patch: Value, more: &[&str]| {
        let patch = format!("--patch={patch}");
        ok(cluster.kubectl(&[&["patch", kind, name, "-n", &cluster.system, "--type=merge", &patch], more].concat()));
    };
    patch(hosts, &host, json!({"status": {"lastSeen": "2026-01-01T00:00:00Z"}}), &["--subresource=status"]);
    patch("lease", "d34db3ef.wasmcloud.dev", json!({"spec": {"renewTime": "2026-01-01T00:00:00.000000Z"}}), &[]);
    let rescued = ok(cluster.run_as_is(&["uninstall", "--yes", "--rescue"]));
    assert_eq!(rescued.matches(" finalizers removed\n").count(), 3, "{rescued}");
    let everywhere = ["get", "crd,clusterroles,clusterrolebindings,deployments,serviceaccounts,roles,rolebindings"];
    let left = ok(cluster.kubectl(&[&everywhere[..], &["--all-namespaces", "-o", "name"]].concat()));
    assert!(!left.contains("wasmcloud"), "{left}");
    let again = cluster.run_as_is(&["uninstall", "--yes"]);
    assert_eq!((again.status.code(), text(&again.stderr).as_str()), (Some(0), "No resources found\n"));
}
