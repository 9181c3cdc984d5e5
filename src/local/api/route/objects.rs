//! Requests for objects: what is to be done, by whom, and in which form it is answered.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Value, json};

use super::{accept, not_allowed, nowhere, unknown_path};
use crate::local::api::discovery::{Answer, Endpoint, negotiate};
use crate::local::api::failure::{Cause, Failure, qualified};
use crate::local::api::options::{self, Options};
use crate::local::api::path::Objects;
use crate::local::api::read::Selection;
use crate::local::api::resource::Resource;
use crate::local::api::respond::{Shape, json_response};
use crate::local::api::write::{Call, Written, delete::Farewell};
use crate::local::api::{ApiServer, access, body, scale, table};
use crate::schema::metadata::field_manager;

/// Answers a request for objects.
pub(super) async fn objects(
    server: &ApiServer,
    parts: &Parts,
    body: Body,
    at: Objects,
    is_watch: bool,
    warnings: &mut Vec<String>,
) -> Result<Response, Failure> {
    let media = body::media_type(&parts.headers);
    if let Some(review) = access::Review::of(&at) {
        let bytes = body::read(body).await?;
        return review.answer(&parts.method, media, &bytes).map(|value| created(&value));
    }
    let registry = server.registry();
    let found = registry.find(&at.group, &at.version, &at.plural);
    let resource = found.ok_or_else(|| nowhere(parts.uri.path()))?;
    check_place(resource, &at, &parts.method)?;
    let verb = verb(&parts.method, &at, resource)?;
    let query = parts.uri.query().unwrap_or_default();
    let mut options = options::parse(query, verb.options())?;
    options.watch |= is_watch;
    if !resource.custom {
        check_media(verb, media, accept(&parts.headers))?;
    }
    let manager = manager(&options, &parts.headers, verb.options())?;
    let mut call = Call { resource: Arc::clone(resource), at, options, manager, warnings: Vec::new() };
    let bytes = if verb.has_body() { body::read(body).await? } else { Bytes::new() };
    let answered = carry_out(server, verb, &mut call, parts, media, &bytes).await;
    warnings.append(&mut call.warnings);
    answered
}

/// Objects of the cluster have no namespace, and those of a namespace are made in one.
fn check_place(resource: &Resource, at: &Objects, method: &Method) -> Result<(), Failure> {
    let misplaced = match (&at.namespace, &at.name) {
        (Some(_), _) => !resource.namespaced,
        (None, Some(_)) => resource.namespaced,
        (None, None) => resource.custom && resource.namespaced && !matches!(method.as_str(), "GET" | "HEAD"),
    };
    if misplaced {
        return Err(if resource.custom { Failure::page_not_found() } else { unknown_path() });
    }
    let known = match at.subresource.as_deref() {
        None => true,
        Some("status") => resource.status,
        Some("scale") => resource.scale.is_some(),
        Some("finalize") => resource.plural == "namespaces" && resource.group.is_empty(),
        Some(_) => false,
    };
    match at.name.as_deref() {
        _ if known => Ok(()),
        // As the real server says it, whose names and subresources of custom resources share one handler.
        Some(name) if resource.custom => Err(Failure::not_found(&resource.group, &resource.plural, name)),
        _ => Err(unknown_path()),
    }
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Get,
    List,
    Create,
    Update,
    Patch,
    Delete,
    DeleteCollection,
}

impl Verb {
    /// The options object of Kubernetes that the query is read into.
    fn options(self) -> &'static str {
        match self {
            Self::Get | Self::List => "ListOptions",
            Self::Create => "CreateOptions",
            Self::Update => "UpdateOptions",
            Self::Patch => "PatchOptions",
            Self::Delete | Self::DeleteCollection => "DeleteOptions",
        }
    }

    fn has_body(self) -> bool {
        !matches!(self, Self::Get | Self::List)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::List => "list",
            Self::Create => "create",
            Self::Update => "update",
            Self::Patch => "patch",
            Self::Delete => "delete",
            Self::DeleteCollection => "deletecollection",
        }
    }
}

