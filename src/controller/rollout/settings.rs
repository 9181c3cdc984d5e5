//! What users set for a rollout, as annotations on the WorkloadDeployment.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::api::names::annotation;

/// How old replicas make way for new ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// Bit by bit, with enough of them available all the time.
    #[default]
    RollingUpdate,
    /// All old ones go before the first new one comes.
    Recreate,
}

/// A number of replicas, or a percentage of those asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// That many.
    Count(i32),
    /// That many of a hundred.
    Percent(i32),
}

/// The settings of one deployment's rollouts, defaults filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolloutSettings {
    /// From `spec.deployPolicy`.
    pub strategy: Strategy,
    /// How many more than asked for may exist; a percentage is rounded up.
    pub max_surge: Share,
    /// How many fewer than asked for may be available; a percentage is rounded down.
    pub max_unavailable: Share,
    /// How long a replica is Ready before it counts as available.
    pub min_ready: Duration,
    /// How long a rollout may make no progress before it is reported as failed.
    pub progress_deadline: Duration,
    /// Old replica sets that are kept.
    pub history_limit: usize,
    /// Template changes are recorded and not rolled.
    pub paused: bool,
    /// A change of the ConfigMaps and Secrets that the template names starts a rollout.
    pub config_rollout: bool,
}

impl Default for RolloutSettings {
    fn default() -> Self {
        Self {
            strategy: Strategy::RollingUpdate,
            max_surge: Share::Percent(25),
            max_unavailable: Share::Percent(25),
            min_ready: Duration::ZERO,
            progress_deadline: Duration::from_secs(600),
            history_limit: 10,
            paused: false,
            config_rollout: false,
        }
    }
}

impl RolloutSettings {
    /// Reads `spec.deployPolicy` and the deployment's annotations. An unknown policy means RollingUpdate, as it does to
    /// upstream's operator.
    ///
    /// # Errors
    /// Names the annotation whose value makes no sense, and what would.
    pub fn read(policy: Option<&str>, annotations: &BTreeMap<String, String>) -> Result<Self, String> {
        let default = Self::default();
        let get = |name: &str| annotations.get(name).map(|value| value.trim());
        let share = |name, default| get(name).map_or(Ok(default), |value| read_share(name, value));
        let number = |name, default| get(name).map_or(Ok(default), |value| read_number(name, value));
        let switch = |name| get(name).map_or(Ok(false), |value| read_switch(name, value));
        let settings = Self {
            strategy: if policy == Some("Recreate") { Strategy::Recreate } else { Strategy::RollingUpdate },
            max_surge: share(annotation::MAX_SURGE, default.max_surge)?,
            max_unavailable: share(annotation::MAX_UNAVAILABLE, default.max_unavailable)?,
            min_ready: Duration::from_secs(number(annotation::MIN_READY_SECONDS, 0)?),
            progress_deadline: Duration::from_secs(number(annotation::PROGRESS_DEADLINE_SECONDS, 600)?),
            history_limit: usize::try_from(number(annotation::REVISION_HISTORY_LIMIT, 10)?).unwrap_or(usize::MAX),
            paused: switch(annotation::PAUSED)?,
            config_rollout: switch(annotation::CONFIG_ROLLOUT)?,
        };
        let zero = |share| matches!(share, Share::Count(0) | Share::Percent(0));
        if zero(settings.max_surge) && zero(settings.max_unavailable) {
            return Err(format!("{} and {} may not both be 0", annotation::MAX_SURGE, annotation::MAX_UNAVAILABLE));
        }
        Ok(settings)
    }

    /// Surge and unavailable in replicas. Both 0 after rounding becomes one unavailable, so that a rollout can move.
    pub fn bounds(&self, replicas: i32) -> (i32, i32) {
        let surge = match self.max_surge {
            Share::Count(n) => n,
            Share::Percent(p) => percent_of(p, replicas, 99),
        };
        let unavailable = match self.max_unavailable {
            Share::Count(n) => n,
            Share::Percent(p) => percent_of(p, replicas, 0),
        };
        let unavailable = unavailable.min(replicas);
        if surge == 0 && unavailable == 0 { (0, 1.min(replicas)) } else { (surge, unavailable) }
    }
}

