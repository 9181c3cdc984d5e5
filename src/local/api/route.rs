//! From a request to the one who answers it.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Value, json};

use super::discovery::{Answer, Endpoint, negotiate};
use super::failure::Failure;
use super::path::{self, Target};
use super::respond::{self, json_response, plain_response};
use super::{ApiServer, builtin, discovery, openapi};

mod objects;

use objects::objects;

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
        return Err(if target == Target::Unknown { nowhere(parts.uri.path()) } else { not_allowed() });
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
        Target::Health { probe, check } => {
            return health(probe, check.as_deref(), parts.uri.query().unwrap_or_default());
        }
        Target::Version => version(),
        Target::CoreVersions if aggregated => discovery::aggregated_api(resources),
        Target::CoreVersions => {
            discovery::api(parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default())
        }
        Target::Groups if aggregated => discovery::aggregated_apis(resources),
        Target::Groups => discovery::apis(resources),
        Target::Group(group) => discovery::group(resources, group).ok_or_else(|| nowhere(parts.uri.path()))?,
        Target::Resources { group, version } => {
            discovery::resources(resources, group, version).ok_or_else(|| nowhere(parts.uri.path()))?
        }
        Target::OpenApiRoot => openapi::root(&server.documents()),
        Target::OpenApi { group, version } => {
            let path = if group.is_empty() { format!("api/{version}") } else { format!("apis/{group}/{version}") };
            return openapi_document(server, &path, parts);
        }
        Target::Objects(_) | Target::Watch(_) | Target::Unknown => return Err(nowhere(parts.uri.path())),
    };
    let mut response = json_response(StatusCode::OK, value.to_string());
    if aggregated {
        response.headers_mut().insert(header::CONTENT_TYPE, http::HeaderValue::from_static(AGGREGATED));
    }
    Ok(response)
}

/// A document for clients that keep it: its hash is its tag, and in the address that the root gives.
fn openapi_document(server: &ApiServer, path: &str, parts: &Parts) -> Result<Response, Failure> {
    let documents = server.documents();
    let document = documents.iter().find(|document| document.path == path).ok_or_else(|| nowhere(parts.uri.path()))?;
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

fn version() -> Value {
    let (major, minor) = VERSION;
    json!({
        "major": major, "minor": minor, "gitVersion": format!("v{major}.{minor}.0+kubectl-wasmcloud-{}", env!("CARGO_PKG_VERSION")),
        "gitCommit": "", "gitTreeState": "", "buildDate": "", "goVersion": "", "compiler": "rustc",
        "platform": format!("{}/{}", std::env::consts::OS, std::env::consts::ARCH),
    })
}

/// The checks that there are. Whoever answers at all is well: the store is read from memory.
const CHECKS: &[&str] = &["ping", "store"];

/// Whether the server is well, in the words of kube-apiserver.
fn health(probe: &str, check: Option<&str>, query: &str) -> Result<Response, Failure> {
    if check.is_some_and(|check| !CHECKS.contains(&check)) {
        return Err(Failure::page_not_found());
    }
    let verbose = form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "verbose");
    if check.is_some() || !verbose {
        return Ok(plain_response(StatusCode::OK, "ok"));
    }
    let lines: String = CHECKS.iter().map(|check| format!("[+]{check} ok\n")).collect();
    Ok(plain_response(StatusCode::OK, format!("{lines}{probe} check passed\n")))
}

/// 404 for a path that leads nowhere: in plain text where no part of a real server knows the beginning of it, and below
/// the groups that definitions bring.
fn nowhere(path: &str) -> Failure {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    match (parts.next(), parts.next()) {
        (Some("api" | "version"), _) => unknown_path(),
        (Some("apis"), Some(group)) if builtin::has_group(group) => unknown_path(),
        _ => Failure::page_not_found(),
    }
}

/// 404 for what a known part of the server does not know.
fn unknown_path() -> Failure {
    Failure::generic(StatusCode::NOT_FOUND, "NotFound", "the server could not find the requested resource")
}

fn not_allowed() -> Failure {
    let message = "the server does not allow this method on the requested resource";
    Failure::generic(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
}
