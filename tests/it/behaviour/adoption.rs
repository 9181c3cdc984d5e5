//! A cluster as upstream's operator leaves it: taken over, and handed on, without a start, a stop or a deletion.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kube::Client;
use kubectl_wasmcloud::api::crds;
use kubectl_wasmcloud::controller::metrics::Metrics;
use kubectl_wasmcloud::controller::serve::Health;
use kubectl_wasmcloud::controller::settings::Settings;
use kubectl_wasmcloud::controller::{self, Means};
use kubectl_wasmcloud::hosts::wire::{HostHeartbeat, WorkloadStartRequest};
use kubectl_wasmcloud::local;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::support::hosts::{Hosts, Mood};
use crate::support::local::{clock, condition};
use crate::support::registry::Images;

const GROUP: &str = "/apis/runtime.wasmcloud.dev/v1alpha1";
const WORDS: &str = "failed to pull image for component 'http': manifest unknown";

/// A cluster that nobody is in charge of.
struct Left {
    cluster: local::Cluster,
    client: Client,
    hosts: Hosts,
    leading: watch::Sender<bool>,
}

/// The objects of the dumps, each with the UIDs that the API server gave to those before it.
async fn left_by_upstream(parts: &[&str]) -> Left {
    let cluster = local::Cluster::in_memory(clock).await;
    let left = Left { client: cluster.client("team-a"), cluster, hosts: Hosts::new(), leading: watch::channel(true).0 };
    for definition in crds() {
        left.send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", &json!(definition)).await;
    }
    for name in ["team-a", "wasmcloud-system"] {
        left.send("POST", "/api/v1/namespaces", &json!({ "metadata": { "name": name } })).await;
    }
    let settings = json!({ "metadata": { "name": "settings" }, "data": { "B": "c" } });
    left.send("POST", "/api/v1/namespaces/team-a/configmaps", &settings).await;
    let items: Vec<Value> = parts.iter().flat_map(|part| dump(part)).collect();
    let mut text = json!(items).to_string();
    for at in 0..items.len() {
        let item = serde_json::from_str::<Vec<Value>>(&text).unwrap().swap_remove(at);
        let uid = left.restore(&item).await;
        text = text.replace(item["metadata"]["uid"].as_str().unwrap(), &uid);
    }
    let items: Vec<Value> = serde_json::from_str(&text).unwrap();
    left.start_hosts(&items);
    left
}

fn dump(name: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/upstream-objects");
    let text = std::fs::read_to_string(folder.join(format!("{name}.yaml"))).unwrap();
    let mut list: Value = serde_saphyr::from_str(&text).unwrap();
    list["items"].as_array_mut().unwrap().split_off(0)
}

async fn ready() -> Left {
    let parts =
        ["ready-artifacts", "ready-hosts", "ready-workloaddeployments", "ready-workloadreplicasets", "ready-workloads"];
    left_by_upstream(&parts).await
}

/// 15 s after the Artifact moved to an image whose starts fail.
async fn halfway() -> Left {
    let parts = [
        "ready-artifacts",
        "ready-hosts",
        "halfway-workloaddeployments",
        "halfway-workloadreplicasets",
        "halfway-workloads",
    ];
    let left = left_by_upstream(&parts).await;
    let (path, image) = (format!("{GROUP}/namespaces/team-a/artifacts/web"), "registry.example/acme/web:2.0");
    left.send("PATCH", &path, &json!({ "spec": { "image": image } })).await;
    let status = json!({ "status": { "artifactUrl": image, "observedGeneration": 2 } });
    left.send("PATCH", &format!("{path}/status"), &status).await;
    left
}

