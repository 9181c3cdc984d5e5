//! Which images a set of files names, and what each is pulled with.

use std::path::{Path, PathBuf};

use k8s_openapi::api::core::v1::Secret;
use serde_json::Value;

use crate::api::names;
use crate::api::{Kind, LocalObjectReference, WorkloadSpec};
use crate::manifest::Document;
use crate::registry::credentials::DockerConfig;
use crate::validate::file_set::FileSet;

/// What an image begins with that is an Artifact.
const ARTIFACT: &str = "artifact://";

/// An image as a manifest names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    /// The image.
    pub image: String,
    /// The directory of the manifest, from which files are seen.
    pub base: PathBuf,
    /// Namespace and name of the pull secret.
    pub secret: Option<(String, String)>,
}

impl Reference {
    /// The configuration in its pull secret, when that is among the files.
    pub fn docker_config(&self, files: &FileSet) -> Option<DockerConfig> {
        let (namespace, name) = self.secret.as_ref()?;
        let is_meant =
            |document: &&Document| document.name() == name && document.namespace().unwrap_or_default() == namespace;
        let document = files.of("v1", "Secret").find(is_meant)?;
        let secret: Secret = serde_json::from_value(document.object.clone()).ok()?;
        DockerConfig::of_secret(&secret)
    }
}

/// An object with components.
pub(super) struct Workload<'a> {
    pub(super) document: &'a Document,
    /// Where the spec of the workload is.
    pub(super) path: &'static str,
    pub(super) spec: WorkloadSpec,
}

/// All objects with components, as far as they can be read at all: what is wrong with others is told by their schema.
pub(super) fn workloads(files: &FileSet) -> Vec<Workload<'_>> {
    files.ours().filter_map(workload).collect()
}

fn workload(document: &Document) -> Option<Workload<'_>> {
    let (path, pointer) = match Kind::from_kind(&document.kind()?.kind)? {
        Kind::WorkloadDeployment | Kind::WorkloadReplicaSet => ("spec.template.spec", "/spec/template/spec"),
        Kind::Workload => ("spec", "/spec"),
        Kind::Host | Kind::Artifact => return None,
    };
    let spec = serde_json::from_value(document.object.pointer(pointer)?.clone()).ok()?;
    Some(Workload { document, path, spec })
}

impl Workload<'_> {
    /// The images of its components, in their order, and last that of its service; none where an Artifact is meant that
    /// is not among the files.
    pub(super) fn references(&self, files: &FileSet) -> Vec<Option<Reference>> {
        let components = self.spec.components().iter().map(|part| (&part.image, &part.image_pull_secret));
        let service = self.spec.service.iter().map(|part| (&part.image, &part.image_pull_secret));
        components.chain(service).map(|(image, secret)| self.reference(files, image, secret.as_ref())).collect()
    }

    fn reference(&self, files: &FileSet, image: &str, secret: Option<&LocalObjectReference>) -> Option<Reference> {
        let namespace = self.document.namespace().unwrap_or_default().to_owned();
        let Some(artifact) = image.strip_prefix(ARTIFACT) else {
            let secret = secret.and_then(|secret| Some((namespace, secret.name.clone()?)));
            return Some(Reference { image: image.to_owned(), base: directory(self.document), secret });
        };
        let is_meant =
            |document: &&Document| document.name() == artifact && document.namespace().unwrap_or_default() == namespace;
        let artifact = files.of(names::API_VERSION, "Artifact").find(is_meant)?;
        let text = |pointer: &str| artifact.object.pointer(pointer).and_then(Value::as_str);
        let secret = text("/spec/imagePullSecret/name").map(|name| (namespace.clone(), name.to_owned()));
        Some(Reference { image: text("/spec/image")?.to_owned(), base: directory(artifact), secret })
    }
}

/// Where a manifest lies; the working directory for one that is no file.
fn directory(document: &Document) -> PathBuf {
    let parent = Path::new(&document.text.name).parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new(".")).to_owned()
}