fn verb(method: &Method, at: &Objects, resource: &Resource) -> Result<Verb, Failure> {
    let (one, part) = (at.name.is_some(), at.subresource.is_some());
    let verb = match (method.as_str(), one) {
        ("GET" | "HEAD", true) => Verb::Get,
        ("GET" | "HEAD", false) => Verb::List,
        ("POST", false) if at.namespace.is_some() || !resource.namespaced => Verb::Create,
        // The name in the path is not looked at.
        ("POST", true) if resource.custom && !part => Verb::Create,
        ("PUT", true) => Verb::Update,
        ("PATCH", true) => Verb::Patch,
        ("DELETE", true) if !part => Verb::Delete,
        ("DELETE", false) if at.namespace.is_some() || !resource.namespaced => Verb::DeleteCollection,
        ("POST", true) if resource.custom => return Err(not_supported(resource, "create")),
        ("DELETE", true) if resource.custom => return Err(not_supported(resource, "delete")),
        ("PUT" | "PATCH", false) if resource.custom => return Err(Failure::bad_request("name must be provided")),
        _ => return Err(not_allowed()),
    };
    if resource.verbs.contains(&verb.name()) { Ok(verb) } else { Err(not_allowed()) }
}

/// 405 for what a subresource of a custom resource does not do.
fn not_supported(resource: &Resource, verb: &str) -> Failure {
    let name = qualified(&resource.group, &resource.plural);
    let message = format!("{verb} is not supported on resources of kind \"{name}\"");
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message).about(
        &resource.group,
        &resource.plural,
        "",
    )
}

/// Who writes: `fieldManager`, else the program's name in `User-Agent`.
fn manager(options: &Options, headers: &HeaderMap, kind: &str) -> Result<String, Failure> {
    if let Some(manager) = &options.field_manager {
        return check_manager(manager, kind).map(|()| manager.clone());
    }
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let program = agent.split('/').next().unwrap_or_default();
    let printable = program.chars().filter(|letter| letter.is_ascii_graphic() || *letter == ' ').take(128);
    let program: String = printable.collect();
    Ok(if program.is_empty() { "unknown".to_owned() } else { program })
}

/// # Errors
/// 422 for a name that is too long or cannot be printed.
fn check_manager(manager: &str, kind: &str) -> Result<(), Failure> {
    let causes: Vec<Cause> = field_manager(manager, "fieldManager").into_iter().map(Cause::from).collect();
    if causes.is_empty() { Ok(()) } else { Err(Failure::invalid("meta.k8s.io", kind, "", &causes)) }
}

/// What the router of a real server finds before anything else, for the kinds that are built in.
///
/// # Errors
/// 415 for a patch of no kind that there is, 406 when nothing that is wanted can be given.
fn check_media(verb: Verb, media: &str, accept: Option<&str>) -> Result<(), Failure> {
    const PATCHES: [&str; 4] = [
        "application/json-patch+json",
        "application/merge-patch+json",
        "application/strategic-merge-patch+json",
        "application/apply-patch+yaml",
    ];
    const ANSWERS: [&str; 3] = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];
    if verb == Verb::Patch && !PATCHES.contains(&media) {
        let message = "415: Unsupported Media Type";
        return Err(Failure::generic(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message));
    }
    let fits = |wanted: &str| {
        let wanted = wanted.split(';').next().unwrap_or_default().trim();
        wanted == "*/*" || ANSWERS.contains(&wanted)
    };
    if accept.is_none_or(|accept| accept.trim().is_empty() || accept.split(',').any(fits)) {
        return Ok(());
    }
    let message = format!("406: Not Acceptable\n\nAvailable representations: {}", ANSWERS.join(", "));
    Err(Failure::generic(StatusCode::NOT_ACCEPTABLE, "NotAcceptable", message))
}

