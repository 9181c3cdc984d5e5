//! Hosts on a real NATS: one start at a time, 20 ms each; a report every 15 s.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_nats::{Client, Message};
use futures::StreamExt;
use kubectl_wasmcloud::hosts::wire::HostHeartbeat;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval_at, sleep};

use crate::process::real;

/// How long a host takes to start something.
const START: Duration = Duration::from_millis(20);
const BEAT: Duration = Duration::from_secs(15);

pub(crate) struct Hosts {
    running: Vec<Arc<Mutex<HashSet<String>>>>,
    /// They end with this.
    _tasks: JoinSet<()>,
}

impl Hosts {
    pub(crate) async fn join(count: usize) -> Self {
        let client = async_nats::connect(real("NATS_URL")).await.unwrap();
        let mut lines = HashMap::new();
        let (mut running, mut tasks) = (Vec::new(), JoinSet::new());
        for number in 0..count {
            let (sender, receiver) = mpsc::unbounded_channel();
            let ids = Arc::default();
            running.push(Arc::clone(&ids));
            let host = Host { id: format!("{count}-{number:04}"), number, count, running: ids, client: client.clone() };
            lines.insert(host.id.clone(), sender);
            tasks.spawn(host.work(receiver));
        }
        let mut requests = client.subscribe("runtime.host.>").await.unwrap();
        tasks.spawn(async move {
            while let Some(message) = requests.next().await {
                let id = message.subject.split('.').nth(2).unwrap_or_default();
                if let Some(line) = lines.get(id) {
                    line.send(message).unwrap();
                }
            }
        });
        Self { running, _tasks: tasks }
    }

    /// How many workloads run on all hosts.
    pub(crate) fn running(&self) -> usize {
        self.running.iter().map(|ids| ids.lock().unwrap().len()).sum()
    }
}

struct Host {
    id: String,
    number: usize,
    count: usize,
    running: Arc<Mutex<HashSet<String>>>,
    client: Client,
}

impl Host {
    async fn work(self, mut requests: mpsc::UnboundedReceiver<Message>) {
        let offset = BEAT * u32::try_from(self.number).unwrap() / u32::try_from(self.count).unwrap();
        self.report().await;
        // It answers from the first moment on.
        let mut beats = interval_at(Instant::now() + offset, BEAT);
        loop {
            tokio::select! {
                _ = beats.tick() => self.report().await,
                Some(message) = requests.recv() => self.answer(message).await,
            }
        }
    }

    async fn report(&self) {
        let beat = serde_json::to_vec(&self.beat()).unwrap();
        self.client.publish(format!("runtime.operator.heartbeat.{}", self.id), beat.into()).await.unwrap();
    }

    fn beat(&self) -> HostHeartbeat {
        let workload_count = u64::try_from(self.running.lock().unwrap().len()).unwrap();
        HostHeartbeat {
            id: self.id.clone(),
            hostname: format!("10.1.{}.{}", self.number / 250, self.number % 250 + 1),
            friendly_name: format!("host-{}", self.id),
            version: "2.10.3".to_owned(),
            labels: [("hostgroup".to_owned(), "default".to_owned())].into(),
            os_arch: "x86_64".to_owned(),
            os_name: "linux".to_owned(),
            os_kernel: "6.1".to_owned(),
            system_cpu_usage: 12.5,
            system_memory_total: 16 << 30,
            system_memory_free: 8 << 30,
            http_port: 8000,
            component_count: workload_count,
            workload_count,
            ..HostHeartbeat::default()
        }
    }

    async fn answer(&self, message: Message) {
        let Some(reply) = message.reply.clone() else { return };
        let body: Value = serde_json::from_slice(&message.payload).unwrap();
        let id = body["workloadId"].as_str().unwrap_or_default().to_owned();
        let state = match message.subject.rsplit('.').next() {
            Some("start") => {
                sleep(START).await;
                self.running.lock().unwrap().insert(id.clone());
                "WORKLOAD_STATE_RUNNING"
            }
            Some("stop") if self.running.lock().unwrap().remove(&id) => "WORKLOAD_STATE_STOPPING",
            Some("status") if self.running.lock().unwrap().contains(&id) => "WORKLOAD_STATE_RUNNING",
            Some("heartbeat") => {
                let beat = serde_json::to_vec(&self.beat()).unwrap();
                return self.client.publish(reply, beat.into()).await.unwrap();
            }
            _ => "WORKLOAD_STATE_NOT_FOUND",
        };
        let answer = json!({ "workloadStatus": { "workloadId": id, "workloadState": state, "message": "" } });
        self.client.publish(reply, answer.to_string().into()).await.unwrap();
    }
}
