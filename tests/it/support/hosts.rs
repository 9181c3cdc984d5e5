//! Simulated hosts on a bus in memory: they can fail, stall, lie and vanish.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt};
use kubectl_wasmcloud::hosts::wire::{HostHeartbeat, WorkloadStartRequest, WorkloadState, WorkloadStatus};
use kubectl_wasmcloud::hosts::{BusError, BusEvent, HostBus, patience};
use tokio::sync::broadcast;
use tokio::time::{MissedTickBehavior, interval, sleep};

/// How often hosts report.
const BEAT: Duration = Duration::from_secs(15);
/// How long a well host takes to start something.
const START: Duration = Duration::from_millis(20);

/// How a host behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// As it should.
    Well,
    /// It starts nothing, in these words.
    Failing(&'static str),
    /// It takes requests and answers none.
    Stalling,
    /// It answers for another workload than it was asked about.
    AnsweringForAnother,
    /// It says that things run, and knows nothing of them when asked again.
    Forgetful,
    /// It is not there.
    Gone,
}

struct Host {
    beat: HostHeartbeat,
    mood: Mood,
    running: BTreeMap<String, WorkloadStartRequest>,
    starts: usize,
}

/// All hosts, and the bus that they are on.
#[derive(Clone)]
pub(crate) struct Hosts {
    hosts: Arc<Mutex<BTreeMap<String, Host>>>,
    bus: broadcast::Sender<BusEvent>,
}

type Told = Result<WorkloadStatus, BusError>;

impl Hosts {
    /// A bus without hosts.
    pub(crate) fn new() -> Self {
        Self { hosts: Arc::default(), bus: broadcast::channel(1024).0 }
    }

    /// Adds a host of the group `default`; its name is `NAME`, its id `id-NAME`.
    pub(crate) fn join(&self, name: &str) {
        let labels = BTreeMap::from([("hostgroup".to_owned(), "default".to_owned())]);
        let beat = HostHeartbeat {
            id: format!("id-{name}"),
            hostname: "127.0.0.1".to_owned(),
            friendly_name: name.to_owned(),
            version: "2.10.3".to_owned(),
            labels,
            http_port: 8000,
            ..HostHeartbeat::default()
        };
        let host = Host { beat: beat.clone(), mood: Mood::Well, running: BTreeMap::new(), starts: 0 };
        self.lock().insert(beat.id.clone(), host);
        let _ = self.bus.send(BusEvent::Heartbeat(Box::new(beat)));
    }

    /// Adds a host as it reports itself, on which that runs.
    pub(crate) fn join_running(&self, beat: HostHeartbeat, running: Vec<WorkloadStartRequest>) {
        let running = running.into_iter().map(|request| (request.workload_id.clone(), request)).collect();
        let host = Host { beat: beat.clone(), mood: Mood::Well, running, starts: 0 };
        self.lock().insert(beat.id.clone(), host);
    }

    /// Changes how all hosts behave.
    pub(crate) fn all(&self, mood: &Mood) {
        self.lock().values_mut().for_each(|host| host.mood = mood.clone());
    }

    /// How many starts the host of that name was asked for.
    pub(crate) fn starts_of(&self, name: &str) -> usize {
        self.lock().values().filter(|host| host.beat.friendly_name == name).map(|host| host.starts).sum()
    }

    /// Changes how a host behaves. One that is gone has lost what ran on it.
    pub(crate) fn mood(&self, name: &str, mood: Mood) {
        let mut hosts = self.lock();
        let host = hosts.get_mut(&format!("id-{name}")).unwrap();
        if mood == Mood::Gone {
            host.running.clear();
        }
        host.mood = mood;
    }

    /// From its next report on a host has that address.
    pub(crate) fn address(&self, name: &str, hostname: &str, port: u32) {
        let mut hosts = self.lock();
        let beat = &mut hosts.get_mut(&format!("id-{name}")).unwrap().beat;
        (beat.hostname, beat.http_port) = (hostname.to_owned(), port.into());
    }

    /// The connection to the bus is lost, or there again.
    pub(crate) fn connection(&self, up: bool) {
        let _ = self.bus.send(if up { BusEvent::Connected } else { BusEvent::Disconnected });
    }

    /// Images that run, by host.
    pub(crate) fn running(&self) -> BTreeMap<String, Vec<String>> {
        let hosts = self.lock();
        hosts
            .values()
            .map(|host| (host.beat.friendly_name.clone(), host.running.values().map(image).collect()))
            .collect()
    }

    /// Images that run anywhere, sorted.
    pub(crate) fn images(&self) -> Vec<String> {
        let mut images: Vec<String> = self.running().into_values().flatten().collect();
        images.sort();
        images
    }

