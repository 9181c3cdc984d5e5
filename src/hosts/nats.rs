//! [`HostBus`] over core NATS: request and reply in proto3 JSON, subjects as `wash host` listens on them.

use std::path::PathBuf;
use std::time::Duration;

use async_nats::{
    Client, ConnectError, ConnectErrorKind, ConnectOptions, Event, Request, RequestErrorKind, ServerAddr,
    connection::State,
};
use futures::future::{BoxFuture, FutureExt};
use futures::stream::{BoxStream, Stream, StreamExt};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use super::wire::{HostHeartbeat, WorkloadIdRequest, WorkloadResponse, WorkloadStartRequest, WorkloadStatus};
use super::{BusError, BusEvent, HostBus, patience, read_heartbeat, start_patience};

const HEARTBEATS: &str = "runtime.operator.heartbeat.>";

/// How to reach NATS.
#[derive(Clone, Debug, Default)]
pub struct NatsOptions {
    /// One URL, or several with commas between; `nats://localhost:4222` unless told.
    pub url: String,
    /// File with user credentials (`.creds`).
    pub creds: Option<PathBuf>,
    /// File with certificates of authorities to trust, PEM.
    pub ca: Option<PathBuf>,
    /// Client certificate and its key, PEM files; one needs the other.
    pub client_cert: Option<(PathBuf, PathBuf)>,
    /// TLS handshake before the server's greeting.
    pub tls_first: bool,
    /// How much longer than 60 s a start may take, for slow registries.
    pub pull_timeout: Duration,
}

/// Why there is no connection to NATS.
#[derive(Debug, thiserror::Error)]
pub enum NatsError {
    /// The credentials file cannot be used.
    #[error("cannot read NATS credentials file {}", .0.display())]
    Credentials(PathBuf, #[source] std::io::Error),
    /// A file that was named is not there or cannot be read.
    #[error("cannot read {}", .0.display())]
    File(PathBuf, #[source] std::io::Error),
    /// The URL is none.
    #[error("`{0}` is no NATS URL")]
    Url(String, #[source] std::io::Error),
    /// The server cannot be reached or refused us.
    #[error("cannot connect to NATS at {0}")]
    Connect(String, #[source] ConnectError),
}

impl NatsError {
    /// Whether the server is there and does not accept who we say we are.
    pub fn refuses_us(&self) -> bool {
        match self {
            Self::Connect(_, error) => {
                matches!(error.kind(), ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation)
            }
            Self::Credentials(..) | Self::File(..) => true,
            Self::Url(..) => false,
        }
    }
}

/// A connection to NATS that makes itself again for ever.
pub struct NatsBus {
    client: Client,
    connection: broadcast::Sender<BusEvent>,
    start_patience: Duration,
    closed: CancellationToken,
}

impl NatsBus {
    /// Connects; after this first time a lost connection is made again without an end, with back-off.
    ///
    /// # Errors
    /// When a file cannot be read, or the server is unreachable, or refuses the credentials.
    pub async fn connect(options: &NatsOptions) -> Result<Self, NatsError> {
        let (connection, _) = broadcast::channel(16);
        let events = connection.clone();
        let servers = server_addresses(&options.url)?;
        let connect = connect_options(options, &servers).await?.event_callback(move |event| {
            let told = match event {
                Event::Connected => Some(BusEvent::Connected),
                Event::Disconnected | Event::Closed => Some(BusEvent::Disconnected),
                _ => None,
            };
            tracing::debug!(%event, "nats");
            if let Some(told) = told {
                // Nobody listening yet is no error: `events` tells the state at its start.
                let _ = events.send(told);
            }
            futures::future::ready(())
        });
        let client = async_nats::connect_with_options(servers, connect)
            .await
            .map_err(|error| NatsError::Connect(without_credentials(&options.url), error))?;
        let start_patience = start_patience(options.pull_timeout);
        Ok(Self { client, connection, start_patience, closed: CancellationToken::new() })
    }

    /// Ends all event streams and says goodbye to the server.
    pub async fn close(&self) {
        self.closed.cancel();
        // The connection is going away either way; what was not flushed is not missed.
        let _ = tokio::time::timeout(Duration::from_secs(1), self.client.flush()).await;
    }

    async fn ask<Q: Serialize, A: DeserializeOwned>(
        &self,
        host_id: &str,
        verb: &str,
        question: &Q,
        patience: Duration,
    ) -> Result<A, BusError> {
        if self.client.connection_state() != State::Connected {
            return Err(BusError::Disconnected);
        }
        let payload = serde_json::to_vec(question).map_err(|error| BusError::Unsendable(error.to_string()))?;
        let request = Request::new().payload(payload.into()).timeout(Some(patience));
        let subject = format!("runtime.host.{host_id}.{verb}");
        match self.client.send_request(subject, request).await {
            Ok(message) => {
                serde_json::from_slice(&message.payload).map_err(|error| BusError::Malformed(error.to_string()))
            }
            Err(error) => Err(self.explain(error.kind(), &error, patience)),
        }
    }

    fn explain(&self, kind: RequestErrorKind, error: &async_nats::RequestError, patience: Duration) -> BusError {
        match kind {
            RequestErrorKind::NoResponders => BusError::NoResponders,
            _ if self.client.connection_state() != State::Connected => BusError::Disconnected,
            RequestErrorKind::TimedOut => BusError::TimedOut(patience),
            _ => BusError::Unsendable(error.to_string()),
        }
    }

    async fn ask_for_status<Q: Serialize>(
        &self,
        host_id: &str,
        verb: &str,
        question: &Q,
        patience: Duration,
    ) -> Result<WorkloadStatus, BusError> {
        let answer: WorkloadResponse = self.ask(host_id, verb, question, patience).await?;
        answer.workload_status.ok_or_else(|| BusError::Malformed("it has no workloadStatus".to_owned()))
    }
}

impl HostBus for NatsBus {
    fn start<'a>(
        &'a self,
        host_id: &'a str,
        request: &'a WorkloadStartRequest,
    ) -> BoxFuture<'a, Result<WorkloadStatus, BusError>> {
        self.ask_for_status(host_id, "workload.start", request, self.start_patience).boxed()
    }

    fn status<'a>(&'a self, host_id: &'a str, workload_id: &'a str) -> BoxFuture<'a, Result<WorkloadStatus, BusError>> {
        let question = WorkloadIdRequest { workload_id: workload_id.to_owned() };
        async move { self.ask_for_status(host_id, "workload.status", &question, patience::STATUS).await }.boxed()
    }

