//! Findings with their lines and columns.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::finding::{Finding, Spot};
use super::rules;
use crate::manifest::{Positions, Text};

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

/// Finds the places of findings, in their order. Each text is read once more, if something is wrong with it. What stands at
/// a place may explain the finding better than the value alone did, or away.
pub(super) fn locate(findings: Vec<Finding>) -> Vec<(Finding, Place)> {
    let mut texts: HashMap<*const Text, Lines> = HashMap::new();
    let mut located = Vec::with_capacity(findings.len());
    for finding in findings {
        let text = Arc::clone(&finding.text);
        let lines = texts.entry(Arc::as_ptr(&text)).or_insert_with(|| Lines::of(&text));
        located.extend(lines.locate(finding, &text.content));
    }
    located
}

/// A text's lines, by where they begin.
struct Lines {
    starts: Vec<usize>,
    positions: Positions,
}

impl Lines {
    fn of(text: &Text) -> Self {
        let breaks = text.content.match_indices('\n').map(|(index, _)| index + 1);
        Self { starts: std::iter::once(0).chain(breaks).collect(), positions: Positions::of(text) }
    }

    fn locate(&self, finding: Finding, text: &str) -> Option<(Finding, Place)> {
        let (line, path, part) = match &finding.spot {
            Spot::Span(span) => {
                let place = self.place(span.clone(), text);
                return Some((finding, place));
            }
            Spot::Field { line, path, part } => (*line, path, *part),
        };
        match self.positions.find(line, path, part) {
            Some(found) => {
                let place = self.place(found.span.clone(), text);
                rules::as_written(finding, &found).map(|finding| (finding, place))
            }
            None => {
                let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
                let length = text.get(start..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
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
        let column = text.get(start..offset).map_or(0, |before| before.chars().count()) + 1;
        (line, column)
    }
}
