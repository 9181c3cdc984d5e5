//! Waiting for the controller to try again what had failed before a command began.

use std::collections::{BTreeSet, HashMap};

use futures::stream::{self, BoxStream, StreamExt};
use serde_json::Value;
use tokio::time::{Instant, sleep_until};

use crate::cluster::Change;
use crate::context::Context;
use crate::error::Error;
use crate::plan::rollout::Earlier;
use crate::plan::rollout::earlier::PATIENCE;

/// What had failed, and the Events that tell whether it still does.
pub(super) struct Tries {
    /// What had failed and is not known to have failed again.
    pub(super) earlier: Earlier,
    events: BoxStream<'static, Result<Change, Error>>,
    /// Versions of Events by their UIDs.
    known: HashMap<String, String>,
    /// Whether those that were there at first are known.
    listed: bool,
    until: Instant,
}

impl Tries {
    /// Nothing had failed.
    pub(super) fn none() -> Self {
        Self::told_by(stream::pending().boxed(), Earlier::default())
    }

    /// What had failed in those namespaces; it is waited for from now on.
    pub(super) fn of<'n>(context: &Context, namespaces: impl IntoIterator<Item = &'n str>, earlier: Earlier) -> Self {
        if !earlier.is_open() {
            return Self::none();
        }
        let namespaces: BTreeSet<_> = namespaces.into_iter().collect();
        let watches = namespaces.into_iter().map(|namespace| context.cluster.watch_warnings_of_workloads(namespace));
        Self::told_by(stream::select_all(watches).boxed(), earlier)
    }

    fn told_by(events: BoxStream<'static, Result<Change, Error>>, earlier: Earlier) -> Self {
        Self { earlier, events, known: HashMap::new(), listed: false, until: Instant::now() + PATIENCE }
    }

    /// Ends when something is known that no snapshot tells: something has failed again, or was not tried again in time. Never
    /// ends while there is nothing to wait for.
    pub(super) async fn news(&mut self) {
        if !self.earlier.is_open() {
            return std::future::pending().await;
        }
        loop {
            tokio::select! {
                change = self.events.next() => match change {
                    Some(Ok(change)) => if self.hear(change) { return },
                    // Who may not read Events waits in vain, and not for long.
                    Some(Err(_)) | None => self.events = stream::pending().boxed(),
                },
                () = sleep_until(self.until) => return self.earlier.give_up(),
            }
        }
    }

    /// Takes in what became of Events; those that are listed at first are old.
    fn hear(&mut self, change: Change) -> bool {
        let (events, are_old) = match change {
            Change::All(events) => (events, !std::mem::replace(&mut self.listed, true)),
            Change::Changed(event) => (vec![event], false),
            Change::Gone(_) => return false,
        };
        let mut again = false;
        for event in events {
            let word = |path: &str| event.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
            let version = word("/metadata/resourceVersion");
            let is_new = self.known.insert(word("/metadata/uid"), version.clone()) != Some(version);
            again |= is_new && !are_old && self.earlier.hear(&event);
        }
        again
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use serde_json::json;

    use super::*;
    use crate::plan::rollout::Snapshot;

    /// A Workload that had failed, and Events as they come.
    fn tries(changes: Vec<Result<Change, Error>>) -> Tries {
        let failed = json!({"type": "Placement", "status": "False", "reason": "StartFailed"});
        let workload = json!({"metadata": {"uid": "w"}, "spec": {}, "status": {"conditions": [failed]}});
        let workloads = vec![serde_json::from_value(workload).unwrap()];
        let mut earlier = Earlier::default();
        earlier.add(&Snapshot { workloads, ..Snapshot::default() });
        Tries::told_by(stream::iter(changes).chain(stream::pending()).boxed(), earlier)
    }

    fn event(uid: &str, version: &str) -> Value {
        json!({
            "metadata": {"uid": uid, "resourceVersion": version}, "reason": "StartFailed",
            "involvedObject": {"kind": "Workload", "uid": "w"},
        })
    }

    /// Whether it was heard of a new try, and not only that none came in time.
    async fn heard(changes: Vec<Change>) -> bool {
        let mut tries = tries(changes.into_iter().map(Ok).collect());
        let began = Instant::now();
        tries.news().await;
        assert!(!tries.earlier.is_open());
        began.elapsed() < PATIENCE
    }

    #[tokio::test(start_paused = true)]
    async fn events_that_were_there_are_old_and_those_that_change_are_new() {
        let old = || Change::All(vec![event("e", "1")]);
        assert!(!heard(vec![old()]).await);
        assert!(!heard(vec![old(), old(), Change::Changed(event("e", "1")), Change::Gone(event("e", "1"))]).await);
        assert!(heard(vec![old(), Change::Changed(event("e", "2"))]).await);
        assert!(heard(vec![old(), Change::All(vec![event("e", "2")])]).await, "told again after an interruption");
        assert!(heard(vec![Change::All(vec![]), Change::Changed(event("e", "1"))]).await, "the old one was forgotten");
    }

    #[tokio::test(start_paused = true)]
    async fn who_may_not_read_events_waits_no_longer() {
        let began = Instant::now();
        tries(vec![Err(Error::Unauthorized("no".to_owned()))]).news().await;
        assert_eq!(began.elapsed().as_secs(), PATIENCE.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn where_nothing_had_failed_nothing_is_waited_for() {
        assert!(Tries::none().news().now_or_never().is_none());
        let mut given_up = tries(vec![]);
        given_up.news().await;
        assert!(given_up.news().now_or_never().is_none());
    }
}
