//! Plain words that YAML takes for something else.

use crate::manifest::Found;
use crate::validate::code;
use crate::validate::finding::Finding;

/// A value of the wrong type that is a plain word where a string is wanted: what it needs is quotes.
pub(in crate::validate) fn plain_word(finding: Finding, found: &Found) -> Finding {
    let wants_string = finding.code == &code::WRONG_TYPE && finding.message.contains("must be of type string");
    let Some(word) = found.word.as_ref().filter(|_| found.is_plain && wants_string) else { return finding };
    let remedy = format!("write \"{word}\"");
    if !finding.message.ends_with("\"boolean\"") {
        return finding.with_remedy(remedy);
    }
    let path = finding.message.split(':').next().unwrap_or_default();
    let message = format!("{path}: {word} without quotes is a boolean, where a string is wanted");
    Finding { code: &code::PLAIN_BOOLEAN, message, ..finding }.with_remedy(remedy)
}
