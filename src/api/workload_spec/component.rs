//! What runs: components and the service, and what each may use.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::config_layer::{ConfigLayer, LocalObjectReference};
use super::volume::VolumeMount;

/// A Wasm component that is called when there is something to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadComponent {
    /// Name of the component, unique within the workload.
    pub name: String,
    /// Image with the component, or artifact://NAME for an artifact that the deployment lists.
    pub image: String,
    /// A Secret of type kubernetes.io/dockerconfigjson with access to the image's registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_pull_secret: Option<LocalObjectReference>,
    /// When the host pulls the image: Always, IfNotPresent or Never. If unset, the host decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_pull_policy: Option<String>,
    /// Instances of the component that are kept and called again. If unset or 0, every call gets a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub pool_size: Option<i32>,
    /// Calls that a kept instance answers before it is replaced; if unset or 0, any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub max_invocations: Option<i32>,
    /// Calls that a kept instance may answer at the same time; if unset or 0, one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub max_concurrency: Option<i32>,
    /// What the component may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_resources: Option<LocalResources>,
}

/// A Wasm component that runs all the time. It exports wasi:cli/run and may listen on ports, which the workload's other
/// components reach on localhost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadService {
    /// Image with the component, or artifact://NAME for an artifact that the deployment lists.
    pub image: String,
    /// A Secret of type kubernetes.io/dockerconfigjson with access to the image's registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_pull_secret: Option<LocalObjectReference>,
    /// When the host pulls the image: Always, IfNotPresent or Never. If unset, the host decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_pull_policy: Option<String>,
    /// How often the host starts the service again after it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_restarts: Option<i32>,
    /// What the service may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_resources: Option<LocalResources>,
}

impl WorkloadComponent {
    /// The pull policy; `None` when it is unset.
    pub fn image_pull_policy(&self) -> Option<ImagePullPolicy> {
        self.image_pull_policy.as_deref().and_then(ImagePullPolicy::read)
    }
}

impl WorkloadService {
    /// The pull policy; `None` when it is unset.
    pub fn image_pull_policy(&self) -> Option<ImagePullPolicy> {
        self.image_pull_policy.as_deref().and_then(ImagePullPolicy::read)
    }
}

/// When a host pulls an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImagePullPolicy {
    /// At every start.
    Always,
    /// When the host does not have it.
    IfNotPresent,
    /// The host must have it.
    Never,
}

impl ImagePullPolicy {
    /// Every policy there is.
    pub const ALL: [Self; 3] = [Self::Always, Self::IfNotPresent, Self::Never];

    /// The word that stands in `imagePullPolicy`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Always => "Always",
            Self::IfNotPresent => "IfNotPresent",
            Self::Never => "Never",
        }
    }

    /// The policy of that exact name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == name)
    }

    /// What a field means, read as upstream does: empty is unset, an unknown word is IfNotPresent.
    fn read(name: &str) -> Option<Self> {
        (!name.is_empty()).then(|| Self::from_name(name).unwrap_or(Self::IfNotPresent))
    }
}

/// What a component or service may use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LocalResources {
    /// Volumes of the workload that it sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_mounts: Option<Vec<VolumeMount>>,
    /// Its environment variables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<ConfigLayer>,
    /// What it reads through wasi:config.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<BTreeMap<String, String>>,
    /// Hosts it may send requests to: HOST, HOST:PORT or either with SCHEME:// before it, where HOST may be *.SUFFIX;
    /// or * for all. If unset or empty, none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(inner(regex(pattern = ALLOWED_HOST)))]
    pub allowed_hosts: Option<Vec<String>>,
    /// Names it may look up: *, NAME, *.SUFFIX or an IP address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(inner(regex(pattern = ALLOWED_IP_NAME_LOOKUP)))]
    pub allowed_ip_name_lookups: Option<Vec<String>>,
    /// Ports of the host machine's loopback address that it may connect to: PORT, PORT/tcp or PORT/udp.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(inner(regex(pattern = ALLOWED_HOST_LOOPBACK_PORT)))]
    pub allowed_host_loopback_ports: Option<Vec<String>>,
}

/// A DNS name, repeated in the patterns below.
macro_rules! dns_name {
    () => {
        r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
    };
}

/// What an entry of `allowedHosts` must match, as published.
pub(crate) const ALLOWED_HOST: &str = concat!(
    r"^\*$|^([A-Za-z][A-Za-z0-9+.-]*://)(\*\.)?",
    dns_name!(),
    r"(:[0-9]{1,5})?/?$|^(\*\.)?",
    dns_name!(),
    r"(:[0-9]{1,5})?$"
);

/// What an entry of `allowedIpNameLookups` must match, as published.
const ALLOWED_IP_NAME_LOOKUP: &str = concat!(r"^\*$|^(\*\.)?", dns_name!(), r"$|^[0-9A-Fa-f:.]+$");

/// What an entry of `allowedHostLoopbackPorts` must match, as published.
const ALLOWED_HOST_LOOPBACK_PORT: &str = r"^[0-9]{1,5}(/(tcp|udp|TCP|UDP))?$";
