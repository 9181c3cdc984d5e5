//! Writing Events, one after the other and apart from all else: they may come late or not at all, and hold up nothing.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Event;
use kube::api::{Patch, PatchParams, PostParams};
use kube::{Api, Client};
use serde_json::json;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout};

use super::Announcement;
use super::correlator::{Correlator, Write};
use crate::api::names::field_manager;
use crate::controller::effect::Now;
use crate::controller::metrics::Metrics;

/// Announcements that may wait to be written; more are dropped, and counted.
const WAITING: usize = 2048;
/// How often a write is tried whose fate is unknown.
const TRIES: u32 = 3;
/// Between two tries.
const PAUSE: Duration = Duration::from_secs(2);
/// How long one try may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where announcements are handed in.
#[derive(Clone)]
pub struct Announcer {
    queue: mpsc::Sender<Announcement>,
    metrics: Arc<Metrics>,
}

impl Announcer {
    /// Logs an announcement and hands it in. Never waits: where too many wait already, it is only logged.
    pub fn announce(&self, announcement: Announcement) {
        announcement.log();
        if self.queue.try_send(announcement).is_err() {
            self.metrics.event_lost();
        }
    }
}

/// Writes what is handed in.
pub struct Recorder {
    queue: mpsc::Receiver<Announcement>,
    client: Client,
    leading: watch::Receiver<bool>,
    clock: fn() -> Timestamp,
    correlator: Correlator,
    metrics: Arc<Metrics>,
}

impl Recorder {
    /// A recorder, and where to hand in what it is to write.
    pub fn new(
        client: Client,
        instance: String,
        leading: watch::Receiver<bool>,
        clock: fn() -> Timestamp,
        metrics: Arc<Metrics>,
    ) -> (Announcer, Self) {
        let (sender, queue) = mpsc::channel(WAITING);
        let announcer = Announcer { queue: sender, metrics: metrics.clone() };
        (announcer, Self { queue, client, leading, clock, correlator: Correlator::new(instance), metrics })
    }

    /// Writes until nobody can hand in anything any more and all is written.
    pub async fn run(mut self) {
        while let Some(announcement) = self.queue.recv().await {
            let now = Now { instant: Instant::now(), wall: (self.clock)() };
            if let Some(write) = self.correlator.observe(&announcement, now) {
                self.write(&write).await;
            }
        }
    }

    /// Tries again only when it is unknown whether the server got it: what it refused, it would refuse again.
    async fn write(&self, write: &Write) {
        for _ in 0..TRIES {
            if !*self.leading.borrow() {
                return;
            }
            match timeout(PATIENCE, self.try_once(write)).await {
                Ok(Ok(())) => return,
                Ok(Err(kube::Error::Api(status))) => {
                    // A namespace that is going away takes no Events, and nobody will look for one there.
                    let object = format_args!("{}/{}", write.key.namespace, write.key.name);
                    return tracing::debug!(kind = "Event", %object, error = status.message, "not taken");
                }
                Ok(Err(_)) | Err(_) => sleep(PAUSE).await,
            }
        }
        self.metrics.event_lost();
    }

    async fn try_once(&self, write: &Write) -> Result<(), kube::Error> {
        let api: Api<Event> = Api::namespaced(self.client.clone(), &write.key.namespace);
        let manager = Some(field_manager::CONTROLLER.to_owned());
        if write.again {
            let Event { count, last_timestamp, message, .. } = &write.event;
            let patch = json!({ "count": count, "lastTimestamp": last_timestamp, "message": message });
            let params = PatchParams { field_manager: manager.clone(), ..PatchParams::default() };
            self.metrics.wrote("Event", "patch");
            match api.patch(&write.key.name, &params, &Patch::Merge(patch)).await {
                // The server forgets Events after an hour: it is written anew, its count going on.
                Err(kube::Error::Api(status)) if status.is_not_found() => {}
                answer => return answer.map(|_| ()),
            }
        }
        let params = PostParams { field_manager: manager, ..PostParams::default() };
        self.metrics.wrote("Event", "create");
        match api.create(&params, &write.event).await {
            // An earlier try got through.
            Err(kube::Error::Api(status)) if status.is_already_exists() => Ok(()),
            answer => answer.map(|_| ()),
        }
    }
}
