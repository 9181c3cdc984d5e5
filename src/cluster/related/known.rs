//! What was asked once and is not asked again.

use std::collections::BTreeMap;

use crate::error::Error;

/// Answers, by what was asked for.
#[derive(Debug)]
pub(super) struct Known<K, V>(BTreeMap<K, V>);

impl<K, V> Default for Known<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Clone + Ord, V: Clone> Known<K, V> {
    /// The answer, which is asked for only if nobody has it yet.
    ///
    /// # Errors
    /// As asking has them.
    pub(super) async fn get(&mut self, key: K, ask: impl Future<Output = Result<V, Error>>) -> Result<V, Error> {
        if let Some(known) = self.0.get(&key) {
            return Ok(known.clone());
        }
        let answer = ask.await?;
        Ok(self.0.entry(key).or_insert(answer).clone())
    }

    /// The answers to many questions; those that nobody has yet are asked for at the same time.
    ///
    /// # Errors
    /// As asking has them.
    pub(super) async fn get_all<F>(&mut self, keys: Vec<K>, ask: impl Fn(&K) -> F) -> Result<Vec<(K, V)>, Error>
    where
        F: Future<Output = Result<V, Error>>,
    {
        let unknown: Vec<_> = keys.iter().filter(|key| !self.0.contains_key(key)).collect();
        let answers = futures::future::try_join_all(unknown.iter().copied().map(&ask)).await?;
        let answered: Vec<_> = unknown.into_iter().cloned().zip(answers).collect();
        self.0.extend(answered);
        Ok(keys.into_iter().filter_map(|key| self.0.get(&key).cloned().map(|answer| (key, answer))).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[tokio::test]
    async fn nothing_is_asked_twice() {
        let asked = RefCell::new(Vec::new());
        let ask = |key: &u8| {
            asked.borrow_mut().push(*key);
            std::future::ready(Ok(u32::from(*key) * 10))
        };
        let mut known = Known::default();
        assert_eq!(known.get(1, ask(&1)).await.unwrap(), 10);
        assert_eq!(known.get_all(vec![1, 2, 3], ask).await.unwrap(), [(1, 10), (2, 20), (3, 30)]);
        assert_eq!(known.get_all(vec![3, 2], ask).await.unwrap(), [(3, 30), (2, 20)]);
        assert_eq!(*asked.borrow(), [1, 2, 3]);
    }

    #[tokio::test]
    async fn an_error_is_no_answer() {
        let mut known = Known::default();
        assert!(known.get((), async { Err(Error::Interrupted) }).await.is_err());
        assert_eq!(known.get((), async { Ok(5) }).await.unwrap(), 5);
    }
}
