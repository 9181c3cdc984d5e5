//! The API server: what is applied, when it is so, and how many writes that took over all clients.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use kube::api::{DeleteParams, DynamicObject, ListParams, Patch, PatchParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::runtime::watcher::{self, Event};
use kube::{Api, Client, Config};
use kubectl_wasmcloud::api::{Kind, crds};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::process::real;

/// Requests under way at a time.
const AT_ONCE: usize = 32;

/// How many writes there were, by verb and resource.
pub(crate) type Writes = BTreeMap<String, u64>;

pub(crate) struct Cluster {
    client: Client,
    namespace: String,
    /// The controller's namespace.
    pub(crate) system: String,
    deployments: usize,
}

impl Cluster {
    /// A namespace for that many deployments, and one for the controller.
    pub(crate) async fn new(deployments: usize) -> Self {
        let kubeconfig = Kubeconfig::read_from(real("KUBECONFIG")).unwrap();
        let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
        let client = Client::try_from(config).unwrap();
        let namespace = format!("bench-{deployments}");
        let cluster = Self { client, system: format!("{namespace}-system"), namespace, deployments };
        for definition in crds() {
            let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
            cluster.apply(path, &json!(definition)).await;
        }
        for name in [&cluster.namespace, &cluster.system] {
            let namespace = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
            cluster.apply("/api/v1/namespaces", &namespace).await;
        }
        while cluster.count(Kind::WorkloadDeployment).await.is_none() {
            sleep(Duration::from_millis(100)).await;
        }
        cluster
    }

    async fn apply(&self, collection: &str, object: &Value) {
        let name = object["metadata"]["name"].as_str().unwrap();
        let path = format!("{collection}/{name}?fieldManager=bench&force=true");
        let request = http::Request::patch(path).header("content-type", "application/apply-patch+yaml");
        self.client.request::<Value>(request.body(object.to_string().into_bytes()).unwrap()).await.unwrap();
    }

    fn api(&self, kind: Kind) -> Api<DynamicObject> {
        let namespace = if kind == Kind::Host { &self.system } else { &self.namespace };
        Api::namespaced_with(self.client.clone(), namespace, &kind.api_resource())
    }

    async fn count(&self, kind: Kind) -> Option<usize> {
        Some(self.api(kind).list_metadata(&ListParams::default()).await.ok()?.items.len())
    }

    pub(crate) async fn hosts_ready(&self, count: usize) {
        while self.count(Kind::Host).await != Some(count) {
            sleep(Duration::from_millis(200)).await;
        }
    }

    /// Applies all deployments with that image and waits until each is rolled out.
    pub(crate) async fn apply_all(&self, replicas: usize, image: &str) {
        let applied = futures::stream::iter(0..self.deployments).for_each_concurrent(AT_ONCE, |number| async move {
            let api = self.api(Kind::WorkloadDeployment);
            let object = deployment(number, replicas, image);
            api.patch(&name(number), &PatchParams::apply("bench").force(), &Patch::Apply(object)).await.unwrap();
        });
        let rolled_out = self.wait_for_all(replicas, image);
        tokio::join!(applied, rolled_out);
    }

    async fn wait_for_all(&self, replicas: usize, image: &str) {
        let mut events =
            std::pin::pin!(watcher::watcher(self.api(Kind::WorkloadDeployment), watcher::Config::default()));
        let mut done = BTreeMap::new();
        while let Some(event) = events.try_next().await.unwrap() {
            if let Event::Apply(object) | Event::InitApply(object) = event {
                done.insert(object.metadata.name.clone(), is_rolled_out(&object, replicas, image));
            }
            if done.len() == self.deployments && done.values().all(|done| *done) {
                return;
            }
        }
    }

