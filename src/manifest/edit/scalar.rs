//! How values are written.

use granit_parser::ScalarStyle;
use serde_json::Value;

use crate::manifest::scalar::{quoted, word};

/// A value on one line, as it may stand in a block or, with `flow`, between brackets.
pub(super) fn inline(value: &Value, flow: bool) -> String {
    match value {
        Value::String(text) => word(text, flow),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| format!("{}: {}", word(key, true), inline(value, true)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(|item| inline(item, true)).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A value on one line, all of it in quotes, as JSON has it.
pub(super) fn json(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| format!("{}: {}", quoted(key), json(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A text in the style of the one it takes the place of; `None` for block scalars.
pub(super) fn in_style(text: &str, style: ScalarStyle, flow: bool) -> Option<String> {
    match style {
        ScalarStyle::Plain => Some(word(text, flow)),
        ScalarStyle::SingleQuoted if text.chars().any(char::is_control) => Some(quoted(text)),
        ScalarStyle::SingleQuoted => Some(format!("'{}'", text.replace('\'', "''"))),
        ScalarStyle::DoubleQuoted => Some(quoted(text)),
        _ => None,
    }
}

/// The lines of `value`, each indented by `indent` and what is nested by `step` more, without line ends.
pub(super) fn block(value: &Value, indent: usize, step: usize) -> Vec<String> {
    let pad = " ".repeat(indent);
    match value {
        Value::Object(map) if !map.is_empty() => {
            map.iter().flat_map(|(key, value)| entry(key, value, &pad, step)).collect()
        }
        Value::Array(items) if !items.is_empty() => items.iter().flat_map(|item| dashed(item, indent, step)).collect(),
        other => vec![format!("{pad}{}", inline(other, false))],
    }
}

fn entry(key: &str, value: &Value, pad: &str, step: usize) -> Vec<String> {
    let key = word(key, false);
    let nests =
        value.as_object().is_some_and(|map| !map.is_empty()) || value.as_array().is_some_and(|all| !all.is_empty());
    if !nests {
        return vec![format!("{pad}{key}: {}", inline(value, false))];
    }
    let mut lines = vec![format!("{pad}{key}:")];
    lines.extend(block(value, pad.len() + step, step));
    lines
}

/// An item of a block sequence whose dash stands at `indent`.
pub(super) fn dashed(item: &Value, indent: usize, step: usize) -> Vec<String> {
    let mut lines = block(item, indent + 2, step);
    if let Some(first) = lines.first_mut() {
        *first = format!("{}- {}", " ".repeat(indent), first.trim_start());
    }
    lines
}
