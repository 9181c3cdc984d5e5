//! `run-controller`: the whole controller in the foreground.

mod flags;
mod summary;

use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

pub use flags::{ControllerFlags, with_two_dashes};

use crate::api::names;
use crate::cli::GlobalArgs;
use crate::cluster::Cluster;
use crate::context::Context;
use crate::controller::leadership::Leadership;
use crate::controller::metrics::Metrics;
use crate::controller::serve::{self, Health};
use crate::controller::settings::Settings;
use crate::controller::summary::Summary;
use crate::controller::{self, Means};
use crate::error::Error;
use crate::hosts::nats::{NatsBus, without_credentials};
use crate::registry::OciRegistry;
use crate::ui::Ui;

/// Run the controller in the foreground, against any cluster
///
/// It reconciles all five kinds through the API server and NATS, until it is told to stop. Only the holder of the Lease
/// `d34db3ef.wasmcloud.dev` in the controller's namespace acts; the upstream operator respects the same Lease. That
/// namespace is --namespace, else OPERATOR_NAMESPACE, else wasmcloud-system.
///
/// Told to stop, it finishes what is in flight, puts on record what another controller needs to go on from there, lets the
/// Lease go and exits within 10 seconds. After a crash --release does the same: it is what to run before the upstream
/// operator takes a cluster back.
#[derive(Debug, Args)]
pub struct RunControllerArgs {
    #[command(flatten)]
    flags: ControllerFlags,
    /// Only hand the cluster over: wait for the Lease, put on record what another controller needs, and exit
    #[arg(long, help_heading = "Operation")]
    release: bool,
}

/// Runs until SIGTERM or Ctrl-C, or, to release, until all is handed over.
///
/// # Errors
/// When the API server or NATS cannot be reached, the CRDs are missing, or an address cannot be listened on.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: RunControllerArgs) -> Result<(), Error> {
    let flags = args.flags;
    log(ui, &flags, global.verbosity);
    let asked = global.namespace.as_deref().or_else(|| global.environment.get("OPERATOR_NAMESPACE"));
    let namespace = asked.filter(|name| !name.is_empty()).unwrap_or(names::CONTROLLER_NAMESPACE).to_owned();
    let settings = flags.settings(&namespace);
    let (metrics, health) = (Arc::new(Metrics::default()), Arc::new(Health::default()));
    let until = CancellationToken::new();
    listen(global, &flags, &metrics, &health, &until).await?;
    let context = Context::connect(ui, global).await?;
    context.cluster.require_crds().await?;
    if context.cluster.ensure_namespace(&namespace).await? {
        tracing::info!(namespace, "created the controller's namespace");
    }
    let bus = Arc::new(NatsBus::connect(&flags.nats()).await?);
    let identity = identity(global);
    let (leading, lease) = lead(&flags, &context.cluster, &namespace, identity.clone(), context.now, &until);
    let client = context.cluster.client();
    // Not among JSON, and not among the details of requests.
    let draws = flags.summary && !args.release && !flags.json_log && global.verbosity <= 5;
    let (onlooker, drawing) = if draws { look_on(ui, &until) } else { (None, None) };
    let registry = Arc::new(OciRegistry::new(flags.allow_insecure_registries));
    let (bus_too, clock) = (bus.clone(), context.now);
    let means = Means { client, bus: bus_too, registry, leading, clock, metrics, health, identity, onlooker };
    tracing::info!(namespace, nats = %without_credentials(&flags.nats_url), version = env!("CARGO_PKG_VERSION"), "starting");
    let stopped = match args.release {
        true => release(ui, means, settings, &until).await,
        false => work(means, settings, &until).await,
    };
    tokio::join!(lease.end(), bus.close());
    if let Some(drawing) = drawing {
        // The panel is taken away before anything else is said; how that went matters no more.
        let _ = drawing.await;
    }
    stopped
}

/// Reconciles until a signal says to stop.
async fn work(means: Means, settings: Settings, until: &CancellationToken) -> Result<(), Error> {
    let working = CancellationToken::new();
    let running = controller::run(means, settings, working.clone());
    tokio::pin!(running);
    let told = tokio::select! {
        ended = &mut running => {
            until.cancel();
            return ended.map_err(|error| Error::Controller(error.to_string()));
        }
        told = told_to_stop() => told,
    };
    tracing::info!("told to stop");
    working.cancel();
    let ended = running.await.map_err(|error| Error::Controller(error.to_string()));
    until.cancel();
    ended.and(told)
}

