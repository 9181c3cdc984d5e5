//! What is written on Host objects.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::api::names::{API_VERSION, annotation, condition, finalizer};
use crate::api::{Condition, HasConditions, Kind};
use crate::controller::conditions::{Verdict, conditions, same};
use crate::controller::effect::{Effect, Now, Version, finalizers_patch, status_patch, without_finalizer};
use crate::controller::events::Announcement;
use crate::controller::live::{Alarm, LiveHost};
use crate::controller::objects::{Host, ObjectKey};
use crate::hosts::wire::HostHeartbeat;

/// While nothing else changes, `lastSeen` and load are written so often: whoever takes over from us deletes hosts last seen
/// over 60 s ago, and `lastSeen` is at most 40 s old while a host beats. A host that is asked then is seen at that moment,
/// which makes 77 writes a minute for 50 hosts. Its own reports come every 15 s: writing with them would either be late or
/// make 100.
const REFRESH: i64 = 39;
/// Reason while a host is silent.
pub(super) const SILENT: &str = "HostSilent";
/// Reason while the Pod of a host is being deleted.
pub(super) const POD_TERMINATING: &str = "HostPodTerminating";
/// Reason while a host has not answered since its Pod was gone, or goes on though that was being deleted.
pub(super) const POD_GONE: &str = "HostPodGone";
/// Of a dead host.
pub(super) const MOVED: Unknown = Unknown(SILENT, "the host does not answer; its Workloads are started elsewhere");
/// Of a host that seems dead with most others.
pub(super) const HELD_BACK: Unknown =
    Unknown(SILENT, "the host does not answer, and neither do most others; nothing is moved for a minute");
/// Of a host whose Pod is gone.
pub(super) const ASKED: Unknown = Unknown(POD_GONE, "the host's Pod is gone; it is asked whether it is still there");
/// Of a host that will end soon.
pub(super) const POD_TERMINATES: Unknown =
    Unknown(POD_TERMINATING, "the host's Pod is being deleted; its Workloads go elsewhere");
/// Of a host that should have ended.
pub(super) const OUTLIVES_ITS_POD: Unknown =
    Unknown(POD_GONE, "the host's Pod was deleted and the host still answers; its Workloads go elsewhere");

/// Why a host is Unknown: reason and words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unknown(&'static str, &'static str);

impl Unknown {
    fn verdicts(self) -> [Verdict; 2] {
        [Verdict::open(condition::REPORTING, self.0, self.1), Verdict::open(condition::READY, self.0, self.1)]
    }
}

/// What there is to be written of a host that reports.
pub(super) enum Report {
    /// Something that a user acts on.
    Telling(Vec<Effect>),
    /// Only that it is alive.
    Stale(Effect),
    /// Nothing before.
    FreshUntil(Instant),
}

/// The object of a host that reports for the first time, and its first status.
pub(super) fn create(key: &ObjectKey, live: &LiveHost, unknown: Option<Unknown>, now: Now) -> Vec<Effect> {
    let next = conditions(&[], &verdicts(unknown), 1, now.wall);
    let patch = |patch, status| Effect::Patch { kind: Kind::Host, key: key.clone(), patch, status };
    vec![
        apply(key, None, said(&live.beat), false),
        patch(json!({ "metadata": { "finalizers": [finalizer::HOST] } }), false),
        apply(key, None, json!({ "status": report(&live.beat, Some(seen(live, now))) }), true),
        patch(json!({ "status": { "conditions": next } }), true),
    ]
}

