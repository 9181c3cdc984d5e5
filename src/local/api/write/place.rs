//! Whether an object is of the kind, in the place and under the name that its request's path says.

use serde_json::Value;

use super::Call;
use crate::local::api::failure::{Cause, Failure};
use crate::local::api::meta;
use crate::schema::metadata;

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
            type_of(object)
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
            if kind == resource.kind && version == api_version {
                return Ok(());
            }
            Err(mismatch(call, kind, version))
        }
    }
}

fn type_of(object: &Value) -> &'static str {
    match object {
        Value::Array(_) => "array",
        Value::String(_) => "string",
        Value::Bool(_) => "bool",
        _ => "number",
    }
}

fn missing(field: &str, object: &Value) -> Failure {
    Failure::bad_request(format!("Object '{}' is missing in '{object}'", if field == "kind" { "Kind" } else { field }))
}

fn mismatch(call: &Call, kind: &str, version: &str) -> Failure {
    let resource = &call.resource;
    if resource.custom && version == resource.api_version() {
        return Failure::bad_request(format!(
            "the object provided is unrecognized (must be of type {}): {kind}",
            resource.kind
        ));
    }
    let short = version.rsplit('/').next().unwrap_or_default();
    Failure::bad_request(format!(
        "{kind} in version \"{short}\" cannot be handled as a {}: converting ({short}.{kind}) to (core.{}): unknown conversion",
        resource.kind, resource.kind
    ))
}

/// Gives the object the namespace of the request.
///
/// # Errors
/// 400 when it names another one.
pub(super) fn check_namespace(call: &Call, object: &mut Value) -> Result<(), Failure> {
    let wanted = if call.resource.namespaced { call.namespace() } else { "" };
    let said = meta::namespace(object);
    if !said.is_empty() && said != wanted {
        return Err(Failure::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ));
    }
    if call.resource.namespaced {
        meta::set(object, "namespace", wanted.into());
    } else {
        meta::remove(object, "namespace");
    }
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
pub(super) fn named(call: &Call, object: &Value) -> Result<(), Failure> {
    if !meta::name(object).is_empty() {
        return Ok(());
    }
    let why = "was undeterminable: name must be provided";
    Err(Failure::bad_request(format!("the name of the object ({} based on URL) {why}", call.name())))
}

/// Gives a new object its name; whether it was made up.
///
/// # Errors
/// 422 when there is neither a name nor a prefix of one.
pub(super) fn name(call: &Call, object: &mut Value) -> Result<bool, Failure> {
    if !meta::name(object).is_empty() {
        return Ok(false);
    }
    let prefix = meta::text(object, "generateName");
    if prefix.is_empty() {
        let message = "Required value: name or generateName is required".to_owned();
        let cause = Cause { reason: "FieldValueRequired", message, field: "metadata.name".to_owned() };
        return Err(call.invalid("", &[cause]));
    }
    let prefix: String = prefix.chars().take(LONGEST_PREFIX).collect();
    let random = uuid::Uuid::new_v4();
    let letters = random.as_bytes().iter().take(RANDOM);
    let letters =
        letters.filter_map(|byte| LETTERS.get(usize::from(*byte) % LETTERS.len())).map(|byte| char::from(*byte));
    let name: String = prefix.chars().chain(letters).collect();
    meta::set(object, "name", name.into());
    Ok(true)
}
