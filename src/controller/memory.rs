//! What the controller remembers of an object beside what the object says. Lost with the process, and nothing with it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::backoff;
use super::config::{ConfigRef, Record};

/// Failures on one host after which another is preferred.
const PATIENCE_WITH_A_HOST: u32 = 3;

/// What is remembered of one object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    /// Attempts in a row that failed.
    pub failures: u32,
    /// Not to be tried again before.
    pub until: Option<Instant>,
    /// Failures by host id.
    pub failed_on: BTreeMap<String, u32>,
    /// Its state on the host is in doubt: to be asked for.
    pub ask: bool,
    /// The host has confirmed that it does not run any more.
    pub stopped: bool,
    /// Stops in a row that failed.
    pub stop_failures: u32,
    /// Not to be stopped again before. Failed starts do not hold up a stop.
    pub stop_after: Option<Instant>,
    /// Since when no EndpointSlice lists it, while it is being deleted.
    pub unlisted: Option<Instant>,
    /// When its host was last asked for it.
    pub asked: Option<Instant>,
    /// The back-off is for want of configuration: it ends when configuration changes.
    pub lacks_config: bool,
    /// When its status was last written.
    pub status_written: Option<Instant>,
    /// The configuration it was last made with: a Workload when it was started, a replica set when it was made.
    pub config: Option<Arc<Record>>,
}

impl Memory {
    /// One more failure; the wait until the next try.
    ///
    /// Another host is another chance: what counts is how often it failed on that one, and each that was given up before as
    /// one failure more. Three hosts of a hundred that fail are passed in less than a minute, and an image that no host can
    /// start is tried the more seldom the more of them have.
    pub fn failed(&mut self, host: Option<&str>, uid: &str, now: Instant) -> Duration {
        self.failures = self.failures.saturating_add(1);
        let in_a_row = match host {
            Some(host) => {
                let count = self.failed_on.entry(host.to_owned()).or_default();
                *count = count.saturating_add(1);
                let here = *count;
                let given_up = |(other, count): &(&String, &u32)| *other != host && **count >= PATIENCE_WITH_A_HOST;
                let given_up = self.failed_on.iter().filter(given_up).count();
                here.saturating_add(u32::try_from(given_up).unwrap_or(u32::MAX))
            }
            None => self.failures,
        };
        let wait = backoff::wait_after(in_a_row, uid);
        self.until = Some(now + wait);
        wait
    }

    /// One more stop that failed; the wait until the next try.
    pub fn stop_failed(&mut self, uid: &str, now: Instant) -> Duration {
        self.stop_failures = self.stop_failures.saturating_add(1);
        let wait = backoff::wait_after(self.stop_failures, uid);
        self.stop_after = Some(now + wait);
        wait
    }

    /// All is well again.
    pub fn succeeded(&mut self) {
        self.failures = 0;
        self.until = None;
        self.failed_on.clear();
        self.lacks_config = false;
    }

    /// A start is sent: what was known of its end on another host is of no use any more.
    pub fn sent(&self) -> Self {
        Self { stopped: false, unlisted: None, stop_failures: 0, stop_after: None, ..self.clone() }
    }

    /// Its status was written.
    pub fn written(&mut self, now: Instant) {
        self.status_written = Some(now);
    }

    /// Configuration appeared or changed: the wait ends, for what failed may have failed for that.
    pub fn config_changed(&mut self) {
        self.until = None;
        if self.lacks_config {
            self.failures = 0;
        }
    }

    /// Whether it was made with that ConfigMap or Secret, as far as is known.
    pub fn was_made_with(&self, config: &ConfigRef) -> bool {
        self.config.as_ref().is_some_and(|record| record.contains_key(config))
    }

    /// Until when nothing is to be tried, if that is still to come.
    pub fn waits_until(&self, now: Instant) -> Option<Instant> {
        self.until.filter(|until| *until > now)
    }

    /// Hosts on which it failed too often, and how often.
    pub fn avoid(&self) -> BTreeMap<String, u32> {
        let often = self.failed_on.iter().filter(|(_, failures)| **failures >= PATIENCE_WITH_A_HOST);
        often.map(|(host, failures)| (host.clone(), *failures)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_host_is_another_chance_and_each_that_was_given_up_makes_it_wait_longer() {
        let (mut memory, now) = (Memory::default(), Instant::now());
        let mut waits = |host: &str, times: usize| -> Vec<u64> {
            (0..times).map(|_| memory.failed(Some(host), "uid", now).as_secs_f64().ceil() as u64).collect()
        };
        assert_eq!(waits("a", 3), [1, 2, 4]);
        assert_eq!(waits("b", 3), [2, 4, 8]);
        assert_eq!(waits("c", 3), [4, 8, 15]);
        assert!(waits("c", 9).last() >= Some(&240), "where there is no other host");
        assert!((0..20).flat_map(|host| waits(&host.to_string(), 3)).last() >= Some(240), "where none can");
    }
}
