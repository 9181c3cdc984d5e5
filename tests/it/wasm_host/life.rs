//! Requests, instances, and how workloads come and go.

use std::time::Duration;

use futures::StreamExt;
use kubectl_wasmcloud::hosts::wire::{WorkloadStartRequest, WorkloadState};
use kubectl_wasmcloud::hosts::{BusError, BusEvent, HostBus};
use kubectl_wasmcloud::local::host::{HostError, LocalHost, Options};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::bench::{Bench, Change, options, read, workload};
use crate::support::component::http::{counter, echo};
use crate::support::component::{http_component, odd};

#[tokio::test]
async fn a_component_answers_for_its_host_and_for_no_other() {
    let bench = Bench::start().await;
    let image = bench.file("hello.wasm", &http_component("hello from here"));
    assert_eq!(bench.run("one", workload(&image, "hello.example.com")).await.workload_state, WorkloadState::Running);
    for host in ["hello.example.com", "HELLO.example.com:8000", "hello.example.com.localhost:8000"] {
        let answer = bench.get(host, "/").await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "hello from here"), "{host}");
    }
    let nobody = bench.get("other.example.com", "/").await;
    assert_eq!(nobody.status, 404);
    let url = format!("http://hello.example.com.localhost:{}", bench.host.http_addr().port());
    assert!(nobody.body.contains("other.example.com") && nobody.body.contains(&url), "{}", nobody.body);
}

#[tokio::test]
async fn a_stop_ends_a_workload_and_its_id_is_free_again() {
    let bench = Bench::start().await;
    let image = bench.file("hello.wasm", &http_component("x"));
    bench.run("one", workload(&image, "a.example.com")).await;
    let again = bench.run("one", workload(&image, "b.example.com")).await;
    assert_eq!(again.workload_state, WorkloadState::Error);
    assert!(again.message.contains("already exists"), "{}", again.message);
    assert_eq!(bench.get("b.example.com", "/").await.status, 404);

    assert_eq!(bench.stop("one").await.workload_state, WorkloadState::Stopping);
    assert_eq!(bench.status("one").await.workload_state, WorkloadState::NotFound);
    assert_eq!(bench.get("a.example.com", "/").await.status, 404);
    assert_eq!(bench.stop("one").await.workload_state, WorkloadState::NotFound, "a stop is idempotent");
    assert_eq!(bench.run("one", workload(&image, "b.example.com")).await.workload_state, WorkloadState::Running);
    assert_eq!(bench.get("b.example.com", "/").await.status, 200);
}

#[tokio::test]
async fn replicas_share_a_host_and_none_of_its_requests_fails_while_they_are_replaced() {
    let bench = Bench::start().await;
    let (old, new) = (bench.file("1.wasm", &http_component("old")), bench.file("2.wasm", &http_component("new")));
    bench.run("old-0", workload(&old, "app")).await;
    bench.run("new-0", workload(&new, "app")).await;
    let mut both: Vec<_> = [bench.get("app", "/").await.body, bench.get("app", "/").await.body].into();
    both.sort();
    assert_eq!(both, ["new", "old"]);

    let requests = async {
        for _ in 0..40 {
            assert_eq!(bench.get("app", "/").await.status, 200);
        }
    };
    let rolling = async {
        for n in 0..10 {
            bench.stop(&format!("old-{n}")).await;
            bench.run(&format!("old-{}", n + 1), workload(&old, "app")).await;
        }
    };
    tokio::join!(requests, rolling);
}

#[tokio::test]
async fn an_instance_serves_one_request_unless_a_pool_keeps_it() {
    let bench = Bench::start().await;
    let image = bench.file("counter.wasm", &counter());
    bench.run("fresh", workload(&image, "fresh")).await;
    for _ in 0..3 {
        assert_eq!(bench.get("fresh", "/").await.body, "1");
    }
    let pooled = workload(&image, "pooled").component(|component| {
        (component.pool_size, component.max_invocations) = (1, 3);
    });
    bench.run("pooled", pooled).await;
    // An instance is kept a moment after its answer has come.
    let mut seen = Vec::new();
    while seen.len() < 100 && !seen.ends_with(&["3".to_owned(), "1".to_owned()]) {
        seen.push(bench.get("pooled", "/").await.body);
    }
    assert!(seen.iter().any(|count| count == "2"), "{seen:?}");
    assert!(seen.ends_with(&["3".to_owned(), "1".to_owned()]), "replaced after three: {seen:?}");
}

#[tokio::test]
async fn an_endless_loop_leaves_room_for_others_and_ends_with_its_client() {
    let bench = Bench::start().await;
    let (endless, hello) = (bench.file("e.wasm", &odd::endless()), bench.file("h.wasm", &http_component("x")));
    bench.run("endless", workload(&endless, "endless")).await;
    bench.run("hello", workload(&hello, "hello")).await;
    let waiting = bench.open("endless", "/").await;
    assert_eq!(bench.get("hello", "/").await.status, 200, "on one and the same thread");
    drop(waiting);
    // With an invocation in it, the stop would wait for twenty seconds.
    tokio::time::timeout(Duration::from_secs(10), bench.stop("endless")).await.unwrap();
}

