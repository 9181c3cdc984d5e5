//! Which Services lead to which hosts, and which routes are to be looked at again.

use std::collections::BTreeSet;
use std::sync::Arc;

use kube::runtime::watcher::Event;
use tokio::time::Instant;

use super::{ObjectKey, World, newest};
use crate::api::names::condition;
use crate::api::{HasConditions, Kind};
use crate::controller::host;
use crate::controller::live::Standing;
use crate::controller::objects::{HostBody, What, Workload, WorkloadBody};
use crate::controller::routes::address::{Endpoint, NoEndpoint, endpoint};
use crate::controller::routes::slice::{Slice, SliceBody};
use crate::controller::routes::watch::{News, is_forbidden};
use crate::controller::routes::{RouteMemory, Service};
use crate::controller::store::Change;
use crate::hosts::wire::HostHeartbeat;

/// The Service that is to lead to a Workload, and the host it is to lead to.
fn part(workload: &Workload) -> Option<(ObjectKey, String)> {
    let service = service_of(workload)?;
    let host = workload.host_id().filter(|_| workload.is_ready() && !workload.is_terminating())?;
    Some((service, host.to_owned()))
}

/// The Service that a Workload names.
fn service_of(workload: &Workload) -> Option<ObjectKey> {
    let name = workload.spec.kubernetes_service().filter(|name| !name.is_empty())?;
    Some(workload.key().sibling(name))
}

/// What is looked up, and what events change.
impl World {
    /// Ids of the hosts that a Service is to lead to: those of its Workloads that are ready and stay.
    pub fn hosts_serving(&self, service: &ObjectKey, now: Instant) -> BTreeSet<&str> {
        let workloads = self.relations.workloads_named_for(service).filter_map(|key| self.workloads.get(key));
        let ready = workloads.filter(|workload| workload.is_ready() && !workload.is_terminating());
        ready.filter_map(|workload| workload.host_id()).filter(|host| self.is_reachable(host, now)).collect()
    }

    /// Whether a host runs a Workload of the Service, beside that one, that is ready and stays.
    pub fn serves_without(&self, workload: &Workload, host: &str, service: &ObjectKey, now: Instant) -> bool {
        let mut others = self.workloads_on(host).filter(|other| other.uid() != workload.uid());
        self.is_reachable(host, now)
            && others.any(|other| part(other).is_some_and(|(to, at)| to == *service && at == host))
    }

    /// Whether traffic may be sent to a host: it is not known to be gone, by us or by who was in charge before us.
    fn is_reachable(&self, host: &str, now: Instant) -> bool {
        let given_up = |object: &super::Host| {
            let ready = object.condition(condition::READY);
            ready.is_some_and(|ready| !ready.is_true()) && !host::says_ending(object)
        };
        match self.live.standing(host, now) {
            Standing::Dead => false,
            _ if self.live.get(host).is_some() => true,
            _ => !self.host_object(host).is_some_and(|object| given_up(object)),
        }
    }

    /// Where the host of that id answers HTTP.
    ///
    /// # Errors
    /// Says why no Service can lead to it.
    pub fn endpoint_of(&self, host: &str) -> Result<Endpoint, NoEndpoint> {
        let (hostname, port, environment) = match (self.live.get(host), self.host_object(host)) {
            (Some(live), _) if !live.beat.hostname.is_empty() => {
                (live.beat.hostname.as_str(), Some(live.beat.http_port), live.beat.environment.as_str())
            }
            (_, Some(object)) => (
                object.hostname.as_deref().unwrap_or_default(),
                object.http_port.and_then(|port| u64::try_from(port).ok()),
                object.environment.as_deref().unwrap_or_default(),
            ),
            _ => ("", None, ""),
        };
        let pod_ip = |name: &str| self.pods.ip_of(host, name, environment);
        endpoint(hostname, port, self.settings.loopback_endpoints, pod_ip)
    }

    /// What a host is called.
    pub fn name_of_host<'a>(&'a self, host: &'a str) -> &'a str {
        let live = self.live.get(host).map(|live| live.name.as_deref().unwrap_or(&live.beat.friendly_name));
        live.or_else(|| self.host_object(host).map(|object| object.name())).unwrap_or(host)
    }

    /// A watch of Services or slices brought something, in a namespace (empty: in all of them).
    pub fn route_news(&mut self, scope: &str, news: News) {
        match news {
            News::Service(Event::Init) => self.routes.services_list(scope),
            News::Service(Event::InitDone) => {
                let gone = self.routes.services_listed(scope);
                gone.iter().for_each(|change| self.service_changed(change));
                self.touch_routes_in(scope);
            }
            News::Service(Event::Apply(service) | Event::InitApply(service)) => {
                let mut metadata = service.metadata;
                metadata.managed_fields = None;
                metadata.annotations = None;
                metadata.labels = None;
                let change = self.routes.service_seen(Service { metadata, body: () });
                change.iter().for_each(|change| self.service_changed(change));
            }
            News::Service(Event::Delete(service)) => {
                let uid = service.metadata.uid.clone().unwrap_or_default();
                let change = self.routes.service_gone(&ObjectKey::of(&service.metadata), &uid);
                change.iter().for_each(|change| self.service_changed(change));
            }
            News::Slice(Event::Init) => self.routes.slices_list(scope),
            News::Slice(Event::InitDone) => {
                let gone = self.routes.slices_listed(scope);
                gone.iter().for_each(|change| self.slice_changed(change));
                self.touch_routes_in(scope);
            }
            News::Slice(Event::Apply(slice) | Event::InitApply(slice)) => self.slice_written(Slice::of(slice)),
            News::Slice(Event::Delete(slice)) => {
                let change = self.routes.slice_gone(&Slice::of(slice));
                change.iter().for_each(|change| self.slice_changed(change));
            }
            News::Failed(kind, error) => {
                if is_forbidden(&error) && self.routes.forbidden(scope) {
                    tracing::warn!(
                        kind, scope, %error,
                        "may not be watched: Services get no endpoints until list and watch are granted"
                    );
                    self.touch_routes_in(scope);
                } else {
                    tracing::warn!(kind, scope, %error, "a watch failed; it is made again");
                }
            }
        }
    }