fn percent_of(percent: i32, replicas: i32, round: i64) -> i32 {
    let exact = (i64::from(percent) * i64::from(replicas) + round) / 100;
    i32::try_from(exact).unwrap_or(i32::MAX)
}

fn read_share(name: &str, value: &str) -> Result<Share, String> {
    let (digits, make): (&str, fn(i32) -> Share) = match value.strip_suffix('%') {
        Some(digits) => (digits, Share::Percent),
        None => (value, Share::Count),
    };
    let sensible = digits.parse().ok().filter(|n| *n >= 0 && digits.bytes().all(|b| b.is_ascii_digit()));
    sensible.map(make).ok_or_else(|| format!("{name} must be a number or a percentage as `25%`, not `{value}`"))
}

fn read_number(name: &str, value: &str) -> Result<u64, String> {
    let sensible = value.parse::<u32>().map(u64::from);
    sensible.map_err(|_| format!("{name} must be a whole number, not `{value}`"))
}

fn read_switch(name: &str, value: &str) -> Result<bool, String> {
    value.parse().map_err(|_| format!("{name} must be `true` or `false`, not `{value}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PREFIX: &str = "runtime.wasmcloud.dev/";

    fn read(pairs: &[(&str, &str)]) -> Result<RolloutSettings, String> {
        let annotations = pairs.iter().map(|(name, value)| (format!("{PREFIX}{name}"), (*value).to_owned())).collect();
        RolloutSettings::read(None, &annotations)
    }

    #[test]
    fn defaults_are_those_of_apps_v1() {
        assert_eq!(read(&[]).unwrap(), RolloutSettings::default());
        assert_eq!(RolloutSettings::default().bounds(4), (1, 1));
        assert_eq!(RolloutSettings::default().bounds(3), (1, 0));
        assert_eq!(RolloutSettings::default().bounds(1), (1, 0));
        assert_eq!(RolloutSettings::default().bounds(10), (3, 2));
        assert_eq!(RolloutSettings::default().bounds(0), (0, 0));
    }

    #[test]
    fn surge_rounds_up_and_unavailable_down() {
        let settings = read(&[("max-surge", "1%"), ("max-unavailable", "49%")]).unwrap();
        assert_eq!(settings.bounds(2), (1, 0));
        let none_left = read(&[("max-surge", "0"), ("max-unavailable", "10%")]).unwrap();
        assert_eq!(none_left.bounds(3), (0, 1), "a rollout must be able to move");
        assert_eq!(read(&[("max-unavailable", "7")]).unwrap().bounds(3), (1, 3));
    }

    #[test]
    fn huge_values_do_not_overflow() {
        let settings = read(&[("max-surge", "2147483647%")]).unwrap();
        assert_eq!(settings.bounds(i32::MAX).0, i32::MAX);
    }

    #[test]
    fn values_that_make_no_sense_are_named() {
        for (name, value) in [
            ("max-surge", "a quarter"),
            ("max-surge", "-1"),
            ("max-surge", "+1"),
            ("max-unavailable", "%"),
            ("min-ready-seconds", "1m"),
            ("progress-deadline-seconds", "-5"),
            ("revision-history-limit", "all"),
            ("paused", "yes"),
            ("config-rollout", "on"),
        ] {
            let error = read(&[(name, value)]).unwrap_err();
            assert!(error.contains(name) && error.contains(value), "{error}");
        }
        assert!(read(&[("max-surge", "0"), ("max-unavailable", "0%")]).unwrap_err().contains("both"));
    }

    #[test]
    fn an_unknown_policy_rolls() {
        let read = |policy| RolloutSettings::read(policy, &BTreeMap::new()).unwrap().strategy;
        assert_eq!(read(Some("Recreate")), Strategy::Recreate);
        assert_eq!(read(Some("Rolling")), Strategy::RollingUpdate);
        assert_eq!(read(None), Strategy::RollingUpdate);
    }
}
