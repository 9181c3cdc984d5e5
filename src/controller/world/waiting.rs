//! Who waits for a host that fits, and what a change of hosts means to them: those it fits are looked at, at once; the
//! others only have to tell other numbers, and wait until there is time for that.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::World;
use crate::api::{Kind, WorkloadSpec};
use crate::controller::objects::{Key, Workload};
use crate::controller::placement::Candidate;
use crate::controller::workload::unfit;

/// Hosts often come several at a time: numbers are told after that.
const BURST: Duration = Duration::from_secs(1);
/// Between two times that numbers are told.
const PAUSE: Duration = Duration::from_secs(5);
/// The share of one of those who wait: 50 writes a second, however many wait and however often hosts change.
const SHARE: Duration = Duration::from_millis(20);

/// What a Workload asks of a host, as text; of a replica set, which is always looked at, it is empty.
type Demand = String;

/// Workloads, and replica sets with Workloads to move, for which no host fits.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    keys: BTreeMap<Key, Demand>,
    /// The same by what they ask of a host: replicas of one set ask the same, and one answer is for all of them.
    by_demand: HashMap<Demand, BTreeSet<Key>>,
    /// Ids of hosts that have come, gone or changed, and nobody has been told.
    news: BTreeSet<String>,
    /// When numbers were last told.
    told: Option<Instant>,
    /// When they are to be told again.
    due: Option<Instant>,
}

impl World {
    /// Notes whether a Workload, or a replica set with Workloads to move, waits for a host that fits.
    pub fn waits_for_host(&mut self, key: &Key, waits: bool) {
        self.waiting.remove(key);
        if waits {
            let workload = self.workloads.get(&key.object).filter(|_| key.what == Kind::Workload);
            self.waiting.add(key.clone(), workload.map(|workload| demand(workload)).unwrap_or_default());
        }
    }

    /// A host has come, gone or changed: who waits for one is to learn of it.
    pub(super) fn host_news(&mut self, id: &str) {
        if !self.waiting.keys.is_empty() {
            self.waiting.news.insert(id.to_owned());
        }
    }

    /// When those who wait are to be looked at again for the numbers they tell.
    pub fn recounts_at(&self) -> Option<Instant> {
        self.waiting.due
    }

    /// Names those who wait for a host and for whom one has come, and all of them when it is time to tell other numbers.
    pub fn wake_waiting(&mut self, now: Instant) {
        let news = std::mem::take(&mut self.waiting.news);
        if !news.is_empty() {
            let hosts: Vec<_> = news.iter().filter_map(|id| self.candidate(id, now)).collect();
            let fits = self.waiting.by_demand.values().filter(|alike| self.may_fit(alike, &hosts));
            let fits: Vec<_> = fits.flatten().cloned().collect();
            if fits.len() < self.waiting.keys.len() {
                self.waiting.plan(now);
            }
            self.touched.extend(fits);
        }
        if self.waiting.due.is_some_and(|due| due <= now) {
            self.touched.extend(self.waiting.keys.keys().cloned());
            (self.waiting.told, self.waiting.due) = (Some(now), None);
        }
    }

    /// Whether one of those hosts may be what all of these wait for.
    fn may_fit(&self, alike: &BTreeSet<Key>, hosts: &[Candidate<'_>]) -> bool {
        let Some(first) = alike.first() else { return false };
        if first.what != Kind::Workload {
            return true;
        }
        let policy = &self.settings.policy;
        let fits = |workload: &Arc<Workload>| hosts.iter().any(|host| unfit(workload, host, policy).is_none());
        self.workloads.get(&first.object).is_some_and(fits)
    }
}

/// All that [`unfit`] looks at.
fn demand(workload: &Workload) -> Demand {
    let WorkloadSpec { environment, host_id, host_selector, host_interfaces, .. } = &workload.spec;
    json!([workload.namespace(), environment, host_id, host_selector, host_interfaces]).to_string()
}

impl Waiting {
    fn add(&mut self, key: Key, demand: Demand) {
        self.by_demand.entry(demand.clone()).or_default().insert(key.clone());
        self.keys.insert(key, demand);
    }

    fn remove(&mut self, key: &Key) {
        let Some(demand) = self.keys.remove(key) else { return };
        if let Some(alike) = self.by_demand.get_mut(&demand) {
            alike.remove(key);
            if alike.is_empty() {
                self.by_demand.remove(&demand);
            }
        }
    }

    /// The numbers have changed.
    fn plan(&mut self, now: Instant) {
        let all = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        let rested = self.told.map(|told| told + SHARE.saturating_mul(all).max(PAUSE));
        self.due = self.due.or(Some(rested.map_or(now + BURST, |rested| rested.max(now + BURST))));
    }
}

#[cfg(test)]
mod tests;
