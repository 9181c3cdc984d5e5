//! Events are forgotten after an hour.

use std::time::Duration;

use kubectl_wasmcloud::local::Cluster;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::support::local::clock;

const EVENTS: &str = "/api/v1/namespaces/default/events";

#[tokio::test(start_paused = true)]
async fn an_event_lives_an_hour() {
    let cluster = Cluster::in_memory(clock).await;
    let client = cluster.client("default");
    let event = json!({
        "apiVersion": "v1", "kind": "Event", "metadata": { "name": "e" }, "reason": "Started",
        "involvedObject": { "kind": "ConfigMap", "namespace": "default", "name": "x" },
    });
    let post = http::Request::post(EVENTS).header("content-type", "application/json");
    client.request::<Value>(post.body(event.to_string().into_bytes()).unwrap()).await.unwrap();
    let count = async || {
        let list: Value = client.request(http::Request::get(EVENTS).body(Vec::new()).unwrap()).await.unwrap();
        list["items"].as_array().unwrap().len()
    };
    sleep(Duration::from_secs(59 * 60)).await;
    assert_eq!(count().await, 1);
    sleep(Duration::from_secs(3 * 60)).await;
    assert_eq!(count().await, 0);
}
