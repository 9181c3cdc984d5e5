//! A host with a directory of its own, and a client.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use kubectl_wasmcloud::hosts::HostBus;
use kubectl_wasmcloud::hosts::wire::{
    Component, HostHeartbeat, LocalResources, WitInterface, WitWorld, Workload, WorkloadStartRequest, WorkloadStatus,
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
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Bench {
    /// A host as it is by default.
    pub(super) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// A host that is set up otherwise.
    pub(super) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut options = options(home.path());
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

    /// A heartbeat.
    pub(super) async fn host_beat(&self) -> HostHeartbeat {
        self.host.probe(self.host.id()).await.unwrap()
    }

    /// Asks for a page.
    pub(super) async fn get(&self, host: &str, path: &str) -> Answer {
        read(&self.raw(host, path).await)
    }

    /// Asks for a page; what is on the wire.
    pub(super) async fn raw(&self, host: &str, path: &str) -> String {
        let mut stream = self.open(host, path).await;
        let mut text = Vec::new();
        stream.read_to_end(&mut text).await.unwrap();
        String::from_utf8_lossy(&text).into_owned()
    }

    /// Asks for a page and does not wait for it.
    pub(super) async fn open(&self, host: &str, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.host.http_addr()).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }
}

/// What a host with this home is set up with.
pub(super) fn options(home: &Path) -> Options {
    Options::new(home.join("cache"), home.to_owned(), now)
}

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

/// Head and body of an answer; a body in chunks is put together.
pub(super) fn read(text: &str) -> Answer {
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

/// Workloads that differ from the one above.
pub(super) trait Change {
    /// In their component.
    fn component(self, change: impl FnOnce(&mut Component)) -> Self;
    /// In what it is given.
    fn resources(self, change: impl FnOnce(&mut LocalResources)) -> Self;
    /// With one more host interface.
    fn listing(self, package: &str, config: &[(&str, &str)]) -> Self;
    /// With one more component.
    fn and(self, image: &str, change: impl FnOnce(&mut Component)) -> Self;
}

impl Change for Workload {
    fn component(mut self, change: impl FnOnce(&mut Component)) -> Self {
        change(&mut self.wit_world.as_mut().unwrap().components[0]);
        self
    }

    fn resources(self, change: impl FnOnce(&mut LocalResources)) -> Self {
        self.component(|component| change(component.local_resources.get_or_insert_default()))
    }

    fn listing(mut self, package: &str, config: &[(&str, &str)]) -> Self {
        let interface = WitInterface {
            namespace: "wasi".into(),
            package: package.into(),
            interfaces: vec![if package == "logging" { "logging" } else { "store" }.into()],
            config: config.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            ..WitInterface::default()
        };
        self.wit_world.as_mut().unwrap().host_interfaces.push(interface);
        self
    }

    fn and(mut self, image: &str, change: impl FnOnce(&mut Component)) -> Self {
        let mut component = Component { image: image.to_owned(), ..Component::default() };
        change(&mut component);
        self.wit_world.as_mut().unwrap().components.push(component);
        self
    }
}

/// A log that is kept.
#[derive(Clone, Default)]
pub(super) struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    /// Its lines.
    pub(super) fn lines(&self) -> Vec<serde_json::Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl std::io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> tracing_subscriber::fmt::MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
