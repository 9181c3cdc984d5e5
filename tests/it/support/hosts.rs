//! Simulated hosts on a bus in memory: they can fail, stall, lie and vanish.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt};
use kubectl_wasmcloud::hosts::wire::{HostHeartbeat, WorkloadStartRequest, WorkloadState, WorkloadStatus};
use kubectl_wasmcloud::hosts::{BusError, BusEvent, HostBus, patience, read_heartbeat};
use tokio::sync::{OwnedMutexGuard, broadcast};
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
    /// Its registry has no image whose name has that in it.
    Without(&'static str),
    /// It takes requests and answers none.
    Stalling,
    /// It answers for another workload than it was asked about.
    AnsweringForAnother,
    /// It says that things run, and knows nothing of them when asked again.
    Forgetful,
    /// It reports, and does what it is asked, and never answers.
    Mute,
    /// What it reports and answers cannot be read.
    Babbling,
    /// It goes on, and nothing reaches it or comes from it.
    CutOff,
    /// It is not there.
    Gone,
}

struct Host {
    beat: HostHeartbeat,
    mood: Mood,
    running: BTreeMap<String, WorkloadStartRequest>,
    starts: usize,
    /// It does one thing after the other, in the order it was asked.
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// What hosts there are.
#[derive(Default)]
struct All {
    by_id: BTreeMap<String, Host>,
    /// The id of the newest host of a name.
    ids: BTreeMap<String, String>,
    /// The connection to the bus is lost.
    cut: bool,
}

/// All hosts, and the bus that they are on.
#[derive(Clone)]
pub(crate) struct Hosts {
    all: Arc<Mutex<All>>,
    bus: broadcast::Sender<BusEvent>,
}

type Told = Result<WorkloadStatus, BusError>;

impl Hosts {
    /// A bus without hosts.
    pub(crate) fn new() -> Self {
        Self { all: Arc::default(), bus: broadcast::channel(1024).0 }
    }

    /// Adds a host of the group `default`; its name is `NAME`, its id `id-NAME`, its address its own.
    pub(crate) fn join(&self, name: &str) {
        let labels = BTreeMap::from([("hostgroup".to_owned(), "default".to_owned())]);
        let http_port = 8000 + u64::try_from(self.lock().by_id.len()).unwrap();
        self.join_as(HostHeartbeat {
            id: format!("id-{name}"),
            hostname: "127.0.0.1".to_owned(),
            friendly_name: name.to_owned(),
            version: "2.10.3".to_owned(),
            started_at: Some(super::local::clock()),
            labels,
            http_port,
            ..HostHeartbeat::default()
        });
    }

    /// Adds a host that reports that.
    pub(crate) fn join_as(&self, beat: HostHeartbeat) {
        let host =
            Host { beat: beat.clone(), mood: Mood::Well, running: BTreeMap::new(), starts: 0, turn: Arc::default() };
        let mut all = self.lock();
        all.ids.insert(beat.friendly_name.clone(), beat.id.clone());
        all.by_id.insert(beat.id.clone(), host);
        if !all.cut {
            let _ = self.bus.send(BusEvent::Heartbeat(Box::new(beat)));
        }
    }

    /// The host ends, with what ran on it, and is started again under its old name and address: its id is another.
    pub(crate) fn restart(&self, name: &str) {
        let old = self.with(name, |host| host.beat.clone());
        self.lock().by_id.remove(&old.id);
        self.join_as(HostHeartbeat { id: format!("{}-again", old.id), started_at: Some(super::local::clock()), ..old });
    }

    /// Changes what a host reports, and has it report.
    pub(crate) fn report_as(&self, name: &str, change: impl FnOnce(&mut HostHeartbeat)) {
        let beat = self.with(name, |host| {
            change(&mut host.beat);
            report(host)
        });
        let _ = self.bus.send(BusEvent::Heartbeat(Box::new(beat)));
    }

    /// Adds a host as it reports itself, on which that runs.
    pub(crate) fn join_running(&self, beat: HostHeartbeat, running: Vec<WorkloadStartRequest>) {
        let name = beat.friendly_name.clone();
        self.join_as(beat);
        let running = running.into_iter().map(|request| (request.workload_id.clone(), request)).collect();
        self.with(&name, |host| host.running = running);
    }

