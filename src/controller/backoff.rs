//! How long to wait before trying again.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(300);

/// The wait after that many failures in a row: 1 s, doubling up to 5 min, shortened by up to a fifth so that what failed
/// together does not come back together. The same seed gives the same wait.
pub fn wait_after(failures: u32, seed: &str) -> Duration {
    let full = FIRST.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST);
    let mut hasher = DefaultHasher::new();
    (seed, failures).hash(&mut hasher);
    let thousandths = u32::try_from(hasher.finish() % 200).unwrap_or_default();
    full - full * thousandths / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_five_minutes() {
        for (failures, full) in [(0, 1), (1, 1), (2, 2), (3, 4), (9, 256), (10, 300), (11, 300), (4_000_000_000, 300)] {
            let wait = wait_after(failures, "uid-1").as_secs_f64();
            assert!((f64::from(full) * 0.8..=f64::from(full)).contains(&wait), "{failures}: {wait}");
        }
    }

    #[test]
    fn waits_differ_from_one_to_the_other_and_not_from_call_to_call() {
        let waits: std::collections::BTreeSet<_> = (0..50).map(|n| wait_after(5, &format!("uid-{n}"))).collect();
        assert!(waits.len() > 20, "{waits:?}");
        assert_eq!(wait_after(5, "uid-1"), wait_after(5, "uid-1"));
    }
}