    /// A slice was seen, or written by us.
    pub fn slice_written(&mut self, slice: Slice) {
        let change = self.routes.slice_seen(slice);
        change.iter().for_each(|change| self.slice_changed(change));
    }

    /// We deleted a slice.
    pub fn slice_removed(&mut self, key: &ObjectKey, uid: &str) {
        let change = self.routes.slice_removed(key, uid);
        change.iter().for_each(|change| self.slice_changed(change));
    }

    /// Remembers what a turn brought of a route. Who waited for what the API server does not take waits no more.
    pub fn route_settled(&mut self, service: &ObjectKey, memory: RouteMemory) {
        let denied = memory.denied.is_some();
        self.routes.remember(service, memory);
        if denied {
            self.touch_ending(service);
        }
    }

    /// Names every route in a namespace (empty: in all of them), and the Workloads that wait for one.
    pub(super) fn touch_routes_in(&mut self, scope: &str) {
        let named = self.relations.services().chain(self.routes.keys());
        let keys: BTreeSet<_> = named.filter(|key| scope.is_empty() || key.namespace == scope).cloned().collect();
        for key in keys {
            self.touch_ending(&key);
            self.touch_route(key);
        }
    }

    /// A Workload changed: if it comes to serve a Service its route is looked at, if it no longer does at once.
    pub(super) fn reroute_workload(&mut self, change: &Change<WorkloadBody>) {
        let part = |workload: &Option<std::sync::Arc<Workload>>| workload.as_ref().and_then(|workload| part(workload));
        let (old, new) = (part(&change.old), part(&change.new));
        if old == new {
            return;
        }
        if let Some((service, _)) = old {
            self.touch_route(service);
        }
        if let Some((service, _)) = new {
            self.touch(What::Route, service);
        }
    }

    /// A host is about to be heard: whether that changes where Services lead.
    pub(super) fn is_rerouted_by(&self, beat: &HostHeartbeat) -> bool {
        self.live.get(&beat.id).is_none_or(|known| {
            let old = &known.beat;
            known.dead_since.is_some() || (&old.hostname, old.http_port) != (&beat.hostname, beat.http_port)
        })
    }

    /// A Host object changed: if it tells of another address or state, the routes to it are looked at.
    pub(super) fn reroute_host_object(&mut self, change: &Change<HostBody>) {
        let told = |host: &std::sync::Arc<super::Host>| {
            let ready = host.condition(condition::READY).map(|ready| ready.is_true());
            (host.host_id.clone(), host.hostname.clone(), host.http_port, ready)
        };
        if change.old.as_ref().map(told) == change.new.as_ref().map(told) {
            return;
        }
        let ids: BTreeSet<_> = change.old.iter().chain(&change.new).map(|host| host.host_id.clone()).collect();
        ids.iter().for_each(|id| self.touch_routes_to(id));
    }

    /// Names the routes that lead, or are to lead, to the host of that id.
    pub(super) fn touch_routes_to(&mut self, id: &str) {
        let services: BTreeSet<_> = self.workloads_on(id).filter_map(|workload| service_of(workload)).collect();
        services.into_iter().for_each(|service| self.touch_route(service));
    }

    fn touch_route(&mut self, service: ObjectKey) {
        self.routes.hurry(&service);
        self.touch(What::Route, service);
    }

    fn service_changed(&mut self, change: &Change<()>) {
        let Some(service) = newest(change) else { return };
        let told = |service: &Arc<Service>| (service.uid().to_owned(), service.is_terminating());
        if change.old.as_ref().map(told) == change.new.as_ref().map(told) {
            return;
        }
        if change.new.is_none() {
            self.touch_ending(&service.key());
        }
        self.touch_route(service.key());
    }

    fn slice_changed(&mut self, change: &Change<SliceBody>) {
        let services: BTreeSet<_> = change.old.iter().chain(&change.new).map(|s| s.key().sibling(&s.service)).collect();
        for service in services {
            self.touch_ending(&service);
            self.touch_route(service);
        }
    }

    /// Names the Workloads of a Service that are being deleted or leave their host: they wait until no slice lists them.
    fn touch_ending(&mut self, service: &ObjectKey) {
        let named = self.relations.workloads_named_for(service);
        let ends = |workload: &Arc<Workload>| workload.is_terminating() || !workload.is_ready();
        let ending = named.filter(|key| self.workloads.get(key).is_some_and(ends));
        let keys: Vec<_> = ending.cloned().collect();
        keys.into_iter().for_each(|key| self.touch(Kind::Workload, key));
    }
}