    /// Deletes all deployments and waits until nothing is left of them.
    pub(crate) async fn delete_all(&self) {
        futures::stream::iter(0..self.deployments)
            .for_each_concurrent(AT_ONCE, |number| async move {
                let api = self.api(Kind::WorkloadDeployment);
                api.delete(&name(number), &DeleteParams::background()).await.unwrap();
            })
            .await;
        for kind in [Kind::WorkloadDeployment, Kind::WorkloadReplicaSet, Kind::Workload] {
            while self.count(kind).await != Some(0) {
                sleep(Duration::from_millis(100)).await;
            }
        }
    }

    /// Writes that the API server has answered since its start, from whomever, by verb and resource.
    pub(crate) async fn writes(&self) -> Writes {
        let request = http::Request::get("/metrics").body(Vec::new()).unwrap();
        let text = self.client.request_text(request).await.unwrap();
        let mut writes = Writes::new();
        for line in text.lines().filter(|line| line.starts_with("apiserver_request_total{")) {
            let label = |name: &str| {
                let (_, rest) = line.split_once(&format!("{name}=\"")).unwrap();
                rest.split_once('"').unwrap().0
            };
            let verb = label("verb");
            if ["POST", "PUT", "PATCH", "APPLY", "DELETE", "DELETECOLLECTION"].contains(&verb) {
                let (resource, part) = (label(",resource"), label("subresource"));
                let count = line.rsplit(' ').next().unwrap().parse::<f64>().unwrap() as u64;
                let slash = if part.is_empty() { "" } else { "/" };
                let code = Some(label("code")).filter(|code| *code >= "400").unwrap_or_default();
                *writes.entry(format!("{verb} {resource}{slash}{part} {code}").trim_end().to_owned()).or_default() +=
                    count;
            }
        }
        writes
    }

    /// Takes the namespaces away: Hosts first, whose finalizers nobody is left to take off.
    pub(crate) async fn clean_up(&self) {
        let hosts = self.api(Kind::Host);
        for host in hosts.list_metadata(&ListParams::default()).await.unwrap() {
            let free = Patch::Merge(json!({ "metadata": { "finalizers": null } }));
            let name = host.metadata.name.unwrap();
            hosts.patch_metadata(&name, &PatchParams::default(), &free).await.unwrap();
            hosts.delete(&name, &DeleteParams::default()).await.unwrap();
        }
        for name in [&self.namespace, &self.system] {
            let request = http::Request::delete(format!("/api/v1/namespaces/{name}")).body(Vec::new()).unwrap();
            self.client.request::<Value>(request).await.unwrap();
        }
    }
}

fn name(number: usize) -> String {
    format!("hello-{number:04}")
}

fn deployment(number: usize, replicas: usize, image: &str) -> Value {
    json!({
        "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "WorkloadDeployment",
        "metadata": { "name": name(number) },
        "spec": { "replicas": replicas, "template": { "spec": {
            "hostSelector": { "hostgroup": "default" },
            "components": [{
                "name": "http", "image": image, "poolSize": 10,
                "localResources": { "environment": { "config": { "GREETING": "hello" } } },
            }],
            "hostInterfaces": [{ "namespace": "wasi", "package": "http", "interfaces": ["incoming-handler"],
                "config": { "host": format!("{}.example.com", name(number)) } }],
        } } },
    })
}

/// The status is of this generation, all replicas are of this image's template, and the rollout is complete.
fn is_rolled_out(object: &DynamicObject, replicas: usize, image: &str) -> bool {
    let (spec, status) = (&object.data["spec"], &object.data["status"]);
    let condition = |type_: &str| {
        let all = status["conditions"].as_array();
        all.into_iter().flatten().find(|condition| condition["type"] == type_)
    };
    spec["template"]["spec"]["components"][0]["image"] == image
        && condition("Ready").is_some_and(|ready| {
            ready["status"] == "True" && ready["observedGeneration"].as_i64() == object.metadata.generation
        })
        && status["replicas"]["ready"].as_u64() == u64::try_from(replicas).ok()
}
