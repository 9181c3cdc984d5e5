//! The messages that controller and wasmCloud hosts exchange: `wasmcloud.runtime.v2` as proto3 JSON.
//!
//! Reading is lenient as proto3 JSON asks: lowerCamelCase or snake_case, numbers or strings, enum names or numbers,
//! `null` or absence for a default, unknown fields ignored. Writing leaves defaults out.

mod lenient;
mod redacted;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use lenient::{float, integer, maybe_timestamp, null_as_default, unsigned};

/// What a host publishes every 15 s on `runtime.operator.heartbeat.<id>` and answers to a heartbeat request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HostHeartbeat {
    /// The host's id: new at each start of the host, part of every subject it listens on.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// What the host was started with (`--host-name`): an IP address or a DNS name.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub hostname: String,
    /// The name the host made up at this start; the name of its Host object.
    #[serde(alias = "friendly_name", deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub friendly_name: String,
    /// The version of the host.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Labels, `hostgroup` among them.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// When this host process started.
    #[serde(alias = "started_at", deserialize_with = "maybe_timestamp", skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// CPU architecture.
    #[serde(alias = "os_arch", deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub os_arch: String,
    /// Operating system.
    #[serde(alias = "os_name", deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub os_name: String,
    /// Kernel version.
    #[serde(alias = "os_kernel", deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub os_kernel: String,
    /// CPU in use, percent; a host may send NaN.
    #[serde(alias = "system_cpu_usage", deserialize_with = "float")]
    pub system_cpu_usage: f32,
    /// Memory of the machine, bytes; 0 is unknown.
    #[serde(alias = "system_memory_total", deserialize_with = "unsigned")]
    pub system_memory_total: u64,
    /// Memory free, bytes, page cache not counted as free.
    #[serde(alias = "system_memory_free", deserialize_with = "unsigned")]
    pub system_memory_free: u64,
    /// Components running on the host.
    #[serde(alias = "component_count", deserialize_with = "unsigned")]
    pub component_count: u64,
    /// Workloads running on the host.
    #[serde(alias = "workload_count", deserialize_with = "unsigned")]
    pub workload_count: u64,
    /// What plugins of the host give to workloads. What every host has built in is not listed.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub imports: Vec<WitInterface>,
    /// What plugins of the host call in workloads.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub exports: Vec<WitInterface>,
    /// The port of the host's HTTP server.
    #[serde(alias = "http_port", deserialize_with = "unsigned")]
    pub http_port: u64,
    /// For a host pod its namespace; otherwise what the host was started with.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub environment: String,
}

/// An interface of WIT with its configuration.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WitInterface {
    /// WIT namespace, as `wasi`.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// WIT package, as `http`.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub package: String,
    /// Version of the package; may be empty.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Interfaces of the package, in no order.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub interfaces: Vec<String>,
    /// Configuration for the one who implements the interface.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub config: BTreeMap<String, String>,
    /// Instance name, where two entries share namespace:package.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// Request of `workload.start`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WorkloadStartRequest {
    /// What to run.
    pub workload: Workload,
    /// Chosen by the caller: the UID of the Workload object.
    #[serde(alias = "workload_id")]
    pub workload_id: String,
}

/// A workload, as a host is told it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Workload {
    /// Namespace of the Workload object.
    pub namespace: String,
    /// Name of the Workload object.
    pub name: String,
    /// Annotations of the Workload object.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// The long-running service, at most one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    /// Components and the interfaces they need of the host.
    #[serde(alias = "wit_world", skip_serializing_if = "Option::is_none")]
    pub wit_world: Option<WitWorld>,
    /// Volumes that components mount.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<Volume>,
}

/// The components of a workload and what the host has to give them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WitWorld {
    /// Components.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Component>,
    /// Interfaces that the host implements or calls.
    #[serde(alias = "host_interfaces", skip_serializing_if = "Vec::is_empty")]
    pub host_interfaces: Vec<WitInterface>,
}

