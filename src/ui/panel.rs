//! Lines that stay at the bottom of the terminal, and the log that scrolls above them.

use std::io::{self, Write};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// Lines that are redrawn in place; they are gone when this is dropped.
#[derive(Debug)]
pub struct Panel(ProgressBar);

impl Panel {
    pub(super) fn new(progress: &MultiProgress) -> Self {
        let bar = progress.add(ProgressBar::new_spinner());
        bar.set_style(ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()));
        Self(bar)
    }

    /// Shows these lines instead of the former ones. None may be wider than [`Panel::width`].
    pub fn show(&self, text: &str) {
        self.0.set_message(text.to_owned());
    }

    /// Columns there are now: a terminal may be resized.
    pub fn width(&self) -> usize {
        let columns = console::Term::stderr().size_checked().map_or(80, |(_, columns)| columns);
        usize::from(columns.saturating_sub(super::frame::ECHO))
    }

    /// Lines there are now.
    pub fn height(&self) -> usize {
        console::Term::stderr().size_checked().map_or(24, |(rows, _)| usize::from(rows))
    }
}

impl Drop for Panel {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Writes to standard error with whatever is drawn out of the way.
#[derive(Clone, Debug)]
pub struct LogStream(MultiProgress);

impl LogStream {
    pub(super) fn new(progress: &MultiProgress) -> Self {
        Self(progress.clone())
    }
}

impl Write for LogStream {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.suspend(|| io::stderr().lock().write(line))
    }

    /// In one go, so that nothing is drawn in the middle of a line.
    fn write_all(&mut self, line: &[u8]) -> io::Result<()> {
        self.0.suspend(|| io::stderr().lock().write_all(line))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().lock().flush()
    }
}
