//! What is wrong with a manifest, and where.

use std::fmt;
use std::sync::Arc;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource};

use serde_saphyr::MessageFormatter as _;

use super::Text;
use crate::error::Look;

/// Something wrong with a manifest.
#[derive(Clone, Debug)]
pub struct Problem {
    text: Arc<Text>,
    line: usize,
    column: Option<usize>,
    /// Bytes: where it begins, how long it is.
    span: (usize, usize),
    message: String,
    help: Option<String>,
}

impl Problem {
    /// A problem with the object that begins on a line.
    pub fn at_line(text: &Arc<Text>, line: usize, message: String) -> Self {
        let span = line_span(&text.content, line);
        Self { text: Arc::clone(text), line, column: None, span, message, help: None }
    }

    /// What the YAML parser says.
    pub(crate) fn of_yaml(text: &Text, error: &serde_saphyr::Error) -> Self {
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let place = error.location().map(|at| (number(at.line()), number(at.column())));
        let message = serde_saphyr::UserMessageFormatter.format_message(error.without_snippet()).into_owned();
        Self::at(&Arc::new(text.clone()), place, message)
    }

    /// A problem at a line and column, both counted from 1; without, with the whole text.
    pub fn at(text: &Arc<Text>, place: Option<(usize, usize)>, message: String) -> Self {
        let (line, column) = place.map_or((1, None), |(line, column)| (line, Some(column)));
        let (start, length) = line_span(&text.content, line);
        let before = text.content.get(start..start + length).unwrap_or_default().chars();
        let within: usize = before.take(column.unwrap_or(1).saturating_sub(1)).map(char::len_utf8).sum();
        let span = (start + within, length - within);
        Self { text: Arc::clone(text), line, column, span, message, help: None }
    }

    /// The same, with a way out.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
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
        let drawn = if look.terminal { self.draw(look) } else { None };
        drawn.unwrap_or_else(|| match &self.help {
            Some(help) => format!("{self}\n  help: {}", help.replace('\n', "\n        ")),
            None => self.to_string(),
        })
    }

    fn draw(&self, look: &Look) -> Option<String> {
        let mut diagnostic = MietteDiagnostic::new(self.message.clone());
        diagnostic.help.clone_from(&self.help);
        diagnostic.labels = Some(vec![LabeledSpan::new_with_span(None, self.span)]);
        let source = NamedSource::new(&self.text.name, self.text.content.clone());
        let report = miette::Report::new(diagnostic).with_source_code(source);
        let theme = if look.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme).with_width(look.width).with_links(false);
        let mut drawn = String::new();
        handler.render_report(&mut drawn, report.as_ref()).ok()?;
        Some(drawn.trim_end().to_owned())
    }
}

/// Where a line begins and how long it is, in bytes.
fn line_span(text: &str, line: usize) -> (usize, usize) {
    let offset = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let length = text.get(offset..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
    (offset, length)
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:", self.text.name, self.line)?;
        if let Some(column) = self.column {
            write!(f, "{column}:")?;
        }
        write!(f, " {}", self.message)
    }
}
