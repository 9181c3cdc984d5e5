//! Hosts as their objects tell of them: what the command line places by.

use std::collections::BTreeMap;

use super::Candidate;
use crate::api::{HasConditions, Host, HostInterface};
use crate::hosts::wire::WitInterface;

static NO_LABELS: BTreeMap<String, String> = BTreeMap::new();

impl<'a> Candidate<'a> {
    /// The host of an object. What its plugins have stands on no object.
    pub fn of_object(host: &'a Host, imports: &'a [WitInterface], exports: &'a [WitInterface]) -> Self {
        let metadata = &host.metadata;
        let status = host.status.as_ref();
        let memory = status.filter(|status| status.system_memory_total > 0).map(|status| {
            let used = status.system_memory_total.saturating_sub(status.system_memory_free);
            used as f32 / status.system_memory_total as f32 * 100.0
        });
        let workloads = status.and_then(|status| status.workload_count).unwrap_or_default();
        Self {
            id: &host.host_id,
            name: metadata.name.as_deref().unwrap_or_default(),
            environment: host.environment.as_deref().unwrap_or_default(),
            labels: metadata.labels.as_ref().unwrap_or(&NO_LABELS),
            alive: host.is_ready() && metadata.deletion_timestamp.is_none(),
            unschedulable: host.is_unschedulable(),
            imports,
            exports,
            cpu: status.and_then(|status| status.cpu_percent()).map(|percent| percent as f32),
            memory,
            workloads: usize::try_from(workloads).unwrap_or_default(),
        }
    }
}

/// What a host would have to have for a host interface: for hosts of which nobody knows what they have.
pub fn offered(need: &HostInterface) -> WitInterface {
    WitInterface {
        namespace: need.namespace.clone(),
        package: need.package.clone(),
        version: need.version.clone().unwrap_or_default(),
        interfaces: need.interfaces.clone(),
        ..WitInterface::default()
    }
}
