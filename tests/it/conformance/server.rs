//! A server to ask, and one test's share of it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use futures::{Stream, StreamExt};
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use kube::client::Body;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kubectl_wasmcloud::local::Cluster;
use serde_json::{Value, json};

use crate::real::cluster::real;

/// How long anything may take; what comes sooner is seen sooner. The real namespace controller looks again at its leisure.
const PATIENCE: Duration = Duration::from_secs(100);
/// How long anything may take in this process.
const LOCAL_PATIENCE: Duration = Duration::from_secs(10);

/// An API server. In paths, `{ns}` stands for the test's namespace and `{group}` for its API group.
pub(crate) struct Server {
    client: kube::Client,
    /// The test's namespace.
    pub(crate) namespace: String,
    /// The test's API group.
    pub(crate) group: String,
    /// Whether it is the real one.
    pub(crate) is_real: bool,
    /// Objects of the cluster that the test has made.
    made: Mutex<Vec<String>>,
    _local: Option<Cluster>,
}

/// What the server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// Headers.
    pub(crate) headers: HeaderMap,
    /// The body; a string if it is not JSON.
    pub(crate) body: Value,
    request: String,
}

/// A watch that has begun.
pub(crate) struct Watch {
    chunks: std::pin::Pin<Box<dyn Stream<Item = Vec<u8>>>>,
    buffer: Vec<u8>,
    patience: Duration,
}

impl Server {
    /// The real server, as `tests/real/run` has started it.
    pub(super) async fn real(name: &str) -> Self {
        // Another test may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let kubeconfig = Kubeconfig::read_from(real("KUBECONFIG")).unwrap();
        let mut config = kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
        // A 504 is an answer like any other.
        config.default_retry = false;
        Self::at(kube::Client::try_from(config).unwrap(), None, name)
    }

