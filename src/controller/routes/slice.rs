//! EndpointSlices as the controller keeps and writes them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use k8s_openapi::api::discovery::v1::{self, EndpointConditions, EndpointPort, EndpointSlice};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use serde_json::{Value, json};

use super::Service;
use crate::api::names::label;
use crate::controller::objects::Seen;

/// The name of the one port.
const PORT_NAME: &str = "http";

/// A family of addresses: a slice holds one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// IPv4.
    IPv4,
    /// IPv6.
    IPv6,
}

impl Family {
    /// The family of an address.
    pub fn of(ip: IpAddr) -> Self {
        if ip.is_ipv4() { Self::IPv4 } else { Self::IPv6 }
    }

    /// The word in `addressType`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IPv4 => "IPv4",
            Self::IPv6 => "IPv6",
        }
    }
}

/// What one slice is to say: as texts, which is how upstream sorts them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Its name.
    pub name: String,
    /// The family of its addresses.
    pub family: Family,
    /// The port they all listen on.
    pub port: u16,
    /// The addresses.
    pub addresses: BTreeSet<String>,
}

/// What is kept of a slice beside its metadata.
#[derive(Clone, Debug, Default)]
pub struct SliceBody {
    /// The Service it is of.
    pub service: String,
    /// The family of its addresses; none if they are names.
    pub family: Option<Family>,
    /// Its ports.
    pub ports: Vec<i32>,
    /// Its addresses.
    pub addresses: BTreeSet<String>,
    /// Whether labels, port and endpoints are exactly what would be written for these addresses.
    pub exact: bool,
}

/// An EndpointSlice that carries our label.
pub type Slice = Seen<SliceBody>;

impl Slice {
    /// Keeps what is needed of a slice.
    pub fn of(slice: EndpointSlice) -> Self {
        let EndpointSlice { mut metadata, address_type, endpoints, ports } = slice;
        metadata.managed_fields = None;
        let family = [Family::IPv4, Family::IPv6].into_iter().find(|family| family.as_str() == address_type);
        let addresses: BTreeSet<_> =
            endpoints.iter().flatten().flat_map(|endpoint| &endpoint.addresses).cloned().collect();
        let numbers: Vec<_> = ports.iter().flatten().filter_map(|port| port.port).collect();
        let service = service_of(&metadata);
        let exact = has_labels(&metadata, &service)
            && endpoints == Some(written_endpoints(&addresses))
            && matches!(numbers.as_slice(), [port] if ports == Some(written_ports(*port)));
        Self { metadata, body: SliceBody { service, family, ports: numbers, addresses, exact } }
    }

    /// Whether it leads to that address and port.
    pub fn lists(&self, address: &str, port: u16) -> bool {
        self.ports.contains(&i32::from(port)) && self.addresses.contains(address)
    }

    /// Whether it says exactly that of the Service already.
    pub fn says(&self, service: &Service, content: &Content) -> bool {
        let owned = self.metadata.owner_references.iter().flatten().any(|owner| *owner == reference(service));
        owned
            && self.exact
            && self.service == service.name()
            && self.family == Some(content.family)
            && self.ports == [i32::from(content.port)]
            && self.addresses == content.addresses
    }
}

/// The Service a slice is of, by its owner; where somebody took that away, by its label.
fn service_of(metadata: &ObjectMeta) -> String {
    let owner = metadata.owner_references.iter().flatten().find(|owner| owner.kind == "Service");
    let labelled = || metadata.labels.as_ref()?.get(label::SERVICE_NAME).cloned();
    owner.map(|owner| owner.name.clone()).or_else(labelled).unwrap_or_default()
}

/// Whether a slice that is in the way of one of ours is meant for the same Service.
pub fn belongs_to(metadata: &ObjectMeta, service: &str) -> bool {
    service_of(metadata) == service
}

fn has_labels(metadata: &ObjectMeta, service: &str) -> bool {
    let labels = metadata.labels.clone().unwrap_or_default();
    written_labels(service).iter().all(|(name, value)| labels.get(name) == Some(value))
}

/// The slice as it is to be created.
pub fn render(service: &Service, content: &Content) -> EndpointSlice {
    EndpointSlice {
        metadata: ObjectMeta {
            namespace: Some(service.namespace().to_owned()),
            name: Some(content.name.clone()),
            labels: Some(written_labels(service.name())),
            owner_references: Some(vec![reference(service)]),
            ..ObjectMeta::default()
        },
        address_type: content.family.as_str().to_owned(),
        endpoints: Some(written_endpoints(&content.addresses)),
        ports: Some(written_ports(content.port.into())),
    }
}

/// The merge patch that makes a slice say so, if it has not changed since. Labels of others stay.
pub fn patch(service: &Service, there: &Slice, content: &Content) -> Value {
    json!({
        "metadata": {
            "uid": there.uid(),
            "resourceVersion": there.metadata.resource_version,
            "labels": written_labels(service.name()),
            "ownerReferences": [reference(service)],
        },
        "endpoints": written_endpoints(&content.addresses),
        "ports": written_ports(content.port.into()),
    })
}

fn written_labels(service: &str) -> BTreeMap<String, String> {
    BTreeMap::from([
        (label::SERVICE_NAME.to_owned(), service.to_owned()),
        (label::ROUTE_MANAGER.to_owned(), "true".to_owned()),
    ])
}

fn written_endpoints(addresses: &BTreeSet<String>) -> Vec<v1::Endpoint> {
    let conditions = || EndpointConditions { ready: Some(true), serving: Some(true), terminating: None };
    let endpoint = |address: &String| v1::Endpoint {
        addresses: vec![address.clone()],
        conditions: Some(conditions()),
        ..v1::Endpoint::default()
    };
    addresses.iter().map(endpoint).collect()
}

fn written_ports(port: i32) -> Vec<EndpointPort> {
    vec![EndpointPort {
        name: Some(PORT_NAME.to_owned()),
        port: Some(port),
        protocol: Some("TCP".to_owned()),
        app_protocol: None,
    }]
}

/// The reference to the Service as the owner, as controller-runtime writes it.
fn reference(service: &Service) -> OwnerReference {
    OwnerReference {
        api_version: "v1".to_owned(),
        kind: "Service".to_owned(),
        name: service.name().to_owned(),
        uid: service.uid().to_owned(),
        controller: Some(true),
        block_owner_deletion: Some(true),
    }
}
