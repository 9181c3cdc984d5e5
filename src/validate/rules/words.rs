//! Words with quotes too many or too few.

use crate::manifest::Found;
use crate::validate::code;
use crate::validate::finding::Finding;

/// Says of a value of the wrong type how to write it, where its quotes are what is wrong.
pub(in crate::validate) fn quotes(finding: Finding, found: &Found) -> Finding {
    let (Some(word), true) = (&found.word, finding.code == &code::WRONG_TYPE) else { return finding };
    let Some((path, types)) = finding.message.split_once(": must be of type ") else { return finding };
    match (types.split_once(", not "), found.is_plain) {
        (Some(("string", "boolean")), true) => {
            let message = format!("{path}: {word} without quotes is a boolean, where a string is wanted");
            Finding { code: &code::PLAIN_BOOLEAN, message, ..finding }.with_remedy(format!("write \"{word}\""))
        }
        (Some(("string", _)), true) => finding.with_remedy(format!("write \"{word}\"")),
        (Some((wanted, "string")), false) if is_a(wanted, word) => {
            finding.with_remedy(format!("write {word}, without quotes"))
        }
        _ => finding,
    }
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
