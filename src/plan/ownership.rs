//! Who owns the fields of an object that is to be applied, and who gives way.
//!
//! Two kinds of owners are ours in all but name: updates under our own field manager, which imperative verbs write, and what
//! `kubectl apply` wrote before the files were applied on the server. The first gives way field by field; the second is
//! handed over whole, as kubectl does it (`csaupgrade` in client-go), so that what leaves the files goes away too.

use std::collections::BTreeSet;
use std::fmt;

use kube::core::Status;
use serde_json::{Map, Value};

use crate::api::names::{annotation, field_manager};

/// A field that somebody else owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The owner's field manager.
    pub manager: String,
    /// Whether the owner updates rather than applies.
    pub updates: bool,
    /// The owner, as the server names it.
    pub owner: String,
    /// The field.
    pub field: String,
}

/// The conflicts that the server tells of; none when it refuses for another reason.
pub fn conflicts(status: &Status) -> Vec<Conflict> {
    let causes = status.details.iter().flat_map(|details| &details.causes);
    let conflicts = causes.filter(|cause| cause.reason == "FieldManagerConflict").filter_map(|cause| {
        let owner = cause.message.strip_prefix("conflict with ")?;
        let mut words = serde_json::Deserializer::from_str(owner).into_iter::<String>();
        let manager = words.next()?.ok()?;
        let updates = owner.get(words.byte_offset()..)?.contains(" using ");
        Some(Conflict { manager, updates, owner: owner.to_owned(), field: cause.field.clone() })
    });
    conflicts.collect()
}

/// Conflicts in the server's words.
pub struct Told<'a>(pub &'a [Conflict]);

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [Conflict { owner, field, .. }] = self.0 {
            return write!(f, "Apply failed with 1 conflict: conflict with {owner}: {field}");
        }
        write!(f, "Apply failed with {} conflicts: ", self.0.len())?;
        let owners: BTreeSet<_> = self.0.iter().map(|conflict| &conflict.owner).collect();
        for (index, owner) in owners.into_iter().enumerate() {
            write!(f, "{}conflicts with {owner}:", if index == 0 { "" } else { "\n" })?;
            let fields = self.0.iter().filter(|conflict| conflict.owner == *owner);
            fields.into_iter().try_for_each(|conflict| write!(f, "\n- {}", conflict.field))?;
        }
        Ok(())
    }
}

/// The field managers whose updates give way to an apply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Yielding(BTreeSet<String>);

impl Yielding {
    /// Those that give way to `manager` on an object as it is now.
    pub fn to(manager: &str, live: Option<&Value>) -> Self {
        let handed_over = live.map(client_side_appliers).unwrap_or_default();
        Self(handed_over.into_iter().chain([manager]).map(str::to_owned).collect())
    }

    /// The conflicts that are left when they have given way.
    pub fn left(&self, conflicts: Vec<Conflict>) -> Vec<Conflict> {
        let gives_way = |conflict: &Conflict| conflict.updates && self.0.contains(&conflict.manager);
        conflicts.into_iter().filter(|conflict| !gives_way(conflict)).collect()
    }
}

/// The `managedFields` with which what `kubectl apply` wrote belongs to `manager`; nothing when that is so already.
pub fn handed_over(live: &Value, manager: &str) -> Option<Vec<Value>> {
    let appliers = client_side_appliers(live);
    let mut entries = entries(live).to_vec();
    let is_theirs = |entry: &Value| is_update(entry) && appliers.contains(text(entry, "manager"));
    let first = entries.iter().position(is_theirs)?;
    let ours = entries.iter().position(|entry| is_apply_of(entry, manager));
    let target = ours.unwrap_or(first);
    let version = text(&entries[target], "apiVersion").to_owned();
    let same_version = entries.iter().filter(|entry| is_theirs(entry) && text(entry, "apiVersion") == version);
    let all = same_version.fold(entries[target]["fieldsV1"].clone(), |all, entry| union(all, &entry["fieldsV1"]));
    let mut merged = entries[target].clone();
    merged["manager"] = manager.into();
    merged["operation"] = "Apply".into();
    merged["fieldsV1"] = all;
    entries[target] = merged;
    entries.retain(|entry| !is_theirs(entry));
    Some(entries)
}

/// Takes out of an object, as the server says it would be after a forced apply, what goes away because it was handed over
/// and is not applied again: what `kubectl apply` wrote to the `live` one and nobody else owns. The server cannot be asked
/// for this without doing it. Fields with a default do not go away but get it: `anew` is the object as the server would
/// make it of what is applied alone.
pub fn drop_left_over(live: &Value, after: &mut Value, anew: Option<&Value>) {
    let appliers = client_side_appliers(live);
    let is_theirs = |entry: &&Value| is_update(entry) && appliers.contains(text(entry, "manager"));
    let claims = entries(after).iter().filter(|entry| !is_theirs(entry)).map(|entry| entry["fieldsV1"].clone());
    let claims: Vec<_> = claims.collect();
    for entry in entries(live).iter().filter(is_theirs) {
        drop_unclaimed(after, &entry["fieldsV1"], &claims.iter().collect::<Vec<_>>(), anew);
    }
    if let Some(entries) = after.pointer_mut("/metadata/managedFields").and_then(Value::as_array_mut) {
        entries.retain(|entry| !is_theirs(&entry));
    }
    if let Some(metadata) = after.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.retain(|_, value| !value.as_object().is_some_and(Map::is_empty));
    }
}

