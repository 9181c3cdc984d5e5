//! The log lines about what was done, each with the object it is about: `kind`, and `object` as NAMESPACE/NAME.
//!
//! What is done for a deployment is told at info; what is done for a Workload at debug, for there are thousands. What went
//! wrong is told where it is announced ([`super::events`]). Nothing is told of a heartbeat that brings no news.

use serde_json::Value;

use super::effect::Reply;
use super::objects::{ObjectKey, Workload};
use crate::api::Kind;
use crate::api::names::annotation;
use crate::hosts::wire::WorkloadState;

/// Tells what was created.
pub(super) fn created(replies: Vec<Reply>) -> Vec<Reply> {
    for reply in &replies {
        let Reply::Written(kind, made) = reply else { continue };
        let (name, object) = (kind.name(), ObjectKey::of(&made.metadata));
        match kind {
            Kind::Workload => tracing::debug!(kind = name, %object, "created"),
            _ => tracing::info!(kind = name, %object, "created"),
        }
    }
    replies
}

/// Tells what was deleted.
pub(super) fn deleted(replies: Vec<Reply>) -> Vec<Reply> {
    for reply in &replies {
        let Reply::Removed(kind, object, _) = reply else { continue };
        match kind {
            Kind::Workload => tracing::debug!(kind = kind.name(), %object, "deleted"),
            _ => tracing::info!(kind = kind.name(), %object, "deleted"),
        }
    }
    replies
}

/// Tells of a change to an object that is not its status.
pub(super) fn patched(kind: Kind, object: &ObjectKey, patch: &Value, reply: Reply) -> Reply {
    let (name, annotations) = (kind.name(), &patch["metadata"]["annotations"]);
    if !matches!(reply, Reply::Written(..)) {
        return reply;
    }
    if let (Kind::WorkloadReplicaSet, Some(replicas)) = (kind, patch["spec"]["replicas"].as_i64()) {
        tracing::info!(kind = name, %object, replicas, "scaled");
    }
    if let Some(host) = annotations[annotation::ASSIGNED_HOST].as_str() {
        tracing::debug!(kind = name, %object, host, "goes to another host");
    }
    reply
}

/// Tells of a Workload that runs now.
pub(super) fn started(host: &str, workload: &Workload, replies: Vec<Reply>) -> Vec<Reply> {
    let running = |state| matches!(state, WorkloadState::Running | WorkloadState::Completed);
    let runs = |reply: &Reply| matches!(reply, Reply::Host(Ok(status)) if running(status.workload_state));
    if replies.iter().any(runs) {
        tracing::debug!(kind = Kind::Workload.name(), object = %workload.key(), host, "started");
    }
    replies
}

/// Tells of a Workload that was stopped; by its id, for its object may be gone.
pub(super) fn stopped(host: &str, id: &str, reply: Reply) -> Reply {
    if matches!(&reply, Reply::Host(Ok(status)) if status.workload_state != WorkloadState::Error) {
        tracing::debug!(kind = Kind::Workload.name(), uid = id, host, "stopped");
    }
    reply
}
