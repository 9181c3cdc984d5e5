//! Words with quotes too many or too few.

use serde_json::Value;

use crate::manifest::{Found, Part};
use crate::validate::code;
use crate::validate::field::Field;
use crate::validate::finding::{Finding, Spot};
use crate::validate::subject::Subject;

/// Words that kubectl reads as booleans; `true` and `false` come to the same as they are written.
const BOOLEANS: [&str; 16] =
    ["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF"];

/// Names of fields that kubectl would take for booleans if they stand without quotes; whether they do only the text tells.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if has_boolean_keys(subject.root.value) {
        keys(subject, &subject.root, &mut found);
    }
    found
}

/// Whether there is anything to find: most objects have nothing, and their paths need not be written.
fn has_boolean_keys(value: &Value) -> bool {
    match value {
        Value::Object(fields) => {
            fields.iter().any(|(key, below)| BOOLEANS.contains(&key.as_str()) || has_boolean_keys(below))
        }
        Value::Array(items) => items.iter().any(has_boolean_keys),
        _ => false,
    }
}

fn keys(subject: &Subject<'_>, field: &Field<'_>, found: &mut Vec<Finding>) {
    match field.value {
        Value::Object(_) => {
            for (key, below) in field.entries() {
                if BOOLEANS.contains(&key) {
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
    if let (Spot::Field { path, part: Part::Key, .. }, true) = (&finding.spot, finding.code == &code::PLAIN_BOOLEAN) {
        // Behind an alias there is another name to be seen.
        let is_it =
            found.word.as_ref().is_some_and(|word| path.strip_suffix(word).is_some_and(|rest| rest.ends_with('.')));
        return (found.is_plain && is_it).then_some(finding);
    }
    if let (Some(word), true) = (&found.word, finding.message.ends_with(" without quotes") && found.is_plain) {
        let remedy = format!("write \"{word}\"");
        return Some(finding.with_remedy(remedy));
    }
    let (Some(word), true) = (&found.word, finding.code == &code::WRONG_TYPE) else { return Some(finding) };
    let Some((path, types)) = finding.message.split_once(": must be of type ") else { return Some(finding) };
    Some(match (types.split_once(", not "), found.is_plain) {
        (Some(("string", "boolean")), true) => {
            let message = format!("{path}: {word} without quotes is a boolean, where a string is wanted");
            Finding { code: &code::PLAIN_BOOLEAN, message, ..finding }.with_remedy(format!("write \"{word}\""))
        }
        (Some((_, "null")), _) => finding,
        (Some(("string", _)), true) => finding.with_remedy(format!("write \"{word}\"")),
        (Some((wanted, "string")), false) if is_a(wanted, word) => {
            finding.with_remedy(format!("write {word}, without quotes"))
        }
        _ => finding,
    })
}

/// Whether a word without quotes is of a type.
fn is_a(wanted: &str, word: &str) -> bool {
    match wanted {
        "integer" => word.parse::<i64>().is_ok(),
        "number" => word.parse::<f64>().is_ok(),
        "boolean" => matches!(word, "true" | "false"),
        _ => false,
    }
}
