//! A place in the history that moves on.

use std::sync::Arc;

use tokio::sync::watch;

use super::published::Shared;
use super::{Compacted, Event};

/// A watch: it keeps no events of its own, only how far it has come.
pub struct Watch {
    shared: Arc<Shared>,
    bell: watch::Receiver<bool>,
    revision: u64,
}

/// Why a watch ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WatchEnd {
    /// What comes next is forgotten: the watch was too slow.
    #[error(transparent)]
    Compacted(#[from] Compacted),
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
}

impl Watch {
    pub(super) fn start(shared: &Arc<Shared>, revision: u64) -> Result<Self, Compacted> {
        shared.read().reaches(revision)?;
        Ok(Self { shared: Arc::clone(shared), bell: shared.bell(), revision })
    }

    /// The next events that are there, at least one; waits for it. Dropping the future loses nothing.
    ///
    /// # Errors
    /// When the watch was too slow, or the store is closed and all its events are told.
    pub async fn next(&mut self) -> Result<Vec<Arc<Event>>, WatchEnd> {
        loop {
            let closed = *self.bell.borrow_and_update();
            let events = self.take()?;
            if !events.is_empty() {
                return Ok(events);
            }
            if closed || self.bell.changed().await.is_err() {
                return Err(WatchEnd::Closed);
            }
        }
    }

    /// The revision up to which everything is told.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    fn take(&mut self) -> Result<Vec<Arc<Event>>, Compacted> {
        let published = self.shared.read();
        published.reaches(self.revision)?;
        let events = published.events_after(self.revision);
        if let Some(last) = events.last() {
            self.revision = last.revision;
        }
        Ok(events)
    }
}
