//! A Wasm host in this process, behind [`HostBus`]: what a `wash host` is on the bus and to HTTP clients, for one machine.
//!
//! Its states and messages are a `wash host`'s. A workload that traps goes on running and tells of it in its message; no
//! workload takes the process down. Nothing listens beyond loopback.

mod binding;
mod egress;
mod guest;
mod heartbeat;
mod http;
mod interfaces;
mod invoke;
mod keyvalue;
mod linking;
mod log;
mod logging;
mod lookups;
mod machine;
mod network;
mod program;
mod routes;
mod runtime;
mod service;
mod source;
mod start;
mod trap;
mod volumes;
mod workload;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::{OnceCell, watch};
use tokio_util::sync::CancellationToken;

use self::http::Server;
use crate::hosts::wire::{HostHeartbeat, WorkloadStartRequest, WorkloadState, WorkloadStatus};
use crate::hosts::{BusError, BusEvent, HostBus};
use invoke::Target;
use machine::Machine;
use runtime::Runtime;
use service::Service;
use source::{Source, private_directory};
use start::{Ready, StartError, Workshop};
use workload::Workload;

/// How long a stop waits for invocations; who asks for it waits [`patience::STOP`](crate::hosts::patience::STOP).
const STOPPING: Duration = Duration::from_secs(20);
/// How long they have when the whole host stops.
const CLOSING: Duration = Duration::from_secs(2);

/// How a host is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Name of its Host object.
    pub name: String,
    /// The environment that it serves.
    pub environment: String,
    /// Where HTTP requests come to: an address of loopback; port 0 is any free one.
    pub http: SocketAddr,
    /// Where components, compiled code and volumes are kept; one host at a time may have it.
    pub cache_dir: PathBuf,
    /// Where relative `file://` images and volumes lie.
    pub base_dir: PathBuf,
    /// Whether registries other than those of this machine may be spoken to without TLS.
    pub insecure_registries: bool,
    /// How long a registry may take.
    pub pull_timeout: Duration,
    /// Bytes of memory for the instances of one invocation.
    pub memory: usize,
    /// The clock.
    pub clock: fn() -> Timestamp,
}

impl Options {
    /// A host on a free port, with 256 MiB for each invocation.
    pub fn new(cache_dir: PathBuf, base_dir: PathBuf, clock: fn() -> Timestamp) -> Self {
        Self {
            name: "local".to_owned(),
            environment: "local".to_owned(),
            http: SocketAddr::from(([127, 0, 0, 1], 0)),
            cache_dir,
            base_dir,
            insecure_registries: false,
            pull_timeout: Duration::from_secs(60),
            memory: 256 * 1024 * 1024,
            clock,
        }
    }
}

/// Why a host does not start.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// It would listen for others than this machine.
    #[error("{0} is no address of this machine's loopback: the local host listens on 127.0.0.1 only")]
    NotLoopback(SocketAddr),
    /// Its port is taken, or may not be had.
    #[error("cannot listen on {address} for HTTP: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The operating system's words.
        source: std::io::Error,
    },
    /// Its directory cannot be used.
    #[error("cannot use {} for components and volumes: {source}", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// The operating system's words.
        source: std::io::Error,
    },
}

/// A host in this process. Dropped, it ends at once; [`close`](Self::close) lets what runs come to its end.
pub struct LocalHost {
    inner: Arc<Inner>,
}

struct Inner {
    id: String,
    options: Options,
    started_at: Timestamp,
    server: Arc<Server>,
    source: Source,
    runtime: OnceCell<Arc<Runtime>>,
    slots: Mutex<HashMap<String, Slot>>,
    machine: Machine,
    changed: watch::Sender<()>,
    ended: CancellationToken,
}

/// What is known under an id.
enum Slot {
    /// It is being started; the token ends that.
    Starting(CancellationToken),
    Running(Arc<Placed>),
    Stopping(usize),
    /// It did not start; who asks is told why until it is stopped.
    Failed(String),
}

/// A workload and what answers requests for it.
struct Placed {
    workload: Arc<Workload>,
    target: Option<Arc<Target>>,
}

impl LocalHost {
    /// Starts a host: it listens, and compiles nothing before it has to.
    ///
    /// # Errors
    /// When it cannot listen or cannot use its directory.
    pub async fn start(options: Options) -> Result<Arc<Self>, HostError> {
        let address = options.http;
        if !address.ip().is_loopback() {
            return Err(HostError::NotLoopback(address));
        }
        private_directory(&options.cache_dir)
            .map_err(|source| HostError::Directory { path: options.cache_dir.clone(), source })?;
        // Of a host that was killed; it is no error that there are none.
        let _ = std::fs::remove_dir_all(options.cache_dir.join("volumes"));
        let listen = |source| HostError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let server = Arc::new(Server::new(listener.local_addr().map_err(listen)?));
        let ended = CancellationToken::new();
        tokio::spawn(server.clone().serve(listener, ended.clone()));
        let inner = Inner {
            id: uuid::Uuid::new_v4().to_string(),
            started_at: (options.clock)(),
            server,
            source: Source::new(&options),
            options,
            runtime: OnceCell::new(),
            slots: Mutex::default(),
            machine: Machine::default(),
            changed: watch::Sender::default(),
            ended,
        };
        Ok(Arc::new(Self { inner: Arc::new(inner) }))
    }

