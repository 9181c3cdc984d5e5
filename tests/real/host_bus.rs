//! The host bus against a real `wash host`, and against what no host should send.

use std::time::Duration;

use futures::StreamExt;
use kubectl_wasmcloud::hosts::nats::{NatsBus, NatsError, NatsOptions};
use kubectl_wasmcloud::hosts::wire::WorkloadState;
use kubectl_wasmcloud::hosts::{BusError, BusEvent, HostBus};

use super::cluster::Cluster;
use crate::wasm_host::agreement::a_host_refuses_what_is_found_amiss;
use crate::wasm_host::bus::{Stage, a_host_does_what_hosts_do, heartbeat};

async fn connect(cluster: &Cluster) -> NatsBus {
    let options = NatsOptions { url: cluster.nats_url.clone(), ..NatsOptions::default() };
    NatsBus::connect(&options).await.unwrap()
}

#[tokio::test]
#[ignore = "real servers"]
async fn a_real_host_does_what_hosts_do() {
    let mut cluster = Cluster::new("hostbus");
    let bus = connect(&cluster).await;
    let (port, beat) = {
        let listening = heartbeat(&bus);
        let port = cluster.host();
        (port, listening.await)
    };
    assert_eq!((beat.http_port, &beat.environment), (u64::from(port), &cluster.namespace));
    assert_eq!(beat.labels.get("hostgroup").map(String::as_str), Some("default"));
    assert!(beat.imports.iter().any(|interface| interface.package == "keyvalue"), "{:?}", beat.imports);
    let host = beat.id.as_str();
    assert_eq!(bus.probe(host).await.unwrap().friendly_name, beat.friendly_name);

    let push = |tag: &str, component: &[u8]| cluster.push(tag, component);
    let stage = Stage { bus: &bus, host, port, push: &push };
    a_host_does_what_hosts_do(&stage).await;
    a_host_refuses_what_is_found_amiss(&stage).await;

    cluster.kill_host(0);
    assert_eq!(bus.status(host, "good").await.unwrap_err(), BusError::NoResponders);
}

#[tokio::test]
#[ignore = "real servers"]
async fn what_no_host_should_send_is_refused_by_name_and_harms_nobody() {
    let cluster = Cluster::new("badbus");
    let bus = connect(&cluster).await;
    let mut events = bus.events().await.unwrap();
    // An answer on the same connection shows that the server has the subscription.
    assert_eq!(bus.status("nobody", "x").await, Err(BusError::NoResponders));
    let raw = async_nats::connect(&cluster.nats_url).await.unwrap();
    let publish = async |host: &str, payload: Vec<u8>| {
        raw.publish(format!("runtime.operator.heartbeat.{host}"), payload.into()).await.unwrap();
        raw.flush().await.unwrap();
    };
    let good = br#"{"id":"good","friendlyName":"good","systemCpuUsage":"NaN","workloadCount":"3"}"#;
    publish("junk", b"\x00\xff not json".to_vec()).await;
    publish("big", vec![b'['; 900_000]).await;
    publish("liar", good.to_vec()).await;
    publish("good", good.to_vec()).await;
    let mut refused = Vec::new();
    let beat = loop {
        match events.next().await.unwrap() {
            BusEvent::Refused { host, .. } => refused.push(host),
            BusEvent::Heartbeat(beat) => break beat,
            BusEvent::Connected | BusEvent::Disconnected => {}
        }
    };
    assert_eq!(refused, ["junk", "big", "liar"]);
    assert_eq!((beat.friendly_name.as_str(), beat.workload_count), ("good", 3));

    let mut requests = raw.subscribe("runtime.host.odd.>").await.unwrap();
    assert!(raw.request("runtime.host.nobody.x", "".into()).await.is_err());
    let answers = raw.clone();
    tokio::spawn(async move {
        for answer in ["no json at all", "{}", r#"{"workloadStatus":{"workloadState":"WORKLOAD_STATE_DANCING"}}"#] {
            let reply = requests.next().await.unwrap().reply.unwrap();
            answers.publish(reply, answer.into()).await.unwrap();
        }
    });
    assert!(matches!(bus.status("odd", "x").await, Err(BusError::Malformed(_))));
    assert!(matches!(bus.status("odd", "x").await, Err(BusError::Malformed(_))), "an answer without a status");
    assert_eq!(bus.status("odd", "x").await.unwrap().workload_state, WorkloadState::Unspecified);
    assert_eq!(bus.status("nobody", "x").await, Err(BusError::NoResponders));
}

#[tokio::test]
#[ignore = "real servers"]
async fn a_lost_connection_is_told_and_made_again() {
    let mut cluster = Cluster::new("lostbus");
    let bus = connect(&cluster).await;
    let mut events = bus.events().await.unwrap();
    assert_eq!(events.next().await, Some(BusEvent::Connected));
    cluster.stop_nats();
    assert_eq!(events.next().await, Some(BusEvent::Disconnected));
    assert_eq!(bus.status("any", "x").await, Err(BusError::Disconnected));
    cluster.start_nats();
    let back = tokio::time::timeout(Duration::from_secs(60), events.next()).await.unwrap();
    assert_eq!(back, Some(BusEvent::Connected));
    assert_eq!(bus.status("any", "x").await, Err(BusError::NoResponders));
}

#[tokio::test]
#[ignore = "real servers"]
async fn an_unreachable_server_and_missing_files_are_named() {
    let nobody = NatsOptions { url: "nats://127.0.0.1:1".into(), ..NatsOptions::default() };
    let error = NatsBus::connect(&nobody).await.err().unwrap();
    assert!(matches!(error, NatsError::Connect(..)) && error.to_string().contains("127.0.0.1:1"), "{error}");
    let missing = NatsOptions { creds: Some("/does/not/exist.creds".into()), ..nobody.clone() };
    let error = NatsBus::connect(&missing).await.err().unwrap();
    assert!(error.to_string().contains("exist.creds"), "{error}");
    let missing = NatsOptions { ca: Some("/does/not/exist.pem".into()), ..nobody };
    assert!(NatsBus::connect(&missing).await.err().unwrap().to_string().contains("exist.pem"));
}
