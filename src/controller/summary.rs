//! How things stand, for a person who looks on: data only, drawn elsewhere.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::live::{LiveHost, Standing};
use super::objects::Deployment;
use super::world::World;
use crate::api::names::{condition, reason};
use crate::api::{Condition, HasConditions};

/// Between two posts: faster than that nobody reads.
const PERIOD: Duration = Duration::from_millis(250);
/// How many deployments are named that are not ready.
const NAMED: usize = 8;

/// How things stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Whether this process is in charge.
    pub leading: bool,
    /// Whether all objects are known.
    pub synced: bool,
    /// Whether hosts can be reached.
    pub connected: bool,
    /// The hosts.
    pub hosts: Hosts,
    /// Workloads that are Ready.
    pub workloads_ready: usize,
    /// All Workloads.
    pub workloads: usize,
    /// The deployments.
    pub deployments: Deployments,
    /// The first of the deployments that are not ready: the failing ones, then the others, by name.
    pub open: Vec<Open>,
}

/// Hosts, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hosts {
    /// Those that were heard lately.
    pub ready: usize,
    /// All that were heard since this process began.
    pub total: usize,
    /// CPU in use, percent, mean over the ready ones; `None` where none tells.
    pub cpu: Option<f32>,
    /// Memory in use, percent, mean over the ready ones; `None` where none tells.
    pub memory: Option<f32>,
}

/// Deployments, counted; each counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deployments {
    /// As asked for.
    pub ready: usize,
    /// On their way.
    pub progressing: usize,
    /// Paused by their owner.
    pub paused: usize,
    /// In trouble.
    pub failing: usize,
}

/// A deployment that is not ready.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Open {
    /// `NAMESPACE/NAME`.
    pub name: String,
    /// Ready replicas of its newest replica set.
    pub ready: i32,
    /// Replicas asked for.
    pub wanted: i32,
    /// What is wrong: reason and message.
    pub trouble: Option<(String, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Failing,
    Progressing,
    Paused,
    Ready,
}

impl Summary {
    /// Of the world as it is known now.
    pub fn of(world: &World, leading: bool, now: Instant) -> Self {
        let mut deployments = Deployments::default();
        let mut open = Vec::new();
        for deployment in world.deployments.iter() {
            let state = state(deployment);
            let count = match state {
                State::Ready => &mut deployments.ready,
                State::Progressing => &mut deployments.progressing,
                State::Paused => &mut deployments.paused,
                State::Failing => &mut deployments.failing,
            };
            *count += 1;
            if state != State::Ready {
                open.push((state, deployment.key(), deployment));
            }
        }
        open.sort_by(|(a, at, _), (b, to, _)| (a, at).cmp(&(b, to)));
        Self {
            leading,
            synced: world.is_synced(),
            connected: world.live.settled_at().is_some(),
            hosts: hosts(world, now),
            workloads_ready: world.workloads.iter().filter(|workload| workload.is_ready()).count(),
            workloads: world.workloads.len(),
            deployments,
            open: open.iter().take(NAMED).map(|(_, _, deployment)| describe(world, deployment)).collect(),
        }
    }

    /// Deployments that are not ready and not named.
    pub fn unnamed(&self) -> usize {
        let Deployments { progressing, paused, failing, .. } = self.deployments;
        (progressing + paused + failing).saturating_sub(self.open.len())
    }
}

fn hosts(world: &World, now: Instant) -> Hosts {
    let alive: Vec<&LiveHost> =
        world.live.iter().filter(|host| world.live.standing(&host.beat.id, now) == Standing::Alive).collect();
    let memory = |host: &&LiveHost| {
        let (total, free) = (host.beat.system_memory_total, host.beat.system_memory_free);
        (total > 0).then(|| total.saturating_sub(free) as f32 / total as f32 * 100.0)
    };
    Hosts {
        ready: alive.len(),
        total: world.live.iter().count(),
        cpu: mean(alive.iter().map(|host| host.beat.system_cpu_usage).filter(|cpu| cpu.is_finite() && *cpu >= 0.0)),
        memory: mean(alive.iter().filter_map(memory)),
    }
}

/// In whole numbers, so that a summary that looks the same is the same.
fn mean(values: impl Iterator<Item = f32>) -> Option<f32> {
    let (sum, count) = values.fold((0.0_f64, 0_u32), |(sum, count), value| (sum + f64::from(value), count + 1));
    (count > 0).then(|| (sum / f64::from(count)).round() as f32)
}

fn state(deployment: &Deployment) -> State {
    let current = |type_| {
        let condition = deployment.condition(type_)?;
        (condition.observed_generation == Some(deployment.generation())).then_some(condition)
    };
    let ready = current(condition::READY);
    if ready.is_some_and(Condition::is_true) {
        return State::Ready;
    }
    if current(condition::DEPLOY).is_some_and(|deploy| deploy.reason() == reason::DEPLOYMENT_PAUSED) {
        return State::Paused;
    }
    if ready.is_some_and(Condition::is_false) { State::Failing } else { State::Progressing }
}

fn describe(world: &World, deployment: &Deployment) -> Open {
    let named = deployment.status.as_ref().and_then(|status| status.current_replica_set.as_ref());
    let newest = named.and_then(|set| world.replica_sets.get(&deployment.key().sibling(set.name())));
    let ready = newest.and_then(|set| set.status.as_ref()?.replicas.as_ref()?.ready);
    let failing = state(deployment) == State::Failing;
    let trouble = deployment.condition(condition::READY).filter(|_| failing);
    Open {
        name: deployment.key().to_string(),
        ready: ready.unwrap_or_default(),
        wanted: deployment.spec.replicas(),
        trouble: trouble.map(|ready| (ready.reason().to_owned(), ready.message().to_owned())),
    }
}

/// Where summaries are posted for whoever draws them.
pub struct Board {
    to: watch::Sender<Summary>,
    posted: Option<Instant>,
}

impl Board {
    /// Posts to that channel.
    pub fn new(to: watch::Sender<Summary>) -> Self {
        Self { to, posted: None }
    }

    /// Posts what is new, unless it is too soon: then tells when it will be time.
    pub fn post(&mut self, now: Instant, summary: impl FnOnce() -> Summary) -> Option<Instant> {
        if let Some(at) = self.posted.map(|posted| posted + PERIOD).filter(|at| *at > now) {
            return Some(at);
        }
        self.posted = Some(now);
        let next = summary();
        self.to.send_if_modified(|last| {
            let news = *last != next;
            *last = next;
            news
        });
        None
    }
}

#[cfg(test)]
mod tests;
