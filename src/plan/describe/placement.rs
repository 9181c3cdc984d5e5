//! Why each host fits or does not: the controller's own rules, on what Host objects tell.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::{Snapshot, Subject};
use crate::api::names::{condition, reason};
use crate::api::{HasConditions, Workload, WorkloadReplicaSet, WorkloadSpec, controller_of, is_owned_by};
use crate::controller::placement::{Candidate, Policy, Wanted, explain, of_plugins, offered};
use crate::plan::rollout::host_of;

/// Which hosts fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    /// Why there is no host, in the controller's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// Every host: those that fit first, in the order in which they would be taken.
    pub hosts: Vec<Place>,
    /// What cannot be told from here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unchecked: Option<String>,
    /// Why Hosts are missing, in the server's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
}

/// A host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// Its name.
    pub host: String,
    /// Whether it fits.
    pub fits: bool,
    /// Whether the Workload is there.
    pub here: bool,
    /// What its rank rests on, or what is in the way.
    pub verdict: String,
}

impl Placement {
    /// Whether no host was found: then it is what matters most.
    pub fn is_missing(&self) -> bool {
        self.said.is_some()
    }
}

/// Explains; nothing where nothing is placed.
pub(super) fn placement(snapshot: &Snapshot) -> Option<Placement> {
    let spec = snapshot.subject.spec()?;
    let said = said(snapshot);
    let hosts = match &snapshot.hosts {
        Ok(hosts) => hosts,
        Err(words) => return Some(Placement { said, unreadable: Some(words.clone()), ..Placement::default() }),
    };
    // What hosts have is on no Host object: each is taken to have what is needed, and that is said.
    let offers: Vec<_> = spec.host_interfaces().iter().map(offered).collect();
    let candidates: Vec<_> = hosts.iter().map(|host| Candidate::of_object(host, &offers, &[])).collect();
    let relatives = Relatives::of(snapshot);
    let zones = relatives.zones(&candidates);
    let siblings = relatives.siblings.iter().map(|(id, count)| (id.as_str(), *count)).collect();
    let (namespace, avoid) = (snapshot.subject.namespace(), BTreeMap::new());
    let wanted = Wanted { namespace, spec, siblings: &siblings, zones: &zones, avoid: &avoid };
    let here = match &snapshot.subject {
        Subject::Workload(workload) => host_of(workload),
        _ => None,
    };
    let places = explain(&wanted, &candidates, &policy(snapshot, spec)).into_iter().map(|explained| Place {
        host: explained.host.name.to_owned(),
        fits: explained.verdict.is_ok(),
        here: here.as_deref() == Some(explained.host.id),
        verdict: explained.to_string(),
    });
    Some(Placement { said, hosts: places.collect(), unchecked: unchecked(spec), unreadable: None })
}

/// What the controller says where it found no host.
fn said(snapshot: &Snapshot) -> Option<String> {
    let of = |workload: &Workload| {
        let selection = workload.condition(condition::HOST_SELECTION).filter(|selection| !selection.is_true())?;
        Some(selection.message().to_owned()).filter(|message| !message.is_empty())
    };
    snapshot.own_workloads().into_iter().find_map(of)
}

fn unchecked(spec: &WorkloadSpec) -> Option<String> {
    let needed = of_plugins(spec.host_interfaces());
    (!needed.is_empty()).then(|| format!("whether a host has {} only the controller knows", needed.join(", ")))
}

/// Whether hosts are shared is a setting of the controller's; what it says of Workloads tells.
fn policy(snapshot: &Snapshot, spec: &WorkloadSpec) -> Policy {
    let own = format!("not in environment \"{}\"", snapshot.subject.namespace());
    let asked = spec.environment.as_deref().is_some_and(|asked| asked == snapshot.subject.namespace());
    let tells = |workload: &&Workload| {
        workload.condition(condition::HOST_SELECTION).is_some_and(|selection| {
            selection.reason() == reason::CROSS_ENVIRONMENT_SCHEDULING_DENIED
                || (!asked && selection.message().contains(&own))
        })
    };
    let allow_shared_hosts = !snapshot.own_workloads().iter().any(tells);
    Policy { allow_shared_hosts, ..Policy::default() }
}

/// Where the like of it is.
#[derive(Default)]
struct Relatives {
    /// Replicas of the same replica set, by host id.
    siblings: HashMap<String, usize>,
    /// Host ids of the replicas of the same deployment.
    family: Vec<String>,
}

impl Relatives {
    fn of(snapshot: &Snapshot) -> Self {
        let mut relatives = Self::default();
        let Some(set) = snapshot.current_set() else { return relatives };
        let sets = family(snapshot, set);
        let own = match &snapshot.subject {
            Subject::Workload(workload) => workload.metadata.uid.as_deref(),
            _ => None,
        };
        let others = snapshot.workloads.iter().flatten().filter(|other| {
            other.metadata.deletion_timestamp.is_none() && (own.is_none() || other.metadata.uid.as_deref() != own)
        });
        for workload in others {
            let Some(host) = host_of(workload) else { continue };
            if set.metadata.uid.as_deref().is_some_and(|uid| is_owned_by(&workload.metadata, uid)) {
                *relatives.siblings.entry(host.clone()).or_default() += 1;
            }
            if sets.iter().any(|uid| is_owned_by(&workload.metadata, uid)) {
                relatives.family.push(host);
            }
        }
        relatives
    }

    fn zones<'a>(&self, hosts: &[Candidate<'a>]) -> HashMap<&'a str, usize> {
        let mut zones = HashMap::new();
        for host in hosts {
            *zones.entry(host.zone()).or_default() += self.family.iter().filter(|id| *id == host.id).count();
        }
        zones
    }
}

/// The UIDs of the replica sets of the same deployment.
fn family<'a>(snapshot: &'a Snapshot, set: &'a WorkloadReplicaSet) -> Vec<&'a str> {
    let Some(owner) = controller_of(&set.metadata) else { return set.metadata.uid.as_deref().into_iter().collect() };
    let all = snapshot.replica_sets.iter().flatten().filter(|other| is_owned_by(&other.metadata, &owner.uid));
    all.filter_map(|other| other.metadata.uid.as_deref()).collect()
}
