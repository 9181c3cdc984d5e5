//! A registry in this process, with images.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use serde_json::json;
use sha2::{Digest, Sha256};

/// A registry that remembers what it was asked for.
pub(crate) struct Registry {
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
    /// A token, which is what it lets in with; the secret gets one.
    token: Option<String>,
    /// How tokens were asked for.
    tokens: Vec<String>,
}

impl Registry {
    /// An empty one.
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, state) = (listener.local_addr().unwrap(), Arc::<Mutex<Content>>::default());
        let router = Router::new().fallback(serve).with_state(state.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, state }
    }

    /// Takes a component; answers its image.
    pub(crate) fn push(&self, repository: &str, tag: &str, component: &[u8]) -> String {
        self.push_as(repository, tag, component, "application/wasm")
    }

    /// Takes a layer of some media type.
    pub(crate) fn push_as(&self, repository: &str, tag: &str, layer: &[u8], media_type: &str) -> String {
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
        let manifest = manifest.to_string().into_bytes();
        for name in [tag, &digest(&manifest)] {
            state.manifests.insert(format!("{repository}/manifests/{name}"), manifest.clone());
        }
        format!("{}/{repository}:{tag}", self.address)
    }

    /// The digest that a tag stands for.
    pub(crate) fn manifest_digest(&self, repository: &str, tag: &str) -> String {
        digest(&self.state.lock().unwrap().manifests[&format!("{repository}/manifests/{tag}")])
    }

    /// Lets nobody in without that `Authorization`.
    pub(crate) fn wants(&self, authorization: &str) {
        self.state.lock().unwrap().secret = Some(authorization.to_owned());
    }

    /// Lets in with a token only, which is to be had at another path, with the `Authorization` that it wants.
    pub(crate) fn gives(&self, token: &str) {
        self.state.lock().unwrap().token = Some(token.to_owned());
    }

    /// The queries with which tokens were asked for since the last time.
    pub(crate) fn tokens(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().tokens)
    }

    /// Sends something else for a digest.
    pub(crate) fn replace(&self, digest: &str, bytes: &[u8]) {
        self.state.lock().unwrap().blobs.insert(digest.to_owned(), bytes.to_vec());
    }

    /// What it was asked for since the last time, manifests and blobs only.
    pub(crate) fn asked(&self) -> Vec<&'static str> {
        let asked = std::mem::take(&mut self.state.lock().unwrap().asked);
        let kind = |path: &String| match path {
            path if path.contains("/manifests/") => Some("manifest"),
            path if path.contains("/blobs/") => Some("blob"),
            _ => None,
        };
        asked.iter().filter_map(kind).collect()
    }
}

/// The digest of something.
pub(crate) fn digest(bytes: &[u8]) -> String {
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
    let is_for_token = request.uri().path() == "/token";
    let (wanted, challenge) = match state.token.clone().filter(|_| !is_for_token) {
        Some(token) => {
            let host = request.headers()["host"].to_str().unwrap();
            (Some(format!("Bearer {token}")), format!("Bearer realm=\"http://{host}/token\",service=\"a test\""))
        }
        None => (state.secret.clone(), "Basic realm=\"test\"".to_owned()),
    };
    if wanted.is_some() && wanted.as_deref() != given {
        let mut refusal = error(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "authentication required");
        refusal.headers_mut().insert("www-authenticate", challenge.parse().unwrap());
        return refusal;
    }
    if is_for_token {
        state.tokens.push(request.uri().query().unwrap_or_default().to_owned());
        return answer(StatusCode::OK, "application/json", json!({"token": state.token}).to_string().into_bytes());
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
