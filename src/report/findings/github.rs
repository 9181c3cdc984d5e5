//! Annotations of GitHub Actions: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>.

use super::told::{more, told, words};
use crate::manifest::shown;
use crate::validate::{Finding, Findings, Level, Place};

/// One line for each finding that counts, and one that there are more.
pub fn github(found: &Findings, level: Level) -> String {
    let each = told(found, level).filter(|(finding, _)| finding.ignored.is_none()).map(annotation);
    let command = if found.errors_beyond { "error" } else { "notice" };
    each.chain(more(found).map(|more| format!("::{command}::{more}\n"))).collect()
}

fn annotation((finding, place): &(Finding, Place)) -> String {
    let command = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "notice",
    };
    let file = property(&shown::name(&finding.text.name));
    let title = property(&format!("{} {}", finding.code.id, finding.code.title));
    let Place { line, column, end_line, end_column, .. } = place;
    // Columns are only looked at when all is on one line.
    let columns = if line == end_line { format!(",col={column},endColumn={end_column}") } else { String::new() };
    let message = data(&shown::message(&words(finding)));
    format!("::{command} file={file},line={line},endLine={end_line}{columns},title={title}::{message}\n")
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