    /// Its id: new at each start.
    pub fn id(&self) -> &str {
        &self.inner.id
    }

    /// Where its HTTP server listens.
    pub fn http_addr(&self) -> SocketAddr {
        self.inner.server.address()
    }

    /// Stops all workloads and the HTTP server; from now on nobody answers under its id.
    pub async fn close(&self) {
        let ids: Vec<_> = self.inner.slots().keys().cloned().collect();
        futures::future::join_all(ids.iter().map(|id| self.inner.clone().stop(id.clone(), CLOSING))).await;
        self.inner.ended.cancel();
    }

    fn check(&self, host_id: &str) -> Result<(), BusError> {
        if host_id == self.inner.id && !self.inner.ended.is_cancelled() { Ok(()) } else { Err(BusError::NoResponders) }
    }
}

impl Drop for LocalHost {
    fn drop(&mut self) {
        self.inner.ended.cancel();
    }
}

impl HostBus for LocalHost {
    fn start<'a>(
        &'a self,
        host_id: &'a str,
        request: &'a WorkloadStartRequest,
    ) -> BoxFuture<'a, Result<WorkloadStatus, BusError>> {
        Box::pin(async move {
            self.check(host_id)?;
            // A task of its own: as on a real host, a start goes on when who asked for it is gone.
            let starting = tokio::spawn(self.inner.clone().start(request.clone()));
            starting.await.map_err(|error| BusError::Malformed(error.to_string()))
        })
    }

    fn status<'a>(&'a self, host_id: &'a str, workload_id: &'a str) -> BoxFuture<'a, Result<WorkloadStatus, BusError>> {
        Box::pin(async move { self.check(host_id).map(|()| self.inner.status(workload_id)) })
    }

    fn stop<'a>(&'a self, host_id: &'a str, workload_id: &'a str) -> BoxFuture<'a, Result<WorkloadStatus, BusError>> {
        Box::pin(async move {
            self.check(host_id)?;
            let stopping = tokio::spawn(self.inner.clone().stop(workload_id.to_owned(), STOPPING));
            stopping.await.map_err(|error| BusError::Malformed(error.to_string()))
        })
    }

    fn probe<'a>(&'a self, host_id: &'a str) -> BoxFuture<'a, Result<HostHeartbeat, BusError>> {
        Box::pin(async move { self.check(host_id).map(|()| self.inner.heartbeat()) })
    }

    fn events(&self) -> BoxFuture<'_, Result<BoxStream<'static, BusEvent>, BusError>> {
        Box::pin(async move {
            match self.inner.ended.is_cancelled() {
                true => Err(BusError::Disconnected),
                false => Ok(heartbeat::events(self.inner.clone())),
            }
        })
    }
}

