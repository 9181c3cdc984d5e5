//! Lists in strategic merge patches.

use std::collections::HashMap;
use std::mem::discriminant;

use serde_json::{Map, Value};

use super::{PATCH, SET_ORDER, impossible, malformed, merge_map, unknown_directive, without_directives};
use crate::local::api::failure::Failure;
use crate::schema::Schema;

/// Merges a list into another as its schema says.
pub(super) fn merge(original: Vec<Value>, patch: Vec<Value>, schema: Option<&Schema>) -> Result<Vec<Value>, Failure> {
    merge_ordered(original, patch, schema).map(|(merged, _)| merged)
}

/// A merged list, and the order that the server then holds to be its own.
///
/// That order is peculiar, and kept because kubectl's answers depend on it: an item that is new counts as known to the
/// server when it took the place of one that was deleted.
fn merge_ordered(
    original: Vec<Value>,
    patch: Vec<Value>,
    schema: Option<&Schema>,
) -> Result<(Vec<Value>, Vec<Value>), Failure> {
    if keyword(schema, "x-kubernetes-patch-strategy") != Some("merge") {
        return Ok((patch, original));
    }
    let Some(first) = original.first().or(patch.first()) else { return Ok((Vec::new(), original)) };
    if first.is_array() {
        return Err(impossible("lists of lists are not supported"));
    }
    if original.iter().chain(&patch).any(|item| discriminant(item) != discriminant(first)) {
        return Err(impossible("list element types are not identical"));
    }
    let names = Names { key: keyword(schema, "x-kubernetes-patch-merge-key") };
    if !first.is_object() {
        let mut merged = original.clone();
        merged.extend(patch.iter().cloned());
        return Ok((names.ordered(names.distinct(merged), &patch, &original), original));
    }
    if names.key.is_none() {
        return Err(impossible("cannot merge lists without merge key"));
    }
    let count = original.len();
    let (original, patch) = names.directives(original, patch)?;
    let merged = names.merged(&original, &patch, schema)?;
    let order = merged.iter().take(count).cloned().collect();
    Ok((names.ordered(merged, &patch, &original), order))
}

/// `$deleteFromPrimitiveList/field`: takes scalars out of a list.
pub(super) fn delete_from(original: &mut Map<String, Value>, field: &str, values: &Value) {
    let Some(values) = values.as_array() else { return };
    let names = Names { key: None };
    let gone = names.places(values);
    if let Some(list) = original.get_mut(field).and_then(Value::as_array_mut) {
        list.retain(|item| names.of(item).is_none_or(|name| !gone.contains_key(&name)));
    }
}

/// `$setElementOrder/field`: in which order items stand, of those that the writer knows of.
pub(super) fn set_orders(
    original: &mut Map<String, Value>,
    patch: &mut Map<String, Value>,
    schema: Option<&Schema>,
) -> Result<(), Failure> {
    let directives: Vec<String> = patch.keys().filter(|key| key.starts_with(SET_ORDER)).cloned().collect();
    for directive in directives {
        let Some(order) = patch.remove(&directive) else { continue };
        let field =
            directive.split_once('/').map(|(_, field)| field).ok_or_else(|| malformed("setElementOrder list"))?;
        let schema = schema.and_then(|schema| schema.properties.get(field));
        let order = list(order)?;
        let before = original.remove(field).map(list).transpose()?;
        let change = patch.remove(field).map(list).transpose()?;
        let names = Names { key: keyword(schema, "x-kubernetes-patch-merge-key") };
        names.check_order(change.as_deref().unwrap_or_default(), &order)?;
        let (merged, server_order) = match (before, change) {
            (None, None) => continue,
            (Some(before), None) => (before.clone(), before),
            (None, Some(change)) => (change.into_iter().filter_map(without_directives).collect(), Vec::new()),
            (Some(before), Some(change)) => merge_ordered(before, change, schema)?,
        };
        original.insert(field.to_owned(), names.ordered(merged, &order, &server_order).into());
    }
    Ok(())
}

fn list(value: Value) -> Result<Vec<Value>, Failure> {
    match value {
        Value::Array(items) => Ok(items),
        other => Err(impossible(format!("expected a []interface {{}}, but received {}", kind(&other)))),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a string",
        Value::Bool(_) => "a bool",
        Value::Number(_) => "a number",
        Value::Object(_) => "a map[string]interface {}",
        Value::Array(_) | Value::Null => "nothing",
    }
}

fn keyword<'s>(schema: Option<&'s Schema>, name: &str) -> Option<&'s str> {
    schema?.source.get(name)?.as_str()
}

/// What tells items of a list apart: a field, or for scalars themselves.
struct Names<'s> {
    key: Option<&'s str>,
}

