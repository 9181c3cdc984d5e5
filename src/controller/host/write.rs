//! What is written on Host objects.

use std::collections::BTreeSet;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::api::names::{API_VERSION, annotation, condition, finalizer};
use crate::api::{Condition, HasConditions, Kind};
use crate::controller::conditions::{Verdict, conditions, same};
use crate::controller::effect::{Effect, Now, Version, status_patch, without_finalizer};
use crate::controller::live::LiveHost;
use crate::controller::objects::{Host, ObjectKey};
use crate::hosts::wire::HostHeartbeat;

/// While nothing else changes, `lastSeen` and load are written so often, seconds: whoever takes over from us deletes hosts
/// last seen over 60 s ago.
const REFRESH: i64 = 40;

/// The object of a host that reports for the first time, and its first status.
pub(super) fn create(key: &ObjectKey, live: &LiveHost, now: Timestamp) -> Vec<Effect> {
    let beat = &live.beat;
    let mut object = fields(beat);
    object["apiVersion"] = json!(API_VERSION);
    object["kind"] = json!(Kind::Host.name());
    object["metadata"] = json!({
        "namespace": key.namespace,
        "name": key.name,
        "labels": beat.labels,
        "finalizers": [finalizer::HOST],
    });
    let next = conditions(&[], &well(), 1, now);
    let patch = json!({ "status": report(beat, &next, now) });
    vec![
        Effect::Create { kind: Kind::Host, objects: vec![object] },
        Effect::Patch { kind: Kind::Host, key: key.clone(), patch, status: true },
    ]
}

/// What the heartbeat says differently from the object: labels are the heartbeat's and nothing else.
pub(super) fn spec(object: &Host, live: &LiveHost) -> Option<Effect> {
    let beat = &live.beat;
    let labels = object.metadata.labels.clone().unwrap_or_default();
    let port = i32::try_from(beat.http_port).ok();
    let same = object.host_id == beat.id
        && object.hostname.as_deref().unwrap_or_default() == beat.hostname
        && object.http_port == port
        && object.environment.as_deref().unwrap_or_default() == beat.environment
        && labels == beat.labels
        && object.has_finalizer(finalizer::HOST);
    if same {
        return None;
    }
    let gone = labels.keys().filter(|name| !beat.labels.contains_key(*name)).map(|name| (name.clone(), Value::Null));
    let kept = beat.labels.iter().map(|(name, value)| (name.clone(), json!(value)));
    let mut finalizers: BTreeSet<_> = object.metadata.finalizers.iter().flatten().cloned().collect();
    finalizers.insert(finalizer::HOST.to_owned());
    let mut patch = fields(beat);
    patch["metadata"] = json!({
        "resourceVersion": object.metadata.resource_version,
        "labels": gone.chain(kept).collect::<serde_json::Map<_, _>>(),
        "finalizers": finalizers,
    });
    Some(Effect::Patch { kind: Kind::Host, key: object.key(), patch, status: false })
}

/// The status of a host that reports, if a user would act on a difference, or it is time to show that it is alive.
pub(super) fn alive(object: &Host, live: &LiveHost, now: Timestamp) -> Option<Effect> {
    let beat = &live.beat;
    let next = conditions(object.conditions(), &well(), object.generation(), now);
    let fresh = object.status.as_ref().is_some_and(|status| {
        let seen = status.last_seen.as_ref().map_or(i64::MAX, |Time(seen)| now.as_second() - seen.as_second());
        let telling = same(&status.conditions.clone().unwrap_or_default(), &next)
            && status.version == beat.version
            && status.workload_count.unwrap_or_default() == count(beat.workload_count)
            && status.component_count.unwrap_or_default() == count(beat.component_count);
        telling && (0..REFRESH).contains(&seen)
    });
    (!fresh).then(|| patch(object, report(beat, &next, now)))
}

