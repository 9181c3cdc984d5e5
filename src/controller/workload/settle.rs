//! What a host's answer means for a Workload.

use std::sync::Arc;
use std::time::Duration;

use super::drift::Drift;
use super::status::{Place, Verdicts, write};
use crate::api::names::{condition, reason};
use crate::api::{HasConditions, Kind};
use crate::controller::conditions::Verdict;
use crate::controller::config::{ConfigProblem, Reading, record};
use crate::controller::effect::{Effect, Now, Reply, Settled};
use crate::controller::events::Announcement;
use crate::controller::memory::Memory;
use crate::controller::objects::Workload;
use crate::hosts::BusError;
use crate::hosts::wire::{WorkloadState, WorkloadStatus};

/// How soon a Workload that is being started is asked for again.
const WHILE_STARTING: Duration = Duration::from_secs(1);
/// How soon something is tried again that failed for no fault of the Workload.
const SOON: Duration = Duration::from_secs(1);

/// What a reply is about.
#[derive(Clone, Debug)]
pub struct Pending {
    workload: Arc<Workload>,
    host: String,
    environment: String,
    memory: Memory,
    drift: Drift,
    /// What follows if it runs there.
    only_there: Vec<Effect>,
}

impl Pending {
    /// A request about a Workload to a host.
    pub(super) fn new(workload: &Arc<Workload>, host: &str, environment: &str, memory: &Memory) -> Self {
        Self {
            workload: workload.clone(),
            host: host.to_owned(),
            environment: environment.to_owned(),
            memory: memory.clone(),
            drift: Drift::default(),
            only_there: Vec::new(),
        }
    }

    /// With what became of the configuration it was started with.
    pub(super) fn drifted(self, drift: &Drift) -> Self {
        Self { drift: drift.clone(), ..self }
    }

    /// With what follows if it runs there.
    pub(super) fn and_only_there(self, only_there: Vec<Effect>) -> Self {
        Self { only_there, ..self }
    }

    /// Nothing was asked; only something is to be remembered.
    pub(super) fn remember(workload: &Arc<Workload>, memory: Memory) -> Self {
        Self {
            workload: workload.clone(),
            host: String::new(),
            environment: String::new(),
            memory,
            drift: Drift::default(),
            only_there: Vec::new(),
        }
    }

    /// The UID of the Workload.
    pub fn uid(&self) -> &str {
        self.workload.uid()
    }
}

/// Turns the replies into the next status, what to remember, and when to look again.
pub fn settle(pending: &Pending, effects: &[Effect], replies: &[Reply], now: Now) -> Settled {
    let asked = effects.last();
    let read = replies.iter().find_map(|reply| if let Reply::Read(readings) = reply { Some(readings) } else { None });
    let pending = &read.map_or_else(|| pending.clone(), |readings| pending.reading(readings));
    match (asked, replies.last()) {
        (Some(Effect::Start { .. }), Some(Reply::Config(problem))) => pending.unconfigured(problem, now),
        (Some(Effect::Start { .. }), Some(Reply::Host(Ok(status)))) => pending.started(status, now),
        (Some(Effect::Start { .. }), Some(Reply::Host(Err(error)))) => pending.start_unanswered(error, now),
        (Some(Effect::Ask { .. }), Some(Reply::Host(Ok(status)))) => pending.told(status, now),
        (Some(Effect::Stop { .. }), Some(Reply::Host(_))) => pending.stops(effects, replies, now),
        (Some(_), Some(Reply::Host(Err(error)))) => pending.unanswered(error, now),
        (None, _) => Settled { memory: Some(pending.memory.clone()), ..Settled::default() },
        _ => Settled::default(),
    }
}

impl Pending {
    /// Remembers what was read for a start.
    fn reading(&self, readings: &[Reading]) -> Self {
        let record = Some(record(readings)).filter(|record| !record.is_empty()).map(Arc::new);
        Self { memory: Memory { config: record, ..self.memory.clone() }, ..self.clone() }
    }

    fn running(&self, now: Now) -> Settled {
        let mut memory = self.memory.clone();
        memory.succeeded();
        memory.ask = false;
        memory.asked = Some(now.instant);
        let place = Place::On { host: &self.host, environment: &self.environment };
        let said = write(&self.workload, &Verdicts::well_but(&self.drift), &place, now.wall);
        let effects = self.only_there.iter().cloned().chain(said).collect();
        Settled {
            effects,
            memory: Some(memory),
            next: Some(now.instant + super::spread(self.uid())),
            ..Settled::default()
        }
    }

