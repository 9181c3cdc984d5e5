//! Artifact: an image under a name, which deployments follow.

use kube::core::ObjectList;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::conditions::{Condition, HasConditions};
use super::config_layer::LocalObjectReference;
use super::object::{Object, ObjectKind};

/// An image under a name; deployments that use it as `artifact://NAME` follow it.
pub type Artifact = Object<ArtifactSpec>;

/// A list of Artifacts.
pub type ArtifactList = ObjectList<Artifact>;

/// How the image of a component or service begins that names an artifact of its deployment.
pub const ARTIFACT_SCHEME: &str = "artifact://";

/// The image an artifact stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactSpec {
    /// The image in its registry, with tag or digest.
    pub image: String,
    /// A Secret of type kubernetes.io/dockerconfigjson with access to the image's registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_pull_secret: Option<LocalObjectReference>,
}

/// What became of the image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactStatus {
    /// Sync, Published and Ready, in this order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Vec<Condition>>,
    /// The metadata.generation that this status is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The image that workloads get: the spec's own, or the digest it was resolved to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifact_url: Option<String>,
}

impl ObjectKind for ArtifactSpec {
    const KIND: &'static str = "Artifact";
    const PLURAL: &'static str = "artifacts";
    type Status = ArtifactStatus;
}

impl HasConditions for ArtifactStatus {
    fn conditions(&self) -> &[Condition] {
        self.conditions.conditions()
    }
}

/// The name in `artifact://NAME`, under which the deployment lists the artifact; `None` for any other image.
pub fn artifact_name(image: &str) -> Option<&str> {
    image.strip_prefix(ARTIFACT_SCHEME)
}
