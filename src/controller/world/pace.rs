//! How often statuses in motion are written: the more of them move at a time, the more seldom each, so that counters never
//! take more than a share of what an API server can do. And how often what has many Workloads is looked at: each look goes
//! through all of them, so one for each that changes would be quadratic.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::time::Instant;

use super::World;
use crate::api::{HasConditions, Kind};
use crate::controller::objects::{Key, Seen, What};
use crate::controller::store::Change;

/// The share of one status among all: 50 writes of counters a second.
const SHARE: Duration = Duration::from_millis(20);
/// The pause between two writes of the same counters, when nothing else moves.
const SHORTEST: Duration = Duration::from_secs(1);
/// The pause however much moves.
const LONGEST: Duration = Duration::from_secs(10);

/// The share of one replica set among all in a rollout's steps: what becomes ready within that time is one step.
const STEP_SHARE: Duration = Duration::from_millis(5);
/// The pause between two steps of a rollout however much moves.
const LONGEST_STEP: Duration = Duration::from_secs(2);

/// Fewer Workloads than that are gone through in no time.
const MANY: usize = 500;
/// Between two looks, for each of many Workloads: some ten times what it takes to look at one.
const REST: Duration = Duration::from_micros(30);

/// Deployments and replica sets, by UID.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Those that are not Ready.
    moving: HashSet<String>,
    /// When those with many Workloads were last looked at.
    looked: HashMap<String, Instant>,
}

impl Pace {
    /// Follows a change of a deployment or a replica set.
    pub(super) fn follow<B: HasConditions>(&mut self, change: &Change<B>) {
        if let Some(new) = change.new.as_ref().filter(|new| moves(new)) {
            self.moving.insert(new.uid().to_owned());
        } else if let Some(seen) = change.new.as_ref().or(change.old.as_ref()) {
            self.moving.remove(seen.uid());
        }
        if let Some(gone) = change.old.as_ref().filter(|_| change.new.is_none()) {
            self.looked.remove(gone.uid());
        }
    }

    /// The pause between two writes of one status whose counters move.
    pub(super) fn pause(&self) -> Duration {
        SHARE.saturating_mul(self.moving()).clamp(SHORTEST, LONGEST)
    }

    /// The pause between two steps of a rollout while more of its replicas are on their way.
    pub(super) fn step_pause(&self) -> Duration {
        STEP_SHARE.saturating_mul(self.moving()).min(LONGEST_STEP)
    }

    fn moving(&self) -> u32 {
        u32::try_from(self.moving.len()).unwrap_or(u32::MAX)
    }
}

impl World {
    /// Until when what has many Workloads is left as it is, so that what they tell meanwhile is taken in together. If it is
    /// not to be left, it counts as looked at now.
    pub fn rests_until(&mut self, key: &Key, now: Instant) -> Option<Instant> {
        let (uid, count) = self.size_of(key).filter(|(_, count)| *count >= MANY)?;
        let rest = REST.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX));
        let until = self.pace.looked.get(&uid).map(|looked| *looked + rest).filter(|until| *until > now);
        if until.is_none() {
            self.pace.looked.insert(uid, now);
        }
        until
    }

    /// The UID of a deployment or replica set, and how many Workloads it has.
    fn size_of(&self, key: &Key) -> Option<(String, usize)> {
        match key.what {
            What::Kind(Kind::WorkloadReplicaSet) => {
                let uid = self.replica_sets.get(&key.object)?.uid();
                Some((uid.to_owned(), self.relations.size_of(uid)))
            }
            What::Kind(Kind::WorkloadDeployment) => {
                let uid = self.deployments.get(&key.object)?.uid();
                Some((uid.to_owned(), self.replica_sets_of(uid).map(|set| self.relations.size_of(set.uid())).sum()))
            }
            _ => None,
        }
    }
}

fn moves<B: HasConditions>(object: &Seen<B>) -> bool {
    let ready = object.condition(crate::api::names::condition::READY);
    !object.is_ready() || ready.and_then(|ready| ready.observed_generation) != Some(object.generation())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::controller::fixtures::{dynamic, replica_set};
    use crate::controller::objects::ReplicaSet;

    fn change(name: &str, ready: &str) -> Change<crate::controller::objects::ReplicaSetBody> {
        let conditions = serde_json::json!([{ "type": "Ready", "status": ready, "observedGeneration": 1 }]);
        let object = replica_set(name).status(serde_json::json!({ "conditions": conditions }));
        let set: ReplicaSet = Seen::read(dynamic(&object.value())).unwrap();
        Change { old: None, new: Some(Arc::new(set)) }
    }

    #[test]
    fn the_more_moves_the_more_seldom_each_is_written() {
        let mut pace = Pace::default();
        assert_eq!(pace.pause(), SHORTEST);
        for number in 0..400 {
            pace.follow(&change(&number.to_string(), "Unknown"));
        }
        assert_eq!((pace.pause(), pace.step_pause()), (Duration::from_secs(8), LONGEST_STEP));
        for number in 0..399 {
            pace.follow(&change(&number.to_string(), "True"));
        }
        assert_eq!((pace.pause(), pace.step_pause()), (SHORTEST, STEP_SHARE));
        let Change { new, .. } = change("399", "Unknown");
        pace.follow(&Change { old: new, new: None });
        assert!(pace.moving.is_empty());
    }
}
