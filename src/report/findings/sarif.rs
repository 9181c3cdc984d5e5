//! The Static Analysis Results Interchange Format, 2.1.0:
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::told::{more, told, words};
use crate::validate::code::{self, Code};
use crate::validate::{Finding, Findings, Level, Place};

/// What a path in a URI need not have encoded.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// One run with a result for each finding; without findings the results are an empty list. That there are more than are
/// told is a notification of the tool.
pub fn sarif(found: &Findings, level: Level) -> Value {
    let results: Vec<_> = told(found, level).map(result).collect();
    let rules: Vec<_> = code::ALL.iter().map(|code| rule(code)).collect();
    let mut log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": { "name": "kubectl-wasmcloud", "version": env!("CARGO_PKG_VERSION"), "rules": rules },
            },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    if let Some(more) = more(found) {
        let notification = json!({ "level": "warning", "message": { "text": more } });
        log["runs"][0]["invocations"] =
            json!([{ "executionSuccessful": true, "toolExecutionNotifications": [notification] }]);
    }
    log
}

fn rule(code: &Code) -> Value {
    json!({
        "id": code.id,
        "shortDescription": { "text": code.title },
        "help": { "text": format!("kubectl wasmcloud explain-code {}", code.id), "markdown": code.page },
        "defaultConfiguration": { "level": level_word(code.level) },
    })
}

fn result((finding, place): &(Finding, Place)) -> Value {
    let location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&finding.text.name) },
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.end_line,
                "endColumn": place.end_column,
            },
        },
    });
    let mut result = json!({
        "ruleId": finding.code.id,
        "ruleIndex": code::ALL.iter().position(|code| *code == finding.code),
        "level": level_word(finding.level),
        "message": { "text": words(finding) },
        "locations": [location],
    });
    if !finding.object.is_empty() {
        result["locations"][0]["logicalLocations"] = json!([{ "fullyQualifiedName": finding.object }]);
    }
    if let Some(suppression) = &finding.ignored {
        let kind = if suppression.in_file { "inSource" } else { "external" };
        result["suppressions"] = json!([{ "kind": kind, "justification": suppression.reason }]);
    }
    result
}

fn level_word(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
    }
}

/// A path as a reference: relative to where the program was started, as it was given.
fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path).replace('\\', "/");
    utf8_percent_encode(&path, PATH).to_string()
}
