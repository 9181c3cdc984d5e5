//! `/healthz`, `/readyz` and `/metrics` over HTTP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::metrics::Metrics;

/// What a probe can ask.
#[derive(Debug, Default)]
pub struct Health {
    synced: AtomicBool,
    connected: AtomicBool,
}

impl Health {
    /// All kinds were listed.
    pub fn synced(&self) {
        self.synced.store(true, Ordering::Relaxed);
    }

    /// Whether hosts can be reached.
    pub fn connected(&self, yes: bool) {
        self.connected.store(yes, Ordering::Relaxed);
    }

    /// What is missing to be ready.
    fn lacks(&self) -> Option<&'static str> {
        match (self.synced.load(Ordering::Relaxed), self.connected.load(Ordering::Relaxed)) {
            (false, _) => Some("the objects have not been listed yet\n"),
            (_, false) => Some("not connected to the hosts' message bus\n"),
            _ => None,
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
    let ready = |State(health): State<Arc<Health>>| async move {
        match health.lacks() {
            None => (StatusCode::OK, "ok\n"),
            Some(lack) => (StatusCode::SERVICE_UNAVAILABLE, lack),
        }
    };
    let router = Router::new().route("/healthz", get(|| async { "ok\n" })).route("/readyz", get(ready));
    serve(address, router.with_state(health), until).await
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
    let text = |State(metrics): State<Arc<Metrics>>| async move {
        let format = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        ([(header::CONTENT_TYPE, format)], metrics.text()).into_response()
    };
    serve(address, Router::new().route("/metrics", get(text)).with_state(metrics), until).await
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
    use super::*;

    #[test]
    fn ready_is_when_everything_is_listed_and_hosts_can_be_reached() {
        let health = Health::default();
        assert!(health.lacks().is_some_and(|lack| lack.contains("listed")));
        health.synced();
        assert!(health.lacks().is_some_and(|lack| lack.contains("bus")));
        health.connected(true);
        assert_eq!(health.lacks(), None);
        health.connected(false);
        assert!(health.lacks().is_some());
    }
}
