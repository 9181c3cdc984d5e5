//! Who an object is, and what its kind has to say.

use kube::ResourceExt;
use kube::core::ObjectMeta;

use super::{Facts, Identity, Subject};
use crate::api::names::{annotation, label};
use crate::api::{Artifact, Host, WorkloadDeployment, WorkloadSpec, controller_of};
use crate::plan::rollout::{host_of, revision};

/// Annotations with settings of a deployment, and what they are called.
const SETTINGS: [(&str, &str); 7] = [
    (annotation::PAUSED, "Paused"),
    (annotation::MAX_SURGE, "Max Surge"),
    (annotation::MAX_UNAVAILABLE, "Max Unavailable"),
    (annotation::MIN_READY_SECONDS, "Min Ready Seconds"),
    (annotation::PROGRESS_DEADLINE_SECONDS, "Progress Deadline Seconds"),
    (annotation::REVISION_HISTORY_LIMIT, "Revision History Limit"),
    (annotation::CONFIG_ROLLOUT, "Config Rollout"),
];

pub(super) fn identity(metadata: &ObjectMeta) -> Identity {
    let mut annotations = metadata.annotations.clone().unwrap_or_default();
    annotations.remove(annotation::LAST_APPLIED_CONFIGURATION);
    let owner = controller_of(metadata).or_else(|| metadata.owner_references.iter().flatten().next());
    Identity {
        uid: metadata.uid.clone().unwrap_or_default(),
        created: metadata.creation_timestamp.as_ref().map(|time| time.0),
        deleting: metadata.deletion_timestamp.as_ref().map(|time| time.0),
        finalizers: metadata.finalizers.clone().unwrap_or_default(),
        owner: owner.map(|owner| format!("{}/{}", owner.kind, owner.name)),
        labels: metadata.labels.clone().unwrap_or_default(),
        annotations,
    }
}

/// What stands beside the name.
pub(super) fn facts(subject: &Subject) -> Facts {
    let mut facts = Facts::default();
    match subject {
        Subject::Deployment(deployment) => of_deployment(&mut facts, deployment),
        Subject::ReplicaSet(set) => {
            facts.add_some("Revision", revision(set).map(|revision| revision.to_string()));
            facts.add_some("Change Cause", set.annotations().get(annotation::CHANGE_CAUSE).cloned());
            where_to(&mut facts, &set.spec.template.spec);
        }
        Subject::Workload(workload) => {
            let status = workload.status.clone().unwrap_or_default();
            facts.add_some("Host Id", host_of(workload));
            facts.add_some("Workload Id", status.workload_id);
            where_to(&mut facts, &workload.spec);
        }
        Subject::Host(host) => of_host(&mut facts, host),
        Subject::Artifact(artifact) => of_artifact(&mut facts, artifact),
    }
    facts
}

fn of_deployment(facts: &mut Facts, deployment: &WorkloadDeployment) {
    facts.add("Deploy Policy", deployment.spec.deploy_policy().as_str());
    for (name, called) in SETTINGS {
        facts.add_some(called, deployment.annotations().get(name).cloned());
    }
    where_to(facts, &deployment.spec.template.spec);
}

/// Which hosts are asked for.
fn where_to(facts: &mut Facts, spec: &WorkloadSpec) {
    let selector: Vec<_> = spec.host_selector.iter().flatten().map(|(key, value)| format!("{key}={value}")).collect();
    facts.add_some("Host Selector", Some(selector.join(",")));
    facts.add_some("Environment", spec.environment.clone());
    facts.add_some("Host Asked For", spec.host_id.clone());
}

fn of_host(facts: &mut Facts, host: &Host) {
    let status = host.status.clone().unwrap_or_default();
    facts.add("Host Id", host.host_id.clone());
    facts.add_some("Group", host.labels().get(label::HOSTGROUP).cloned());
    facts.add_some("Environment", host.environment.clone());
    let port = host.http_port.filter(|port| *port > 0).map(|port| format!(":{port}")).unwrap_or_default();
    facts.add_some("Address", host.hostname.as_ref().map(|name| format!("{name}{port}")));
    facts.add("Cordoned", host.is_cordoned().to_string());
    facts.add("Draining", host.is_draining().to_string());
    facts.add_some("Version", Some(status.version.clone()));
    let system = [&status.os_name, &status.os_arch, &status.os_kernel];
    let system: Vec<_> = system.into_iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    facts.add_some("System", Some(system.join(" ")));
    facts.add_some("CPU", status.cpu_percent().map(|percent| format!("{percent:.0}%")));
    facts.add_some("Memory", memory(status.system_memory_total, status.system_memory_free));
    facts.add_some("Components", status.component_count.map(|count| count.to_string()));
    facts.add_some("Workloads Reported", status.workload_count.map(|count| count.to_string()));
    facts.add_some("Last Seen", status.last_seen.map(|time| time.0.to_string()));
}

/// How much of it is in use.
fn memory(total: i64, free: i64) -> Option<String> {
    const MIB: i64 = 1024 * 1024;
    let used = total.saturating_sub(free).max(0);
    (total > 0).then(|| format!("{}% ({} of {} MiB)", used.saturating_mul(100) / total, used / MIB, total / MIB))
}

fn of_artifact(facts: &mut Facts, artifact: &Artifact) {
    let status = artifact.status.clone().unwrap_or_default();
    facts.add("Image", artifact.spec.image.clone());
    facts.add_some("Resolved To", status.artifact_url.clone());
    let pinned = [status.artifact_url, Some(artifact.spec.image.clone())].into_iter().flatten();
    let digest = pinned.filter_map(|image| image.split_once('@').map(|(_, digest)| digest.to_owned())).next();
    facts.add_some("Digest", digest);
    facts.add_some("Pull Secret", artifact.spec.image_pull_secret.as_ref().map(|secret| secret.name().to_owned()));
    facts.add_some("Resolve", artifact.annotations().get(annotation::RESOLVE).cloned());
    facts.add_some("Poll Interval", artifact.annotations().get(annotation::POLL_INTERVAL).cloned());
}