/// The status of a dead host: never False, which would have upstream's operator delete every Workload on it.
pub(super) fn dead(object: &Host, since: Instant, now: Now) -> Option<Effect> {
    let silent = now.instant.saturating_duration_since(since).as_secs();
    let words = "the host does not answer; its Workloads are started elsewhere";
    tracing::trace!(kind = Kind::Host.name(), object = %object.key(), silent, "dead");
    let verdicts = [
        Verdict::open(condition::REPORTING, "HostSilent", words),
        Verdict::open(condition::READY, "HostSilent", words),
    ];
    let next = conditions(object.conditions(), &verdicts, object.generation(), now.wall);
    if same(object.conditions(), &next) {
        return None;
    }
    let mut status = json!({ "conditions": next });
    if object.status.is_none() {
        status = report(&HostHeartbeat::default(), &next, now.wall);
        status["lastSeen"] = Value::Null;
    }
    Some(patch(object, status))
}

/// Puts on record which Workloads are to be stopped should the host come back.
pub(super) fn entomb(object: &Host, workloads: &[&str]) -> Option<Effect> {
    let there: BTreeSet<_> = object.tombstones().collect();
    let all: BTreeSet<_> = there.iter().copied().chain(workloads.iter().copied()).collect();
    (all != there).then(|| write_tombstones(object, all))
}

/// Leaves only these tombstones.
pub(super) fn tombstones(object: &Host, kept: &[&str]) -> Option<Effect> {
    let there: BTreeSet<_> = object.tombstones().collect();
    let left: BTreeSet<_> = kept.iter().copied().collect();
    (left != there).then(|| write_tombstones(object, left))
}

/// Takes the finalizer off, so that a deletion that has begun can end.
pub(super) fn let_go(object: &Host) -> Option<Effect> {
    without_finalizer(Kind::Host, object, finalizer::HOST)
}

/// Deletes the object: the finalizer first, so that nobody sees a Host that is being deleted.
pub(super) fn delete(object: &Host) -> Effect {
    let_go(object).unwrap_or_else(|| Effect::Delete { kind: Kind::Host, objects: vec![Version::of(object)] })
}

fn write_tombstones(object: &Host, ids: BTreeSet<&str>) -> Effect {
    let value = match ids.is_empty() {
        true => Value::Null,
        false => json!(ids.into_iter().collect::<Vec<_>>().join(",")),
    };
    let patch = json!({ "metadata": {
        "resourceVersion": object.metadata.resource_version,
        "annotations": { (annotation::TOMBSTONES): value },
    } });
    Effect::Patch { kind: Kind::Host, key: object.key(), patch, status: false }
}

fn well() -> [Verdict; 2] {
    [Verdict::well(condition::REPORTING), Verdict::well(condition::READY)]
}

fn fields(beat: &HostHeartbeat) -> Value {
    json!({
        "hostId": beat.id,
        "hostname": beat.hostname,
        "httpPort": beat.http_port,
        "environment": beat.environment,
    })
}

fn patch(object: &Host, status: Value) -> Effect {
    status_patch(Kind::Host, object.key(), object.uid(), status)
}

fn report(beat: &HostHeartbeat, conditions: &[Condition], now: Timestamp) -> Value {
    let known = |text: &str| if text.is_empty() { "unknown".to_owned() } else { text.to_owned() };
    let cpu = if beat.system_cpu_usage.is_finite() { format!("{:.2}", beat.system_cpu_usage) } else { "0".to_owned() };
    json!({
        "conditions": conditions,
        "version": known(&beat.version),
        "osName": known(&beat.os_name),
        "osArch": known(&beat.os_arch),
        "osKernel": known(&beat.os_kernel),
        "systemCPUUsage": cpu,
        "systemMemoryTotal": count(beat.system_memory_total),
        "systemMemoryFree": count(beat.system_memory_free),
        "componentCount": count(beat.component_count),
        "workloadCount": count(beat.workload_count),
        "lastSeen": Time(now),
    })
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
