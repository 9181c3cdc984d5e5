//! How loaded hosts and groups of hosts are.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kube::ResourceExt;
use serde::Serialize;

use crate::api::names::label;
use crate::api::{Host, Kind};
use crate::error::Error;

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

/// Which loads are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Of groups, and not of each host.
    pub grouped: bool,
    /// Only these hosts or groups; empty is all.
    pub names: Vec<String>,
}

impl Wish {
    /// Reads `[hosts | groups] [NAME…]` or `host/NAME…`.
    ///
    /// # Errors
    /// When the words name what has no load of its own.
    pub fn parse(words: &[String], grouped: bool) -> Result<Self, Error> {
        let mut wish = Self { grouped, names: Vec::new() };
        let are_pairs = words.iter().any(|word| word.contains('/'));
        for (at, word) in words.iter().enumerate() {
            match word.split_once('/') {
                Some((type_, name)) if !is_group(type_)? && !name.is_empty() => wish.names.push(name.to_owned()),
                None if at == 0 && !are_pairs => wish.grouped |= is_group(word)?,
                None if !are_pairs => wish.names.push(word.clone()),
                _ => return Err(unknown(word)),
            }
        }
        Ok(wish)
    }

    /// The loads that are shown.
    pub fn loads(&self, hosts: &[Host], order: Order) -> Vec<Load> {
        let mut loads = if self.grouped { by_group(hosts, order) } else { by_host(hosts, order) };
        loads.retain(|load| self.names.is_empty() || self.names.contains(&load.name));
        loads
    }

    /// Names of which there is no load.
    pub fn missing<'n>(&'n self, loads: &[Load]) -> Vec<&'n str> {
        let is_missing = |name: &&String| loads.iter().all(|load| load.name != **name);
        self.names.iter().filter(is_missing).map(String::as_str).collect()
    }
}

/// Whether a word means groups; otherwise it means hosts.
fn is_group(word: &str) -> Result<bool, Error> {
    match word {
        "group" | "groups" | "hostgroup" | "hostgroups" => Ok(true),
        _ => match Kind::from_word(word) {
            Some(Kind::Host) => Ok(false),
            Some(Kind::Artifact) => Err(Error::usage_with(
                "artifacts do not run, so they have no load",
                "`kubectl wasmcloud tree artifacts` shows the deployments that use them",
            )),
            Some(kind) => Err(Error::usage_with(
                format!("hosts report their load as a whole, not that of each of their {}", kind.plural()),
                "`kubectl wasmcloud top hosts` shows it; `kubectl wasmcloud tree hosts` shows what runs on each",
            )),
            None => Err(unknown(word)),
        },
    }
}

fn unknown(word: &str) -> Error {
    Error::usage_with(
        format!("unknown word \"{word}\""),
        "`kubectl wasmcloud top` shows hosts or groups; `kubectl top` shows nodes and pods",
    )
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
    fn words_say_of_what_and_of_which() {
        let wish = |line: &str| Wish::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>(), false);
        let is = |line: &str, grouped: bool, names: &[&str]| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(wish(line).unwrap(), Wish { grouped, names }, "{line}");
        };
        is("", false, &[]);
        is("hosts", false, &[]);
        is("host a b", false, &["a", "b"]);
        is("host/a host/b", false, &["a", "b"]);
        is("groups", true, &[]);
        is("group edge", true, &["edge"]);
        for wrong in ["a", "ww", "art/x", "host/", "host host/a", "host/a b", "pods/x", "group/edge"] {
            assert_eq!(wish(wrong).unwrap_err().exit_code(), 2, "{wrong}");
        }
        let some = wish("host c x").unwrap();
        let loads = some.loads(&hosts(), Order::Name);
        assert_eq!((names(&loads), some.missing(&loads)), (vec!["c"], vec!["x"]));
        assert_eq!(names(&wish("groups core").unwrap().loads(&hosts(), Order::Name)), ["core"]);
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
