//! From a request to the one who answers it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Value, json};

use super::discovery::{Answer, Endpoint, negotiate};
use super::failure::{Cause, Failure};
use super::options::{self, Options};
use super::path::{self, Objects, Target};
use super::read::Selection;
use super::resource::Resource;
use super::respond::{self, Shape, json_response};
use super::write::{Call, delete::Farewell};
use crate::schema::metadata::field_manager;

use super::{ApiServer, access, body, discovery, openapi, scale, table};

/// The version that is told: the one whose behaviour is conformed to.
const VERSION: (&str, &str) = ("1", "36");

/// The media type of aggregated discovery.
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// Answers a request.
pub(super) async fn answer(State(server): State<ApiServer>, request: http::Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let mut warnings = Vec::new();
    let answered = dispatch(&server, &parts, body, &mut warnings).await;
    let mut response = answered.unwrap_or_else(|failure| respond::failure_response(&failure));
    respond::warn(&mut response, &warnings);
    response
}

async fn dispatch(
    server: &ApiServer,
    parts: &Parts,
    body: Body,
    warnings: &mut Vec<String>,
) -> Result<Response, Failure> {
    let target = path::parse(parts.uri.path());
    if let Target::Objects(at) = target {
        return objects(server, parts, body, at, false, warnings).await;
    }
    if let Target::Watch(at) = target {
        return objects(server, parts, body, at, true, warnings).await;
    }
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return Err(match target {
            Target::Unknown => unknown_path(),
            _ => not_allowed(),
        });
    }
    about_the_server(server, parts, &target)
}

fn about_the_server(server: &ApiServer, parts: &Parts, target: &Target) -> Result<Response, Failure> {
    let registry = server.registry();
    let resources = registry.list_all();
    let aggregated = match target {
        Target::CoreVersions | Target::Groups => {
            negotiate(accept(&parts.headers), Endpoint::Discovery)? == Answer::Aggregated
        }
        _ => false,
    };
    let value = match target {
        Target::Health => return Ok(plain("ok")),
        Target::Version => version(),
        Target::CoreVersions if aggregated => discovery::aggregated_api(resources),
        Target::CoreVersions => {
            discovery::api(&parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default())
        }
        Target::Groups if aggregated => discovery::aggregated_apis(resources),
        Target::Groups => discovery::apis(resources),
        Target::Group(group) => discovery::group(resources, group).ok_or_else(unknown_path)?,
        Target::Resources { group, version } => {
            discovery::resources(resources, group, version).ok_or_else(unknown_path)?
        }
        Target::OpenApiRoot => openapi::root(&server.documents()),
        Target::OpenApi { group, version } => {
            let path = if group.is_empty() { format!("api/{version}") } else { format!("apis/{group}/{version}") };
            return openapi_document(server, &path, parts);
        }
        Target::Objects(_) | Target::Watch(_) | Target::Unknown => return Err(unknown_path()),
    };
    let mut response = json_response(StatusCode::OK, value.to_string().into());
    if aggregated {
        response.headers_mut().insert(header::CONTENT_TYPE, http::HeaderValue::from_static(AGGREGATED));
    }
    Ok(response)
}

/// A document for clients that keep it: its hash is its tag, and in the address that the root gives.
fn openapi_document(server: &ApiServer, path: &str, parts: &Parts) -> Result<Response, Failure> {
    let documents = server.documents();
    let document = documents.iter().find(|document| document.path == path).ok_or_else(unknown_path)?;
    let tag = format!("\"{}\"", document.hash);
    let known = parts.headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = match known {
        Some(known) if known == tag => json_response(StatusCode::NOT_MODIFIED, Bytes::new()),
        _ => json_response(StatusCode::OK, Bytes::copy_from_slice(document.body.as_bytes())),
    };
    if let Ok(tag) = http::HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

fn accept(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok())
}

