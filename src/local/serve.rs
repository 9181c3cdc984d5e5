//! The API server's door: TLS on the loopback interface, and a token that everybody has to show.

mod login;

#[cfg(test)]
mod tests;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use futures::StreamExt;
use hyper_util::rt::TokioTimer;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::directory::access::Token;
use super::directory::certificate::Certificate;

/// How long a connection may wait for its next request, as kube-apiserver has it.
const IDLE: Duration = Duration::from_secs(90);
/// Bytes of a request's head.
const HEAD: usize = 64 << 10;
/// How long requests may take to end when the server stops.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why the API server cannot be reached over the network.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Bind {
        /// Which one.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// The certificate cannot be used.
    #[error("cannot serve with the certificate there is: {0}")]
    Tls(String),
}

/// Takes a port of the loopback interface: the one that is asked for, else the one of the last time when it is free, else
/// any.
///
/// # Errors
/// When the port that is asked for is taken, or there is none.
pub fn listen(asked: Option<u16>, last: Option<u16>) -> Result<TcpListener, ServeError> {
    let bind = |port: u16| {
        let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        let bound = TcpListener::bind(address).and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
        bound.map_err(|source| ServeError::Bind { address, source })
    };
    match (asked.filter(|port| *port != 0), last) {
        (Some(port), _) => bind(port),
        (None, Some(port)) => bind(port).or_else(|_| bind(0)),
        (None, None) => bind(0),
    }
}

/// A running server.
pub struct Server {
    handle: Handle<SocketAddr>,
    stopping: CancellationToken,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    /// Serves to whoever shows the token.
    ///
    /// # Errors
    /// When the certificate cannot be used.
    pub fn start(
        router: Router,
        listener: TcpListener,
        certificate: &Certificate,
        token: Token,
    ) -> Result<Self, ServeError> {
        let stopping = CancellationToken::new();
        let ends = {
            let stopping = stopping.clone();
            move |request: Request, next: Next| ending(stopping.clone(), request, next)
        };
        let router = router.layer(middleware::from_fn(ends));
        let router = router.layer(middleware::from_fn_with_state(Arc::new(token), login::require));
        let acceptor = RustlsAcceptor::new(RustlsConfig::from_config(Arc::new(tls(certificate)?)));
        let failed = |error: io::Error| ServeError::Tls(error.to_string());
        let handle = Handle::new();
        let mut server = axum_server::from_tcp(listener).map_err(failed)?.acceptor(acceptor).handle(handle.clone());
        let mut http = server.http_builder().http1();
        http.timer(TokioTimer::new()).header_read_timeout(IDLE).max_buf_size(HEAD);
        let task = tokio::spawn(server.serve(router.into_make_service()));
        Ok(Self { handle, stopping, task })
    }

    /// Ends watches, lets other requests finish, and closes what is still open after five seconds.
    pub async fn stop(self) {
        self.stopping.cancel();
        self.handle.graceful_shutdown(Some(PATIENCE));
        match self.task.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the API server ended with an error"),
            Err(error) => tracing::warn!(%error, "the API server's task failed"),
        }
    }
}

/// Ends an answer of unknown length when the server stops. Such an answer is a watch, which may end at any time; others
/// would look complete when they are not.
async fn ending(stopping: CancellationToken, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.body().size_hint().exact().is_some() {
        return response;
    }
    response.map(|body| Body::from_stream(body.into_data_stream().take_until(stopping.cancelled_owned())))
}

fn tls(certificate: &Certificate) -> Result<ServerConfig, ServeError> {
    let failed = |error: &dyn std::error::Error| ServeError::Tls(error.to_string());
    let chain = CertificateDer::from_pem_slice(certificate.certificate.as_bytes()).map_err(|error| failed(&error))?;
    let key = PrivateKeyDer::from_pem_slice(certificate.key.as_bytes()).map_err(|error| failed(&error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = versions.map_err(|error| failed(&error))?.with_no_client_auth();
    let mut config = builder.with_single_cert(vec![chain], key).map_err(|error| failed(&error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