impl Names<'_> {
    fn of(&self, item: &Value) -> Option<String> {
        match (self.key, item) {
            (Some(key), Value::Object(item)) => item.get(key).map(Value::to_string),
            (_, item) => Some(item.to_string()),
        }
    }

    /// Where items stand; of several with one name, the first.
    fn places(&self, items: &[Value]) -> HashMap<String, usize> {
        let named = items.iter().enumerate().rev();
        named.filter_map(|(index, item)| Some((self.of(item)?, index))).collect()
    }

    fn nameless(&self) -> Failure {
        impossible(format!("map does not contain declared merge key: {}", self.key.unwrap_or_default()))
    }

    fn distinct(&self, items: Vec<Value>) -> Vec<Value> {
        let places = self.places(&items);
        let first = |(index, item): &(usize, Value)| self.of(item).is_none_or(|name| places.get(&name) == Some(index));
        items.into_iter().enumerate().filter(first).map(|(_, item)| item).collect()
    }

    /// Follows the directives among the items of a patch, and leaves the others.
    fn directives(&self, mut original: Vec<Value>, patch: Vec<Value>) -> Result<(Vec<Value>, Vec<Value>), Failure> {
        let (directives, rest): (Vec<Value>, Vec<Value>) =
            patch.into_iter().partition(|item| item.get(PATCH).is_some());
        let mut replace = false;
        for directive in directives {
            match directive.get(PATCH).and_then(Value::as_str) {
                Some("delete") => {
                    let name = self.of(&directive).ok_or_else(|| self.nameless())?;
                    original.retain(|item| self.of(item).as_ref() != Some(&name));
                }
                Some("replace") => replace = true,
                Some("merge") => return Err(impossible("merging lists cannot yet be specified in the patch")),
                _ => return Err(unknown_directive(directive.get(PATCH).unwrap_or(&Value::Null))),
            }
        }
        Ok(if replace { (rest, Vec::new()) } else { (original, rest) })
    }

    /// Items with what a patch says of them; the order is the original's, and what is new comes last.
    fn merged(&self, original: &[Value], patch: &[Value], schema: Option<&Schema>) -> Result<Vec<Value>, Failure> {
        let schema = schema.and_then(|schema| schema.items.as_deref());
        let mut merged = original.to_vec();
        let mut places = self.places(original);
        for item in patch {
            let name = self.of(item).ok_or_else(|| self.nameless())?;
            match (places.get(&name), item) {
                (Some(place), Value::Object(patch)) => {
                    let original = merged[*place].as_object().cloned().unwrap_or_default();
                    merged[*place] = merge_map(original, patch.clone(), schema)?.into();
                }
                _ => {
                    places.insert(name, merged.len());
                    merged.push(item.clone());
                }
            }
        }
        Ok(merged)
    }

    /// A patch must name its items in the order that it asks for.
    fn check_order(&self, patch: &[Value], order: &[Value]) -> Result<(), Failure> {
        let mut rest = order.iter();
        for item in patch.iter().filter(|item| item.get(PATCH).is_none()) {
            let name = self.of(item).ok_or_else(|| self.nameless())?;
            if !rest.any(|other| self.of(other).as_ref() == Some(&name)) {
                return Err(impossible("The order in patch list doesn't match $setElementOrder list"));
            }
        }
        Ok(())
    }

    /// Items that the patch knows stand in its order, all others as they stood; where both are known to the server, its
    /// order decides between them.
    fn ordered(&self, items: Vec<Value>, patch: &[Value], server: &[Value]) -> Vec<Value> {
        let (patch_places, server_places) = (self.places(patch), self.places(server));
        let place =
            |places: &HashMap<String, usize>, item: &Value| self.of(item).and_then(|name| places.get(&name).copied());
        let (mut of_patch, mut others): (Vec<Value>, Vec<Value>) =
            items.into_iter().partition(|item| place(&patch_places, item).is_some());
        of_patch.sort_by_key(|item| place(&patch_places, item));
        others.sort_by_key(|item| place(&server_places, item).unwrap_or(usize::MAX));
        let mut all = Vec::with_capacity(of_patch.len() + others.len());
        let (mut of_patch, mut others) = (of_patch.into_iter().peekable(), others.into_iter().peekable());
        loop {
            let other_first = match (others.peek(), of_patch.peek()) {
                (None, None) => return all,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (Some(other), Some(own)) => match (place(&server_places, other), place(&server_places, own)) {
                    (Some(other), Some(own)) => other < own,
                    _ => false,
                },
            };
            all.extend(if other_first { others.next() } else { of_patch.next() });
        }
    }
}