impl Left {
    async fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let kind = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
        let request = http::Request::builder().method(method).uri(path).header("content-type", kind);
        self.client.request(request.body(body.to_string().into_bytes()).unwrap()).await.unwrap()
    }

    /// Puts an object in with its status; tells the UID it has now.
    async fn restore(&self, item: &Value) -> String {
        let (mut object, status) = (item.clone(), json!({ "status": item["status"] }));
        for field in ["uid", "resourceVersion", "creationTimestamp", "generation"] {
            object["metadata"].as_object_mut().unwrap().remove(field);
        }
        let plural = format!("{}s", item["kind"].as_str().unwrap().to_lowercase());
        let path = format!("{GROUP}/namespaces/{}/{plural}", item["metadata"]["namespace"].as_str().unwrap());
        let uid = self.send("POST", &path, &object).await["metadata"]["uid"].as_str().unwrap().to_owned();
        let text = status.to_string().replace(item["metadata"]["uid"].as_str().unwrap(), &uid);
        let name = item["metadata"]["name"].as_str().unwrap();
        self.send("PATCH", &format!("{path}/{name}/status"), &serde_json::from_str(&text).unwrap()).await;
        uid
    }

    /// Hosts as the Host objects say, with what is well running where its status says.
    fn start_hosts(&self, items: &[Value]) {
        for host in items.iter().filter(|item| item["kind"] == "Host") {
            let beat = HostHeartbeat {
                id: host["hostId"].as_str().unwrap().to_owned(),
                friendly_name: host["metadata"]["name"].as_str().unwrap().to_owned(),
                hostname: host["hostname"].as_str().unwrap().to_owned(),
                environment: host["environment"].as_str().unwrap().to_owned(),
                labels: serde_json::from_value(host["metadata"]["labels"].clone()).unwrap(),
                http_port: 8000,
                version: "2.10.3".to_owned(),
                ..HostHeartbeat::default()
            };
            let here = items.iter().filter(|item| {
                item["kind"] == "Workload"
                    && item["status"]["hostId"] == host["hostId"]
                    && condition(item, "Ready")["status"] == "True"
            });
            self.hosts.join_running(beat, here.map(request_of).collect());
        }
    }

    fn means(&self) -> Means {
        Means {
            client: self.cluster.client("wasmcloud-system"),
            bus: Arc::new(self.hosts.clone()),
            leading: self.leading.subscribe(),
            clock,
            metrics: Arc::new(Metrics::default()),
            health: Arc::new(Health::default()),
            identity: "kubectl-wasmcloud_test".to_owned(),
            registry: Arc::new(Images::default()),
            onlooker: None,
        }
    }

    /// A controller is in charge for so long and ends in order.
    async fn reconcile(&self, time: Duration) {
        let until = CancellationToken::new();
        let controller = tokio::spawn(controller::run(self.means(), Settings::default(), until.clone()));
        sleep(time).await;
        until.cancel();
        controller.await.unwrap().unwrap();
    }

    async fn objects(&self, plural: &str) -> Vec<Value> {
        let get = http::Request::get(format!("{GROUP}/{plural}")).body(Vec::new()).unwrap();
        let list: Value = self.client.request(get).await.unwrap();
        list["items"].as_array().unwrap().clone()
    }

    /// UIDs and specs of everything.
    async fn all(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for plural in ["artifacts", "hosts", "workloaddeployments", "workloadreplicasets", "workloads"] {
            let objects = self.objects(plural).await;
            all.extend(objects.into_iter().map(|object| json!([object["metadata"]["uid"], object["spec"]])));
        }
        all
    }

    fn starts(&self) -> usize {
        ["host-0000", "host-0001", "host-0002"].iter().map(|name| self.hosts.starts(name)).sum()
    }

    /// How long ago the Hosts were last seen according to their status, seconds: the longest.
    async fn last_seen(&self) -> i64 {
        let seen = |host: &Value| host["status"]["lastSeen"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        let hosts = self.objects("hosts").await;
        hosts.iter().map(|host| clock().as_second() - seen(host).as_second()).max().unwrap()
    }
}

