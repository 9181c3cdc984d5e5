//! Who is let in: whoever shows the token.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::local::api::failure::Failure;
use crate::local::directory::access::Token;

/// What kube-apiserver shows to everybody (its ClusterRole `system:public-info-viewer`).
const PUBLIC: [&str; 5] = ["/healthz", "/livez", "/readyz", "/version", "/version/"];

/// Answers 401 unless the token is shown. A wrong one is refused everywhere, none at all only where it is needed: like
/// kube-apiserver without anonymous requests.
pub(super) async fn require(State(token): State<Arc<Token>>, mut request: Request, next: Next) -> Response {
    let allowed = match shown(request.headers()) {
        Some(shown) => token.is(shown),
        None => PUBLIC.contains(&request.uri().path()),
    };
    if !allowed {
        return unauthorized();
    }
    // Nothing behind this door needs it, so that it reaches no log.
    request.headers_mut().remove(header::AUTHORIZATION);
    next.run(request).await
}

/// The bearer token of a request, found as kube-apiserver finds it.
fn shown(headers: &HeaderMap) -> Option<&[u8]> {
    let credentials = headers.get(header::AUTHORIZATION)?.as_bytes().trim_ascii();
    let mut words = credentials.split(|byte| *byte == b' ');
    let scheme = words.next()?;
    let token = words.next()?;
    (scheme.eq_ignore_ascii_case(b"bearer") && !token.is_empty()).then_some(token)
}

fn unauthorized() -> Response {
    let status = Failure::new(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized").status();
    let mut response = Response::new(Body::from(status.to_string()));
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, private"));
    response
}
