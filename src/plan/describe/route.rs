//! How requests get to a Workload: Service, EndpointSlices, hosts, and the HTTP host name.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::discovery::v1::EndpointSlice;
use serde::Serialize;

use super::{Read, Shared, Snapshot, Subject};
use crate::api::{Host, Workload};
use crate::plan::rollout::{http_hosts, is_of, routes_to};

/// The name that hosts' HTTP ports have in slices, and the port of a Service has to have.
const HTTP: &str = "http";

/// How requests get there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Routing {
    /// HTTP host names it answers to.
    pub http_hosts: Vec<String>,
    /// Name of the Service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The Service's type, address and ports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Where the Service leads.
    pub endpoints: Vec<Endpoint>,
    /// Where hosts answer directly.
    pub answers_at: Vec<String>,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
    /// What could not be read, in the server's words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
}

/// An address that a Service leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Endpoint {
    /// The EndpointSlice.
    pub slice: String,
    /// `ADDRESS:PORT`.
    pub address: String,
    /// The host there.
    pub host: Option<String>,
    /// Whether it is ready.
    pub ready: bool,
}

/// The route; nothing for what serves no HTTP and names no Service.
pub(super) fn routing(snapshot: &Snapshot) -> Option<Routing> {
    let spec = snapshot.subject.spec()?;
    let mut routing = Routing { http_hosts: http_hosts(spec), ..Routing::default() };
    let service = snapshot.subject.service();
    if routing.http_hosts.is_empty() && service.is_none() {
        return None;
    }
    match &snapshot.hosts {
        Ok(hosts) => {
            let routes = routes_to(spec, current(snapshot).into_iter(), hosts);
            routing.answers_at = routes.iter().map(ToString::to_string).collect();
        }
        Err(words) => routing.unreadable.push(words.clone()),
    }
    if let Some(name) = service {
        routing.service = Some(name.to_owned());
        routing.see_service(name, &snapshot.service);
        routing.see_slices(&snapshot.slices, snapshot.hosts.as_deref().unwrap_or_default());
    }
    Some(routing)
}

/// The Workloads of the current template.
fn current(snapshot: &Snapshot) -> Vec<&Workload> {
    let set = match &snapshot.subject {
        Subject::Deployment(_) => snapshot.current_set(),
        _ => None,
    };
    let own = snapshot.own_workloads();
    own.into_iter().filter(|workload| set.is_none_or(|set| is_of(workload, set))).collect()
}

impl Routing {
    fn see_service(&mut self, name: &str, read: &Read<Option<Service>>) {
        let service = match read {
            Ok(Some(service)) => service,
            Ok(None) => return self.problems.push(format!("Service \"{name}\" not found")),
            Err(words) => return self.unreadable.push(words.clone()),
        };
        let spec = service.spec.clone().unwrap_or_default();
        let ports = spec.ports.unwrap_or_default();
        if spec.selector.is_some_and(|selector| !selector.is_empty()) {
            self.problems.push(format!("Service \"{name}\" has a selector: Kubernetes fills its endpoints, too"));
        }
        if !ports.iter().any(|port| port.name.as_deref() == Some(HTTP)) {
            self.problems.push(format!("Service \"{name}\" has no port named \"{HTTP}\", and leads nowhere"));
        }
        let ports: Vec<_> =
            ports.iter().map(|port| format!("{} {}", port.name.as_deref().unwrap_or("-"), port.port)).collect();
        let kind = spec.type_.as_deref().unwrap_or("ClusterIP").to_owned();
        let ip = spec.cluster_ip.filter(|ip| !ip.is_empty() && ip != "None").unwrap_or_default();
        let words = [kind, ip, ports.join(", ")];
        let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
        self.address = Some(words.join(", "));
    }

    fn see_slices(&mut self, read: &Read<Shared<EndpointSlice>>, hosts: &[Host]) {
        let slices = match read {
            Ok(slices) => slices,
            Err(words) => return self.unreadable.push(words.clone()),
        };
        let endpoints: BTreeSet<_> = slices.iter().flat_map(|slice| of_slice(slice, hosts)).collect();
        if endpoints.is_empty() && self.address.is_some() {
            self.problems.push("no EndpointSlice of the Service has an address".to_owned());
        }
        self.endpoints = endpoints
            .into_iter()
            .map(|(slice, address, ready, host)| Endpoint { slice, address, host, ready })
            .collect();
    }
}

fn of_slice(slice: &EndpointSlice, hosts: &[Host]) -> Vec<(String, String, bool, Option<String>)> {
    let name = slice.metadata.name.clone().unwrap_or_default();
    let ports: Vec<_> = slice.ports.iter().flatten().filter_map(|port| port.port).collect();
    let mut all = Vec::new();
    for endpoint in slice.endpoints.iter().flatten() {
        let ready = endpoint.conditions.as_ref().and_then(|conditions| conditions.ready).unwrap_or(true);
        for address in &endpoint.addresses {
            for port in &ports {
                let is_it = |host: &&Host| host.hostname.as_ref() == Some(address) && host.http_port == Some(*port);
                let host = hosts.iter().find(is_it).and_then(|host| host.metadata.name.clone());
                let shown =
                    if address.contains(':') { format!("[{address}]:{port}") } else { format!("{address}:{port}") };
                all.push((name.clone(), shown, ready, host));
            }
        }
    }
    all
}
