//! Differences between two texts, and between two states of an object.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use similar::TextDiff;

use super::{hide_managed_fields, render_yaml};
use crate::api::names::annotation;

/// What stands in for a secret value.
const MASK: &str = "***";
/// What stands in for a secret value that is another one afterwards.
const MASK_BEFORE: &str = "*** (before)";
/// What stands in for a secret value that was another one before.
const MASK_AFTER: &str = "*** (after)";

/// What tells two texts apart, as `diff -u` shows it; empty when they are the same. `labels` name the two.
pub fn unified(old: &str, new: &str, labels: (&str, &str), colour: bool) -> String {
    let diff = TextDiff::from_lines(old, new).unified_diff().header(labels.0, labels.1).to_string();
    if colour { coloured(&diff) } else { diff }
}

/// The first two lines name the texts, whatever the others begin with.
fn coloured(diff: &str) -> String {
    let mut text = String::new();
    for (index, line) in diff.lines().enumerate() {
        let styled = console::style(line).force_styling(true);
        let styled = match line.chars().next() {
            Some('-' | '+') if index < 2 => styled.bold(),
            Some('-') => styled.red(),
            Some('+') => styled.green(),
            Some('@') => styled.cyan(),
            _ => console::style(line),
        };
        let _ = writeln!(text, "{styled}");
    }
    text
}

/// An object before and after a change, as texts to compare: YAML, with secrets masked; empty where there is none.
pub fn sides(before: Option<&Value>, after: Option<&Value>, managed_fields: bool) -> (String, String) {
    let mut sides = [before.cloned(), after.cloned()];
    if !managed_fields {
        sides.iter_mut().flatten().for_each(hide_managed_fields);
    }
    let [mut before, mut after] = sides;
    if before.iter().chain(&after).any(is_secret) {
        mask(before.as_mut(), after.as_mut());
    }
    let text = |object: Option<Value>| object.map(|object| render_yaml(&object)).unwrap_or_default();
    (text(before), text(after))
}

/// Masks what is secret of an object, if it is a Secret.
pub fn mask_secret(object: &mut Value) {
    if is_secret(object) {
        mask(Some(object), None);
    }
}

fn is_secret(object: &Value) -> bool {
    object["kind"] == "Secret" && object["apiVersion"] == "v1"
}

fn mask(mut before: Option<&mut Value>, mut after: Option<&mut Value>) {
    let record = format!("/metadata/annotations/{}", annotation::LAST_APPLIED_CONFIGURATION.replace('/', "~1"));
    for path in ["/data", "/stringData"] {
        let mut none = (Map::new(), Map::new());
        let old = before.as_deref_mut().and_then(|object| object.pointer_mut(path)?.as_object_mut());
        let new = after.as_deref_mut().and_then(|object| object.pointer_mut(path)?.as_object_mut());
        mask_values(old.unwrap_or(&mut none.0), new.unwrap_or(&mut none.1));
    }
    // What was applied last holds the values too.
    let old = before.and_then(|object| object.pointer_mut(&record));
    let new = after.and_then(|object| object.pointer_mut(&record));
    mask_pair(old, new);
}

fn mask_values(before: &mut Map<String, Value>, after: &mut Map<String, Value>) {
    for (key, old) in before.iter_mut() {
        mask_pair(Some(old), after.get_mut(key));
    }
    for (_, new) in after.iter_mut().filter(|(key, _)| !before.contains_key(*key)) {
        mask_pair(None, Some(new));
    }
}

fn mask_pair(before: Option<&mut Value>, after: Option<&mut Value>) {
    let differs = matches!((&before, &after), (Some(before), Some(after)) if before != after);
    let (old, new) = if differs { (MASK_BEFORE, MASK_AFTER) } else { (MASK, MASK) };
    if let Some(before) = before {
        *before = old.into();
    }
    if let Some(after) = after {
        *after = new.into();
    }
}

#[cfg(test)]
mod tests;
