//! DELETE of one object and of collections.

use std::sync::LazyLock;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{Call, unkept};
use crate::local::api::builtin::{self, definitions};
use crate::local::api::failure::{Cause, Failure};
use crate::local::api::strategy::{self, Deleted, Deletion, Propagation};
use crate::local::api::{ApiServer, body, meta};
use crate::local::store::{Change, Draft, Expected, Refused};
use crate::schema::Schema;

/// What a deletion is answered with.
pub(in crate::local) enum Farewell {
    /// It is gone: a `Status`.
    Gone(Value),
    /// It waits for its finalizers.
    Waiting(Value),
}

impl ApiServer {
    /// DELETE of one object.
    ///
    /// # Errors
    /// As kube-apiserver's: 400, 403, 404, 409, 422.
    pub(in crate::local::api) async fn delete(
        &self,
        call: &Call,
        media: &str,
        bytes: &[u8],
    ) -> Result<Farewell, Failure> {
        let asked = read(call, media, bytes)?;
        self.delete_object(call, call.name(), &asked).await
    }

    /// DELETE of all that a list would show; answers with what they were.
    ///
    /// # Errors
    /// As [`ApiServer::delete`]; what is gone by then stays gone.
    pub(in crate::local::api) async fn delete_all(
        &self,
        call: &Call,
        media: &str,
        bytes: &[u8],
        objects: Vec<Value>,
    ) -> Result<Vec<Value>, Failure> {
        let asked = read(call, media, bytes)?;
        let mut told = Vec::with_capacity(objects.len());
        for object in objects {
            let mut one = Call { at: call.at.clone(), warnings: Vec::new(), ..call.shallow() };
            one.at.namespace = Some(meta::namespace(&object).to_owned());
            match self.delete_object(&one, meta::name(&object), &asked).await {
                Ok(Farewell::Gone(_) | Farewell::Waiting(_)) => told.push(object),
                Err(failure) if failure.reason == "NotFound" => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(told)
    }

    pub(in crate::local) async fn delete_object(
        &self,
        call: &Call,
        name: &str,
        asked: &Deletion,
    ) -> Result<Farewell, Failure> {
        let resource = &call.resource;
        if resource.group.is_empty() && resource.plural == "namespaces" && matches!(name, "default" | "kube-system") {
            let message = format!("namespaces \"{name}\" is forbidden: this namespace may not be deleted");
            let failure = Failure::new(StatusCode::FORBIDDEN, "Forbidden", message);
            return Err(failure.about("", "namespaces", name));
        }
        let not_found = || Failure::not_found(&resource.group, &resource.plural, name);
        loop {
            let stored = self.store.get(&call.key(name)).ok_or_else(not_found)?;
            let old = self.load(resource, &stored)?;
            let (object, gone) = match strategy::delete(resource, &old, asked, self.now())? {
                Deleted::Gone => (old, true),
                Deleted::Marked(marked) if marked == old => return Ok(Farewell::Waiting(old)),
                Deleted::Marked(marked) => (marked, false),
            };
            if asked.dry_run {
                return Ok(if gone { Farewell::Gone(success(call, &object)) } else { Farewell::Waiting(object) });
            }
            match self.keep(call, name, Expected::Revision(stored.revision), object, gone).await {
                Ok(object) if gone => return Ok(Farewell::Gone(success(call, &object))),
                Ok(object) => return Ok(Farewell::Waiting(object)),
                Err(Refused::Conflict(_)) => {}
                Err(Refused::Failed(error)) => return Err(unkept(&error.to_string())),
            }
        }
    }

    /// Removes what no finalizer holds, unseen by any client: for the garbage collector.
    pub(in crate::local) async fn remove(&self, stored: &crate::local::store::Stored) -> Result<(), Refused> {
        let object: Value = serde_json::from_slice(&stored.json).unwrap_or_default();
        let change = Change::Delete(Draft::of(&object));
        self.store.write(stored.key.clone(), Expected::Revision(stored.revision), change).await.map(drop)
    }
}

impl Call {
    /// The same request, without what it has been told so far.
    fn shallow(&self) -> Self {
        Self {
            resource: self.resource.clone(),
            at: self.at.clone(),
            options: self.options.clone(),
            manager: self.manager.clone(),
            warnings: Vec::new(),
        }
    }
}

fn success(call: &Call, object: &Value) -> Value {
    let mut details = Map::new();
    for (key, value) in [
        ("name", meta::name(object)),
        ("group", &call.resource.group),
        ("kind", &call.resource.plural),
        ("uid", meta::uid(object)),
    ] {
        if !value.is_empty() {
            details.insert(key.to_owned(), value.into());
        }
    }
    json!({ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details })
}

/// Reads `DeleteOptions` from the body, or from the query when there is none: as on the real server the query does not
/// count beside a body.
fn read(call: &Call, media: &str, bytes: &[u8]) -> Result<Deletion, Failure> {
    if bytes.is_empty() {
        return Ok(Deletion {
            propagation: propagation(call.options.propagation_policy.as_deref(), call.options.orphan_dependents)?,
            dry_run: call.options.dry_run,
            ..Deletion::default()
        });
    }
    let sent = decode(body::object(media, bytes, "DeleteOptions").map_err(undecodable)?.object)?;
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let dry_run: Vec<&str> = sent["dryRun"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if dry_run.iter().any(|value| *value != "All") {
        let message = format!("Unsupported value: {}: supported values: \"All\"", json!(dry_run));
        return Err(invalid(Cause { reason: "FieldValueNotSupported", message, field: "dryRun".to_owned() }));
    }
    Ok(Deletion {
        propagation: propagation(text(&sent["propagationPolicy"]).as_deref(), sent["orphanDependents"].as_bool())?,
        uid: text(&sent["preconditions"]["uid"]),
        resource_version: text(&sent["preconditions"]["resourceVersion"]),
        dry_run: !dry_run.is_empty(),
    })
}

/// # Errors
/// 400 for what is of another kind or holds values of other types.
fn decode(mut sent: Value) -> Result<Value, Failure> {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        let definition = definitions::named(definitions::DELETE_OPTIONS);
        Schema::parse(&definition).unwrap_or_default()
    });
    if !sent.is_object() {
        return Err(Failure::bad_request("couldn't get version/kind; json parse error: the body is no object"));
    }
    let (kind, version) = (sent["kind"].as_str().unwrap_or_default(), sent["apiVersion"].as_str().unwrap_or("v1"));
    if !matches!(kind, "" | "DeleteOptions") {
        return Err(Failure::bad_request(format!("no kind \"{kind}\" is registered for version \"{version}\"")));
    }
    builtin::decode_options(&SCHEMA, "DeleteOptions", &mut sent).map_err(Failure::bad_request)?;
    Ok(sent)
}

/// The server says of these options less than of objects.
fn undecodable(mut failure: Failure) -> Failure {
    if let Some((_, why)) = failure.message.split_once("(must be of type DeleteOptions): ") {
        failure.message = why.to_owned();
    }
    failure
}

fn propagation(policy: Option<&str>, orphan: Option<bool>) -> Result<Option<Propagation>, Failure> {
    match (policy, orphan) {
        (Some("Background"), None) => Ok(Some(Propagation::Background)),
        (Some("Foreground"), None) => Ok(Some(Propagation::Foreground)),
        (Some("Orphan"), None) => Ok(Some(Propagation::Orphan)),
        (None, Some(true)) => Ok(Some(Propagation::Orphan)),
        (None, Some(false)) => Ok(Some(Propagation::Background)),
        (None, None) => Ok(None),
        (Some(policy), Some(_)) => Err(invalid(Cause {
            reason: "FieldValueInvalid",
            message: format!(
                "Invalid value: \"{policy}\": orphanDependents and deletionPropagation cannot be both set"
            ),
            field: "propagationPolicy".to_owned(),
        })),
        (Some(other), None) => Err(invalid(Cause {
            reason: "FieldValueNotSupported",
            message: format!(
                "Unsupported value: \"{other}\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\""
            ),
            field: "propagationPolicy".to_owned(),
        })),
    }
}

fn invalid(cause: Cause) -> Failure {
    Failure::invalid("meta.k8s.io", "DeleteOptions", "", &[cause])
}
