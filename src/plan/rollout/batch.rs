//! Restarting Workload by Workload, for who is served by a controller that ignores a stamp in the template.

use std::collections::BTreeSet;

use kube::ResourceExt;

use super::{Earlier, Snapshot, Trouble, count, trouble};
use crate::api::{HasConditions, Workload};

/// A restart on its way.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The uids of the Workloads there were at its start.
    old: BTreeSet<String>,
    /// Those of them whose deletion was asked for.
    sent: BTreeSet<String>,
    at_once: i32,
}

/// A Workload to delete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Victim {
    /// Its name.
    pub name: String,
    /// Its uid, so that no other one of its name is deleted.
    pub uid: String,
}

/// What is next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// These go.
    Delete(Vec<Victim>),
    /// For replacements to be ready.
    Wait,
    /// Every Workload is another one, and ready.
    Done,
    /// A replacement failed, and will go on failing.
    Failed(Trouble),
    /// The deployment is gone.
    Gone,
}

impl Batch {
    /// A restart of all Workloads there are, of which `at_once` may be away at a time.
    pub fn of(snapshot: &Snapshot, at_once: u16) -> Self {
        let old = living(snapshot).filter_map(ResourceExt::uid).collect();
        Self { old, sent: BTreeSet::new(), at_once: i32::from(at_once) }
    }

    /// How many Workloads are to go.
    pub fn total(&self) -> usize {
        self.old.len()
    }

    /// All that are to go and are still there.
    pub fn all(&self, snapshot: &Snapshot) -> Vec<Victim> {
        living(snapshot).map(victim).filter(|victim| self.old.contains(&victim.uid)).collect()
    }

    /// How many of them are deleted already.
    pub fn sent(&self) -> usize {
        self.sent.len()
    }

    /// Notes that a deletion was asked for; what is known may be older than that.
    pub fn note(&mut self, victim: &Victim) {
        self.sent.insert(victim.uid.clone());
    }

    /// What is next, as things stand.
    pub fn step(&self, snapshot: &Snapshot) -> Step {
        let Some(deployment) = &snapshot.deployment else { return Step::Gone };
        let is_old = |workload: &&Workload| self.old.contains(&workload.uid().unwrap_or_default());
        let is_here = |workload: &&Workload| !self.sent.contains(&workload.uid().unwrap_or_default());
        let new = living(snapshot).filter(|workload| !is_old(workload));
        if let Some(failed) =
            trouble::find(deployment, new, &Earlier::default()).into_iter().find(|trouble| trouble.lasting)
        {
            return Step::Failed(failed);
        }
        let here = || living(snapshot).filter(is_here);
        let missing = deployment.spec.replicas() - count(here().filter(|workload| workload.is_ready()));
        let mut old: Vec<_> = here().filter(is_old).collect();
        if old.is_empty() {
            let gone = !snapshot.workloads.iter().any(|workload| is_old(&workload));
            return if gone && missing <= 0 { Step::Done } else { Step::Wait };
        }
        // Those that are not ready are away already, and not for this restart.
        old.sort_by_key(|workload| (workload.is_ready(), workload.name_any()));
        let idle = count(old.iter().filter(|workload| !workload.is_ready()));
        let may_go = self.at_once - (missing - idle).max(0);
        let victims: Vec<_> = old.into_iter().take(usize::try_from(may_go).unwrap_or_default()).map(victim).collect();
        if victims.is_empty() { Step::Wait } else { Step::Delete(victims) }
    }
}

fn living(snapshot: &Snapshot) -> impl Iterator<Item = &Workload> {
    snapshot.workloads.iter().filter(|workload| workload.metadata.deletion_timestamp.is_none())
}

