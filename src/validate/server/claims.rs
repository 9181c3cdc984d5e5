//! Host names that deployments of the cluster answer to already.

use std::collections::{BTreeMap, HashMap};

use super::Seen;
use super::placed::Placed;
use crate::api::{Kind, WorkloadDeployment, WorkloadSpec};
use crate::validate::code;
use crate::validate::finding::{Finding, Gathered};
use crate::validate::rules::host_name;

/// The names that a workload answers to, in lower case and without ports, each with its place.
pub(super) fn claims(spec: &WorkloadSpec, path: &str) -> BTreeMap<String, String> {
    let mut claimed = BTreeMap::new();
    for (index, interface) in spec.host_interfaces().iter().enumerate() {
        let serves = interface.has_interface("incoming-handler") || interface.has_interface("handler");
        if !interface.is_package("wasi", "http") || !serves {
            continue;
        }
        for key in ["host", "host-aliases"] {
            let names = interface.config.as_ref().and_then(|config| config.get(key)).map(String::as_str);
            for name in names.unwrap_or_default().split(',').map(host_name).filter(|name| !name.is_empty()) {
                claimed.entry(name).or_insert_with(|| format!("{path}.hostInterfaces[{index}].config.{key}"));
            }
        }
    }
    claimed
}

pub(super) fn check(seen: &Seen<'_>, found: &mut Gathered<'_>) {
    let standing = standing(seen);
    let running = seen.subjects.iter().filter(|subject| !subject.is_scaled_to_none());
    found.extend(running.flat_map(|subject| of_subject(&standing, subject)));
}

/// The deployments that stay as they are, by the names that they answer to.
fn standing<'a>(seen: &Seen<'a>) -> HashMap<String, Vec<&'a WorkloadDeployment>> {
    let mut standing: HashMap<_, Vec<_>> = HashMap::new();
    let stays = |deployment: &&WorkloadDeployment| {
        let is_it = |subject: &&Placed<'_>| subject.kind == Kind::WorkloadDeployment && is(deployment, subject);
        deployment.spec.replicas != Some(0) && !seen.subjects.iter().any(|subject| is_it(&subject))
    };
    for deployment in seen.cluster.deployments.iter().filter(stays) {
        for name in claims(&deployment.spec.template.spec, "").into_keys() {
            standing.entry(name).or_default().push(deployment);
        }
    }
    standing
}

fn is(deployment: &WorkloadDeployment, subject: &Placed<'_>) -> bool {
    deployment.metadata.namespace.as_deref() == Some(subject.namespace)
        && deployment.metadata.name.as_deref() == Some(subject.document.name())
}

fn of_subject(standing: &HashMap<String, Vec<&WorkloadDeployment>>, subject: &Placed<'_>) -> Vec<Finding> {
    let Some((spec, field)) = subject.typed() else { return Vec::new() };
    let told = |(name, path): (String, String)| {
        let other = standing.get(&name)?.iter().find(|other| meet(&spec, &other.spec.template.spec))?;
        let metadata = &other.metadata;
        let whose = metadata.name.as_deref().unwrap_or_default();
        let namespace = metadata.namespace.as_deref().unwrap_or_default();
        let message = format!(
            "{path}: workloaddeployment/{whose} in namespace {namespace} answers to {name} already, and requests go to either"
        );
        let remedy = "give it a name of its own, or keep the two apart by hostSelector or environment";
        Some(subject.at(&code::CLAIMED_IN_CLUSTER, &path, message).with_remedy(remedy))
    };
    claims(&spec, &field.path).into_iter().filter_map(told).collect()
}

/// Whether two workloads may come to run on one host.
fn meet(one: &WorkloadSpec, other: &WorkloadSpec) -> bool {
    let apart = |one: &Option<String>, other: &Option<String>| {
        let set = |word: &Option<String>| word.clone().filter(|word| !word.is_empty());
        set(one).zip(set(other)).is_some_and(|(one, other)| one != other)
    };
    let contradict =
        one.host_selector.as_ref().zip(other.host_selector.as_ref()).is_some_and(|(one, other)| {
            one.iter().any(|(key, value)| other.get(key).is_some_and(|other| other != value))
        });
    !apart(&one.environment, &other.environment) && !apart(&one.host_id, &other.host_id) && !contradict
}
