//! The API server of the local control plane: the Kubernetes API for the kinds that matter here, and for any CRD.
//!
//! What it does is not ours to invent: the conformance suite runs against it and against a real kube-apiserver.

pub mod access;
pub mod body;
pub mod builtin;
pub mod causes;
pub mod crd;
pub mod discovery;
pub mod failure;
pub mod formats;
pub mod managed;
pub mod meta;
pub mod openapi;
pub mod options;
pub mod patch;
pub mod path;
pub mod protobuf;
pub mod read;
pub mod registry;
pub mod resource;
pub mod respond;
mod route;
pub mod scale;
pub mod selector;
pub mod stored;
pub mod strategy;
pub mod table;
pub mod watch;
pub mod write;

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use axum::Router;
use axum::extract::State;
use axum::middleware;
use axum::response::Response;
use http::HeaderValue;
use http::header::DATE;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use kube::Client;

use super::store::{Key, List, Store};
use registry::Registry;

/// The API server. Cheap to clone.
#[derive(Clone)]
pub struct ApiServer(Arc<Inner>);

/// What all clones share.
pub struct Inner {
    pub(in crate::local) store: Store,
    registry: RwLock<Arc<Registry>>,
    /// Made when they are asked for, and anew after a change of the registry.
    documents: Mutex<Option<Arc<Vec<openapi::Document>>>>,
    clock: fn() -> Timestamp,
}

impl std::ops::Deref for ApiServer {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl ApiServer {
    /// Serves what the store holds. Definitions in it are served at once.
    pub fn new(store: Store, clock: fn() -> Timestamp) -> Self {
        let registry = RwLock::new(Arc::new(Registry::new(builtin::resources())));
        let server = Self(Arc::new(Inner { store, registry, documents: Mutex::default(), clock }));
        server.serve_definitions();
        server
    }

    /// Everything that is answered, for a listener.
    pub fn router(&self) -> Router {
        let dated = middleware::map_response_with_state(self.clone(), dated);
        Router::new().fallback(route::answer).with_state(self.clone()).layer(dated)
    }

    /// A client in this process, without a socket.
    pub fn client(&self, namespace: &str) -> Client {
        Client::new(self.router(), namespace)
    }

    /// What is served now.
    pub fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.registry.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The OpenAPI documents of what is served now.
    fn documents(&self) -> Arc<Vec<openapi::Document>> {
        let mut documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(documents.get_or_insert_with(|| Arc::new(openapi::documents(self.registry().list_all()))))
    }

    /// Changes what is served.
    fn serve(&self, change: impl FnOnce(&mut Registry)) {
        let mut registry = self.registry.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = Registry::clone(&registry);
        change(&mut next);
        *registry = Arc::new(next);
        *self.documents.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(in crate::local) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Puts the definitions in the store into effect.
    fn serve_definitions(&self) {
        let list = List::of(crd::RESOURCE);
        let stored = self.store.list(&list).map(|page| page.items).unwrap_or_default();
        self.serve(|registry| {
            for stored in stored {
                follow(registry, &stored.key.name, serde_json::from_slice(&stored.json).ok().as_ref());
            }
        });
    }

    /// Serves what a definition defines as it is now, and no longer what it no longer defines.
    ///
    /// It is read anew while nobody else changes what is served: of several writes at once the last one counts.
    pub(super) fn follow_definition(&self, name: &str) {
        let key = Key { resource: crd::RESOURCE.into(), namespace: "".into(), name: name.into() };
        self.serve(|registry| {
            let stored = self.store.get(&key);
            let definition = stored.and_then(|stored| serde_json::from_slice(&stored.json).ok());
            follow(registry, name, definition.as_ref());
        });
    }

    /// The key of a namespace.
    pub(in crate::local) fn namespace_key(name: &str) -> Key {
        Key { resource: "namespaces".into(), namespace: "".into(), name: name.into() }
    }
}

/// An answer says when it was given, by the clock that all else here goes by.
async fn dated(State(server): State<ApiServer>, mut response: Response) -> Response {
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&server.now()).ok();
    if let Some(date) = date.and_then(|date| HeaderValue::try_from(date).ok()) {
        response.headers_mut().insert(DATE, date);
    }
    response
}

/// Puts a definition, named `plural.group`, into effect; `None` is one that is gone.
fn follow(registry: &mut Registry, name: &str, definition: Option<&serde_json::Value>) {
    let (plural, group) = name.split_once('.').unwrap_or((name, ""));
    match definition {
        Some(definition) if crd::is_established(definition) => {
            // A definition whose schema cannot be read was refused when it came.
            let resources = crd::resource_of_crd(definition).unwrap_or_default();
            registry.replace(group, plural, resources);
        }
        Some(_) => {}
        None => registry.replace(group, plural, Vec::new()),
    }
}

#[cfg(test)]
mod tests;