/// What the heartbeat says differently from the object: labels are the heartbeat's and nothing else.
pub(super) fn spec(object: &Host, live: &LiveHost) -> Vec<Effect> {
    let beat = &live.beat;
    let labels = object.metadata.labels.clone().unwrap_or_default();
    let port = i32::try_from(beat.http_port).ok();
    let same = object.host_id == beat.id
        && object.hostname.as_deref().unwrap_or_default() == beat.hostname
        && object.http_port == port
        && object.environment.as_deref().unwrap_or_default() == beat.environment
        && labels == beat.labels;
    let mut effects = Vec::new();
    if !object.has_finalizer(finalizer::HOST) {
        let mut all: BTreeSet<_> = object.metadata.finalizers.iter().flatten().map(String::as_str).collect();
        all.insert(finalizer::HOST);
        effects.push(finalizers_patch(Kind::Host, object, &all.into_iter().collect::<Vec<_>>()));
    }
    if !same {
        effects.push(apply(&object.key(), Some(object.uid()), said(beat), false));
    }
    // A label that someone else put there stays when it is not applied.
    let gone = labels.keys().filter(|name| !beat.labels.contains_key(*name)).map(|name| (name.clone(), Value::Null));
    let gone: serde_json::Map<_, _> = gone.collect();
    if !gone.is_empty() {
        let patch = json!({ "metadata": { "uid": object.uid(), "labels": gone } });
        effects.push(Effect::Patch { kind: Kind::Host, key: object.key(), patch, status: false });
    }
    effects
}

/// The status of a host that reports: written if a user would act on a difference, or it is time to show that it is alive.
pub(super) fn alive(object: &Host, live: &LiveHost, unknown: Option<Unknown>, now: Now) -> Report {
    let beat = &live.beat;
    let next = conditions(object.conditions(), &verdicts(unknown), object.generation(), now.wall);
    let reported = || tell(object, beat, Some(seen(live, now)));
    let stands = same(object.conditions(), &next);
    let Some(status) = &object.status else { return Report::Telling(vec![reported(), judged(object, &next)]) };
    let news = status.version != known(&beat.version)
        || status.workload_count.unwrap_or_default() != count(beat.workload_count)
        || status.component_count.unwrap_or_default() != count(beat.component_count);
    if news || !stands {
        let judged = (!stands).then(|| judged(object, &next));
        return Report::Telling(std::iter::once(reported()).chain(judged).collect());
    }
    let age = status.last_seen.as_ref().map_or(REFRESH, |Time(seen)| now.wall.as_second() - seen.as_second());
    match u64::try_from(REFRESH - age) {
        Ok(left @ 1..) if age >= 0 => Report::FreshUntil(now.instant + Duration::from_secs(left)),
        _ => Report::Stale(reported()),
    }
}

/// The status of a host that does not report: never False, which would have upstream's operator delete every Workload on it.
pub(super) fn unknown(object: &Host, why: Unknown, now: Now) -> Vec<Effect> {
    let next = conditions(object.conditions(), &why.verdicts(), object.generation(), now.wall);
    if same(object.conditions(), &next) {
        return Vec::new();
    }
    // No status is taken without what the CRD requires of one.
    let first = object.status.is_none().then(|| tell(object, &HostHeartbeat::default(), None));
    first.into_iter().chain([judged(object, &next)]).collect()
}

/// How long the object has been saying that the host is silent: that outlives us.
pub(super) fn silent_for(object: &Host, now: Timestamp) -> Duration {
    let reporting = object.condition(condition::REPORTING).filter(|reporting| reporting.reason() == SILENT);
    let since = reporting.and_then(|reporting| reporting.last_transition_time.as_ref());
    since.and_then(|Time(since)| Duration::try_from(now.duration_since(*since)).ok()).unwrap_or_default()
}

/// Most hosts have vanished together.
pub(super) fn most_are_gone(object: &Host, alarm: &Alarm) -> Effect {
    let Alarm { missing, total, .. } = alarm;
    let words = format!(
        "{missing} of {total} hosts vanished together: that looks like the network and not like so many dead hosts, so \
         nothing is moved for a minute"
    );
    Effect::Announce(Announcement::warning(Kind::Host, object, "MostHostsVanished", &words))
}

