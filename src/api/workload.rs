//! Workload: components, and perhaps a service, that run together on one host.

use kube::core::ObjectList;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::conditions::{Condition, HasConditions};
use super::object::{Object, ObjectKind};
use super::workload_spec::WorkloadSpec;

/// Components, and perhaps a service, that run together on one host.
pub type Workload = Object<WorkloadSpec>;

/// A list of Workloads.
pub type WorkloadList = ObjectList<Workload>;

/// Where a workload runs, and how it fares.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadStatus {
    /// Config, HostSelection, Placement, Sync and Ready, in this order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Vec<Condition>>,
    /// The hostId of the host it was given to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_id: Option<String>,
    /// The environment of that host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// What the host knows it by, the uid of this object; set once it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workload_id: Option<String>,
}

impl ObjectKind for WorkloadSpec {
    const KIND: &'static str = "Workload";
    const PLURAL: &'static str = "workloads";
    type Status = WorkloadStatus;
}

impl HasConditions for WorkloadStatus {
    fn conditions(&self) -> &[Condition] {
        self.conditions.conditions()
    }
}
