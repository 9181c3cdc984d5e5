//! A whole cluster in memory: the local API server, the controller, simulated hosts. Nothing listens, nothing is on a
//! disk, and time is tokio's, which a test may pause.

use std::cell::OnceCell;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kube::Client;
use kubectl_wasmcloud::api::crds;
use kubectl_wasmcloud::controller::metrics::Metrics;
use kubectl_wasmcloud::controller::serve::Health;
use kubectl_wasmcloud::controller::settings::Settings;
use kubectl_wasmcloud::controller::summary::Summary;
use kubectl_wasmcloud::controller::{self, Means};
use kubectl_wasmcloud::local;
use kubectl_wasmcloud::plan::rollout::{Snapshot, State, assess};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::hosts::Hosts;
use super::registry::Images;

/// How long anything may take, of the clock that may be paused.
const PATIENCE: Duration = Duration::from_secs(400);
const GROUP: &str = "/apis/runtime.wasmcloud.dev/v1alpha1";

thread_local! {
    static STARTED: OnceCell<Instant> = const { OnceCell::new() };
}

/// The time of day: it goes with tokio's clock.
pub(crate) fn clock() -> Timestamp {
    let started = STARTED.with(|started| *started.get_or_init(Instant::now));
    let elapsed = SignedDuration::try_from(started.elapsed()).unwrap();
    "2026-11-23T17:00:00Z".parse::<Timestamp>().unwrap() + elapsed
}

/// The cluster.
pub(crate) struct Local {
    pub(crate) client: Client,
    pub(crate) hosts: Hosts,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) health: Arc<Health>,
    /// What who looks on is shown.
    pub(crate) summary: watch::Receiver<Summary>,
    onlooker: watch::Sender<Summary>,
    pub(crate) registry: Images,
    cluster: local::Cluster,
    _controller: DropGuard,
    _leading: watch::Sender<bool>,
}

impl Local {
    /// A cluster with these hosts, and the controller in charge.
    pub(crate) async fn with_hosts(names: &[&str]) -> Self {
        let cluster = local::Cluster::in_memory(clock).await;
        let client = cluster.client("default");
        let hosts = Hosts::new();
        names.iter().for_each(|name| hosts.join(name));
        for definition in crds() {
            request(&client, "POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", &json!(definition))
                .await;
        }
        let (leading, led) = watch::channel(true);
        let until = CancellationToken::new();
        let (onlooker, summary) = watch::channel(Summary::default());
        let mut local = Self {
            client,
            hosts,
            metrics: Arc::default(),
            health: Arc::default(),
            summary,
            onlooker,
            registry: Images::default(),
            cluster,
            _controller: until.clone().drop_guard(),
            _leading: leading,
        };
        local.run_controller(led, until);
        local
    }

    fn run_controller(&mut self, leading: watch::Receiver<bool>, until: CancellationToken) {
        (self.metrics, self.health) = (Arc::default(), Arc::default());
        let means = Means {
            client: self.cluster.client("wasmcloud-system"),
            bus: Arc::new(self.hosts.clone()),
            registry: Arc::new(self.registry.clone()),
            leading,
            clock,
            metrics: self.metrics.clone(),
            health: self.health.clone(),
            identity: "kubectl-wasmcloud_test".to_owned(),
            onlooker: Some(self.onlooker.clone()),
        };
        tokio::spawn(controller::run(means, Settings::default(), until));
    }

    /// Ends the controller without a farewell and starts another.
    pub(crate) fn replace_controller(&mut self) {
        let (leading, led) = watch::channel(true);
        let until = CancellationToken::new();
        // One that is not in charge any more has nothing to hand over.
        self._leading.send_replace(false);
        self._controller = until.clone().drop_guard();
        self._leading = leading;
        self.run_controller(led, until);
    }

    /// Applies an object as `deploy` does.
    pub(crate) async fn apply(&self, object: &Value) -> Value {
        let (plural, name) = (plural(object), object["metadata"]["name"].as_str().unwrap());
        let path = format!("{}/namespaces/default/{plural}/{name}?fieldManager=test&force=true", root(object));
        let patch = http::Request::patch(path).header("content-type", "application/apply-patch+yaml");
        self.client.request(patch.body(object.to_string().into_bytes()).unwrap()).await.unwrap()
    }

    /// All objects of one of our kinds.
    pub(crate) async fn objects(&self, plural: &str) -> Vec<Value> {
        let get = http::Request::get(format!("{GROUP}/{plural}")).body(Vec::new()).unwrap();
        let list: Value = self.client.request(get).await.unwrap();
        list["items"].as_array().unwrap().clone()
    }

    /// One object of one of our kinds.
    pub(crate) async fn get(&self, plural: &str, name: &str) -> Value {
        let path = format!("{GROUP}/namespaces/default/{plural}/{name}");
        self.client.request(http::Request::get(path).body(Vec::new()).unwrap()).await.unwrap()
    }

    /// Deletes an object in the background.
    pub(crate) async fn delete(&self, plural: &str, name: &str) {
        let path = format!("{GROUP}/namespaces/default/{plural}/{name}");
        let _: Value = self.client.request(http::Request::delete(path).body(Vec::new()).unwrap()).await.unwrap();
    }

    /// Waits until what is asked for is so.
    pub(crate) async fn eventually<T>(&self, what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            if Instant::now() > deadline {
                let workloads = self.objects("workloads").await;
                panic!("not so: {what}; workloads: {workloads:#?}; running: {:?}", self.hosts.running());
            }
            sleep(Duration::from_millis(200)).await;
        }
    }

    /// Waits until a deployment has rolled out its newest template, as `rollout status` sees it.
    pub(crate) async fn rolled_out(&self, name: &str) {
        self.eventually("the rollout is through", async || {
            let deployment = self.get("workloaddeployments", name).await;
            let snapshot = Snapshot {
                deployment: Some(serde_json::from_value(deployment).unwrap()),
                replica_sets: typed(self.objects("workloadreplicasets").await),
                workloads: typed(self.objects("workloads").await),
            };
            (assess(&snapshot).state == State::Complete).then_some(())
        })
        .await;
    }
}

fn typed<T: serde::de::DeserializeOwned>(objects: Vec<Value>) -> Vec<T> {
    serde_json::from_value(objects.into()).unwrap()
}

async fn request(client: &Client, method: &str, path: &str, body: &Value) -> Value {
    let request = http::Request::builder().method(method).uri(path).header("content-type", "application/json");
    client.request(request.body(body.to_string().into_bytes()).unwrap()).await.unwrap()
}

fn root(object: &Value) -> String {
    match object["apiVersion"].as_str().unwrap() {
        "v1" => "/api/v1".to_owned(),
        version => format!("/apis/{version}"),
    }
}

fn plural(object: &Value) -> String {
    format!("{}s", object["kind"].as_str().unwrap().to_lowercase())
}

/// A condition of an object; null when it is not there.
pub(crate) fn condition(object: &Value, kind: &str) -> Value {
    let conditions = object["status"]["conditions"].as_array();
    conditions.into_iter().flatten().find(|condition| condition["type"] == kind).cloned().unwrap_or_default()
}

/// A deployment that serves HTTP.
pub(crate) fn deployment(image: &str, replicas: u32) -> Value {
    json!({
        "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "WorkloadDeployment",
        "metadata": { "name": "hello", "namespace": "default" },
        "spec": { "replicas": replicas, "template": { "spec": {
            "components": [{ "name": "http", "image": image }],
            "hostInterfaces": [{ "namespace": "wasi", "package": "http", "interfaces": ["incoming-handler"],
                "config": { "host": "hello.localhost" } }],
        } } },
    })
}
