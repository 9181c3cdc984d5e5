//! Everything that is said to wasmCloud hosts and heard from them.
//!
//! [`HostBus`] is the seam: NATS for real hosts, the in-process host of the local control plane, simulated hosts in tests.

pub mod nats;
pub mod wire;

use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::BoxStream;

use wire::{HostHeartbeat, WorkloadStartRequest, WorkloadStatus};

/// How long a host may take to answer, seconds: start, status, stop, heartbeat (as upstream's operator waits).
pub mod patience {
    use std::time::Duration;

    /// A start may pull and compile.
    pub const START: Duration = Duration::from_secs(60);
    /// A status is looked up in memory.
    pub const STATUS: Duration = Duration::from_secs(5);
    /// A stop may wait for invocations to end.
    pub const STOP: Duration = Duration::from_secs(30);
    /// A heartbeat is put together from memory.
    pub const PROBE: Duration = Duration::from_secs(5);
}

/// Why a request to a host brought no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BusError {
    /// Nobody listens under the host's id: it is gone, or was never there.
    #[error("no host listens under this id (no responders)")]
    NoResponders,
    /// The host listens and stays silent. It does so too when it cannot decode a request.
    #[error("the host did not answer within {} s; its log may say why", .0.as_secs())]
    TimedOut(Duration),
    /// We are cut off from the bus: this says nothing about the host.
    #[error("not connected to the hosts' message bus")]
    Disconnected,
    /// The answer is none that the protocol knows.
    #[error("the host's answer cannot be read: {0}")]
    Malformed(String),
    /// The request could not be sent.
    #[error("the request could not be sent: {0}")]
    Unsendable(String),
}

impl BusError {
    /// Whether the request may have reached the host, so that what it asks for may have happened.
    pub fn may_have_arrived(&self) -> bool {
        match self {
            Self::TimedOut(_) | Self::Disconnected | Self::Malformed(_) => true,
            Self::NoResponders | Self::Unsendable(_) => false,
        }
    }
}

/// What the bus tells without being asked.
#[derive(Clone, Debug, PartialEq)]
pub enum BusEvent {
    /// The connection stands, for the first time or again.
    Connected,
    /// The connection is lost; it is being made again.
    Disconnected,
    /// A host reported.
    Heartbeat(Box<HostHeartbeat>),
    /// Something arrived where heartbeats arrive and is none: who sent it and why it is refused.
    Refused {
        /// The subject's last part: the id the sender claims.
        host: String,
        /// Why it was refused.
        reason: String,
    },
}

/// The way to hosts. Requests answer once; nothing is repeated here, since only the caller knows what may be.
pub trait HostBus: Send + Sync {
    /// Starts a workload under the id in the request; a start that fails inside the host is an answer with state ERROR.
    fn start<'a>(
        &'a self,
        host_id: &'a str,
        request: &'a WorkloadStartRequest,
    ) -> BoxFuture<'a, Result<WorkloadStatus, BusError>>;

    /// Asks for the state of a workload; one that the host does not know is NOT_FOUND.
    fn status<'a>(&'a self, host_id: &'a str, workload_id: &'a str) -> BoxFuture<'a, Result<WorkloadStatus, BusError>>;

    /// Stops a workload; one that the host does not know is NOT_FOUND.
    fn stop<'a>(&'a self, host_id: &'a str, workload_id: &'a str) -> BoxFuture<'a, Result<WorkloadStatus, BusError>>;

    /// Asks a host for a heartbeat now.
    fn probe<'a>(&'a self, host_id: &'a str) -> BoxFuture<'a, Result<HostHeartbeat, BusError>>;

    /// Heartbeats and the state of the connection, from now on. Ends when the bus is closed.
    fn events(&self) -> BoxFuture<'_, Result<BoxStream<'static, BusEvent>, BusError>>;
}

/// The largest heartbeat that is read, bytes: a real one has a few thousand.
pub const HEARTBEAT_LIMIT: usize = 256 * 1024;

/// Reads a heartbeat that came from outside: bounded, and with names that can stand in subjects and object names.
///
/// # Errors
/// Says what is wrong with it, without repeating what it holds.
pub fn read_heartbeat(payload: &[u8]) -> Result<HostHeartbeat, String> {
    if payload.len() > HEARTBEAT_LIMIT {
        return Err(format!("{} bytes are more than the {HEARTBEAT_LIMIT} that are read", payload.len()));
    }
    let beat: HostHeartbeat = serde_json::from_slice(payload).map_err(|error| error.to_string())?;
    if !is_host_id(&beat.id) {
        return Err("`id` must be 1 to 128 letters, digits, `-` or `_`".to_owned());
    }
    if !is_object_name(&beat.friendly_name) {
        return Err("`friendlyName` must be a DNS subdomain name, for it names the Host object".to_owned());
    }
    if beat.http_port > u64::from(u16::MAX) {
        return Err("`httpPort` is no port".to_owned());
    }
    Ok(beat)
}

/// Whether a host id can stand as one part of a subject.
pub fn is_host_id(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Whether a name is an RFC 1123 subdomain, as object names must be.
pub fn is_object_name(name: &str) -> bool {
    let label = |part: &str| {
        let edge = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let bytes = part.as_bytes();
        edge(bytes.first())
            && edge(bytes.last())
            && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
    };
    name.len() <= 253 && name.split('.').all(label)
}

/// The time a start may take before its silence means anything, seconds.
pub fn start_patience(pull_timeout: Duration) -> Duration {
    patience::START + pull_timeout
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beat(id: &str, name: &str) -> Vec<u8> {
        serde_json::json!({"id": id, "friendlyName": name}).to_string().into_bytes()
    }

    #[test]
    fn heartbeats_are_checked_before_they_are_believed() {
        assert!(read_heartbeat(&beat("h1", "nine-toothbrush-5200")).is_ok());
        assert!(read_heartbeat(&beat("h.1", "x")).unwrap_err().contains("`id`"));
        assert!(read_heartbeat(&beat("h>", "x")).unwrap_err().contains("`id`"));
        assert!(read_heartbeat(&beat("", "x")).unwrap_err().contains("`id`"));
        assert!(read_heartbeat(&beat("h1", "Not_A_Name")).unwrap_err().contains("`friendlyName`"));
        assert!(read_heartbeat(&beat("h1", &"a".repeat(300))).unwrap_err().contains("`friendlyName`"));
        assert!(read_heartbeat(&beat("h1", "a..b")).unwrap_err().contains("`friendlyName`"));
        assert!(read_heartbeat(b"[]").is_err());
        assert!(read_heartbeat(b"\xff\xfe garbage").is_err());
        assert!(read_heartbeat(&vec![b' '; HEARTBEAT_LIMIT + 1]).unwrap_err().contains("bytes"));
        let port = br#"{"id":"h","friendlyName":"h","httpPort":70000}"#;
        assert!(read_heartbeat(port).unwrap_err().contains("httpPort"));
    }

    #[test]
    fn only_silence_leaves_open_whether_a_request_arrived() {
        assert!(BusError::TimedOut(patience::STOP).may_have_arrived());
        assert!(!BusError::NoResponders.may_have_arrived());
    }
}
