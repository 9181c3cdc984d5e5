//! A Service leads to hosts, on a real API server.

use serde_json::{Value, json};

use super::cluster::{Cluster, eventually, kubectl, ok, text};
use super::story::manifest;
use crate::support::component::http_component;

/// All EndpointSlices of the test.
pub(super) fn slices(cluster: &Cluster) -> Vec<Value> {
    let args = ["get", "endpointslices.discovery.k8s.io", "--namespace", &cluster.namespace, "--output", "json"];
    let list: Value = serde_json::from_str(&ok(kubectl(&args))).unwrap();
    list["items"].as_array().unwrap().clone()
}

/// Addresses that slices list, sorted.
fn listed(cluster: &Cluster) -> Vec<String> {
    let endpoints =
        slices(cluster).into_iter().flat_map(|slice| slice["endpoints"].as_array().cloned().unwrap_or_default());
    let mut all: Vec<_> = endpoints.map(|one| one["addresses"][0].as_str().unwrap().to_owned()).collect();
    all.sort();
    all
}

/// Waits until the Services lead to these addresses, and to no other.
pub(super) fn leads_to(cluster: &Cluster, wanted: &[&str]) {
    eventually(&format!("the Service leads to {wanted:?}"), || (listed(cluster) == wanted).then_some(()));
}

fn service(cluster: &Cluster) -> String {
    let service = json!({ "apiVersion": "v1", "kind": "Service",
        "metadata": { "name": "front", "namespace": cluster.namespace },
        "spec": { "ports": [{ "name": "http", "port": 80 }] } });
    cluster.file("service.json", &service.to_string())
}

fn uids(cluster: &Cluster) -> Vec<String> {
    cluster.objects("workloads").iter().map(|workload| workload["metadata"]["uid"].to_string()).collect()
}

#[test]
#[ignore = "real servers"]
fn a_service_leads_to_the_hosts_of_its_deployment_and_follows_them() {
    let mut cluster = Cluster::new("routes");
    let _controller = cluster.controller();
    let ports =
        [cluster.host_known_as("10.0.0.7"), cluster.host_known_as("10.0.0.8"), cluster.host_known_as("fd00::9")];
    let image = cluster.push("v1", &http_component("hello"));
    let routed =
        format!("{}  kubernetes:\n    service:\n      name: front\n", manifest(&image, "routes.example.com", 3));
    ok(cluster.run(&["deploy", "-f", &cluster.file("app.yaml", &routed)]));
    assert_eq!(slices(&cluster), [] as [Value; 0], "there is no Service yet");
    ok(kubectl(&["apply", "--filename", &service(&cluster)]));
    leads_to(&cluster, &["10.0.0.7", "10.0.0.8", "fd00::9"]);

    let all = slices(&cluster);
    let port_of = |family: &str| -> Vec<Value> {
        let of_family = all.iter().filter(|slice| slice["addressType"] == family);
        of_family.map(|slice| slice["ports"][0].clone()).collect()
    };
    let expected = |port: u16| json!({ "name": "http", "port": port, "protocol": "TCP" });
    assert_eq!(port_of("IPv6"), [expected(ports[2])]);
    assert_eq!(port_of("IPv4").len(), 2, "each host has a port of its own here");
    assert!(all.iter().any(|slice| slice["metadata"]["name"] == "front-e179dbd8" && slice["addressType"] == "IPv4"));

    ok(kubectl(&["delete", "endpointslice", "front-e179dbd8", "--namespace", &cluster.namespace]));
    leads_to(&cluster, &["10.0.0.7", "10.0.0.8", "fd00::9"]);
    cluster.kill_host(0);
    leads_to(&cluster, &["10.0.0.8", "fd00::9"]);

    let before = uids(&cluster);
    ok(kubectl(&["delete", "service", "front", "--namespace", &cluster.namespace]));
    leads_to(&cluster, &[]);
    ok(kubectl(&["apply", "--filename", &service(&cluster)]));
    leads_to(&cluster, &["10.0.0.8", "fd00::9"]);
    assert_eq!(uids(&cluster), before, "what runs is left alone");
    ok(cluster.run(&["delete", "workloaddeployment", "hello"]));
    assert_eq!(slices(&cluster), [] as [Value; 0]);
}

#[test]
#[ignore = "real servers"]
fn the_api_server_refuses_the_addresses_that_are_left_out() {
    let cluster = Cluster::new("addresses");
    let dry_run = |address: &str| {
        let family = if address.contains(':') { "IPv6" } else { "IPv4" };
        let slice = json!({ "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": family,
            "metadata": { "name": "x", "namespace": cluster.namespace },
            "endpoints": [{ "addresses": [address] }], "ports": [{ "name": "http", "port": 80 }] });
        let file = cluster.file("slice.json", &slice.to_string());
        kubectl(&["create", "--dry-run=server", "--filename", &file])
    };
    ok(dry_run("10.0.0.7"));
    ok(dry_run("fd00::7"));
    for address in
        ["127.0.0.1", "::1", "0.0.0.0", "::", "169.254.1.1", "fe80::1", "224.0.0.5", "ff02::1", "::ffff:10.0.0.1"]
    {
        let answer = dry_run(address);
        assert!(!answer.status.success(), "{address} is taken");
        assert!(text(&answer.stderr).contains("is invalid"), "{address}: {}", text(&answer.stderr));
    }
}

#[test]
#[ignore = "real servers"]
fn a_host_on_loopback_gets_no_endpoint_and_the_service_says_why() {
    let mut cluster = Cluster::new("loopback");
    let _controller = cluster.controller();
    cluster.host();
    ok(kubectl(&["apply", "--filename", &service(&cluster)]));
    let image = cluster.push("v1", &http_component("hello"));
    let routed = format!("{}  kubernetes:\n    service:\n      name: front\n", manifest(&image, "loop.example.com", 1));
    ok(cluster.run(&["deploy", "-f", &cluster.file("app.yaml", &routed)]));
    eventually("the Service says why", || {
        let shown = ok(kubectl(&["describe", "service", "front", "--namespace", &cluster.namespace]));
        (shown.contains("NoEndpoint") && shown.contains("its address 127.0.0.1 is a loopback address")).then_some(())
    });
    assert_eq!(slices(&cluster), [] as [Value; 0]);
}
