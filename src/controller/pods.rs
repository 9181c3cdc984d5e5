//! Host Pods: what the cluster says of where a host runs, and upstream's finalizer, which is taken off them.
//!
//! All of it is optional: where Pods may not be read, and for hosts that run outside of Kubernetes, heartbeats alone count.
//!
//! What follows from a Pod for its host:
//!
//! - **It is being deleted**: the host is Unknown from then on, though it reports. Nothing new is placed on it, and its
//!   Workloads leave as in a drain. That is never taken back: whoever is told to end does not stay.
//! - **It is gone**, or all its containers have ended: the host is asked at once, and is Unknown until it answers. No answer
//!   is its death, without the minute of silence. One that answers is there, whatever became of the Pod's object, and its
//!   word counts: someone may have taken the label off, or deleted the object by force while nobody could reach the node. It
//!   is treated as a host without a Pod, unless the Pod was being deleted before: then it goes on as above.

pub mod hosting;
mod known;
#[cfg(test)]
mod tests;
pub mod watch;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use kube::core::object::{NotUsed, Object};
use serde::Deserialize;
use tokio::time::Instant;

use super::backoff;
use super::effect::{Decision, Effect, Now, Refusal, Reply, Settled, Then, finalizers_without};
use super::events::{Announcement, Regarding, Tone};
use super::objects::{ObjectKey, Seen};
use super::world::World;
use crate::api::names::finalizer;
pub use known::Pods;

/// Reason of the Event that says that upstream's finalizer stays on a Pod.
const FINALIZER_STAYS: &str = "FinalizerStays";
/// How long a Pod that may not be written to is left alone: it may have been allowed meanwhile.
const AFTER_DENIAL: Duration = Duration::from_secs(600);

/// A Pod with the label of a host group.
pub type Pod = Seen<PodBody>;

/// What is kept of a Pod.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodBody {
    /// Its addresses, the main one first; never an IPv4 address in IPv6 clothes.
    pub ips: Vec<IpAddr>,
    /// All its containers have ended and will not be started again.
    pub finished: bool,
}

/// A Pod as a watch brings it: the rest of it is passed over while it is read.
pub type Brought = Object<NotUsed, PodStatus>;

/// `status` of a Pod, as far as it matters here.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodStatus {
    phase: String,
    #[serde(rename = "podIP")]
    pod_ip: Option<String>,
    #[serde(rename = "podIPs")]
    pod_ips: Option<Vec<PodIp>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct PodIp {
    ip: String,
}

impl Pod {
    /// What is kept of a Pod that a watch brought.
    pub fn of(brought: Brought) -> Self {
        let (mut metadata, status) = (brought.metadata, brought.status.unwrap_or_default());
        (metadata.managed_fields, metadata.annotations, metadata.labels) = (None, None, None);
        metadata.owner_references = None;
        let all = status.pod_ip.into_iter().chain(status.pod_ips.into_iter().flatten().map(|one| one.ip));
        let mut ips: Vec<IpAddr> = Vec::new();
        for ip in all.filter_map(|text| text.parse::<IpAddr>().ok()) {
            let ip = ip.to_canonical();
            if !ips.contains(&ip) {
                ips.push(ip);
            }
        }
        let finished = matches!(status.phase.as_str(), "Succeeded" | "Failed");
        Self { metadata, body: PodBody { ips, finished } }
    }
}

/// What is remembered of a Pod's finalizer.
///
/// An operator of upstream's that runs beside us puts it back whenever it looks. Taking it off just once would leave the Pod
/// hanging when that operator is gone in the end; taking it off each time would be a fight. So each removal is followed by a
/// pause that doubles, up to five minutes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodMemory {
    /// How often it was taken off.
    pub removals: u32,
    /// When that was last tried.
    pub tried: Option<Instant>,
    /// It may not be taken off, in the API server's words.
    pub denied: Option<String>,
}

impl PodMemory {
    /// Until when the Pod is left alone.
    fn rests_until(&self, uid: &str) -> Option<Instant> {
        let pause = if self.denied.is_some() { AFTER_DENIAL } else { backoff::wait_after(self.removals, uid) };
        self.tried.map(|tried| tried + pause)
    }
}

/// What replies are about.
#[derive(Clone, Debug)]
pub struct Pending {
    pod: Arc<Pod>,
    memory: PodMemory,
}

/// Decides on a Pod that is known.
pub fn look(world: &World, key: &ObjectKey, now: Now) -> Decision {
    let pod = world.pods.get(key);
    pod.map(|pod| decide(pod, &world.pods.memory_of(pod.uid()), now)).unwrap_or_default()
}

/// Takes upstream's finalizer off, be the Pod terminating or not: nobody would once its operator is gone.
pub fn decide(pod: &Arc<Pod>, memory: &PodMemory, now: Now) -> Decision {
    let Some(patch) = finalizers_without(pod, finalizer::HOST_POD) else { return Decision::default() };
    if let Some(until) = memory.rests_until(pod.uid()).filter(|until| *until > now.instant) {
        return Decision { next: Some(until), ..Decision::default() };
    }
    let effects = vec![Effect::PatchPod { key: pod.key(), patch }];
    let then = Then::Pod(Pending { pod: pod.clone(), memory: memory.clone() });
    Decision { effects, then, ..Decision::default() }
}

/// Turns the reply into what to remember of the Pod. That it is not allowed is said once.
pub fn settle(pending: &Pending, replies: &[Reply], now: Now) -> Settled {
    let (pod, before) = (&pending.pod, &pending.memory);
    let tried = Some(now.instant);
    match replies.last() {
        Some(Reply::Pod(_)) => {
            let memory = PodMemory { removals: before.removals.saturating_add(1), tried, denied: None };
            Settled { pod: Some((pod.uid().to_owned(), memory)), ..Settled::default() }
        }
        Some(Reply::Refused(Refusal::Denied(why))) => {
            let memory = PodMemory { tried, denied: Some(why.clone()), ..before.clone() };
            let effects = before.denied.is_none().then(|| stays(pod, why)).into_iter().collect();
            let (pod, next) = (Some((pod.uid().to_owned(), memory)), Some(now.instant + AFTER_DENIAL));
            Settled { effects, pod, next, ..Settled::default() }
        }
        _ => Settled::default(),
    }
}

fn stays(pod: &Pod, why: &str) -> Effect {
    let regarding =
        Regarding { api_version: "v1".to_owned(), kind: "Pod".to_owned(), key: pod.key(), uid: pod.uid().to_owned() };
    let words = format!(
        "the finalizer {} cannot be taken off Pod {}, which will hang when it is deleted: {why}",
        finalizer::HOST_POD,
        pod.key()
    );
    Effect::Announce(Announcement::new(regarding, Tone::Warning, FINALIZER_STAYS, &words))
}