    /// Changes how all hosts behave.
    pub(crate) fn all(&self, mood: &Mood) {
        self.lock().by_id.values_mut().for_each(|host| host.mood = mood.clone());
    }

    /// Something comes where heartbeats come, as if from that host.
    pub(crate) fn say(&self, host: &str, payload: &[u8]) {
        let _ = self.bus.send(heard(host, payload));
    }

    /// Changes how a host behaves. One that is gone has lost what ran on it.
    pub(crate) fn mood(&self, name: &str, mood: Mood) {
        self.with(name, |host| {
            if mood == Mood::Gone {
                host.running.clear();
            }
            host.mood = mood;
        });
    }

    /// From its next report on a host has that address.
    pub(crate) fn address(&self, name: &str, hostname: &str, port: u32) {
        self.with(name, |host| (host.beat.hostname, host.beat.http_port) = (hostname.to_owned(), port.into()));
    }

    /// The connection to the bus is lost, or there again.
    pub(crate) fn connection(&self, up: bool) {
        self.lock().cut = !up;
        let _ = self.bus.send(if up { BusEvent::Connected } else { BusEvent::Disconnected });
    }

    /// Images that run, by host.
    pub(crate) fn running(&self) -> BTreeMap<String, Vec<String>> {
        let mut running = BTreeMap::<_, Vec<_>>::new();
        for host in self.lock().by_id.values() {
            running.entry(host.beat.friendly_name.clone()).or_default().extend(host.running.values().map(image));
        }
        running
    }

    /// Workload ids with their images that run on each host that can be talked to, by the host's id.
    pub(crate) fn placed(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        let all = self.lock();
        let lost = |mood: &Mood| matches!(mood, Mood::CutOff | Mood::Stalling | Mood::Babbling);
        let reachable = all.by_id.iter().filter(|(_, host)| !lost(&host.mood));
        let ids = |host: &Host| host.running.iter().map(|(id, request)| (id.clone(), image(request))).collect();
        reachable.map(|(id, host)| (id.clone(), ids(host))).collect()
    }

    /// Images that run anywhere, sorted.
    pub(crate) fn images(&self) -> Vec<String> {
        let mut images: Vec<String> = self.running().into_values().flatten().collect();
        images.sort();
        images
    }

    /// How many starts a host was asked for.
    pub(crate) fn starts(&self, name: &str) -> usize {
        self.with(name, |host| host.starts)
    }

