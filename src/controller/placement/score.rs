//! Which of the hosts that fit is taken: the one with the least score.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Candidate, Policy, Wanted};

/// Less is better; the fields are compared in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Score {
    pub(super) failed_before: bool,
    pub(super) overloaded: bool,
    pub(super) siblings: usize,
    pub(super) zone: usize,
    pub(super) workloads: usize,
    pub(super) hash: u64,
}

pub(super) fn score(wanted: &Wanted<'_>, host: &Candidate<'_>, policy: &Policy) -> Score {
    let mut hasher = DefaultHasher::new();
    (wanted.namespace, host.name).hash(&mut hasher);
    Score {
        failed_before: wanted.avoid.contains_key(host.id),
        overloaded: is_above(host.cpu, policy.cpu_backpressure) || is_above(host.memory, policy.memory_backpressure),
        siblings: wanted.siblings.get(host.id).copied().unwrap_or_default(),
        zone: wanted.zones.get(host.zone()).copied().unwrap_or_default(),
        workloads: host.workloads,
        hash: hasher.finish(),
    }
}

fn is_above(load: Option<f32>, threshold: f32) -> bool {
    load.is_some_and(|load| load > threshold)
}

/// A score in words, what comes first in the comparison first.
pub(super) fn in_words(wanted: &Wanted<'_>, host: &Candidate<'_>, policy: &Policy) -> String {
    let Score { siblings, zone, workloads, .. } = score(wanted, host, policy);
    let failed = wanted.avoid.get(host.id).map(|times| format!("failed here {times} times"));
    let above = |load, threshold, of: &str| is_above(load, threshold).then(|| format!("above {threshold} % {of}"));
    let zone = match host.zone() {
        "" if zone == 0 => None,
        "" => Some(format!("{zone} of the same deployment on hosts without a zone")),
        name => Some(format!("{zone} of the same deployment in zone \"{name}\"")),
    };
    let facts = [
        failed,
        above(host.cpu, policy.cpu_backpressure, "CPU"),
        above(host.memory, policy.memory_backpressure, "memory"),
        Some(format!("{} of the same replica set", counted(siblings, "replica"))),
        zone,
        Some(counted(workloads, "Workload")),
    ];
    facts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
