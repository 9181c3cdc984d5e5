//! Images in registries: when they are pulled, what is kept, and what a registry's refusal looks like.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use kubectl_wasmcloud::hosts::wire::{ImagePullPolicy, ImagePullSecret, WorkloadState};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::bench::{Bench, Change, workload};
use crate::support::component::http_component;

/// A registry that remembers what it was asked for.
pub(super) struct Registry {
    address: SocketAddr,
    state: Arc<Mutex<Content>>,
}

#[derive(Default)]
struct Content {
    blobs: HashMap<String, Vec<u8>>,
    manifests: HashMap<String, Vec<u8>>,
    asked: Vec<String>,
    /// `Authorization` that it wants to see.
    secret: Option<String>,
}

impl Registry {
    /// An empty one.
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, state) = (listener.local_addr().unwrap(), Arc::<Mutex<Content>>::default());
        let router = Router::new().fallback(serve).with_state(state.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, state }
    }

    /// Takes a component; answers its image.
    pub(super) fn push(&self, repository: &str, tag: &str, component: &[u8]) -> String {
        self.push_as(repository, tag, component, "application/wasm")
    }

    fn push_as(&self, repository: &str, tag: &str, layer: &[u8], media_type: &str) -> String {
        let config = b"{}".to_vec();
        let descriptor = |bytes: &[u8], media_type: &str| json!({"mediaType": media_type, "digest": digest(bytes), "size": bytes.len()});
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": descriptor(&config, "application/vnd.wasm.config.v0+json"),
            "layers": [descriptor(layer, media_type)],
        });
        let mut state = self.state.lock().unwrap();
        for blob in [config, layer.to_vec()] {
            state.blobs.insert(digest(&blob), blob);
        }
        state.manifests.insert(format!("{repository}/manifests/{tag}"), manifest.to_string().into_bytes());
        format!("{}/{repository}:{tag}", self.address)
    }

    /// What it was asked for since the last time, manifests and blobs only.
    fn asked(&self) -> Vec<&'static str> {
        let asked = std::mem::take(&mut self.state.lock().unwrap().asked);
        let kind = |path: &String| match path {
            path if path.contains("/manifests/") => Some("manifest"),
            path if path.contains("/blobs/") => Some("blob"),
            _ => None,
        };
        asked.iter().filter_map(kind).collect()
    }
}

fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

async fn serve(State(state): State<Arc<Mutex<Content>>>, request: Request) -> Response<Body> {
    let mut state = state.lock().unwrap();
    let path = request.uri().path().trim_start_matches("/v2/").to_owned();
    let given = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let answer = |status: StatusCode, kind: &str, body: Vec<u8>| {
        Response::builder().status(status).header("content-type", kind).body(Body::from(body)).unwrap()
    };
    let error = |status, code: &str, message: &str| {
        let body = json!({"errors": [{"code": code, "message": message}]});
        answer(status, "application/json", body.to_string().into_bytes())
    };
    if state.secret.is_some() && state.secret.as_deref() != given {
        let mut refusal = error(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "authentication required");
        refusal.headers_mut().insert("www-authenticate", "Basic realm=\"test\"".parse().unwrap());
        return refusal;
    }
    state.asked.push(path.clone());
    if let Some(manifest) = state.manifests.get(&path) {
        return answer(StatusCode::OK, "application/vnd.oci.image.manifest.v1+json", manifest.clone());
    }
    let blob = path.rsplit_once("/blobs/").and_then(|(_, digest)| state.blobs.get(digest));
    match (blob, path.is_empty()) {
        (Some(blob), _) => answer(StatusCode::OK, "application/octet-stream", blob.clone()),
        (None, true) => answer(StatusCode::OK, "application/json", b"{}".to_vec()),
        (None, false) => error(StatusCode::NOT_FOUND, "MANIFEST_UNKNOWN", "manifest unknown"),
    }
}

