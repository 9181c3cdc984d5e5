//! What is wrong with a text that means to be JSON, in the words of JSON: what kubectl reads is YAML's reading of it, whose
//! remedies speak of columns.

mod mistake;
mod token;

use std::sync::Arc;

use super::problem::holds_secret;
use super::{Problem, Text, lines};
use mistake::Mistake;
use token::{Kind, tokens};

/// The first thing that is no JSON in a text that means to be some.
pub(super) fn first(text: &Text) -> Option<Problem> {
    let found = is_meant(text).then(|| mistake::first(&text.content, holds_secret(&text.content))).flatten()?;
    Some(problem(text, found))
}

/// A comment as other languages have them, which is something else to YAML: a part of a text.
pub(super) fn comment(text: &Text) -> Option<Problem> {
    if !is_meant(text) {
        return None;
    }
    let found = tokens(&text.content, true).find(|token| token.kind == Kind::Comment && token.text.starts_with('/'))?;
    Some(problem(text, Mistake::comment(&found)))
}

/// Whether it is no YAML that happens to have braces.
fn is_meant(text: &Text) -> bool {
    let content = text.content.trim_start_matches('\u{feff}').trim_start();
    let inner = content.strip_prefix('{').map(str::trim_start);
    let is_named = text.name.to_ascii_lowercase().ends_with(".json") && content.starts_with(['{', '[']);
    is_named || inner.is_some_and(|inner| inner.starts_with(['"', '\'', '/']))
}

fn problem(text: &Text, found: Mistake) -> Problem {
    let place = lines::place(&text.content, found.span.start);
    Problem::at_span(&Arc::new(text.clone()), place, found.span, found.message).with_help(found.remedy)
}

#[cfg(test)]
mod tests;
