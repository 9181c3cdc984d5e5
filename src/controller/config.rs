//! A Workload and the ConfigMaps and Secrets it reads → the request that starts it. Pure; no value ever enters an error.

pub mod pull_secret;
mod reading;
mod sources;

use std::collections::BTreeMap;

pub use reading::{ConfigRef, ConfigVersion, Contents, Digest, DigestKey, Reading, Record, named_in, read_by, record};
pub use sources::Sources;

use crate::api::names::reason;
use crate::api::{self, ConfigLayerRef, LocalObjectReference, WorkloadSpec};
use crate::controller::objects::Workload;
use crate::hosts::wire;

/// Why a Workload cannot be configured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigProblem {
    /// A ConfigMap is missing.
    #[error("ConfigMap \"{0}\" not found")]
    ConfigMapNotFound(String),
    /// A Secret is missing.
    #[error("Secret \"{0}\" not found")]
    SecretNotFound(String),
    /// A Secret holds something that is no text.
    #[error("key \"{key}\" of Secret \"{secret}\" is not UTF-8 text")]
    SecretKeyNotUtf8 {
        /// Name of the Secret.
        secret: String,
        /// The key.
        key: String,
    },
    /// A pull secret is none.
    #[error("pull secret \"{0}\" has no readable \".dockerconfigjson\"")]
    PullSecretInvalid(String),
    /// The API server does not let the controller read it.
    #[error("the controller is not allowed to read {what}: {words}")]
    Forbidden {
        /// The ConfigMap or Secret.
        what: String,
        /// The API server's words.
        words: String,
    },
    /// A pull secret is for other registries.
    #[error("pull secret \"{secret}\" has no entry for the registry of image \"{image}\"")]
    PullSecretHasNoRegistry {
        /// Name of the Secret.
        secret: String,
        /// The image.
        image: String,
    },
}

impl ConfigProblem {
    /// The reason of the condition Config.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::ConfigMapNotFound(_) => reason::CONFIG_MAP_NOT_FOUND,
            Self::SecretNotFound(_) => reason::SECRET_NOT_FOUND,
            Self::SecretKeyNotUtf8 { .. } => reason::SECRET_KEY_NOT_UTF8,
            Self::Forbidden { .. } => reason::CONFIG_FORBIDDEN,
            Self::PullSecretInvalid(_) => reason::PULL_SECRET_INVALID,
            Self::PullSecretHasNoRegistry { .. } => reason::PULL_SECRET_HAS_NO_REGISTRY,
        }
    }
}

/// Who is to be started.
pub struct Subject<'a> {
    /// Namespace of the Workload.
    pub namespace: &'a str,
    /// Name of the Workload.
    pub name: &'a str,
    /// Its UID: the id it runs under.
    pub uid: &'a str,
    /// Its annotations.
    pub annotations: Option<&'a BTreeMap<String, String>>,
    /// What it is.
    pub spec: &'a WorkloadSpec,
}

impl<'a> Subject<'a> {
    /// The Workload as the API server has it.
    pub fn of(workload: &'a Workload) -> Self {
        Self {
            namespace: workload.namespace(),
            name: workload.name(),
            uid: workload.uid(),
            annotations: workload.metadata.annotations.as_ref(),
            spec: &workload.spec,
        }
    }
}

/// The request that starts a Workload, its configuration flattened (precedence: inline, ConfigMaps, Secrets; later wins).
///
/// # Errors
/// The first thing that is missing or unreadable.
pub fn start_request(subject: &Subject<'_>, sources: &Sources) -> Result<wire::WorkloadStartRequest, ConfigProblem> {
    let build = Build { namespace: subject.namespace, service: subject.spec.kubernetes_service(), sources };
    let spec = subject.spec;
    let components = spec.components().iter().map(|component| build.component(component)).collect::<Result<_, _>>()?;
    let interfaces = spec.host_interfaces().iter().map(|i| build.interface(i)).collect::<Result<_, _>>()?;
    let service = spec.service.as_ref().map(|service| build.service(service)).transpose()?;
    let workload = wire::Workload {
        namespace: subject.namespace.to_owned(),
        name: subject.name.to_owned(),
        annotations: subject.annotations.cloned().unwrap_or_default(),
        service,
        wit_world: Some(wire::WitWorld { components, host_interfaces: interfaces }),
        volumes: spec.volumes().iter().map(volume).collect(),
    };
    Ok(wire::WorkloadStartRequest { workload, workload_id: subject.uid.to_owned() })
}

struct Build<'a> {
    namespace: &'a str,
    service: Option<&'a str>,
    sources: &'a Sources,
}

