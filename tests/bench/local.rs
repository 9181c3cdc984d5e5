//! The speed of the local control plane: `cargo bench --bench local`. It prints a table and asserts nothing.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark that cannot go on stops, and prints")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use kube::Client;
use kubectl_wasmcloud::api::crds;
use kubectl_wasmcloud::local::Cluster;
use kubectl_wasmcloud::local::store::Store;
use serde_json::{Value, json};
use tokio::time::Instant;

const WORKLOADS: &str = "/apis/runtime.wasmcloud.dev/v1alpha1/namespaces/default/workloads";
/// Requests under way at a time.
const AT_ONCE: usize = 64;
const OBJECTS: usize = 10_000;
const WATCHERS: usize = 20;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        println!("{:<44} {:>12}", "local control plane", "measured");
        throughput().await;
        memory().await;
        start().await;
    });
}

fn row(what: &str, measured: String) {
    println!("{what:<44} {measured:>12}");
}

#[expect(clippy::disallowed_methods, reason = "this is the clock that is passed in")]
fn clock() -> Timestamp {
    Timestamp::now()
}

async fn cluster(directory: &Path) -> (Cluster, Client) {
    let cluster = Cluster::on(Store::open(directory).unwrap(), clock).await;
    let client = cluster.client("default");
    for definition in crds() {
        post(&client, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", &json!(definition)).await;
    }
    (cluster, client)
}

async fn post(client: &Client, path: &str, object: &Value) {
    let request = http::Request::post(path).header("content-type", "application/json");
    let request = request.body(object.to_string().into_bytes()).unwrap();
    client.request::<Value>(request).await.unwrap();
}

fn workload(number: usize) -> Value {
    json!({
        "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Workload",
        "metadata": {
            "name": format!("hello-{number:05}"), "namespace": "default",
            "labels": { "wasmcloud.dev/name": "hello", "wasmcloud.dev/replica-set": "hello-5d8f9c7b6" },
            "annotations": { "wasmcloud.dev/revision": "3" },
            "finalizers": ["workload.runtime.wasmcloud.dev/finalizer"],
        },
        "spec": {
            "hostSelector": { "hostgroup": "default" },
            "components": [{
                "name": "hello", "image": "registry.example.com/team/hello:1.2.3", "poolSize": 10,
                "localResources": { "memory": "64Mi", "environment": { "config": { "GREETING": "hello", "LANGUAGE": "en" } } },
            }],
            "hostInterfaces": [{ "namespace": "wasi", "package": "http", "interfaces": ["incoming-handler"],
                "config": { "host": "hello.localhost" } }],
        },
    })
}

async fn throughput() {
    let directory = tempfile::tempdir().unwrap();
    let (_cluster, client) = cluster(directory.path()).await;
    let started = Instant::now();
    create(&client).await;
    row("creates per second, on the disk when answered", per_second(started.elapsed()));
    let started = Instant::now();
    futures::stream::iter(0..OBJECTS)
        .for_each_concurrent(AT_ONCE, |number| {
            let client = client.clone();
            async move {
                let path = format!("{WORKLOADS}/hello-{number:05}");
                client.request_text(http::Request::get(path).body(Vec::new()).unwrap()).await.unwrap();
            }
        })
        .await;
    row("gets per second", per_second(started.elapsed()));
}

async fn create(client: &Client) {
    let chunks = (0..AT_ONCE).map(|lane| {
        let client = client.clone();
        tokio::spawn(async move {
            for number in (lane..OBJECTS).step_by(AT_ONCE) {
                post(&client, WORKLOADS, &workload(number)).await;
            }
        })
    });
    futures::future::try_join_all(chunks).await.unwrap();
}

fn per_second(took: Duration) -> String {
    let objects = u32::try_from(OBJECTS).unwrap();
    format!("{:.0}", f64::from(objects) / took.as_secs_f64())
}

async fn memory() {
    let directory = tempfile::tempdir().unwrap();
    let (_cluster, client) = cluster(directory.path()).await;
    let seen = Arc::new(AtomicUsize::new(0));
    for _ in 0..WATCHERS {
        let request = http::Request::get(format!("{WORKLOADS}?watch=true&resourceVersion=0")).body(Vec::new()).unwrap();
        let events = client.request_events::<Value>(request).await.unwrap();
        let seen = Arc::clone(&seen);
        tokio::spawn(async move {
            let mut events = std::pin::pin!(events);
            while events.try_next().await.unwrap().is_some() {
                seen.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    create(&client).await;
    while seen.load(Ordering::Relaxed) < OBJECTS * WATCHERS {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")).and_then(|text| text.split_whitespace().next());
    let kib: usize = peak.and_then(|text| text.parse().ok()).unwrap_or_default();
    row(&format!("peak memory, {OBJECTS} objects, {WATCHERS} watchers"), format!("{} MiB", kib / 1024));
}

/// From the start of the process to the first answer, with an empty store; the median of nine.
async fn start() {
    let mut times = Vec::new();
    for _ in 0..9 {
        let directory = tempfile::tempdir().unwrap();
        let started = Instant::now();
        let mut process = tokio::process::Command::new(env!("CARGO_BIN_EXE_kubectl-wasmcloud"))
            .args(["local", "up", "--port", "0", "--http-port", "0", "--dir"])
            .arg(directory.path())
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let kubeconfig = directory.path().join("kubeconfig");
        times.push(first_answer(&kubeconfig, started).await);
        process.kill().await.unwrap();
    }
    times.sort();
    row("process start to first answer", format!("{} ms", times[times.len() / 2].as_millis()));
}

async fn first_answer(kubeconfig: &Path, started: Instant) -> Duration {
    loop {
        if let Ok(config) = kube::config::Kubeconfig::read_from(kubeconfig)
            && let Ok(config) = kube::Config::from_custom_kubeconfig(config, &Default::default()).await
            && let Ok(client) = Client::try_from(config)
            && let Ok(request) = http::Request::get("/api/v1/namespaces/default").body(Vec::new())
            && client.request::<Value>(request).await.is_ok()
        {
            return started.elapsed();
        }
        assert!(started.elapsed() < Duration::from_secs(60), "the local control plane does not answer");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