    fn starting(&self, now: Now) -> Settled {
        let memory = Memory { ask: true, until: Some(now.instant + WHILE_STARTING), ..self.memory.clone() };
        let place = Place::On { host: &self.host, environment: &self.environment };
        let verdicts = Verdicts::open(condition::SYNC, "Starting", "the host is starting it");
        let effects = write(&self.workload, &verdicts, &place, now.wall).into_iter().collect();
        Settled { effects, memory: Some(memory), next: Some(now.instant + WHILE_STARTING), ..Settled::default() }
    }

    fn unconfigured(&self, problem: &ConfigProblem, now: Now) -> Settled {
        let mut memory = self.memory.clone();
        let wait = memory.failed(None, self.uid(), now.instant);
        memory.lacks_config = true;
        let verdicts = Verdicts::wrong(condition::CONFIG, problem.reason(), &problem.to_string());
        let said = write(&self.workload, &verdicts, &Place::Nowhere, now.wall);
        let effects = said.into_iter().chain([self.warning(problem.reason(), &problem.to_string())]).collect();
        Settled { effects, memory: Some(memory), next: Some(now.instant + wait), ..Settled::default() }
    }

    fn started(&self, status: &WorkloadStatus, now: Now) -> Settled {
        match status.workload_state {
            WorkloadState::Running | WorkloadState::Completed => self.running(now),
            // What is running already need not be started: ask how it is.
            WorkloadState::Error if status.message.contains("already exists") => self.ask_at_once(now),
            WorkloadState::Starting | WorkloadState::Unspecified => self.starting(now),
            WorkloadState::Error | WorkloadState::NotFound | WorkloadState::Stopping => {
                self.start_failed(&status.message, status.workload_state, now)
            }
        }
    }

    fn start_failed(&self, message: &str, state: WorkloadState, now: Now) -> Settled {
        let mut memory = self.memory.clone();
        let wait = memory.failed(Some(&self.host), self.uid(), now.instant);
        memory.ask = false;
        let words = if message.is_empty() {
            format!("the host answered {} and no reason", state.name())
        } else {
            message.to_owned()
        };
        let verdicts = Verdicts::wrong(condition::PLACEMENT, reason::START_FAILED, &words);
        let said = write(&self.workload, &verdicts, &Place::Nowhere, now.wall);
        let effects = said.into_iter().chain([self.warning(reason::START_FAILED, &words)]).collect();
        Settled { effects, memory: Some(memory), next: Some(now.instant + wait), ..Settled::default() }
    }

    fn ask_at_once(&self, now: Now) -> Settled {
        let memory = Memory { ask: true, until: None, ..self.memory.clone() };
        let place = Place::Perhaps { host: &self.host, environment: &self.environment };
        let verdicts =
            Verdicts::open(condition::SYNC, "Starting", "the host has it already and is asked for its state");
        let effects = write(&self.workload, &verdicts, &place, now.wall).into_iter().collect();
        Settled { effects, memory: Some(memory), next: Some(now.instant), ..Settled::default() }
    }

    fn start_unanswered(&self, error: &BusError, now: Now) -> Settled {
        if *error == BusError::Disconnected {
            return self.later(now);
        }
        let mut memory = self.memory.clone();
        let wait = memory.failed(Some(&self.host), self.uid(), now.instant);
        memory.ask = error.may_have_arrived();
        let verdicts = Verdicts::wrong(condition::PLACEMENT, reason::HOST_DID_NOT_ANSWER, &error.to_string());
        let place = match error.may_have_arrived() {
            true => Place::Perhaps { host: &self.host, environment: &self.environment },
            false => Place::Nowhere,
        };
        let said = write(&self.workload, &verdicts, &place, now.wall);
        let effects = said.into_iter().chain([self.warning(reason::HOST_DID_NOT_ANSWER, &error.to_string())]).collect();
        let unheard = self.unheard(error);
        Settled { effects, memory: Some(memory), next: Some(now.instant + wait), unheard, ..Settled::default() }
    }

    /// A host told how a Workload is that it is thought to run.
    fn told(&self, status: &WorkloadStatus, now: Now) -> Settled {
        match status.workload_state {
            WorkloadState::Running | WorkloadState::Completed => self.running(now),
            WorkloadState::Starting | WorkloadState::Unspecified | WorkloadState::Stopping => self.starting(now),
            WorkloadState::Error | WorkloadState::NotFound => self.lost(status, now),
        }
    }

