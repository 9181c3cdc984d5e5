//! A component's standard output and error: lines in the log, bounded in length and in number.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};

use super::Program;
use crate::local::host::log::bounded;

/// A longer line is cut into several.
const LINE: usize = 8 * 1024;

/// Bytes of a panic's message that are kept.
const WORDS: usize = 300;

/// What the components of a store said when they panicked.
pub(super) type LastWords = Arc<Mutex<String>>;

/// One of the two streams of a component.
#[derive(Clone)]
pub(super) struct Output {
    program: Arc<Program>,
    index: usize,
    stream: &'static str,
    line: Arc<Mutex<Vec<u8>>>,
    last_words: Option<LastWords>,
}

impl Output {
    /// The stream of that name.
    pub(super) fn new(
        program: &Arc<Program>,
        index: usize,
        stream: &'static str,
        last_words: Option<LastWords>,
    ) -> Self {
        Self { program: program.clone(), index, stream, line: Arc::default(), last_words }
    }

    fn take(&self, mut bytes: &[u8]) {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        while !bytes.is_empty() {
            let room = LINE - line.len();
            let part = &bytes[..bytes.len().min(room)];
            let (text, ended) = match part.iter().position(|byte| *byte == b'\n') {
                Some(end) => (&part[..end], true),
                None => (part, false),
            };
            line.extend_from_slice(text);
            bytes = &bytes[text.len() + usize::from(ended)..];
            if ended || line.len() == LINE {
                self.tell(&line);
                line.clear();
            }
        }
    }

    fn tell(&self, line: &[u8]) {
        let line = String::from_utf8_lossy(line);
        if let Some(words) = &self.last_words {
            hear(&mut words.lock().unwrap_or_else(PoisonError::into_inner), line.trim());
        }
        self.program.log.line(&self.program.parts[self.index].name, self.stream, &line);
    }
}

/// Keeps the message of a panic, which languages write to standard error in several lines.
fn hear(words: &mut String, line: &str) {
    if line.contains("panicked at") {
        words.clear();
    } else if words.is_empty() || line.is_empty() || line.starts_with("note:") {
        return;
    }
    if !words.is_empty() {
        words.push(' ');
    }
    words.push_str(line);
    let end = bounded(words, WORDS).len();
    words.truncate(end);
}

impl Drop for Output {
    fn drop(&mut self) {
        // What the guest wrote last may have no line end, and its streams are clones of one another.
        if Arc::strong_count(&self.line) == 1 {
            let line = std::mem::take(&mut *self.line.lock().unwrap_or_else(PoisonError::into_inner));
            if !line.is_empty() {
                self.tell(&line);
            }
        }
    }
}

impl IsTerminal for Output {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Output {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }
}

impl AsyncWrite for Output {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.take(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_of_a_panic_is_kept() {
        let mut words = String::new();
        for line in ["started", "thread 'main' panicked at src/lib.rs:3:5:", "no luck", "note: run with X", ""] {
            hear(&mut words, line);
        }
        assert_eq!(words, "thread 'main' panicked at src/lib.rs:3:5: no luck");
        hear(&mut words, &"x".repeat(1000));
        assert_eq!(words.len(), WORDS);
    }
}
