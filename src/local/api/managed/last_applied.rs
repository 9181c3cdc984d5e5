//! The way from `kubectl apply` to `kubectl apply --server-side`: what the annotation of the one says is the other's.

use serde_json::{Map, Value};

use super::check::{Duplicates, check};
use super::compare::compare;
use super::owned::owned;
use super::set::FieldSet;
use super::typed::Typed;

/// The manager that this is for; whoever wants none of it takes another name.
pub(super) const KUBECTL: &str = "kubectl";
/// Where `kubectl apply` keeps what it applied.
const ANNOTATION: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// How many bytes all annotations of an object may have.
const MAX_ANNOTATIONS: usize = 256 * 1024;

fn annotations(object: &Value) -> Option<&Map<String, Value>> {
    object.get("metadata")?.get("annotations")?.as_object()
}

fn annotation(object: &Value) -> Option<&str> {
    annotations(object)?.get(ANNOTATION)?.as_str().filter(|text| !text.is_empty())
}

/// The fields that `kubectl apply` applied and that are still as it left them: these may be taken over without a
/// conflict. `None` when there is no such annotation, or one that cannot be used.
pub(super) fn unchanged(typed: Typed<'_>, live: &Value, api_version: &str) -> Option<FieldSet> {
    let last: Value = serde_json::from_str(annotation(live)?).ok()?;
    if last.get("apiVersion").and_then(Value::as_str) != Some(api_version) {
        return None;
    }
    check(typed, live, Duplicates::Forbidden).ok()?;
    check(typed, &last, Duplicates::Forbidden).ok()?;
    let changes = compare(typed, &last, live);
    let unchanged = owned(typed, &last).difference(&changes.modified);
    Some(unchanged.difference(&changes.added).difference(&changes.removed))
}

/// Keeps the annotation of an object, if it has it, in step with what is applied.
pub(super) fn follow(object: &mut Value, applied: &Value) {
    if annotation(object).is_none() {
        return;
    }
    let mut applied = applied.clone();
    if let Some(annotations) = annotations_mut(&mut applied) {
        annotations.remove(ANNOTATION);
    }
    let text = super::path::go_json(&applied) + "\n";
    let Some(annotations) = annotations_mut(object) else { return };
    annotations.insert(ANNOTATION.to_owned(), text.into());
    let size: usize = annotations.iter().map(|(name, value)| name.len() + value.as_str().map_or(0, str::len)).sum();
    if size > MAX_ANNOTATIONS {
        annotations.remove(ANNOTATION);
    }
}

fn annotations_mut(object: &mut Value) -> Option<&mut Map<String, Value>> {
    object.get_mut("metadata")?.get_mut("annotations")?.as_object_mut()
}