    /// It does not run there any more, or never did: it is to be started again, with the back-off if it failed before.
    fn lost(&self, status: &WorkloadStatus, now: Now) -> Settled {
        let mut memory = Memory { ask: false, asked: Some(now.instant), ..self.memory.clone() };
        let crashed = status.workload_state == WorkloadState::Error;
        let known = self.workload.workload_id().is_some();
        let trouble = match (status.workload_state, known) {
            (WorkloadState::Error, _) => Verdict::wrong(condition::SYNC, "WorkloadFailed", &status.message),
            (_, true) => Verdict::wrong(condition::SYNC, "WorkloadNotFound", "the host does not run it any more"),
            (_, false) => {
                let words = "the host did not get the start, or could not do it";
                Verdict::wrong(condition::PLACEMENT, reason::HOST_DID_NOT_ANSWER, words)
            }
        };
        if crashed || (known && !self.workload.is_ready()) {
            memory.failed(Some(&self.host), self.uid(), now.instant);
        }
        // What crashed is still there, and would be in the way of its own start.
        let warning = self.warning(&trouble.reason, &trouble.message);
        let clear = crashed.then(|| Effect::Stop { host: self.host.clone(), id: self.uid().to_owned() });
        let said = write(&self.workload, &Verdicts::up_to(trouble), &Place::Nowhere, now.wall);
        let effects = clear.into_iter().chain(said).chain([warning]).collect();
        let next = Some(memory.waits_until(now.instant).unwrap_or(now.instant));
        Settled { effects, memory: Some(memory), next, ..Settled::default() }
    }

    /// Stopped is what every host has confirmed that was asked; the first that has not is what counts.
    fn stops(&self, effects: &[Effect], replies: &[Reply], now: Now) -> Settled {
        let mut settled = Settled::default();
        for (effect, reply) in effects.iter().zip(replies) {
            let (Effect::Stop { host, .. }, Reply::Host(answer)) = (effect, reply) else { continue };
            let asked = Self { host: host.clone(), ..self.clone() };
            settled = match answer {
                Ok(status) => asked.stopped(status, now),
                Err(error) => asked.stop_unanswered(error, now),
            };
            if settled.memory.as_ref().is_none_or(|memory| !memory.stopped) {
                break;
            }
        }
        settled
    }

    fn stopped(&self, status: &WorkloadStatus, now: Now) -> Settled {
        let mut memory = self.memory.clone();
        if status.workload_state == WorkloadState::Error {
            let wait = memory.stop_failed(self.uid(), now.instant);
            let effects = vec![self.warning(reason::STOP_FAILED, &status.message)];
            return Settled { effects, memory: Some(memory), next: Some(now.instant + wait), ..Settled::default() };
        }
        memory.stopped = true;
        Settled { memory: Some(memory), next: Some(now.instant), ..Settled::default() }
    }

    /// A stop brought no answer: it is sent again until one comes, or the host is known to be gone.
    fn stop_unanswered(&self, error: &BusError, now: Now) -> Settled {
        let mut memory = self.memory.clone();
        let wait = memory.stop_failed(self.uid(), now.instant);
        let unheard = self.unheard(error);
        let effects = match error {
            BusError::Disconnected => Vec::new(),
            error => vec![self.warning(reason::HOST_DID_NOT_ANSWER, &format!("the stop: {error}"))],
        };
        Settled { effects, memory: Some(memory), next: Some(now.instant + wait), unheard, ..Settled::default() }
    }

    /// A question brought no answer: the host's standing decides, until then it is asked again.
    fn unanswered(&self, error: &BusError, now: Now) -> Settled {
        if *error == BusError::Disconnected {
            return self.later(now);
        }
        let mut memory = self.memory.clone();
        // While it is open whether it runs there at all, the host may be given up for it.
        let blamed = self.workload.workload_id().is_none().then_some(self.host.as_str());
        let wait = memory.failed(blamed, self.uid(), now.instant);
        memory.ask = true;
        let unheard = self.unheard(error);
        Settled { memory: Some(memory), next: Some(now.instant + wait), unheard, ..Settled::default() }
    }

    /// The attempt failed, once more perhaps: its Event says so, though the status may say it already.
    fn warning(&self, reason: &str, message: &str) -> Effect {
        Effect::Announce(Announcement::warning(Kind::Workload, &self.workload, reason, message))
    }

    fn unheard(&self, error: &BusError) -> Vec<String> {
        if *error == BusError::NoResponders { vec![self.host.clone()] } else { Vec::new() }
    }

    /// We are deaf: nothing is learned from that.
    fn later(&self, now: Now) -> Settled {
        let at = now.instant + SOON;
        let memory = Memory { until: Some(at), ..self.memory.clone() };
        Settled { memory: Some(memory), next: Some(at), ..Settled::default() }
    }
}
