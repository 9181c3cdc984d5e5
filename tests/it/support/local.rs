//! A whole cluster in memory: the local API server, the controller, simulated hosts. Nothing listens, nothing is on a
//! disk, and time is tokio's, which a test may pause.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kube::Client;
use kubectl_wasmcloud::api::crds;
use kubectl_wasmcloud::controller::leadership::Leadership;
use kubectl_wasmcloud::controller::metrics::Metrics;
use kubectl_wasmcloud::controller::serve::Health;
use kubectl_wasmcloud::controller::settings::Settings;
use kubectl_wasmcloud::controller::summary::Summary;
use kubectl_wasmcloud::controller::{self, Means};
use kubectl_wasmcloud::local::{self, store::Store};
use kubectl_wasmcloud::plan::rollout::{Snapshot, State, assess};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::faults::{Cut, Edge, Server};
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
    pub(crate) registry: Images,
    /// What who looks on is shown.
    pub(crate) summary: watch::Receiver<Summary>,
    onlooker: watch::Sender<Summary>,
    pub(crate) controller: Running,
    /// The ways of the controllers that it replaced.
    former: Vec<Edge>,
    server: Server,
    store: Store,
    cluster: Option<local::Cluster>,
    clock: fn() -> Timestamp,
}

/// Who all controllers of a cluster have to do with, beside the API server and the hosts.
struct Company<'a> {
    clock: fn() -> Timestamp,
    registry: &'a Images,
    onlooker: &'a watch::Sender<Summary>,
}

/// A controller that runs; without a farewell it ends with this value.
pub(crate) struct Running {
    /// Its way to the outside.
    pub(crate) edge: Edge,
    pub(crate) leading: watch::Receiver<bool>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) health: Arc<Health>,
    task: JoinHandle<()>,
    _until: DropGuard,
    _leading: Option<watch::Sender<bool>>,
}

impl Running {
    /// Whether it came to an end by itself.
    pub(crate) fn has_ended(&self) -> bool {
        self.task.is_finished()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Local {
    /// A cluster with these hosts, and the controller in charge.
    pub(crate) async fn with_hosts(names: &[&str]) -> Self {
        Self::at(clock, names).await
    }

    /// The same, with a clock of its own.
    pub(crate) async fn at(clock: fn() -> Timestamp, names: &[&str]) -> Self {
        let (hosts, server, store) = (Hosts::new(), Server::default(), Store::in_memory());
        let cluster = local::Cluster::on(store.clone(), clock).await;
        server.set(Some(cluster.api.router()));
        let client = Edge::new(&server, &hosts).client("default");
        names.iter().for_each(|name| hosts.join(name));
        for definition in crds() {
            request(&client, "POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", &json!(definition))
                .await;
        }
        let registry = Images::default();
        let (onlooker, summary) = watch::channel(Summary::default());
        let company = Company { clock, registry: &registry, onlooker: &onlooker };
        let controller = run_controller(Edge::new(&server, &hosts), &company);
        let (former, cluster) = (Vec::new(), Some(cluster));
        Self { client, hosts, registry, summary, onlooker, controller, former, server, store, cluster, clock }
    }

    fn company(&self) -> Company<'_> {
        Company { clock: self.clock, registry: &self.registry, onlooker: &self.onlooker }
    }

    /// Ends the controller without a farewell and starts another.
    pub(crate) fn replace_controller(&mut self) {
        self.controller.task.abort();
        self.former.push(self.controller.edge.clone());
        self.controller = run_controller(Edge::new(&self.server, &self.hosts), &self.company());
    }

    /// How often the controller and those before it wrote what to the API server, the Lease left out.
    pub(crate) fn writes(&self) -> BTreeMap<String, usize> {
        let mut all = BTreeMap::new();
        for (what, count) in self.former.iter().chain([&self.controller.edge]).flat_map(Edge::writes) {
            *all.entry(what).or_default() += count;
        }
        all
    }

    /// Ends the controller and leaves the lead to whoever holds the Lease: one process for each identity.
    pub(crate) fn replace_by_contenders<const N: usize>(&mut self, identities: [&str; N]) -> [Running; N] {
        self.controller.task.abort();
        identities.map(|identity| contend(identity, Edge::new(&self.server, &self.hosts), &self.company()))
    }

    /// The API server ends, and every watch with it.
    pub(crate) fn stop_api_server(&mut self) {
        self.server.set(None);
        self.cluster = None;
        self.controller.edge.cut(Cut::Torn);
    }

    /// The API server is there again, with what was kept; no watch goes back to before that.
    pub(crate) async fn start_api_server(&mut self) {
        let cluster = local::Cluster::on(self.store.clone(), self.clock).await;
        self.server.set(Some(cluster.api.router()));
        self.cluster = Some(cluster);
    }

    /// What answers the API server's requests.
    pub(crate) fn router(&self) -> axum::Router {
        self.cluster.as_ref().unwrap().api.router()
    }

    /// Ends the controller; nobody takes its place.
    pub(crate) fn stop_controller(&mut self) {
        self.controller.task.abort();
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

    /// Merge-patches an object, or its `status`, by hand.
    pub(crate) async fn edit(&self, plural: &str, name: &str, part: &str, patch: &Value) -> Value {
        let namespace = if plural == "hosts" { "wasmcloud-system" } else { "default" };
        let path = format!("{GROUP}/namespaces/{namespace}/{plural}/{name}{part}?fieldManager=hand");
        let request = http::Request::patch(path).header("content-type", "application/merge-patch+json");
        self.client.request(request.body(patch.to_string().into_bytes()).unwrap()).await.unwrap()
    }

    /// Deletes an object in the background.
    pub(crate) async fn delete(&self, plural: &str, name: &str) {
        let (root, namespace) = match plural {
            "configmaps" | "secrets" | "services" => ("/api/v1", "default"),
            "hosts" => (GROUP, "wasmcloud-system"),
            _ => (GROUP, "default"),
        };
        let path = format!("{root}/namespaces/{namespace}/{plural}/{name}");
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
            (assess(&snapshot(self, name).await).state == State::Complete).then_some(())
        })
        .await;
    }
}

