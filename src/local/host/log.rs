//! What workloads write, in the log of the process under the target `workload`.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Lines that one workload may write in a [`WINDOW`]; what is more is counted and not written.
const LINES: u32 = 1000;
/// See [`LINES`].
const WINDOW: Duration = Duration::from_secs(1);

/// The log of one workload.
pub(super) struct Log {
    workload: String,
    state: Mutex<State>,
}

struct State {
    since: Instant,
    lines: u32,
}

impl Log {
    /// Of a workload, `namespace/name`.
    pub(super) fn new(workload: String) -> Self {
        let state = State { since: Instant::now(), lines: 0 };
        Self { workload, state: Mutex::new(state) }
    }

    /// The workload it is of.
    pub(super) fn workload(&self) -> &str {
        &self.workload
    }

    /// A line of a component's standard output or error.
    pub(super) fn line(&self, component: &str, stream: &str, line: &str) {
        if self.admits() {
            tracing::info!(target: "workload", workload = self.workload, component, stream, "{line}");
        }
    }

    /// Counts a line; says once how many were dropped when their time is over.
    pub(super) fn admits(&self) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.since.elapsed() >= WINDOW {
            if state.lines > LINES {
                let dropped = state.lines - LINES;
                tracing::warn!(target: "workload", workload = self.workload, dropped, "too many lines at once");
            }
            (state.since, state.lines) = (Instant::now(), 0);
        }
        state.lines = state.lines.saturating_add(1);
        state.lines <= LINES
    }
}

/// The beginning of a text, of at most so many bytes.
pub(super) fn bounded(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(bounded("äöü", 3), "ä");
        assert_eq!(bounded("abc", 10), "abc");
        assert_eq!(bounded("ä", 1), "");
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_is_cut() {
        let log = Log::new("ns/web".into());
        let admitted = (0..LINES + 5).filter(|_| log.admits()).count();
        assert_eq!(admitted, LINES as usize);
        tokio::time::advance(WINDOW).await;
        assert!(log.admits(), "the next window is a new one");
    }
}
