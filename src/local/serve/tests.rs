//! The door, tried by the clients that come through it.

use std::convert::Infallible;

use axum::routing::get;
use futures::AsyncBufReadExt;
use jiff::Timestamp;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

use super::*;
use crate::local::directory::Directory;
use crate::local::directory::access::Access;

/// A server with a few pages, and a client for each way of showing a token.
struct Stage {
    _root: tempfile::TempDir,
    server: Server,
    access: Access,
}

impl Stage {
    async fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let root = tempfile::tempdir().unwrap();
        let directory = Directory::open(&root.path().join("d")).unwrap();
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let certificate = directory.certificate(now).unwrap();
        let listener = listen(None, None).unwrap();
        let port = listener.local_addr().unwrap().port();
        let token = Token::random().unwrap();
        let access = Access { port, token: token.clone(), authority: certificate.authority.clone() };
        directory.give_access(&access).unwrap();
        let seen = |request: Request| async move { request.headers().contains_key("authorization").to_string() };
        let watch = || async {
            let first = futures::stream::once(async { Ok::<_, Infallible>("first\n") });
            Body::from_stream(first.chain(futures::stream::pending()))
        };
        let router = Router::new()
            .route("/healthz", get(|| async { "ok" }))
            .route("/api", get(seen))
            .route("/watch", get(watch))
            .route("/big", get(|| async { "x".repeat(3 << 20) }));
        let server = Server::start(router, listener, &certificate, token).unwrap();
        Self { _root: root, server, access }
    }

    async fn client(&self, token: Option<&str>) -> Client {
        let path = self._root.path().join("d/kubeconfig");
        let mut text = std::fs::read_to_string(path).unwrap();
        let own = format!("token: {}", self.access.token.reveal());
        text = text.replace(&own, &token.map(|token| format!("token: {token}")).unwrap_or("{}".into()));
        let kubeconfig = Kubeconfig::from_yaml(&text).unwrap();
        let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
        Client::try_from(config).unwrap()
    }

    async fn trusted(&self) -> Client {
        self.client(Some(self.access.token.reveal())).await
    }
}

async fn ask(client: &Client, path: &str) -> String {
    match client.request_text(http::Request::get(path).body(Vec::new()).unwrap()).await {
        Ok(text) => text,
        Err(kube::Error::Api(status)) => format!("{} {}: {}", status.code, status.reason, status.message),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn only_who_shows_the_token_is_let_in() {
    let stage = Stage::new().await;
    let (trusted, stranger) = (stage.trusted().await, stage.client(None).await);
    let liar = stage.client(Some("not-the-token")).await;
    assert_eq!(ask(&trusted, "/api").await, "false");
    assert_eq!(ask(&trusted, "/healthz").await, "ok");
    assert_eq!(ask(&stranger, "/healthz").await, "ok");
    let unauthorized = "401 Unauthorized: Unauthorized";
    for (client, path) in [(&stranger, "/api"), (&stranger, "/healthz/x"), (&liar, "/api"), (&liar, "/healthz")] {
        assert_eq!(ask(client, path).await, unauthorized, "{path}");
    }
    stage.server.stop().await;
}

#[tokio::test]
async fn a_server_that_stops_ends_watches_and_is_gone() {
    let stage = Stage::new().await;
    let client = stage.trusted().await;
    let watch = client.request_stream(http::Request::get("/watch").body(Vec::new()).unwrap()).await.unwrap();
    let mut lines = Box::pin(watch.lines());
    assert_eq!(lines.next().await.unwrap().unwrap(), "first");
    assert_eq!(ask(&client, "/big").await.len(), 3 << 20);
    stage.server.stop().await;
    assert!(lines.next().await.is_none(), "an orderly end");
    let gone = client.request_text(http::Request::get("/api").body(Vec::new()).unwrap()).await;
    assert!(matches!(gone, Err(kube::Error::Service(_) | kube::Error::HyperError(_))), "{gone:?}");
}

#[test]
fn a_port_is_kept_when_it_is_free_and_insisted_on_when_asked_for() {
    let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
    let first = listen(None, None).unwrap();
    let other = listen(Some(0), Some(port(&first))).unwrap();
    assert_ne!(port(&other), port(&first));
    let error = listen(Some(port(&first)), None).unwrap_err();
    assert_eq!(error.to_string(), format!("cannot listen on 127.0.0.1:{}", port(&first)));
    let kept = port(&first);
    drop(first);
    assert_eq!(port(&listen(None, Some(kept)).unwrap()), kept);
}
