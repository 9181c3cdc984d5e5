//! Whether a Workload that is being deleted, or leaves its host, may be stopped, as far as Services lead to it.

use tokio::time::Instant;

use super::Sight;
use super::address::Endpoint;
use crate::controller::objects::{ObjectKey, Workload};
use crate::controller::world::World;

/// How a Workload that is to be stopped stands with the Service that leads to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Its end takes no endpoint away: none leads to it, or the host goes on serving the Service without it.
    Free,
    /// Its endpoint is, or may be, in a slice still.
    Listed,
    /// Its endpoint is in no slice any more.
    Out,
}

/// Looks up how a Workload that is to be stopped, and was ready before, stands with the Service that leads to it.
pub fn exit(world: &World, workload: &Workload, now: Instant) -> Exit {
    let Some(service) = workload.spec.kubernetes_service().map(|name| workload.key().sibling(name)) else {
        return Exit::Free;
    };
    match world.routes.sight(workload.namespace()) {
        Sight::Forbidden => return Exit::Free,
        Sight::Pending => return Exit::Listed,
        Sight::Clear => {}
    }
    // What the API server never takes is not waited for.
    if world.routes.service(&service).is_none() || world.routes.memory_of(&service).denied.is_some() {
        return Exit::Free;
    }
    let Some(host) = workload.host_id() else { return Exit::Free };
    let Ok(endpoint) = world.endpoint_of(host) else { return Exit::Free };
    if world.serves_without(workload, host, &service, now) {
        return Exit::Free;
    }
    let address = endpoint.ip.to_string();
    let listed = world.routes.slices_of(&service).any(|slice| slice.lists(&address, endpoint.port));
    match listed {
        true if is_kept(world, workload, &service, endpoint, now) => Exit::Free,
        true => Exit::Listed,
        false => Exit::Out,
    }
}

/// Whether another host of the same address keeps the endpoint.
fn is_kept(world: &World, workload: &Workload, service: &ObjectKey, endpoint: Endpoint, now: Instant) -> bool {
    let others = world.live.iter().map(|live| live.beat.id.as_str()).filter(|id| workload.host_id() != Some(id));
    others
        .filter(|other| world.endpoint_of(other) == Ok(endpoint))
        .any(|other| world.serves_without(workload, other, service, now))
}
