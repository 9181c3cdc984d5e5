//! How namespaces and definitions end: with what they hold.

use std::sync::Arc;

use futures::StreamExt;
use serde_json::json;

use super::{AT_ONCE, call, change, delete, objects_of, read, resource_of};
use crate::local::api::crd::{self, CLEANUP};
use crate::local::api::strategy::Propagation;
use crate::local::api::{ApiServer, meta};
use crate::local::store::{Key, Stored};

/// Deletes what a namespace holds; whether nothing more is to be done for it.
pub(super) async fn namespace(server: &ApiServer, name: &str) -> bool {
    let key = ApiServer::namespace_key(name);
    let Some(stored) = server.store.get(&key) else {
        return true;
    };
    let registry = server.registry();
    let mut left = Vec::new();
    for resource in registry.stored().filter(|resource| resource.namespaced) {
        left.extend(objects_of(server, &resource.qualified(), Some(name)));
    }
    if !left.is_empty() {
        delete_all(server, left).await;
        return false;
    }
    let mut namespace = read(&stored);
    namespace["spec"]["finalizers"] = json!([]);
    let Ok(resource) = resource_of(server, &key) else {
        return true;
    };
    let mut call = call(&resource, &key, Some("finalize"));
    let ended = server.update(&mut call, "application/json", namespace.to_string().as_bytes()).await;
    ended.is_ok()
}

/// Settles what is left of a namespace that went at a revision, or that there is none of. Objects of its time go after it;
/// for those that came later it is made, as for every object that is the first of its namespace.
pub(super) async fn stragglers(server: &ApiServer, name: &str, revision: u64) {
    let registry = server.registry();
    let resources = registry.stored().filter(|resource| resource.namespaced);
    let left = resources.flat_map(|resource| objects_of(server, &resource.qualified(), Some(name)));
    let (after, before): (Vec<_>, Vec<_>) = left.partition(|stored| stored.revision > revision);
    delete_all(server, before).await;
    if !after.is_empty() && server.store.get(&ApiServer::namespace_key(name)).is_none() {
        // Whoever was faster has done it.
        let _ = server.make_namespace(name).await;
    }
}

/// Deletes what a definition defines; whether nothing more is to be done for it.
pub(super) async fn definition(server: &ApiServer, name: &str) -> bool {
    let key = Key { resource: crd::RESOURCE.into(), namespace: "".into(), name: name.into() };
    let Some(stored) = server.store.get(&key) else {
        return true;
    };
    let left = objects_of(server, name, None);
    if !left.is_empty() {
        delete_all(server, left).await;
        return false;
    }
    let uid = meta::uid(&read(&stored)).to_owned();
    let ended = change(server, &key, &uid, |object| {
        let left = meta::finalizers(object).into_iter().filter(|finalizer| *finalizer != CLEANUP);
        json!({ "finalizers": left.collect::<Vec<_>>() })
    });
    ended.await.is_ok()
}

async fn delete_all(server: &ApiServer, objects: Vec<Arc<Stored>>) {
    let leaving = objects.into_iter().map(|stored| {
        let server = server.clone();
        async move {
            let object = read(&stored);
            if !meta::deleting(&object) {
                // Whoever was faster has done it; what failed is met again on the next look.
                let _ = match resource_of(&server, &stored.key) {
                    Ok(_) => delete(&server, &stored.key, meta::uid(&object), Propagation::Background).await.is_ok(),
                    // Of a definition none of whose versions is served.
                    Err(_) => server.remove(&stored).await.is_ok(),
                };
            }
        }
    });
    futures::stream::iter(leaving).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
}