/// Takes the Lease, puts on record what another controller needs, and tells what that was.
async fn release(ui: &Ui, means: Means, settings: Settings, until: &CancellationToken) -> Result<(), Error> {
    let working = CancellationToken::new();
    let releasing = controller::hand_over(means, settings, working.clone());
    tokio::pin!(releasing);
    let (done, told) = tokio::select! {
        done = &mut releasing => (done, Ok(())),
        told = told_to_stop() => {
            working.cancel();
            (releasing.await, told)
        }
    };
    until.cancel();
    let done = done.map_err(|error| Error::Controller(error.to_string()))?.unwrap_or_default();
    done.iter().try_for_each(|line| ui.result(line))?;
    told
}

/// Waits for SIGTERM, which is an orderly end, or for Ctrl-C, which is one too and has its own exit code.
pub(super) async fn told_to_stop() -> Result<(), Error> {
    let terminate = signal(SignalKind::terminate());
    let mut terminate = terminate.map_err(|error| Error::Controller(format!("cannot listen for signals: {error}")))?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        _ = tokio::signal::ctrl_c() => Err(Error::Interrupted),
    }
}

/// The Lease being held in the background.
struct Held {
    task: Option<JoinHandle<()>>,
    until: CancellationToken,
}

impl Held {
    /// Lets the Lease go.
    async fn end(self) {
        self.until.cancel();
        if let Some(task) = self.task {
            // A task that ended otherwise holds nothing any more.
            let _ = task.await;
        }
    }
}

fn lead(
    flags: &ControllerFlags,
    cluster: &Cluster,
    namespace: &str,
    identity: String,
    clock: fn() -> Timestamp,
    until: &CancellationToken,
) -> (watch::Receiver<bool>, Held) {
    let (sender, receiver) = watch::channel(!flags.leader_elect);
    let until = until.child_token();
    if !flags.leader_elect {
        tracing::warn!("no leader election: make sure that no other controller runs against this cluster");
        // The channel has to outlive the controller.
        let keep = until.clone();
        let task = tokio::spawn(async move {
            keep.cancelled().await;
            drop(sender);
        });
        return (receiver, Held { task: Some(task), until });
    }
    let leadership = Leadership::new(cluster.client(), namespace, identity, sender, clock);
    let task = tokio::spawn(leadership.run(until.clone()));
    (receiver, Held { task: Some(task), until })
}

async fn listen(
    global: &GlobalArgs,
    flags: &ControllerFlags,
    metrics: &Arc<Metrics>,
    health: &Arc<Health>,
    until: &CancellationToken,
) -> Result<(), Error> {
    let in_pod = global.environment.get("KUBERNETES_SERVICE_HOST").is_some();
    let failed = |error: serve::BindError| Error::Controller(format!("{error}: {}", flags::cause(&error)));
    if let Some(address) = flags::address(flags.metrics_bind_address.as_deref(), in_pod, 8081)? {
        let bound = serve::metrics(address, metrics.clone(), until.clone()).await.map_err(failed)?;
        tracing::info!(address = %bound, "serving /metrics");
    }
    if let Some(address) = flags::address(flags.health_probe_bind_address.as_deref(), in_pod, 8082)? {
        let bound = serve::probes(address, health.clone(), until.clone()).await.map_err(failed)?;
        tracing::info!(address = %bound, "serving /healthz and /readyz");
    }
    Ok(())
}

/// Who we are in the Lease: the program, the machine, and a number that no other process has.
fn identity(global: &GlobalArgs) -> String {
    use std::hash::{BuildHasher, RandomState};
    let machine = global.environment.get("HOSTNAME").unwrap_or("local");
    let number = RandomState::new().hash_one(std::process::id());
    format!("{}{machine}_{number:016x}", names::LEASE_IDENTITY_PREFIX)
}

/// The live summary, where there is a terminal to redraw it on.
fn look_on(ui: &Ui, until: &CancellationToken) -> (Option<watch::Sender<Summary>>, Option<JoinHandle<()>>) {
    if !ui.animates() {
        return (None, None);
    }
    let (sender, posted) = watch::channel(Summary::default());
    let drawing = tokio::spawn(summary::draw(ui.clone(), posted, until.child_token()));
    (Some(sender), Some(drawing))
}

fn log(ui: &Ui, flags: &ControllerFlags, verbosity: u8) {
    let level = match verbosity {
        0..=5 => "warn,kubectl_wasmcloud=info,kube_client=off",
        6..=7 => "info,kubectl_wasmcloud=debug,async_nats=info,kube=debug",
        _ => "debug,kubectl_wasmcloud=trace",
    };
    let (stream, colour) = (ui.log_stream(), ui.look().colour);
    let subscriber = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(level)).with_ansi(colour);
    let subscriber = subscriber.with_writer(move || stream.clone());
    // A test may have installed one.
    let _ = match flags.json_log {
        true => subscriber.json().flatten_event(true).with_target(false).try_init(),
        false => subscriber.with_target(false).try_init(),
    };
}
