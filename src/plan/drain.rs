//! `cordon`, `uncordon` and `drain`: what is asked of a host, what will happen, and how far it is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::api::names::{GROUP, annotation};
use crate::api::{
    DeployPolicy, HasConditions, Host, Kind, Workload, WorkloadDeployment, WorkloadReplicaSet, controller_of,
    is_owned_by,
};
use crate::plan::rollout::host_of;
use crate::plan::selection::Refusal;
use crate::plan::set::article;
use kube::ResourceExt;

/// What is asked of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// No new Workloads.
    Cordon,
    /// New Workloads again, and no drain.
    Uncordon,
    /// No Workloads at all.
    Drain,
}

impl Ask {
    /// What to merge into the host; nothing when it is so already.
    pub fn patch(self, host: &Host) -> Option<Value> {
        let (cordoned, drained) = (host.is_cordoned(), host.is_draining());
        let annotations = match self {
            Self::Cordon if cordoned || drained => return None,
            Self::Cordon => json!({annotation::UNSCHEDULABLE: "true"}),
            Self::Uncordon if !cordoned && !drained => return None,
            Self::Uncordon => json!({annotation::UNSCHEDULABLE: null, annotation::DRAIN: null}),
            Self::Drain if cordoned && drained => return None,
            Self::Drain => json!({annotation::UNSCHEDULABLE: "true", annotation::DRAIN: "true"}),
        };
        Some(json!({"metadata": {"annotations": annotations}}))
    }
}

/// What these verbs have no meaning for.
pub fn refuse(kind: Kind, verb: &str) -> Option<Refusal> {
    let instead = match kind {
        Kind::Host => return None,
        Kind::WorkloadDeployment => "`kubectl wasmcloud scale` sets its replicas, and a hostSelector where they run",
        Kind::WorkloadReplicaSet | Kind::Workload => "delete a Workload, and its replica set makes another one",
        Kind::Artifact => "name a host; `kubectl wasmcloud get hosts` lists them",
    };
    Some(Refusal { message: format!("cannot {verb} {}: only hosts are", article(kind)), instead: instead.to_owned() })
}

/// A name with its namespace, as kubectl writes Pods.
fn key(workload: &Workload) -> String {
    format!("{}/{}", workload.namespace().unwrap_or_default(), workload.name_any())
}

fn is_on(workload: &Workload, host: &Host) -> bool {
    host_of(workload).is_some_and(|id| id == host.host_id)
}

/// The UIDs of the replica sets whose Workloads are not to run beside their replacements.
pub fn recreated(deployments: &[WorkloadDeployment], sets: &[WorkloadReplicaSet]) -> BTreeSet<String> {
    let recreate = |deployment: &&WorkloadDeployment| deployment.spec.deploy_policy() == DeployPolicy::Recreate;
    let deployments: Vec<_> = deployments.iter().filter(recreate).filter_map(ResourceExt::uid).collect();
    let of_one = |set: &&WorkloadReplicaSet| deployments.iter().any(|uid| is_owned_by(&set.metadata, uid));
    sets.iter().filter(of_one).filter_map(ResourceExt::uid).collect()
}

/// What a drain of these hosts will do, line by line, for whoever is to agree. `recreated` is as above, if it is known.
pub fn forecast(
    draining: &[Host],
    hosts: &[Host],
    workloads: &[Workload],
    recreated: Option<&BTreeSet<String>>,
) -> Vec<String> {
    let mut lines = Vec::new();
    for host in draining {
        let mut on: Vec<_> = workloads.iter().filter(|workload| is_on(workload, host)).collect();
        on.sort_by_key(|workload| key(workload));
        let count = match on.len() {
            0 => "no Workloads".to_owned(),
            1 => "1 Workload, which leaves".to_owned(),
            count => format!("{count} Workloads, which leave"),
        };
        lines.push(format!("host {} has {count}{}", host.name_any(), if on.is_empty() { "" } else { ":" }));
        lines.extend(on.into_iter().map(|workload| format!("  {}, {}", key(workload), how(workload, recreated))));
    }
    let leaves = |host: &Host| draining.iter().any(|draining| draining.host_id == host.host_id);
    let goes_on = |host: &&Host| !leaves(host) && !host.is_unschedulable() && host.is_ready();
    if lines.iter().any(|line| line.starts_with("  ")) && !hosts.iter().any(|host| goes_on(&host)) {
        lines.push("no other host is ready and uncordoned, so there is nowhere to go for now".to_owned());
    }
    lines
}

fn how(workload: &Workload, recreated: Option<&BTreeSet<String>>) -> String {
    let Some(owner) = controller_of(&workload.metadata) else {
        return "which nobody owns: it stops before it starts elsewhere".to_owned();
    };
    let what = match recreated {
        _ if !workload.is_ready() => "it is not ready, and stops before its replacement starts",
        Some(recreated) if recreated.contains(&owner.uid) => {
            "it stops before its replacement starts, as deployPolicy Recreate has it"
        }
        Some(_) => "a replacement comes first",
        None => "a replacement comes first, unless its deployment's deployPolicy is Recreate",
    };
    format!("of {} {}: {what}", owner.kind, owner.name)
}

/// Something that happened during a drain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A Workload, by namespace and name, is about to leave: its replacement is there, or it ends.
    Evicting(String),
    /// A Workload of that name has left.
    Evicted(String),
    /// The host of that number has none left.
    Drained(usize),
    /// The controller says why a Workload stays.
    Blocked(String),
}

