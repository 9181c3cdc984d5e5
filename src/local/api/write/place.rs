//! Whether an object is of the kind, in the place and under the name that its request's path says.

use serde_json::Value;

use super::Call;
use crate::local::api::failure::Failure;
use crate::local::api::{causes, meta};
use crate::schema::{go, metadata};

/// What generated names are made of: no vowels, nothing that looks like another letter, as Kubernetes has it.
const LETTERS: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
/// Length of the random part.
const RANDOM: usize = 5;
/// The longest prefix that is kept, so that a name stays a DNS label.
const LONGEST_PREFIX: usize = 63 - RANDOM;

/// # Errors
/// 400 when the object says that it is of another kind or version.
pub(super) fn check_type(call: &Call, object: &Value) -> Result<(), Failure> {
    check_kind(call, object)?;
    match metadata::malformed(&call.resource.schema, object) {
        None => Ok(()),
        Some(why) => Err(Failure::bad_request(format!(
            "{kind} in version \"{}\" cannot be handled as a {kind}: {why}",
            call.resource.version,
            kind = call.resource.kind
        ))),
    }
}

fn check_kind(call: &Call, object: &Value) -> Result<(), Failure> {
    let resource = &call.resource;
    if !object.is_object() {
        return Err(Failure::bad_request(format!(
            "the object provided is unrecognized (must be of type {}): couldn't get version/kind; json parse error: \
             json: cannot unmarshal {} into Go value of type struct {{ APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; \
             Kind string \"json:\\\"kind,omitempty\\\"\" }}",
            resource.kind,
            go::json_kind(object)
        )));
    }
    let (kind, version) = (object["kind"].as_str(), object["apiVersion"].as_str());
    let api_version = resource.api_version();
    match (kind, version) {
        (None | Some(""), None | Some("")) if !resource.custom => Ok(()),
        (None | Some(""), _) if resource.custom => Err(missing("kind", object)),
        (_, None | Some("")) if resource.custom => Err(missing("apiVersion", object)),
        _ => {
            let (kind, version) = (kind.unwrap_or(&resource.kind), version.unwrap_or(&api_version));
            // What custom resources are of is checked with all else.
            if version == api_version && (resource.custom || kind == resource.kind) {
                return Ok(());
            }
            Err(mismatch(call, kind, version))
        }
    }
}

/// # Errors
/// 422 when a custom resource says that it is of another kind of the same version.
pub(super) fn check_own_kind(call: &Call, object: &Value) -> Result<(), Failure> {
    let (resource, kind) = (&call.resource, object["kind"].as_str().unwrap_or_default());
    if !resource.custom || kind == resource.kind {
        return Ok(());
    }
    let cause = causes::invalid("kind", &kind.into(), &format!("must be {}", resource.kind));
    Err(Failure::invalid(&resource.group, kind, meta::name(object), &[cause]))
}

fn missing(field: &str, object: &Value) -> Failure {
    Failure::bad_request(format!("Object '{}' is missing in '{object}'", if field == "kind" { "Kind" } else { field }))
}

fn mismatch(call: &Call, kind: &str, version: &str) -> Failure {
    let resource = &call.resource;
    let short = version.rsplit('/').next().unwrap_or_default();
    Failure::bad_request(format!(
        "{kind} in version \"{short}\" cannot be handled as a {}: converting ({short}.{kind}) to (core.{}): unknown conversion",
        resource.kind, resource.kind
    ))
}

/// Gives the object the namespace of the request.
///
/// # Errors
/// 400 when it names another one. What an object of the cluster says of a namespace is dropped.
pub(super) fn check_namespace(call: &Call, object: &mut Value) -> Result<(), Failure> {
    if !call.resource.namespaced {
        meta::remove(object, "namespace");
        return Ok(());
    }
    let said = meta::namespace(object);
    if !said.is_empty() && said != call.namespace() {
        return Err(Failure::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ));
    }
    meta::set(object, "namespace", call.namespace().into());
    Ok(())
}

/// # Errors
/// 400 when the object has another name than the request, or none.
pub(super) fn check_name(call: &Call, object: &Value) -> Result<(), Failure> {
    named(call, object)?;
    let said = meta::name(object);
    if said == call.name() {
        return Ok(());
    }
    Err(Failure::bad_request(format!(
        "the name of the object ({said}) does not match the name on the URL ({})",
        call.name()
    )))
}

/// # Errors
/// 400 when the object has no name.
fn named(call: &Call, object: &Value) -> Result<(), Failure> {
    if !meta::name(object).is_empty() {
        return Ok(());
    }
    let why = "was undeterminable: name must be provided";
    Err(Failure::bad_request(format!("the name of the object ({} based on URL) {why}", call.name())))
}

/// Gives a new object a name if it has a prefix of one; whether it was made up.
pub(super) fn generate_name(object: &mut Value) -> bool {
    let prefix = meta::text(object, "generateName");
    if !meta::name(object).is_empty() || prefix.is_empty() {
        return false;
    }
    let prefix: String = prefix.chars().take(LONGEST_PREFIX).collect();
    let random = uuid::Uuid::new_v4();
    let letters = random.as_bytes().iter().take(RANDOM);
    let letters =
        letters.filter_map(|byte| LETTERS.get(usize::from(*byte) % LETTERS.len())).map(|byte| char::from(*byte));
    let name: String = prefix.chars().chain(letters).collect();
    meta::set(object, "name", name.into());
    true
}
