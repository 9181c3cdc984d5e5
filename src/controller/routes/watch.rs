//! Watching Services and the slices that carry our label.

use futures::stream::{BoxStream, StreamExt};
use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::core::PartialObjectMeta;
use kube::runtime::watcher::{Config, Error, Event};
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client};

use crate::api::names::label;
use crate::controller::watch::refusal;

/// What a watch brought.
#[derive(Debug)]
pub enum News {
    /// Of Services: their metadata is all that is asked for.
    Service(Event<PartialObjectMeta<Service>>),
    /// Of slices.
    Slice(Event<EndpointSlice>),
    /// A watch failed and is being made again.
    Failed(&'static str, Error),
}

/// Watches Services and our slices in a namespace (empty: in all).
pub fn watch_routes(client: &Client, scope: &str) -> [BoxStream<'static, News>; 2] {
    let services: Api<PartialObjectMeta<Service>> = match scope {
        "" => Api::all(client.clone()),
        namespace => Api::namespaced(client.clone(), namespace),
    };
    let slices: Api<EndpointSlice> = match scope {
        "" => Api::all(client.clone()),
        namespace => Api::namespaced(client.clone(), namespace),
    };
    let ours = Config::default().labels(&format!("{}=true", label::ROUTE_MANAGER));
    let services = move || {
        let events = watcher(services.clone(), Config::default()).default_backoff();
        events.map(|event| event.map_or_else(|error| News::Failed("Service", error), News::Service)).boxed()
    };
    let slices = move || {
        let events = watcher(slices.clone(), ours.clone()).default_backoff();
        events.map(|event| event.map_or_else(|error| News::Failed("EndpointSlice", error), News::Slice)).boxed()
    };
    [refusal::with_rests(services, News::is_refusal), refusal::with_rests(slices, News::is_refusal)]
}

impl News {
    fn is_refusal(&self) -> bool {
        matches!(self, Self::Failed(_, error) if is_forbidden(error))
    }
}

/// Whether we may not look, as opposed to not being able to.
pub(in crate::controller) fn is_forbidden(error: &Error) -> bool {
    refusal::answer(error).is_some_and(|status| status.is_forbidden())
}
