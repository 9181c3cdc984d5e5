//! Routes: the EndpointSlices of the Services that Workloads name, which lead to the hosts they run on.
//!
//! Keyed by Service. A host finds the Workload by the `Host` header, so several Workloads on one host are one endpoint.

pub mod address;
mod exit;
mod known;
pub mod plan;
pub mod slice;
#[cfg(test)]
mod tests;
pub mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::time::Instant;

use super::effect::{Decision, Effect, Now, Refusal, Reply, Settled, Then, Version};
use super::events::{Announcement, Regarding, Tone};
use super::naming::upstream_slice;
use super::objects::{ObjectKey, Seen};
use super::release::Deed;
use super::world::World;
use address::NoEndpoint;
pub use exit::{Exit, exit};
pub use known::{RouteMemory, Routes, Sight};
use plan::{SliceWrite, Wanted, plan};
use slice::Slice;

/// Reason of the Event that says that a host is left out.
const NO_ENDPOINT: &str = "NoEndpoint";
/// Reason of the Event that says that the API server does not take a slice.
const SLICE_REFUSED: &str = "EndpointSliceRefused";

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
    service: Option<Arc<Service>>,
    denied_before: Option<String>,
    memory: RouteMemory,
}

/// Looks up what a decision needs; nothing while Services, slices, or Pods that hosts are called by are not all known.
pub fn observe<'w>(world: &'w World, key: &ObjectKey, now: Instant) -> Option<Observed<'w>> {
    let routes = &world.routes;
    if routes.sight(&key.namespace) != Sight::Clear {
        return None;
    }
    let (mut endpoints, mut left_out) = (Vec::new(), BTreeMap::new());
    for host in world.hosts_serving(key, now) {
        match world.endpoint_of(host) {
            Ok(endpoint) => endpoints.push(endpoint),
            Err(NoEndpoint::NoPod(_)) if !world.pods.are_known() => return None,
            Err(why) => {
                left_out.insert(world.name_of_host(host).to_owned(), why);
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
    observe(world, key, now.instant).map(|observed| decide(&observed)).unwrap_or_default()
}

/// Decides what is next for the route to a Service.
pub fn decide(observed: &Observed<'_>) -> Decision {
    let writes = plan(observed.service.map(|service| &**service), &observed.wanted, &observed.slices);
    let mut memory = RouteMemory { denied: None, said: BTreeSet::new(), ..observed.memory.clone() };
    let mut effects = Vec::new();
    if let Some(service) = observed.service {
        let left_out = observed.left_out.iter();
        memory.said = left_out.map(|(host, why)| format!("host \"{host}\" gets no endpoint: {why}")).collect();
        let news = memory.said.difference(&observed.memory.said);
        effects.extend(news.map(|words| warning(service, NO_ENDPOINT, words)));
    }
    if !writes.is_empty() {
        effects.push(Effect::Slices(writes));
    }
    if effects.is_empty() && memory == observed.memory {
        return Decision::default();
    }
    let (service, denied_before) = (observed.service.cloned(), observed.memory.denied.clone());
    Decision { effects, then: Then::Route(Pending { service, denied_before, memory }), ..Decision::default() }
}

/// Turns the replies into what to remember of the route.
pub fn settle(pending: &Pending, replies: &[Reply], now: Now) -> Settled {
    let mut memory = pending.memory.clone();
    if replies.iter().any(|reply| matches!(reply, Reply::Slice(_) | Reply::SliceGone(..))) {
        memory.written = Some(now.instant);
    }
    memory.denied = replies.iter().find_map(|reply| match reply {
        Reply::Refused(Refusal::Denied(why)) => Some(why.clone()),
        _ => None,
    });
    let news = memory.denied.as_ref().filter(|why| pending.denied_before.as_ref() != Some(why));
    let told = news.zip(pending.service.as_ref());
    let effects = told.map(|(why, service)| warning(service, SLICE_REFUSED, why)).into_iter().collect();
    Settled { effects, route: Some(memory), ..Settled::default() }
}

/// What upstream's operator would not look after is deleted before it takes over: slices of other names than its own.
pub fn release(world: &World) -> Vec<Deed> {
    let others = world.routes.slices().filter(|slice| slice.name() != upstream_slice(&slice.service));
    let mut others: Vec<_> = others.collect();
    others.sort_by_key(|slice| slice.key());
    let deed = |slice: &&Arc<Slice>| Deed {
        effects: vec![Effect::Slices(vec![SliceWrite::Delete(Version::of(slice))])],
        words: format!("EndpointSlice {}: deleted, for upstream's operator keeps one per Service", slice.key()),
    };
    others.iter().map(deed).collect()
}

fn warning(service: &Service, reason: &str, words: &str) -> Effect {
    let regarding = Regarding {
        api_version: "v1".to_owned(),
        kind: "Service".to_owned(),
        key: service.key(),
        uid: service.uid().to_owned(),
    };
    Effect::Announce(Announcement::new(regarding, Tone::Warning, reason, words))
}
