//! Volumes, and where components see them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A directory or file that components may mount. It has one source: ephemeral or hostPath.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Volume {
    /// Name of the volume, a DNS label, unique within the workload.
    pub name: String,
    /// A directory that is made for the workload, and gone with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ephemeral: Option<EphemeralVolume>,
    /// A directory or file that the host has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_path: Option<HostPathVolume>,
}

/// A directory that is made for the workload, and gone with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EphemeralVolume {}

/// A directory or file that the host has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HostPathVolume {
    /// Path on the host.
    pub path: String,
}

/// Where a component sees a volume.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VolumeMount {
    /// Name of the volume.
    pub name: String,
    /// Path within the component.
    pub mount_path: String,
    /// Whether the component may only read; false if unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
}