    /// A local server of the test's own.
    pub(super) async fn local(name: &str) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the server's clock is passed in, and here is where from")]
        let cluster = Cluster::in_memory(jiff::Timestamp::now).await;
        Self::at(cluster.client("default"), Some(cluster), name)
    }

    fn at(client: kube::Client, local: Option<Cluster>, name: &str) -> Self {
        static NUMBER: AtomicU16 = AtomicU16::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let short: String = name.replace('_', "-").chars().take(40).collect();
        let namespace = format!("{}-{number}-{}", short.trim_end_matches('-'), std::process::id());
        let group = format!("{namespace}.example.com");
        Self { client, namespace, group, is_real: local.is_none(), made: Mutex::default(), _local: local }
    }

    /// Makes the test's namespace.
    pub(super) async fn prepare(&self) {
        self.create("/api/v1/namespaces", json!({"metadata": {"name": "{ns}"}})).await;
    }

    /// Removes the test's namespace and definitions.
    pub(super) async fn clean_up(&self) {
        let made = std::mem::take(&mut *self.made.lock().unwrap());
        for path in made.iter().rev() {
            self.delete(path).await;
        }
    }

    /// Has an object of the cluster removed in the end.
    pub(crate) fn owns(&self, path: &str) {
        self.made.lock().unwrap().push(path.to_owned());
    }

    /// A client like those of the command line and the controller.
    pub(crate) fn client(&self) -> kube::Client {
        self.client.clone()
    }

    fn patience(&self) -> Duration {
        if self.is_real { PATIENCE } else { LOCAL_PATIENCE }
    }

    /// Fills `{ns}` and `{group}` in.
    pub(crate) fn fill(&self, text: &str) -> String {
        text.replace("{ns}", &self.namespace).replace("{group}", &self.group)
    }

    /// Sends a request as it is. The first header that is given twice counts.
    ///
    /// The real server sends away who meets the moment in which a changed definition takes effect; as nothing was done
    /// then, it is asked again.
    pub(crate) async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        for _ in 0..10 {
            let answer = self.send_once(method, path, headers, body.clone()).await;
            if !answer.is_between_definitions() {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.send_once(method, path, headers, body).await
    }

    async fn send_once(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let path = self.fill(path);
        let mut request = Request::builder().method(method).uri(&path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.client.send(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = tokio::time::timeout(self.patience(), body.collect_bytes()).await.expect("an answer ends").unwrap();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Answer { status: head.status.as_u16(), headers: head.headers, body, request: format!("{method} {path}") }
    }

    /// Sends JSON, `{ns}` and `{group}` filled in.
    pub(crate) async fn send_json(&self, method: &str, path: &str, content_type: &str, body: &Value) -> Answer {
        let body = self.fill(&body.to_string());
        self.send(method, path, &[("Content-Type", content_type)], body.into_bytes()).await
    }

    /// GET.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], Vec::new()).await
    }

    /// GET with an Accept header.
    pub(crate) async fn get_as(&self, path: &str, accept: &str) -> Answer {
        self.send("GET", path, &[("Accept", accept)], Vec::new()).await
    }

    /// POST.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send_json("POST", path, "application/json", &body).await
    }

    /// POST that must succeed; the object.
    pub(crate) async fn create(&self, path: &str, body: Value) -> Value {
        let made = self.post(path, body).await.ok();
        if made["metadata"]["namespace"].is_null()
            && !path.contains("dryRun")
            && let Some(name) = made["metadata"]["name"].as_str()
        {
            self.owns(&format!("{}/{name}", path.split('?').next().unwrap_or_default()));
        }
        made
    }

    /// PUT.
    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send_json("PUT", path, "application/json", &body).await
    }

    /// PATCH; `kind` is `merge`, `json`, `strategic` or `apply`.
    pub(crate) async fn patch(&self, path: &str, kind: &str, body: Value) -> Answer {
        self.send_json("PATCH", path, patch_type(kind), &body).await
    }

    /// DELETE.
    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], Vec::new()).await
    }

    /// DELETE with options.
    pub(crate) async fn delete_with(&self, path: &str, options: Value) -> Answer {
        self.send_json("DELETE", path, "application/json", &options).await
    }

    /// Watches; `path` lacks only `watch=true`.
    pub(crate) async fn watch(&self, path: &str) -> Watch {
        self.watch_as(path, "application/json").await
    }

    /// Watches with an Accept header.
    pub(crate) async fn watch_as(&self, path: &str, accept: &str) -> Watch {
        let path = self.fill(path);
        let uri = format!("{path}{}watch=true", if path.contains('?') { '&' } else { '?' });
        let request = Request::get(&uri).header("Accept", accept).body(Body::empty()).unwrap();
        let response = self.client.send(request).await.unwrap();
        let status = response.status().as_u16();
        let chunks = response.into_body().into_data_stream();
        let chunks = chunks.map(|chunk| chunk.map(|bytes| bytes.to_vec()).unwrap_or_default());
        let mut watch = Watch { chunks: Box::pin(chunks), buffer: Vec::new(), patience: self.patience() };
        if status != 200 {
            let (_, object) = watch.next().await;
            panic!("{uri}: {status} {object}");
        }
        watch
    }

    /// Asks again and again until an answer is as it should be; that answer.
    pub(crate) async fn until(&self, path: &str, what: &str, is: impl Fn(&Answer) -> bool) -> Answer {
        let end = tokio::time::Instant::now() + self.patience();
        loop {
            let answer = self.get(path).await;
            if is(&answer) {
                return answer;
            }
            assert!(tokio::time::Instant::now() < end, "{}: never {what}; last {answer:?}", self.fill(path));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until an object is gone.
    pub(crate) async fn until_gone(&self, path: &str) {
        self.until(path, "gone", |answer| answer.status == 404).await;
    }

    /// Defines a kind in the test's API group and waits until it is served; the path of its objects in the namespace.
    pub(crate) async fn define(&self, crd: Value) -> String {
        let made = self.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd).await;
        self.until_served(&made["spec"]).await
    }

    /// Defines a kind of `tests/fixtures/conformance/definitions`.
    pub(crate) async fn define_fixture(&self, name: &str) -> String {
        self.define(super::golden::definition_of(name)).await
    }

    /// Waits until a definition is served.
    pub(crate) async fn until_served(&self, spec: &Value) -> String {
        let versions = spec["versions"].as_array().unwrap();
        let version = versions[0]["name"].as_str().unwrap();
        let (group, plural) = (spec["group"].as_str().unwrap(), spec["names"]["plural"].as_str().unwrap());
        let everywhere = format!("/apis/{group}/{version}/{plural}");
        self.until(&everywhere, "served", |answer| answer.status == 200).await;
        if spec["scope"] == "Cluster" {
            everywhere
        } else {
            format!("/apis/{group}/{version}/namespaces/{{ns}}/{plural}")
        }
    }
}

