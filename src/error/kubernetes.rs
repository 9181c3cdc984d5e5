//! From kube's errors to ours, in one place.

use std::error::Error as StdError;
use std::io;

use kube::core::Status;
use kube::core::response::reason;
use kube::runtime::watcher;
use tower::BoxError;

use super::{Error, credentials};
use crate::api::{Host, ObjectKind, WorkloadSpec, names};

/// A request that never got an answer, with the server it was for.
#[derive(Debug, thiserror::Error)]
#[error("request to {server} failed")]
pub struct TransportError {
    /// Host and port of the API server.
    pub server: String,
    /// Host and port of the proxy on the way to it.
    pub proxy: Option<String>,
    /// What happened.
    pub source: BoxError,
}

impl From<kube::Error> for Error {
    fn from(error: kube::Error) -> Self {
        match error {
            kube::Error::Api(status) => refused(status),
            kube::Error::Service(source) => match source.downcast::<TransportError>() {
                Ok(transport) => without_answer(*transport),
                Err(source) => unanswered(source.as_ref(), "the API server"),
            },
            kube::Error::HyperError(source) => unanswered(&source, "the API server"),
            kube::Error::ReadEvents(source) => unanswered(&source, "the API server"),
            kube::Error::Auth(error) => Self::Credentials(credentials::reason(&error)),
            kube::Error::InferKubeconfig(error) => Self::of_kubeconfig(error),
            other => Self::Kubernetes(with_causes(&other)),
        }
    }
}

impl From<watcher::Error> for Error {
    fn from(error: watcher::Error) -> Self {
        match error {
            watcher::Error::InitialListFailed(error)
            | watcher::Error::WatchStartFailed(error)
            | watcher::Error::WatchFailed(error) => error.into(),
            watcher::Error::WatchError(status) => refused(status),
            watcher::Error::NoResourceVersion => Self::Kubernetes(error.to_string()),
        }
    }
}

/// Whether the status has a reason of Kubernetes' own; proxies in between answer with none.
pub(super) fn is_known_reason(status: &Status) -> bool {
    !status.reason.is_empty() && reason::is_known(&status.reason)
}

/// Whether it is the plural of one of our kinds.
pub(super) fn is_ours(plural: &str) -> bool {
    let plural = plural.split('.').next().unwrap_or_default();
    let host = <Host as kube::Resource>::plural(&());
    let with_spec = ["workloaddeployments", "workloadreplicasets", WorkloadSpec::PLURAL, "artifacts"];
    plural == host || with_spec.contains(&plural)
}

fn refused(status: Box<Status>) -> Error {
    if status.code == 401 || status.reason == reason::UNAUTHORIZED {
        return Error::Unauthorized(status.message);
    }
    let names_an_object = status.details.as_ref().is_some_and(|details| !details.name.is_empty());
    if status.code == 404 && !names_an_object {
        let group = format!("*.{}", names::GROUP);
        let kind = status.details.as_ref().map(|details| details.kind.clone()).filter(|kind| !kind.is_empty());
        return Error::NoResourceType(kind.unwrap_or(group));
    }
    Error::Api(status)
}

fn without_answer(error: TransportError) -> Error {
    match (unanswered(error.source.as_ref(), &error.server), error.proxy) {
        // Whether the server listens only the proxy can tell.
        (Error::ConnectionRefused { server }, Some(proxy)) => {
            let reason = format!("proxyconnect tcp: dial tcp {proxy}: connect: connection refused");
            Error::Unreachable { reason, server }
        }
        (error, _) => error,
    }
}

fn unanswered(error: &(dyn StdError + 'static), server: &str) -> Error {
    let causes = || causes(error);
    if let Some(error) = causes().find_map(|error| error.downcast_ref::<kube::client::AuthError>()) {
        return Error::Credentials(credentials::reason(error));
    }
    if let Some(tls) = causes().find_map(|error| error.downcast_ref::<rustls::Error>()) {
        return Error::Certificate { reason: tls.to_string() };
    }
    let kinds = || causes().filter_map(|error| error.downcast_ref::<io::Error>()).map(io::Error::kind);
    if kinds().any(|kind| kind == io::ErrorKind::ConnectionRefused) {
        return Error::ConnectionRefused { server: server.to_owned() };
    }
    Error::Unreachable { reason: innermost(error), server: server.to_owned() }
}

pub(super) fn innermost(error: &(dyn StdError + 'static)) -> String {
    causes(error).last().unwrap_or(error).to_string()
}

/// The error itself, then what caused it, and what caused that. An I/O error does not name the error it wraps as its
/// source, only what is behind that one.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped as &(dyn StdError + 'static)),
        None => (**error).source(),
    })
}

/// The error and its causes, each only if it adds something.
pub(crate) fn with_causes(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    for cause in causes(error).skip(1) {
        let words = cause.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
    }
    text
}
