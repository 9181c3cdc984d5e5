//! The controller without its outside: what it knows, what waits to be looked at, one turn after the other.
//!
//! A driver carries turns out: with tasks and a client in the process, by hand in the simulation that tests use.

use std::borrow::Cow;
use std::time::Duration;

use tokio::time::Instant;

use super::effect::{Decision, Effect, Now, Refusal, Reply, Room, Settled, Then};
use super::events::Subject;
use super::objects::{Key, ObjectKey, Raw, What};
use super::queue::Queue;
use super::settings::Settings;
use super::world::World;
use super::{artifact, backoff, deployment, host, pods, replica_set, routes, workload};
use crate::api::Kind;

/// How soon a key comes again whose object changed under the decision: the news is on its way.
const AFTER_CONFLICT: Duration = Duration::from_millis(100);
/// How soon an owner that exists and that we do not know is looked for again.
const AFTER_ODD_OWNER: Duration = Duration::from_secs(30);

/// Everything the controller knows and has to look at.
#[derive(Debug)]
pub struct Core {
    /// What it knows.
    pub world: World,
    queue: Queue<Key>,
}

/// A decision that is to be carried out.
#[derive(Debug)]
pub struct Turn {
    key: Key,
    uid: Option<String>,
    effects: Vec<Effect>,
    then: Then,
    next: Option<Instant>,
    room: Room,
    bus_settled: bool,
    subject: Option<Subject>,
    config_news: u64,
}

impl Turn {
    /// What it is about.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// What is to be done, in this order.
    pub fn effects(&self) -> &[Effect] {
        &self.effects
    }

    /// Whether it starts a Workload.
    pub fn starts(&self) -> bool {
        matches!(self.room, Room::Take(_))
    }

    /// Whether only the API server is asked for anything, and no host or registry, which may take a minute to answer.
    pub fn only_writes(&self) -> bool {
        let asks_others = |effect: &Effect| {
            matches!(
                effect,
                Effect::Start { .. }
                    | Effect::Ask { .. }
                    | Effect::Stop { .. }
                    | Effect::Probe { .. }
                    | Effect::ResolveDigest { .. }
            )
        };
        !self.effects.iter().any(asks_others)
    }

    /// What the replies amount to.
    pub fn settle(&self, replies: &[Reply], now: Now) -> Settled {
        let answered = self.answered();
        let mut settled = match &self.then {
            Then::Nothing => Settled::default(),
            Then::Workload(pending) => workload::settle(pending, &answered, replies, now),
            Then::Route(pending) => routes::settle(pending, replies, now),
            Then::Pod(pending) => pods::settle(pending, replies, now),
            Then::Artifact(pending) => artifact::settle(pending, replies, now),
            Then::Host(pending) => host::settle(pending, &answered, replies, now, self.bus_settled),
        };
        if let Some(subject) = &self.subject {
            settled.effects = subject.tell(settled.effects);
        }
        settled
    }

    /// The effects that have replies.
    fn answered(&self) -> Cow<'_, [Effect]> {
        let is_told = |effect: &Effect| matches!(effect, Effect::Announce(_));
        match self.effects.iter().any(is_told) {
            false => Cow::Borrowed(&self.effects),
            true => self.effects.iter().filter(|effect| !is_told(effect)).cloned().collect(),
        }
    }
}

impl Core {
    /// Knows nothing yet.
    pub fn new(settings: Settings, now: Instant) -> Self {
        Self { world: World::new(settings, now), queue: Queue::default() }
    }

    /// Takes over what has to be looked at from what was learned.
    pub fn gather(&mut self) {
        for key in self.world.take_touched() {
            self.queue.add(key);
        }
    }

    /// The next turn that has anything to do outside; those that have not are taken on the way.
    pub fn next_turn(&mut self, now: Now) -> Option<Turn> {
        self.world.judge_when_due(now.instant);
        self.world.wake_waiting(now.instant);
        loop {
            self.gather();
            let key = self.queue.next(now.instant)?;
            if let Some(turn) = self.take_turn(key, now) {
                return Some(turn);
            }
        }
    }

    /// When the next delayed key is due.
    pub fn wakes_at(&self) -> Option<Instant> {
        let of_world = self.world.judges_at().into_iter().chain(self.world.recounts_at());
        self.queue.wakes_at().into_iter().chain(of_world).min()
    }

    /// Keys that wait to be looked at, and those that are being worked on.
    pub fn depth(&self) -> usize {
        self.queue.depth() + self.queue.busy()
    }