fn plain(text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, http::HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

fn version() -> Value {
    let (major, minor) = VERSION;
    json!({
        "major": major, "minor": minor, "gitVersion": format!("v{major}.{minor}.0+kubectl-wasmcloud-{}", env!("CARGO_PKG_VERSION")),
        "gitCommit": "", "gitTreeState": "", "buildDate": "", "goVersion": "", "compiler": "rustc",
        "platform": format!("{}/{}", std::env::consts::OS, std::env::consts::ARCH),
    })
}

/// 404 for a path that leads nowhere.
fn unknown_path() -> Failure {
    Failure::generic(StatusCode::NOT_FOUND, "NotFound", "the server could not find the requested resource")
}

fn not_allowed() -> Failure {
    let message = "the server does not allow this method on the requested resource";
    Failure::generic(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
}

async fn objects(
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
    let resource = registry.find(&at.group, &at.version, &at.plural).ok_or_else(unknown_path)?;
    check_place(resource, &at)?;
    let verb = verb(&parts.method, &at, resource)?;
    let query = parts.uri.query().unwrap_or_default();
    let mut options = options::parse(query, verb.options())?;
    options.watch |= is_watch;
    let manager = manager(&options, &parts.headers, verb.options())?;
    let mut call = Call { resource: Arc::clone(resource), at, options, manager, warnings: Vec::new() };
    let bytes = if verb.has_body() { body::read(body).await? } else { Bytes::new() };
    let answered = carry_out(server, verb, &mut call, parts, media, &bytes).await;
    warnings.append(&mut call.warnings);
    answered
}

/// Objects of the cluster have no namespace, and those of a namespace are made in one.
fn check_place(resource: &Resource, at: &Objects) -> Result<(), Failure> {
    let misplaced = match (&at.namespace, &at.name) {
        (Some(_), _) => !resource.namespaced,
        (None, Some(_)) => resource.namespaced,
        (None, None) => false,
    };
    let subresource = match at.subresource.as_deref() {
        None => true,
        Some("status") => resource.status,
        Some("scale") => resource.scale.is_some(),
        Some("finalize") => resource.plural == "namespaces" && resource.group.is_empty(),
        Some(_) => false,
    };
    match at.name.as_deref() {
        // As the real server says it, whose names and subresources of custom resources share one handler.
        Some(name) if resource.custom && (misplaced || !subresource) => {
            Err(Failure::not_found(&resource.group, &resource.plural, name))
        }
        _ if misplaced || !subresource => Err(unknown_path()),
        _ => Ok(()),
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
        ("PUT", true) => Verb::Update,
        ("PATCH", true) => Verb::Patch,
        ("DELETE", true) if !part => Verb::Delete,
        ("DELETE", false) => Verb::DeleteCollection,
        _ => return Err(not_allowed()),
    };
    if resource.verbs.contains(&verb.name()) { Ok(verb) } else { Err(not_allowed()) }
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
        return Ok(json_response(StatusCode::OK, value.to_string().into()));
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
            Farewell::Gone(status) => json_response(code, status.to_string().into()),
            Farewell::Waiting(object) => json_response(code, shape.value(&object)),
        }),
        Verb::DeleteCollection => delete_collection(server, call, &shape, media, bytes).await,
    }
}

fn watch(server: &ApiServer, call: &Call, shape: Shape) -> Result<Response, Failure> {
    use futures::StreamExt as _;
    let lines = server.watch(call, Selection::of(call)?, shape)?;
    let body = Body::from_stream(lines.map(Ok::<_, std::convert::Infallible>));
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    Ok(response)
}

async fn delete_collection(
    server: &ApiServer,
    call: &Call,
    shape: &Shape,
    media: &str,
    bytes: &[u8],
) -> Result<Response, Failure> {
    let listed = server.list(call, &Selection::of(call)?)?;
    let objects = listed.items.iter().map(|stored| server.load(&call.resource, stored)).collect::<Result<_, _>>()?;
    let told = server.delete_all(call, media, bytes, objects).await?;
    let list = json!({
        "kind": call.resource.list_kind, "apiVersion": call.resource.api_version(),
        "metadata": { "resourceVersion": server.store.revision().to_string() }, "items": told,
    });
    // A Table of what is gone helps nobody.
    let _ = shape;
    Ok(json_response(StatusCode::OK, list.to_string().into()))
}

fn answer_written(shape: &Shape, written: &super::write::Written) -> Response {
    let code = if written.created { StatusCode::CREATED } else { StatusCode::OK };
    json_response(code, shape.value(&written.object))
}

fn created(value: &Value) -> Response {
    json_response(StatusCode::CREATED, value.to_string().into())
}

/// The form that the client accepts.
fn shape(server: &ApiServer, call: &Call, is_read: bool, accept: Option<&str>) -> Result<Shape, Failure> {
    let answer = negotiate(accept, Endpoint::Objects)?;
    let is_list = call.at.name.is_none() && !call.options.watch && is_read;
    if matches!(answer, Answer::Metadata { list: true, .. } if call.at.name.is_some()) {
        let message = "the object is no list, so that it cannot be shown as a PartialObjectMetadataList";
        return Err(Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "", message));
    }
    if matches!(answer, Answer::Metadata { list, .. } if list != is_list) {
        let message = "only the following media types are accepted: application/json, application/yaml, \
                       application/vnd.kubernetes.protobuf";
        return Err(Failure::new(StatusCode::NOT_ACCEPTABLE, "NotAcceptable", message));
    }
    let include = table::Include::parse(call.options.include_object.as_deref())?;
    Ok(Shape::new(&call.resource, answer, include, server.clock))
}
