//! The controller: watch events and heartbeats in, effects out, everything between decided by pure functions.

pub mod artifact;
pub mod backoff;
pub mod conditions;
pub mod config;
pub mod core;
pub mod deployment;
pub mod effect;
pub mod events;
mod farewell;
#[cfg(test)]
pub(crate) mod fixtures;
pub mod host;
pub mod leadership;
pub mod lease;
pub mod live;
pub mod memory;
pub mod metrics;
pub mod naming;
mod narrate;
pub mod objects;
pub mod patience;
pub mod placement;
pub mod pods;
pub mod queue;
pub mod release;
pub mod replica_set;
pub mod rollout;
pub mod routes;
pub mod serve;
pub mod settings;
pub mod store;
mod strangers;
pub mod summary;
#[cfg(test)]
mod takeover;
pub mod watch;
pub mod workload;
pub mod world;

use std::sync::Arc;
use std::time::Duration;

use futures::stream::StreamExt;
use jiff::Timestamp;
use kube::Client;
use kube::runtime::watcher::Event;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch as channel};
use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::hosts::{BusError, BusEvent, HostBus};
use crate::registry::Registry;
use core::{Core, Turn};
use effect::{Now, Performer, Reply, Settled};
use events::recorder::Recorder;
use farewell::Outside;
pub use farewell::hand_over;
use metrics::Metrics;
use objects::ObjectKey;
use serve::Health;
use settings::Settings;
use strangers::Strangers;
use summary::{Board, Summary};
use watch::Seen;

/// Between two counts of the hosts for metrics.
const BETWEEN_COUNTS: Duration = Duration::from_secs(1);

/// Turns that wait for the API server at a time. What is decided later is decided on fresher news and held in memory for a
/// shorter time; twice as many as writes in flight keep those going.
const WRITERS: usize = 2 * effect::WRITES_AT_ONCE;

/// What the controller works with; passed in, so that tests can pass others.
#[derive(Clone)]
pub struct Means {
    /// The API server.
    pub client: Client,
    /// The hosts.
    pub bus: Arc<dyn HostBus>,
    /// The registries of images.
    pub registry: Arc<dyn Registry>,
    /// Whether this process is in charge.
    pub leading: channel::Receiver<bool>,
    /// The time of day.
    pub clock: fn() -> Timestamp,
    /// Where things are counted.
    pub metrics: Arc<Metrics>,
    /// What probes are told.
    pub health: Arc<Health>,
    /// Who we are, in the Lease and in Events.
    pub identity: String,
    /// Where to post how things stand, if anybody looks on.
    pub onlooker: Option<channel::Sender<Summary>>,
}

/// Reconciles until cancelled; then stops taking work, gives effects in flight some seconds and puts on record what a
/// successor needs.
///
/// # Errors
/// When the bus cannot be listened to.
pub async fn run(means: Means, settings: Settings, until: CancellationToken) -> Result<(), BusError> {
    let means = Means { client: patience::within_a_minute(means.client), ..means };
    let mut outside = Outside::open(&means, &settings).await?;
    let mut controller = Controller::new(means, settings);
    controller.turn_until(&until, &mut outside).await;
    controller.finish(&mut outside, &farewell::WHEN_TOLD).await;
    Ok(())
}

struct Controller {
    core: Core,
    tasks: JoinSet<Outcome>,
    writers: Arc<Semaphore>,
    performer: Arc<Performer>,
    leading: channel::Receiver<bool>,
    clock: fn() -> Timestamp,
    metrics: Arc<Metrics>,
    health: Arc<Health>,
    synced: bool,
    strangers: Strangers,
    recorder: JoinHandle<()>,
    board: Option<Board>,
    /// When hosts were last counted.
    counted: Option<Instant>,
}

/// A turn that was carried out, and what came of it.
struct Outcome {
    turn: Turn,
    replies: Vec<Reply>,
    settled: Settled,
    took: Duration,
}

