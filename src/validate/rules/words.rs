//! Plain words that YAML takes for something else.

use serde_json::Value;

use super::subject::Subject;
use crate::manifest::{Found, Part};
use crate::validate::code;
use crate::validate::field::Field;
use crate::validate::finding::{Finding, Spot};

/// Words that kubectl reads as booleans, in lower case; `true` and `false` come to the same as they are written.
const BOOLEANS: [&str; 6] = ["y", "yes", "on", "n", "no", "off"];

/// Names of fields that kubectl would take for booleans if they stand without quotes; whether they do only the text tells.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    keys(subject, &subject.root, &mut found);
    found
}

fn keys(subject: &Subject<'_>, field: &Field<'_>, found: &mut Vec<Finding>) {
    match field.value {
        Value::Object(_) => {
            for (key, below) in field.entries() {
                if BOOLEANS.iter().any(|word| word.eq_ignore_ascii_case(key)) {
                    let message = format!("{}: the name {key} without quotes is a boolean to kubectl", field.path);
                    let finding = subject.key(&code::PLAIN_BOOLEAN, &below, message);
                    found.push(finding.with_remedy(format!("write \"{key}\":")));
                }
                keys(subject, &below, found);
            }
        }
        Value::Array(_) => field.items().iter().for_each(|item| keys(subject, item, found)),
        _ => {}
    }
}

/// What the text at its place makes of a finding: a value of the wrong type that is a plain word needs quotes where a
/// string is wanted, and a name that has quotes is nothing to find.
pub(in crate::validate) fn as_written(finding: Finding, found: &Found) -> Option<Finding> {
    let is_name = matches!(finding.spot, Spot::Field { part: Part::Key, .. });
    if finding.code == &code::PLAIN_BOOLEAN && is_name {
        return found.is_plain.then_some(finding);
    }
    let wants_string = finding.code == &code::WRONG_TYPE && finding.message.contains("must be of type string");
    let Some(word) = found.word.as_ref().filter(|_| found.is_plain && wants_string) else { return Some(finding) };
    let remedy = format!("write \"{word}\"");
    if !finding.message.ends_with("\"boolean\"") {
        return Some(finding.with_remedy(remedy));
    }
    let path = finding.message.split(':').next().unwrap_or_default();
    let message = format!("{path}: {word} without quotes is a boolean, where a string is wanted");
    Some(Finding { code: &code::PLAIN_BOOLEAN, message, ..finding }.with_remedy(remedy))
}