async fn runs(bench: &Bench, image: &str, policy: ImagePullPolicy) -> String {
    let workload = workload(image, "it").component(|component| component.image_pull_policy = policy);
    let started = bench.run("it", workload).await;
    if started.workload_state != WorkloadState::Running {
        return started.message;
    }
    let body = bench.get("it", "/").await.body;
    bench.stop("it").await;
    body
}

#[tokio::test]
async fn an_image_is_pulled_as_its_policy_says() {
    let (bench, registry) = (Bench::start().await, Registry::start().await);
    let image = registry.push("a/b", "v1", &http_component("first"));
    let never = runs(&bench, &image, ImagePullPolicy::Never).await;
    assert!(never.contains("is not in the cache of this host, and its pull policy is Never"), "{never}");
    assert_eq!(registry.asked(), [""; 0]);
    assert_eq!(runs(&bench, &image, ImagePullPolicy::Unspecified).await, "first");
    assert_eq!(registry.asked(), ["manifest", "blob"]);
    for policy in [ImagePullPolicy::IfNotPresent, ImagePullPolicy::Unspecified, ImagePullPolicy::Never] {
        assert_eq!(runs(&bench, &image, policy).await, "first");
        assert_eq!(registry.asked(), [""; 0], "{policy:?}");
    }
    assert_eq!(runs(&bench, &image, ImagePullPolicy::Always).await, "first");
    assert_eq!(registry.asked(), ["manifest"], "what it is, and it is here");
    registry.push("a/b", "v1", &http_component("second"));
    assert_eq!(runs(&bench, &image, ImagePullPolicy::IfNotPresent).await, "first");
    assert_eq!(runs(&bench, &image, ImagePullPolicy::Always).await, "second");
    assert_eq!(runs(&bench, &image, ImagePullPolicy::IfNotPresent).await, "second");
}

#[tokio::test]
async fn credentials_open_a_registry_and_are_never_told() {
    let (bench, registry) = (Bench::start().await, Registry::start().await);
    let image = registry.push("a/b", "v1", &http_component("private"));
    // user:sesame
    registry.state.lock().unwrap().secret = Some("Basic dXNlcjpzZXNhbWU=".to_owned());
    let with = |password: &str| {
        let secret = ImagePullSecret { username: "user".to_owned(), password: password.to_owned() };
        workload(&image, "it").component(|component| component.image_pull_secret = Some(secret))
    };
    let refused = bench.run("it", with("wrong-password")).await;
    assert_eq!(refused.workload_state, WorkloadState::Error);
    assert!(refused.message.starts_with("failed to pull image for component 'http'"), "{}", refused.message);
    assert!(!refused.message.contains("wrong-password"), "{}", refused.message);
    assert_eq!(bench.run("it", workload(&image, "it")).await.workload_state, WorkloadState::Error);
    let started = bench.run("it", with("sesame")).await;
    assert_eq!(started.workload_state, WorkloadState::Running, "{}", started.message);
}

#[tokio::test]
async fn what_is_no_component_or_not_what_was_promised_is_refused() {
    let (bench, registry) = (Bench::start().await, Registry::start().await);
    let text = registry.push_as("a/b", "text", b"text", "text/plain");
    let told = runs(&bench, &text, ImagePullPolicy::Always).await;
    assert!(told.ends_with("the image holds no WebAssembly, but text/plain"), "{told}");
    let component = http_component("x");
    let image = registry.push("a/b", "v1", &component);
    registry.state.lock().unwrap().blobs.insert(digest(&component), http_component("y"));
    let told = runs(&bench, &image, ImagePullPolicy::Always).await;
    assert!(told.to_lowercase().contains("digest"), "{told}");
    let told = runs(&bench, &image.replace(":v1", ":none"), ImagePullPolicy::Always).await;
    assert!(told.contains("manifest unknown"), "{told}");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let told = runs(&bench, &format!("{closed}/a/b:v1"), ImagePullPolicy::Always).await;
    assert!(told.contains("Connection refused"), "{told}");
}
