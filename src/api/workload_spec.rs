//! What a Workload runs and where it may: the spec that Workloads have and templates hold.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::config_layer::{ConfigLayer, ConfigLayerRef, LocalObjectReference};

mod component;
mod host_interface;
mod volume;

pub(crate) use component::ALLOWED_HOST;
pub use component::{ImagePullPolicy, LocalResources, WorkloadComponent, WorkloadService};
pub use host_interface::HostInterface;
pub use volume::{EphemeralVolume, HostPathVolume, Volume, VolumeMount};

/// What a workload runs, what it needs from its host, and which hosts may run it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadSpec {
    /// Labels that a host must have to be eligible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_selector: Option<BTreeMap<String, String>>,
    /// The hostId of the one host that is eligible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_id: Option<String>,
    /// Only hosts of this environment are eligible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Components, called when there is something to do. They run on one host and may call each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub components: Option<Vec<WorkloadComponent>>,
    /// Interfaces that the workload needs from its host or gives to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64), extend("x-kubernetes-validations" = host_interface::uniqueness_rules()))]
    pub host_interfaces: Option<Vec<HostInterface>>,
    /// A component that runs all the time; it may listen on ports, which the other components reach on localhost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<WorkloadService>,
    /// Directories and files that components may mount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volumes: Option<Vec<Volume>>,
    /// How Kubernetes reaches the workload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<KubernetesSpec>,
}

impl WorkloadSpec {
    /// The components; none when unset.
    pub fn components(&self) -> &[WorkloadComponent] {
        self.components.as_deref().unwrap_or_default()
    }

    /// The host interfaces; none when unset.
    pub fn host_interfaces(&self) -> &[HostInterface] {
        self.host_interfaces.as_deref().unwrap_or_default()
    }

    /// The volumes; none when unset.
    pub fn volumes(&self) -> &[Volume] {
        self.volumes.as_deref().unwrap_or_default()
    }

    /// The images of the components and the service, in this order, `artifact://` ones among them.
    pub fn images(&self) -> impl Iterator<Item = &str> {
        let components = self.components().iter().map(|component| component.image.as_str());
        components.chain(self.service.iter().map(|service| service.image.as_str()))
    }

    /// The local resources of the components and the service, in this order.
    pub fn local_resources(&self) -> impl Iterator<Item = &LocalResources> {
        let components = self.components().iter().map(|component| &component.local_resources);
        components.chain(self.service.iter().map(|service| &service.local_resources)).flatten()
    }

    /// Every config layer: those of the host interfaces, the components and the service.
    pub fn config_layers(&self) -> impl Iterator<Item = ConfigLayerRef<'_>> {
        let interfaces = self.host_interfaces().iter().map(HostInterface::layer);
        let environments = self.local_resources().filter_map(|local| local.environment.as_ref());
        interfaces.chain(environments.map(ConfigLayer::layer))
    }

    /// The names of the ConfigMaps that config layers read.
    pub fn config_maps(&self) -> BTreeSet<&str> {
        names(self.config_layers().flat_map(|layer| layer.config_from))
    }

    /// The names of the Secrets that config layers read; pull secrets are not among them.
    pub fn secrets(&self) -> BTreeSet<&str> {
        names(self.config_layers().flat_map(|layer| layer.secret_from))
    }

    /// The names of the pull secrets of the components and the service.
    pub fn pull_secrets(&self) -> BTreeSet<&str> {
        let components = self.components().iter().map(|component| &component.image_pull_secret);
        let service = self.service.iter().map(|service| &service.image_pull_secret);
        names(components.chain(service).flatten())
    }

    /// The name of the Kubernetes Service whose EndpointSlice leads to the workload.
    pub fn kubernetes_service(&self) -> Option<&str> {
        self.kubernetes.as_ref().and_then(KubernetesSpec::service_name)
    }
}

/// How Kubernetes reaches a workload.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KubernetesSpec {
    /// An existing Service in the same namespace that leads to the workload; the controller keeps its EndpointSlice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<KubernetesServiceRef>,
}

impl KubernetesSpec {
    /// The name of the Service.
    pub fn service_name(&self) -> Option<&str> {
        self.service.as_ref().map(|service| service.name.as_str())
    }
}

/// A Service in the same namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KubernetesServiceRef {
    /// Name of the Service.
    pub name: String,
}

/// The names in `references`, without empty ones.
fn names<'a>(references: impl Iterator<Item = &'a LocalObjectReference>) -> BTreeSet<&'a str> {
    references.map(LocalObjectReference::name).filter(|name| !name.is_empty()).collect()
}
