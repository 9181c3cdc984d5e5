//! Simulated hosts on a real NATS, many in one process: they can fail, stall, lie, say far too much, vanish and come back.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::{Client, ConnectOptions, Message};
use futures::StreamExt;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};

/// How often hosts report.
const BEAT: Duration = Duration::from_secs(15);
/// How long a host takes to start something, one after the other, unless told.
const START: Duration = Duration::from_millis(20);
/// Far more than any host has to say.
const MEGABYTES: usize = 10_000_000;

/// How a host behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// As it should.
    Well,
    /// It starts nothing, in these words.
    Failing(&'static str),
    /// It takes requests, answers none and reports nothing.
    Stalling,
    /// It answers for another workload than it was asked about.
    ForAnother,
    /// Its answers and reports are no JSON.
    Garbage,
    /// Its figures are none.
    NotANumber,
    /// Its answers and reports have megabytes.
    Huge,
    /// Its clock is a year ahead.
    YearAhead,
}

struct Host {
    mood: Mood,
    /// What it was asked to run, by workload id.
    running: BTreeMap<String, Value>,
    starts: usize,
    stops: usize,
    waiting: usize,
    most_waiting: usize,
    alive: Option<JoinHandle<()>>,
}

type Shared = Arc<Mutex<BTreeMap<String, Host>>>;

/// All hosts of one test.
pub(crate) struct Fleet {
    hosts: Shared,
    nats: Client,
    environment: String,
    takes: Duration,
    runtime: Option<Runtime>,
}

impl Fleet {
    /// Well hosts of these names on that NATS, in that environment.
    pub(crate) fn join(url: &str, environment: &str, names: &[&str]) -> Self {
        Self::that_takes(START, url, environment, names)
    }

