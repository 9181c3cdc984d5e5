//! What a controller tells: Events, logs, metrics, probes; and what it never tells.

use std::io;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;
use tracing::Dispatch;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::EnvFilter;

use crate::support::hosts::Mood;
use crate::support::local::{Local, deployment};

const WORDS: &str = "failed to pull image for component 'http': manifest unknown";

/// Log lines of this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Logs as `--json-log` does, until the guard is dropped.
    fn capture(filter: &str) -> (Self, DefaultGuard) {
        Self::capture_as(filter, true)
    }

    /// Logs as without `--json-log`, until the guard is dropped.
    fn capture_text(filter: &str) -> (Self, DefaultGuard) {
        Self::capture_as(filter, false)
    }

    fn capture_as(filter: &str, json: bool) -> (Self, DefaultGuard) {
        // While there is only one subscriber, tracing asks the thread that comes first to a line of code whether anybody
        // wants it, and remembers the no of another test's thread. Beside this one there are always two.
        static OTHER: OnceLock<Dispatch> = OnceLock::new();
        OTHER.get_or_init(|| {
            Dispatch::new(tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(io::sink).finish())
        });
        let log = Self::default();
        let to = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(filter))
            .with_ansi(false)
            .with_target(false)
            .with_writer(move || to.clone());
        let dispatch = match json {
            true => Dispatch::new(subscriber.json().flatten_event(true).finish()),
            false => Dispatch::new(subscriber.finish()),
        };
        (log, tracing::dispatcher::set_default(&dispatch))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// One object a line.
    fn lines(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn clear(&self) {
        self.0.lock().unwrap().clear();
    }
}

/// All Events, or those on objects of a kind.
async fn events(local: &Local, kind: &str) -> Vec<Value> {
    let get = http::Request::get("/api/v1/events").body(Vec::new()).unwrap();
    let list: Value = local.client.request(get).await.unwrap();
    let of = |event: &&Value| kind.is_empty() || event["involvedObject"]["kind"] == kind;
    list["items"].as_array().unwrap().iter().filter(of).cloned().collect()
}

#[tokio::test(start_paused = true)]
async fn a_start_that_fails_is_one_event_whose_count_grows() {
    let local = Local::with_hosts(&["one"]).await;
    local.hosts.mood("one", Mood::Failing(WORDS));
    local.apply(&deployment("hello:none", 1)).await;
    let count = async || {
        let of_workloads = events(&local, "Workload").await;
        let failed: Vec<_> = of_workloads.into_iter().filter(|event| event["reason"] == "StartFailed").collect();
        assert!(failed.len() < 2, "{failed:#?}");
        failed.into_iter().next()
    };
    let early = local.eventually("there is an Event", &count).await;
    assert_eq!((&early["type"], early["message"].as_str()), (&json!("Warning"), Some(WORDS)));
    let workload = &local.objects("workloads").await[0];
    assert_eq!(early["involvedObject"]["uid"], workload["metadata"]["uid"]);
    sleep(Duration::from_secs(120)).await;
    let late = count().await.unwrap();
    assert!(late["count"].as_i64().unwrap() >= early["count"].as_i64().unwrap() + 3, "{late}");
    assert_ne!(late["lastTimestamp"], early["lastTimestamp"]);
    assert_eq!(late["count"].as_u64(), Some(local.hosts.starts("one") as u64));
    let of_deployment = events(&local, "WorkloadDeployment").await;
    let repeated = of_deployment.iter().find(|event| event["reason"] == "StartFailed").unwrap();
    assert!(repeated["message"].as_str().unwrap().ends_with(WORDS), "{repeated}");
}

#[tokio::test(start_paused = true)]
async fn a_rollout_costs_one_event() {
    let local = Local::with_hosts(&["one", "two"]).await;
    local.apply(&deployment("hello:v1", 6)).await;
    local.rolled_out("hello").await;
    local.apply(&deployment("hello:v2", 6)).await;
    local.rolled_out("hello").await;
    sleep(Duration::from_secs(60)).await;
    let reasons: Vec<_> = events(&local, "").await.iter().map(|event| event["reason"].clone()).collect();
    assert_eq!(reasons, ["NewReplicaSetCreated"; 2]);
    let metrics = local.controller.metrics.text();
    assert!(metrics.contains("api_writes_total{kind=\"Event\",verb=\"create\"} 2\n"), "{metrics}");
}

