//! The whole local control plane in one process: API server, controller and host, started and stopped in order.

mod lease;
mod trouble;

use std::future::ready;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Patch, PatchParams};
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client, ResourceExt};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::Cluster;
use super::directory::access::{Access, Token};
use super::directory::certificate::Certificate;
use super::directory::{Directory, Lock};
use super::host::{self, LocalHost};
use super::joined::Joined;
use super::serve::{Server, listen};
use super::store::Store;
use crate::api::{self, HasConditions, Host, names};
use crate::controller::metrics::Metrics;
use crate::controller::serve::Health;
use crate::controller::settings::Settings;
use crate::controller::{self, Means};
use crate::hosts::nats::{NatsBus, NatsOptions};
use crate::hosts::{BusError, HostBus};
use crate::registry::OciRegistry;

pub use trouble::PlaneError;

/// The directory of the host, below the data directory.
const HOST: &str = "host";
/// How long the host may take until the controller knows it.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a local control plane is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// The data directory.
    pub directory: PathBuf,
    /// The API server's port; `None` is the one of the last time, or any.
    pub port: Option<u16>,
    /// Where HTTP requests for workloads come to.
    pub http: SocketAddr,
    /// Where relative `file://` images lie.
    pub base: PathBuf,
    /// Where real hosts are found as well.
    pub nats: Option<NatsOptions>,
    /// The clock.
    pub clock: fn() -> Timestamp,
}

/// A local control plane that runs.
pub struct Plane {
    directory: Directory,
    access: Access,
    host: Arc<LocalHost>,
    nats: Option<Arc<NatsBus>>,
    cluster: Cluster,
    server: Server,
    store: Store,
    control: Control,
    _lock: Lock,
}

impl Plane {
    /// Starts everything; when this is done, requests are answered and the kubeconfig says where.
    ///
    /// # Errors
    /// When the directory is in use or damaged, or a port is taken.
    pub async fn start(options: Options) -> Result<Self, PlaneError> {
        let directory = Directory::open(&options.directory)?;
        let lock = directory.lock()?;
        let Door { listener, certificate, access } = Door::of(&directory, &options)?;
        let nats = connect(options.nats.as_ref()).await?;
        let host = LocalHost::start(host_options(&directory, &options)).await?;
        let store = open(directory.path()).await?;
        let cluster = Cluster::on(store.clone(), options.clock).await;
        define(&cluster.client("default")).await?;
        let server = Server::start(cluster.api.router(), listener, &certificate, access.token.clone())?;
        directory.give_access(&access)?;
        let control = Control::start(&cluster, bus(&host, nats.as_ref()), options.clock).await?;
        Ok(Self { directory, access, host, nats, cluster, server, store, control, _lock: lock })
    }

    /// Waits until the controller has taken in the host, so that what is deployed can be placed.
    ///
    /// # Errors
    /// When that takes too long.
    pub async fn ready(&self) -> Result<(), PlaneError> {
        let hosts: Api<Host> = Api::all(self.cluster.client("default"));
        let seen = watcher(hosts, watcher::Config::default()).default_backoff().applied_objects();
        let ours = seen.try_filter(|host| ready(host.host_id == self.host.id() && host.is_ready()));
        // An error is one of a watch that is being made again.
        let mut ours = pin!(ours.filter_map(|host| ready(host.ok())));
        let known = tokio::time::timeout(PATIENCE, ours.next()).await;
        known.map(drop).map_err(|_| PlaneError::Failed("the controller did not take in the host".to_owned()))
    }

    /// Waits until the controller ends by itself, which it does only when something is wrong.
    pub async fn failed(&mut self) -> PlaneError {
        let ended = match (&mut self.control.controller).await {
            Ok(Ok(())) => "the controller ended".to_owned(),
            Ok(Err(error)) => format!("the controller ended: {error}"),
            Err(error) => format!("the controller ended: {error}"),
        };
        PlaneError::Failed(ended)
    }

    /// Stops everything: first who writes, then who runs, then who answers; what was written is on the disk.
    pub async fn stop(self) {
        self.control.stop().await;
        self.host.close().await;
        if let Some(nats) = self.nats {
            nats.close().await;
        }
        self.server.stop().await;
        drop(self.cluster);
        self.store.close().await;
    }

