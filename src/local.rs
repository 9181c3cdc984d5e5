//! The local control plane: an API server, its store, a garbage collector and a Wasm host in this process.
//!
//! It is reached only through the Kubernetes API ([`api`]) and [`HostBus`](crate::hosts::HostBus), as the real ones are.

pub mod api;
pub mod collector;
pub mod directory;
pub mod host;
pub mod joined;
pub mod plane;
pub mod serve;
pub mod store;

use jiff::Timestamp;
use tokio_util::sync::{CancellationToken, DropGuard};

use api::ApiServer;
use store::Store;

/// An API server with its garbage collector: all of a cluster that keeps objects.
pub struct Cluster {
    /// The API server.
    pub api: ApiServer,
    _collector: DropGuard,
}

impl Cluster {
    /// A cluster that ends with this value, for tests: nothing is on a disk or listens anywhere.
    pub async fn in_memory(clock: fn() -> Timestamp) -> Self {
        Self::on(Store::in_memory(), clock).await
    }

    /// A cluster of what a store holds, and with the namespace `default`.
    pub async fn on(store: Store, clock: fn() -> Timestamp) -> Self {
        let api = ApiServer::new(store, clock);
        // It is there already, or the first write will say what is wrong with the store.
        let _ = api.make_namespace("default").await;
        // As with a real server no watch goes back to before its start.
        api.store.compact(api.store.revision());
        let until = CancellationToken::new();
        tokio::spawn(collector::run(api.clone(), until.clone()));
        Self { api, _collector: until.drop_guard() }
    }

    /// A client in this process, without a socket.
    pub fn client(&self, namespace: &str) -> kube::Client {
        self.api.client(namespace)
    }
}
