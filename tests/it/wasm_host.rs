//! The in-process Wasm host: what runs on it, what it gives to components, and how it says what went wrong.

mod bench;

use kubectl_wasmcloud::hosts::HostBus;
use kubectl_wasmcloud::hosts::wire::WorkloadState;

use crate::support::component::http_component;
use bench::{Bench, workload};

#[tokio::test]
async fn a_component_answers_for_its_host() {
    let bench = Bench::start().await;
    let image = bench.file("hello.wasm", &http_component("hello from here"));
    let started = bench.run("one", workload(&image, "hello.example.com")).await;
    assert_eq!(started.workload_state, WorkloadState::Running, "{}", started.message);
    let answer = bench.get("hello.example.com", "/").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "hello from here"));
    assert_eq!(bench.host.status(bench.host.id(), "one").await.unwrap().workload_state, WorkloadState::Running);
}