    /// Well hosts that take so long for a start.
    pub(crate) fn that_takes(takes: Duration, url: &str, environment: &str, names: &[&str]) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let connect = ConnectOptions::new().subscription_capacity(1 << 16).connect(url);
        let nats = runtime.block_on(connect).unwrap();
        let fleet =
            Self { hosts: Arc::default(), nats, environment: environment.to_owned(), takes, runtime: Some(runtime) };
        names.iter().for_each(|name| fleet.add(name, &format!("id-{name}")));
        fleet
    }

    /// A host more; its name and its id. Its address is its name.
    pub(crate) fn add(&self, name: &str, id: &str) {
        self.add_at(name, id, name);
    }

    /// A host more; its name, its id and its address.
    pub(crate) fn add_at(&self, name: &str, id: &str, address: &str) {
        let (id, mood) = (id.to_owned(), Mood::Well);
        let host =
            Host { mood, running: BTreeMap::new(), starts: 0, stops: 0, waiting: 0, most_waiting: 0, alive: None };
        assert!(self.lock().insert(id.clone(), host).is_none(), "there is one with that id");
        self.live(name, &id, address);
    }

    /// Changes how a host behaves.
    pub(crate) fn mood(&self, id: &str, mood: Mood) {
        self.lock().get_mut(id).unwrap().mood = mood;
    }

    /// The host is cut off, and goes on running what it runs.
    pub(crate) fn cut_off(&self, id: &str) {
        let alive = self.lock().get_mut(id).unwrap().alive.take();
        alive.unwrap().abort();
    }

    /// A host that was cut off is there again.
    pub(crate) fn back(&self, name: &str, id: &str) {
        self.live(name, id, name);
    }

    /// The host of that id ends, and one starts under the same name.
    pub(crate) fn restart(&self, name: &str, id: &str, new_id: &str) {
        self.cut_off(id);
        self.lock().remove(id);
        self.add(name, new_id);
    }

    /// What runs, by host id: ids of workloads with the requests that started them.
    pub(crate) fn running(&self) -> BTreeMap<String, BTreeMap<String, Value>> {
        self.lock().iter().map(|(id, host)| (id.clone(), host.running.clone())).collect()
    }

    /// How many starts the hosts were asked for altogether.
    pub(crate) fn starts(&self) -> usize {
        self.lock().values().map(|host| host.starts).sum()
    }

    /// How many stops the hosts were asked for altogether.
    pub(crate) fn stops(&self) -> usize {
        self.lock().values().map(|host| host.stops).sum()
    }

    /// How many starts waited at once on the host that had most of them.
    pub(crate) fn most_waiting(&self) -> usize {
        self.lock().values().map(|host| host.most_waiting).max().unwrap_or_default()
    }

    #[expect(clippy::disallowed_methods, reason = "real servers keep real time")]
    fn live(&self, name: &str, id: &str, address: &str) {
        let body = Body {
            name: name.to_owned(),
            address: address.to_owned(),
            id: id.to_owned(),
            started: Timestamp::now().to_string(),
            environment: self.environment.clone(),
            hosts: self.hosts.clone(),
            nats: self.nats.clone(),
            takes: self.takes,
            turn: Arc::default(),
        };
        let alive = self.runtime.as_ref().unwrap().spawn(body.live());
        self.lock().get_mut(id).unwrap().alive = Some(alive);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Host>> {
        self.hosts.lock().unwrap()
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// What makes a host report and answer.
#[derive(Clone)]
struct Body {
    name: String,
    address: String,
    id: String,
    started: String,
    environment: String,
    hosts: Shared,
    nats: Client,
    takes: Duration,
    /// Starts come one after the other.
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Body {
    async fn live(self) {
        let mut requests = self.nats.subscribe(format!("runtime.host.{}.>", self.id)).await.unwrap();
        let mut beats = interval(BEAT);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut first = true;
        loop {
            tokio::select! {
                _ = beats.tick() => {
                    self.beat(first).await;
                    first = false;
                }
                Some(request) = requests.next() => {
                    let body = self.clone();
                    tokio::spawn(async move { body.take(request).await });
                }
            }
        }
    }

    async fn beat(&self, first: bool) {
        // What is said while nobody can hear it must not be heard later.
        if self.mood() == Mood::Stalling || self.nats.connection_state() != State::Connected {
            return;
        }
        let mood = if first { Mood::Well } else { self.mood() };
        let (subject, payload) = (format!("runtime.operator.heartbeat.{}", self.id), self.report(mood));
        // Lost with the connection, as a heartbeat may be.
        let _ = self.nats.publish(subject, payload.into()).await;
    }

    fn mood(&self) -> Mood {
        self.with(|host| host.mood).unwrap_or(Mood::Stalling)
    }

    fn with<T>(&self, work: impl FnOnce(&mut Host) -> T) -> Option<T> {
        self.hosts.lock().unwrap().get_mut(&self.id).map(work)
    }

    fn report(&self, mood: Mood) -> Vec<u8> {
        let count = self.with(|host| host.running.len()).unwrap_or_default().to_string();
        let mut beat = json!({
            "id": self.id, "friendlyName": self.name, "hostname": self.address, "httpPort": 8000, "version": "2.10.3",
            "startedAt": self.started, "environment": self.environment, "labels": { "hostgroup": "default" },
            "osArch": "x86_64", "osName": "linux", "osKernel": "6.1", "systemCpuUsage": 1.5,
            "systemMemoryTotal": "8000000000", "systemMemoryFree": "6000000000",
            "workloadCount": count, "componentCount": count,
        });
        match mood {
            Mood::Garbage => return b"\x00\xff{not json".to_vec(),
            Mood::NotANumber => beat["systemCpuUsage"] = json!("NaN"),
            Mood::Huge => beat["osKernel"] = json!("k".repeat(MEGABYTES)),
            Mood::YearAhead => beat["startedAt"] = json!("2099-01-01T00:00:00Z"),
            _ => {}
        }
        beat.to_string().into_bytes()
    }

    async fn take(&self, request: Message) {
        let Some(reply) = request.reply.clone() else { return };
        let asked: Value = serde_json::from_slice(&request.payload).unwrap_or_default();
        let id = asked["workloadId"].as_str().unwrap_or_default().to_owned();
        let answer = match request.subject.rsplit('.').next() {
            Some("heartbeat") => (self.mood() != Mood::Stalling).then(|| self.report(self.mood())),
            Some("start") => self.start(&id, asked).await,
            Some("status") => {
                let known = self.with(|host| host.running.contains_key(&id)).unwrap_or_default();
                self.say(&id, if known { "RUNNING" } else { "NOT_FOUND" }, "")
            }
            Some("stop") => {
                self.with(|host| host.stops += 1);
                let removed =
                    self.mood() != Mood::Stalling && self.with(|host| host.running.remove(&id)).flatten().is_some();
                self.say(&id, if removed { "STOPPING" } else { "NOT_FOUND" }, "")
            }
            _ => None,
        };
        if let Some(answer) = answer {
            // Whoever asked finds out by himself that no answer comes.
            let _ = self.nats.publish(reply, answer.into()).await;
        }
    }

    async fn start(&self, id: &str, asked: Value) -> Option<Vec<u8>> {
        self.with(|host| {
            host.starts += 1;
            host.waiting += 1;
            host.most_waiting = host.most_waiting.max(host.waiting);
        });
        let answer = {
            let _turn = self.turn.lock().await;
            sleep(self.takes).await;
            match self.mood() {
                Mood::Failing(words) => self.say(id, "ERROR", words),
                // Nothing is started, whatever is said about it.
                Mood::Stalling | Mood::ForAnother | Mood::Garbage => self.say(id, "RUNNING", ""),
                Mood::Huge => self.say(id, "ERROR", &"m".repeat(MEGABYTES)),
                Mood::Well | Mood::NotANumber | Mood::YearAhead => {
                    let there = self.with(|host| host.running.insert(id.to_owned(), asked)).flatten().is_some();
                    match there {
                        true => self.say(id, "ERROR", "workload already exists"),
                        false => self.say(id, "RUNNING", ""),
                    }
                }
            }
        };
        self.with(|host| host.waiting -= 1);
        answer
    }

    fn say(&self, id: &str, state: &str, message: &str) -> Option<Vec<u8>> {
        let id = match self.mood() {
            Mood::Stalling => return None,
            Mood::Garbage => return Some(b"\x00\xff{not json".to_vec()),
            Mood::ForAnother => "someone-else",
            _ => id,
        };
        let status =
            json!({ "workloadId": id, "workloadState": format!("WORKLOAD_STATE_{state}"), "message": message });
        Some(json!({ "workloadStatus": status }).to_string().into_bytes())
    }
}