    fn take_turn(&mut self, key: Key, now: Now) -> Option<Turn> {
        if let Some(until) = self.world.rests_until(&key, now.instant) {
            self.queue.done(&key);
            self.queue.add_at(key, until);
            return None;
        }
        let decision = decide(&self.world, &key, now);
        self.world.turn_taken(&key, &decision);
        let Decision { effects, then, next, room, .. } = decision;
        if effects.is_empty() && matches!(then, Then::Nothing) {
            self.queue.done(&key);
            if let Some(next) = next {
                self.queue.add_at(key, next);
            }
            return None;
        }
        let uid = self.uid_of(&key, &then);
        if let Some(memory) = uid.as_ref().and_then(|uid| self.world.memory.get_mut(uid)) {
            // The decision has it; what is set from now on is news to it.
            memory.ask = false;
        }
        let bus_settled = self.world.live.is_settled(now.instant);
        let subject = Subject::of(&self.world, &key);
        let effects = subject.iter().fold(effects, |effects, subject| subject.tell(effects));
        let config_news = self.world.config_news();
        Some(Turn { key, uid, effects, then, next, room, bus_settled, subject, config_news })
    }

    fn uid_of(&self, key: &Key, then: &Then) -> Option<String> {
        match (key.what, then) {
            (_, Then::Workload(pending)) => Some(pending.uid().to_owned()),
            (_, Then::Artifact(pending)) => Some(pending.uid().to_owned()),
            (What::Kind(Kind::WorkloadDeployment), _) => {
                self.world.deployments.get(&key.object).map(|object| object.uid().to_owned())
            }
            (What::Kind(Kind::WorkloadReplicaSet), _) => {
                self.world.replica_sets.get(&key.object).map(|object| object.uid().to_owned())
            }
            _ => None,
        }
    }

    /// Takes in what came of a turn. Tells the category of its error, if it ended in one.
    pub fn conclude(
        &mut self,
        turn: Turn,
        replies: Vec<Reply>,
        settled: Settled,
        now: Instant,
    ) -> Option<&'static str> {
        let Turn { key, uid, next, room, effects, subject, config_news, .. } = turn;
        if let Some(subject) = subject {
            replies.iter().for_each(|reply| subject.log_completion(reply));
        }
        if let Room::Take(host) = room {
            self.world.start_ended(&host, &key.object);
        }
        let (again, error) = self.learn(&key, replies, config_news, now);
        self.world.config_reading_ended(&effects);
        self.world.creations_ended(&effects);
        if let Some(uid) = &uid {
            if error.is_none() && (key.what == Kind::WorkloadDeployment || key.what == Kind::WorkloadReplicaSet) {
                self.world.was_written(uid, now);
            }
            if let Some(memory) = settled.memory {
                self.world.remember(uid, memory);
            }
        }
        if let Some(route) = settled.route {
            self.world.route_settled(&key.object, route);
        }
        if let Some((uid, memory)) = settled.pod {
            self.world.pod_settled(&key.object, &uid, memory);
        }
        self.world.config_overtakes(&key, config_news);
        settled.unheard.iter().for_each(|id| self.world.host_unheard(id, now));
        if let Some(id) = &settled.dead {
            self.world.host_silent(id, now);
        }
        self.queue.done(&key);
        // What was decided next rests on a write that was refused: it waits for the back-off.
        let wishes = if error.is_some() && again.is_some() { [None, None] } else { [next, settled.next] };
        for at in wishes.into_iter().chain([again]).flatten() {
            self.queue.add_at(key.clone(), at);
        }
        error
    }

    /// Takes in what came of something that was no turn.
    pub fn take_in(&mut self, replies: Vec<Reply>, now: Instant) {
        for reply in replies {
            match reply {
                Reply::Written(kind, object) => self.written(kind, *object),
                Reply::Heartbeat(Ok(beat)) => self.world.heartbeat(*beat, now),
                _ => {}
            }
        }
    }

    fn written(&mut self, kind: Kind, object: Raw) {
        let key = ObjectKey::of(&object.metadata);
        if let Err(error) = self.world.written(kind, object) {
            tracing::error!(kind = kind.name(), object = %key, %error, "the API server's answer cannot be read");
        }
    }

    /// Takes in replies; tells when the key is to come again because of them, and what went wrong.
    fn learn(
        &mut self,
        key: &Key,
        replies: Vec<Reply>,
        config_news: u64,
        now: Instant,
    ) -> (Option<Instant>, Option<&'static str>) {
        let (mut again, mut error) = (None, None);
        for reply in replies {
            match reply {
                Reply::Written(kind, object) => self.written(kind, *object),
                Reply::Removed(kind, object, uid) => self.world.removed(kind, &object, &uid),
                Reply::Slice(slice) => self.world.slice_written(*slice),
                Reply::SliceGone(slice, uid) => self.world.slice_removed(&slice, &uid),
                Reply::Pod(pod) => self.world.pod_written(*pod),
                Reply::OwnerGone(owner) => {
                    self.world.owner_is_gone(&owner);
                    self.world.touch(key.what, key.object.clone());
                }
                Reply::OwnerThere => again = Some(now + AFTER_ODD_OWNER),
                Reply::Refused(why) => (again, error) = self.refused(key, &why, now),
                Reply::Read(readings) => {
                    let unread = readings.iter().find_map(|reading| reading.found.as_ref().err().cloned());
                    if let Some(words) = unread {
                        (again, error) = self.refused(key, &Refusal::Other(words), now);
                    }
                    self.world.config_read(readings, config_news);
                }
                Reply::Heartbeat(Ok(beat)) => self.world.heartbeat(*beat, now),
                Reply::Heartbeat(Err(_)) | Reply::Host(_) | Reply::Config(_) | Reply::Digest(_) => {}
            }
        }
        if error.is_none() {
            self.queue.succeeded(key);
        }
        (again, error)
    }

    fn refused(&mut self, key: &Key, why: &Refusal, now: Instant) -> (Option<Instant>, Option<&'static str>) {
        match why {
            Refusal::Conflict => (Some(now + AFTER_CONFLICT), Some("conflict")),
            Refusal::NotFound => (None, Some("not found")),
            Refusal::NotLeading => (None, Some("not leading")),
            // It is told on the Pod, and not tried again for long.
            Refusal::Denied(_) if key.what == What::Pod => (None, Some("denied")),
            Refusal::Other(error) | Refusal::Denied(error) => {
                let wait = backoff::wait_after(self.queue.failed(key), &key.to_string());
                tracing::warn!(kind = key.what.name(), object = %key.object, error, ?wait, "the API server refused");
                (Some(now + wait), Some("api"))
            }
        }
    }
}

