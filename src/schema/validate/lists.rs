//! Lists that are sets or maps: nothing may be in them twice.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::schema::{Finding, ListType, Reason, Schema, place::Place};

/// Finds what is in a set or a map twice; each is told once, where it is for the second time.
pub(super) fn check(schema: &Schema, object: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Value::Object(fields) = object {
        check_fields(schema, fields, &Place::ROOT, &mut findings);
    }
    findings
}

fn check_fields(schema: &Schema, fields: &Map<String, Value>, place: &Place<'_>, findings: &mut Vec<Finding>) {
    if let Some(additional) = &schema.additional {
        for (key, value) in fields {
            check_value(additional, value, &place.key(key), findings);
        }
    }
    for (name, value) in fields {
        if let Some(schema) = schema.properties.get(name) {
            check_value(schema, value, &place.field(name), findings);
        }
    }
}

fn check_value(schema: &Schema, value: &Value, place: &Place<'_>, findings: &mut Vec<Finding>) {
    match value {
        Value::Object(fields) => check_fields(schema, fields, place, findings),
        Value::Array(items) => {
            match &schema.list {
                ListType::Atomic => {}
                ListType::Set => check_unique(items.iter().cloned(), place, findings),
                ListType::Map(keys) => check_map(items, keys, place, findings),
            }
            if let Some(schema) = &schema.items {
                for (index, item) in items.iter().enumerate() {
                    check_value(schema, item, &place.index(index), findings);
                }
            }
        }
        _ => {}
    }
}

fn check_map(items: &[Value], keys: &[String], place: &Place<'_>, findings: &mut Vec<Finding>) {
    let other = items.iter().enumerate().find(|(_, item)| !item.is_object() && !item.is_null());
    if let Some((index, item)) = other {
        let detail = "must be an object for an array of list-type map";
        findings.push(Finding::about(&place.index(index).path(), Reason::Invalid, item, detail));
        return;
    }
    check_unique(items.iter().map(|item| key_of(item, keys)), place, findings);
}

/// The part of an item that names it.
fn key_of(item: &Value, keys: &[String]) -> Value {
    Value::Object(keys.iter().filter_map(|key| Some((key.clone(), item.get(key)?.clone()))).collect())
}

fn check_unique(items: impl Iterator<Item = Value>, place: &Place<'_>, findings: &mut Vec<Finding>) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (index, item) in items.enumerate() {
        let times = seen.entry(item.to_string()).or_default();
        *times += 1;
        if *times == 2 {
            findings.push(Finding::about(&place.index(index).path(), Reason::Duplicate, &item, ""));
        }
    }
}

/// The items of an old list by their keys, when it is a map.
pub(crate) struct Correlation<'a> {
    keys: &'a [String],
    items: HashMap<String, &'a Value>,
}

impl<'a> Correlation<'a> {
    pub(crate) fn of(old: Option<&'a Value>, keys: Option<&'a [String]>) -> Self {
        let (Some(Value::Array(items)), Some(keys)) = (old, keys) else {
            return Self { keys: &[], items: HashMap::new() };
        };
        // The first of several counts.
        let items = items.iter().rev().filter_map(|item| Some((Self::name(item, keys)?, item))).collect();
        Self { keys, items }
    }

    /// The old item of the same name.
    pub(crate) fn find(&self, item: &Value) -> Option<&'a Value> {
        if self.items.is_empty() {
            return None;
        }
        self.items.get(&Self::name(item, self.keys)?).copied()
    }

    fn name(item: &Value, keys: &[String]) -> Option<String> {
        item.is_object().then(|| key_of(item, keys).to_string())
    }
}
