//! Which host a Workload goes to: filters, then scores. Deterministic, and every host's verdict has words.

mod capability;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::api::WorkloadSpec;
use crate::hosts::wire::WitInterface;

/// A host, as placement sees it.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// Its id.
    pub id: &'a str,
    /// Name of its Host object.
    pub name: &'a str,
    /// The environment it serves.
    pub environment: &'a str,
    /// Its labels.
    pub labels: &'a BTreeMap<String, String>,
    /// Whether it was heard from lately, and nothing speaks against it being there for longer.
    pub alive: bool,
    /// Whether it is cordoned.
    pub unschedulable: bool,
    /// What its plugins give to workloads.
    pub imports: &'a [WitInterface],
    /// What its plugins call in workloads.
    pub exports: &'a [WitInterface],
    /// CPU in use, percent; `None` is unknown.
    pub cpu: Option<f32>,
    /// Memory in use, percent; `None` is unknown.
    pub memory: Option<f32>,
    /// Workloads it has, counting those on their way.
    pub workloads: usize,
}

impl Candidate<'_> {
    /// The zone its labels name, empty when they do not.
    pub fn zone(&self) -> &str {
        let zone = self.labels.get("topology.kubernetes.io/zone").or_else(|| self.labels.get("zone"));
        zone.map_or("", String::as_str)
    }
}

/// What is to be placed, and where its like are already.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// Namespace of the Workload.
    pub namespace: &'a str,
    /// Its spec.
    pub spec: &'a WorkloadSpec,
    /// Replicas of the same replica set by host id.
    pub siblings: &'a HashMap<String, usize>,
    /// Replicas of the same deployment by zone.
    pub zones: &'a HashMap<String, usize>,
    /// Hosts on which it failed several times: taken only when there is no other.
    pub avoid: &'a BTreeSet<String>,
}

/// The cluster's rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Whether a Workload may use hosts of an environment other than its namespace.
    pub allow_shared_hosts: bool,
    /// CPU in use, percent, above which a host comes last.
    pub cpu_backpressure: f32,
    /// Memory in use, percent, above which a host comes last.
    pub memory_backpressure: f32,
}

impl Default for Policy {
    fn default() -> Self {
        Self { allow_shared_hosts: true, cpu_backpressure: 80.0, memory_backpressure: 80.0 }
    }
}

/// Why a host does not fit; the order is the order in which it is looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unfit {
    /// It was not heard from lately.
    NotReady,
    /// It is cordoned.
    Cordoned,
    /// `spec.hostId` names another.
    OtherHostAsked(String),
    /// It serves another environment.
    NotInEnvironment(String),
    /// Labels differ from `spec.hostSelector`; the first that does.
    SelectorDiffers(String),
    /// It lacks an interface.
    Lacks(String),
}

impl Unfit {
    fn words(&self, count: usize) -> String {
        let (are, lack) = if count == 1 { ("does", "lacks") } else { ("do", "lack") };
        match self {
            Self::NotReady => format!("{count} not ready"),
            Self::Cordoned => format!("{count} cordoned"),
            Self::OtherHostAsked(id) => format!("{count} not the host asked for (\"{id}\")"),
            Self::NotInEnvironment(environment) => format!("{count} not in environment \"{environment}\""),
            Self::SelectorDiffers(label) => format!("{count} {are} not match hostSelector {label}"),
            Self::Lacks(interface) => format!("{count} {lack} {interface}"),
        }
    }
}

/// Why no host was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoPlace {
    /// None fits; the message counts the reasons, as kube-scheduler's does.
    NoEligibleHost(String),
    /// The Workload asks for another environment, which this cluster does not allow.
    CrossEnvironment(String),
}

impl NoPlace {
    /// Why, in words for people.
    pub fn words(&self) -> &str {
        match self {
            Self::NoEligibleHost(words) | Self::CrossEnvironment(words) => words,
        }
    }
}

