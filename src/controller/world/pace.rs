//! How often statuses in motion are written: the more of them move at a time, the more seldom each, so that counters never
//! take more than a share of what an API server can do.

use std::collections::HashSet;
use std::time::Duration;

use crate::api::HasConditions;
use crate::controller::objects::Seen;
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

/// Deployments and replica sets that are not Ready, by UID.
#[derive(Debug, Default)]
pub(super) struct Pace {
    moving: HashSet<String>,
}

impl Pace {
    /// Follows a change of a deployment or a replica set.
    pub(super) fn follow<B: HasConditions>(&mut self, change: &Change<B>) {
        if let Some(new) = change.new.as_ref().filter(|new| moves(new)) {
            self.moving.insert(new.uid().to_owned());
        } else if let Some(seen) = change.new.as_ref().or(change.old.as_ref()) {
            self.moving.remove(seen.uid());
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
