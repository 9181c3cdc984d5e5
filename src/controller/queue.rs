//! The work queue: keyed, deduplicating and delaying, after client-go's. Pure: the time is told to it.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::Hash;

use tokio::time::Instant;

/// Keys to look at, each at most once at a time.
///
/// A key that is added while it is being worked on comes again after [`Queue::done`]; a key that is to come later comes
/// at the earliest of the times it was given.
#[derive(Debug)]
pub struct Queue<K> {
    ready: VecDeque<K>,
    queued: HashSet<K>,
    busy: HashSet<K>,
    again: HashSet<K>,
    later: BTreeSet<(Instant, K)>,
    due: HashMap<K, Instant>,
    failures: HashMap<K, u32>,
}

impl<K> Default for Queue<K> {
    fn default() -> Self {
        Self {
            ready: VecDeque::new(),
            queued: HashSet::new(),
            busy: HashSet::new(),
            again: HashSet::new(),
            later: BTreeSet::new(),
            due: HashMap::new(),
            failures: HashMap::new(),
        }
    }
}

impl<K: Clone + Eq + Hash + Ord> Queue<K> {
    /// Asks for a look at the key as soon as it can be.
    pub fn add(&mut self, key: K) {
        if self.busy.contains(&key) {
            self.again.insert(key);
        } else if self.queued.insert(key.clone()) {
            self.ready.push_back(key);
        }
    }

    /// Asks for a look at the key at a time; an earlier wish stands.
    pub fn add_at(&mut self, key: K, at: Instant) {
        match self.due.get(&key) {
            Some(earlier) if *earlier <= at => return,
            Some(later) => {
                self.later.remove(&(*later, key.clone()));
            }
            None => {}
        }
        self.due.insert(key.clone(), at);
        self.later.insert((at, key));
    }

    /// The next key to work on, if one is ready; it is busy until [`Queue::done`].
    pub fn next(&mut self, now: Instant) -> Option<K> {
        self.ripen(now);
        let key = self.ready.pop_front()?;
        self.queued.remove(&key);
        self.busy.insert(key.clone());
        Some(key)
    }

    /// Ends the work on a key.
    pub fn done(&mut self, key: &K) {
        self.busy.remove(key);
        if self.again.remove(key) {
            self.add(key.clone());
        }
    }

    /// Counts one more failure of a key in a row and tells how many there are now.
    pub fn failed(&mut self, key: &K) -> u32 {
        let failures = self.failures.entry(key.clone()).or_default();
        *failures = failures.saturating_add(1);
        *failures
    }

    /// The key succeeded: its failures are forgotten.
    pub fn succeeded(&mut self, key: &K) {
        self.failures.remove(key);
    }

    /// When the next delayed key is due.
    pub fn wakes_at(&self) -> Option<Instant> {
        self.later.first().map(|(at, _)| *at)
    }

    /// Keys that wait to be worked on now.
    pub fn depth(&self) -> usize {
        self.ready.len() + self.again.len()
    }

    /// Keys being worked on.
    pub fn busy(&self) -> usize {
        self.busy.len()
    }

    fn ripen(&mut self, now: Instant) {
        while let Some((at, key)) = self.later.first().cloned() {
            if at > now {
                break;
            }
            self.later.remove(&(at, key.clone()));
            self.due.remove(&key);
            self.add(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn second(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn a_key_is_handed_out_once_until_it_is_done() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        queue.add("a");
        queue.add("a");
        assert_eq!(queue.next(now), Some("a"));
        assert_eq!(queue.next(now), None);
        queue.add("a");
        assert_eq!(queue.next(now), None, "it is being worked on");
        queue.done(&"a");
        assert_eq!(queue.next(now), Some("a"), "what was asked for meanwhile is not lost");
        queue.done(&"a");
        assert_eq!(queue.next(now), None);
    }

    #[test]
    fn keys_come_in_the_order_they_were_asked_for() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        for key in [3, 1, 2] {
            queue.add(key);
        }
        assert_eq!([queue.next(now), queue.next(now), queue.next(now)], [Some(3), Some(1), Some(2)]);
    }

    #[test]
    fn a_delayed_key_comes_at_the_earliest_time_asked_for() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        queue.add_at("a", now + second(5));
        queue.add_at("a", now + second(9));
        queue.add_at("a", now + second(3));
        assert_eq!(queue.wakes_at(), Some(now + second(3)));
        assert_eq!(queue.next(now + second(2)), None);
        assert_eq!(queue.next(now + second(3)), Some("a"));
        queue.done(&"a");
        assert_eq!(queue.next(now + second(10)), None, "one wish, one visit");
        assert_eq!(queue.wakes_at(), None);
    }

    #[test]
    fn a_key_that_ripens_while_busy_comes_afterwards() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        queue.add("a");
        assert_eq!(queue.next(now), Some("a"));
        queue.add_at("a", now + second(1));
        assert_eq!(queue.next(now + second(1)), None);
        queue.done(&"a");
        assert_eq!(queue.next(now + second(1)), Some("a"));
    }
}
