//! PATCH in its four kinds.

use http::StatusCode;
use serde_json::Value;

use super::{Call, Made, Written, drop_unknown, place};
use crate::local::api::failure::{Cause, Failure};
use crate::local::api::{ApiServer, body, managed, patch};
use crate::schema::{self, strict};

/// A patch, read.
enum Patch<'a> {
    Merge(&'a [u8]),
    Json(&'a [u8]),
    Strategic(&'a [u8]),
    Apply(Value),
}

impl ApiServer {
    /// PATCH: part of an object's next state, or all that one manager wants of it.
    ///
    /// # Errors
    /// As kube-apiserver's: 400, 404, 409, 415, 422.
    pub(in crate::local) async fn patch(&self, call: &mut Call, media: &str, bytes: &[u8]) -> Result<Written, Failure> {
        let (patch, duplicates) = read(call, media, bytes)?;
        match patch {
            Patch::Apply(object) => self.apply(call, object).await,
            patch => {
                if call.options.force.is_some() {
                    return Err(forbidden_force());
                }
                self.revise(call, |call, old| patched(call, old, &patch, &duplicates)).await
            }
        }
    }

    /// Server-side apply: creates what is missing.
    async fn apply(&self, call: &mut Call, applied: Value) -> Result<Written, Failure> {
        if call.options.field_manager.is_none() {
            let message = "Required value: is required for apply patch".to_owned();
            let cause = Cause { reason: "FieldValueRequired", message, field: "fieldManager".to_owned() };
            return Err(Failure::invalid("meta.k8s.io", "PatchOptions", "", &[cause]));
        }
        managed::check_kind(&applied, &call.resource)?;
        place::named(call, &applied)?;
        let force = call.options.force.unwrap_or_default();
        // Made and deleted again and again by others while we try: then so be it.
        for _ in 0..super::ATTEMPTS {
            if self.store.get(&call.key(call.name())).is_none() {
                if call.at.subresource.is_some() {
                    return Err(call.not_found());
                }
                let object = merge_applied(call, None, &applied, force, self.now())?;
                match self.create_object(call, object, Some(())).await {
                    Err(failure) if failure.reason == "AlreadyExists" => continue,
                    done => return done,
                }
            }
            let now = self.now();
            let done = self.revise(call, |call, old| {
                let new = merge_applied(call, Some(old), &applied, force, now)?;
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
    let twice = || strict::read(bytes).map(|(_, twice)| twice).unwrap_or_default();
    match media {
        "application/merge-patch+json" => Ok((Patch::Merge(bytes), twice())),
        "application/json-patch+json" => Ok((Patch::Json(bytes), Vec::new())),
        "application/strategic-merge-patch+json" if !call.resource.custom => Ok((Patch::Strategic(bytes), twice())),
        "application/apply-patch+yaml" => {
            let sent = body::yaml(bytes, &call.resource.kind)?;
            Ok((Patch::Apply(sent.object), sent.twice))
        }
        _ => Err(unsupported(call)),
    }
}

fn unsupported(call: &Call) -> Failure {
    let strategic = if call.resource.custom { "" } else { ", application/strategic-merge-patch+json" };
    let message = format!(
        "the body of the request was in an unknown format - accepted media types include: \
         application/json-patch+json, application/merge-patch+json{}application/apply-patch+yaml",
        if strategic.is_empty() { ", " } else { ", application/strategic-merge-patch+json, " }
    );
    Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message)
}

fn patched(call: &mut Call, old: &Value, patch: &Patch<'_>, twice: &[String]) -> Result<Made, Failure> {
    let mut new = match patch {
        Patch::Merge(patch) => patch::merge(old, patch)?,
        Patch::Json(patch) => patch::json(old, patch)?,
        Patch::Strategic(patch) => patch::strategic(&call.resource.schema, old, patch)?,
        // Applied elsewhere.
        Patch::Apply(object) => object.clone(),
    };
    let outcome = shown(call, &new);
    place::check_type(call, &new).map_err(|failure| unreadable(&outcome, failure))?;
    let unknown = drop_unknown(call, &mut new).map_err(|failure| unreadable(&outcome, failure))?;
    schema::default_values(&call.resource.schema, &mut new);
    // Told once, even when the patch is tried again.
    call.warnings.clear();
    body::judge(call, twice, &unknown).map_err(|failure| unreadable(&outcome, failure))?;
    place::check_namespace(call, &mut new)?;
    place::check_name(call, &new)?;
    Ok(Made::By(new))
}

/// What a patch made of an object, as it may be told: nothing that is secret.
fn shown(call: &Call, object: &Value) -> String {
    if call.resource.kind == "Secret" { r#"{"kind":"Secret"}"#.to_owned() } else { object.to_string() }
}

/// 422 for a patch whose outcome cannot be read.
fn unreadable(outcome: &str, failure: Failure) -> Failure {
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
