//! Services of the cluster that are to lead to workloads.

use k8s_openapi::api::core::v1::{Service, ServiceSpec};

use super::placed::Placed;
use super::{Found, Seen};
use crate::validate::code;
use crate::validate::finding::{Finding, Gathered};
use crate::validate::references;

/// The one port that the controller leads to.
const PORT: &str = "http";

pub(super) fn check(seen: &Seen<'_>, found: &mut Gathered<'_>) {
    found.extend(seen.subjects.iter().filter_map(|subject| of_subject(seen, subject)));
}

fn of_subject(seen: &Seen<'_>, subject: &Placed<'_>) -> Option<Finding> {
    let reference = references::service(subject)?;
    let key = subject.key(&reference);
    let Found::Service(service) = seen.cluster.objects.get(&key).filter(|_| !seen.files.have(&key))? else {
        return None;
    };
    let (name, path) = (reference.name, &reference.field.path);
    let why = against(service.spec.as_ref()?)?;
    let message = format!("{path}: Service {name} of the cluster leads nowhere: {why}");
    let remedy = remedy(service, subject.namespace, name);
    Some(subject.at(&code::CLUSTER_SERVICE_PORT, path, message).with_remedy(remedy))
}

fn against(spec: &ServiceSpec) -> Option<String> {
    if spec.type_.as_deref() == Some("ExternalName") {
        return Some("it is an ExternalName".to_owned());
    }
    // Who looks a headless Service up is told addresses, and no ports.
    if spec.cluster_ip.as_deref() == Some("None") {
        return None;
    }
    let ports = spec.ports.as_deref().unwrap_or_default();
    let names: Vec<_> = ports.iter().map(|port| port.name.as_deref().unwrap_or_default()).collect();
    let named: Vec<_> = names.iter().copied().filter(|name| !name.is_empty()).collect();
    match (names.contains(&PORT), named.is_empty()) {
        (true, _) => None,
        (false, true) => Some(format!("none of its ports is named {PORT}")),
        (false, false) => Some(format!("none of its ports is named {PORT}, but {}", named.join(", "))),
    }
}

fn remedy(service: &Service, namespace: &str, name: &str) -> String {
    let spec = service.spec.as_ref();
    let only_port = spec.and_then(|spec| spec.ports.as_deref()).is_some_and(|ports| ports.len() == 1);
    let is_external = spec.and_then(|spec| spec.type_.as_deref()) == Some("ExternalName");
    match only_port && !is_external {
        true => format!(
            "name it: kubectl patch service {name} -n {namespace} --type=json \
             -p='[{{\"op\": \"add\", \"path\": \"/spec/ports/0/name\", \"value\": \"{PORT}\"}}]'"
        ),
        false => format!("give it a port with name: {PORT}, or name another Service"),
    }
}
