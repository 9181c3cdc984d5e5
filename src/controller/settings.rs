//! How the controller was told to work.

use std::collections::BTreeSet;
use std::time::Duration;

use super::placement::Policy;

/// Settings that decisions depend on; all of them come from flags.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The controller's own namespace: Lease and Host objects live there.
    pub namespace: String,
    /// Namespaces whose objects are reconciled; empty is all.
    pub watch_namespaces: BTreeSet<String>,
    /// Environments whose hosts are taken in, and beside the own one the namespaces whose Pods are host Pods; empty is all.
    pub host_namespaces: BTreeSet<String>,
    /// Rules of placement.
    pub policy: Policy,
    /// Starts in flight per host.
    pub max_starts_per_host: usize,
    /// How long a Workload that a Service leads to runs on after its endpoint is gone.
    pub drain_delay: Duration,
    /// Services may lead to loopback addresses: so on a local control plane, whose hosts listen on nothing else.
    pub loopback_endpoints: bool,
    /// Artifacts are reconciled by someone else.
    pub disable_artifact_controller: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            namespace: "wasmcloud-system".to_owned(),
            watch_namespaces: BTreeSet::new(),
            host_namespaces: BTreeSet::new(),
            policy: Policy::default(),
            max_starts_per_host: 2,
            drain_delay: Duration::from_secs(5),
            loopback_endpoints: false,
            disable_artifact_controller: false,
        }
    }
}

impl Settings {
    /// Namespaces in which host Pods are looked for; one that is empty is all.
    pub fn pod_namespaces(&self) -> BTreeSet<String> {
        match self.host_namespaces.is_empty() {
            true => [String::new()].into(),
            false => self.host_namespaces.iter().chain([&self.namespace]).cloned().collect(),
        }
    }

    /// Whether hosts of that environment are ours to manage.
    pub fn takes_host_of(&self, environment: &str) -> bool {
        self.host_namespaces.is_empty() || self.host_namespaces.contains(environment)
    }
}
