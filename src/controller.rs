//! The controller: watch events and heartbeats in, effects out, everything between decided by pure functions.

pub mod artifact;
pub mod backoff;
pub mod conditions;
pub mod config;
pub mod deployment;
pub mod effect;
#[cfg(test)]
pub(crate) mod fixtures;
pub mod host;
pub mod leadership;
pub mod lease;
pub mod live;
pub mod memory;
pub mod metrics;
pub mod naming;
pub mod objects;
pub mod placement;
pub mod queue;
pub mod replica_set;
pub mod rollout;
pub mod serve;
pub mod settings;
pub mod store;
mod turn;
pub mod watch;
pub mod workload;
pub mod world;

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{BoxStream, StreamExt};
use jiff::Timestamp;
use kube::Client;
use kube::runtime::watcher::Event;
use tokio::sync::watch as channel;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::hosts::{BusError, BusEvent, HostBus};
use effect::{Now, Performer};
use metrics::Metrics;
use objects::{Key, ObjectKey};
use queue::Queue;
use serve::Health;
use settings::Settings;
use turn::Outcome;
use watch::Seen;
use world::World;

/// How long effects in flight may take when the process is told to stop.
const FAREWELL: Duration = Duration::from_secs(8);

/// What the controller works with; passed in, so that tests can pass others.
#[derive(Clone)]
pub struct Means {
    /// The API server.
    pub client: Client,
    /// The hosts.
    pub bus: Arc<dyn HostBus>,
    /// Whether this process is in charge.
    pub leading: channel::Receiver<bool>,
    /// The time of day.
    pub clock: fn() -> Timestamp,
    /// Where things are counted.
    pub metrics: Arc<Metrics>,
    /// What probes are told.
    pub health: Arc<Health>,
}

/// Reconciles until cancelled; then stops taking work and gives effects in flight some seconds.
///
/// # Errors
/// When the bus cannot be listened to.
pub async fn run(means: Means, settings: Settings, until: CancellationToken) -> Result<(), BusError> {
    let bus = means.bus.events().await?;
    let watches = watch::watches(&means.client, &settings.namespace, &settings.watch_namespaces);
    let mut controller = Controller::new(means, settings);
    controller.turn_until(&until, bus, watches.boxed()).await;
    controller.finish().await;
    Ok(())
}

struct Controller {
    world: World,
    queue: Queue<Key>,
    tasks: JoinSet<Outcome>,
    performer: Arc<Performer>,
    leading: channel::Receiver<bool>,
    clock: fn() -> Timestamp,
    metrics: Arc<Metrics>,
    health: Arc<Health>,
    synced: bool,
}

impl Controller {
    fn new(means: Means, settings: Settings) -> Self {
        let Means { client, bus, leading, clock, metrics, health } = means;
        let performer = Arc::new(Performer::new(client, bus, leading.clone(), metrics.clone()));
        Self {
            world: World::new(settings, Instant::now()),
            queue: Queue::default(),
            tasks: JoinSet::new(),
            performer,
            leading,
            clock,
            metrics,
            health,
            synced: false,
        }
    }

    fn now(&self) -> Now {
        Now { instant: Instant::now(), wall: (self.clock)() }
    }

    async fn turn_until(
        &mut self,
        until: &CancellationToken,
        mut bus: BoxStream<'static, BusEvent>,
        mut watches: BoxStream<'static, Seen>,
    ) {
        let far = Duration::from_secs(3600);
        loop {
            self.take_turns();
            let wakes_at = self.queue.wakes_at().unwrap_or_else(|| Instant::now() + far);
            tokio::select! {
                () = until.cancelled() => return,
                Some(seen) = watches.next() => self.saw(seen),
                Some(event) = bus.next() => self.heard(event),
                Some(done) = self.tasks.join_next() => self.task_ended(done),
                Ok(()) = self.leading.changed() => self.leadership_changed(),
                () = tokio::time::sleep_until(wakes_at) => {}
            }
        }
    }