impl Build<'_> {
    fn component(&self, from: &api::WorkloadComponent) -> Result<wire::Component, ConfigProblem> {
        Ok(wire::Component {
            image: from.image.clone(),
            local_resources: self.local_resources(from.local_resources.as_ref())?,
            pool_size: from.pool_size.unwrap_or_default(),
            max_invocations: from.max_invocations.unwrap_or_default(),
            image_pull_secret: self.pull_secret(from.image_pull_secret.as_ref(), &from.image)?,
            name: from.name.clone(),
            image_pull_policy: pull_policy(from.image_pull_policy.as_deref()),
            max_concurrency: from.max_concurrency.unwrap_or_default(),
        })
    }

    fn service(&self, from: &api::WorkloadService) -> Result<wire::Service, ConfigProblem> {
        Ok(wire::Service {
            image: from.image.clone(),
            local_resources: self.local_resources(from.local_resources.as_ref())?,
            max_restarts: u64::try_from(from.max_restarts.unwrap_or_default()).unwrap_or_default(),
            image_pull_secret: self.pull_secret(from.image_pull_secret.as_ref(), &from.image)?,
            image_pull_policy: pull_policy(from.image_pull_policy.as_deref()),
        })
    }

    fn local_resources(
        &self,
        from: Option<&api::LocalResources>,
    ) -> Result<Option<wire::LocalResources>, ConfigProblem> {
        let Some(from) = from else { return Ok(None) };
        let environment = match &from.environment {
            Some(layer) => self.flatten(layer.layer())?,
            None => BTreeMap::new(),
        };
        Ok(Some(wire::LocalResources {
            config: from.config.clone().unwrap_or_default(),
            environment,
            volume_mounts: from.volume_mounts.iter().flatten().map(volume_mount).collect(),
            allowed_hosts: from.allowed_hosts.clone().unwrap_or_default(),
            allowed_ip_name_lookups: from.allowed_ip_name_lookups.clone().unwrap_or_default(),
            allowed_host_loopback_ports: from.allowed_host_loopback_ports.clone().unwrap_or_default(),
        }))
    }

    fn interface(&self, from: &api::HostInterface) -> Result<wire::WitInterface, ConfigProblem> {
        let mut config = self.flatten(from.layer())?;
        let incoming = from.namespace == "wasi"
            && from.package == "http"
            && from.interfaces.iter().any(|interface| interface == "incoming-handler");
        if let (true, Some(service)) = (incoming, self.service) {
            let aliases = format!("{service}.{ns},{service}.{ns}.svc", ns = self.namespace);
            let all = match config.get("host-aliases") {
                Some(own) if !own.is_empty() => format!("{own},{aliases}"),
                _ => aliases,
            };
            config.insert("host-aliases".to_owned(), all);
        }
        Ok(wire::WitInterface {
            namespace: from.namespace.clone(),
            package: from.package.clone(),
            version: from.version.clone().unwrap_or_default(),
            interfaces: from.interfaces.clone(),
            config,
            name: from.name.clone().unwrap_or_default(),
        })
    }

    fn flatten(&self, layer: ConfigLayerRef<'_>) -> Result<BTreeMap<String, String>, ConfigProblem> {
        let mut flat = layer.config.cloned().unwrap_or_default();
        for name in named(layer.config_from) {
            let data = self.sources.config_maps.get(name);
            let data = data.ok_or_else(|| ConfigProblem::ConfigMapNotFound(name.to_owned()))?;
            flat.extend(data.clone());
        }
        for name in named(layer.secret_from) {
            for (key, value) in self.secret(name)? {
                let text = String::from_utf8(value.clone())
                    .map_err(|_| ConfigProblem::SecretKeyNotUtf8 { secret: name.to_owned(), key: key.clone() })?;
                flat.insert(key.clone(), text);
            }
        }
        Ok(flat)
    }

    fn pull_secret(
        &self,
        reference: Option<&LocalObjectReference>,
        image: &str,
    ) -> Result<Option<wire::ImagePullSecret>, ConfigProblem> {
        let Some(name) = reference.map(LocalObjectReference::name).filter(|name| !name.is_empty()) else {
            return Ok(None);
        };
        pull_secret::credentials(name, self.secret(name)?, image).map(Some)
    }

    fn secret(&self, name: &str) -> Result<&BTreeMap<String, Vec<u8>>, ConfigProblem> {
        self.sources.secrets.get(name).ok_or_else(|| ConfigProblem::SecretNotFound(name.to_owned()))
    }
}

fn named(references: &[LocalObjectReference]) -> impl Iterator<Item = &str> {
    references.iter().map(LocalObjectReference::name).filter(|name| !name.is_empty())
}

/// An unknown policy means the host's default, as it does to upstream's operator.
fn pull_policy(name: Option<&str>) -> wire::ImagePullPolicy {
    match name {
        Some("Always") => wire::ImagePullPolicy::Always,
        Some("IfNotPresent") => wire::ImagePullPolicy::IfNotPresent,
        Some("Never") => wire::ImagePullPolicy::Never,
        _ => wire::ImagePullPolicy::Unspecified,
    }
}

fn volume(from: &api::Volume) -> wire::Volume {
    wire::Volume {
        name: from.name.clone(),
        host_path: from.host_path.as_ref().map(|host| wire::HostPathVolume { local_path: host.path.clone() }),
        empty_dir: from.ephemeral.as_ref().map(|_| wire::EmptyDirVolume {}),
    }
}

fn volume_mount(from: &api::VolumeMount) -> wire::VolumeMount {
    wire::VolumeMount {
        name: from.name.clone(),
        mount_path: from.mount_path.clone(),
        read_only: from.read_only.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