impl Controller {
    fn new(means: Means, settings: Settings) -> Self {
        let Means { client, bus, registry, leading, clock, metrics, health, identity, onlooker } = means;
        let (announcer, recorder) = Recorder::new(client.clone(), identity, leading.clone(), clock, metrics.clone());
        let performer = Arc::new(Performer::new(client, bus, leading.clone(), metrics.clone(), announcer, registry));
        Self {
            core: Core::new(settings, Instant::now()),
            tasks: JoinSet::new(),
            writers: Arc::new(Semaphore::new(WRITERS)),
            performer,
            leading,
            clock,
            metrics,
            health,
            synced: false,
            strangers: Strangers::default(),
            recorder: tokio::spawn(recorder.run()),
            board: onlooker.map(Board::new),
            counted: None,
        }
    }

    fn now(&self) -> Now {
        Now { instant: Instant::now(), wall: (self.clock)() }
    }

    async fn turn_until(&mut self, until: &CancellationToken, outside: &mut Outside) {
        let far = Duration::from_secs(3600);
        let mut askers = self.health.begins();
        self.metrics.leads(*self.leading.borrow());
        loop {
            let acting = self.take_turns();
            // What is due and not ours to do must not keep us awake.
            let due = self.core.wakes_at().filter(|_| acting);
            let wakes_at = due.into_iter().chain(self.post()).min().unwrap_or_else(|| Instant::now() + far);
            tokio::select! {
                () = until.cancelled() => return,
                Some(asker) = askers.recv() => {
                    // Who asked may have given up.
                    let _ = asker.send(());
                }
                Some(seen) = outside.watches.next() => self.saw(seen),
                Some(event) = outside.bus.next() => self.heard(event),
                Some(done) = self.tasks.join_next() => self.task_ended(done),
                Ok(()) = self.leading.changed() => self.leadership_changed(),
                () = tokio::time::sleep_until(wakes_at) => {}
            }
        }
    }

    /// Takes every turn that is due, if it is ours to act and all objects are known, until enough of them wait for the API
    /// server; tells whether there is nothing to wait for but time.
    fn take_turns(&mut self) -> bool {
        self.core.gather();
        self.note_sync();
        if !self.synced || !*self.leading.borrow() {
            return false;
        }
        while self.writers.available_permits() > 0
            && let Some(turn) = self.core.next_turn(self.now())
        {
            let permit = turn.only_writes().then(|| self.writers.clone().try_acquire_owned().ok()).flatten();
            self.tasks.spawn(carry_out(self.performer.clone(), turn, self.clock, permit));
        }
        self.stand();
        self.writers.available_permits() > 0
    }

    fn stand(&mut self) {
        let (now, world) = (Instant::now(), &self.core.world);
        self.metrics.stand(self.core.depth(), world.starts.total());
        if self.counted.is_none_or(|counted| counted + BETWEEN_COUNTS <= now) {
            self.counted = Some(now);
            self.metrics.hosts(world.live.iter().map(|host| world.live.standing(&host.beat.id, now)));
        }
    }

    /// Posts how things stand for who looks on; tells when there may be more to post.
    fn post(&mut self) -> Option<Instant> {
        let (now, leading, world) = (Instant::now(), *self.leading.borrow(), &self.core.world);
        self.board.as_mut()?.post(now, || Summary::of(world, leading, now))
    }

    /// Takes in what a task brought back.
    fn task_ended(&mut self, done: Result<Outcome, JoinError>) {
        let Outcome { turn, replies, settled, took } = match done {
            Ok(outcome) => outcome,
            // A cancelled task is our own farewell; a panic is a defect, and its key would never come again.
            Err(error) => {
                if error.is_panic() {
                    tracing::error!(%error, "a task panicked");
                }
                return;
            }
        };
        for reply in &replies {
            if let Reply::Written(crate::api::Kind::Host, object) = reply {
                let version = object.metadata.resource_version.as_deref().and_then(|version| version.parse().ok());
                self.strangers.we_wrote(&ObjectKey::of(&object.metadata), version.unwrap_or_default());
            }
        }
        let what = turn.key().what.name();
        self.metrics.reconciled(what, took);
        if let Some(category) = self.core.conclude(turn, replies, settled, Instant::now()) {
            self.metrics.failed(what, category);
        }
    }

