//! One finding in all its parts, for the formats that machines read.

use serde_json::{Value, json};

use crate::validate::{Finding, Findings, Level, Place};

/// The findings of a level and worse, with those that are ignored.
pub(super) fn told(found: &Findings, level: Level) -> impl Iterator<Item = &(Finding, Place)> {
    found.kept.iter().filter(move |(finding, _)| finding.level >= level)
}

/// That there is more than is told.
pub(super) fn more(found: &Findings) -> Option<String> {
    (found.beyond > 0).then(|| format!("and {} more, which are not shown", found.beyond))
}

/// What is wrong and what to do about it, in one text.
pub(super) fn words(finding: &Finding) -> String {
    match &finding.remedy {
        Some(remedy) => format!("{}\n{remedy}", finding.message),
        None => finding.message.clone(),
    }
}

/// A finding as JSON, with these members: `code`, `level`, `title`, `file`, `line`, `column`, `endLine`, `endColumn`,
/// `object`, `message`, `remedy`, `ignored`. What there is none of is null.
pub(super) fn as_json((finding, place): &(Finding, Place)) -> Value {
    json!({
        "code": finding.code.id,
        "level": finding.level.word(),
        "title": finding.code.title,
        "file": finding.text.name,
        "line": place.line,
        "column": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
        "object": Some(&finding.object).filter(|object| !object.is_empty()),
        "message": finding.message,
        "remedy": finding.remedy,
        "ignored": finding.ignored.as_ref().map(|suppression| &suppression.reason),
    })
}
