//! The whole local control plane in one process: API server, controller and host, started and stopped in order.

mod lease;
mod trouble;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::TryStreamExt;
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
    controller: JoinHandle<Result<(), BusError>>,
    lease: JoinHandle<()>,
    until: CancellationToken,
    _leading: watch::Sender<bool>,
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
        let last = directory.access()?;
        let listener = listen(options.port, last.as_ref().map(|access| access.port))?;
        let address = listener.local_addr().map_err(|error| PlaneError::Failed(error.to_string()))?;
        let certificate = directory.certificate((options.clock)())?;
        let token = last.map_or_else(Token::random, |access| Ok(access.token))?;
        let nats = connect(options.nats.as_ref()).await?;
        let host = LocalHost::start(host_options(&directory, &options)).await?;
        let store = open(directory.path()).await?;
        let cluster = Cluster::on(store.clone(), options.clock).await;
        define(&cluster.client("default")).await?;
        let access = Access { port: address.port(), token: token.clone(), authority: certificate.authority.clone() };
        let server = Server::start(cluster.api.router(), listener, &certificate, token)?;
        directory.give_access(&access)?;
        let until = CancellationToken::new();
        let (leading, led) = watch::channel(true);
        let settings = Settings::default();
        let client = cluster.client(&settings.namespace);
        lease::take(&client, &settings.namespace, (options.clock)()).await?;
        let lease = lease::keep(client.clone(), settings.namespace.clone(), options.clock, until.clone());
        let lease = tokio::spawn(lease);
        let means = Means {
            client,
            bus: bus(&host, nats.as_ref()),
            leading: led,
            clock: options.clock,
            metrics: Arc::new(Metrics::default()),
            health: Arc::new(Health::default()),
        };
        let controller = tokio::spawn(controller::run(means, settings, until.clone()));
        let _leading = leading;
        Ok(Self {
            directory,
            access,
            host,
            nats,
            cluster,
            server,
            store,
            controller,
            until,
            lease,
            _leading,
            _lock: lock,
        })
    }

    /// Waits until the controller has taken in the host, so that what is deployed can be placed.
    ///
    /// # Errors
    /// When that takes too long.
    pub async fn ready(&self) -> Result<(), PlaneError> {
        let hosts: Api<Host> = Api::all(self.cluster.client("default"));
        let mut seen = pin!(watcher(hosts, watcher::Config::default()).default_backoff().applied_objects());
        let known = async {
            loop {
                // An error is one of a watch that is being made again.
                if let Ok(Some(host)) = seen.try_next().await
                    && host.host_id == self.host.id()
                    && host.is_ready()
                {
                    return;
                }
            }
        };
        let late = || PlaneError::Failed("the controller did not take in the host".to_owned());
        tokio::time::timeout(PATIENCE, known).await.map_err(|_| late())
    }

    /// Waits until the controller ends by itself, which it does only when something is wrong.
    pub async fn failed(&mut self) -> PlaneError {
        match (&mut self.controller).await {
            Ok(Ok(())) => PlaneError::Failed("the controller ended".to_owned()),
            Ok(Err(error)) => PlaneError::Failed(format!("the controller ended: {error}")),
            Err(error) => PlaneError::Failed(format!("the controller ended: {error}")),
        }
    }

    /// Stops everything: first who writes, then who runs, then who answers; what was written is on the disk.
    pub async fn stop(self) {
        self.until.cancel();
        if !self.controller.is_finished() {
            // How it ended matters no more.
            let _ = self.controller.await;
        }
        // The task logs what goes wrong.
        let _ = self.lease.await;
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