async fn carry_out(
    server: &ApiServer,
    verb: Verb,
    call: &mut Call,
    parts: &Parts,
    media: &str,
    bytes: &[u8],
) -> Result<Response, Failure> {
    let shape = shape(server, call, !verb.has_body(), accept(&parts.headers))?;
    if call.at.subresource.as_deref() == Some("scale") {
        let value = scale::answer(server, verb == Verb::Get, verb == Verb::Patch, call, media, bytes).await?;
        return Ok(json_response(StatusCode::OK, shape.value(&value)));
    }
    let code = StatusCode::OK;
    match verb {
        // The old way to watch one object.
        Verb::Get if call.options.watch => watch(server, call, shape),
        Verb::Get => server.get(call).map(|stored| json_response(code, shape.object(&stored))),
        Verb::List if call.options.watch => watch(server, call, shape),
        Verb::List => {
            let listed = server.list(call, &Selection::of(call)?)?;
            Ok(json_response(code, shape.list(&listed)))
        }
        Verb::Create => server.create(call, media, bytes).await.map(|written| answer_written(&shape, &written)),
        Verb::Update => server.update(call, media, bytes).await.map(|written| answer_written(&shape, &written)),
        Verb::Patch => server.patch(call, media, bytes).await.map(|written| answer_written(&shape, &written)),
        Verb::Delete => server.delete(call, media, bytes).await.map(|farewell| match farewell {
            Farewell::Gone(status) => json_response(code, status.to_string()),
            Farewell::Waiting(object) => json_response(code, shape.value(&object)),
        }),
        Verb::DeleteCollection => delete_collection(server, call, media, bytes).await,
    }
}

fn watch(server: &ApiServer, call: &Call, shape: Shape) -> Result<Response, Failure> {
    use futures::StreamExt as _;
    let lines = server.watch(call, Selection::of(call)?, shape)?;
    let body = Body::from_stream(lines.map(Ok::<_, std::convert::Infallible>));
    Ok(json_response(StatusCode::OK, body))
}

async fn delete_collection(server: &ApiServer, call: &Call, media: &str, bytes: &[u8]) -> Result<Response, Failure> {
    let listed = server.list(call, &Selection::of(call)?)?;
    let objects = listed.items.iter().map(|stored| server.load(&call.resource, stored)).collect::<Result<_, _>>()?;
    let told = server.delete_all(call, media, bytes, objects).await?;
    let list = json!({
        "kind": call.resource.list_kind, "apiVersion": call.resource.api_version(),
        "metadata": { "resourceVersion": server.store.revision().to_string() }, "items": told,
    });
    // As it is in any form: a Table of what is gone helps nobody.
    Ok(json_response(StatusCode::OK, list.to_string()))
}

fn answer_written(shape: &Shape, written: &Written) -> Response {
    let code = if written.created { StatusCode::CREATED } else { StatusCode::OK };
    json_response(code, shape.value(&written.object))
}

fn created(value: &Value) -> Response {
    json_response(StatusCode::CREATED, value.to_string())
}

/// The form that the client accepts.
fn shape(server: &ApiServer, call: &Call, is_read: bool, accept: Option<&str>) -> Result<Shape, Failure> {
    let answer = negotiate(accept, Endpoint::Objects)?;
    let is_list = call.at.name.is_none() && !call.options.watch && is_read;
    if matches!(answer, Answer::Metadata { list: true, .. } if call.at.name.is_some()) {
        let message = "the object is no list, so that it cannot be shown as a PartialObjectMetadataList";
        return Err(Failure::unexpected(message));
    }
    if matches!(answer, Answer::Metadata { list, .. } if list != is_list) {
        let message = "only the following media types are accepted: application/json, application/yaml, \
                       application/vnd.kubernetes.protobuf";
        return Err(Failure::new(StatusCode::NOT_ACCEPTABLE, "NotAcceptable", message));
    }
    let include = table::Include::parse(call.options.include_object.as_deref())?;
    match call.at.subresource.as_deref() {
        Some("scale") => Ok(Shape::new(&scale::shown(&call.resource), answer, include, server.clock)),
        _ => Ok(Shape::new(&call.resource, answer, include, server.clock)),
    }
}