    fn stop<'a>(&'a self, host_id: &'a str, workload_id: &'a str) -> BoxFuture<'a, Result<WorkloadStatus, BusError>> {
        let question = WorkloadIdRequest { workload_id: workload_id.to_owned() };
        async move { self.ask_for_status(host_id, "workload.stop", &question, patience::STOP).await }.boxed()
    }

    fn probe<'a>(&'a self, host_id: &'a str) -> BoxFuture<'a, Result<HostHeartbeat, BusError>> {
        async move {
            let answer: serde_json::Value =
                self.ask(host_id, "heartbeat", &serde_json::json!({}), patience::PROBE).await?;
            read_heartbeat(answer.to_string().as_bytes()).map_err(BusError::Malformed)
        }
        .boxed()
    }

    fn events(&self) -> BoxFuture<'_, Result<BoxStream<'static, BusEvent>, BusError>> {
        async move {
            let changes = changes_from(self.connection.subscribe());
            let beats = self.client.subscribe(HEARTBEATS).await;
            let beats = beats.map_err(|error| BusError::Unsendable(error.to_string()))?;
            let now = match self.client.connection_state() {
                State::Connected => BusEvent::Connected,
                _ => BusEvent::Disconnected,
            };
            let beats = beats.map(|message| told_by(&message.subject, &message.payload));
            let events = futures::stream::once(async move { now }).chain(futures::stream::select(changes, beats));
            let events = without_repetition(events);
            Ok(events.take_until(self.closed.clone().cancelled_owned()).boxed())
        }
        .boxed()
    }
}

/// The library may tell of the connection that is there already: only changes of it are told on.
fn without_repetition(events: impl Stream<Item = BusEvent> + Send + 'static) -> impl Stream<Item = BusEvent> + Send {
    let mut connection = None;
    events.filter(move |event| {
        let state = match event {
            BusEvent::Connected => Some(true),
            BusEvent::Disconnected => Some(false),
            BusEvent::Heartbeat(_) | BusEvent::Refused { .. } => None,
        };
        let news = state.is_none() || state != connection;
        connection = state.or(connection);
        futures::future::ready(news)
    })
}

