//! UIDs of objects that are gone for sure: a UID never comes back.

use std::collections::{HashSet, VecDeque};

/// How many are remembered. What is older than so many deletions is looked up past the cache should anything ask.
const LIMIT: usize = 20_000;

/// The last objects that are gone.
#[derive(Debug, Default)]
pub(super) struct Gone {
    known: HashSet<String>,
    order: VecDeque<String>,
}

impl Gone {
    pub(super) fn insert(&mut self, uid: &str) {
        if !self.known.insert(uid.to_owned()) {
            return;
        }
        self.order.push_back(uid.to_owned());
        if self.order.len() > LIMIT
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }

    pub(super) fn contains(&self, uid: &str) -> bool {
        self.known.contains(uid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_remembered_and_no_more() {
        let mut gone = Gone::default();
        for number in 0..=LIMIT {
            gone.insert(&number.to_string());
            gone.insert(&number.to_string());
        }
        assert!(!gone.contains("0"));
        assert!(gone.contains("1") && gone.contains(&LIMIT.to_string()));
        assert_eq!((gone.known.len(), gone.order.len()), (LIMIT, LIMIT));
    }
}
