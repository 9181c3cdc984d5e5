//! What is wrong with a manifest, and where.

mod excerpt;
mod limit;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, Severity};

use serde_saphyr::MessageFormatter as _;

use super::{Text, lines, shown};
use crate::error::Look;
use crate::schema::strict;
use excerpt::Excerpt;
pub(super) use limit::DIVIDE;
pub(crate) use limit::budget;

/// What stands between two documents.
const DIVIDERS: [&str; 2] = ["\n---", "\r---"];

/// Something wrong with a manifest.
#[derive(Clone, Debug)]
pub struct Problem {
    text: Arc<Text>,
    line: usize,
    column: Option<usize>,
    /// Bytes: where it begins, how long it is.
    span: (usize, usize),
    message: String,
    is_duplicate: bool,
    help: Option<String>,
    severity: Severity,
    code: Option<&'static str>,
}

impl Problem {
    /// A problem with the object that begins on a line.
    pub fn at_line(text: &Arc<Text>, line: usize, message: String) -> Self {
        let span = lines::span(&text.content, line);
        Self { line, span, message, ..Self::nowhere(Arc::clone(text)) }
    }

    /// A problem with some bytes of a text, that begin at a line and a column counted from 1.
    pub fn at_span(text: &Arc<Text>, (line, column): (usize, usize), span: Range<usize>, message: String) -> Self {
        let span = (span.start, span.len());
        Self { line, column: Some(column), span, message, ..Self::nowhere(Arc::clone(text)) }
    }

    fn nowhere(text: Arc<Text>) -> Self {
        let (line, column, span) = (1, None, (0, 0));
        let severity = Severity::Error;
        Self { text, line, column, span, message: String::new(), is_duplicate: false, help: None, severity, code: None }
    }

    /// What the YAML parser says.
    pub(crate) fn of_yaml(text: &Text, error: &serde_saphyr::Error) -> Self {
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let place = error.location().map(|at| (number(at.line()), number(at.column())));
        let message = serde_saphyr::UserMessageFormatter.format_message(error.without_snippet()).into_owned();
        if let Some((message, help)) = limit::exceeded(&message) {
            return Self::at(&Arc::new(text.clone()), place, message).with_help(help);
        }
        let is_duplicate = matches!(error.without_snippet(), serde_saphyr::Error::DuplicateMappingKey { .. });
        Self { is_duplicate, ..Self::at(&Arc::new(text.clone()), place, message) }
    }

    /// What the JSON parser says, of a key that stands twice too.
    pub(crate) fn of_json(text: &Text, error: &serde_json::Error) -> Self {
        let message = error.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
        // It counts bytes, and LF alone.
        let before = text.content.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len);
        let offset = before.sum::<usize>() + error.column().saturating_sub(1);
        let place = lines::place(&text.content, offset.min(text.content.len()));
        let problem = Self::at(&Arc::new(text.clone()), Some(place), message.to_owned());
        Self { is_duplicate: strict::is_duplicate(error), ..problem }
    }

    /// A problem at a line and column, both counted from 1; without, with the whole text.
    pub fn at(text: &Arc<Text>, place: Option<(usize, usize)>, message: String) -> Self {
        let (line, column) = place.map_or((1, None), |(line, column)| (line, Some(column)));
        let (start, length) = lines::span(&text.content, line);
        let before = text.content.get(start..start + length).unwrap_or_default().chars();
        let within: usize = before.take(column.unwrap_or(1).saturating_sub(1)).map(char::len_utf8).sum();
        let span = (start + within, length - within);
        Self { line, column, span, message, ..Self::nowhere(Arc::clone(text)) }
    }

    /// The same, with a way out.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same, with a code that can be looked up, and as bad as that says.
    #[must_use]
    pub fn with_code(mut self, code: &'static str, severity: Severity) -> Self {
        (self.code, self.severity) = (Some(code), severity);
        self
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it, if that is known.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Whether it is about what begins on a line of a text.
    pub fn is_at(&self, text: &Arc<Text>, line: usize) -> bool {
        Arc::ptr_eq(&self.text, text) && self.line == line
    }

    /// The bytes of the text it is about.
    pub fn span(&self) -> Range<usize> {
        self.span.0..self.span.0 + self.span.1
    }

    /// Whether it is that a key stands twice.
    pub fn is_duplicate(&self) -> bool {
        self.is_duplicate
    }

    /// How many problems there are, in words.
    pub fn summary(problems: &[Self]) -> String {
        match problems.len() {
            1 => "1 document cannot be used".to_owned(),
            count => format!("{count} documents cannot be used"),
        }
    }

    /// With the source text for a person at a terminal, else on one line as compilers do it.
    pub fn render(&self, look: &Look) -> String {
        let may_show = look.terminal && !self.is_in_secret();
        let drawn = if may_show { self.draw(look) } else { None };
        drawn.unwrap_or_else(|| match &self.help {
            Some(help) => format!("{self}\n  help: {}", shown::message(help).replace('\n', "\n        ")),
            None => self.to_string(),
        })
    }

    /// Whether the document around it is, or holds, a Secret: its source is shown to nobody.
    fn is_in_secret(&self) -> bool {
        let content = &self.text.content;
        let (before, behind) = content.split_at_checked(self.span.0).unwrap_or((content, ""));
        let start = DIVIDERS.iter().filter_map(|dashes| before.rfind(dashes)).max().unwrap_or_default();
        let end = DIVIDERS.iter().filter_map(|dashes| behind.find(dashes)).min();
        let end = end.map_or(content.len(), |end| before.len() + end);
        holds_secret(content.get(start..end).unwrap_or(content))
    }

    fn draw(&self, look: &Look) -> Option<String> {
        let mut diagnostic = MietteDiagnostic::new(shown::message(&self.message));
        diagnostic.help = self.help.as_deref().map(|help| shown::message(help).into_owned());
        diagnostic.code = self.code.map(str::to_owned);
        diagnostic.severity = Some(self.severity);
        let place = (self.line, self.column.unwrap_or(1));
        let source = Excerpt::of(&self.text.name, &self.text.content, place, self.span);
        diagnostic.labels = Some(vec![LabeledSpan::new_with_span(None, source.span())]);
        let report = miette::Report::new(diagnostic).with_source_code(source);
        let theme = if look.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        // Names and lines of YAML are copied: they are not broken at their hyphens.
        let whole = textwrap::WordSplitter::NoHyphenation;
        let handler = GraphicalReportHandler::new_themed(theme).with_width(look.width).with_links(false);
        let handler = handler.with_word_splitter(whole);
        let mut drawn = String::new();
        handler.render_report(&mut drawn, report.as_ref()).ok()?;
        Some(drawn.trim_end().to_owned())
    }
}

/// Whether `kind: Secret` stands in a text, in YAML or JSON.
pub(crate) fn holds_secret(text: &str) -> bool {
    let quotes = ['"', '\'', ' '];
    let is_kind = |(index, word): (usize, &str)| {
        let (before, behind) = (text.get(..index)?.trim_end_matches(quotes), text.get(index + word.len()..)?);
        let name = before.strip_suffix(':')?.trim_end_matches(quotes);
        Some(name.ends_with("kind") && !behind.starts_with(|next: char| next.is_alphanumeric()))
    };
    text.match_indices("Secret").any(|found| is_kind(found).unwrap_or_default())
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Advice => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:", shown::name(&self.text.name), self.line)?;
        if let Some(column) = self.column {
            write!(f, "{column}:")?;
        }
        if let Some(code) = self.code {
            write!(f, " {}[{code}]:", severity_word(self.severity))?;
        }
        write!(f, " {}", shown::message(&self.message))
    }
}
