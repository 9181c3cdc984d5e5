//! PATCH in its four kinds.

use http::StatusCode;
use serde_json::{Map, Value};

use super::{Birth, Call, Made, Written, drop_unknown, place};
use crate::local::api::failure::{Cause, Failure};
use crate::local::api::options::FieldValidation;
use crate::local::api::{ApiServer, body, managed, meta, patch};
use crate::schema::{self, strict};

/// How many unknown fields of operations are told at most.
const MOST_TOLD: usize = 100;

/// A patch that says what changes. One that is applied says what is wanted, and goes its own way.
enum Patch<'a> {
    Merge(&'a [u8]),
    Json(&'a [u8]),
    Strategic(&'a [u8]),
}

impl ApiServer {
    /// PATCH: part of an object's next state, or all that one manager wants of it.
    ///
    /// # Errors
    /// As kube-apiserver's: 400, 404, 409, 415, 422.
    pub(in crate::local) async fn patch(&self, call: &mut Call, media: &str, bytes: &[u8]) -> Result<Written, Failure> {
        if media == "application/apply-patch+yaml" {
            let sent = body::yaml(bytes, &call.resource.kind)?;
            return self.apply(call, sent.object, &sent.complaints).await;
        }
        let (patch, complaints) = read(call, media, bytes)?;
        if call.options.force.is_some() {
            return Err(forbidden_force());
        }
        self.revise(call, |call, old| patched(call, old, &patch, &complaints)).await
    }

    /// Server-side apply: creates what is missing.
    async fn apply(&self, call: &mut Call, applied: Value, complaints: &[String]) -> Result<Written, Failure> {
        if call.options.field_manager.is_none() {
            let message = "Required value: is required for apply patch".to_owned();
            let cause = Cause { reason: "FieldValueRequired", message, field: "fieldManager".to_owned() };
            return Err(Failure::invalid("meta.k8s.io", "PatchOptions", "", &[cause]));
        }
        managed::check_kind(&applied, &call.resource)?;
        let force = call.options.force.unwrap_or_default();
        // Made and deleted again and again by others while we try: then so be it.
        for _ in 0..super::ATTEMPTS {
            if self.store.get(&call.key(call.name())).is_none() {
                if call.at.subresource.is_some() {
                    return Err(call.not_found());
                }
                let object = merge_applied(call, None, &applied, force, self.now())?;
                judge_applied(call, complaints)?;
                check_new(call, &object)?;
                match self.create_object(call, object, Birth::Applied).await {
                    Err(failure) if failure.reason == "AlreadyExists" => continue,
                    done => return done,
                }
            }
            let now = self.now();
            let done = self.revise(call, |call, old| {
                let new = merge_applied(call, Some(old), &applied, force, now)?;
                judge_applied(call, complaints)?;
                Ok(Made::Applied(new))
            });
            match done.await {
                Err(failure) if failure.reason == "NotFound" => {}
                done => return done,
            }
        }
        Err(call.not_found())
    }
}

fn forbidden_force() -> Failure {
    let message = "Forbidden: may not be specified for non-apply patch".to_owned();
    let cause = Cause { reason: "FieldValueForbidden", message, field: "force".to_owned() };
    Failure::invalid("meta.k8s.io", "PatchOptions", "", &[cause])
}

fn read<'a>(call: &Call, media: &str, bytes: &'a [u8]) -> Result<(Patch<'a>, Vec<String>), Failure> {
    // What cannot be read is refused when the patch is applied.
    let read = || strict::read(bytes).unwrap_or_default();
    let twice = || strict::complaints(&read().1, &[]);
    match media {
        "application/merge-patch+json" => Ok((Patch::Merge(bytes), twice())),
        "application/json-patch+json" => {
            let (operations, twice) = read();
            Ok((Patch::Json(bytes), operations_complaints(&operations, &twice)))
        }
        "application/strategic-merge-patch+json" if !call.resource.custom => Ok((Patch::Strategic(bytes), twice())),
        _ => Err(unsupported()),
    }
}

/// What is odd with the operations of a JSON patch.
fn operations_complaints(operations: &Value, twice: &[String]) -> Vec<String> {
    const FIELDS: [&str; 4] = ["op", "path", "from", "value"];
    let unknown = operations.as_array().into_iter().flatten().enumerate().flat_map(|(index, operation)| {
        let fields = operation.as_object().into_iter().flat_map(Map::keys);
        let unknown = fields.filter(|field| !FIELDS.contains(&field.as_str()));
        unknown.map(move |field| format!("[{index}].{field}"))
    });
    let unknown: Vec<String> = unknown.take(MOST_TOLD).collect();
    strict::complaints(twice, &unknown).into_iter().map(|words| format!("json patch {words}")).collect()
}

/// 415. For the kinds that are built in, the router has said so before.
pub(in crate::local::api) fn unsupported() -> Failure {
    let message = "the body of the request was in an unknown format - accepted media types include: \
                   application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";
    Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message)
}

