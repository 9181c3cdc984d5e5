//! Events, as the core API has them, which shows those of both APIs.

use futures::stream::BoxStream;
use k8s_openapi::api::core::v1::Event;
use kube::core::ApiResource;
use serde_json::Value;

use super::Cluster;
use super::read::{Filter, Scope};
use super::watch::Change;
use crate::api::names;
use crate::error::Error;

impl Cluster {
    /// Events about anything.
    ///
    /// # Errors
    /// When the request fails.
    pub async fn events(&self, scope: &Scope) -> Result<Vec<Value>, Error> {
        self.list(&resource(), scope, &Filter::default()).await
    }

    /// Events about objects of our kinds; all others stay with the server.
    ///
    /// # Errors
    /// When the request fails.
    pub async fn events_of_ours(&self, scope: &Scope) -> Result<Vec<Event>, Error> {
        let fields = format!("involvedObject.apiVersion={}", names::API_VERSION);
        self.list(&resource(), scope, &Filter { labels: None, fields: Some(fields) }).await
    }

    /// Watches the warnings about Workloads of a namespace until dropped.
    pub fn watch_warnings_of_workloads(&self, namespace: &str) -> BoxStream<'static, Result<Change, Error>> {
        let fields = Some("involvedObject.kind=Workload,type=Warning".to_owned());
        self.watch(&resource(), &Scope::Namespace(namespace.to_owned()), &Filter { labels: None, fields })
    }

    /// Watches Events about anything until dropped.
    pub fn watch_events(&self, scope: &Scope) -> BoxStream<'static, Result<Change, Error>> {
        self.watch(&resource(), scope, &Filter::default())
    }
}

fn resource() -> ApiResource {
    ApiResource::erase::<Event>(&())
}
