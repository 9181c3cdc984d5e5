//! Why each host fits or does not: the controller's own rules, on what Host objects tell.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::{Snapshot, Subject};
use crate::api::names::{condition, reason};
use crate::api::{
    HasConditions, Host, HostInterface, Workload, WorkloadReplicaSet, WorkloadSpec, controller_of, is_owned_by,
};
use crate::controller::placement::{Candidate, Policy, Wanted, explain, of_plugins};
use crate::hosts::wire::WitInterface;
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
    let offers: Vec<_> = spec.host_interfaces().iter().map(offered).collect();
    let candidates: Vec<_> = hosts.iter().map(|host| candidate(host, &offers)).collect();
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

/// What hosts have is on no Host object: each is taken to have what is needed, and that is said.
fn offered(need: &HostInterface) -> WitInterface {
    WitInterface {
        namespace: need.namespace.clone(),
        package: need.package.clone(),
        version: need.version.clone().unwrap_or_default(),
        interfaces: need.interfaces.clone(),
        ..WitInterface::default()
    }
}

fn unchecked(spec: &WorkloadSpec) -> Option<String> {
    let needed = of_plugins(spec.host_interfaces());
    (!needed.is_empty()).then(|| format!("whether a host has {} only the controller knows", needed.join(", ")))
}

static NO_LABELS: BTreeMap<String, String> = BTreeMap::new();

fn candidate<'a>(host: &'a Host, offers: &'a [WitInterface]) -> Candidate<'a> {
    let metadata = &host.metadata;
    let status = host.status.as_ref();
    let memory = status.filter(|status| status.system_memory_total > 0).map(|status| {
        let used = status.system_memory_total.saturating_sub(status.system_memory_free);
        used as f32 / status.system_memory_total as f32 * 100.0
    });
    let workloads = status.and_then(|status| status.workload_count).unwrap_or_default();
    Candidate {
        id: &host.host_id,
        name: metadata.name.as_deref().unwrap_or_default(),
        environment: host.environment.as_deref().unwrap_or_default(),
        labels: metadata.labels.as_ref().unwrap_or(&NO_LABELS),
        alive: host.is_ready() && metadata.deletion_timestamp.is_none(),
        unschedulable: host.is_unschedulable(),
        imports: offers,
        exports: &[],
        cpu: status.and_then(|status| status.cpu_percent()).map(|percent| percent as f32),
        memory,
        workloads: usize::try_from(workloads).unwrap_or_default(),
    }
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
