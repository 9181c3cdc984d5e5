//! Host: a wasmCloud host that was heard from.

use std::borrow::Cow;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::ResourceExt;
use kube::core::{NamespaceResourceScope, ObjectList, ObjectMeta, Resource};
use schemars::{JsonSchema, Schema};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use super::conditions::{Condition, HasConditions, readable_time};
use super::names;

/// A wasmCloud host that was heard from. The controller keeps these objects; none is created by hand.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Host {
    /// Standard object metadata; the labels are the host's own.
    #[serde(default)]
    #[schemars(skip)]
    pub metadata: ObjectMeta,
    /// The identity the host gave itself when it started.
    pub host_id: String,
    /// Address the host can be reached at: an IP address or a DNS name.
    pub hostname: Option<String>,
    /// Port of the host's HTTP server.
    pub http_port: Option<i32>,
    /// The environment the host serves; for a host in a Pod its namespace.
    pub environment: Option<String>,
    /// What the host last reported, and what the controller makes of it.
    pub status: Option<HostStatus>,
}

/// A list of Hosts.
pub type HostList = ObjectList<Host>;

/// What a host last reported, and what the controller makes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HostStatus {
    /// Reporting and Ready, in this order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Vec<Condition>>,
    /// Version of the host.
    pub version: String,
    /// Operating system.
    pub os_name: String,
    /// Processor architecture.
    pub os_arch: String,
    /// Kernel of the operating system.
    pub os_kernel: String,
    /// Load of the machine's processors in percent, as a decimal number.
    #[serde(rename = "systemCPUUsage")]
    pub system_cpu_usage: String,
    /// Memory of the machine in bytes; 0 is unknown.
    pub system_memory_total: i64,
    /// Memory in bytes that is neither used nor held by the page cache.
    pub system_memory_free: i64,
    /// Components running on the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = remove_format)]
    pub component_count: Option<i64>,
    /// Workloads running on the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = remove_format)]
    pub workload_count: Option<i64>,
    /// When the host was last heard from, up to 40 seconds late.
    #[serde(default, deserialize_with = "readable_time", skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Time>,
}

impl HostStatus {
    /// Load of the machine's processors in percent; `None` when the host said something that is no finite number.
    pub fn cpu_percent(&self) -> Option<f64> {
        self.system_cpu_usage.parse().ok().filter(|percent: &f64| percent.is_finite())
    }
}

impl Host {
    /// Whether an annotation says `true`.
    fn is_marked(&self, annotation: &str) -> bool {
        self.annotations().get(annotation).is_some_and(|value| value == "true")
    }

    /// Whether somebody asked that no new Workloads come.
    pub fn is_cordoned(&self) -> bool {
        self.is_marked(names::annotation::UNSCHEDULABLE)
    }

    /// Whether somebody asked that its Workloads go elsewhere.
    pub fn is_draining(&self) -> bool {
        self.is_marked(names::annotation::DRAIN)
    }

    /// Whether no new Workloads come: a drain keeps them away too.
    pub fn is_unschedulable(&self) -> bool {
        self.is_cordoned() || self.is_draining()
    }
}

impl HasConditions for HostStatus {
    fn conditions(&self) -> &[Condition] {
        self.conditions.conditions()
    }
}

impl HasConditions for Host {
    fn conditions(&self) -> &[Condition] {
        self.status.conditions()
    }
}

impl Serialize for Host {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut host = serializer.serialize_map(None)?;
        host.serialize_entry("apiVersion", names::API_VERSION)?;
        host.serialize_entry("kind", "Host")?;
        host.serialize_entry("metadata", &self.metadata)?;
        host.serialize_entry("hostId", &self.host_id)?;
        if let Some(hostname) = &self.hostname {
            host.serialize_entry("hostname", hostname)?;
        }
        if let Some(http_port) = &self.http_port {
            host.serialize_entry("httpPort", http_port)?;
        }
        if let Some(environment) = &self.environment {
            host.serialize_entry("environment", environment)?;
        }
        if let Some(status) = &self.status {
            host.serialize_entry("status", status)?;
        }
        host.end()
    }
}

impl Resource for Host {
    type DynamicType = ();
    type Scope = NamespaceResourceScope;

    fn kind((): &()) -> Cow<'_, str> {
        "Host".into()
    }

    fn group((): &()) -> Cow<'_, str> {
        names::GROUP.into()
    }

    fn version((): &()) -> Cow<'_, str> {
        names::VERSION.into()
    }

    fn plural((): &()) -> Cow<'_, str> {
        "hosts".into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

/// The published CRD says integer, and no more.
fn remove_format(schema: &mut Schema) {
    schema.remove("format");
}