    /// Where the kubeconfig is.
    pub fn kubeconfig(&self) -> PathBuf {
        self.directory.kubeconfig()
    }

    /// The API server's address.
    pub fn api_url(&self) -> String {
        self.access.url()
    }

    /// Where workloads answer HTTP requests.
    pub fn http(&self) -> SocketAddr {
        self.host.http_addr()
    }
}

/// What the API server needs to listen.
struct Door {
    listener: TcpListener,
    certificate: Certificate,
    access: Access,
}

impl Door {
    /// With the port and the token of the last time, so that a kubeconfig that was copied stays good.
    fn of(directory: &Directory, options: &Options) -> Result<Self, PlaneError> {
        let last = directory.access()?;
        let listener = listen(options.port, last.as_ref().map(|access| access.port))?;
        let port = listener.local_addr().map_err(|error| PlaneError::Failed(error.to_string()))?.port();
        let certificate = directory.certificate((options.clock)())?;
        let token = last.map_or_else(Token::random, |access| Ok(access.token))?;
        let access = Access { port, token, authority: certificate.authority.clone() };
        Ok(Self { listener, certificate, access })
    }
}

/// The controller, and the Lease that says so.
struct Control {
    controller: JoinHandle<Result<(), BusError>>,
    lease: JoinHandle<()>,
    until: CancellationToken,
    _leading: watch::Sender<bool>,
}

impl Control {
    async fn start(cluster: &Cluster, bus: Arc<dyn HostBus>, clock: fn() -> Timestamp) -> Result<Self, PlaneError> {
        let until = CancellationToken::new();
        let (_leading, leading) = watch::channel(true);
        let settings = Settings::default();
        let namespace = settings.namespace.clone();
        let client = cluster.client(&namespace);
        lease::take(&client, &namespace, clock()).await?;
        let lease = tokio::spawn(lease::keep(client.clone(), namespace, clock, until.clone()));
        let (metrics, health) = (Arc::new(Metrics::default()), Arc::new(Health::default()));
        let identity = names::LOCAL_LEASE_IDENTITY.to_owned();
        let registry = Arc::new(OciRegistry::new(false));
        let means = Means { client, bus, registry, leading, clock, metrics, health, identity, onlooker: None };
        let controller = tokio::spawn(controller::run(means, settings, until.clone()));
        Ok(Self { controller, lease, until, _leading })
    }

    async fn stop(self) {
        self.until.cancel();
        if !self.controller.is_finished() {
            // How it ended matters no more.
            let _ = self.controller.await;
        }
        // The task logs what goes wrong.
        let _ = self.lease.await;
    }
}

async fn open(directory: &Path) -> Result<Store, PlaneError> {
    let directory = directory.to_owned();
    // It reads and checks the whole file.
    let opened = tokio::task::spawn_blocking(move || Store::open(&directory)).await;
    Ok(opened.map_err(|error| PlaneError::Failed(error.to_string()))??)
}

async fn connect(options: Option<&NatsOptions>) -> Result<Option<Arc<NatsBus>>, PlaneError> {
    match options {
        Some(options) => Ok(Some(Arc::new(NatsBus::connect(options).await?))),
        None => Ok(None),
    }
}

fn host_options(directory: &Directory, options: &Options) -> host::Options {
    let http = options.http;
    host::Options { http, ..host::Options::new(directory.path().join(HOST), options.base.clone(), options.clock) }
}

fn bus(host: &Arc<LocalHost>, nats: Option<&Arc<NatsBus>>) -> Arc<dyn HostBus> {
    match nats {
        Some(nats) => Arc::new(Joined { own: host.id().to_owned(), here: host.clone(), elsewhere: nats.clone() }),
        None => host.clone(),
    }
}

/// Has the API server know our kinds, as `kubectl wasmcloud install` does.
async fn define(client: &Client) -> Result<(), PlaneError> {
    let definitions: Api<CustomResourceDefinition> = Api::all(client.clone());
    for ours in api::crds() {
        definitions
            .patch(&ours.name_any(), &PatchParams::apply(names::field_manager::KUBECTL).force(), &Patch::Apply(&ours))
            .await?;
    }
    Ok(())
}
