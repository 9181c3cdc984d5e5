//! Services lead to hosts: EndpointSlices on the local API server.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use crate::support::hosts::Mood;
use crate::support::local::{Local, deployment};

const SLICES: &str = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
const FIRST: &str = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/hello-4f9f2cab";
const SERVICE: &str = "/api/v1/namespaces/default/services/hello";

async fn call(local: &Local, method: &str, path: &str, body: Value) -> Value {
    let kind = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
    let request = http::Request::builder().method(method).uri(path).header("content-type", kind);
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    local.client.request(request.body(body).unwrap()).await.unwrap()
}

/// Addresses and ports that slices list, sorted.
async fn listed(local: &Local) -> Vec<String> {
    let list = call(local, "GET", SLICES, Value::Null).await;
    let mut all = Vec::new();
    for slice in list["items"].as_array().unwrap() {
        let port = &slice["ports"][0]["port"];
        let endpoints = slice["endpoints"].as_array().cloned().unwrap_or_default();
        all.extend(endpoints.iter().map(|one| format!("{}:{port}", one["addresses"][0].as_str().unwrap())));
    }
    all.sort();
    all
}

/// Waits until Services lead to these addresses and ports, and to no other.
pub(super) async fn leads_to(local: &Local, wanted: &[&str]) {
    local.eventually("the Service leads there", async || (listed(local).await == wanted).then_some(())).await;
}

/// The Service `hello`.
pub(super) fn service() -> Value {
    json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "name": "hello" },
        "spec": { "ports": [{ "name": "http", "port": 80 }] } })
}

/// A deployment that the Service `hello` leads to.
pub(super) fn routed(image: &str, replicas: u32) -> Value {
    let mut object = deployment(image, replicas);
    object["spec"]["kubernetes"] = json!({ "service": { "name": "hello" } });
    object
}

/// Two hosts that Services can lead to, and a deployment that one does.
async fn two_hosts() -> Local {
    let local = Local::with_hosts(&["one", "two"]).await;
    local.hosts.address("one", "10.0.0.1", 8000);
    local.hosts.address("two", "fd00::2", 8000);
    local.apply(&service()).await;
    local.apply(&routed("hello:v1", 2)).await;
    local.rolled_out("hello").await;
    leads_to(&local, &["10.0.0.1:8000", "fd00::2:8000"]).await;
    local
}

#[tokio::test(start_paused = true)]
async fn a_service_leads_to_the_hosts_and_follows_them() {
    let local = two_hosts().await;
    let uid = call(&local, "GET", SERVICE, Value::Null).await["metadata"]["uid"].clone();
    let list = call(&local, "GET", SLICES, Value::Null).await;
    for slice in list["items"].as_array().unwrap() {
        let owner = &slice["metadata"]["ownerReferences"][0];
        assert_eq!((&owner["uid"], &owner["controller"]), (&uid, &json!(true)));
        assert_eq!(
            slice["metadata"]["labels"],
            json!({ "kubernetes.io/service-name": "hello", "wasmcloud.dev/route-manager": "true" })
        );
        assert_eq!(slice["ports"], json!([{ "name": "http", "port": 8000, "protocol": "TCP" }]));
    }
    assert_eq!(call(&local, "GET", FIRST, Value::Null).await["addressType"], "IPv4");

    local.hosts.address("one", "10.0.0.9", 8080);
    leads_to(&local, &["10.0.0.9:8080", "fd00::2:8000"]).await;
    local.hosts.mood("one", Mood::Gone);
    leads_to(&local, &["fd00::2:8000"]).await;
    local.rolled_out("hello").await;
}

#[tokio::test(start_paused = true)]
async fn slices_follow_the_service_and_are_healed() {
    let local = two_hosts().await;
    call(&local, "DELETE", SERVICE, Value::Null).await;
    leads_to(&local, &[]).await;
    local.apply(&service()).await;
    leads_to(&local, &["10.0.0.1:8000", "fd00::2:8000"]).await;
    for (method, body) in [
        ("DELETE", Value::Null),
        ("PATCH", json!({ "endpoints": [] })),
        ("PATCH", json!({ "metadata": { "labels": { "kubernetes.io/service-name": "other" } } })),
        ("PATCH", json!({ "metadata": { "labels": { "wasmcloud.dev/route-manager": null } } })),
    ] {
        call(&local, method, FIRST, body.clone()).await;
        sleep(Duration::from_secs(5)).await;
        assert_eq!(listed(&local).await, ["10.0.0.1:8000", "fd00::2:8000"], "{method} {body}");
        let labels = call(&local, "GET", FIRST, Value::Null).await["metadata"]["labels"].clone();
        assert_eq!(
            labels,
            json!({ "kubernetes.io/service-name": "hello", "wasmcloud.dev/route-manager": "true" }),
            "{method} {body}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_deleted_runs_on_for_a_while_after_it_is_out_of_the_slice() {
    let local = two_hosts().await;
    local.delete("workloaddeployments", "hello").await;
    leads_to(&local, &[]).await;
    sleep(Duration::from_secs(4)).await;
    assert_eq!(local.hosts.images().len(), 2);
    sleep(Duration::from_secs(2)).await;
    assert_eq!(local.hosts.images(), [] as [&str; 0]);
    local.eventually("nothing is left", async || local.objects("workloads").await.is_empty().then_some(())).await;
}

#[tokio::test(start_paused = true)]
async fn a_host_on_loopback_gets_no_endpoint_and_an_event_says_why() {
    let local = Local::with_hosts(&["one"]).await;
    local.apply(&service()).await;
    local.apply(&routed("hello:v1", 1)).await;
    local.rolled_out("hello").await;
    let events = "/api/v1/namespaces/default/events";
    local
        .eventually("the Service says why", async || {
            let list = call(&local, "GET", events, Value::Null).await;
            let about = list["items"].as_array()?.iter().find(|event| event["involvedObject"]["kind"] == "Service")?;
            (about["reason"] == "NoEndpoint" && about["message"].as_str()?.contains("127.0.0.1")).then_some(())
        })
        .await;
    assert_eq!(listed(&local).await, [] as [&str; 0]);
}
