//! WorkloadReplicaSet: a number of equal Workloads.

use std::collections::BTreeMap;

use kube::core::ObjectList;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::conditions::{Condition, HasConditions};
use super::object::{Object, ObjectKind};
use super::workload_spec::WorkloadSpec;

/// A number of equal Workloads; one revision of a deployment.
pub type WorkloadReplicaSet = Object<WorkloadReplicaSetSpec>;

/// A list of WorkloadReplicaSets.
pub type WorkloadReplicaSetList = ObjectList<WorkloadReplicaSet>;

/// How many Workloads there are to be, and what they look like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WorkloadReplicaSetSpec {
    /// How many Workloads there are to be; 1 if unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = 1))]
    pub replicas: Option<i32>,
    /// What the Workloads look like.
    pub template: WorkloadReplicaTemplate,
}

impl WorkloadReplicaSetSpec {
    /// How many Workloads there are to be: 1 if unset, never below 0.
    pub fn replicas(&self) -> i32 {
        self.replicas.unwrap_or(1).max(0)
    }
}

/// What Workloads look like that are made from it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WorkloadReplicaTemplate {
    /// Annotations of the Workloads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<BTreeMap<String, String>>,
    /// Labels of the Workloads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<BTreeMap<String, String>>,
    /// Spec of the Workloads.
    pub spec: WorkloadSpec,
}

/// How many Workloads there are, and how they fare.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WorkloadReplicaSetStatus {
    /// ScaleUp, ScaleDown and Ready, in this order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Vec<Condition>>,
    /// Workloads, counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<ReplicaSetStatus>,
}

/// Workloads, counted; a count that is left out is 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReplicaSetStatus {
    /// Workloads asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<i32>,
    /// Workloads there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<i32>,
    /// Workloads that are ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ready: Option<i32>,
    /// Workloads there are that are not available.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unavailable: Option<i32>,
}

impl ObjectKind for WorkloadReplicaSetSpec {
    const KIND: &'static str = "WorkloadReplicaSet";
    const PLURAL: &'static str = "workloadreplicasets";
    type Status = WorkloadReplicaSetStatus;
}

impl HasConditions for WorkloadReplicaSetStatus {
    fn conditions(&self) -> &[Condition] {
        self.conditions.conditions()
    }
}
