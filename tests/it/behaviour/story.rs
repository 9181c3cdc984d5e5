//! What a user does on a good day, and what is seen on a bad one.

use serde_json::json;

use crate::support::local::{Local, condition, deployment};

#[tokio::test(start_paused = true)]
async fn a_deployment_is_rolled_out_changed_and_deleted() {
    let local = Local::with_hosts(&["one", "two"]).await;
    local.apply(&deployment("hello:v1", 3)).await;
    local.rolled_out("hello").await;
    assert_eq!(local.hosts.images(), ["hello:v1"; 3]);
    assert!(local.hosts.running().values().all(|images| !images.is_empty()), "they are spread over both hosts");

    local.apply(&deployment("hello:v2", 3)).await;
    local.rolled_out("hello").await;
    local
        .eventually("only the new version runs", async || (local.hosts.images() == ["hello:v2"; 3]).then_some(()))
        .await;
    let mut sizes: Vec<_> = local.objects("workloadreplicasets").await;
    sizes.sort_by_key(|set| set["metadata"]["annotations"]["runtime.wasmcloud.dev/revision"].to_string());
    let sizes: Vec<_> = sizes.iter().map(|set| set["spec"]["replicas"].as_i64().unwrap()).collect();
    assert_eq!(sizes, [0, 3]);

    local.delete("workloaddeployments", "hello").await;
    for plural in ["workloaddeployments", "workloadreplicasets", "workloads"] {
        local.eventually("nothing is left", async || local.objects(plural).await.is_empty().then_some(())).await;
    }
    assert_eq!(local.hosts.images(), [] as [&str; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_deployment_is_scaled() {
    let local = Local::with_hosts(&["one"]).await;
    local.apply(&deployment("hello:v1", 1)).await;
    local.rolled_out("hello").await;
    for replicas in [4, 2, 0] {
        local.apply(&deployment("hello:v1", replicas)).await;
        let wanted = vec!["hello:v1".to_owned(); replicas as usize];
        local.eventually("as many run as are wanted", async || (local.hosts.images() == wanted).then_some(())).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_secret_is_named_until_it_comes_and_its_value_reaches_the_host_alone() {
    let local = Local::with_hosts(&["one"]).await;
    let mut object = deployment("hello:v1", 1);
    object["spec"]["template"]["spec"]["components"][0]["localResources"] =
        json!({ "environment": { "secretFrom": [{ "name": "later" }] } });
    local.apply(&object).await;
    local
        .eventually("the missing Secret is named", async || {
            let workload = local.objects("workloads").await.into_iter().next()?;
            let config = condition(&workload, "Config");
            (config["reason"] == "SecretNotFound" && config["message"] == "Secret \"later\" not found").then_some(())
        })
        .await;
    local
        .apply(&json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "later" }, "stringData": { "KEY": "hunter2" },
        }))
        .await;
    local.rolled_out("hello").await;
    let requests = serde_json::to_string(&local.hosts.requests()).unwrap();
    assert!(requests.contains("hunter2"));
    for plural in ["workloads", "workloadreplicasets", "workloaddeployments", "hosts"] {
        let shown = serde_json::to_string(&local.objects(plural).await).unwrap();
        assert!(!shown.contains("hunter2") && !shown.contains("aHVudGVyMg"), "{plural}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_controller_that_dies_in_the_middle_is_taken_over_from() {
    let mut local = Local::with_hosts(&["one", "two"]).await;
    local.apply(&deployment("hello:v1", 4)).await;
    local.rolled_out("hello").await;
    for version in 2..6 {
        let image = format!("hello:v{version}");
        local.apply(&deployment(&image, 4)).await;
        local.eventually("it has begun", async || local.hosts.images().contains(&image).then_some(())).await;
        local.replace_controller();
        local.rolled_out("hello").await;
        let wanted = vec![image; 4];
        local.eventually("only the new version runs", async || (local.hosts.images() == wanted).then_some(())).await;
    }
}