fn drop_unclaimed(value: &mut Value, fields: &Value, claims: &[&Value], anew: Option<&Value>) {
    for (key, members) in fields.as_object().into_iter().flatten().filter(|(key, _)| *key != ".") {
        let claims: Vec<_> = claims.iter().filter_map(|claim| claim.get(key)).collect();
        let is_field = members.as_object().is_none_or(|members| members.is_empty() || members.contains_key("."));
        let default = anew.and_then(|anew| member_of(anew, key));
        let goes = claims.is_empty() && is_field;
        match (default, member(value, key)) {
            (Some(default), Some(found)) if goes => *found = default.clone(),
            _ if goes => remove(value, key),
            (_, Some(found)) => drop_unclaimed(found, members, &claims, default),
            (_, None) => {}
        }
    }
}

/// Whether what `kubectl apply` wrote to an object would be handed over.
pub fn is_handed_over(live: &Value) -> bool {
    !client_side_appliers(live).is_empty()
}

/// The same as [`member`], to look at.
fn member_of<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    match key.split_once(':')? {
        ("f", field) => value.get(field),
        ("k", keys) => {
            let keys = serde_json::from_str::<Value>(keys).ok()?;
            value.as_array()?.iter().find(|item| has_keys(item, &keys))
        }
        _ => None,
    }
}

/// The member that a key of `fieldsV1` means: `f:` a field, `k:` the list's item with these keys.
fn member<'v>(value: &'v mut Value, key: &str) -> Option<&'v mut Value> {
    match key.split_once(':')? {
        ("f", field) => value.get_mut(field),
        ("k", keys) => {
            let keys = serde_json::from_str::<Value>(keys).ok()?;
            value.as_array_mut()?.iter_mut().find(|item| has_keys(item, &keys))
        }
        _ => None,
    }
}

fn remove(value: &mut Value, key: &str) {
    match (key.split_once(':'), value) {
        (Some(("f", field)), Value::Object(fields)) => drop(fields.remove(field)),
        (Some(("k", keys)), Value::Array(items)) => {
            let keys = serde_json::from_str::<Value>(keys).unwrap_or_default();
            items.retain(|item| !has_keys(item, &keys));
        }
        (Some(("v", text)), Value::Array(items)) => {
            let removed = serde_json::from_str::<Value>(text).ok();
            items.retain(|item| Some(item) != removed.as_ref());
        }
        _ => {}
    }
}

fn has_keys(item: &Value, keys: &Value) -> bool {
    keys.as_object().is_some_and(|keys| keys.iter().all(|(key, value)| item.get(key) == Some(value)))
}

/// Whether `manager` has applied an object.
pub fn is_applied_by(object: &Value, manager: &str) -> bool {
    entries(object).iter().any(|entry| is_apply_of(entry, manager))
}

/// Whether `manager` has written any of an object.
pub fn is_written_by(object: &Value, manager: &str) -> bool {
    entries(object).iter().any(|entry| text(entry, "manager") == manager)
}

/// Those who applied without the server: kubectl, and whoever owns the annotation that tells what was applied last.
fn client_side_appliers(live: &Value) -> BTreeSet<&str> {
    let keeps_record = |entry: &Value| {
        let annotations = &entry["fieldsV1"]["f:metadata"]["f:annotations"];
        annotations.get(format!("f:{}", annotation::LAST_APPLIED_CONFIGURATION)).is_some()
    };
    let is_one = |entry: &&Value| {
        is_update(entry) && (text(entry, "manager") == field_manager::KUBECTL_CLIENT_SIDE_APPLY || keeps_record(entry))
    };
    entries(live).iter().filter(is_one).map(|entry| text(entry, "manager")).collect()
}

fn entries(object: &Value) -> &[Value] {
    object.pointer("/metadata/managedFields").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Whether an entry is of updates to the object itself.
fn is_update(entry: &Value) -> bool {
    text(entry, "operation") == "Update" && text(entry, "subresource").is_empty()
}

fn is_apply_of(entry: &Value, manager: &str) -> bool {
    text(entry, "operation") == "Apply" && text(entry, "subresource").is_empty() && text(entry, "manager") == manager
}

fn text<'a>(entry: &'a Value, field: &str) -> &'a str {
    entry[field].as_str().unwrap_or_default()
}

/// What is in one or the other of two sets of fields. A set without members is a field of its own; with members it is one
/// only if `.` says so.
fn union(one: Value, other: &Value) -> Value {
    let (Value::Object(mut one), Value::Object(other)) = (one, other) else { return other.clone() };
    if one.is_empty() != other.is_empty() {
        one.insert(".".to_owned(), Map::new().into());
    }
    for (key, value) in other {
        let merged = match one.remove(key) {
            Some(mine) => union(mine, value),
            None => value.clone(),
        };
        one.insert(key.clone(), merged);
    }
    Value::Object(one)
}

#[cfg(test)]
mod tests;
