//! Hosts for many replicas at a time, in no more time than it takes to look at every host once and every replica once.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::score::{Score, score};
use super::{Candidate, Policy, Wanted, denied, verdict};

/// The hosts of one zone that fit, the best first. Whatever comes into a zone counts against all of them alike: among them
/// its replicas decide nothing.
#[derive(Default)]
struct Zone {
    replicas: usize,
    hosts: BinaryHeap<Reverse<(Score, usize)>>,
}

impl Zone {
    fn enter(&mut self, score: Score, host: usize) {
        self.replicas = score.zone;
        self.hosts.push(Reverse((Score { zone: 0, ..score }, host)));
    }

    /// Its best host, as the other zones see it.
    fn best(&self) -> Option<(Score, usize)> {
        self.hosts.peek().map(|Reverse((score, host))| (Score { zone: self.replicas, ..*score }, *host))
    }

    /// Its best host gets a replica.
    fn take(&mut self) {
        self.replicas += 1;
        if let Some(Reverse((score, host))) = self.hosts.pop() {
            let fuller = Score { siblings: score.siblings + 1, workloads: score.workloads + 1, ..score };
            self.hosts.push(Reverse((fuller, host)));
        }
    }
}

/// Chooses hosts for so many replicas of the same spec: those that [`super::place`] would choose one after the other, each
/// counted in before the next. `None` is a replica for which no host fits.
pub fn place_each<'h>(
    wanted: &Wanted<'_>,
    hosts: &'h [Candidate<'_>],
    policy: &Policy,
    count: usize,
) -> Vec<Option<&'h str>> {
    let mut zones: BTreeMap<&str, Zone> = BTreeMap::new();
    if denied(wanted, hosts, policy).is_none() {
        for (at, host) in hosts.iter().enumerate().filter(|(_, host)| verdict(wanted, host, policy).is_none()) {
            zones.entry(host.zone()).or_default().enter(score(wanted, host, policy), at);
        }
    }
    let mut zones: Vec<Zone> = zones.into_values().collect();
    let order = |zone: &Zone, at| zone.best().map(|best| Reverse((best, at)));
    let mut best: BinaryHeap<_> = zones.iter().enumerate().filter_map(|(at, zone)| order(zone, at)).collect();
    let next = |_| {
        let Reverse(((_, host), at)) = best.pop()?;
        let zone = zones.get_mut(at)?;
        zone.take();
        best.extend(order(zone, at));
        hosts.get(host).map(|host| host.id)
    };
    (0..count).map(next).collect()
}

#[cfg(test)]
mod tests;
