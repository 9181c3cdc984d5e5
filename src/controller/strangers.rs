//! Someone else who writes to Hosts while we are in charge: upstream's operator without leader election holds no Lease, and
//! shows itself only by answering heartbeats with writes that are not ours.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::objects::ObjectKey;

/// So many writes that are not ours within the time are no accident.
const ENOUGH: u32 = 3;
const WITHIN: Duration = Duration::from_secs(120);
/// How long to be silent after a warning.
const SAID: Duration = Duration::from_secs(600);

/// Writes to Hosts that may not be ours.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    /// The last version of each Host that a watch brought before an answer to a write of ours did.
    suspected: HashMap<ObjectKey, u64>,
    counted: u32,
    since: Option<Instant>,
    warned: Option<Instant>,
}

impl Strangers {
    /// A watch brought a version of a Host that was seen at another time than the one before. Tells whether to warn: enough
    /// of those before it turned out not to be ours, and it was not said lately.
    pub(super) fn watch_brought(&mut self, host: ObjectKey, version: u64, now: Instant) -> bool {
        if self.suspected.insert(host, version).is_none() {
            // The answer to our own write may be on its way.
            return false;
        }
        if self.since.is_none_or(|since| since + WITHIN < now) {
            (self.since, self.counted) = (Some(now), 0);
        }
        self.counted += 1;
        let silent = self.warned.is_some_and(|at| now < at + SAID);
        let warns = self.counted >= ENOUGH && !silent;
        if warns {
            self.warned = Some(now);
        }
        warns
    }

    /// A write of ours was answered with that version.
    pub(super) fn we_wrote(&mut self, host: &ObjectKey, version: u64) {
        if self.suspected.get(host).is_some_and(|suspected| *suspected <= version) {
            self.suspected.remove(host);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host() -> ObjectKey {
        ObjectKey::new("wasmcloud-system", "one")
    }

    #[test]
    fn writes_of_our_own_are_no_strangers_whichever_comes_first() {
        let (mut strangers, start) = (Strangers::default(), Instant::now());
        for n in 0..100 {
            let now = start + Duration::from_secs(n);
            assert!(!strangers.watch_brought(host(), n, now));
            strangers.we_wrote(&host(), n);
        }
    }

    #[test]
    fn rule_20_heartbeats_that_someone_else_answers_are_warned_of_now_and_then() {
        let (mut strangers, start) = (Strangers::default(), Instant::now());
        let beats = (0..80).map(|n| start + Duration::from_secs(15 * n));
        let warnings: Vec<_> =
            beats.zip(0..).filter(|(now, version)| strangers.watch_brought(host(), *version, *now)).collect();
        assert_eq!(warnings.iter().map(|(_, version)| *version).collect::<Vec<_>>(), [3, 43]);
    }

    #[test]
    fn an_edit_now_and_then_is_none() {
        let (mut strangers, start) = (Strangers::default(), Instant::now());
        for n in 0..20 {
            assert!(!strangers.watch_brought(host(), n, start + Duration::from_secs(100 * n)));
        }
    }
}
