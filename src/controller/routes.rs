//! Routes: the EndpointSlices of the Services that Workloads name, which lead to the hosts they run on.
//!
//! Keyed by Service. Hosts route on by the `Host` header, so several Workloads on one host are one endpoint.

pub mod address;
mod known;
pub mod plan;
pub mod slice;
#[cfg(test)]
mod tests;
pub mod watch;

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::time::Instant;

use super::effect::{Decision, Effect, Now, Refusal, Reply, Settled, Then};
use super::events::{Announcement, Regarding, Tone};
use super::objects::{ObjectKey, Seen};
use super::world::World;
use address::NoEndpoint;
pub use known::{RouteMemory, Routes, Sight};
use plan::{SliceWrite, Wanted, plan};
use slice::Slice;

/// A Service: only its metadata is needed.
pub type Service = Seen<()>;

/// A Service and all that a decision about its slices rests on.
#[derive(Debug)]
pub struct Observed<'w> {
    /// The Service, if there is one.
    pub service: Option<&'w Arc<Service>>,
    /// Where it is to lead.
    pub wanted: Wanted,
    /// Hosts that run Workloads for it and that it cannot lead to, by name.
    pub left_out: BTreeMap<String, NoEndpoint>,
    /// Its slices.
    pub slices: Vec<&'w Arc<Slice>>,
    /// What is remembered of it.
    pub memory: RouteMemory,
}

/// What replies are about.
#[derive(Clone, Debug)]
pub struct Pending {
    memory: RouteMemory,
}

/// Looks up what a decision needs; nothing while it is not known.
pub fn observe<'w>(world: &'w World, key: &ObjectKey) -> Option<Observed<'w>> {
    let routes = &world.routes;
    if routes.sight(&key.namespace) != Sight::Clear {
        return None;
    }
    let (mut endpoints, mut left_out) = (Vec::new(), BTreeMap::new());
    for host in world.hosts_serving(key) {
        match world.endpoint_of(host) {
            Ok(endpoint) => endpoints.push(endpoint),
            Err(why) => {
                left_out.insert(world.name_of_host(host), why);
            }
        }
    }
    Some(Observed {
        service: routes.service(key),
        wanted: endpoints.into_iter().collect(),
        left_out,
        slices: routes.slices_of(key).collect(),
        memory: routes.memory_of(key),
    })
}

/// Decides on the route to a Service, unless it was written a moment ago and nothing is urgent.
pub fn look(world: &World, key: &ObjectKey, now: Now) -> Decision {
    if let Some(until) = world.routes.rests_until(key, now.instant) {
        return Decision { next: Some(until), ..Decision::default() };
    }
    observe(world, key).map(|observed| decide(&observed)).unwrap_or_default()
}

/// Decides what is next for the route to a Service.
pub fn decide(observed: &Observed<'_>) -> Decision {
    let service = observed.service.map(|service| &***service);
    let writes = plan(observed.service.map(|service| &**service), &observed.wanted, &observed.slices);
    let _ = service;
    let said: std::collections::BTreeSet<String> =
        observed.left_out.iter().map(|(host, why)| format!("host \"{host}\" is left out: {why}")).collect();
    let new = observed.service.into_iter().flat_map(|service| {
        said.difference(&observed.memory.said).map(|message| Effect::Announce(warning(service, message)))
    });
    let mut effects: Vec<_> = new.collect();
    if !writes.is_empty() {
        effects.push(Effect::Slices(writes));
    }
    if effects.is_empty() && said == observed.memory.said && observed.memory.denied.is_none() {
        return Decision::default();
    }
    let memory = RouteMemory { said, denied: None, ..observed.memory.clone() };
    Decision { effects, then: Then::Route(Pending { memory }), ..Decision::default() }
}
