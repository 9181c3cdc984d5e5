//! Our CRDs on the local API server: what they refuse, and that they can be put in again.

use kubectl_wasmcloud::local::Cluster;
use serde_json::{Value, json};

use crate::support::local::{Local, clock};

#[tokio::test(start_paused = true)]
async fn the_api_server_rejects_what_the_published_crds_reject() {
    let local = Local::with_hosts(&[]).await;
    let create = async |spec: Value| {
        let object = json!({
            "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Workload", "metadata": { "name": "x" }, "spec": spec,
        });
        let path =
            "/apis/runtime.wasmcloud.dev/v1alpha1/namespaces/default/workloads?dryRun=All&fieldValidation=Strict";
        let post = http::Request::post(path).header("content-type", "application/json");
        local.client.request::<Value>(post.body(object.to_string().into_bytes()).unwrap()).await
    };
    create(json!({ "components": [{ "name": "a", "image": "r/a:1" }] })).await.unwrap();
    let unnamed = |interface: &str| json!({ "namespace": "a", "package": "b", "interfaces": [interface] });
    for (spec, says) in [
        (json!({ "components": [{ "name": "a" }] }), "spec.components[0].image: Required value"),
        (
            json!({ "components": [{ "name": "a", "image": "r", "poolSize": -1 }] }),
            "should be greater than or equal to 0",
        ),
        (
            json!({ "hostInterfaces": [{ "namespace": "wasi", "package": "http", "interfaces": [] }] }),
            "should have at least 1 items",
        ),
        (
            json!({ "hostInterfaces": [unnamed("x"), unnamed("z")] }),
            "at most one unnamed hostInterface is allowed per namespace:package",
        ),
        (
            json!({ "components": [{ "name": "a", "image": "r", "localResources": { "allowedHosts": ["http://x/path"] } }] }),
            "spec.components[0].localResources.allowedHosts[0]",
        ),
        (json!({ "componentz": [] }), "unknown field \"spec.componentz\""),
    ] {
        let refused = create(spec.clone()).await.unwrap_err().to_string();
        assert!(refused.contains(says), "{spec}: {refused}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_defined_is_not_served() {
    let cluster = Cluster::in_memory(clock).await;
    let get = http::Request::get("/apis/runtime.wasmcloud.dev/v1alpha1/workloads").body(Vec::new()).unwrap();
    assert!(cluster.client("default").request::<Value>(get).await.is_err());
}
