//! What the server decides about an object before it is kept, as kube-apiserver's strategies do: pure.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::causes::quoted;
use super::failure::{Cause, Failure};
use super::resource::Resource;
use super::{crd, meta};

/// What part of an object a write may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All but the status, where that is a subresource.
    Main,
    /// The status alone.
    Status,
    /// The finalizers in the spec of a namespace.
    Finalize,
}

/// Gives a new object what only the server gives: identity, birth, first generation.
pub fn before_create(resource: &Resource, object: &mut Value, uid: &str, now: Timestamp) {
    for field in ["resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation"] {
        meta::remove(object, field);
    }
    meta::set(object, "uid", uid.into());
    meta::set(object, "creationTimestamp", meta::time(now).into());
    if counts_generations(resource) {
        meta::set(object, "generation", 1.into());
    }
    if resource.status && resource.custom {
        remove_field(object, "status");
    }
    write_type(resource, object);
}

/// Whether `metadata.generation` is kept for objects of this kind.
fn counts_generations(resource: &Resource) -> bool {
    resource.custom || matches!(resource.plural.as_str(), "endpointslices" | "customresourcedefinitions" | "pods")
}

/// Takes over from the old object what this write may not change, and counts the generation.
pub fn before_update(resource: &Resource, part: Part, old: &Value, new: &mut Value) {
    match part {
        Part::Main if resource.status => copy_field(old, new, "status"),
        Part::Main => {}
        Part::Status => keep_all_but(old, new, "status"),
        Part::Finalize => keep_all_but(old, new, "spec"),
    }
    for field in ["creationTimestamp", "generation"] {
        meta::copy(old, new, field);
    }
    // A deletion can be neither taken back nor, as the check of the metadata says, begun by an update.
    if meta::deleting(old) {
        meta::copy(old, new, "deletionTimestamp");
    }
    if new["metadata"].get("deletionGracePeriodSeconds").is_none_or(Value::is_null) {
        meta::copy(old, new, "deletionGracePeriodSeconds");
    }
    meta::remove(new, "selfLink");
    if meta::uid(new).is_empty() {
        meta::copy(old, new, "uid");
    }
    write_type(resource, new);
    let changed = part == Part::Main && counts_generations(resource) && differ_outside_metadata(old, new);
    if changed {
        meta::next_generation(new);
    }
}

/// Keeps one field of the new object and everything else, managed fields excepted, of the old one.
fn keep_all_but(old: &Value, new: &mut Value, field: &str) {
    let mut kept = old.clone();
    copy_field(new, &mut kept, field);
    meta::copy(new, &mut kept, "managedFields");
    // Both stay as they were sent, so that they can be checked against the old ones.
    for field in ["resourceVersion", "uid"] {
        meta::copy(new, &mut kept, field);
    }
    *new = kept;
}

fn copy_field(from: &Value, to: &mut Value, field: &str) {
    let Some(fields) = to.as_object_mut() else {
        return;
    };
    match from.get(field) {
        Some(value) => {
            fields.insert(field.to_owned(), value.clone());
        }
        None => {
            fields.remove(field);
        }
    }
}

fn remove_field(object: &mut Value, field: &str) {
    if let Some(fields) = object.as_object_mut() {
        fields.remove(field);
    }
}

fn write_type(resource: &Resource, object: &mut Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert("apiVersion".to_owned(), resource.api_version().into());
        fields.insert("kind".to_owned(), resource.kind.as_str().into());
    }
}

fn differ_outside_metadata(one: &Value, other: &Value) -> bool {
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else {
        return one != other;
    };
    let outside = |(key, _): &(&String, &Value)| !matches!(key.as_str(), "metadata" | "apiVersion" | "kind");
    !one.iter().filter(outside).eq(other.iter().filter(outside))
}

/// Checks that an object which is put in the place of another means the one that is there.
///
/// # Errors
/// 409 for another identity.
pub fn check_identity(resource: &Resource, old: &Value, new: &Value) -> Result<(), Failure> {
    let (expected, actual) = (meta::uid(new), meta::uid(old));
    if expected.is_empty() || expected == actual {
        return Ok(());
    }
    let why = format!(
        "StorageError: invalid object, Code: 4, Key: {}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: \
         UID in precondition: {expected}, UID in object meta: {actual}",
        etcd_key(resource, old)
    );
    Err(Failure::conflict(&resource.group, &resource.plural, meta::name(old), &why))
}

/// Where a real server keeps an object in etcd, which it tells in some errors.
fn etcd_key(resource: &Resource, object: &Value) -> String {
    let kind = match resource.plural.as_str() {
        _ if resource.custom => resource.group.clone() + "/" + &resource.plural,
        "customresourcedefinitions" => resource.group.clone() + "/" + &resource.plural,
        "services" => "services/specs".to_owned(),
        plural => plural.to_owned(),
    };
    let (namespace, name) = (meta::namespace(object), meta::name(object));
    let namespace = if namespace.is_empty() { String::new() } else { format!("{namespace}/") };
    format!("/registry/{kind}/{namespace}{name}")
}