/// The Content-Type of a kind of patch.
pub(crate) fn patch_type(kind: &str) -> &'static str {
    match kind {
        "merge" => "application/merge-patch+json",
        "json" => "application/json-patch+json",
        "strategic" => "application/strategic-merge-patch+json",
        "apply" => "application/apply-patch+yaml",
        other => panic!("no kind of patch: {other}"),
    }
}

impl Answer {
    /// The body of an answer that must be a success.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {} {:#}", self.request, self.status, self.body);
        self.body
    }

    /// The body of an answer that must have this very status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {:#}", self.request, self.body);
        self.body
    }

    /// The `Status` of an answer that must be this failure.
    #[track_caller]
    pub(crate) fn fails(self, status: u16, reason: &str) -> Value {
        assert_eq!(self.status, status, "{}: {:#}", self.request, self.body);
        let body = &self.body;
        for (field, expected) in [("kind", "Status"), ("apiVersion", "v1"), ("status", "Failure"), ("reason", reason)] {
            assert_eq!(body[field], expected, "{}: {body:#}", self.request);
        }
        assert_eq!(body["code"], status, "{}: {body:#}", self.request);
        self.body
    }

    /// Whether the definition of the kind that was asked for was just being replaced: apiextensions-apiserver's words for
    /// a handler that ends.
    fn is_between_definitions(&self) -> bool {
        self.status == 503 && self.body["message"] == "apiserver is shutting down"
    }

    /// A header.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned())
    }

    /// All `Warning` headers.
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.headers.get_all("warning").iter().map(|value| value.to_str().unwrap().to_owned()).collect()
    }
}

impl Watch {
    /// The next event: its type and object.
    pub(crate) async fn next(&mut self) -> (String, Value) {
        self.next_or_end().await.expect("the watch ended")
    }

    /// The next event, or nothing when the server has ended the watch.
    pub(crate) async fn next_or_end(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                let mut event: Value = serde_json::from_slice(&line).unwrap();
                // A request that was refused gets a bare Status.
                let kind = event["type"].as_str().unwrap_or("Status").to_owned();
                return Some(if kind == "Status" { (kind, event) } else { (kind, event["object"].take()) });
            }
            let chunk = tokio::time::timeout(self.patience, self.chunks.next()).await.expect("an event comes");
            self.buffer.extend(chunk?);
        }
    }

    /// The next event as `TYPE name`.
    pub(crate) async fn short(&mut self) -> String {
        let (kind, object) = self.next().await;
        format!("{kind} {}", object["metadata"]["name"].as_str().unwrap_or("-"))
    }
}

/// Names of a list's items.
pub(crate) fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["metadata"]["name"].as_str().unwrap()).collect()
}

/// An object's resourceVersion.
pub(crate) fn version(object: &Value) -> u64 {
    object["metadata"]["resourceVersion"].as_str().unwrap().parse().unwrap()
}
