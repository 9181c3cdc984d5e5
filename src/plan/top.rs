//! How loaded hosts and groups of hosts are.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kube::ResourceExt;
use serde::Serialize;

use crate::api::Host;
use crate::api::names::label;

/// The load of one host, or of a group of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Load {
    /// The host's or the group's name.
    pub name: String,
    /// The group; empty when a host is in none.
    pub group: String,
    /// Hosts in it.
    pub hosts: usize,
    /// Workloads that run there.
    pub workloads: i64,
    /// Components that run there.
    pub components: i64,
    /// Load of the processors in percent, of a group the mean; `None` when no host tells.
    pub cpu_percent: Option<f64>,
    /// Memory used, in bytes.
    pub memory_used: i64,
    /// Memory there is, in bytes; 0 is unknown.
    pub memory_total: i64,
    /// When it was last heard from; of a group the host that was silent longest.
    pub last_seen: Option<Timestamp>,
}

/// What rows are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Order {
    /// The most loaded processors first.
    #[default]
    Cpu,
    /// The fullest memory first.
    Memory,
    /// Most Workloads first.
    Workloads,
    /// By name.
    Name,
}

/// The load of each host.
pub fn by_host(hosts: &[Host], order: Order) -> Vec<Load> {
    sorted(hosts.iter().map(of_host).collect(), order)
}

/// The load of each group; hosts in none are a group too.
pub fn by_group(hosts: &[Host], order: Order) -> Vec<Load> {
    let mut groups: BTreeMap<String, Vec<Load>> = BTreeMap::new();
    for load in hosts.iter().map(of_host) {
        groups.entry(load.group.clone()).or_default().push(load);
    }
    sorted(groups.into_iter().map(|(group, loads)| together(group, &loads)).collect(), order)
}

fn of_host(host: &Host) -> Load {
    let status = host.status.clone().unwrap_or_default();
    let total = status.system_memory_total.max(0);
    Load {
        name: host.name_any(),
        group: host.labels().get(label::HOSTGROUP).cloned().unwrap_or_default(),
        hosts: 1,
        workloads: status.workload_count.unwrap_or_default(),
        components: status.component_count.unwrap_or_default(),
        cpu_percent: status.cpu_percent(),
        memory_used: total.saturating_sub(status.system_memory_free).clamp(0, total),
        memory_total: total,
        last_seen: status.last_seen.map(|time| time.0),
    }
}

fn together(group: String, loads: &[Load]) -> Load {
    let sum = |part: fn(&Load) -> i64| loads.iter().map(part).fold(0, i64::saturating_add);
    let told: Vec<f64> = loads.iter().filter_map(|load| load.cpu_percent).collect();
    Load {
        name: group.clone(),
        group,
        hosts: loads.len(),
        workloads: sum(|load| load.workloads),
        components: sum(|load| load.components),
        #[expect(clippy::cast_precision_loss, reason = "nobody has so many hosts")]
        cpu_percent: (!told.is_empty()).then(|| told.iter().sum::<f64>() / told.len() as f64),
        memory_used: sum(|load| load.memory_used),
        memory_total: sum(|load| load.memory_total),
        last_seen: loads.iter().map(|load| load.last_seen).min().flatten(),
    }
}

impl Load {
    /// Memory used in percent; `None` when it is not known how much there is.
    pub fn memory_percent(&self) -> Option<i64> {
        (self.memory_total > 0).then(|| self.memory_used.saturating_mul(100) / self.memory_total)
    }
}

/// What is not known comes last; equals stand by name.
fn sorted(mut loads: Vec<Load>, order: Order) -> Vec<Load> {
    loads.sort_by(|a, b| a.name.cmp(&b.name));
    match order {
        Order::Name => {}
        Order::Cpu => {
            let known = |load: &Load| load.cpu_percent.unwrap_or(f64::NEG_INFINITY);
            loads.sort_by(|a, b| known(b).total_cmp(&known(a)));
        }
        Order::Memory => loads.sort_by_key(|load| std::cmp::Reverse(load.memory_percent())),
        Order::Workloads => loads.sort_by_key(|load| std::cmp::Reverse(load.workloads)),
    }
    loads
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn host(name: &str, group: &str, cpu: &str, memory: (i64, i64), workloads: i64) -> Host {
        serde_json::from_value(json!({
            "metadata": {"name": name, "labels": {"hostgroup": group}},
            "hostId": name,
            "status": {
                "version": "1", "osName": "linux", "osArch": "x", "osKernel": "k", "systemCPUUsage": cpu,
                "systemMemoryTotal": memory.0, "systemMemoryFree": memory.1,
                "componentCount": workloads, "workloadCount": workloads,
                "lastSeen": format!("2026-01-01T00:00:0{workloads}Z"),
            },
        }))
        .unwrap()
    }

    fn hosts() -> Vec<Host> {
        vec![
            host("a", "edge", "10.0", (1000, 500), 1),
            host("b", "edge", "30.0", (3000, 2500), 3),
            host("c", "core", "NaN", (0, 0), 2),
        ]
    }

    fn names(loads: &[Load]) -> Vec<&str> {
        loads.iter().map(|load| load.name.as_str()).collect()
    }

    #[test]
    fn hosts_are_sorted_and_what_is_unknown_comes_last() {
        assert_eq!(names(&by_host(&hosts(), Order::Cpu)), ["b", "a", "c"]);
        assert_eq!(names(&by_host(&hosts(), Order::Memory)), ["a", "b", "c"]);
        assert_eq!(names(&by_host(&hosts(), Order::Workloads)), ["b", "c", "a"]);
        assert_eq!(names(&by_host(&hosts(), Order::Name)), ["a", "b", "c"]);
    }

    #[test]
    fn groups_have_sums_and_means() {
        let groups = by_group(&hosts(), Order::Cpu);
        assert_eq!(names(&groups), ["edge", "core"]);
        let edge = &groups[0];
        assert_eq!((edge.hosts, edge.workloads, edge.components), (2, 4, 4));
        assert_eq!((edge.cpu_percent, edge.memory_percent()), (Some(20.0), Some(25)));
        assert_eq!(edge.last_seen.unwrap().to_string(), "2026-01-01T00:00:01Z", "the one that was silent longest");
        assert_eq!((groups[1].cpu_percent, groups[1].memory_percent()), (None, None));
    }

    #[test]
    fn a_host_that_told_nothing_yet_has_no_load() {
        let host: Host = serde_json::from_value(json!({"metadata": {"name": "a"}, "hostId": "a"})).unwrap();
        let load = &by_host(&[host], Order::Cpu)[0];
        assert_eq!((load.workloads, load.cpu_percent, load.memory_percent(), load.last_seen), (0, None, None, None));
    }
}
