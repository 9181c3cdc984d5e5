//! The command line's only Kubernetes I/O.

mod access;
mod apply;
#[cfg(feature = "local")]
mod census;
mod charge;
mod create;
mod delete;
mod events;
mod facts;
mod follow;
mod install;
mod outage;
mod pages;
mod patch;
mod preflight;
mod read;
mod related;
mod resolve;
mod transport;
mod uninstall;
mod validate;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use kube::core::{ApiResource, DynamicObject, NamespaceResourceScope, Resource};
use kube::{Api, Client, Config};
use serde::de::DeserializeOwned;

use crate::error::Error;
use outage::Outages;

pub use apply::{Applying, DryRun, Validation};
pub use follow::Followed;
pub use pages::{Form, Page};
pub use patch::Writing;
pub use validate::Answers;

pub use read::{CHUNK, Filter, Listing, Scope, unreadable};
pub use related::Surroundings;
pub use watch::Change;

/// The Kubernetes API of one cluster.
#[derive(Clone)]
pub struct Cluster {
    client: Client,
    request_timeout: Option<Duration>,
    outages: Outages,
}

impl Cluster {
    /// Prepares a client; nothing is sent yet. `warn` is told what the server warns of.
    ///
    /// # Errors
    /// When certificates, keys or the proxy in the configuration cannot be used.
    pub fn connect(config: Config, warn: impl Fn(&str) + Send + Sync + 'static) -> Result<Self, Error> {
        let request_timeout = config.read_timeout;
        let warn: Arc<dyn Fn(&str) + Send + Sync> = Arc::new(warn);
        let client = transport::client(config, Arc::clone(&warn))?;
        Ok(Self { client, request_timeout, outages: Outages::new(warn) })
    }

    /// The cluster behind a client, for tests.
    #[cfg(test)]
    pub(crate) fn of(client: Client) -> Self {
        Self { client, request_timeout: None, outages: Outages::new(Arc::new(|_| {})) }
    }

    /// Passes the time that one request may take. What a person watches ends with it, as kubectl's does.
    pub async fn request_timeout(&self) {
        match self.request_timeout {
            Some(timeout) => tokio::time::sleep(timeout).await,
            None => std::future::pending().await,
        }
    }

    fn dynamic(&self, resource: &ApiResource, namespace: Option<&str>) -> Api<DynamicObject> {
        match namespace {
            Some(namespace) => Api::namespaced_with(self.client.clone(), namespace, resource),
            None => Api::all_with(self.client.clone(), resource),
        }
    }

    fn api<K>(&self, namespace: &str) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + DeserializeOwned,
    {
        Api::namespaced(self.client.clone(), namespace)
    }
}
