//! What a Workload's turn decides and what a host's answer makes of it.

mod answers;
mod config;
mod death;
mod draining;
mod leaving;
mod moving;
mod placing;
mod teardown;

use serde_json::{Value, json};

use super::*;
use crate::controller::effect::{Reply, Settled};
use crate::controller::fixtures::{
    Answer, Link, NAMESPACE, Object, PULL_ERROR, Simulation, config_map, deployment, dynamic, heartbeat, host,
    replica_set, wall, workload, world_of,
};
use crate::controller::objects::Key;
use crate::hosts::wire::{WorkloadState, WorkloadStatus};
use crate::hosts::{BusError, patience};

fn now() -> Now {
    Now { instant: Instant::now(), wall: wall() }
}

fn key() -> ObjectKey {
    ObjectKey::new(NAMESPACE, "w")
}

/// A world in which host `1` was heard from a second ago.
fn world(objects: &[Object]) -> (World, Now) {
    let now = now();
    let mut world = world_of(objects, now.instant - Duration::from_secs(100));
    world.heartbeat(heartbeat("1"), now.instant - Duration::from_secs(1));
    world.take_touched();
    (world, now)
}

fn decided(world: &World, now: Now) -> Decision {
    decide(&observe(world, &key(), now.instant).unwrap(), now)
}

fn status(workload_state: WorkloadState, message: &str) -> Result<WorkloadStatus, BusError> {
    Ok(WorkloadStatus { workload_id: "uid-of-w".into(), workload_state, message: message.into() })
}

/// What the answer of a host to the last effect of a decision amounts to.
fn answered(decision: &Decision, answer: Result<WorkloadStatus, BusError>, now: Now) -> Settled {
    let Then::Workload(pending) = &decision.then else { panic!("{decision:?}") };
    settle(pending, &decision.effects, &[Reply::Host(answer)], now)
}

/// The status that is written, without the times.
fn written(effects: &[Effect]) -> Option<Value> {
    let status = effects.iter().find_map(|effect| match effect {
        Effect::Patch { patch, status: true, .. } => Some(patch["status"].clone()),
        _ => None,
    })?;
    Some(status)
}

/// `Config=True … Sync=False(reason)` of a status.
fn words(status: &Value) -> String {
    let conditions = status["conditions"].as_array().cloned().unwrap_or_default();
    let word = |c: &Value| {
        let text = |field: &str| c[field].as_str().unwrap_or_default().to_owned();
        let reason = Some(text("reason")).filter(|reason| reason != "Available");
        format!("{}={}{}", text("type"), text("status"), reason.map_or(String::new(), |reason| format!("({reason})")))
    };
    conditions.iter().map(word).collect::<Vec<_>>().join(" ")
}

fn message(status: &Value, type_: &str) -> String {
    let conditions = status["conditions"].as_array().cloned().unwrap_or_default();
    let found = conditions.iter().find(|c| c["type"] == type_).cloned().unwrap_or_default();
    found["message"].as_str().unwrap_or_default().to_owned()
}

fn kinds(decision: &Decision) -> Vec<&'static str> {
    let name = |effect: &Effect| match effect {
        Effect::Create { .. } => "create",
        Effect::Patch { status: true, .. } => "status",
        Effect::Patch { .. } => "patch",
        Effect::Apply { .. } => "apply",
        Effect::Delete { .. } => "delete",
        Effect::ReadOwner { .. } => "read owner",
        Effect::Start { .. } => "start",
        Effect::ReadConfig(_) => "read config",
        Effect::ResolveDigest { .. } => "resolve",
        Effect::Ask { .. } => "ask",
        Effect::Stop { .. } => "stop",
        Effect::Probe { .. } => "probe",
        Effect::Slices(_) => "slices",
        Effect::Announce(_) => "announce",
        Effect::PatchPod { .. } => "patch pod",
    };
    decision.effects.iter().map(name).collect()
}
