//! Watches: what was there, what has happened since a revision, then what happens.

use std::sync::Arc;
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use futures::{Stream, stream};
use http::StatusCode;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until};

use super::ApiServer;
use super::failure::{Cause, Failure};
use super::options::VersionMatch;
use super::read::{Selection, revision};
use super::respond::Shape;
use super::write::Call;
use crate::local::store::{Compacted, Event, EventKind, List, Stored, Watch, WatchEnd};

/// How long a watch lasts that does not say.
const LONGEST: Duration = Duration::from_secs(45 * 60);
/// How often a watch that is idle is told how far it is.
const BOOKMARKS: Duration = Duration::from_secs(60);
/// Says that everything which was there at the start has been told.
const INITIAL_EVENTS_END: &str = "k8s.io/initial-events-end";
/// How many objects that were there at the start are told at a time.
const INITIAL_BATCH: usize = 64;

/// A watch that is being answered.
struct Watcher {
    selection: Selection,
    shape: Shape,
    initial: std::vec::IntoIter<Arc<Stored>>,
    /// Told after the last of them.
    initial_end: Option<Bytes>,
    /// Where it goes on; or why it cannot.
    watch: Result<Watch, Compacted>,
    bookmarks: Option<Interval>,
    until: Instant,
    ended: bool,
}

impl ApiServer {
    /// The answer to a watch: lines of JSON, one or several at a time.
    ///
    /// # Errors
    /// 400 or 422 for options that cannot be. A revision that is gone is the watch's only event.
    pub(super) fn watch(
        &self,
        call: &Call,
        selection: Selection,
        shape: Shape,
    ) -> Result<impl Stream<Item = Bytes> + Send + use<>, Failure> {
        check(call)?;
        let options = &call.options;
        let asked = revision(&options.resource_version)?;
        let initial = options.send_initial_events.unwrap_or(asked == 0);
        let (from, objects) = if initial { self.initial(&selection) } else { (asked, Vec::new()) };
        let told_end = options.send_initial_events == Some(true) && options.bookmarks;
        let watcher = Watcher {
            initial: objects.into_iter(),
            initial_end: told_end.then(|| shape.bookmark(from, Some(INITIAL_EVENTS_END))),
            watch: self.store.watch(from),
            bookmarks: options.bookmarks.then(bookmarks),
            until: Instant::now() + options.timeout.unwrap_or(LONGEST),
            ended: false,
            selection,
            shape,
        };
        Ok(stream::unfold(watcher, |mut watcher| async move { watcher.next().await.map(|bytes| (bytes, watcher)) }))
    }

    /// All that is selected, and the revision that it is of.
    fn initial(&self, selection: &Selection) -> (u64, Vec<Arc<Stored>>) {
        let namespace = selection.namespace.as_deref();
        let list = List { namespace, ..List::of(&selection.resource) };
        match self.store.list(&list) {
            Ok(mut page) => {
                page.items.retain(|stored| selection.shows(stored));
                (page.revision, page.items)
            }
            // The newest revision is never gone.
            Err(Compacted { oldest, .. }) => (oldest, Vec::new()),
        }
    }
}

fn bookmarks() -> Interval {
    let mut ticks = interval_at(Instant::now() + BOOKMARKS, BOOKMARKS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

impl Watcher {
    /// The next lines; `None` at the end.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(lines) = self.next_initial() {
            return Some(lines);
        }
        while !self.ended {
            let lines = self.happened().await;
            if !lines.is_empty() {
                return Some(lines);
            }
        }
        None
    }

    fn next_initial(&mut self) -> Option<Bytes> {
        let mut lines = BytesMut::new();
        for stored in self.initial.by_ref().take(INITIAL_BATCH) {
            lines.put(self.shape.event("ADDED", &stored));
        }
        if lines.is_empty() {
            return self.initial_end.take();
        }
        Some(lines.freeze())
    }

    /// Waits for what happens; the lines that tell of it, which may be none.
    async fn happened(&mut self) -> Bytes {
        let watch = match &mut self.watch {
            Ok(watch) => watch,
            Err(gone) => {
                self.ended = true;
                return too_old(&self.shape, *gone);
            }
        };
        tokio::select! {
            events = watch.next() => match events {
                Ok(events) => self.told(&events),
                Err(WatchEnd::Compacted(gone)) => {
                    self.ended = true;
                    too_old(&self.shape, gone)
                }
                Err(WatchEnd::Closed) => {
                    self.ended = true;
                    Bytes::new()
                }
            },
            () = tick(&mut self.bookmarks) => self.shape.bookmark(watch.revision(), None),
            () = sleep_until(self.until) => {
                self.ended = true;
                if self.bookmarks.is_some() { self.shape.bookmark(watch.revision(), None) } else { Bytes::new() }
            }
        }
    }

    fn told(&self, events: &[Arc<Event>]) -> Bytes {
        let mut lines = BytesMut::new();
        for event in events {
            if *event.object.key.resource == *self.selection.resource
                && let Some(line) = self.line(event)
            {
                lines.put(line);
            }
        }
        lines.freeze()
    }

    /// What an event means to who sees only some objects: one that comes into view is new, one that leaves is gone.
    fn line(&self, event: &Event) -> Option<Bytes> {
        let before = event.previous.as_ref().filter(|stored| self.selection.shows(stored));
        let after = (event.kind != EventKind::Deleted && self.selection.shows(&event.object)).then_some(&event.object);
        match (before, after) {
            (None, Some(object)) => Some(self.shape.event("ADDED", object)),
            (Some(_), Some(object)) => Some(self.shape.event("MODIFIED", object)),
            (Some(_), None) if event.kind == EventKind::Deleted => Some(self.shape.event("DELETED", &event.object)),
            (Some(before), None) => Some(self.shape.departure(before, event.revision)),
            (None, None) => None,
        }
    }
}

/// Waits for the next bookmark; for ever when none are wanted.
async fn tick(bookmarks: &mut Option<Interval>) {
    match bookmarks {
        Some(ticks) => {
            ticks.tick().await;
        }
        None => std::future::pending().await,
    }
}

fn too_old(shape: &Shape, gone: Compacted) -> Bytes {
    let message = format!("too old resource version: {} ({})", gone.asked, gone.oldest);
    shape.error(&Failure::new(StatusCode::GONE, "Expired", message))
}

/// # Errors
/// 422 for options that exclude one another.
fn check(call: &Call) -> Result<(), Failure> {
    let options = &call.options;
    let forbid = |field: &str, why: &str| {
        let message = format!("Forbidden: {why}");
        let cause = Cause { reason: "FieldValueForbidden", message, field: field.to_owned() };
        Err(Failure::invalid("meta.k8s.io", "ListOptions", "", &[cause]))
    };
    match (options.send_initial_events, options.resource_version_match) {
        (None, Some(_)) => forbid(
            "resourceVersionMatch",
            "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
        ),
        (Some(_), matched) if matched != Some(VersionMatch::NotOlderThan) => {
            forbid("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
        }
        _ => Ok(()),
    }
}