#[tokio::test(start_paused = true)]
async fn every_log_line_about_an_object_names_it() {
    let (log, _guard) = Log::capture("kubectl_wasmcloud=debug");
    let local = Local::with_hosts(&["one", "two"]).await;
    local.apply(&deployment("hello:v1", 3)).await;
    local.rolled_out("hello").await;
    local.hosts.mood("one", Mood::Failing(WORDS));
    local.hosts.mood("two", Mood::Failing(WORDS));
    local.apply(&deployment("hello:bad", 3)).await;
    sleep(Duration::from_secs(30)).await;
    local.hosts.mood("one", Mood::Well);
    local.hosts.mood("two", Mood::Gone);
    local.rolled_out("hello").await;
    local.apply(&deployment("hello:bad", 1)).await;
    local.rolled_out("hello").await;
    local.delete("workloaddeployments", "hello").await;
    local.eventually("all is gone", async || local.objects("workloads").await.is_empty().then_some(())).await;

    let kinds = ["WorkloadDeployment", "WorkloadReplicaSet", "Workload", "Host", "Artifact", "Route", "Event"];
    let of_nothing = ["connected to the hosts' message bus", "all objects are known", "now in charge"];
    let lines = log.lines();
    for line in &lines {
        let named = |field: &str| line[field].as_str().is_some_and(|text| !text.is_empty());
        let names_object =
            line["object"].as_str().is_some_and(|key| key.split('/').filter(|p| !p.is_empty()).count() == 2);
        let about = kinds.iter().any(|kind| line["kind"] == *kind) && (names_object || named("uid"));
        assert!(about || of_nothing.iter().any(|text| line["message"] == *text), "{line}");
    }
    let told = |level: &str, kind: &str, what: &str| {
        lines.iter().any(|l| l["level"] == level && l["kind"] == kind && (l["message"] == what || l["reason"] == what))
    };
    for (level, kind, what) in [
        ("INFO", "Host", "a host reports"),
        ("INFO", "WorkloadDeployment", "NewReplicaSetCreated"),
        ("INFO", "WorkloadDeployment", "rolled out"),
        ("INFO", "WorkloadReplicaSet", "created"),
        ("INFO", "WorkloadReplicaSet", "scaled"),
        ("DEBUG", "Workload", "created"),
        ("DEBUG", "Workload", "started"),
        ("DEBUG", "Workload", "stopped"),
        ("WARN", "Workload", "StartFailed"),
        ("WARN", "Host", "HostSilent"),
    ] {
        assert!(told(level, kind, what), "{level} {kind} {what}: {}", log.text());
    }
    let at_info = |line: &&Value| line["level"] == "INFO" && line["kind"] == "Workload";
    assert_eq!(lines.iter().find(at_info), None, "there may be thousands of Workloads");
}

#[tokio::test(start_paused = true)]
async fn while_nothing_happens_nothing_is_logged() {
    let (log, _guard) = Log::capture("kubectl_wasmcloud=debug");
    let local = Local::with_hosts(&["one", "two"]).await;
    local.apply(&deployment("hello:v1", 4)).await;
    local.rolled_out("hello").await;
    sleep(Duration::from_secs(60)).await;
    log.clear();
    sleep(Duration::from_secs(600)).await;
    assert_eq!(log.text(), "", "heartbeats are no news");
}

#[tokio::test(start_paused = true)]
async fn probes_and_metrics_tell_how_it_is() {
    let local = Local::with_hosts(&["one"]).await;
    assert!(local.controller.health.lacks().is_some(), "it has only begun");
    local.apply(&deployment("hello:v1", 2)).await;
    local.rolled_out("hello").await;
    assert_eq!(local.controller.health.lacks(), None);
    assert!(local.controller.health.is_alive().await);
    sleep(Duration::from_secs(1)).await;
    let summary = local.summary.borrow().clone();
    assert_eq!((summary.deployments.ready, summary.workloads_ready, summary.hosts.ready), (1, 2, 1));
    let text = local.controller.metrics.text();
    for line in [
        "wasmcloud_controller_leading 1",
        "wasmcloud_controller_bus_connected 1",
        "wasmcloud_controller_hosts{state=\"alive\"} 1",
        "wasmcloud_controller_start_latency_seconds_count 2",
        "wasmcloud_controller_starts_in_flight 0",
        "wasmcloud_controller_api_writes_total{kind=\"Workload\",verb=\"create\"} 2",
    ] {
        assert!(text.lines().any(|there| there == line), "{line}\n{text}");
    }
    local.hosts.connection(false);
    local.eventually("it is not ready", async || local.controller.health.lacks()).await;
    assert!(local.controller.metrics.text().contains("bus_connected 0\n"));
    assert!(local.controller.health.is_alive().await, "without hosts it is not ready and well");
}