/// What may still run on a host is not going to be stopped by us any more.
pub(super) fn given_up(object: &Host, ids: &[&str], why: &str) -> Effect {
    let words = format!(
        "{why}, and nobody is left to see that these Workloads are stopped on it should it come back: {}",
        ids.join(", ")
    );
    Effect::Announce(Announcement::warning(Kind::Host, object, "TombstonesGivenUp", &words))
}

/// What a user should be told of a host that is new here: reasons and words.
pub(super) fn oddities(key: &ObjectKey, live: &LiveHost) -> Vec<(&'static str, String)> {
    let (beat, mut all) = (&live.beat, Vec::new());
    if key.name != beat.friendly_name {
        let words = format!(
            "the host {} calls itself \"{}\", which is the name of another host; its Host object is \"{}\"",
            beat.id, beat.friendly_name, key.name
        );
        all.push(("HostNameTaken", words));
    }
    if !live.odd_labels.is_empty() {
        let words = format!("labels of the host that are none are left out: {}", live.odd_labels.join(", "));
        all.push(("InvalidHostLabels", words));
    }
    all
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

/// When a host was last heard, by the time of day.
fn seen(live: &LiveHost, now: Now) -> Timestamp {
    now.wall.checked_sub(now.instant.saturating_duration_since(live.heard)).unwrap_or(now.wall)
}

fn known(text: &str) -> String {
    if text.is_empty() { "unknown".to_owned() } else { text.to_owned() }
}

fn verdicts(unknown: Option<Unknown>) -> [Verdict; 2] {
    unknown.map_or([Verdict::well(condition::REPORTING), Verdict::well(condition::READY)], Unknown::verdicts)
}

/// What a host says of itself, for its object.
fn said(beat: &HostHeartbeat) -> Value {
    json!({
        "metadata": { "labels": beat.labels },
        "hostId": beat.id,
        "hostname": beat.hostname,
        "httpPort": beat.http_port,
        "environment": beat.environment,
    })
}

/// What is applied as upstream's operator applies it: were it to own a part of that and we another, neither could take away
/// what the other has once said, and its writes might be refused.
fn apply(key: &ObjectKey, uid: Option<&str>, said: Value, status: bool) -> Effect {
    let mut object = said;
    object["apiVersion"] = json!(API_VERSION);
    object["kind"] = json!(Kind::Host.name());
    object["metadata"]["namespace"] = json!(key.namespace);
    object["metadata"]["name"] = json!(key.name);
    if let Some(uid) = uid {
        object["metadata"]["uid"] = json!(uid);
    }
    Effect::Apply { kind: Kind::Host, key: key.clone(), object, status }
}

/// The part of the status that is a host's own report.
pub(super) fn tell(object: &Host, beat: &HostHeartbeat, seen: Option<Timestamp>) -> Effect {
    apply(&object.key(), Some(object.uid()), json!({ "status": report(beat, seen) }), true)
}

/// The part of the status that is our judgement. Upstream's operator writes that apart from the report too.
fn judged(object: &Host, conditions: &[Condition]) -> Effect {
    status_patch(Kind::Host, object.key(), object.uid(), json!({ "conditions": conditions }))
}

fn report(beat: &HostHeartbeat, seen: Option<Timestamp>) -> Value {
    let cpu = if beat.system_cpu_usage.is_finite() { format!("{:.2}", beat.system_cpu_usage) } else { "0".to_owned() };
    let mut report = json!({
        "version": known(&beat.version),
        "osName": known(&beat.os_name),
        "osArch": known(&beat.os_arch),
        "osKernel": known(&beat.os_kernel),
        "systemCPUUsage": cpu,
        "systemMemoryTotal": count(beat.system_memory_total),
        "systemMemoryFree": count(beat.system_memory_free),
        "componentCount": count(beat.component_count),
        "workloadCount": count(beat.workload_count),
    });
    if let Some(seen) = seen {
        report["lastSeen"] = json!(Time(seen));
    }
    report
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