/// A component of a workload.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Component {
    /// OCI reference.
    pub image: String,
    /// Environment, volumes and egress.
    #[serde(alias = "local_resources", skip_serializing_if = "Option::is_none")]
    pub local_resources: Option<LocalResources>,
    /// Instances kept ready.
    #[serde(alias = "pool_size", deserialize_with = "integer", skip_serializing_if = "is_zero")]
    pub pool_size: i32,
    /// Invocations before an instance is replaced.
    #[serde(alias = "max_invocations", deserialize_with = "integer", skip_serializing_if = "is_zero")]
    pub max_invocations: i32,
    /// Credentials for the image's registry.
    #[serde(alias = "image_pull_secret", skip_serializing_if = "Option::is_none")]
    pub image_pull_secret: Option<ImagePullSecret>,
    /// Name within the workload.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// When to pull.
    #[serde(alias = "image_pull_policy", skip_serializing_if = "ImagePullPolicy::is_unspecified")]
    pub image_pull_policy: ImagePullPolicy,
    /// Invocations at the same time.
    #[serde(alias = "max_concurrency", deserialize_with = "integer", skip_serializing_if = "is_zero")]
    pub max_concurrency: i32,
}

/// The service of a workload.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Service {
    /// OCI reference.
    pub image: String,
    /// Environment, volumes and egress.
    #[serde(alias = "local_resources", skip_serializing_if = "Option::is_none")]
    pub local_resources: Option<LocalResources>,
    /// Restarts before the service counts as failed.
    #[serde(alias = "max_restarts", deserialize_with = "unsigned", serialize_with = "lenient::as_string")]
    pub max_restarts: u64,
    /// Credentials for the image's registry.
    #[serde(alias = "image_pull_secret", skip_serializing_if = "Option::is_none")]
    pub image_pull_secret: Option<ImagePullSecret>,
    /// When to pull.
    #[serde(alias = "image_pull_policy", skip_serializing_if = "ImagePullPolicy::is_unspecified")]
    pub image_pull_policy: ImagePullPolicy,
}

/// What a component or service is given and allowed.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LocalResources {
    /// For wasi:config.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub config: BTreeMap<String, String>,
    /// Environment variables, all layers flattened.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// Volumes mounted.
    #[serde(alias = "volume_mounts", skip_serializing_if = "Vec::is_empty")]
    pub volume_mounts: Vec<VolumeMount>,
    /// Hosts that may be called; none denies all.
    #[serde(alias = "allowed_hosts", skip_serializing_if = "Vec::is_empty")]
    pub allowed_hosts: Vec<String>,
    /// Names that may be looked up.
    #[serde(alias = "allowed_ip_name_lookups", skip_serializing_if = "Vec::is_empty")]
    pub allowed_ip_name_lookups: Vec<String>,
    /// Ports of the host's loopback that may be reached.
    #[serde(alias = "allowed_host_loopback_ports", skip_serializing_if = "Vec::is_empty")]
    pub allowed_host_loopback_ports: Vec<String>,
}

/// A volume: one of the two sources is set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Volume {
    /// Name that mounts refer to.
    pub name: String,
    /// A directory of the host.
    #[serde(alias = "host_path", skip_serializing_if = "Option::is_none")]
    pub host_path: Option<HostPathVolume>,
    /// A directory that lives as long as the workload.
    #[serde(alias = "empty_dir", skip_serializing_if = "Option::is_none")]
    pub empty_dir: Option<EmptyDirVolume>,
}

/// A directory of the host.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HostPathVolume {
    /// Path on the host.
    #[serde(alias = "local_path")]
    pub local_path: String,
}

/// A directory that lives as long as the workload; has no settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EmptyDirVolume {}

/// A mount of a volume.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeMount {
    /// Name of the volume.
    pub name: String,
    /// Path in the component.
    #[serde(alias = "mount_path")]
    pub mount_path: String,
    /// Whether writes are refused.
    #[serde(alias = "read_only", skip_serializing_if = "std::ops::Not::not")]
    pub read_only: bool,
}

/// Credentials for a registry.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImagePullSecret {
    /// User name.
    pub username: String,
    /// Password or token.
    pub password: String,
}

impl fmt::Debug for ImagePullSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ImagePullSecret(redacted)")
    }
}

