//! Who owns which field of an object: `metadata.managedFields` and server-side apply, as kube-apiserver 1.36 does them.
//!
//! Every write gives the fields that it changes to its manager. An applied configuration is laid over the object field by
//! field: what others own is a conflict, what its manager applied before and does not any more goes away. Pure; what
//! counts as a field of its own is said by the schema ([`ListType`](crate::schema::ListType), atomic maps).
//! <https://kubernetes.io/docs/reference/using-api/server-side-apply/> tells the story,
//! `sigs.k8s.io/structured-merge-diff` and `apimachinery/pkg/util/managedfields` the details.

mod blank;
mod check;
mod codec;
mod compare;
mod conflict;
mod entries;
mod last_applied;
mod merge;
mod owned;
mod path;
mod scale;
mod set;
mod typed;
mod write;

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::failure::Failure;
use super::resource::Resource;
pub(super) use check::go as go_shown;
use check::{Duplicates, Problems, check};
use conflict::Conflict;
use entries::{Asked, Owners};
use write::{Applied, Write};

/// Who writes through which endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manager<'a> {
    /// Name of the field manager; an empty one is `unknown`.
    pub name: &'a str,
    /// Subresource that is written to, such as `status` or `scale`; empty for the object itself.
    pub subresource: &'a str,
}

/// Sets `metadata.managedFields` of an object that is to be written by a create, an update or a patch other than apply.
///
/// `live` is the object as it is, `None` for a create. `new` is what the request makes of it: pruned, defaulted and read
/// as `ObjectMeta` is (empty labels, annotations, finalizers and owners are not there), with what it says of
/// `managedFields`, before the server itself changes anything (`status`, `generation`, allocated fields). For a
/// subresource it is the whole object with the change in it.
///
/// What the request says of `managedFields` counts if it can be read. An empty list, or one of an empty entry, ends all
/// ownership; so does, for custom resources, an entry of another group.
pub fn update(live: Option<&Value>, new: &mut Value, resource: &Resource, manager: &Manager<'_>, now: Timestamp) {
    let given = entries::take(new);
    let asked = if manager.subresource.is_empty() { entries::asked(given.as_ref()) } else { Asked::Nothing };
    let owners = match asked {
        Asked::These(owners) if !owners.0.is_empty() => owners,
        Asked::Reset => Owners::default(),
        _ => live.and_then(entries::listed).and_then(|list| Owners::decode(list).ok()).unwrap_or_default(),
    };
    if owners.of_other_groups(&resource.group) && resource.custom {
        return;
    }
    // An object that is not tracked stays so until it is applied.
    if live.is_some() && owners.0.is_empty() {
        return;
    }
    let blank;
    let live = match live {
        Some(live) => live,
        None => {
            blank = blank::blank(resource);
            &blank
        }
    };
    // As on the real server an object that cannot be tracked is written all the same.
    if let Ok(owners) = Write::new(resource, manager, now).update(live, new, owners) {
        set_owners(new, &owners);
    }
}

/// The object that server-side apply makes of the one that is there, with its `metadata.managedFields`. It is yet to be
/// defaulted and validated: what was emptied by it can be `null`. Without a `live` object it is the one to create.
///
/// # Errors
///
/// 409 Conflict with a cause for each field that others own, unless `force`; 400 BadRequest for what is not of this
/// resource or brings its own `managedFields`; 500 as the real server has it for what is not as the schema says.
pub fn apply(
    live: Option<&Value>,
    applied: &Value,
    resource: &Resource,
    manager: &Manager<'_>,
    force: bool,
    now: Timestamp,
) -> Result<Value, Failure> {
    check_kind(applied, resource)?;
    let write = Write::new(resource, manager, now);
    let blank = blank::blank(resource);
    let live = live.unwrap_or(&blank);
    let listed = entries::listed(live).map(Vec::as_slice).unwrap_or_default();
    let mut owners = Owners::decode(listed).map_err(|_| internal("failed to decode managed fields".to_owned()))?;
    if owners.0.is_empty() {
        let first = Write::new(resource, manager, now).by("before-first-apply");
        owners = first.update(&blank, live, owners).map_err(|problems| {
            let problems = shown(problems, resource);
            internal(format!(
                "failed to create manager for existing fields: failed to update ManagedFields: {problems}"
            ))
        })?;
    }
    if entries::listed(applied).is_some() {
        return Err(Failure::bad_request("metadata.managedFields must be nil"));
    }
    check_types(&write, applied, live, resource)?;
    let result = apply_over(&write, live, applied, owners, force, manager.name == last_applied::KUBECTL);
    let Applied { object, owners } = result.map_err(|conflicts| conflict::failure(&conflicts))?;
    let mut object = object.unwrap_or_else(|| live.clone());
    set_owners(&mut object, &owners);
    if manager.name == last_applied::KUBECTL {
        last_applied::follow(&mut object, applied);
    }
    Ok(object)
}

