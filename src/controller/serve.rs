//! `/healthz`, `/readyz` and `/metrics` over HTTP.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::metrics::Metrics;

/// How long the controller's loop may take to come round: kubelet's probes wait a second by default.
const PATIENCE: Duration = Duration::from_millis(900);
/// Probes that may wait at once.
const WAITING: usize = 8;

/// Someone who wants to know whether the loop turns: to be answered by it.
pub type Asker = oneshot::Sender<()>;

/// What a probe can ask.
#[derive(Debug, Default)]
pub struct Health {
    synced: AtomicBool,
    connected: AtomicBool,
    working: OnceLock<mpsc::Sender<Asker>>,
}

impl Health {
    /// The loop begins: it has to answer whoever asks from now on.
    pub fn begins(&self) -> mpsc::Receiver<Asker> {
        let (sender, receiver) = mpsc::channel(WAITING);
        // A second loop in one process would be a defect; its channel is closed, which counts as ended.
        let _ = self.working.set(sender);
        receiver
    }

    /// All kinds were listed.
    pub fn synced(&self) {
        self.synced.store(true, Ordering::Relaxed);
    }

    /// Whether hosts can be reached.
    pub fn connected(&self, yes: bool) {
        self.connected.store(yes, Ordering::Relaxed);
    }

    /// What is missing to be ready: all that is, a line each.
    pub fn lacks(&self) -> Option<String> {
        let objects = (!self.synced.load(Ordering::Relaxed)).then_some("the objects have not been listed yet\n");
        let bus = (!self.connected.load(Ordering::Relaxed)).then_some("not connected to the hosts' message bus\n");
        let all: String = objects.into_iter().chain(bus).collect();
        Some(all).filter(|all| !all.is_empty())
    }

    /// Whether the loop turns: it is asked. One that has not begun has its connections to make, and one that has ended is
    /// on its way out; neither is stuck.
    pub async fn is_alive(&self) -> bool {
        let Some(working) = self.working.get() else { return true };
        let (asker, answer) = oneshot::channel();
        match working.try_send(asker) {
            Ok(()) => timeout(PATIENCE, answer).await.is_ok(),
            Err(mpsc::error::TrySendError::Closed(_)) => true,
            Err(mpsc::error::TrySendError::Full(_)) => false,
        }
    }
}

/// Serves probes on that address until cancelled.
///
/// # Errors
/// When the address cannot be bound; names it.
pub async fn probes(
    address: SocketAddr,
    health: Arc<Health>,
    until: CancellationToken,
) -> Result<SocketAddr, BindError> {
    serve(address, probe_router(health), until).await
}

fn probe_router(health: Arc<Health>) -> Router {
    let alive = |State(health): State<Arc<Health>>| async move {
        match health.is_alive().await {
            true => (StatusCode::OK, "ok\n"),
            false => (StatusCode::SERVICE_UNAVAILABLE, "the controller's loop does not turn\n"),
        }
    };
    let ready = |State(health): State<Arc<Health>>| async move {
        match health.lacks() {
            None => (StatusCode::OK, "ok\n".to_owned()),
            Some(lacks) => (StatusCode::SERVICE_UNAVAILABLE, lacks),
        }
    };
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).with_state(health)
}

/// Serves metrics on that address until cancelled.
///
/// # Errors
/// When the address cannot be bound; names it.
pub async fn metrics(
    address: SocketAddr,
    metrics: Arc<Metrics>,
    until: CancellationToken,
) -> Result<SocketAddr, BindError> {
    serve(address, metrics_router(metrics), until).await
}

fn metrics_router(metrics: Arc<Metrics>) -> Router {
    let text = |State(metrics): State<Arc<Metrics>>| async move {
        let format = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        ([(header::CONTENT_TYPE, format)], metrics.text()).into_response()
    };
    Router::new().route("/metrics", get(text)).with_state(metrics)
}

/// An address that cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}")]
pub struct BindError {
    /// Which one.
    pub address: SocketAddr,
    source: std::io::Error,
}

async fn serve(address: SocketAddr, router: Router, until: CancellationToken) -> Result<SocketAddr, BindError> {
    let listener = TcpListener::bind(address).await.map_err(|source| BindError { address, source })?;
    let bound = listener.local_addr().map_err(|source| BindError { address, source })?;
    tokio::spawn(async move {
        let served = axum::serve(listener, router).with_graceful_shutdown(until.cancelled_owned()).await;
        if let Err(error) = served {
            tracing::error!(%bound, %error, "no longer serving");
        }
    });
    Ok(bound)
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;

    async fn ask(router: Router, path: &str) -> (u16, String) {
        let answer = router.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let code = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (code, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn ready_is_when_everything_is_listed_and_hosts_can_be_reached() {
        let health = Arc::new(Health::default());
        let ready = || ask(probe_router(health.clone()), "/readyz");
        let (code, text) = ready().await;
        assert_eq!(code, 503);
        assert!(text.contains("listed") && text.contains("bus"), "all that is missing is named: {text}");
        health.synced();
        assert_eq!(ready().await, (503, "not connected to the hosts' message bus\n".to_owned()));
        health.connected(true);
        assert_eq!(ready().await, (200, "ok\n".to_owned()));
        health.connected(false);
        assert_eq!(ready().await.0, 503);
    }

    #[tokio::test(start_paused = true)]
    async fn healthy_is_a_loop_that_turns() {
        let health = Arc::new(Health::default());
        let healthy = || ask(probe_router(health.clone()), "/healthz");
        assert_eq!(healthy().await.0, 200, "it has not begun");
        let mut askers = health.begins();
        assert_eq!(healthy().await, (503, "the controller's loop does not turn\n".to_owned()), "it does not answer");
        let turning = tokio::spawn(async move {
            while let Some(asker) = askers.recv().await {
                let _ = asker.send(());
            }
        });
        assert_eq!(healthy().await, (200, "ok\n".to_owned()));
        turning.abort();
        let _ = turning.await;
        assert_eq!(healthy().await.0, 200, "it ended in order");
    }

    #[tokio::test(start_paused = true)]
    async fn a_loop_that_is_stuck_stays_unhealthy_however_often_it_is_asked() {
        let health = Arc::new(Health::default());
        let askers = health.begins();
        for _ in 0..3 * WAITING {
            assert_eq!(ask(probe_router(health.clone()), "/healthz").await.0, 503);
        }
        drop(askers);
    }

    #[tokio::test]
    async fn metrics_are_served_as_text() {
        let metrics = Arc::new(Metrics::default());
        metrics.leads(true);
        let (code, text) = ask(metrics_router(metrics), "/metrics").await;
        assert_eq!(code, 200);
        assert!(text.contains("wasmcloud_controller_leading 1\n") && text.ends_with("# EOF\n"), "{text}");
    }
}