impl Inner {
    fn slots(&self) -> MutexGuard<'_, HashMap<String, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn start(self: Arc<Self>, request: WorkloadStartRequest) -> WorkloadStatus {
        let id = request.workload_id.as_str();
        let ended = self.ended.child_token();
        if let Err(reason) = self.reserve(id, &ended) {
            return status(id, WorkloadState::Error, reason);
        }
        // The id stays taken until this is over, whatever comes.
        let placed = ended.run_until_cancelled(self.clone().place(&request, &ended)).await;
        let told = match placed {
            Some(Ok(placed)) => self.settle(id, placed, &ended),
            Some(Err(error)) => {
                // Its service may have been about to try again.
                ended.cancel();
                let reason = error.to_string();
                match error.is_told_once() {
                    true => self.slots().remove(id),
                    false => self.slots().insert(id.to_owned(), Slot::Failed(reason.clone())),
                };
                status(id, WorkloadState::Error, reason)
            }
            None => {
                self.slots().remove(id);
                stopped_while_starting(id)
            }
        };
        if told.workload_state == WorkloadState::Error {
            tracing::warn!(workload = id, reason = told.message, "a workload did not start");
        }
        self.changed.send_replace(());
        told
    }

    fn reserve(&self, id: &str, ended: &CancellationToken) -> Result<(), String> {
        if id.is_empty() {
            return Err("workload_id is required".to_owned());
        }
        match self.slots().entry(id.to_owned()) {
            std::collections::hash_map::Entry::Occupied(_) => Err(format!(
                "Workload ID [{id}] already exists (the existing workload must be stopped to reuse the ID)"
            )),
            std::collections::hash_map::Entry::Vacant(slot) => {
                slot.insert(Slot::Starting(ended.clone()));
                Ok(())
            }
        }
    }

    async fn place(
        self: Arc<Self>,
        request: &WorkloadStartRequest,
        ended: &CancellationToken,
    ) -> Result<Placed, StartError> {
        let runtime = self.runtime().await?;
        let workshop = Workshop {
            runtime: &runtime,
            source: &self.source,
            scratch: &self.options.cache_dir.join("volumes"),
            base: &self.options.base_dir,
            memory: self.options.memory,
        };
        let Ready { program, handler, unanswered, service, volumes } =
            workshop.prepare(&request.workload_id, &request.workload).await?;
        let service = match service {
            Some(service) => {
                let host = Arc::downgrade(&self);
                let changed = move || {
                    if let Some(host) = host.upgrade() {
                        host.changed.send_replace(());
                    }
                };
                let started = Service::start(runtime.clone(), program.clone(), service, ended.clone(), changed);
                Some(started.await.map_err(StartError::Service)?)
            }
            None => None,
        };
        let workload = Arc::new(Workload::new(program, service, volumes, ended.clone()));
        if let Some(trouble) = unanswered {
            workload.remember(&trouble);
        }
        let serve = |handler| Arc::new(Target::new(runtime.clone(), workload.clone(), handler));
        Ok(Placed { target: handler.map(serve), workload })
    }

    /// Has a workload that is ready answer, unless it was stopped in the meantime.
    fn settle(&self, id: &str, placed: Placed, ended: &CancellationToken) -> WorkloadStatus {
        let mut slots = self.slots();
        if ended.is_cancelled() {
            slots.remove(id);
            return stopped_while_starting(id);
        }
        let placed = Arc::new(placed);
        if let Some(target) = &placed.target {
            self.server.add(target);
        }
        slots.insert(id.to_owned(), Slot::Running(placed));
        status(id, WorkloadState::Running, "Workload started successfully".to_owned())
    }

    async fn runtime(&self) -> Result<Arc<Runtime>, StartError> {
        let compiled = self.options.cache_dir.join("compiled");
        let made = self.runtime.get_or_try_init(|| async {
            let made = tokio::task::spawn_blocking(move || Runtime::new(&compiled)).await;
            let made = made.map_err(|error| StartError::Host(error.to_string()))?;
            made.map(Arc::new).map_err(|error| StartError::Host(format!("wasmtime does not start: {error:#}")))
        });
        made.await.cloned()
    }

    fn status(&self, id: &str) -> WorkloadStatus {
        match self.slots().get(id) {
            Some(Slot::Starting(_)) => status(id, WorkloadState::Starting, "Workload is Starting".to_owned()),
            Some(Slot::Failed(reason)) => status(id, WorkloadState::Error, reason.clone()),
            Some(Slot::Stopping(_)) => status(id, WorkloadState::Stopping, "Workload is Stopping".to_owned()),
            Some(Slot::Running(placed)) => {
                let (state, message) = placed.workload.state();
                status(id, state, message)
            }
            None => status(id, WorkloadState::NotFound, format!("Workload not found: {id}")),
        }
    }

    async fn stop(self: Arc<Self>, id: String, patience: Duration) -> WorkloadStatus {
        let placed = {
            let mut slots = self.slots();
            match slots.get(&id) {
                None => return status(&id, WorkloadState::NotFound, format!("Workload not found: {id}")),
                Some(Slot::Starting(ended)) => {
                    ended.cancel();
                    None
                }
                Some(Slot::Stopping(_)) => None,
                Some(Slot::Failed(_)) => {
                    slots.remove(&id);
                    None
                }
                Some(Slot::Running(placed)) => {
                    let placed = placed.clone();
                    slots.insert(id.clone(), Slot::Stopping(placed.workload.program.parts.len()));
                    Some(placed)
                }
            }
        };
        if let Some(placed) = placed {
            if let Some(target) = &placed.target {
                self.server.remove(target);
            }
            placed.workload.stop(patience).await;
            if let Some(target) = &placed.target {
                target.clear();
            }
            drop(placed);
            self.slots().remove(&id);
            self.changed.send_replace(());
        }
        status(&id, WorkloadState::Stopping, "Workload stopped successfully".to_owned())
    }
}

fn stopped_while_starting(id: &str) -> WorkloadStatus {
    status(id, WorkloadState::Stopping, "Workload was stopped while starting".to_owned())
}

fn status(id: &str, workload_state: WorkloadState, message: String) -> WorkloadStatus {
    WorkloadStatus { workload_id: id.to_owned(), workload_state, message }
}