/// Chooses the host for a Workload.
///
/// # Errors
/// Says why none was chosen.
pub fn place<'h, 'c>(
    wanted: &Wanted<'_>,
    hosts: &'h [Candidate<'c>],
    policy: &Policy,
) -> Result<&'h Candidate<'c>, NoPlace> {
    denied(wanted, policy).map_or(Ok(()), |why| Err(NoPlace::CrossEnvironment(why)))?;
    let mut unfit: BTreeMap<Unfit, usize> = BTreeMap::new();
    let mut best: Option<(Score, &Candidate<'_>)> = None;
    for host in hosts {
        if let Some(why) = verdict(wanted, host, policy) {
            *unfit.entry(why).or_default() += 1;
            continue;
        }
        let score = score(wanted, host, policy);
        if best.as_ref().is_none_or(|(least, _)| score < *least) {
            best = Some((score, host));
        }
    }
    best.map(|(_, host)| host).ok_or_else(|| NoPlace::NoEligibleHost(summary(hosts.len(), unfit)))
}

/// Whether a host may run a Workload, and if not, why not.
pub fn verdict(wanted: &Wanted<'_>, host: &Candidate<'_>, policy: &Policy) -> Option<Unfit> {
    let spec = wanted.spec;
    if !host.alive {
        return Some(Unfit::NotReady);
    }
    if host.unschedulable {
        return Some(Unfit::Cordoned);
    }
    if let Some(id) = spec.host_id.as_deref().filter(|id| !id.is_empty() && *id != host.id) {
        return Some(Unfit::OtherHostAsked(id.to_owned()));
    }
    if let Some(environment) = environment(wanted, policy).filter(|environment| *environment != host.environment) {
        return Some(Unfit::NotInEnvironment(environment.to_owned()));
    }
    let mut selector = spec.host_selector.iter().flatten();
    if let Some((key, value)) = selector.find(|(key, value)| host.labels.get(*key) != Some(value)) {
        return Some(Unfit::SelectorDiffers(format!("{key}={value}")));
    }
    capability::lacking(spec.host_interfaces(), host).map(Unfit::Lacks)
}

/// The environment a host has to be in; `None` is any.
fn environment<'a>(wanted: &Wanted<'a>, policy: &Policy) -> Option<&'a str> {
    let asked = wanted.spec.environment.as_deref().filter(|environment| !environment.is_empty());
    asked.or((!policy.allow_shared_hosts).then_some(wanted.namespace))
}

fn denied(wanted: &Wanted<'_>, policy: &Policy) -> Option<String> {
    let asked = environment(wanted, policy).filter(|asked| *asked != wanted.namespace)?;
    (!policy.allow_shared_hosts).then(|| {
        format!("environment \"{asked}\" is not this namespace (\"{}\"), and hosts are not shared", wanted.namespace)
    })
}

/// Less is better; the fields are compared in this order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Score {
    failed_before: bool,
    overloaded: bool,
    siblings: usize,
    zone: usize,
    workloads: usize,
    hash: u64,
}

fn score(wanted: &Wanted<'_>, host: &Candidate<'_>, policy: &Policy) -> Score {
    let above = |load: Option<f32>, threshold: f32| load.is_some_and(|load| load > threshold);
    let mut hasher = DefaultHasher::new();
    (wanted.namespace, host.name).hash(&mut hasher);
    Score {
        failed_before: wanted.avoid.contains(host.id),
        overloaded: above(host.cpu, policy.cpu_backpressure) || above(host.memory, policy.memory_backpressure),
        siblings: wanted.siblings.get(host.id).copied().unwrap_or_default(),
        zone: wanted.zones.get(host.zone()).copied().unwrap_or_default(),
        workloads: host.workloads,
        hash: hasher.finish(),
    }
}

fn summary(hosts: usize, unfit: BTreeMap<Unfit, usize>) -> String {
    if hosts == 0 {
        return "0/0 hosts fit: no host has reported yet".to_owned();
    }
    let mut reasons: Vec<_> = unfit.into_iter().collect();
    reasons.sort_by(|(why, count), (other, more)| more.cmp(count).then(why.cmp(other)));
    let words: Vec<_> = reasons.iter().map(|(why, count)| why.words(*count)).collect();
    format!("0/{hosts} hosts fit: {}", words.join(", "))
}

#[cfg(test)]
mod tests;