#[tokio::test]
async fn a_stop_waits_for_a_request_that_runs_and_lets_no_other_in() {
    let bench = Bench::start().await;
    let image = bench.file("echo.wasm", &echo());
    bench.run("echo", workload(&image, "echo")).await;
    let mut stream = tokio::net::TcpStream::connect(bench.host.http_addr()).await.unwrap();
    let head = "POST / HTTP/1.1\r\nHost: echo\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(format!("{head}3\r\none\r\n").as_bytes()).await.unwrap();
    // On one thread, the answer to a later connection says that the earlier one was read.
    assert_eq!(bench.get("nobody", "/").await.status, 404);
    let stopping = bench.stop("echo");
    let asking = async {
        while bench.status("echo").await.workload_state != WorkloadState::Stopping {
            tokio::task::yield_now().await;
        }
        assert_eq!(bench.get("echo", "/").await.status, 404);
        stream.write_all(b"3\r\ntwo\r\n0\r\n\r\n").await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        read(&text)
    };
    let (stopped, answer) = tokio::join!(stopping, asking);
    assert_eq!((answer.status, answer.body.as_str()), (200, "onetwo"));
    assert_eq!(stopped.workload_state, WorkloadState::Stopping);
    assert_eq!(bench.status("echo").await.workload_state, WorkloadState::NotFound);
}

#[tokio::test]
async fn a_host_that_closes_cuts_off_what_runs_and_answers_no_more() {
    let bench = Bench::start().await;
    let image = bench.file("e.wasm", &odd::endless());
    bench.run("endless", workload(&image, "endless")).await;
    let mut events = bench.host.events().await.unwrap();
    let mut waiting = bench.open("endless", "/").await;
    tokio::task::yield_now().await;
    bench.host.close().await;
    let mut answer = Vec::new();
    // Cut off with an answer or without.
    let _ = waiting.read_to_end(&mut answer).await;
    assert!(!String::from_utf8_lossy(&answer).contains("200 OK"));
    assert_eq!(bench.host.status(bench.host.id(), "endless").await, Err(BusError::NoResponders));
    assert_eq!(bench.host.probe(bench.host.id()).await, Err(BusError::NoResponders));
    while let Some(event) = events.next().await {
        assert!(matches!(event, BusEvent::Connected | BusEvent::Heartbeat(_)));
    }
}

#[tokio::test]
async fn a_heartbeat_tells_of_the_host_and_comes_at_changes() {
    let bench = Bench::start().await;
    let mut events = bench.host.events().await.unwrap();
    assert_eq!(events.next().await, Some(BusEvent::Connected));
    let Some(BusEvent::Heartbeat(beat)) = events.next().await else { panic!("a heartbeat comes at once") };
    assert_eq!((beat.id.as_str(), beat.friendly_name.as_str()), (bench.host.id(), "local"));
    assert_eq!(beat.http_port, u64::from(bench.host.http_addr().port()));
    assert_eq!(beat.labels.get("hostgroup").map(String::as_str), Some("default"));
    assert_eq!((beat.workload_count, beat.component_count), (0, 0));
    let given: Vec<_> = beat.imports.iter().map(|import| import.package.as_str()).collect();
    assert_eq!(given, ["keyvalue", "config", "logging"]);
    assert_eq!(kubectl_wasmcloud::hosts::read_heartbeat(&serde_json::to_vec(&beat).unwrap()), Ok(*beat));

    let image = bench.file("h.wasm", &http_component("x"));
    bench.run("one", workload(&image, "h")).await;
    let Some(BusEvent::Heartbeat(beat)) = events.next().await else { panic!("a heartbeat comes at a change") };
    assert_eq!((beat.workload_count, beat.component_count), (1, 1));
    assert_eq!(bench.host.probe(bench.host.id()).await.unwrap().workload_count, 1);
    assert_eq!(bench.host.probe("another").await, Err(BusError::NoResponders));
}

#[tokio::test]
async fn a_start_that_is_stopped_midway_leaves_nothing() {
    let bench = Bench::start().await;
    let image = bench.file("h.wasm", &http_component("x"));
    let request = WorkloadStartRequest { workload: workload(&image, "h"), workload_id: "one".into() };
    let starting = bench.host.start(bench.host.id(), &request);
    let stopping = async {
        while bench.status("one").await.workload_state != WorkloadState::Starting {
            tokio::task::yield_now().await;
        }
        bench.stop("one").await
    };
    let (started, stopped) = tokio::join!(starting, stopping);
    let started = started.unwrap();
    assert_eq!(started.workload_state, WorkloadState::Stopping, "{}", started.message);
    assert_eq!(stopped.workload_state, WorkloadState::Stopping);
    assert_eq!(bench.status("one").await.workload_state, WorkloadState::NotFound);
    assert_eq!(bench.get("h", "/").await.status, 404);
}

#[tokio::test]
async fn a_host_listens_on_loopback_only_and_names_a_taken_port() {
    let home = tempfile::tempdir().unwrap();
    let start = async |address: &str| {
        let options = Options { http: address.parse().unwrap(), ..options(home.path()) };
        LocalHost::start(options).await.err().unwrap()
    };
    assert!(matches!(start("0.0.0.0:0").await, HostError::NotLoopback(_)));
    let bench = Bench::start().await;
    let address = bench.host.http_addr().to_string();
    let error = start(&address).await.to_string();
    assert!(error.starts_with(&format!("cannot listen on {address} for HTTP: ")), "{error}");
}
