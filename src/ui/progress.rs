//! Progress that is drawn again and again in one place.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// How often a bar moves by itself, so that a wait does not look like a hang.
const TICK: Duration = Duration::from_millis(120);

/// One line of progress; it is gone when this is dropped.
#[derive(Debug)]
pub struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new(progress: &MultiProgress, label: &str, length: u64, colour: bool) -> Self {
        let bar = progress.add(ProgressBar::new(length));
        let template = match colour {
            true => "{spinner:.cyan} {prefix:.bold} [{bar:20.green}] {pos}/{len} {wide_msg}",
            false => "{spinner} {prefix} [{bar:20}] {pos}/{len} {wide_msg}",
        };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("━╸ "));
        bar.set_prefix(label.to_owned());
        if !progress.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        Self(bar)
    }

    /// Shows how far it is, out of how much, and what is going on.
    pub fn show(&self, position: u64, length: u64, message: &str) {
        self.0.set_length(length);
        self.0.set_position(position.min(length));
        self.0.set_message(message.lines().next().unwrap_or_default().to_owned());
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
