//! Hosts as placement sees them, and where the like of a Workload is.

use tokio::time::Instant;

use super::World;
use crate::controller::live::{LiveHost, Standing};
use crate::controller::objects::{ObjectKey, ReplicaSet};
use crate::controller::placement::Candidate;
use crate::controller::workload::Places;

impl World {
    /// Where a Workload of that replica set could go.
    pub fn places(&self, set: Option<&ReplicaSet>, except: Option<&ObjectKey>, now: Instant) -> Places<'_> {
        let mut places = Places { hosts: self.candidates(now).collect(), ..Places::default() };
        let own = except.and_then(|key| self.workloads.get(key));
        if let Some(coming) = own.and_then(|own| self.spread.comes_to(own)) {
            let host = places.hosts.iter_mut().find(|host| host.id == coming);
            host.into_iter().for_each(|host| host.workloads = host.workloads.saturating_sub(1));
        }
        let Some(set) = set else { return places };
        let own = own.and_then(|own| self.spread.counted_on(own));
        let family: Vec<_> = match self.deployment_of(set) {
            Some(deployment) => self.replica_sets_of(deployment.uid()).map(|set| set.uid()).collect(),
            None => vec![set.uid()],
        };
        for host in &places.hosts {
            let own = usize::from(own == Some(host.id));
            let siblings = self.spread.replicas_on(set.uid(), host.id).saturating_sub(own);
            let relatives: usize = family.iter().map(|uid| self.spread.replicas_on(uid, host.id)).sum();
            if siblings > 0 {
                places.siblings.insert(host.id, siblings);
            }
            *places.zones.entry(host.zone()).or_default() += relatives.saturating_sub(own);
        }
        places
    }

    /// Every host, as placement sees it.
    pub fn candidates(&self, now: Instant) -> impl Iterator<Item = Candidate<'_>> {
        let taken_in = |live: &&LiveHost| live.name.is_some() && self.settings.takes_host_of(&live.beat.environment);
        self.live.iter().filter(taken_in).map(move |live| self.as_candidate(live, now))
    }

    /// The host of that id, as placement sees it.
    pub fn candidate(&self, id: &str, now: Instant) -> Option<Candidate<'_>> {
        let live = self.live.get(id).filter(|live| self.settings.takes_host_of(&live.beat.environment))?;
        Some(self.as_candidate(live, now))
    }

    fn as_candidate<'w>(&'w self, live: &'w LiveHost, now: Instant) -> Candidate<'w> {
        let beat = &live.beat;
        let name = live.name.as_deref().unwrap_or(&beat.friendly_name);
        let total = beat.system_memory_total;
        let used = total.saturating_sub(beat.system_memory_free);
        Candidate {
            id: &beat.id,
            name,
            environment: &beat.environment,
            labels: &beat.labels,
            alive: live.standing(now) == Standing::Alive && !live.is_doubted() && !self.pods.fate_of(&beat.id).ending,
            unschedulable: self.cordoned.contains(name),
            imports: &beat.imports,
            exports: &beat.exports,
            cpu: Some(beat.system_cpu_usage).filter(|cpu| cpu.is_finite()),
            memory: (total > 0).then(|| used as f32 / total as f32 * 100.0),
            workloads: self.load_of(&beat.id),
        }
    }

    /// How many Workloads are, or are to be, on the host of that id, those among them that are being created or were given
    /// to it a moment ago.
    pub fn load_of(&self, id: &str) -> usize {
        self.relations.load_of(id) + self.promised.on(id) + self.spread.coming_to(id)
    }
}
