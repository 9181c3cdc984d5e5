//! Text on a terminal that is redrawn in its place.

use crate::ui::{Panel, Ui};

/// Draws texts over each other. However the command ends, the last one stays on the terminal, in full.
pub(super) struct Screen<'a> {
    ui: &'a Ui,
    panel: Option<Panel>,
    last: String,
}

impl<'a> Screen<'a> {
    /// A screen with nothing on it, where something can be redrawn and the result is seen.
    pub(super) fn new(ui: &'a Ui) -> Option<Self> {
        let redraws = ui.animates() && ui.result_width().is_some();
        redraws.then(|| Self { ui, panel: Some(ui.panel()), last: String::new() })
    }

    /// Columns and lines there are now. One line stays free, so that nothing scrolls.
    pub(super) fn size(&self) -> (usize, usize) {
        self.panel.as_ref().map_or((80, 23), |panel| (panel.width(), panel.height().saturating_sub(1).max(2)))
    }

    /// Draws a text in the place of the former. What does not fit is cut.
    pub(super) fn draw(&self, text: &str) {
        if let Some(panel) = &self.panel {
            let (columns, lines) = self.size();
            panel.show(&fitted(text, columns, lines, self.ui.unicode()));
        }
    }

    /// The text that is to stay.
    pub(super) fn keep(&mut self, text: String) {
        self.last = text;
    }
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        self.panel.take();
        // Nobody is left to tell when this fails.
        let _ = self.ui.raw(&self.last);
    }
}

/// The text in that many columns and lines.
fn fitted(text: &str, columns: usize, lines: usize, unicode: bool) -> String {
    let dots = if unicode { "…" } else { "..." };
    let mut fitted: Vec<_> = text.lines().map(|line| console::truncate_str(line, columns, dots).into_owned()).collect();
    if fitted.len() > lines {
        let more = fitted.len() + 1 - lines;
        fitted.truncate(lines.saturating_sub(1));
        fitted.push(format!("{dots} and {more} more"));
    }
    fitted.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_wider_or_higher_than_the_terminal() {
        assert_eq!(fitted("abcdef\nb\n", 4, 2, true), "abc…\nb");
        assert_eq!(fitted("a\nb\nc\nd\n", 4, 3, true), "a\nb\n… and 2 more");
        assert_eq!(fitted("\u{1b}[32mabcdef\u{1b}[0m\n", 4, 2, true), "\u{1b}[32mabc…\u{1b}[0m");
    }
}