fn request_of(workload: &Value) -> WorkloadStartRequest {
    let image = &workload["spec"]["components"][0]["image"];
    let request = json!({ "workloadId": workload["metadata"]["uid"],
        "workload": { "witWorld": { "components": [{ "name": "http", "image": image }] } } });
    serde_json::from_value(request).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_healthy_cluster_is_taken_over_and_handed_on_and_nothing_is_started_stopped_or_deleted() {
    let left = ready().await;
    let (before, running) = (left.all().await, left.hosts.running());
    for _ in 0..3 {
        left.reconcile(Duration::from_secs(1_200)).await;
        assert_eq!(left.all().await, before);
        assert_eq!((left.starts(), left.hosts.running()), (0, running.clone()));
        assert!(left.last_seen().await <= 20, "an orderly end refreshes it");
        let deployment = &left.objects("workloaddeployments").await[0];
        assert_eq!(condition(deployment, "Ready")["status"], "True");
        assert_eq!(deployment["status"]["currentReplicaSet"]["name"], "web-588468bfbf");
        assert_eq!(deployment["status"]["previousReplicaSet"], Value::Null);
    }
}

#[tokio::test(start_paused = true)]
async fn a_rollout_left_halfway_keeps_what_is_healthy_and_ends_once_the_image_is_there() {
    let left = halfway().await;
    left.hosts.all(&Mood::Failing(WORDS));
    left.reconcile(Duration::from_secs(300)).await;
    assert_eq!(left.hosts.images(), ["registry.example/acme/web:1.0"; 2]);
    let deployment = &left.objects("workloaddeployments").await[0];
    assert!(condition(deployment, "Ready")["message"].as_str().unwrap().contains(WORDS), "{deployment:#}");
    assert_eq!(deployment["status"]["previousReplicaSet"]["name"], "web-588468bfbf");
    left.hosts.all(&Mood::Well);
    left.reconcile(Duration::from_secs(600)).await;
    assert_eq!(left.hosts.images(), ["registry.example/acme/web:2.0"; 2]);
    let deployment = &left.objects("workloaddeployments").await[0];
    assert_eq!(condition(deployment, "Ready")["status"], "True");
    assert_eq!(deployment["status"]["previousReplicaSet"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn release_alone_refreshes_hosts_tells_so_and_does_nothing_the_second_time() {
    let left = ready().await;
    let (before, running) = (left.all().await, left.hosts.running());
    let release = || controller::hand_over(left.means(), Settings::default(), CancellationToken::new());
    let done = release().await.unwrap().unwrap();
    assert_eq!(done.iter().filter(|line| line.starts_with("Host wasmcloud-system/host-")).count(), 3, "{done:?}");
    assert_eq!(done.len(), 3, "{done:?}");
    assert!(left.last_seen().await <= 20);
    assert_eq!(release().await.unwrap().unwrap(), Vec::<String>::new());
    assert_eq!((left.all().await, left.starts(), left.hosts.running()), (before, 0, running));
}

#[tokio::test(start_paused = true)]
async fn release_waits_until_it_is_in_charge() {
    let left = ready().await;
    left.leading.send_replace(false);
    let until = CancellationToken::new();
    let waiting = tokio::spawn(controller::hand_over(left.means(), Settings::default(), until.clone()));
    sleep(Duration::from_secs(600)).await;
    assert!(!waiting.is_finished());
    assert!(left.last_seen().await > 600, "nothing was written");
    until.cancel();
    assert_eq!(waiting.await.unwrap().unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn an_orderly_end_takes_less_than_ten_seconds_though_hosts_do_not_answer() {
    let left = halfway().await;
    let until = CancellationToken::new();
    let controller = tokio::spawn(controller::run(left.means(), Settings::default(), until.clone()));
    sleep(Duration::from_secs(20)).await;
    left.hosts.all(&Mood::Stalling);
    sleep(Duration::from_secs(120)).await;
    let told = tokio::time::Instant::now();
    until.cancel();
    controller.await.unwrap().unwrap();
    assert!(told.elapsed() < Duration::from_millis(9_300), "of the clock that is paused: {:?}", told.elapsed());
}