/// How far drains of hosts are.
#[derive(Debug)]
pub struct Drains {
    hosts: Vec<(Host, bool)>,
    on: BTreeMap<String, (String, String)>,
    leaving: BTreeSet<String>,
    /// Why Workloads stay, by namespace and name, and whether that was told.
    blocked: BTreeMap<String, (String, bool)>,
    most: usize,
}

impl Drains {
    /// Drains that are about to begin.
    pub fn new(hosts: Vec<Host>) -> Self {
        let hosts = hosts.into_iter().map(|host| (host, false)).collect();
        Self { hosts, on: BTreeMap::new(), leaving: BTreeSet::new(), blocked: BTreeMap::new(), most: 0 }
    }

    /// Takes in the Workloads that were there before the drain began: some may be gone at the first look after that.
    pub fn expect(&mut self, workloads: &[Workload]) {
        self.on = self.here(workloads.iter());
        self.most = self.most.max(self.on.len());
    }

    fn here<'w>(&self, workloads: impl Iterator<Item = &'w Workload>) -> BTreeMap<String, (String, String)> {
        let here = |workload: &&Workload| self.hosts.iter().any(|(host, _)| is_on(workload, host));
        workloads.filter(here).map(|w| (w.uid().unwrap_or_default(), (key(w), w.name_any()))).collect()
    }

    /// Takes in all Workloads there are; what is new.
    pub fn see<'w>(&mut self, workloads: impl Iterator<Item = &'w Workload> + Clone) -> Vec<News> {
        let on = self.here(workloads.clone());
        let replaced = workloads.clone().filter_map(|w| w.annotations().get(annotation::REPLACES).cloned());
        let ending = workloads.clone().filter(|w| w.metadata.deletion_timestamp.is_some()).filter_map(|w| w.uid());
        let leaving: BTreeSet<_> = replaced.chain(ending).filter(|uid| on.contains_key(uid)).collect();
        let evicting =
            leaving.iter().filter(|uid| !self.leaving.contains(*uid)).map(|uid| News::Evicting(on[uid].0.clone()));
        let gone: Vec<_> = self.on.iter().filter(|(uid, _)| !on.contains_key(*uid)).collect();
        // Nobody saw those leave.
        let unseen = gone.iter().filter(|(uid, _)| !self.leaving.contains(*uid));
        let unseen = unseen.map(|(_, (key, _))| News::Evicting(key.clone()));
        let gone = gone.iter().map(|(_, (_, name))| News::Evicted(name.clone()));
        let mut news: Vec<_> = evicting.chain(unseen).chain(gone).collect();
        let empty = |host: &Host| !workloads.clone().any(|workload| is_on(workload, host));
        for (index, (host, drained)) in self.hosts.iter_mut().enumerate() {
            if !*drained && empty(host) {
                *drained = true;
                news.push(News::Drained(index));
            }
        }
        self.leaving.extend(leaving);
        self.most = self.most.max(on.len());
        self.on = on;
        news
    }

    /// Takes in an Event that may say why a Workload cannot leave. One that was there before the drain began is no news.
    pub fn hear(&mut self, event: &Value, is_old: bool) {
        let word = |path: &str| event.pointer(path).and_then(Value::as_str).unwrap_or_default();
        let of = |(host, _): &(Host, bool)| word("/involvedObject/name") == host.name_any();
        if word("/reason") != "DrainBlocked" || word("/involvedObject/kind") != "Host" || !self.hosts.iter().any(of) {
            return;
        }
        let words = word("/message");
        let about = words.strip_prefix("Workload ").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
        let is_known = self.blocked.get(about).is_some_and(|(known, _)| known == words);
        if !is_known || (!is_old && !self.blocked[about].1) {
            self.blocked.insert(about.to_owned(), (words.to_owned(), is_old));
        }
    }

    /// Why Workloads stay, as far as that was not told yet.
    pub fn complaints(&mut self) -> Vec<News> {
        let here: BTreeSet<_> = self.on.values().map(|(key, _)| key).collect();
        let untold = self.blocked.iter_mut().filter(|(about, (_, told))| here.contains(about) && !told);
        let tell = |(_, (words, told)): (&String, &mut (String, bool))| {
            *told = true;
            News::Blocked(words.clone())
        };
        untold.map(tell).collect()
    }

    /// Whether all are done.
    pub fn are_done(&self) -> bool {
        self.hosts.iter().all(|(_, drained)| *drained)
    }

    /// How many have left, of how many.
    pub fn count(&self) -> (usize, usize) {
        (self.most - self.on.len().min(self.most), self.most)
    }

    /// The Workloads that are left, by namespace and name.
    pub fn keys(&self) -> Vec<String> {
        self.on.values().map(|(key, _)| key.clone()).collect()
    }

    /// The hosts that still have Workloads, by name.
    pub fn undone(&self) -> Vec<String> {
        self.hosts.iter().filter(|(_, drained)| !drained).map(|(host, _)| host.name_any()).collect()
    }

    /// The Workloads that are left, each with why, where that is known.
    pub fn left(&self) -> Vec<String> {
        let line = |(key, _): &(String, String)| {
            self.blocked
                .get(key)
                .map(|(words, _)| words.clone())
                .unwrap_or_else(|| format!("Workload {key} is still there"))
        };
        self.on.values().map(line).collect()
    }
}

/// How kubectl would call a Workload that has left.
pub fn title(name: &str) -> String {
    format!("workload.{GROUP}/{name}")
}

#[cfg(test)]
mod tests;