/// Secrets with those values: as text, and as user and password of a registry, some of them unreadable.
async fn plant(local: &Local, needles: [&str; 4]) {
    let docker = json!({ "auths": { "registry.example": { "auth": needles[3] } } }).to_string();
    for (name, data) in [
        ("config", json!({ "KEY": needles[0] })),
        ("pull", json!({ ".dockerconfigjson": docker })),
        ("other-pull", json!({ ".dockerconfigjson": docker })),
        ("broken-pull", json!({ ".dockerconfigjson": format!("{{{}", needles[2]) })),
    ] {
        local
            .apply(&json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": name }, "stringData": data }))
            .await;
    }
    let mut binary = needles[0].as_bytes().to_vec();
    binary.push(0xff);
    let data = json!({ "KEY": k8s_openapi::ByteString(binary) });
    local.apply(&json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "binary" }, "data": data })).await;
}

#[tokio::test(start_paused = true)]
async fn the_value_of_a_secret_is_told_to_hosts_and_nobody_else_with_logs_in_json() {
    let (log, _guard) = Log::capture("trace");
    a_life_with_secrets_shows_none(log, "\"TRACE\"").await;
}

#[tokio::test(start_paused = true)]
async fn the_value_of_a_secret_is_told_to_hosts_and_nobody_else_with_logs_as_text() {
    let (log, _guard) = Log::capture_text("trace");
    a_life_with_secrets_shows_none(log, " TRACE ").await;
}

/// What anybody can be shown, with where it is from.
async fn shown(local: &Local) -> Vec<(String, String)> {
    let mut shown = vec![("metrics".to_owned(), local.controller.metrics.text())];
    shown.push(("summary".to_owned(), format!("{:?}", local.summary.borrow())));
    shown.push(("probes".to_owned(), format!("{:?}", local.controller.health)));
    let slices = http::Request::get("/apis/discovery.k8s.io/v1/endpointslices").body(Vec::new()).unwrap();
    shown.push(("slices".to_owned(), local.client.request::<Value>(slices).await.unwrap().to_string()));
    let events = events(local, "").await;
    for reason in ["StartFailed", "SecretKeyNotUtf8", "PullSecretInvalid", "PullSecretHasNoRegistry"] {
        assert!(events.iter().any(|event| event["reason"] == reason), "{reason}: {events:#?}");
    }
    shown.push(("events".to_owned(), json!(events).to_string()));
    for plural in ["workloads", "workloadreplicasets", "workloaddeployments", "hosts", "artifacts"] {
        shown.push((plural.to_owned(), json!(local.objects(plural).await).to_string()));
    }
    shown
}

async fn a_life_with_secrets_shows_none(log: Log, everything: &str) {
    // As in a Secret's data, in a host's environment, and as user:password of a registry.
    let needles = ["hunter2-planted", "aHVudGVyMi1wbGFudGVk", "pa55-planted", "Ym9iOnBhNTUtcGxhbnRlZA=="];
    let local = Local::with_hosts(&["one"]).await;
    plant(&local, needles).await;
    // What was planted by now is the test's own doing: requests to the API server may be traced.
    log.clear();

    let with = |name: &str, image: &str, from: &str, pull: &str| {
        let mut object = deployment(image, 1);
        object["metadata"]["name"] = json!(name);
        let component = &mut object["spec"]["template"]["spec"]["components"][0];
        component["localResources"] = json!({ "environment": { "secretFrom": [{ "name": from }] } });
        component["imagePullSecret"] = json!({ "name": pull });
        object
    };
    for (name, image, from, pull) in [
        ("hello", "registry.example/hello:v1", "config", "pull"),
        ("nowhere", "elsewhere.example/hello:v1", "config", "other-pull"),
        ("unreadable", "registry.example/hello:v1", "config", "broken-pull"),
        ("binary", "registry.example/hello:v1", "binary", "pull"),
    ] {
        local.apply(&with(name, image, from, pull)).await;
    }
    let runs = async || (local.hosts.images() == ["registry.example/hello:v1"]).then_some(());
    local.eventually("the one that can run does", runs).await;
    sleep(Duration::from_secs(30)).await;
    local.hosts.mood("one", Mood::Failing(WORDS));
    local.apply(&with("hello", "registry.example/hello:v2", "config", "pull")).await;
    sleep(Duration::from_secs(30)).await;
    let told = serde_json::to_string(&local.hosts.requests()).unwrap();
    assert!(told.contains(needles[0]) && told.contains(needles[2]), "the host needs them");

    let mut shown = shown(&local).await;
    let log = log.text();
    assert!(log.contains("StartFailed") && log.contains(everything), "the log was captured");
    shown.extend(log.lines().map(|line| ("log".to_owned(), line.to_owned())));
    for (place, text) in shown {
        for needle in needles {
            assert!(!text.contains(needle), "{needle} in {place}: {text}");
        }
    }
}
