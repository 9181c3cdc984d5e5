//! Who waits for a host that fits, and what a change of hosts means to them: those it fits are looked at, at once; the
//! others only have to tell other numbers, and wait until there is time for that.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::World;
use crate::api::Kind;
use crate::controller::objects::{Key, Workload};
use crate::controller::placement::Candidate;
use crate::controller::workload;

/// Hosts often come several at a time: numbers are told after that.
const BURST: Duration = Duration::from_secs(1);
/// Between two times that numbers are told.
const PAUSE: Duration = Duration::from_secs(5);
/// The share of one of those who wait: 50 writes a second, however many wait and however often hosts change.
const SHARE: Duration = Duration::from_millis(20);

/// Workloads, and replica sets with Workloads to move, for which no host fits.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    keys: BTreeSet<Key>,
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
        if waits {
            self.waiting.keys.insert(key.clone());
        } else {
            self.waiting.keys.remove(key);
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
            let fits: Vec<_> = self.waiting.keys.iter().filter(|key| self.may_fit(key, &hosts)).cloned().collect();
            if fits.len() < self.waiting.keys.len() {
                self.waiting.plan(now);
            }
            self.touched.extend(fits);
        }
        if self.waiting.due.is_some_and(|due| due <= now) {
            self.touched.extend(self.waiting.keys.iter().cloned());
            (self.waiting.told, self.waiting.due) = (Some(now), None);
        }
    }

    /// Whether one of those hosts may be what it waits for.
    fn may_fit(&self, key: &Key, hosts: &[Candidate<'_>]) -> bool {
        if key.what != Kind::Workload {
            return true;
        }
        let policy = &self.settings.policy;
        let fits =
            |workload: &Arc<Workload>| hosts.iter().any(|host| workload::unfit(workload, host, policy).is_none());
        self.workloads.get(&key.object).is_some_and(fits)
    }
}

impl Waiting {
    /// The numbers have changed.
    fn plan(&mut self, now: Instant) {
        let all = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        let rested = self.told.map(|told| told + SHARE.saturating_mul(all).max(PAUSE));
        self.due = self.due.or(Some(rested.map_or(now + BURST, |rested| rested.max(now + BURST))));
    }
}
