//! One turn of one key: observed and decided in the loop, performed beside it, its outcome taken in again.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinError;
use tokio::time::Instant;

use super::effect::{Decision, Effect, Now, Performer, Refusal, Reply, Room, Settled, Then};
use super::objects::{Key, Kind};
use super::world::World;
use super::{Controller, artifact, deployment, host, replica_set, workload};

/// How soon a key comes again whose object changed under the decision: the news is on its way.
const AFTER_CONFLICT: Duration = Duration::from_millis(100);
/// How soon an owner that exists and that we do not know is looked for again.
const AFTER_ODD_OWNER: Duration = Duration::from_secs(30);

/// What a turn came to.
pub(super) struct Outcome {
    key: Key,
    uid: Option<String>,
    replies: Vec<Reply>,
    settled: Settled,
    next: Option<Instant>,
    started_on: Option<String>,
    began: Instant,
}

impl Controller {
    /// Decides for a key and sets going what was decided.
    pub(super) fn take_turn(&mut self, key: Key) {
        let now = self.now();
        let decision = decide(&self.world, &key, now);
        self.world.turn_taken(&key, &decision);
        if decision.effects.is_empty() && matches!(decision.then, Then::Nothing) {
            self.queue.done(&key);
            if let Some(next) = decision.next {
                self.queue.add_at(key, next);
            }
            return;
        }
        let uid = self.uid_of(&key, &decision.then);
        if let Some(memory) = uid.as_ref().and_then(|uid| self.world.memory.get_mut(uid)) {
            // The decision has it; what is set from now on is news to it.
            memory.ask = false;
        }
        let (performer, clock) = (self.performer.clone(), self.clock);
        let settled_bus = self.world.live.is_settled(now.instant);
        self.tasks.spawn(carry_out(performer, key, uid, decision, clock, settled_bus));
    }

    fn uid_of(&self, key: &Key, then: &Then) -> Option<String> {
        match (key.kind, then) {
            (_, Then::Workload(pending)) => Some(pending.uid().to_owned()),
            (Kind::Deployment, _) => self.world.deployments.get(&key.object).map(|object| object.uid().to_owned()),
            (Kind::ReplicaSet, _) => self.world.replica_sets.get(&key.object).map(|object| object.uid().to_owned()),
            _ => None,
        }
    }

    /// Takes in what a task brought back.
    pub(super) fn task_ended(&mut self, done: Result<Outcome, JoinError>) {
        match done {
            Ok(outcome) => self.conclude(outcome),
            // A cancelled task is our own farewell; a panic is a defect, and its key would never come again.
            Err(error) if error.is_panic() => tracing::error!(%error, "a task panicked"),
            Err(_) => {}
        }
    }

    fn conclude(&mut self, outcome: Outcome) {
        let Outcome { key, uid, replies, settled, next, started_on, began } = outcome;
        let now = Instant::now();
        self.metrics.reconciled(key.kind, now - began);
        if let Some(host) = started_on {
            self.metrics.started(now - began);
            self.world.start_ended(&host, &key.object);
        }
        let again = self.learn(&key, uid.as_deref(), replies, now);
        if let (Some(uid), Some(memory)) = (&uid, settled.memory) {
            self.world.remember(uid, memory);
        }
        for id in settled.unheard {
            self.unheard(&id, now);
        }
        if let Some((id, name)) = settled.dead
            && self.world.live.is_settled(now)
            && self.world.live.declare_dead(&id, &name, now)
        {
            tracing::warn!(host = name, id, "the host is silent and does not answer; its workloads go elsewhere");
            self.world.host_lost(&id);
        }
        self.queue.done(&key);
        for at in [next, settled.next, again].into_iter().flatten() {
            self.queue.add_at(key.clone(), at);
        }
    }

