//! What tables show of each kind: one row per object, the same for a list and for a watch.

use std::collections::HashMap;

use jiff::Timestamp;
use kube::ResourceExt;
use kube::core::ObjectMeta;
use serde_json::Value;

use super::age;
use super::brief::Brief;
use crate::api::names::{condition, label};
use crate::api::{Artifact, HasConditions, Host, Kind, Workload, WorkloadDeployment, WorkloadReplicaSet, WorkloadSpec};
use crate::plan::rollout::{HostNames, available, first_unmet, host_of, revision, state_word};

/// What stands in a cell that has nothing to show.
const NONE: &str = "<none>";

/// How a table is to look.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// More columns.
    pub wide: bool,
    /// The namespace first.
    pub namespace: bool,
    /// The labels last.
    pub labels: bool,
    /// `KIND.GROUP/` before each name, for more than one kind.
    pub kind: bool,
}

/// Headers of a kind's table.
pub fn headers(kind: Kind, style: Style) -> Vec<String> {
    let (narrow, wide): (&[&str], &[&str]) = match kind {
        Kind::WorkloadDeployment => {
            (&["READY", "UP-TO-DATE", "AVAILABLE", "IMAGE", "AGE"], &["POLICY", "ENVIRONMENT", "MESSAGE"])
        }
        Kind::WorkloadReplicaSet => (&["DEPLOYMENT", "REVISION", "DESIRED", "CURRENT", "READY", "AGE"], &["IMAGE"]),
        Kind::Workload => (&["HOST", "STATE", "AGE", "MESSAGE"], &["ENVIRONMENT", "IMAGE", "WORKLOAD-ID"]),
        Kind::Host => (
            &["GROUP", "ENVIRONMENT", "VERSION", "READY", "WORKLOADS", "CPU", "MEM", "LAST-SEEN"],
            &["ADDRESS", "COMPONENTS", "OS", "HOST-ID"],
        ),
        Kind::Artifact => (&["IMAGE", "DIGEST", "READY", "AGE"], &["PULL-SECRET", "URL"]),
    };
    let before = ["NAMESPACE"].into_iter().filter(|_| style.namespace).chain(["NAME"]);
    let wide = wide.iter().copied().filter(|_| style.wide);
    let after = ["LABELS"].into_iter().filter(|_| style.labels);
    before.chain(narrow.iter().copied()).chain(wide).chain(after).map(str::to_owned).collect()
}

/// What a row needs to know of other objects.
#[derive(Clone, Debug, Default)]
pub struct Related {
    /// How many Workloads replica sets have, by namespace and name.
    pub updated: HashMap<(String, String), i32>,
    /// Names of Hosts, by the ids that the hosts gave themselves.
    pub hosts: HostNames,
}

/// One object's row.
pub fn row(kind: Kind, object: &Value, now: Timestamp, style: Style, related: &Related) -> Vec<String> {
    row_of(&Brief::of(kind, object), now, style, related)
}

/// The row of an object that was read for it.
pub fn row_of(object: &Brief, now: Timestamp, style: Style, related: &Related) -> Vec<String> {
    let metadata = object.metadata();
    let name = metadata.name.clone().unwrap_or_default();
    let name = if style.kind { format!("{}/{name}", object.kind().qualified()) } else { name };
    let namespace = style.namespace.then(|| metadata.namespace.clone().unwrap_or_default());
    let age = age::since(metadata.creation_timestamp.as_ref().map(|time| time.0), now);
    let (mut cells, wide) = match object {
        Brief::WorkloadDeployment(deployment) => of_deployment(deployment, age, related),
        Brief::WorkloadReplicaSet(set) => of_replica_set(set, age),
        Brief::Workload(workload) => of_workload(workload, age, related),
        Brief::Host(host) => of_host(host, now),
        Brief::Artifact(artifact) => of_artifact(artifact, age),
    };
    if style.wide {
        cells.extend(wide);
    }
    let labels = style.labels.then(|| labels(metadata));
    namespace.into_iter().chain([name]).chain(cells).chain(labels).collect()
}

/// How many Workloads replica sets have, by namespace and name.
pub fn updated_of(replica_sets: &[WorkloadReplicaSet]) -> HashMap<(String, String), i32> {
    let current = |set: &WorkloadReplicaSet| set.status.as_ref()?.replicas.as_ref()?.current;
    let key = |set: &WorkloadReplicaSet| (set.namespace().unwrap_or_default(), set.name_any());
    replica_sets.iter().map(|set| (key(set), current(set).unwrap_or_default())).collect()
}

type Cells = (Vec<String>, Vec<String>);

fn of_deployment(deployment: &WorkloadDeployment, age: String, related: &Related) -> Cells {
    let status = deployment.status.clone().unwrap_or_default();
    let counts = status.replicas.unwrap_or_default();
    let current = status.current_replica_set.map(|set| set.name().to_owned()).unwrap_or_default();
    let key = (deployment.namespace().unwrap_or_default(), current);
    let up_to_date = related.updated.get(&key).copied().unwrap_or_else(|| counts.current.unwrap_or_default());
    let ready = format!("{}/{}", counts.ready.unwrap_or_default(), deployment.spec.replicas());
    let template = &deployment.spec.template.spec;
    let message = first_message(deployment);
    (
        vec![ready, up_to_date.to_string(), available(&counts).to_string(), images(template), age],
        vec![deployment.spec.deploy_policy().as_str().to_owned(), or_none(template.environment.as_deref()), message],
    )
}