/// Applies what the request wants done about keys that an applied configuration has twice.
fn judge_applied(call: &mut Call, complaints: &[String]) -> Result<(), Failure> {
    // Told once, even when the patch is tried again.
    call.warnings.clear();
    match call.options.field_validation {
        _ if complaints.is_empty() => Ok(()),
        FieldValidation::Ignore => Ok(()),
        FieldValidation::Warn => {
            call.warnings.extend_from_slice(complaints);
            Ok(())
        }
        FieldValidation::Strict => Err(Failure::bad_request(format!(
            "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  {}",
            complaints.join("\n  ")
        ))),
    }
}

/// An object that is applied and not there has no identity yet.
fn check_new(call: &Call, object: &Value) -> Result<(), Failure> {
    let uid = meta::uid(object);
    if uid.is_empty() {
        return Ok(());
    }
    let why = format!("uid mismatch: the provided object specified uid {uid}, and no existing object was found");
    Err(Failure::conflict(&call.resource.group, &call.resource.plural, call.name(), &why))
}

fn patched(call: &mut Call, old: &Value, patch: &Patch<'_>, complaints: &[String]) -> Result<Made, Failure> {
    let mut new = match patch {
        Patch::Merge(patch) => patch::merge(old, patch)?,
        Patch::Json(patch) => patch::json(old, patch)?,
        Patch::Strategic(patch) => patch::strategic(&call.resource.schema, old, patch)?,
    };
    let outcome = shown(call, &new);
    let strategic = match patch {
        Patch::Strategic(patch) => Some(restoring(call, patch)),
        _ => None,
    };
    let unreadable = |failure| match &strategic {
        Some(patch) => unrestorable(patch, failure),
        None => refused(&outcome, failure),
    };
    place::check_type(call, &new).map_err(unreadable)?;
    let unknown = drop_unknown(call, &mut new).map_err(unreadable)?;
    schema::default_values(&call.resource.schema, &mut new);
    // Told once, even when the patch is tried again.
    call.warnings.clear();
    body::judge(call, complaints, &unknown).map_err(|failure| refused(&outcome, failure))?;
    place::check_namespace(call, &mut new)?;
    place::check_name(call, &new)?;
    Ok(Made::Patched(new))
}

/// What a patch made of an object, as it may be told: nothing that is secret.
fn shown(call: &Call, object: &Value) -> String {
    if call.resource.kind == "Secret" { r#"{"kind":"Secret"}"#.to_owned() } else { object.to_string() }
}

/// A strategic merge patch as it may be told, in the form in which Go prints it.
fn restoring(call: &Call, patch: &[u8]) -> String {
    let patch: Value = serde_json::from_slice(patch).unwrap_or_default();
    if call.resource.kind == "Secret" { "map[kind:Secret]".to_owned() } else { managed::go_shown(&patch) }
}

/// 422 for a strategic merge patch whose outcome does not fit the types of its kind, in the words of apimachinery's
/// converter.
fn unrestorable(patch: &str, mut failure: Failure) -> Failure {
    let mismatch = failure.message.split_once("json: cannot unmarshal ").and_then(|(_, rest)| {
        let (found, rest) = rest.split_once(' ')?;
        Some((found.to_owned(), rest.rsplit_once(" of type ")?.1.to_owned()))
    });
    if let Some((found, wanted)) = mismatch {
        let found = match found.as_str() {
            "array" => "slice",
            "object" => "map",
            "number" => "int64",
            other => other,
        };
        failure.message = match wanted.as_str() {
            "string" if found == "int64" => "cannot convert int64 to string".to_owned(),
            "string" | "bool" | "int32" | "int64" | "float64" => format!("unrecognized type: {wanted}"),
            wanted if wanted.starts_with("map[") => format!("cannot restore map from {found}"),
            wanted if wanted.starts_with("[]") => format!("cannot restore slice from {found}"),
            _ => format!("cannot restore struct from: {found}"),
        };
    }
    refused(patch, failure)
}

/// 422 for a patch whose outcome cannot be read.
pub(in crate::local::api) fn refused(outcome: &str, failure: Failure) -> Failure {
    if failure.reason != "BadRequest" {
        return failure;
    }
    // The kind is told by the cause's field here.
    let why = failure.message.split_once(": strict decoding error: ");
    let why = why.map_or(failure.message.clone(), |(_, fields)| format!("strict decoding error: {fields}"));
    let message = format!("Invalid value: {}: {why}", Value::from(outcome));
    let cause = Cause { reason: "FieldValueInvalid", message, field: "patch".to_owned() };
    Failure::invalid("", "", "", &[cause])
}

fn merge_applied(
    call: &Call,
    live: Option<&Value>,
    applied: &Value,
    force: bool,
    now: jiff::Timestamp,
) -> Result<Value, Failure> {
    let mut new = managed::apply(live, applied, &call.resource, &call.manager(), force, now)?;
    place::check_type(call, &new)?;
    place::check_namespace(call, &mut new)?;
    place::check_name(call, &new)?;
    // The types were checked field by field; this drops what cannot be kept, such as unknown metadata.
    drop_unknown(call, &mut new)?;
    schema::fill_defaults(&call.resource.schema, &mut new);
    Ok(new)
}