    /// Takes in replies; tells when the key is to come again because of them.
    fn learn(&mut self, key: &Key, uid: Option<&str>, replies: Vec<Reply>, now: Instant) -> Option<Instant> {
        let mut again = None;
        let mut refused = false;
        for reply in replies {
            match reply {
                Reply::Written(kind, object) => self.take_in_answer(kind, *object),
                Reply::Removed(kind, object, uid) => self.world.removed(kind, &object, &uid),
                Reply::OwnerGone(owner) => {
                    self.world.owner_is_gone(&owner);
                    self.world.touch(key.kind, key.object.clone());
                }
                Reply::OwnerThere => again = Some(now + AFTER_ODD_OWNER),
                Reply::Refused(why) => {
                    refused = true;
                    again = self.refused(key, &why, now);
                }
                Reply::Heartbeat(Ok(beat)) => self.world.heartbeat(*beat, now),
                Reply::Heartbeat(Err(_)) | Reply::Host(_) | Reply::Config(_) => {}
            }
        }
        if !refused {
            self.queue.succeeded(key);
        }
        if matches!(key.kind, Kind::Deployment | Kind::ReplicaSet)
            && !refused
            && let Some(uid) = uid
        {
            self.world.was_written(uid, now);
        }
        again
    }

    fn refused(&mut self, key: &Key, why: &Refusal, now: Instant) -> Option<Instant> {
        match why {
            Refusal::Conflict => {
                self.metrics.failed(key.kind, "conflict");
                Some(now + AFTER_CONFLICT)
            }
            Refusal::NotFound => None,
            Refusal::NotLeading => None,
            Refusal::Other(error) => {
                self.metrics.failed(key.kind, "api");
                let failures = self.queue.failed(key);
                let wait = super::backoff::wait_after(failures, &key.to_string());
                tracing::warn!(kind = key.kind.name(), object = %key.object, error, ?wait, "the API server refused");
                Some(now + wait)
            }
        }
    }

    fn unheard(&mut self, id: &str, now: Instant) {
        if self.world.live.unheard(id, now) {
            tracing::warn!(id, "nobody listens under the host's id any more; its workloads go elsewhere");
            self.world.host_lost(id);
        } else if let Some(host) = self.world.live.get(id) {
            let name = host.beat.friendly_name.clone();
            self.world.touch_host(&name);
        }
    }
}

/// Looks at one key and decides for it.
pub(super) fn decide(world: &World, key: &Key, now: Now) -> Decision {
    let (object, at) = (&key.object, now.instant);
    let decision = match key.kind {
        Kind::Artifact => artifact::observe(world, object, at).map(|observed| artifact::decide(&observed, now)),
        Kind::Host => host::observe(world, object, at).map(|observed| host::decide(&observed, now)),
        Kind::Deployment => deployment::observe(world, object, at).map(|observed| deployment::decide(&observed, now)),
        Kind::ReplicaSet => replica_set::observe(world, object, at).map(|observed| replica_set::decide(&observed, now)),
        Kind::Workload => workload::observe(world, object, at).map(|observed| workload::decide(&observed, now)),
    };
    decision.unwrap_or_default()
}

/// Performs a decision, settles it and writes what that comes to.
async fn carry_out(
    performer: Arc<Performer>,
    key: Key,
    uid: Option<String>,
    decision: Decision,
    clock: fn() -> jiff::Timestamp,
    settled_bus: bool,
) -> Outcome {
    let began = Instant::now();
    let Decision { effects, then, next, room, .. } = decision;
    let mut replies = performer.perform(effects.clone()).await;
    let now = Now { instant: Instant::now(), wall: clock() };
    let mut settled = settle(&then, &effects, &replies, now, settled_bus);
    replies.extend(performer.perform(std::mem::take(&mut settled.effects)).await);
    let started_on = if let Room::Take(host) = room { Some(host) } else { None };
    Outcome { key, uid, replies, settled, next, started_on, began }
}

/// What the replies to a decision amount to.
pub(super) fn settle(then: &Then, effects: &[Effect], replies: &[Reply], now: Now, settled_bus: bool) -> Settled {
    match then {
        Then::Nothing => Settled::default(),
        Then::Workload(pending) => workload::settle(pending, effects, replies, now),
        Then::Host(pending) => host::settle(pending, effects, replies, now, settled_bus),
    }
}