/// Looks at one key and decides for it.
pub(crate) fn decide(world: &World, key: &Key, now: Now) -> Decision {
    let (object, at) = (&key.object, now.instant);
    let kind = match key.what {
        What::Kind(kind) => kind,
        What::Route => return routes::look(world, object, now),
        What::Pod => return pods::look(world, object, now),
        What::Start => return workload::unanswered_start(world, object, now),
    };
    let decision = match kind {
        Kind::Artifact => artifact::observe(world, object, at).map(|observed| artifact::decide(&observed, now)),
        Kind::Host => host::observe(world, object, at).map(|observed| host::decide(&observed, now)),
        Kind::WorkloadDeployment => {
            deployment::observe(world, object, at).map(|observed| deployment::decide(&observed, now))
        }
        Kind::WorkloadReplicaSet => {
            replica_set::observe(world, object, at).map(|observed| replica_set::decide(&observed, now))
        }
        Kind::Workload => workload::observe(world, object, at).map(|observed| workload::decide(&observed, now)),
    };
    decision.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controller::fixtures::{NAMESPACE, Simulation, replica_set, wall, workload, world_of};

    /// How long after a look the next one comes, of a replica set with so many Workloads.
    fn second_look(count: usize) -> Duration {
        let now = Now { instant: Instant::now(), wall: wall() };
        let replica = |at| workload(&format!("w-{at}")).owned_by(Kind::WorkloadReplicaSet, "set").on("1", true);
        let set = replica_set("set").replicas(i32::try_from(count).unwrap());
        let objects: Vec<_> = (0..count).map(replica).chain([set]).collect();
        let mut core = Core::new(Settings::default(), now.instant);
        core.world = world_of(&objects, now.instant);
        let touch = |core: &mut Core| core.world.touch(Kind::WorkloadReplicaSet, ObjectKey::new(NAMESPACE, "set"));
        touch(&mut core);
        let turn = core.next_turn(now).unwrap();
        touch(&mut core);
        core.conclude(turn, Vec::new(), Settled::default(), now.instant);
        if core.next_turn(now).is_some() {
            return Duration::ZERO;
        }
        let at = core.wakes_at().unwrap();
        assert!(core.next_turn(Now { instant: at, ..now }).is_some(), "it is not forgotten");
        at - now.instant
    }

    #[test]
    fn what_has_many_workloads_is_looked_at_the_more_seldom_the_more_they_are() {
        assert_eq!(second_look(499), Duration::ZERO);
        assert_eq!(second_look(500), Duration::from_millis(15));
        assert_eq!(second_look(1_500), Duration::from_millis(45));
    }

    #[test]
    fn a_status_that_is_refused_is_tried_again_after_the_back_off_and_not_before() {
        let mut simulation = Simulation::with_hosts(1);
        simulation.refuses_statuses = true;
        simulation.apply(&workload("w"));
        simulation.pass(30);
        assert!((3..=6).contains(&simulation.starts().len()), "{:?}", simulation.starts());
        simulation.refuses_statuses = false;
        simulation.pass(30);
        assert!(simulation.get(crate::api::Kind::Workload, "w")["status"]["hostId"].is_string());
    }
}