    /// Looks at every key that is due, if it is ours to act and all objects are known.
    fn take_turns(&mut self) {
        for key in self.world.take_touched() {
            self.queue.add(key);
        }
        self.note_sync();
        if !self.synced || !*self.leading.borrow() {
            return;
        }
        while let Some(key) = self.queue.next(Instant::now()) {
            self.take_turn(key);
            for key in self.world.take_touched() {
                self.queue.add(key);
            }
        }
        self.stand();
    }

    fn stand(&self) {
        let now = Instant::now();
        let alive = |host: &&live::LiveHost| self.world.live.standing(&host.beat.id, now) == live::Standing::Alive;
        let (alive, all) = (self.world.live.iter().filter(alive).count(), self.world.live.iter().count());
        self.metrics.stand(self.queue.depth() + self.queue.busy(), self.world.starts.total(), alive, all - alive);
    }

    fn note_sync(&mut self) {
        if !self.synced && self.world.is_synced() {
            self.synced = true;
            self.health.synced();
            self.world.touch_all();
            for key in self.world.take_touched() {
                self.queue.add(key);
            }
            tracing::info!(
                deployments = self.world.deployments.len(),
                workloads = self.world.workloads.len(),
                hosts = self.world.hosts.len(),
                "all objects are known"
            );
        }
    }

    fn saw(&mut self, seen: Seen) {
        match seen {
            Seen::Object(kind, scope, event) => match event {
                Event::Init => self.world.list_begins(kind, &scope),
                Event::InitDone => self.world.list_ends(kind, &scope),
                Event::Apply(object) | Event::InitApply(object) => self.take_in(kind, object),
                Event::Delete(object) => {
                    let uid = object.metadata.uid.clone().unwrap_or_default();
                    self.world.deleted(kind, &ObjectKey::of(&object.metadata), &uid);
                }
            },
            Seen::Config(config) => self.world.config_changed(&config),
            Seen::Failed(kind, error) => tracing::warn!(kind, %error, "a watch failed; it is made again"),
        }
    }

    fn take_in(&mut self, kind: objects::Kind, object: kube::core::DynamicObject) {
        let key = ObjectKey::of(&object.metadata);
        if let Err(error) = self.world.apply(kind, object) {
            tracing::error!(kind = kind.name(), object = %key, %error, "cannot be read and is passed over");
        }
    }

    fn take_in_answer(&mut self, kind: objects::Kind, object: kube::core::DynamicObject) {
        let key = ObjectKey::of(&object.metadata);
        if let Err(error) = self.world.written(kind, object) {
            tracing::error!(kind = kind.name(), object = %key, %error, "the answer cannot be read and is passed over");
        }
    }

    fn heard(&mut self, event: BusEvent) {
        match event {
            BusEvent::Connected => {
                tracing::info!("connected to the hosts' message bus");
                self.health.connected(true);
                self.world.bus_up(Instant::now());
            }
            BusEvent::Disconnected => {
                tracing::warn!("lost the hosts' message bus; nothing is concluded from silence until it is back");
                self.health.connected(false);
                self.world.bus_down();
            }
            BusEvent::Heartbeat(beat) => self.world.heartbeat(*beat, Instant::now()),
            BusEvent::Refused { host, reason } => tracing::warn!(host, reason, "a heartbeat was refused"),
        }
    }

    fn leadership_changed(&mut self) {
        let leads = *self.leading.borrow_and_update();
        self.metrics.leads(leads);
        if leads {
            tracing::info!("now in charge");
            self.world.touch_all();
        } else {
            tracing::warn!("not in charge any more; only watching");
        }
    }

    /// Effects in flight are given some seconds; what they do not finish a successor takes up from what is on record.
    async fn finish(mut self) {
        let end = Instant::now() + FAREWELL;
        while let Ok(Some(done)) = tokio::time::timeout_at(end, self.tasks.join_next()).await {
            self.task_ended(done);
        }
        if !self.tasks.is_empty() {
            tracing::warn!(unfinished = self.tasks.len(), "stopping with effects in flight");
        }
        self.tasks.abort_all();
    }
}
