//! Which host a Workload goes to: filters, then scores. Deterministic, and every host's verdict has words.

mod capability;
mod each;
mod explain;
mod object;
mod score;

use std::collections::{BTreeMap, HashMap};
use std::fmt;

pub use capability::of_plugins;
pub use each::place_each;
pub use explain::{Explained, Fit, explain};
pub use object::offered;

use crate::api::WorkloadSpec;
use crate::hosts::wire::WitInterface;
use score::{Score, score};

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

impl<'a> Candidate<'a> {
    /// The zone its labels name, empty when they do not.
    pub fn zone(&self) -> &'a str {
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
    pub siblings: &'a HashMap<&'a str, usize>,
    /// Replicas of the same deployment by zone.
    pub zones: &'a HashMap<&'a str, usize>,
    /// Hosts on which it failed several times, and how often: taken only when there is no other.
    pub avoid: &'a BTreeMap<String, u32>,
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

/// Of one host.
impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotReady => write!(f, "not ready"),
            Self::Cordoned => write!(f, "cordoned"),
            Self::OtherHostAsked(id) => write!(f, "not the host asked for (\"{id}\")"),
            Self::NotInEnvironment(environment) => write!(f, "not in environment \"{environment}\""),
            Self::SelectorDiffers(label) => write!(f, "does not match hostSelector {label}"),
            Self::Lacks(interface) => write!(f, "lacks {interface}"),
        }
    }
}

impl Unfit {
    /// Of so many hosts.
    fn words(&self, count: usize) -> String {
        match self {
            Self::SelectorDiffers(label) if count > 1 => format!("{count} do not match hostSelector {label}"),
            Self::Lacks(interface) if count > 1 => format!("{count} lack {interface}"),
            one => format!("{count} {one}"),
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
    denied(wanted, hosts, policy).map_or(Ok(()), |why| Err(NoPlace::CrossEnvironment(why)))?;
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
    if let Some(id) = host_asked(wanted).filter(|id| *id != host.id) {
        return Some(Unfit::OtherHostAsked(id.to_owned()));
    }
    // What a Workload asks for never widens what its namespace may use.
    let own = (!policy.allow_shared_hosts).then_some(wanted.namespace);
    let mut environments = environment_asked(wanted).into_iter().chain(own);
    if let Some(environment) = environments.find(|environment| *environment != host.environment) {
        return Some(Unfit::NotInEnvironment(environment.to_owned()));
    }
    let mut selector = spec.host_selector.iter().flatten();
    if let Some((key, value)) = selector.find(|(key, value)| host.labels.get(*key) != Some(value)) {
        return Some(Unfit::SelectorDiffers(format!("{key}={value}")));
    }
    capability::lacking(spec.host_interfaces(), host).map(Unfit::Lacks)
}

/// The environment that the spec names.
fn environment_asked<'a>(wanted: &Wanted<'a>) -> Option<&'a str> {
    wanted.spec.environment.as_deref().filter(|environment| !environment.is_empty())
}

/// The id of the host that the spec names.
fn host_asked<'a>(wanted: &Wanted<'a>) -> Option<&'a str> {
    wanted.spec.host_id.as_deref().filter(|id| !id.is_empty())
}

/// Why a Workload that asks for what its namespace may not use gets nothing at all, by environment or by host.
fn denied(wanted: &Wanted<'_>, hosts: &[Candidate<'_>], policy: &Policy) -> Option<String> {
    let own = wanted.namespace;
    if policy.allow_shared_hosts {
        return None;
    }
    if let Some(asked) = environment_asked(wanted).filter(|asked| *asked != own) {
        return Some(format!("environment \"{asked}\" is not this namespace (\"{own}\"), and hosts are not shared"));
    }
    let id = host_asked(wanted)?;
    let elsewhere = hosts.iter().any(|host| host.id == id && host.environment != own);
    elsewhere
        .then(|| format!("host \"{id}\" is not in this namespace's environment (\"{own}\"), and hosts are not shared"))
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