/// Gives the times of `managedFields` back if nothing else has changed, so that a write that changes nothing is none. To
/// be called when `new` is all that would be stored.
pub fn keep_times(live: &Value, new: &mut Value) {
    let (Some(before), Some(after)) = (entries::listed(live), entries::listed(new)) else { return };
    let but_time = |before: &Value, after: &Value| same_but("time", before, after, |_, _| true);
    let same_list =
        before.len() == after.len() && before.iter().zip(after).all(|(before, after)| but_time(before, after));
    let same_metadata = |before: &Value, after: &Value| same_but("managedFields", before, after, |_, _| true);
    if same_list && same_but("metadata", live, new, same_metadata) {
        let before = before.clone();
        put_list(new, Some(Value::Array(before)));
    }
}

/// Whether two objects are the same but for one field, which another eye compares.
fn same_but(name: &str, left: &Value, right: &Value, same: impl Fn(&Value, &Value) -> bool) -> bool {
    let (Some(left), Some(right)) = (left.as_object(), right.as_object()) else { return left == right };
    let others = |fields| Map::iter(fields).filter(|(field, _)| *field != name);
    let fields = (left.get(name).unwrap_or(&Value::Null), right.get(name).unwrap_or(&Value::Null));
    others(left).eq(others(right)) && same(fields.0, fields.1)
}

/// Applies, and lets `kubectl` take over what `kubectl apply` applied.
fn apply_over(
    write: &Write<'_>,
    live: &Value,
    applied: &Value,
    owners: Owners,
    force: bool,
    is_kubectl: bool,
) -> Result<Applied, Vec<Conflict>> {
    let conflicts = match write.apply(live, applied, owners.clone(), force) {
        Err(conflicts) if is_kubectl => conflicts,
        result => return result,
    };
    let Some(allowed) = last_applied::unchanged(write.typed, live, &write.api_version) else { return Err(conflicts) };
    let open: Vec<_> = conflicts.into_iter().filter(|conflict| !allowed.contains(&conflict.path)).collect();
    if open.is_empty() { write.apply(live, applied, owners, true) } else { Err(open) }
}

/// Checks that a configuration is of the kind that it is applied to.
///
/// # Errors
/// 400 naming the kind that it says it is of.
pub fn check_kind(applied: &Value, resource: &Resource) -> Result<(), Failure> {
    let text = |name| applied.get(name).and_then(Value::as_str).unwrap_or_default();
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    if applied.is_object() && api_version == resource.api_version() && kind == resource.kind {
        return Ok(());
    }
    Err(Failure::bad_request(format!("invalid object type: {}", group_version_kind(api_version, kind))))
}

fn group_version_kind(api_version: &str, kind: &str) -> String {
    let slash = if api_version.contains('/') { "" } else { "/" };
    format!("{slash}{api_version}, Kind={kind}")
}

/// Checks that both can be merged field by field.
fn check_types(write: &Write<'_>, applied: &Value, live: &Value, resource: &Resource) -> Result<(), Failure> {
    let failed = |what: &str, object: &Value, problems| {
        let text = |name: &str| object.get("metadata").and_then(|metadata| metadata.get(name)).and_then(Value::as_str);
        let name = format!("{}/{}", text("namespace").unwrap_or_default(), text("name").unwrap_or_default());
        let kind = group_version_kind(&resource.api_version(), &resource.kind);
        internal(format!("failed to create typed {what} object ({name}; {kind}): {}", shown(problems, resource)))
    };
    check(write.typed, applied, Duplicates::Forbidden).map_err(|problems| failed("patch", applied, problems))?;
    check(write.typed, live, Duplicates::Allowed).map_err(|problems| failed("live", live, problems))
}

/// Problems as they may be told: nothing that is secret.
fn shown(problems: Problems, resource: &Resource) -> Problems {
    if resource.kind == "Secret" { problems.without_values() } else { problems }
}

/// 500 without a reason, as the real server answers what its own code did not expect.
fn internal(message: String) -> Failure {
    Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "", message)
}

fn set_owners(object: &mut Value, owners: &Owners) {
    put_list(object, owners.encode());
}

fn put_list(object: &mut Value, list: Option<Value>) {
    entries::take(object);
    let Some(list) = list else { return };
    let metadata = object.as_object_mut().map(|object| object.entry("metadata").or_insert_with(|| Map::new().into()));
    if let Some(metadata) = metadata.and_then(Value::as_object_mut) {
        metadata.insert("managedFields".to_owned(), list);
    }
}

#[cfg(test)]
mod tests;
