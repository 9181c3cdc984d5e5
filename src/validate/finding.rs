//! One thing that is wrong, and where.

use std::ops::Range;
use std::sync::Arc;

use super::code::{Code, Level};
use super::ignore::Ignoring;
use super::locate::Place;
use crate::manifest::{Document, Part, Problem, Text};

/// How many findings are kept with their words, of all texts and of each document; of more there is only a count.
pub(super) const KEPT: usize = 10_000;

/// Something that is wrong with a manifest.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What kind of wrong.
    pub code: &'static Code,
    /// How bad it is: mostly as its code says.
    pub level: Level,
    /// The text it is in.
    pub text: Arc<Text>,
    /// The object it is about, as `workloaddeployment/web`; empty when it is about none.
    pub object: String,
    /// Where.
    pub spot: Spot,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
    /// Why it does not count, when it does not.
    pub ignored: Option<Suppression>,
}

/// Why a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// In somebody's words.
    pub reason: String,
    /// Whether the object says so itself, and not who asked.
    pub in_file: bool,
}

/// Where a finding is, before lines and columns are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// Bytes of the text.
    Span(Range<usize>),
    /// A field of the document that begins on a line.
    Field {
        /// The line.
        line: usize,
        /// The path, from the document's root on.
        path: String,
        /// Whether the name or the value is meant.
        part: Part,
    },
}

impl Finding {
    /// Something about a field's value; `path` as `spec.replicas`, empty for the whole object.
    pub fn value(code: &'static Code, document: &Document, path: &str, message: impl Into<String>) -> Self {
        Self::at(code, document, path, Part::Value, message.into())
    }

    /// Something about a field's name, or that it is there at all.
    pub fn key(code: &'static Code, document: &Document, path: &str, message: impl Into<String>) -> Self {
        Self::at(code, document, path, Part::Key, message.into())
    }

    /// Something about bytes of a text.
    pub fn span(code: &'static Code, text: &Arc<Text>, span: Range<usize>, message: impl Into<String>) -> Self {
        let (text, spot) = (Arc::clone(text), Spot::Span(span));
        let (level, message) = (code.level, message.into());
        Self { code, level, text, object: String::new(), spot, message, remedy: None, ignored: None }
    }

    fn at(code: &'static Code, document: &Document, path: &str, part: Part, message: String) -> Self {
        let path = match path {
            "" | "<nil>" => document.within.clone(),
            path if document.within.is_empty() => path.to_owned(),
            path => format!("{}.{path}", document.within),
        };
        let spot = Spot::Field { line: document.line, path, part };
        let (text, object) = (Arc::clone(&document.text), document.title());
        Self { code, level: code.level, text, object, spot, message, remedy: None, ignored: None }
    }

    /// The same, with a way out.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// The same, as bad as this.
    #[must_use]
    pub fn with_level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Whether it follows from the definition alone, which a newer cluster may have otherwise.
    pub fn is_of_schema(&self) -> bool {
        self.code.id.starts_with("WC01")
    }

    /// The field it is about: the line on which the document begins, and the path from there.
    pub(super) fn field(&self) -> Option<(usize, &str)> {
        match &self.spot {
            Spot::Field { line, path, .. } => Some((*line, path)),
            Spot::Span(_) => None,
        }
    }

    /// Whether a problem with the same document names the same field.
    pub fn is_named_by(&self, problem: &Problem) -> bool {
        self.field().is_some_and(|(line, path)| {
            !path.is_empty() && problem.is_at(&self.text, line) && problem.message().contains(path)
        })
    }

    /// As it is shown to people, at its place.
    pub fn problem(&self, place: &Place) -> Problem {
        let span = place.span.0..place.span.1;
        let problem = Problem::at_span(&self.text, (place.line, place.column), span, self.message.clone());
        let problem = problem.with_code(self.code.id, self.level.severity());
        match &self.remedy {
            Some(remedy) => problem.with_help(remedy),
            None => problem,
        }
    }
}

/// What was found, with its places, bounded: a million findings help nobody.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// The first of them, by text, line and column.
    pub kept: Vec<(Finding, Place)>,
    /// How many more there are.
    pub beyond: usize,
    /// Whether one of those is an error.
    pub errors_beyond: bool,
}

impl Findings {
    /// Those that count.
    pub fn counting(&self) -> impl Iterator<Item = &(Finding, Place)> {
        self.kept.iter().filter(|(finding, _)| finding.ignored.is_none())
    }

    /// How many count of a level.
    pub fn count(&self, level: Level) -> usize {
        self.counting().filter(|(finding, _)| finding.level == level).count()
    }

    /// Whether something is so wrong that nothing may be applied.
    pub fn has_errors(&self) -> bool {
        self.errors_beyond || self.count(Level::Error) > 0
    }
}

/// Findings on their way to be located; of more than are kept there is only a count.
#[derive(Debug)]
pub(super) struct Gathered<'a> {
    ignoring: &'a Ignoring<'a>,
    pub(super) kept: Vec<Finding>,
    pub(super) beyond: usize,
    pub(super) errors_beyond: bool,
}

impl<'a> Gathered<'a> {
    /// Nothing yet. What is ignored matters of those that are not kept, too: is one of them an error?
    pub(super) fn new(ignoring: &'a Ignoring<'a>) -> Self {
        Self { ignoring, kept: Vec::new(), beyond: 0, errors_beyond: false }
    }

    /// Whether a finding counts.
    pub(super) fn counts(&self, finding: &Finding) -> bool {
        self.ignoring.suppression(finding).is_none()
    }

    /// Whether there is one of a code that counts.
    pub(super) fn tells(&self, code: &'static Code) -> bool {
        self.kept.iter().any(|finding| finding.code == code && self.counts(finding))
    }

    /// With others that come after.
    pub(super) fn merged(mut self, others: Self) -> Self {
        self.extend(others.kept);
        self.beyond += others.beyond;
        self.errors_beyond |= others.errors_beyond;
        self
    }

    /// Counts findings of a code that nobody has kept.
    pub(super) fn count(&mut self, code: &'static Code, count: usize) {
        self.beyond += count;
        self.errors_beyond |= count > 0 && code.level == Level::Error && self.ignoring.everywhere(code).is_none();
    }
}

impl Extend<Finding> for Gathered<'_> {
    fn extend<T: IntoIterator<Item = Finding>>(&mut self, findings: T) {
        for finding in findings {
            if self.kept.len() < KEPT {
                self.kept.push(finding);
            } else {
                self.beyond += 1;
                self.errors_beyond |= finding.level == Level::Error && self.ignoring.suppression(&finding).is_none();
            }
        }
    }
}
