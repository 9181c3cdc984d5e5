//! The buckets of one workload.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes that a workload may keep, keys and values.
const BYTES: usize = 64 * 1024 * 1024;
/// What a key costs beside its bytes: an empty one takes memory too.
const OVERHEAD: usize = 64;
/// Keys in one answer.
const PAGE: usize = 1000;

/// Why something is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::local::host) enum Refused {
    /// There is no room.
    #[error("the workload's key-value store is full ({} MiB)", BYTES / 1024 / 1024)]
    Full,
    /// It is none that can be counted up.
    #[error("the value is no number of 64 bits, or would be none")]
    NoNumber,
}

/// Names, keys and values.
#[derive(Default)]
pub(in crate::local::host) struct Buckets(Mutex<State>);

#[derive(Default)]
struct State {
    buckets: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
    taken: usize,
}

impl Buckets {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a bucket if there is none.
    pub(super) fn open(&self, name: &str) -> Result<(), Refused> {
        let mut state = self.state();
        if !state.buckets.contains_key(name) {
            state.take(name.len() + OVERHEAD)?;
            state.buckets.insert(name.to_owned(), BTreeMap::new());
        }
        Ok(())
    }

    /// A value.
    pub(super) fn get(&self, name: &str, key: &str) -> Option<Vec<u8>> {
        self.state().buckets.get(name)?.get(key).cloned()
    }

    /// Keeps a value.
    pub(super) fn set(&self, name: &str, key: String, value: Vec<u8>) -> Result<(), Refused> {
        self.state().set(name, key, value)
    }

    /// Forgets a key.
    pub(super) fn delete(&self, name: &str, key: &str) {
        let mut state = self.state();
        if let Some(value) = state.buckets.get_mut(name).and_then(|bucket| bucket.remove(key)) {
            state.taken = state.taken.saturating_sub(key.len() + value.len() + OVERHEAD);
        }
    }

    /// Keys in their order from a position on, and the position of those that come after.
    pub(super) fn keys(&self, name: &str, cursor: u64) -> (Vec<String>, Option<u64>) {
        let state = self.state();
        let Some(bucket) = state.buckets.get(name) else { return (Vec::new(), None) };
        let start = usize::try_from(cursor).unwrap_or(usize::MAX);
        let keys: Vec<_> = bucket.keys().skip(start).take(PAGE).cloned().collect();
        let end = start.saturating_add(keys.len());
        (keys, (end < bucket.len()).then_some(end as u64))
    }

    /// Counts up, from 0 when there is nothing; a number is kept as its digits.
    pub(super) fn increment(&self, name: &str, key: String, delta: u64) -> Result<u64, Refused> {
        let mut state = self.state();
        let current = match state.buckets.get(name).and_then(|bucket| bucket.get(&key)) {
            Some(value) => str::from_utf8(value).ok().and_then(|text| text.parse().ok()).ok_or(Refused::NoNumber)?,
            None => 0_u64,
        };
        let sum = current.checked_add(delta).ok_or(Refused::NoNumber)?;
        state.set(name, key, sum.to_string().into_bytes())?;
        Ok(sum)
    }
}

impl State {
    fn take(&mut self, bytes: usize) -> Result<(), Refused> {
        let taken = self.taken.checked_add(bytes).filter(|taken| *taken <= BYTES).ok_or(Refused::Full)?;
        self.taken = taken;
        Ok(())
    }

    fn set(&mut self, name: &str, key: String, value: Vec<u8>) -> Result<(), Refused> {
        let old = self.buckets.get(name).and_then(|bucket| bucket.get(&key));
        let freed = old.map_or(0, |old| key.len() + old.len() + OVERHEAD);
        let before = self.taken;
        self.taken = before.saturating_sub(freed);
        if let Err(full) = self.take(key.len() + value.len() + OVERHEAD) {
            self.taken = before;
            return Err(full);
        }
        self.buckets.entry(name.to_owned()).or_default().insert(key, value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_keep_count_and_page() {
        let buckets = Buckets::default();
        buckets.open("b").unwrap();
        assert_eq!(buckets.increment("b", "n".into(), 2), Ok(2));
        assert_eq!(buckets.increment("b", "n".into(), 3), Ok(5));
        assert_eq!(buckets.get("b", "n").unwrap(), b"5");
        assert_eq!(buckets.get("other", "n"), None);
        buckets.set("b", "n".into(), b"x".to_vec()).unwrap();
        assert_eq!(buckets.increment("b", "n".into(), 1), Err(Refused::NoNumber));
        buckets.set("b", "n".into(), u64::MAX.to_string().into()).unwrap();
        assert_eq!(buckets.increment("b", "n".into(), 1), Err(Refused::NoNumber));
        buckets.delete("b", "n");
        assert_eq!(buckets.keys("b", 0), (vec![], None));
        for n in 0..PAGE + 1 {
            buckets.set("b", format!("{n:05}"), vec![]).unwrap();
        }
        let (first, cursor) = buckets.keys("b", 0);
        assert_eq!((first.len(), cursor), (PAGE, Some(PAGE as u64)));
        assert_eq!(buckets.keys("b", cursor.unwrap()), (vec![format!("{PAGE:05}")], None));
        assert_eq!(buckets.keys("b", u64::MAX), (vec![], None));
    }

    #[test]
    fn a_full_store_refuses_and_keeps_what_it_had() {
        let buckets = Buckets::default();
        buckets.open("b").unwrap();
        buckets.set("b", "k".into(), b"old".to_vec()).unwrap();
        assert_eq!(buckets.set("b", "k".into(), vec![0; BYTES]), Err(Refused::Full));
        assert_eq!(buckets.get("b", "k").unwrap(), b"old");
        buckets.set("b", "k".into(), vec![0; BYTES - 1000]).unwrap();
        assert_eq!(buckets.set("b", "l".into(), vec![0; 1000]), Err(Refused::Full));
        buckets.delete("b", "k");
        assert_eq!(buckets.set("b", "l".into(), vec![0; 1000]), Ok(()));
    }
}
