//! An applied configuration laid over what is there, and fields taken out of a value.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::path::PathElement;
use super::set::{FieldSet, Node};
use super::typed::{Form, Typed};

/// The live object with what is applied: nothing goes away, leaves are as applied, lists in the applied order with what
/// only the live object has kept in its place.
pub(super) fn merge(typed: Typed<'_>, live: &Value, applied: &Value) -> Value {
    walk(typed, Some(live), Some(applied)).unwrap_or_default()
}

fn walk(typed: Typed<'_>, live: Option<&Value>, applied: Option<&Value>) -> Option<Value> {
    // Nobody changes it: it is taken whole, without a look at its parts.
    let Some(wanted) = applied else { return live.cloned() };
    match typed.form(wanted) {
        Form::Map if !typed.is_atomic_map() => {
            let (below, above) = (live.and_then(Value::as_object), wanted.as_object());
            let empty = below.is_none_or(Map::is_empty) && above.is_none_or(Map::is_empty);
            if empty { Some(wanted.clone()) } else { merge_fields(typed, below, above) }
        }
        Form::List if !typed.is_atomic_list() => {
            let (below, above) = (items(live), items(applied));
            let empty = below.is_empty() && above.is_empty();
            if empty { Some(wanted.clone()) } else { merge_items(typed, below, above) }
        }
        _ => Some(wanted.clone()),
    }
}

fn items(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn merge_fields(
    typed: Typed<'_>,
    live: Option<&Map<String, Value>>,
    applied: Option<&Map<String, Value>>,
) -> Option<Value> {
    let mut merged = Map::new();
    for (name, value) in live.into_iter().flatten() {
        let wanted = applied.and_then(|applied| applied.get(name));
        merged.extend(walk(typed.field(name), Some(value), wanted).map(|value| (name.clone(), value)));
    }
    for (name, value) in applied.into_iter().flatten() {
        if live.is_none_or(|live| !live.contains_key(name)) {
            merged.extend(walk(typed.field(name), None, Some(value)).map(|value| (name.clone(), value)));
        }
    }
    (!merged.is_empty()).then_some(Value::Object(merged))
}

/// Items by name, and their names in the list's order. Of items of one name the live list may have several: as they
/// cannot be merged, what is applied takes their place.
struct Named<'v> {
    order: Vec<(PathElement, &'v Value)>,
    values: BTreeMap<PathElement, Option<&'v Value>>,
}

impl<'v> Named<'v> {
    fn of(typed: Typed<'_>, items: &'v [Value]) -> Self {
        let mut named = Self { order: Vec::with_capacity(items.len()), values: BTreeMap::new() };
        for item in items {
            let Ok(element) = typed.identify(item) else { continue };
            let repeated = named.values.contains_key(&element);
            named.values.insert(element.clone(), (!repeated).then_some(item));
            named.order.push((element, item));
        }
        named
    }
}

fn merge_items(typed: Typed<'_>, live: &[Value], applied: &[Value]) -> Option<Value> {
    let (live, applied) = (Named::of(typed, live), Named::of(typed, applied));
    let mut shared =
        applied.order.iter().map(|(element, _)| element).filter(|element| live.values.contains_key(element));
    let mut next_shared = shared.next();
    let mut merged = Vec::with_capacity(live.order.len().max(applied.order.len()));
    let mut done = std::collections::BTreeSet::new();
    let take = |element: &PathElement| {
        let below = live.values.get(element).map(|item| item.unwrap_or(&Value::Null));
        walk(typed.item(), below, applied.values.get(element).copied().flatten())
    };
    let (mut at_live, mut at_applied) = (live.order.iter().peekable(), applied.order.iter().peekable());
    while at_live.peek().is_some() || at_applied.peek().is_some() {
        if let Some((element, item)) = at_live.peek() {
            if !applied.values.contains_key(element) {
                merged.push((*item).clone());
                at_live.next();
                continue;
            }
            let both = at_applied.peek().is_some_and(|(wanted, _)| wanted == element);
            let not_yet = !both && at_applied.peek().is_some() && next_shared.is_some_and(|next| next != element);
            if not_yet {
                at_live.next();
                continue;
            }
            if both || done.contains(element) {
                at_live.next();
            }
        }
        if let Some((element, _)) = at_applied.next() {
            done.insert(element);
            merged.extend(take(element));
            if next_shared == Some(element) {
                next_shared = shared.next();
            }
        }
    }
    (!merged.is_empty()).then_some(Value::Array(merged))
}

/// A value without a set of fields and items; what is owned whole goes whole.
pub(super) fn remove(typed: Typed<'_>, value: Value, set: &FieldSet) -> Value {
    match (typed.form(&value), value) {
        (Form::Scalar, value) => value,
        (Form::Map, Value::Object(fields)) if !fields.is_empty() && !typed.is_atomic_map() => {
            let left = fields.into_iter().filter_map(|(name, value)| {
                let (field, element) = (typed.field(&name), PathElement::Field(name.clone()));
                Some((name, keep(field, value, set.nodes.get(&element))?))
            });
            let left: Map<_, _> = left.collect();
            if left.is_empty() { Value::Null } else { Value::Object(left) }
        }
        (Form::List, Value::Array(items)) if !items.is_empty() && !typed.is_atomic_list() => {
            let left = items.into_iter().filter_map(|item| {
                let node = typed.identify(&item).ok().and_then(|element| set.nodes.get(&element));
                keep(typed.item(), item, node)
            });
            let left: Vec<_> = left.collect();
            if left.is_empty() { Value::Null } else { Value::Array(left) }
        }
        _ => Value::Null,
    }
}

fn keep(typed: Typed<'_>, value: Value, node: Option<&Node>) -> Option<Value> {
    match node {
        None => Some(value),
        Some(node) if node.member => None,
        Some(node) => Some(remove(typed, value, &node.below)),
    }
}
