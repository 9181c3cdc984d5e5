//! The host's HTTP server, which gives each request to the workload that its `Host` names.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{Request, Response, StatusCode};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::invoke::{Answer, InvokeError, Target, invoke};
use super::routes::Routes;
use super::workload::Call;

/// Connections at the same time; the next ones wait.
const CONNECTIONS: usize = 1024;
/// How long a client may take to send a request's head.
const HEAD: Duration = Duration::from_secs(30);
/// How long connections may take to end when the host does.
const GOODBYE: Duration = Duration::from_secs(1);
/// Hosts that an answer lists for who asked for one that is not there.
const LISTED: usize = 20;

type Body = Either<Answer, Full<Bytes>>;

/// The routes, and the port that requests come to.
pub(super) struct Server {
    address: SocketAddr,
    routes: RwLock<Routes<Target>>,
}

impl Server {
    /// For requests that come to an address.
    pub(super) fn new(address: SocketAddr) -> Self {
        Self { address, routes: RwLock::default() }
    }

    /// The address.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Has a component answer for its hosts.
    pub(super) fn add(&self, target: &Arc<Target>) {
        self.routes.write().unwrap_or_else(PoisonError::into_inner).add(target.hosts(), target);
    }

    /// Has it answer no more.
    pub(super) fn remove(&self, target: &Arc<Target>) {
        self.routes.write().unwrap_or_else(PoisonError::into_inner).remove(target);
    }

    /// Accepts connections until the end.
    pub(super) async fn serve(self: Arc<Self>, listener: TcpListener, ended: CancellationToken) {
        let connections = Arc::new(Semaphore::new(CONNECTIONS));
        while let Some(Ok(permit)) = ended.run_until_cancelled(connections.clone().acquire_owned()).await {
            let accepted = match ended.run_until_cancelled(listener.accept()).await {
                None => return,
                Some(accepted) => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    let (server, ended) = (self.clone(), ended.clone());
                    tokio::spawn(async move {
                        server.converse(stream, ended).await;
                        drop(permit);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection to the local host is lost before it stands");
                    // Out of file descriptors, the next would be lost as fast.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    async fn converse(self: Arc<Self>, stream: TcpStream, ended: CancellationToken) {
        // Small answers wait for nobody; that it cannot be set harms nobody either.
        let _ = stream.set_nodelay(true);
        let service = service_fn(|request| {
            let server = self.clone();
            async move { Ok::<_, Infallible>(server.answer(request).await) }
        });
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(HEAD);
        let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
        let result = tokio::select! {
            result = connection.as_mut() => Ok(result),
            () = ended.cancelled() => {
                connection.as_mut().graceful_shutdown();
                tokio::time::timeout(GOODBYE, connection).await
            }
        };
        if let Ok(Err(error)) = result {
            tracing::debug!(%error, "a connection to the local host ended in the middle");
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let Some(host) = host_of(&request) else {
            return text(StatusCode::BAD_REQUEST, "the request has no Host header".to_owned());
        };
        let Some((target, call)) = self.find(&host) else {
            return text(StatusCode::NOT_FOUND, self.nobody(&host));
        };
        match invoke(target, call, request).await {
            Ok(answer) => answer.map(Either::Left),
            Err(error @ InvokeError::Stopped) => text(StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
            Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
        }
    }

    /// Counted before the routes are let go: a stop that comes after waits for it.
    fn find(&self, host: &str) -> Option<(Arc<Target>, Call)> {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        let target = routes.find(host)?;
        Some((target.clone(), target.workload.call()))
    }

    fn nobody(&self, host: &str) -> String {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        let port = self.address.port();
        let mut hosts = routes.hosts().peekable();
        let mut body = format!("No workload answers for the host \"{host}\".\n");
        if hosts.peek().is_none() {
            body += "No workload answers for any host yet.\n";
            return body;
        }
        body += "These answer:\n";
        for host in hosts.by_ref().take(LISTED) {
            body += &match host {
                "localhost" => format!("  http://localhost:{port}\n"),
                host if host.parse::<std::net::IpAddr>().is_ok() => format!("  http://{host}:{port}\n"),
                host => format!("  http://{host}.localhost:{port}\n"),
            };
        }
        match hosts.count() {
            0 => {}
            more => body += &format!("  and {more} more\n"),
        }
        body
    }
}

fn host_of(request: &Request<Incoming>) -> Option<String> {
    match request.uri().authority() {
        Some(authority) => Some(authority.as_str().to_owned()),
        None => request.headers().get(HOST)?.to_str().ok().map(str::to_owned),
    }
}

fn text(status: StatusCode, mut body: String) -> Response<Body> {
    if !body.ends_with('\n') {
        body.push('\n');
    }
    let mut response = Response::new(Either::Right(Full::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
