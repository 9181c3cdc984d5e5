//! What runs on hosts of `wash`, asked of themselves.

use std::collections::BTreeMap;

use kubectl_wasmcloud::hosts::HostBus;
use kubectl_wasmcloud::hosts::nats::{NatsBus, NatsOptions};
use kubectl_wasmcloud::hosts::wire::WorkloadState;
use serde_json::Value;
use tokio::runtime::Runtime;

use super::{Ground, known_hosts};
use crate::real::cluster::Cluster;

/// The `wash host`s of a cluster, asked through the bus: each tells how many Workloads it has, and of each known one
/// whether it runs.
pub(super) struct WashHosts {
    runtime: Runtime,
    bus: NatsBus,
    ids: Vec<String>,
}

impl WashHosts {
    /// So many hosts, once all of them have Host objects.
    pub(super) fn of(cluster: &Cluster, count: usize) -> Self {
        let runtime = Runtime::new().unwrap();
        let options = NatsOptions { url: cluster.nats_url.clone(), ..NatsOptions::default() };
        let bus = runtime.block_on(NatsBus::connect(&options)).unwrap();
        Self { runtime, bus, ids: known_hosts(cluster, count) }
    }

    fn on_host(&self, host: &str, uids: &[&str]) -> Vec<String> {
        let is_there = |uid: &&str| {
            let status = self.runtime.block_on(self.bus.status(host, uid));
            status.is_ok_and(|status| status.workload_state == WorkloadState::Running)
        };
        let mut there: Vec<_> = uids.iter().copied().filter(is_there).map(str::to_owned).collect();
        let count = self.runtime.block_on(self.bus.probe(host)).map_or(0, |beat| beat.workload_count);
        let strangers = usize::try_from(count).unwrap().saturating_sub(there.len());
        there.extend((0..strangers).map(|number| format!("stranger {number}")));
        there
    }
}

impl Ground for WashHosts {
    fn running(&self, workloads: &[Value]) -> BTreeMap<String, Vec<String>> {
        let uids: Vec<_> = workloads.iter().filter_map(|workload| workload["metadata"]["uid"].as_str()).collect();
        self.ids.iter().map(|host| (host.clone(), self.on_host(host, &uids))).collect()
    }
}
