//! A host with a directory of its own, and a client.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use kubectl_wasmcloud::hosts::HostBus;
use kubectl_wasmcloud::hosts::wire::{
    Component, WitInterface, WitWorld, Workload, WorkloadStartRequest, WorkloadStatus,
};
use kubectl_wasmcloud::local::host::{LocalHost, Options};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A host and its directory.
pub(super) struct Bench {
    home: TempDir,
    pub(super) host: Arc<LocalHost>,
}

/// What a client was told.
#[derive(Debug, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
}

impl Bench {
    /// A host as it is by default.
    pub(super) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// A host that is set up otherwise.
    pub(super) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut options = Options::new(home.path().join("cache"), home.path().to_owned(), now);
        change(&mut options);
        let host = LocalHost::start(options).await.unwrap();
        Self { home, host }
    }

    /// Where relative files lie.
    pub(super) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Writes a component; answers its image.
    pub(super) fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path: PathBuf = self.home().join(name);
        std::fs::write(&path, bytes).unwrap();
        format!("file://{}", path.display())
    }

    /// Starts a workload.
    pub(super) async fn run(&self, id: &str, workload: Workload) -> WorkloadStatus {
        let request = WorkloadStartRequest { workload, workload_id: id.to_owned() };
        self.host.start(self.host.id(), &request).await.unwrap()
    }

    /// What the host says of it.
    pub(super) async fn status(&self, id: &str) -> WorkloadStatus {
        self.host.status(self.host.id(), id).await.unwrap()
    }

    /// Stops it.
    pub(super) async fn stop(&self, id: &str) -> WorkloadStatus {
        self.host.stop(self.host.id(), id).await.unwrap()
    }

    /// Asks for a page.
    pub(super) async fn get(&self, host: &str, path: &str) -> Answer {
        let mut stream = self.open(host, path).await;
        let mut text = Vec::new();
        stream.read_to_end(&mut text).await.unwrap();
        read(&String::from_utf8_lossy(&text))
    }

    /// Asks for a page and does not wait for it.
    pub(super) async fn open(&self, host: &str, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.host.http_addr()).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }
}

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

/// Head and body of an answer; a body in chunks is put together.
fn read(text: &str) -> Answer {
    let (head, body) = text.split_once("\r\n\r\n").expect("an answer has a head");
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body =
        if head.to_ascii_lowercase().contains("transfer-encoding: chunked") { joined(body) } else { body.into() };
    Answer { status, body }
}

fn joined(mut chunks: &str) -> String {
    let mut body = String::new();
    while let Some((length, rest)) = chunks.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).unwrap();
        body += &rest[..length];
        chunks = rest[length..].strip_prefix("\r\n").unwrap_or_default();
    }
    body
}

/// A workload of one component that answers for a host.
pub(super) fn workload(image: &str, host: &str) -> Workload {
    let interface = WitInterface {
        namespace: "wasi".into(),
        package: "http".into(),
        interfaces: vec!["incoming-handler".into()],
        config: [("host".to_owned(), host.to_owned())].into(),
        ..WitInterface::default()
    };
    let component = Component { name: "http".into(), image: image.into(), ..Component::default() };
    let world = WitWorld { components: vec![component], host_interfaces: vec![interface] };
    Workload { namespace: "ns".into(), name: "web".into(), wit_world: Some(world), ..Workload::default() }
}