/// When a host pulls an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum ImagePullPolicy {
    /// The host's default: if not present.
    #[default]
    #[serde(rename = "IMAGE_PULL_POLICY_UNSPECIFIED")]
    Unspecified,
    /// At each start.
    #[serde(rename = "IMAGE_PULL_POLICY_ALWAYS")]
    Always,
    /// When it is not in the host's cache.
    #[serde(rename = "IMAGE_PULL_POLICY_IF_NOT_PRESENT")]
    IfNotPresent,
    /// Not at all: the image must be in the host's cache.
    #[serde(rename = "IMAGE_PULL_POLICY_NEVER")]
    Never,
}

impl ImagePullPolicy {
    fn is_unspecified(&self) -> bool {
        *self == Self::Unspecified
    }
}

impl<'de> Deserialize<'de> for ImagePullPolicy {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = [
            ("IMAGE_PULL_POLICY_UNSPECIFIED", Self::Unspecified),
            ("IMAGE_PULL_POLICY_ALWAYS", Self::Always),
            ("IMAGE_PULL_POLICY_IF_NOT_PRESENT", Self::IfNotPresent),
            ("IMAGE_PULL_POLICY_NEVER", Self::Never),
        ];
        lenient::enumeration(deserializer, &names)
    }
}

/// Request of `workload.status` and `workload.stop`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WorkloadIdRequest {
    /// The id that the workload was started under.
    #[serde(alias = "workload_id")]
    pub workload_id: String,
}

/// Response of `workload.start`, `workload.status` and `workload.stop`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WorkloadResponse {
    /// State of the workload; a host that leaves it out answers nothing of use.
    #[serde(alias = "workload_status", skip_serializing_if = "Option::is_none")]
    pub workload_status: Option<WorkloadStatus>,
}

/// State of a workload on a host.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WorkloadStatus {
    /// The id that was asked for.
    #[serde(alias = "workload_id", deserialize_with = "null_as_default")]
    pub workload_id: String,
    /// What became of it.
    #[serde(alias = "workload_state", skip_serializing_if = "WorkloadState::is_unspecified")]
    pub workload_state: WorkloadState,
    /// The host's own words; for a failed start the whole chain of causes.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// What a host says of a workload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub enum WorkloadState {
    /// Not told, or a value newer than this program.
    #[default]
    #[serde(rename = "WORKLOAD_STATE_UNSPECIFIED")]
    Unspecified,
    /// Being started.
    #[serde(rename = "WORKLOAD_STATE_STARTING")]
    Starting,
    /// Running.
    #[serde(rename = "WORKLOAD_STATE_RUNNING")]
    Running,
    /// A service that came to its end well.
    #[serde(rename = "WORKLOAD_STATE_COMPLETED")]
    Completed,
    /// Being stopped.
    #[serde(rename = "WORKLOAD_STATE_STOPPING")]
    Stopping,
    /// Failed; the message says why.
    #[serde(rename = "WORKLOAD_STATE_ERROR")]
    Error,
    /// The host does not know the id.
    #[serde(rename = "WORKLOAD_STATE_NOT_FOUND")]
    NotFound,
}

impl WorkloadState {
    const NAMES: [(&'static str, Self); 7] = [
        ("WORKLOAD_STATE_UNSPECIFIED", Self::Unspecified),
        ("WORKLOAD_STATE_STARTING", Self::Starting),
        ("WORKLOAD_STATE_RUNNING", Self::Running),
        ("WORKLOAD_STATE_COMPLETED", Self::Completed),
        ("WORKLOAD_STATE_STOPPING", Self::Stopping),
        ("WORKLOAD_STATE_ERROR", Self::Error),
        ("WORKLOAD_STATE_NOT_FOUND", Self::NotFound),
    ];

    fn is_unspecified(&self) -> bool {
        *self == Self::Unspecified
    }

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, state)| *state == self).map_or("WORKLOAD_STATE_UNSPECIFIED", |(name, _)| name)
    }
}

impl<'de> Deserialize<'de> for WorkloadState {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::enumeration(deserializer, &Self::NAMES)
    }
}

fn is_zero(value: &i32) -> bool {
    *value == 0
}