fn victim(workload: &Workload) -> Victim {
    Victim { name: workload.name_any(), uid: workload.uid().unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// `a` runs, `a-` is not ready, `a!` has failed, `a†` is terminating.
    fn snapshot(replicas: i32, workloads: &str) -> Snapshot {
        let read = |word: &str| -> Workload {
            let name = word.trim_end_matches(['-', '!', '†']);
            let ended = word.ends_with('†').then_some("2026-01-01T00:00:00Z");
            let failed =
                json!({"type": "Placement", "status": "False", "reason": "StartFailed", "message": "no memory"});
            let conditions = match word {
                word if word.ends_with('-') => json!([]),
                word if word.ends_with('!') => json!([failed]),
                _ => json!([{"type": "Ready", "status": "True"}]),
            };
            let metadata =
                json!({"name": name, "namespace": "n", "uid": format!("uid-{name}"), "deletionTimestamp": ended});
            of(json!({"metadata": metadata, "spec": {}, "status": {"conditions": conditions}}))
        };
        let deployment = json!({
            "metadata": {"name": "web"}, "spec": {"replicas": replicas, "template": {"spec": {}}},
        });
        Snapshot {
            deployment: Some(serde_json::from_value(deployment).unwrap()),
            replica_sets: Vec::new(),
            workloads: workloads.split_whitespace().map(read).collect(),
        }
    }

    fn of(value: Value) -> Workload {
        serde_json::from_value(value).unwrap()
    }

    /// What is next, in the notation of [`snapshot`].
    fn next(batch: &Batch, replicas: i32, workloads: &str) -> String {
        match batch.step(&snapshot(replicas, workloads)) {
            Step::Delete(victims) => victims.iter().map(|victim| victim.name.clone()).collect::<Vec<_>>().join(" "),
            Step::Wait => "wait".to_owned(),
            Step::Done => "done".to_owned(),
            Step::Failed(trouble) => trouble.to_string(),
            Step::Gone => "gone".to_owned(),
        }
    }

    fn sent(batch: &mut Batch, name: &str) {
        batch.note(&Victim { name: name.to_owned(), uid: format!("uid-{name}") });
    }

    #[test]
    fn one_goes_when_the_one_before_is_replaced_and_ready() {
        let mut batch = Batch::of(&snapshot(2, "a b"), 1);
        assert_eq!((batch.total(), next(&batch, 2, "a b").as_str()), (2, "a"));
        sent(&mut batch, "a");
        assert_eq!(next(&batch, 2, "a b"), "wait", "what is known is older than the deletion");
        assert_eq!(next(&batch, 2, "a† b"), "wait");
        assert_eq!(next(&batch, 2, "b c-"), "wait");
        assert_eq!(next(&batch, 2, "b c"), "b");
        sent(&mut batch, "b");
        assert_eq!(next(&batch, 2, "c"), "wait");
        assert_eq!(next(&batch, 2, "b† c d"), "wait", "it may still run");
        assert_eq!(next(&batch, 2, "c d"), "done");
    }

    #[test]
    fn several_may_go_at_once() {
        let mut batch = Batch::of(&snapshot(4, "a b c d"), 3);
        assert_eq!(next(&batch, 4, "a b c d"), "a b c");
        sent(&mut batch, "a");
        assert_eq!(next(&batch, 4, "a b c d"), "b c");
    }

    #[test]
    fn those_that_serve_nobody_go_first_and_cost_nothing() {
        let mut batch = Batch::of(&snapshot(3, "a b- c"), 1);
        assert_eq!(next(&batch, 3, "a b- c"), "b");
        sent(&mut batch, "b");
        assert_eq!(next(&batch, 3, "a c d-"), "wait");
        assert_eq!(next(&batch, 3, "a c d"), "a");
    }

    #[test]
    fn one_too_few_is_waited_for() {
        let batch = Batch::of(&snapshot(3, "a b"), 1);
        assert_eq!(next(&batch, 3, "a b"), "wait");
        assert_eq!(next(&batch, 3, "a b c"), "a");
    }

    #[test]
    fn a_replacement_that_fails_ends_it() {
        let mut batch = Batch::of(&snapshot(2, "a b!"), 1);
        assert_eq!(next(&batch, 2, "a b!"), "b", "one that failed before is what a restart may heal");
        sent(&mut batch, "b");
        assert_eq!(next(&batch, 2, "a c!"), "Workload n/c: no memory");
    }

    #[test]
    fn nothing_is_done_at_once_and_nothing_is_left_of_what_is_gone() {
        assert_eq!(next(&Batch::of(&snapshot(0, ""), 1), 0, ""), "done");
        let batch = Batch::of(&snapshot(1, "a"), 1);
        assert_eq!(batch.step(&Snapshot::default()), Step::Gone);
    }
}
