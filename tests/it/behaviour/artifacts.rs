//! Artifacts that are pinned by digest, with a pull secret, and configuration that is rolled out: values read by the
//! process itself.

use kubectl_wasmcloud::hosts::wire::WorkloadStartRequest;
use serde_json::{Value, json};

use crate::support::local::{Local, condition, deployment};

const TAG: &str = "r.example/web:latest";

fn digest(digit: &str) -> String {
    format!("sha256:{}", digit.repeat(64))
}

fn pinned(digit: &str) -> String {
    format!("r.example/web@{}", digest(digit))
}

fn secret(name: &str, values: Value) -> Value {
    json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": name }, "stringData": values })
}

fn pull_secret() -> Value {
    let auths = json!({ "auths": { "r.example": { "username": "reader", "password": "hunter2" } } });
    secret("pull", json!({ ".dockerconfigjson": auths.to_string() }))
}

fn artifact() -> Value {
    json!({
        "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Artifact",
        "metadata": { "name": "image", "namespace": "default", "annotations": {
            "runtime.wasmcloud.dev/resolve": "digest", "runtime.wasmcloud.dev/poll-interval": "1m",
        } },
        "spec": { "image": TAG, "imagePullSecret": { "name": "pull" } },
    })
}

/// User and password that a component is to be pulled with.
fn credentials(request: &WorkloadStartRequest) -> Option<(String, String)> {
    let secret = request.workload.wit_world.as_ref()?.components[0].image_pull_secret.as_ref()?;
    Some((secret.username.clone(), secret.password.clone()))
}

#[tokio::test(start_paused = true)]
async fn an_artifacts_tag_is_pinned_with_its_pull_secret_and_followed_when_it_moves() {
    let local = Local::with_hosts(&["one", "two"]).await;
    local.registry.tag(TAG, &digest("1"));
    local.apply(&artifact()).await;
    let mut object = deployment("artifact://web", 2);
    object["spec"]["artifacts"] = json!([{ "name": "web", "artifactFrom": { "name": "image" } }]);
    local.apply(&object).await;
    local
        .eventually("the missing Secret is named", async || {
            let artifact = local.get("artifacts", "image").await;
            (condition(&artifact, "Published")["reason"] == "SecretNotFound").then_some(())
        })
        .await;
    assert!(local.registry.users().is_empty(), "nobody is asked without it");
    local.apply(&pull_secret()).await;
    local.eventually("the digest runs", async || (local.hosts.images() == vec![pinned("1"); 2]).then_some(())).await;
    assert_eq!(local.registry.users(), [Some("reader:hunter2".to_owned())]);
    let given = Some(("reader".to_owned(), "hunter2".to_owned()));
    assert!(local.hosts.requests().iter().all(|request| credentials(request) == given));

    local.registry.tag(TAG, &digest("2"));
    local
        .eventually("the moved tag is rolled out", async || {
            (local.hosts.images() == vec![pinned("2"); 2]).then_some(())
        })
        .await;
    for plural in ["artifacts", "workloaddeployments", "workloadreplicasets", "workloads"] {
        let objects = json!(local.objects(plural).await).to_string();
        assert!(!objects.contains("hunter2"), "{objects}");
    }
}

#[tokio::test(start_paused = true)]
async fn changed_secrets_are_told_as_drift_or_rolled_out() {
    let local = Local::with_hosts(&["one", "two"]).await;
    local.apply(&secret("keys", json!({ "KEY": "first" }))).await;
    let mut object = deployment("hello:v1", 2);
    object["spec"]["template"]["spec"]["components"][0]["localResources"] =
        json!({ "environment": { "secretFrom": [{ "name": "keys" }] } });
    local.apply(&object).await;
    local.rolled_out("hello").await;

    local.apply(&secret("keys", json!({ "KEY": "second" }))).await;
    local
        .eventually("drift is told", async || {
            let told = "ConfigDrift: changed since the start: Secret \"keys\"";
            let workloads = local.objects("workloads").await;
            workloads.iter().all(|workload| condition(workload, "Sync")["message"] == told).then_some(())
        })
        .await;
    let started = local.hosts.starts("one") + local.hosts.starts("two");
    assert_eq!(started, 2, "nothing is restarted");

    object["metadata"]["annotations"] = json!({ "runtime.wasmcloud.dev/config-rollout": "true" });
    local.apply(&object).await;
    let value = |request: &WorkloadStartRequest| -> Option<String> {
        let local = request.workload.wit_world.as_ref()?.components[0].local_resources.as_ref()?;
        local.environment.get("KEY").cloned()
    };
    for wanted in ["second", "third"] {
        local.apply(&secret("keys", json!({ "KEY": wanted }))).await;
        local
            .eventually("every replica has the new value", async || {
                let requests = local.hosts.requests();
                let all = requests.len() == 2 && requests.iter().all(|r| value(r).as_deref() == Some(wanted));
                all.then_some(())
            })
            .await;
    }
    let written = json!(local.objects("workloadreplicasets").await).to_string();
    assert!(written.contains("config-hash") && !["first", "second", "third"].iter().any(|v| written.contains(v)));
}