    /// What runs on hosts, as it was asked for.
    pub(crate) fn requests(&self) -> Vec<WorkloadStartRequest> {
        self.lock().by_id.values().flat_map(|host| host.running.values().cloned()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap()
    }

    fn with<T>(&self, name: &str, look: impl FnOnce(&mut Host) -> T) -> T {
        let mut all = self.lock();
        let id = all.ids[name].clone();
        look(all.by_id.get_mut(&id).unwrap())
    }

    /// Whether the request arrives, and then the host's turn to do it; waits as long as a caller would for one that stalls.
    async fn reach(&self, host_id: &str, wait: Duration) -> Result<(Mood, OwnedMutexGuard<()>), BusError> {
        let (mood, turn) = {
            let all = self.lock();
            if all.cut {
                return Err(BusError::Disconnected);
            }
            let host = all.by_id.get(host_id).ok_or(BusError::NoResponders)?;
            (host.mood.clone(), host.turn.clone())
        };
        match mood {
            Mood::Gone | Mood::CutOff => Err(BusError::NoResponders),
            Mood::Babbling => Err(BusError::Malformed("expected value at line 1 column 1".to_owned())),
            Mood::Stalling => {
                sleep(wait).await;
                Err(BusError::TimedOut(wait))
            }
            mood => Ok((mood, turn.lock_owned().await)),
        }
    }

    /// Whether the answer arrives: not while the bus is away, and not from one that never answers.
    async fn answer<T>(&self, mood: &Mood, wait: Duration, answer: T) -> Result<T, BusError> {
        if *mood == Mood::Mute {
            sleep(wait).await;
            return Err(BusError::TimedOut(wait));
        }
        if self.lock().cut { Err(BusError::Disconnected) } else { Ok(answer) }
    }

    /// Does a start, whether or not anybody waits for it.
    async fn run(self, host_id: String, request: WorkloadStartRequest) -> Told {
        let (id, wanted) = (request.workload_id.clone(), image(&request));
        if let Some(host) = self.lock().by_id.get_mut(&host_id) {
            host.starts += 1;
        }
        let (mood, turn) = self.reach(&host_id, patience::START).await?;
        sleep(START).await;
        match mood {
            Mood::Failing(words) => return told(&id, WorkloadState::Error, words),
            Mood::Without(part) if wanted.contains(part) => {
                let words = format!("failed to pull image for component 'http': {wanted}: manifest unknown");
                return told(&id, WorkloadState::Error, &words);
            }
            Mood::AnsweringForAnother => return told("someone-else", WorkloadState::Running, ""),
            Mood::Forgetful => return told(&id, WorkloadState::Running, ""),
            _ => {}
        }
        let status = match self.lock().by_id.get_mut(&host_id) {
            Some(host) if host.running.contains_key(&id) => {
                told(&id, WorkloadState::Error, &format!("workload {id} already exists"))
            }
            Some(host) if host.mood != Mood::Gone => {
                host.running.insert(id.clone(), request);
                told(&id, WorkloadState::Running, "")
            }
            _ => Err(BusError::NoResponders),
        };
        drop(turn);
        self.answer(&mood, patience::START, status).await?
    }

    fn beats(&self) -> Vec<BusEvent> {
        let all = self.lock();
        let silent = |host: &&Host| matches!(host.mood, Mood::Gone | Mood::Stalling | Mood::CutOff);
        let living = all.by_id.values().filter(|host| !all.cut && !silent(host));
        living
            .map(|host| match host.mood {
                Mood::Babbling => heard(&host.beat.id, b"\xff\xfe{"),
                _ => BusEvent::Heartbeat(Box::new(report(host))),
            })
            .collect()
    }
}

/// What the bus makes of something that came where heartbeats come.
fn heard(host: &str, payload: &[u8]) -> BusEvent {
    match read_heartbeat(payload) {
        Ok(beat) => BusEvent::Heartbeat(Box::new(beat)),
        Err(reason) => BusEvent::Refused { host: host.to_owned(), reason },
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
        let work = self.clone().run(host_id.to_owned(), request.clone());
        Box::pin(async move { tokio::spawn(work).await.unwrap() })
    }

    fn status<'a>(&'a self, host_id: &'a str, workload_id: &'a str) -> BoxFuture<'a, Told> {
        Box::pin(async move {
            let (mood, turn) = self.reach(host_id, patience::STATUS).await?;
            let known = self.lock().by_id.get(host_id).is_some_and(|host| host.running.contains_key(workload_id));
            drop(turn);
            let state = if known { WorkloadState::Running } else { WorkloadState::NotFound };
            self.answer(&mood, patience::STATUS, told(workload_id, state, "")).await?
        })
    }

    fn stop<'a>(&'a self, host_id: &'a str, workload_id: &'a str) -> BoxFuture<'a, Told> {
        Box::pin(async move {
            let (mood, turn) = self.reach(host_id, patience::STOP).await?;
            let removed = self.lock().by_id.get_mut(host_id).and_then(|host| host.running.remove(workload_id));
            drop(turn);
            let state = if removed.is_some() { WorkloadState::Stopping } else { WorkloadState::NotFound };
            self.answer(&mood, patience::STOP, told(workload_id, state, "")).await?
        })
    }

    fn probe<'a>(&'a self, host_id: &'a str) -> BoxFuture<'a, Result<HostHeartbeat, BusError>> {
        Box::pin(async move {
            let (mood, turn) = self.reach(host_id, patience::PROBE).await?;
            let report = self.lock().by_id.get(host_id).map(report).ok_or(BusError::NoResponders)?;
            drop(turn);
            self.answer(&mood, patience::PROBE, report).await
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
            let state = if self.lock().cut { BusEvent::Disconnected } else { BusEvent::Connected };
            let connected = stream::once(async { state });
            Ok(connected.chain(stream::select(news, beats.flatten())).boxed())
        })
    }
}
