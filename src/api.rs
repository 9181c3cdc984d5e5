//! The five kinds of `runtime.wasmcloud.dev/v1alpha1` as data: what a cluster may hold, nothing that decides or acts.
//!
//! The types are views. They keep what is unset apart from what is empty or zero, read whatever the published
//! CustomResourceDefinitions let a cluster hold, and leave out fields that this version does not know; whoever copies a
//! template copies its raw JSON. Documentation comments on serialised fields are also what `kubectl explain` shows.

mod artifact;
mod conditions;
mod config_layer;
mod crds;
mod host;
mod kind;
pub mod names;
mod object;
mod owner;
mod template_hash;
mod workload;
mod workload_deployment;
mod workload_replica_set;
mod workload_spec;

pub use artifact::{ARTIFACT_SCHEME, Artifact, ArtifactList, ArtifactSpec, ArtifactStatus, artifact_name};
pub use conditions::{Condition, ConditionStatus, HasConditions, set_condition};
pub use config_layer::{ConfigLayer, ConfigLayerRef, LocalObjectReference};
pub use crds::{crd, crds};
pub use host::{Host, HostList, HostStatus};
pub use kind::Kind;
pub use object::{Object, ObjectKind};
pub use owner::{controller_of, controller_reference, is_owned_by};
pub use template_hash::{same_template_spec, template_hash, template_hash_of_value};
pub use workload::{Workload, WorkloadList, WorkloadStatus};
pub use workload_deployment::{
    DeployPolicy, WorkloadDeployment, WorkloadDeploymentArtifact, WorkloadDeploymentList, WorkloadDeploymentSpec,
    WorkloadDeploymentStatus,
};
pub use workload_replica_set::{
    ReplicaSetStatus, WorkloadReplicaSet, WorkloadReplicaSetList, WorkloadReplicaSetSpec, WorkloadReplicaSetStatus,
    WorkloadReplicaTemplate,
};
pub(crate) use workload_spec::ALLOWED_HOST;
pub use workload_spec::{
    EphemeralVolume, HostInterface, HostPathVolume, ImagePullPolicy, KubernetesServiceRef, KubernetesSpec,
    LocalResources, Volume, VolumeMount, WorkloadComponent, WorkloadService, WorkloadSpec,
};

#[cfg(test)]
mod tests;
