//! Objects are deleted and made again, or edited by hand, under the controller's feet.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::super::routes::{leads_to, routed, service};
use super::{asked, no_storm, running, writes};
use crate::support::judgement::{await_order, settled};
use crate::support::local::{Local, condition, deployment};

fn named(kind: &str, name: &str, rest: Value) -> Value {
    let mut object = json!({ "apiVersion": "v1", "kind": kind, "metadata": { "name": name } });
    object.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    object
}

/// A deployment that reads a ConfigMap or a Secret.
fn reading(image: &str, replicas: u32, from: &str, name: &str) -> Value {
    let mut object = deployment(image, replicas);
    object["spec"]["template"]["spec"]["components"][0]["localResources"] =
        json!({ "environment": { (from): [{ "name": name }] } });
    object
}

#[tokio::test(start_paused = true)]
async fn a_config_map_or_secret_is_deleted_and_made_again() {
    for (kind, plural, from, reason, data) in [
        ("ConfigMap", "configmaps", "configFrom", "ConfigMapNotFound", json!({ "data": { "KEY": "one" } })),
        ("Secret", "secrets", "secretFrom", "SecretNotFound", json!({ "stringData": { "KEY": "one" } })),
    ] {
        let local = Local::with_hosts(&["one", "two"]).await;
        local.apply(&named(kind, "settings", data.clone())).await;
        local.apply(&reading("hello:v1", 2, from, "settings")).await;
        settled(&local, &[("hello", "hello:v1", 2)]).await;

        local.delete(plural, "settings").await;
        sleep(Duration::from_secs(30)).await;
        assert_eq!((local.hosts.images().len(), asked(&local, "stop")), (2, 0), "{kind}: what runs goes on");

        local.apply(&reading("hello:v1", 4, from, "settings")).await;
        local
            .eventually("the new ones say what they lack", async || {
                let workloads = local.objects("workloads").await;
                let lack = |w: &&Value| condition(w, "Config")["reason"] == reason;
                (workloads.iter().filter(lack).count() == 2).then_some(())
            })
            .await;
        local.apply(&named(kind, "settings", data)).await;
        sleep(Duration::from_secs(1)).await;
        assert_eq!(local.hosts.images().len(), 4, "{kind}: it is seen at once");
        settled(&local, &[("hello", "hello:v1", 4)]).await;
        no_storm(&local, 70);
    }
}

#[tokio::test(start_paused = true)]
async fn an_artifact_is_deleted_and_made_again() {
    let local = Local::with_hosts(&["one", "two"]).await;
    let artifact = |image: &str| {
        json!({ "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Artifact", "metadata": { "name": "app" },
            "spec": { "image": image } })
    };
    let mut object = deployment("artifact://app", 3);
    object["spec"]["artifacts"] = json!([{ "name": "app", "artifactFrom": { "name": "app" } }]);
    local.apply(&object).await;
    local.apply(&artifact("hello:v1")).await;
    settled(&local, &[("hello", "hello:v1", 3)]).await;

    local.delete("artifacts", "app").await;
    sleep(Duration::from_secs(120)).await;
    assert_eq!(local.hosts.images(), ["hello:v1"; 3], "what runs goes on");
    local.apply(&artifact("hello:v1")).await;
    settled(&local, &[("hello", "hello:v1", 3)]).await;
    assert_eq!((asked(&local, "start"), asked(&local, "stop")), (3, 0), "the same image again changes nothing");

    local.delete("artifacts", "app").await;
    local.apply(&artifact("hello:v2")).await;
    settled(&local, &[("hello", "hello:v2", 3)]).await;
    no_storm(&local, 92);
}

#[tokio::test(start_paused = true)]
async fn a_service_is_deleted_and_made_again() {
    let local = Local::with_hosts(&["one", "two"]).await;
    local.hosts.address("one", "10.0.0.1", 8000);
    local.hosts.address("two", "10.0.0.2", 8000);
    let there = ["10.0.0.1:8000", "10.0.0.2:8000"];
    local.apply(&service()).await;
    local.apply(&routed("hello:v1", 4)).await;
    leads_to(&local, &there).await;
    settled(&local, &[("hello", "hello:v1", 4)]).await;
    for pause in [0, 30] {
        local.delete("services", "hello").await;
        sleep(Duration::from_secs(pause)).await;
        if pause > 0 {
            leads_to(&local, &[]).await;
        }
        local.apply(&service()).await;
        sleep(Duration::from_secs(5)).await;
        leads_to(&local, &there).await;
        settled(&local, &[("hello", "hello:v1", 4)]).await;
    }
    assert_eq!((asked(&local, "start"), asked(&local, "stop")), (4, 0), "what ran was let be");
    no_storm(&local, 32);
}

