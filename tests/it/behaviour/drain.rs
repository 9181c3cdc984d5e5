//! Hosts are drained.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use crate::support::judgement::settled;
use crate::support::local::{Local, condition, deployment};

const REPLICAS: usize = 6;
const WANTED: [(&str, &str, usize); 1] = [("hello", "hello:v1", REPLICAS)];

/// A person has a host drained, or not any more.
async fn drain(local: &Local, host: &str, drained: Value) {
    let note = json!({ "metadata": { "annotations": { "runtime.wasmcloud.dev/drain": drained } } });
    local.edit("hosts", host, "", &note).await;
}

async fn running(hosts: &[&str]) -> Local {
    let local = Local::with_hosts(hosts).await;
    local.apply(&deployment("hello:v1", 6)).await;
    settled(&local, &WANTED).await;
    local
}

/// Looks on until a host is empty: at no time are fewer Ready, and never is one without its replacement.
async fn empties(local: &Local, host: &str) {
    for _ in 0..20_000 {
        let workloads = local.objects("workloads").await;
        let ready = workloads.iter().filter(|workload| condition(workload, "Ready")["status"] == "True").count();
        assert!(ready >= REPLICAS, "{ready} are Ready: {workloads:#?}");
        if local.hosts.running()[host].is_empty() {
            return;
        }
        sleep(Duration::from_millis(1)).await;
    }
    panic!("it is not emptied: {:?}", local.hosts.running());
}

fn asked(local: &Local, what: &str) -> usize {
    local.controller.edge.deeds().iter().filter(|deed| deed.what == format!("host {what}")).count()
}

#[tokio::test(start_paused = true)]
async fn a_host_that_is_drained_is_emptied_replacements_first() {
    let local = running(&["one", "two", "three"]).await;
    let before = local.writes().values().sum::<usize>();
    drain(&local, "one", json!("true")).await;
    empties(&local, "one").await;
    settled(&local, &WANTED).await;
    assert_eq!((asked(&local, "start"), asked(&local, "stop")), (8, 2), "one replacement for each that left");
    assert_eq!(local.hosts.images().len(), REPLICAS);
    let written = local.writes().values().sum::<usize>() - before;
    assert!(written < 45, "{written}");
    drain(&local, "one", Value::Null).await;
    settled(&local, &WANTED).await;
    assert_eq!(asked(&local, "start"), 8, "nothing moves back");
}

#[tokio::test(start_paused = true)]
async fn where_no_other_host_fits_nothing_is_stopped_and_an_event_on_the_host_says_why() {
    let local = running(&["one"]).await;
    drain(&local, "one", json!("true")).await;
    sleep(Duration::from_secs(120)).await;
    assert_eq!((local.hosts.images().len(), asked(&local, "stop")), (REPLICAS, 0));
    let get = http::Request::get("/api/v1/events").body(Vec::new()).unwrap();
    let events: Value = local.client.request(get).await.unwrap();
    let blocked = |event: &&Value| event["reason"] == "DrainBlocked";
    let told: Vec<_> = events["items"].as_array().unwrap().iter().filter(blocked).collect();
    let [event] = told[..] else { panic!("{told:#?}") };
    assert_eq!((&event["involvedObject"]["kind"], &event["involvedObject"]["name"]), (&json!("Host"), &json!("one")));
    assert!(event["message"].as_str().unwrap().contains("0/1 hosts fit: 1 cordoned"), "{event:#}");
    settled(&local, &WANTED).await;
    local.hosts.join("two");
    empties(&local, "one").await;
    settled(&local, &WANTED).await;
}
