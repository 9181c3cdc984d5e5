//! WorkloadDeployment: equal Workloads that are replaced step by step when their template changes.

use kube::ResourceExt;
use kube::core::ObjectList;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::conditions::{Condition, HasConditions};
use super::config_layer::LocalObjectReference;
use super::names::annotation;
use super::object::{Object, ObjectKind};
use super::workload_replica_set::{ReplicaSetStatus, WorkloadReplicaTemplate};
use super::workload_spec::KubernetesSpec;

/// Equal Workloads that are replaced step by step when their template changes.
pub type WorkloadDeployment = Object<WorkloadDeploymentSpec>;

/// A list of WorkloadDeployments.
pub type WorkloadDeploymentList = ObjectList<WorkloadDeployment>;

/// How many Workloads there are to be, what they look like, and how one version of them follows another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadDeploymentSpec {
    /// How many Workloads there are to be; 1 if unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = 1))]
    pub replicas: Option<i32>,
    /// What the Workloads look like. A change of it starts a rollout.
    pub template: WorkloadReplicaTemplate,
    /// How old Workloads give way to new ones: RollingUpdate goes step by step and keeps serving, Recreate stops all
    /// old ones first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "RollingUpdate"))]
    pub deploy_policy: Option<String>,
    /// Artifacts that the template may use as image, as artifact://NAME. The deployment follows them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifacts: Option<Vec<WorkloadDeploymentArtifact>>,
    /// How Kubernetes reaches the Workloads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<KubernetesSpec>,
}

impl WorkloadDeployment {
    /// Whether somebody asked that its rollouts wait.
    pub fn is_paused(&self) -> bool {
        self.annotations().get(annotation::PAUSED).is_some_and(|value| value.trim() == "true")
    }
}

impl WorkloadDeploymentSpec {
    /// How many Workloads there are to be: 1 if unset, never below 0.
    pub fn replicas(&self) -> i32 {
        self.replicas.unwrap_or(1).max(0)
    }

    /// The deploy policy, read as upstream does: whatever is not Recreate is RollingUpdate.
    pub fn deploy_policy(&self) -> DeployPolicy {
        let policy = self.deploy_policy.as_deref().and_then(DeployPolicy::from_name);
        policy.unwrap_or_default()
    }

    /// The artifact listed under `name`, the one that `artifact://NAME` means.
    pub fn artifact(&self, name: &str) -> Option<&WorkloadDeploymentArtifact> {
        self.artifacts.iter().flatten().find(|artifact| artifact.name == name)
    }
}

/// How old Workloads give way to new ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DeployPolicy {
    /// Step by step, serving meanwhile.
    #[default]
    RollingUpdate,
    /// All old ones are gone before the first new one comes.
    Recreate,
}

impl DeployPolicy {
    /// Every policy there is.
    pub const ALL: [Self; 2] = [Self::RollingUpdate, Self::Recreate];

    /// The word that stands in `deployPolicy`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RollingUpdate => "RollingUpdate",
            Self::Recreate => "Recreate",
        }
    }

    /// The policy of that exact name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == name)
    }
}

/// An artifact, and the name the template knows it by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadDeploymentArtifact {
    /// The NAME in artifact://NAME.
    pub name: String,
    /// The Artifact object, in the same namespace.
    pub artifact_from: LocalObjectReference,
}

/// How far the rollout is, and how the Workloads fare.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadDeploymentStatus {
    /// Artifact, Sync, Deploy, Scale and Ready, in this order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Vec<Condition>>,
    /// The replica set of the current template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_replica_set: Option<LocalObjectReference>,
    /// The replica set that gives way to it; unset when no rollout runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_replica_set: Option<LocalObjectReference>,
    /// Workloads of all replica sets, counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<ReplicaSetStatus>,
    /// Workloads there are, for the scale subresource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_replicas: Option<i32>,
    /// Label selector of the replica sets, for the scale subresource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
}

impl ObjectKind for WorkloadDeploymentSpec {
    const KIND: &'static str = "WorkloadDeployment";
    const PLURAL: &'static str = "workloaddeployments";
    type Status = WorkloadDeploymentStatus;
}

impl HasConditions for WorkloadDeploymentStatus {
    fn conditions(&self) -> &[Condition] {
        self.conditions.conditions()
    }
}