#[tokio::test(start_paused = true)]
async fn edits_by_hand_are_set_right() {
    let local = running(&["one", "two"], 4).await;
    let elsewhere = json!({ "runtime.wasmcloud.dev/assigned-host": "id-nobody" });
    let edits: [(&str, &str, Value); 21] = [
        ("workloads", "/status", json!({ "status": null })),
        ("workloads", "/status", json!({ "status": { "hostId": null, "workloadId": null } })),
        ("workloads", "/status", json!({ "status": { "conditions": [] } })),
        ("workloads", "/status", json!({ "status": { "hostId": "id-nobody", "environment": "none" } })),
        ("workloads", "/status", json!({ "status": { "hostId": "id-nobody", "workloadId": "nothing" } })),
        ("workloads", "/status", json!({ "status": { "workloadId": "another" } })),
        ("workloads", "", json!({ "metadata": { "annotations": elsewhere } })),
        ("workloads", "", json!({ "metadata": { "finalizers": null } })),
        ("workloads", "", json!({ "metadata": { "annotations": null } })),
        ("workloads", "", json!({ "metadata": { "labels": null } })),
        ("workloadreplicasets", "", json!({ "spec": { "replicas": 7 } })),
        ("workloadreplicasets", "/status", json!({ "status": null })),
        ("workloadreplicasets", "", json!({ "metadata": { "annotations": null, "labels": null } })),
        ("workloadreplicasets", "/status", json!({ "status": { "replicas": { "expected": 9, "ready": 9 } } })),
        ("workloaddeployments", "/status", json!({ "status": null })),
        (
            "workloaddeployments",
            "/status",
            json!({ "status": { "currentReplicaSet": { "name": "nobody" },
            "previousReplicaSet": { "name": "somebody" } } }),
        ),
        ("hosts", "", json!({ "hostname": "nowhere", "httpPort": 1, "environment": "none" })),
        ("hosts", "", json!({ "hostId": "id-nobody" })),
        (
            "hosts",
            "/status",
            json!({ "status": { "version": "0", "lastSeen": "2020-01-01T00:00:00Z", "workloadCount": 99 } }),
        ),
        ("hosts", "/status", json!({ "status": { "conditions": [] } })),
        ("hosts", "", json!({ "metadata": { "finalizers": null, "labels": { "odd": "one" } } })),
    ];
    for (plural, part, patch) in edits {
        let before = writes(&local, "");
        let name = local.objects(plural).await[0]["metadata"]["name"].as_str().unwrap().to_owned();
        local.edit(plural, &name, part, &patch).await;
        sleep(Duration::from_secs(30)).await;
        settled(&local, &[("hello", "hello:v1", 4)]).await;
        let taken = writes(&local, "") - before;
        assert!(taken < 40, "{plural}{part} {patch}: {taken} writes");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_deleted_by_hand_is_made_again() {
    let local = running(&["one", "two"], 4).await;
    for plural in ["workloads", "workloadreplicasets", "hosts"] {
        let before = writes(&local, "");
        let name = local.objects(plural).await[0]["metadata"]["name"].as_str().unwrap().to_owned();
        local.delete(plural, &name).await;
        sleep(Duration::from_secs(30)).await;
        settled(&local, &[("hello", "hello:v1", 4)]).await;
        assert_eq!(local.objects("hosts").await.len(), 2);
        let taken = writes(&local, "") - before;
        assert!(taken < 60, "{plural}: {taken} writes");
    }
}

#[tokio::test(start_paused = true)]
async fn a_deployment_is_deleted_and_made_again_at_once() {
    let local = running(&["one", "two"], 4).await;
    local.delete("workloaddeployments", "hello").await;
    local.apply(&deployment("hello:v2", 3)).await;
    await_order(&local, &[("hello", "hello:v2", 3)]).await;
    settled(&local, &[("hello", "hello:v2", 3)]).await;
    assert_eq!(local.hosts.images(), ["hello:v2"; 3]);
    no_storm(&local, 50);
}