/// What a message on the heartbeats' subject tells.
fn told_by(subject: &str, payload: &[u8]) -> BusEvent {
    let host = subject.rsplit('.').next().unwrap_or_default().chars().take(128).collect::<String>();
    match read_heartbeat(payload) {
        Ok(beat) if beat.id == host => BusEvent::Heartbeat(Box::new(beat)),
        Ok(_) => BusEvent::Refused { host, reason: "its `id` is not the one of its subject".to_owned() },
        Err(reason) => BusEvent::Refused { host, reason },
    }
}

fn changes_from(receiver: broadcast::Receiver<BusEvent>) -> BoxStream<'static, BusEvent> {
    futures::stream::unfold(receiver, |mut receiver| async move {
        loop {
            match receiver.recv().await {
                Ok(event) => return Some((event, receiver)),
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    })
    .boxed()
}

async fn connect_options(options: &NatsOptions, servers: &[ServerAddr]) -> Result<ConnectOptions, NatsError> {
    let mut connect = ConnectOptions::new().name("kubectl-wasmcloud").ping_interval(Duration::from_secs(10));
    if let Some(path) = &options.creds {
        let read = connect.credentials_file(path).await;
        connect = read.map_err(|error| NatsError::Credentials(path.clone(), error))?;
    } else if let Some((user, password)) = servers.iter().find_map(user_in) {
        connect = match password {
            Some(password) => connect.user_and_password(user, password),
            None => connect.token(user),
        };
    }
    if let Some(path) = &options.ca {
        readable(path).await?;
        connect = connect.add_root_certificates(path.clone());
    }
    if let Some((cert, key)) = &options.client_cert {
        readable(cert).await?;
        readable(key).await?;
        connect = connect.add_client_certificate(cert.clone(), key.clone());
    }
    Ok(if options.tls_first { connect.tls_first() } else { connect })
}

/// User and password that a URL names, or a token that stands alone; the library leaves them where they are.
fn user_in(server: &ServerAddr) -> Option<(String, Option<String>)> {
    let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    Some((plain(server.username()?), server.password().map(plain)))
}

/// The library would report a missing file only as a failed handshake.
async fn readable(path: &PathBuf) -> Result<(), NatsError> {
    tokio::fs::File::open(path).await.map(drop).map_err(|error| NatsError::File(path.clone(), error))
}

/// A NATS URL, or several, as they may be shown: user and password, or token, left out.
pub fn without_credentials(urls: &str) -> String {
    let bare = |url: &str| match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 <= at => format!("{}{}", &url[..scheme + 3], &url[at + 1..]),
        (None, Some(at)) => url[at + 1..].to_owned(),
        _ => url.to_owned(),
    };
    urls.split(',').map(bare).collect::<Vec<_>>().join(",")
}

fn server_addresses(urls: &str) -> Result<Vec<ServerAddr>, NatsError> {
    let parse = |url: &str| url.trim().parse().map_err(|error| NatsError::Url(without_credentials(url.trim()), error));
    urls.split(',').filter(|url| !url.trim().is_empty()).map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heartbeat_speaks_for_its_own_subject_only() {
        let payload = br#"{"id":"h1","friendlyName":"one"}"#;
        assert!(matches!(told_by("runtime.operator.heartbeat.h1", payload), BusEvent::Heartbeat(_)));
        let told = told_by("runtime.operator.heartbeat.h2", payload);
        assert!(matches!(told, BusEvent::Refused { host, reason } if host == "h2" && reason.contains("subject")));
        assert!(matches!(told_by("runtime.operator.heartbeat.h3", b"{"), BusEvent::Refused { .. }));
    }

    #[test]
    fn credentials_in_a_url_are_not_shown() {
        assert_eq!(without_credentials("nats://user:p@ss@a:4222,tls://token@b,c:1"), "nats://a:4222,tls://b,c:1");
        assert_eq!(without_credentials("user:pass@a:4222"), "a:4222");
        let error = server_addresses("nats://user:hunter2@[").unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn a_url_names_a_user_or_a_token() {
        let of = |urls: &str| server_addresses(urls).unwrap().iter().find_map(user_in);
        assert_eq!(of("nats://a:4222,nats://user:p%40s@b"), Some(("user".to_owned(), Some("p@s".to_owned()))));
        assert_eq!(of("nats://token@a:4222"), Some(("token".to_owned(), None)));
        assert_eq!(of("nats://a:4222"), None);
    }

    #[test]
    fn several_servers_may_be_named() {
        assert_eq!(server_addresses("nats://a:4222, tls://b:4443").unwrap().len(), 2);
        assert!(matches!(server_addresses("http://[").unwrap_err(), NatsError::Url(..)));
    }
}
