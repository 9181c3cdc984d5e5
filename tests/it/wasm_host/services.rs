//! Services: how they run, fail, are started again, listen, and are reached.

use std::net::TcpListener;

use kubectl_wasmcloud::hosts::wire::{Service, Workload, WorkloadState, WorkloadStatus};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use super::bench::{Bench, workload};
use crate::support::component::service::{client, done, endless, failing, listener, trapping};

const LOOPBACK: [u8; 4] = [127, 0, 0, 1];

fn service(image: &str, max_restarts: u64) -> Workload {
    let service = Service { image: image.to_owned(), max_restarts, ..Service::default() };
    Workload { namespace: "ns".into(), name: "svc".into(), service: Some(service), ..Workload::default() }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

async fn until(bench: &Bench, id: &str, state: WorkloadState) -> WorkloadStatus {
    loop {
        let status = bench.status(id).await;
        if status.workload_state == state {
            return status;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_service_that_comes_to_a_good_end_is_completed() {
    let bench = Bench::start().await;
    let image = bench.file("done.wasm", &done());
    assert_eq!(bench.run("done", service(&image, 0)).await.workload_state, WorkloadState::Running);
    until(&bench, "done", WorkloadState::Completed).await;
    assert_eq!(bench.host_beat().await.component_count, 1);
}

#[tokio::test]
async fn a_service_that_fails_at_once_does_not_start() {
    let bench = Bench::start().await;
    for (name, bytes, said) in [
        ("failing", failing(), "the service failed: it returned an error"),
        ("trapping", trapping(), "the service failed: wasm trap: wasm `unreachable` instruction executed"),
    ] {
        let image = bench.file(&format!("{name}.wasm"), &bytes);
        let refused = bench.run(name, service(&image, 0)).await;
        assert_eq!(refused.workload_state, WorkloadState::Error);
        assert_eq!(refused.message, said);
        assert_eq!(bench.status(name).await, refused);
    }
    let image = bench.file("x.wasm", &crate::support::component::http_component("x"));
    let refused = bench.run("none", service(&image, 0)).await;
    assert!(refused.message.contains("does not export wasi:cli/run"), "{}", refused.message);
}

#[tokio::test]
async fn a_service_listens_and_the_components_of_its_workload_reach_it() {
    let bench = Bench::start().await;
    let port = free_port();
    let (image, front) =
        (bench.file("l.wasm", &listener(LOOPBACK, port)), bench.file("c.wasm", &client(LOOPBACK, port)));
    let with_front = Workload { service: service(&image, 0).service, ..workload(&front, "front") };
    let started = bench.run("svc", with_front).await;
    assert_eq!(started.workload_state, WorkloadState::Running, "{}", started.message);
    let mut said = String::new();
    TcpStream::connect(("127.0.0.1", port)).await.unwrap().read_to_string(&mut said).await.unwrap();
    assert_eq!(said, "served");
    assert_eq!(bench.get("front", "/").await.body, "served");
    bench.run("stranger", workload(&front, "stranger")).await;
    assert!(bench.get("stranger", "/").await.body.starts_with("error"), "another workload does not reach it");

    bench.stop("svc").await;
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err(), "it listens no more");
}

#[tokio::test]
async fn a_taken_port_and_one_for_others_are_errors_that_name_it() {
    let bench = Bench::start().await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let image = bench.file("t.wasm", &listener(LOOPBACK, address.port()));
    let refused = bench.run("taken", service(&image, 0)).await;
    assert_eq!(refused.workload_state, WorkloadState::Error);
    assert!(refused.message.ends_with(&format!("{address} is already in use on this machine")), "{}", refused.message);
    let image = bench.file("o.wasm", &listener([192, 0, 2, 1], free_port()));
    let refused = bench.run("open", service(&image, 0)).await;
    assert!(refused.message.contains("it may listen on 127.0.0.1 only, not on 192.0.2.1:"), "{}", refused.message);
}

#[tokio::test]
async fn a_service_that_listens_on_all_addresses_has_those_of_loopback() {
    let bench = Bench::start().await;
    let port = free_port();
    let image = bench.file("l.wasm", &listener([0, 0, 0, 0], port));
    let started = bench.run("svc", service(&image, 0)).await;
    assert_eq!(started.workload_state, WorkloadState::Running, "{}", started.message);
    let mut said = String::new();
    TcpStream::connect(("127.0.0.1", port)).await.unwrap().read_to_string(&mut said).await.unwrap();
    assert_eq!(said, "served");
    let others: std::net::SocketAddr = ([127, 0, 0, 2], port).into();
    assert!(TcpStream::connect(others).await.is_err(), "and no other");
}

#[tokio::test]
async fn a_service_is_started_again_as_often_as_it_may_be() {
    let bench = Bench::start().await;
    let image = bench.file("f.wasm", &failing());
    let started = bench.run("f", service(&image, 2)).await;
    assert_eq!(started.workload_state, WorkloadState::Running, "{}", started.message);
    let failed = until(&bench, "f", WorkloadState::Error).await;
    assert_eq!(failed.message, "the service failed: it returned an error (started again 2 times)");
}

#[tokio::test]
async fn a_service_is_stopped_though_it_never_waits() {
    let bench = Bench::start().await;
    let image = bench.file("e.wasm", &endless());
    assert_eq!(bench.run("e", service(&image, 0)).await.workload_state, WorkloadState::Running);
    bench.stop("e").await;
    assert_eq!(bench.status("e").await.workload_state, WorkloadState::NotFound);
}