    /// How many starts a host was asked for.
    pub(crate) fn starts(&self, name: &str) -> usize {
        self.lock()[&format!("id-{name}")].starts
    }

    /// What runs on hosts, as it was asked for.
    pub(crate) fn requests(&self) -> Vec<WorkloadStartRequest> {
        self.lock().values().flat_map(|host| host.running.values().cloned()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Host>> {
        self.hosts.lock().unwrap()
    }

    fn mood_of(&self, host_id: &str) -> Mood {
        self.lock().get(host_id).map_or(Mood::Gone, |host| host.mood.clone())
    }

    /// Whether the request arrives; waits as long as a caller would for one that stalls.
    async fn reach(&self, host_id: &str, wait: Duration) -> Result<Mood, BusError> {
        match self.mood_of(host_id) {
            Mood::Gone => Err(BusError::NoResponders),
            Mood::Stalling => {
                sleep(wait).await;
                Err(BusError::TimedOut(wait))
            }
            mood => Ok(mood),
        }
    }

    fn beats(&self) -> Vec<BusEvent> {
        let hosts = self.lock();
        let living = hosts.values().filter(|host| !matches!(host.mood, Mood::Gone | Mood::Stalling));
        living.map(|host| BusEvent::Heartbeat(Box::new(report(host)))).collect()
    }
}

fn report(host: &Host) -> HostHeartbeat {
    let count = u64::try_from(host.running.len()).unwrap();
    HostHeartbeat { workload_count: count, component_count: count, ..host.beat.clone() }
}

fn image(request: &WorkloadStartRequest) -> String {
    let world = request.workload.wit_world.as_ref();
    world.and_then(|world| world.components.first()).map(|component| component.image.clone()).unwrap_or_default()
}

fn told(id: &str, workload_state: WorkloadState, message: &str) -> Told {
    Ok(WorkloadStatus { workload_id: id.to_owned(), workload_state, message: message.to_owned() })
}

impl HostBus for Hosts {
    fn start<'a>(&'a self, host_id: &'a str, request: &'a WorkloadStartRequest) -> BoxFuture<'a, Told> {
        Box::pin(async move {
            let id = &request.workload_id;
            if let Some(host) = self.lock().get_mut(host_id) {
                host.starts += 1;
            }
            let mood = self.reach(host_id, patience::START).await?;
            sleep(START).await;
            match mood {
                Mood::Failing(words) => return told(id, WorkloadState::Error, words),
                Mood::AnsweringForAnother => return told("someone-else", WorkloadState::Running, ""),
                Mood::Forgetful => return told(id, WorkloadState::Running, ""),
                _ => {}
            }
            match self.lock().get_mut(host_id) {
                Some(host) if host.mood != Mood::Gone => {
                    host.running.insert(id.clone(), request.clone());
                    told(id, WorkloadState::Running, "")
                }
                _ => Err(BusError::NoResponders),
            }
        })
    }

    fn status<'a>(&'a self, host_id: &'a str, workload_id: &'a str) -> BoxFuture<'a, Told> {
        Box::pin(async move {
            self.reach(host_id, patience::STATUS).await?;
            let known = self.lock().get(host_id).is_some_and(|host| host.running.contains_key(workload_id));
            let state = if known { WorkloadState::Running } else { WorkloadState::NotFound };
            told(workload_id, state, "")
        })
    }

    fn stop<'a>(&'a self, host_id: &'a str, workload_id: &'a str) -> BoxFuture<'a, Told> {
        Box::pin(async move {
            self.reach(host_id, patience::STOP).await?;
            let removed = self.lock().get_mut(host_id).and_then(|host| host.running.remove(workload_id));
            let state = if removed.is_some() { WorkloadState::Stopping } else { WorkloadState::NotFound };
            told(workload_id, state, "")
        })
    }

    fn probe<'a>(&'a self, host_id: &'a str) -> BoxFuture<'a, Result<HostHeartbeat, BusError>> {
        Box::pin(async move {
            self.reach(host_id, patience::PROBE).await?;
            self.lock().get(host_id).map(report).ok_or(BusError::NoResponders)
        })
    }

    fn events(&self) -> BoxFuture<'_, Result<BoxStream<'static, BusEvent>, BusError>> {
        Box::pin(async move {
            let news = self.bus.subscribe();
            let mut ticks = interval(BEAT);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let hosts = self.clone();
            let beats = stream::unfold((hosts, ticks), |(hosts, mut ticks)| async move {
                ticks.tick().await;
                Some((stream::iter(hosts.beats()), (hosts, ticks)))
            });
            let news = stream::unfold(news, |mut news| async move { Some((news.recv().await.ok()?, news)) });
            let connected = stream::once(async { BusEvent::Connected });
            Ok(connected.chain(stream::select(news, beats.flatten())).boxed())
        })
    }
}