/// The controller in charge.
fn run_controller(edge: Edge, company: &Company<'_>) -> Running {
    let (leading, led) = watch::channel(true);
    let until = CancellationToken::new();
    let means = means(&edge, company, led.clone());
    let (metrics, health) = (means.metrics.clone(), means.health.clone());
    let task = tokio::spawn(run(means, until.clone()));
    Running { edge, leading: led, metrics, health, task, _until: until.drop_guard(), _leading: Some(leading) }
}

/// A controller that leads while it holds the Lease.
fn contend(identity: &str, edge: Edge, company: &Company<'_>) -> Running {
    let (leading, led) = watch::channel(false);
    let (until, client) = (CancellationToken::new(), edge.client("wasmcloud-system"));
    let leadership = Leadership::new(client, "wasmcloud-system", identity.to_owned(), leading, company.clock);
    let (means, end) = (means(&edge, company, led.clone()), until.clone());
    let (metrics, health) = (means.metrics.clone(), means.health.clone());
    let task = tokio::spawn(async move {
        tokio::join!(leadership.run(end.clone()), run(means, end));
    });
    Running { edge, leading: led, metrics, health, task, _until: until.drop_guard(), _leading: None }
}

async fn run(means: Means, until: CancellationToken) {
    controller::run(means, Settings::default(), until).await.unwrap();
}

fn means(edge: &Edge, company: &Company<'_>, leading: watch::Receiver<bool>) -> Means {
    Means {
        client: edge.client("wasmcloud-system"),
        bus: Arc::new(edge.clone()),
        registry: Arc::new(company.registry.clone()),
        leading,
        clock: company.clock,
        metrics: Arc::new(Metrics::default()),
        health: Arc::new(Health::default()),
        identity: "kubectl-wasmcloud_test".to_owned(),
        onlooker: Some(company.onlooker.clone()),
    }
}

/// A deployment with what belongs to it, as `rollout status` reads it.
pub(crate) async fn snapshot(local: &Local, name: &str) -> Snapshot {
    let of_it = |set: &Value| set["metadata"]["ownerReferences"][0]["name"] == name;
    let sets: Vec<_> = local.objects("workloadreplicasets").await.into_iter().filter(of_it).collect();
    let is_mine = |workload: &Value| {
        let owner = &workload["metadata"]["ownerReferences"][0]["name"];
        sets.iter().any(|set| set["metadata"]["name"] == *owner)
    };
    let workloads = local.objects("workloads").await.into_iter().filter(is_mine).collect();
    Snapshot {
        deployment: Some(serde_json::from_value(local.get("workloaddeployments", name).await).unwrap()),
        replica_sets: typed(sets),
        workloads: typed(workloads),
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