    fn note_sync(&mut self) {
        if !self.synced && self.core.world.is_synced() {
            self.synced = true;
            self.health.synced();
            self.core.world.touch_all();
            self.core.gather();
            tracing::info!(
                deployments = self.core.world.deployments.len(),
                workloads = self.core.world.workloads.len(),
                hosts = self.core.world.hosts.len(),
                "all objects are known"
            );
        }
    }

    fn saw(&mut self, seen: Seen) {
        match seen {
            Seen::Object(kind, scope, event) => match event {
                Event::Init => self.core.world.list_begins(kind, &scope),
                Event::InitDone => self.core.world.list_ends(kind, &scope),
                Event::Apply(object) | Event::InitApply(object) => self.take_in(kind, object),
                Event::Delete(object) => {
                    let uid = object.metadata.uid.clone().unwrap_or_default();
                    self.core.world.deleted(kind, &ObjectKey::of(&object.metadata), &uid);
                }
            },
            Seen::Route(scope, news) => self.core.world.route_news(&scope, news),
            Seen::Pod(scope, news) => self.core.world.pod_news(&scope, news),
            Seen::Config(news) => self.core.world.config_news_came(&news),
            Seen::Failed(kind, error) => tracing::warn!(kind, %error, "a watch failed; it is made again"),
        }
    }

    fn take_in(&mut self, kind: crate::api::Kind, object: objects::Raw) {
        let key = ObjectKey::of(&object.metadata);
        if kind == crate::api::Kind::Host && self.synced && *self.leading.borrow() {
            self.look_for_strangers(&key, &object);
        }
        if let Err(error) = self.core.world.apply(kind, object) {
            tracing::error!(kind = kind.name(), object = %key, %error, "cannot be read and is passed over");
        }
    }

    /// While we are in charge only we say when a host was last seen.
    fn look_for_strangers(&mut self, key: &ObjectKey, object: &objects::Raw) {
        let Some(known) = self.core.world.hosts.get(key) else { return };
        let version = object.metadata.resource_version.as_deref().and_then(|version| version.parse().ok());
        let version = version.filter(|version| *version > known.version());
        let seen = object.data["status"]["lastSeen"].as_str().and_then(|seen| seen.parse::<Timestamp>().ok());
        let before = known.status.as_ref().and_then(|status| status.last_seen.as_ref()).map(|time| time.0);
        let Some(version) = version.filter(|_| seen.is_some() && seen != before) else { return };
        if self.strangers.watch_brought(key.clone(), version, Instant::now()) {
            tracing::warn!(
                host = %key,
                "another controller answers heartbeats though this one holds the lease: is an operator running without \
                 leader election?"
            );
        }
    }

    fn heard(&mut self, event: BusEvent) {
        match event {
            BusEvent::Connected => {
                tracing::info!("connected to the hosts' message bus");
                self.health.connected(true);
                self.metrics.connected(true);
                self.core.world.bus_up(Instant::now());
            }
            BusEvent::Disconnected => {
                tracing::warn!("lost the hosts' message bus; nothing is concluded from silence until it is back");
                self.health.connected(false);
                self.metrics.connected(false);
                self.core.world.bus_down();
            }
            BusEvent::Heartbeat(beat) => self.core.world.heartbeat(*beat, Instant::now()),
            BusEvent::Refused { host, reason } => tracing::warn!(host, reason, "a heartbeat was refused"),
        }
    }

    fn leadership_changed(&mut self) {
        let leads = *self.leading.borrow_and_update();
        self.metrics.leads(leads);
        if leads {
            tracing::info!("now in charge");
            self.core.world.touch_all();
        } else {
            tracing::warn!("not in charge any more; only watching");
        }
    }
}

/// Performs a turn's effects, settles it and writes what that comes to.
async fn carry_out(
    performer: Arc<Performer>,
    turn: Turn,
    clock: fn() -> Timestamp,
    _permit: Option<OwnedSemaphorePermit>,
) -> Outcome {
    let began = Instant::now();
    let mut replies = performer.perform(turn.effects()).await;
    let mut settled = turn.settle(&replies, Now { instant: Instant::now(), wall: clock() });
    replies.extend(performer.perform(&std::mem::take(&mut settled.effects)).await);
    Outcome { turn, replies, settled, took: began.elapsed() }
}