/// Checks that a write which names a version means the one that is there.
///
/// # Errors
/// 409 for another version, 422 where one has to be named and is not, 500 for what is none.
pub fn check_version(resource: &Resource, old: &Value, new: &Value) -> Result<(), Failure> {
    let (group, plural, name) = (resource.group.as_str(), resource.plural.as_str(), meta::name(old));
    let version = meta::text(new, "resourceVersion");
    if version.is_empty() || version == "0" {
        if !resource.custom && resource.plural != "customresourcedefinitions" && resource.plural != "leases" {
            return Ok(());
        }
        let message = "Invalid value: 0: must be specified for an update".to_owned();
        let field = "metadata.resourceVersion".to_owned();
        let cause = Cause { reason: "FieldValueInvalid", message, field };
        return Err(Failure::invalid(group, plural, name, &[cause]));
    }
    if let Err(why) = version.parse::<u64>() {
        let why = match why.kind() {
            std::num::IntErrorKind::PosOverflow => "value out of range",
            _ => "invalid syntax",
        };
        return Err(Failure::unexpected(format!("strconv.ParseUint: parsing {}: {why}", quoted(version))));
    }
    if version == meta::text(old, "resourceVersion") {
        return Ok(());
    }
    Err(Failure::conflict(group, plural, name, STALE))
}

/// What is said of a stale version.
pub const STALE: &str = "the object has been modified; please apply your changes to the latest version and try again";

/// What becomes of dependents when their owner is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Propagation {
    /// They are deleted after it.
    Background,
    /// They are deleted before it.
    Foreground,
    /// They stay.
    Orphan,
}

/// What a deletion asks for: `DeleteOptions`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deletion {
    /// What becomes of dependents; `None` keeps what the object's finalizers say.
    pub propagation: Option<Propagation>,
    /// `preconditions.uid`.
    pub uid: Option<String>,
    /// `preconditions.resourceVersion`.
    pub resource_version: Option<String>,
    /// Whether nothing is to happen.
    pub dry_run: bool,
}

/// What deleting an object comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Deleted {
    /// It goes at once.
    Gone,
    /// It stays until its finalizers are gone; this is how it looks until then.
    Marked(Value),
}

/// Decides about a deletion.
///
/// # Errors
/// 409 when the object is not the one that was meant.
pub fn delete(resource: &Resource, old: &Value, asked: &Deletion, now: Timestamp) -> Result<Deleted, Failure> {
    check_preconditions(resource, old, asked)?;
    if resource.qualified() == crd::RESOURCE && !meta::deleting(old) {
        return Ok(Deleted::Marked(crd::leaving(old, now)));
    }
    let finalizers = finalizers_for(old, asked.propagation);
    let spec_finalizers = resource.plural == "namespaces"
        && resource.group.is_empty()
        && old["spec"]["finalizers"].as_array().is_some_and(|list| !list.is_empty());
    if finalizers.is_empty() && !spec_finalizers {
        return Ok(Deleted::Gone);
    }
    let mut marked = old.clone();
    meta::set_finalizers(&mut marked, &finalizers);
    if !meta::deleting(old) {
        meta::next_generation(&mut marked);
        meta::set(&mut marked, "deletionTimestamp", meta::time(now).into());
    }
    meta::set(&mut marked, "deletionGracePeriodSeconds", 0.into());
    if spec_finalizers {
        marked["status"]["phase"] = json!("Terminating");
        meta::remove(&mut marked, "deletionGracePeriodSeconds");
    }
    Ok(Deleted::Marked(marked))
}

fn check_preconditions(resource: &Resource, old: &Value, asked: &Deletion) -> Result<(), Failure> {
    let conflict = |why: String| Err(Failure::conflict(&resource.group, &resource.kind, meta::name(old), &why));
    let (uid, version) = (meta::uid(old), meta::text(old, "resourceVersion"));
    match (&asked.uid, &asked.resource_version) {
        (Some(expected), _) if expected != uid => conflict(format!(
            "the UID in the precondition ({expected}) does not match the UID in record ({uid}). \
             The object might have been deleted and then recreated"
        )),
        (_, Some(expected)) if expected != version => conflict(format!(
            "the ResourceVersion in the precondition ({expected}) does not match the ResourceVersion in record \
             ({version}). The object might have been modified"
        )),
        _ => Ok(()),
    }
}

/// Finalizers with those of the garbage collector as the propagation wants them.
fn finalizers_for(old: &Value, propagation: Option<Propagation>) -> Vec<String> {
    let present = meta::finalizers(old);
    let Some(propagation) = propagation else {
        return present.into_iter().map(str::to_owned).collect();
    };
    let others = present.into_iter().filter(|name| ![meta::FOREGROUND, meta::ORPHAN].contains(name));
    let ours = match propagation {
        Propagation::Background => None,
        Propagation::Foreground => Some(meta::FOREGROUND),
        Propagation::Orphan => Some(meta::ORPHAN),
    };
    others.chain(ours).map(str::to_owned).collect()
}

/// Whether an update has made the last wait of a deletion end.
pub fn ends_deletion(old: &Value, new: &Value) -> bool {
    let spec_finalizers = |object: &Value| object["spec"]["finalizers"].as_array().is_some_and(|list| !list.is_empty());
    let waits = |object: &Value| {
        !meta::finalizers(object).is_empty() || (object["kind"] == "Namespace" && spec_finalizers(object))
    };
    meta::deleting(new) && waits(old) && !waits(new)
}

#[cfg(test)]
mod tests;
