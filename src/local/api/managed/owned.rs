//! What a value owns: its leaves, the items of its lists, and what is there though empty.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::path::PathElement;
use super::set::FieldSet;
use super::typed::{Form, Typed};

/// All fields that an object mentions.
pub(super) fn owned(typed: Typed<'_>, object: &Value) -> FieldSet {
    walk(typed, object).1
}

/// Whether the value itself is owned, and what is below it.
fn walk(typed: Typed<'_>, value: &Value) -> (bool, FieldSet) {
    match typed.form(value) {
        Form::Scalar => (true, FieldSet::default()),
        Form::Map if typed.is_atomic_map() => (true, FieldSet::default()),
        Form::List if typed.is_atomic_list() => (true, FieldSet::default()),
        Form::Map => (false, value.as_object().map_or_else(FieldSet::default, |fields| of_fields(typed, fields))),
        Form::List => (false, value.as_array().map_or_else(FieldSet::default, |items| of_items(typed, items))),
    }
}

fn of_fields(typed: Typed<'_>, fields: &Map<String, Value>) -> FieldSet {
    let mut set = FieldSet::default();
    for (name, value) in fields {
        let declared = typed.declared(name);
        let (member, below) = walk(declared.unwrap_or_else(|| typed.field(name)), value);
        let empty = value.is_null() || value.as_object().is_some_and(Map::is_empty);
        set.put(PathElement::Field(name.clone()), member || empty || declared.is_none(), below);
    }
    set
}

fn of_items(typed: Typed<'_>, items: &[Value]) -> FieldSet {
    let mut set = FieldSet::default();
    let mut seen = BTreeSet::new();
    let mut repeated = BTreeSet::new();
    let elements: Vec<_> = items.iter().filter_map(|item| Some((typed.identify(item).ok()?, item))).collect();
    for (element, _) in &elements {
        if !seen.insert(element) {
            repeated.insert(element);
        }
    }
    for (element, item) in &elements {
        let below = if repeated.contains(element) { FieldSet::default() } else { walk(typed.item(), item).1 };
        set.put(element.clone(), true, below);
    }
    set
}

/// Adds the fields that a schema names and the set has only something below of: who owns `spec.replicas` owns `spec`
/// too where it is about taking things away.
pub(super) fn with_named(typed: Option<Typed<'_>>, set: &FieldSet) -> FieldSet {
    let mut all = FieldSet::default();
    for (element, node) in &set.nodes {
        let (named, below) = match (typed, element) {
            (Some(typed), PathElement::Field(name)) if typed.forms(None).has_map() => {
                let declared = typed.declared(name);
                (declared.is_some(), declared.or_else(|| typed.undeclared()))
            }
            (Some(typed), PathElement::Key(_)) if typed.forms(None).has_list() => (false, Some(typed.item())),
            _ => (false, None),
        };
        let named = named && !node.below.is_empty();
        all.put(element.clone(), node.member || named, with_named(below, &node.below));
    }
    all
}

/// A set that was written when the schema was another: what is owned whole by now is owned as one.
pub(super) fn reconciled(typed: Typed<'_>, set: FieldSet) -> FieldSet {
    let mut now = FieldSet::default();
    for (element, node) in set.nodes {
        let below = match &element {
            PathElement::Field(name) => typed.declared(name).or_else(|| typed.undeclared()),
            _ => Some(typed.item()),
        };
        match below {
            Some(below) if !node.below.is_empty() && below.is_whole() => now.put(element, true, FieldSet::default()),
            Some(below) => now.put(element, node.member, reconciled(below, node.below)),
            None => now.put(element, node.member, node.below),
        }
    }
    now
}