fn of_replica_set(set: &WorkloadReplicaSet, age: String) -> Cells {
    let counts = set.status.as_ref().and_then(|status| status.replicas.clone()).unwrap_or_default();
    let deployment = set.labels().get(label::WORKLOAD_DEPLOYMENT).map(String::as_str);
    let number = |count: Option<i32>| count.unwrap_or_default().to_string();
    let revision = revision(set).map_or_else(|| NONE.to_owned(), |revision| revision.to_string());
    let desired = set.spec.replicas().to_string();
    (
        vec![or_none(deployment), revision, desired, number(counts.current), number(counts.ready), age],
        vec![images(&set.spec.template.spec)],
    )
}

fn of_workload(workload: &Workload, age: String, related: &Related) -> Cells {
    let message = first_unmet(workload).map(|unmet| unmet.message().to_owned()).unwrap_or_default();
    let status = workload.status.as_ref();
    let environment = status.and_then(|status| status.environment.as_deref()).or(workload.spec.environment.as_deref());
    let id = status.and_then(|status| status.workload_id.as_deref());
    let host = host_of(workload).map(|host| related.hosts.get(&host).cloned().unwrap_or(host));
    (
        vec![or_none(host.as_deref()), state_word(workload).to_owned(), age, message],
        vec![or_none(environment), images(&workload.spec), or_none(id)],
    )
}

fn of_host(host: &Host, now: Timestamp) -> Cells {
    let status = host.status.clone().unwrap_or_default();
    let group = host.labels().get(label::HOSTGROUP).map(String::as_str);
    let ready = format!("{}{}", host.condition_status(condition::READY), standing(host));
    let seen = age::since(status.last_seen.as_ref().map(|time| time.0), now);
    let cpu = status.cpu_percent().map_or_else(|| "<unknown>".to_owned(), |percent| format!("{percent:.0}%"));
    let used = status.system_memory_total.saturating_sub(status.system_memory_free);
    let memory = match status.system_memory_total {
        ..=0 => "<unknown>".to_owned(),
        total => format!("{}%", used.max(0).saturating_mul(100) / total),
    };
    let number = |count: Option<i64>| count.unwrap_or_default().to_string();
    let address = format!("{}:{}", host.hostname.as_deref().unwrap_or_default(), host.http_port.unwrap_or_default());
    let environment = or_none(host.environment.as_deref());
    let version = or_none(Some(&status.version));
    (
        vec![or_none(group), environment, version, ready, number(status.workload_count), cpu, memory, seen],
        vec![
            address,
            number(status.component_count),
            format!("{}/{}", status.os_name, status.os_arch),
            host.host_id.clone(),
        ],
    )
}

/// What a person asked of a host, as kubectl shows it of nodes.
fn standing(host: &Host) -> &'static str {
    match (host.is_draining(), host.is_cordoned()) {
        (true, _) => ",Draining",
        (false, true) => ",SchedulingDisabled",
        (false, false) => "",
    }
}

fn of_artifact(artifact: &Artifact, age: String) -> Cells {
    let url = artifact.status.as_ref().and_then(|status| status.artifact_url.as_deref());
    let pinned =
        [url, Some(artifact.spec.image.as_str())].into_iter().flatten().find_map(|image| image.split_once('@'));
    let ready = artifact.condition_status(condition::READY).to_string();
    let secret = artifact.spec.image_pull_secret.as_ref().map(|secret| secret.name());
    let digest = pinned.map(|(_, digest)| short_digest(digest));
    (vec![artifact.spec.image.clone(), or_none(digest.as_deref()), ready, age], vec![or_none(secret), or_none(url)])
}

/// The message of the first condition that is not True.
fn first_message(object: &impl HasConditions) -> String {
    let unmet = object.conditions().iter().find(|condition| !condition.is_true());
    unmet.map(|unmet| unmet.message().to_owned()).unwrap_or_default()
}

/// As much of a digest as people compare.
fn short_digest(digest: &str) -> String {
    let (algorithm, hex) = digest.split_once(':').unwrap_or(("", digest));
    let hex: String = hex.chars().take(12).collect();
    if algorithm.is_empty() { hex } else { format!("{algorithm}:{hex}") }
}

/// The images that a template runs, the service's first.
pub fn images(spec: &WorkloadSpec) -> String {
    let service = spec.service.iter().map(|service| service.image.as_str());
    let components = spec.components.iter().flatten().map(|component| component.image.as_str());
    let mut images: Vec<_> = service.chain(components).filter(|image| !image.is_empty()).collect();
    images.dedup();
    or_none(Some(&images.join(",")))
}

/// All labels, as `--show-labels` shows them.
pub fn labels(metadata: &ObjectMeta) -> String {
    let pairs: Vec<_> = metadata.labels.iter().flatten().map(|(key, value)| format!("{key}={value}")).collect();
    or_none(Some(&pairs.join(",")))
}

/// The text, or what stands for nothing.
pub fn or_none(text: Option<&str>) -> String {
    text.filter(|text| !text.is_empty()).unwrap_or(NONE).to_owned()
}

#[cfg(test)]
mod tests;
