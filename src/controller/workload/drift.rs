//! Configuration that has changed since a Workload was started: it is told, and nothing is restarted for it.

use tokio::time::Instant;

use super::Observed;
use super::status::{Place, Verdicts, write};
use crate::api::HasConditions;
use crate::api::names::{condition, reason};
use crate::controller::config::ConfigRef;
use crate::controller::deployment;
use crate::controller::effect::{Decision, Effect, Now};
use crate::controller::memory::Memory;
use crate::controller::objects::Workload;
use crate::controller::world::{Values, World};

/// What became of the configuration that a Workload was started with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// What Sync is to say of it: names, never values; empty when nothing changed.
    pub(super) message: String,
    /// What has to be read before it can be told.
    unread: Vec<ConfigRef>,
    /// Whether it can be told now.
    known: bool,
}

/// Compares what a Workload was started with and what there is now. No record is no drift, for a controller that began
/// after the start has none; what was said of drift before stays so.
pub(super) fn observe(world: &World, workload: &Workload, memory: &Memory) -> Drift {
    let Some(record) = &memory.config else { return Drift { message: said(workload), ..Drift::default() } };
    let unread = world.unread_of(record.keys());
    if !world.is_read(record.keys()) {
        return Drift { message: said(workload), unread, known: false };
    }
    let differences = world.differences(record);
    // A new replica set is on its way, whose Workloads will have what is new.
    if differences.is_empty() || is_rolled(world, workload) {
        return Drift { known: true, ..Drift::default() };
    }
    let words = |(config, values): &(&ConfigRef, Values)| match values {
        Values::Missing => format!("{config} (deleted)"),
        _ => config.to_string(),
    };
    let changed: Vec<_> = differences.iter().map(words).collect();
    let message = format!("{}: changed since the start: {}", reason::CONFIG_DRIFT, changed.join(", "));
    Drift { message, unread, known: true }
}

/// What Sync says of drift.
fn said(workload: &Workload) -> String {
    let sync = workload.condition(condition::SYNC).filter(|_| workload.is_condition_true(condition::SYNC));
    let message = sync.and_then(|sync| sync.message.clone());
    message.filter(|message| message.starts_with(reason::CONFIG_DRIFT)).unwrap_or_default()
}

/// Whether its deployment rolls out changed configuration.
fn is_rolled(world: &World, workload: &Workload) -> bool {
    let deployment = world.owner_of(workload).and_then(|set| world.deployment_of(&set));
    let settings = deployment.and_then(|deployment| deployment::settings(&deployment).ok());
    settings.is_some_and(|settings| settings.config_rollout && !settings.paused)
}

/// What is to be read first, or the status that tells what changed, if that is all there is to do: `due` is when the host
/// is to be asked anyway.
pub(super) fn decide(observed: &Observed<'_>, due: Option<Instant>, now: Now) -> Option<Decision> {
    let (workload, drift) = (observed.workload, &observed.drift);
    let next = due.filter(|due| *due > now.instant);
    if next.is_none() || observed.memory.config.is_none() {
        return None;
    }
    if !drift.unread.is_empty() {
        let effects = vec![Effect::ReadConfig(drift.unread.clone())];
        return Some(Decision { effects, next, ..Decision::default() });
    }
    if !drift.known {
        return None;
    }
    let host = workload.host_id().unwrap_or_default();
    let environment = workload.status.as_ref().and_then(|status| status.environment.as_deref()).unwrap_or_default();
    let written = write(workload, &Verdicts::well_but(drift), &Place::On { host, environment }, now.wall)?;
    Some(Decision { effects: vec![written], next, ..Decision::default() })
}
