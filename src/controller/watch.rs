//! One watch per kind, made again for ever, as a stream of events for the world.

pub(super) mod refusal;

use futures::stream::{BoxStream, SelectAll, StreamExt};
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::core::{NamespaceResourceScope, PartialObjectMeta};
use kube::runtime::watcher::{self, Event};
use kube::runtime::{WatchStreamExt, watcher as watch};
use kube::{Api, Client, Resource};

use super::config::{ConfigRef, ConfigVersion};
use super::objects::{ObjectKey, Raw};
use super::pods::watch as pods;
use super::routes::watch::{News, watch_routes};
use super::settings::Settings;
use crate::api::Kind;

/// What a watch brought.
#[derive(Debug)]
pub enum Seen {
    /// Of one of our kinds, in one of the namespaces that are watched (empty: all of them).
    Object(Kind, String, Event<Raw>),
    /// Of Services or their slices, in one of the namespaces that are watched (empty: all of them).
    Route(String, News),
    /// Of host Pods, in one of the namespaces that are watched (empty: all of them).
    Pod(String, pods::News),
    /// A ConfigMap or Secret.
    Config(ConfigNews),
    /// A watch failed and is being made again.
    Failed(&'static str, watcher::Error),
}

/// What a watch says of ConfigMaps or Secrets.
#[derive(Clone, Debug)]
pub enum ConfigNews {
    /// It has this version.
    There(ConfigRef, ConfigVersion),
    /// It is gone; this was its last version.
    Gone(ConfigRef, ConfigVersion),
    /// A list of a kind in a namespace (empty: in all) begins.
    ListBegins(&'static str, String),
    /// A list has ended.
    ListEnds(&'static str, String),
}

/// All watches. Host objects are watched in the controller's own namespace.
pub fn watches(client: &Client, settings: &Settings) -> SelectAll<BoxStream<'static, Seen>> {
    let (own, namespaces) = (&settings.namespace, &settings.watch_namespaces);
    let scopes: Vec<String> =
        if namespaces.is_empty() { vec![String::new()] } else { namespaces.iter().cloned().collect() };
    let mut all = SelectAll::new();
    let pods = pods::watch_pods(client, own, &settings.pod_namespaces());
    all.push(pods.map(|(scope, news)| Seen::Pod(scope, news)).boxed());
    for kind in Kind::ALL {
        let scopes = if kind == Kind::Host { vec![own.to_owned()] } else { scopes.clone() };
        for scope in scopes {
            all.push(objects(client.clone(), kind, scope));
        }
    }
    for scope in scopes {
        all.push(config::<ConfigMap>(client.clone(), &scope, "ConfigMap", ConfigRef::ConfigMap));
        all.push(config::<Secret>(client.clone(), &scope, "Secret", ConfigRef::Secret));
        for routes in watch_routes(client, &scope) {
            let scope = scope.clone();
            all.push(routes.map(move |news| Seen::Route(scope.clone(), news)).boxed());
        }
    }
    all
}

fn objects(client: Client, kind: Kind, scope: String) -> BoxStream<'static, Seen> {
    let resource = kind.api_resource();
    let api: Api<Raw> = match scope.as_str() {
        "" => Api::all_with(client, &resource),
        namespace => Api::namespaced_with(client, namespace, &resource),
    };
    let events = watch(api, watcher::Config::default()).default_backoff();
    let seen = events.map(move |event| match event {
        Ok(event) => Seen::Object(kind, scope.clone(), event),
        Err(error) => Seen::Failed(kind.name(), error),
    });
    seen.boxed()
}

/// Only metadata is watched; values are read when they are needed.
fn config<K>(
    client: Client,
    scope: &str,
    kind: &'static str,
    of: fn(ObjectKey) -> ConfigRef,
) -> BoxStream<'static, Seen>
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope> + Clone + std::fmt::Debug + Send + 'static,
    K: serde::de::DeserializeOwned,
{
    let api: Api<PartialObjectMeta<K>> = match scope {
        "" => Api::all(client),
        namespace => Api::namespaced(client, namespace),
    };
    let events = watch(api, watcher::Config::default()).default_backoff();
    let scope = scope.to_owned();
    let seen = events.map(move |event| match event {
        Ok(Event::Apply(object) | Event::InitApply(object)) => {
            Seen::Config(ConfigNews::There(of(ObjectKey::of(&object.metadata)), ConfigVersion::of(&object.metadata)))
        }
        Ok(Event::Delete(object)) => {
            Seen::Config(ConfigNews::Gone(of(ObjectKey::of(&object.metadata)), ConfigVersion::of(&object.metadata)))
        }
        Ok(Event::Init) => Seen::Config(ConfigNews::ListBegins(kind, scope.clone())),
        Ok(Event::InitDone) => Seen::Config(ConfigNews::ListEnds(kind, scope.clone())),
        Err(error) => Seen::Failed(kind, error),
    });
    seen.boxed()
}
