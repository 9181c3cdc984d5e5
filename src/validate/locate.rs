//! Findings with their lines and columns.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

use super::finding::{Finding, Spot};
use super::rules;
use crate::manifest::{Positions, Text, lines};

/// Where a finding is in its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Counted from 1.
    pub line: usize,
    /// Characters, counted from 1.
    pub column: usize,
    /// The line it ends on.
    pub end_line: usize,
    /// The column behind its last character.
    pub end_column: usize,
    /// Bytes of the text: where it begins, and where it ends.
    pub span: (usize, usize),
}

/// Finds the places of findings, in their order. Each text is read once more, if something is wrong with it, and one at a
/// time: findings of a text stand together. What stands at a place may explain the finding better than the value alone
/// did, or away.
pub(super) fn locate(findings: Vec<Finding>) -> Vec<(Finding, Place)> {
    let mut current: Option<(Arc<Text>, Lines)> = None;
    let mut located = Vec::with_capacity(findings.len());
    for finding in findings {
        let text = Arc::clone(&finding.text);
        let (text, lines) = match current.take() {
            Some((of, lines)) if Arc::ptr_eq(&of, &text) => (of, lines),
            _ => {
                let lines = Lines::of(&text);
                (text, lines)
            }
        };
        located.extend(lines.locate(finding, &text));
        current = Some((text, lines));
    }
    located
}

/// Bytes between places of which it is known how many characters stand before.
const STEP: usize = 4096;

/// A text's lines, by where they begin.
struct Lines {
    starts: Vec<usize>,
    /// How many characters stand before every [`STEP`]th byte: lines may have millions of them.
    characters: Vec<usize>,
    /// Read when a field is looked for: of a text that is wrong as a whole nobody does.
    positions: OnceCell<Positions>,
}

impl Lines {
    fn of(text: &Text) -> Self {
        let breaks = lines::starts(&text.content);
        let sum = |before: &mut usize, step: &[u8]| Some(std::mem::replace(before, *before + characters_of(step)));
        let characters = text.content.as_bytes().chunks(STEP).scan(0, sum).collect();
        Self { starts: std::iter::once(0).chain(breaks).collect(), characters, positions: OnceCell::new() }
    }

    fn locate(&self, finding: Finding, of: &Text) -> Option<(Finding, Place)> {
        let text = of.content.as_str();
        let (line, path, part) = match &finding.spot {
            Spot::Span(span) => {
                let place = self.place(span.clone(), text);
                return Some((finding, place));
            }
            Spot::Field { line, path, part } => (*line, path, *part),
        };
        match self.positions.get_or_init(|| Positions::of(of)).find(line, path, part) {
            Some(found) => {
                let place = self.place(found.span.clone(), text);
                rules::as_written(finding, &found).map(|finding| (finding, place))
            }
            None => {
                let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
                let length = lines::at(text, start).len();
                Some((finding, self.place(start..start + length, text)))
            }
        }
    }

    fn place(&self, span: Range<usize>, text: &str) -> Place {
        let (line, column) = self.line_and_column(span.start, text);
        let (end_line, end_column) = self.line_and_column(span.end, text);
        Place { line, column, end_line, end_column, span: (span.start, span.end) }
    }

    fn line_and_column(&self, offset: usize, text: &str) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or_default();
        let before = |offset| self.characters_before(offset, text);
        (line, before(offset).saturating_sub(before(start)) + 1)
    }

    /// How many characters of the text stand before a byte.
    fn characters_before(&self, offset: usize, text: &str) -> usize {
        let offset = offset.min(text.len());
        let step = (offset / STEP).min(self.characters.len().saturating_sub(1));
        let known = self.characters.get(step).copied().unwrap_or_default();
        known + text.as_bytes().get(step * STEP..offset).map_or(0, characters_of)
    }
}

/// How many characters begin in some bytes of a text.
fn characters_of(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters_wherever_they_are() {
        let content = format!("ü\n{}", "aü–".repeat(10_000));
        let text = Text { name: "a.yaml".to_owned(), content: content.clone() };
        let lines = Lines::of(&text);
        for (offset, _) in content.char_indices().skip(2).step_by(777) {
            let counted = content[3..offset].chars().count() + 1;
            assert_eq!(lines.line_and_column(offset, &content), (2, counted));
        }
        assert_eq!(lines.line_and_column(content.len(), &content), (2, 30_001));
        assert_eq!(Lines::of(&Text { content: String::new(), ..text }).line_and_column(0, ""), (1, 1));
    }
}
