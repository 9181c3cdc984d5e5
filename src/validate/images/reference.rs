//! Which images a set of files names, and what each is pulled with.

use std::path::{Path, PathBuf};

use k8s_openapi::api::core::v1::Secret;
use serde::Deserialize;

use super::spec::Spec;
use crate::api::{Artifact, ArtifactSpec, LocalObjectReference, WorkloadDeploymentArtifact, artifact_name, names};
use crate::manifest::Document;
use crate::registry::credentials::DockerConfig;
use crate::validate::file_set::FileSet;
use crate::validate::server::ClusterFacts;
use crate::validate::subject::Subject;

/// An image as a manifest names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    /// The image.
    pub image: String,
    /// The directory of the manifest, from which files are seen; empty for what is no file.
    pub base: PathBuf,
    /// Namespace and name of the pull secret.
    pub secret: Option<(String, String)>,
}

impl Reference {
    /// The configuration in its pull secret: the one among the files, or else the one in the cluster.
    pub fn docker_config(&self, files: &FileSet, cluster: Option<&ClusterFacts>) -> Option<DockerConfig> {
        let (namespace, name) = self.secret.as_ref()?;
        match named(files.of("v1", "Secret"), name, namespace) {
            Some(document) => {
                let secret: Secret = serde_json::from_value(document.object.clone()).ok()?;
                DockerConfig::of_secret(&secret)
            }
            None => cluster?.pull_secret(namespace, name)?.docker_config(),
        }
    }

    fn new(image: &str, document: &Document, secret: Option<&LocalObjectReference>) -> Self {
        let base = if is_file(image) { directory(document) } else { PathBuf::new() };
        let name = secret.map(LocalObjectReference::name).filter(|name| !name.is_empty());
        let secret = name.map(|name| (document.namespace().unwrap_or_default().to_owned(), name.to_owned()));
        Self { image: image.to_owned(), base, secret }
    }
}

/// The object of a name that a namespace may be meant to have: one that says no namespace goes wherever kubectl is told.
fn named<'a>(documents: impl Iterator<Item = &'a Document>, name: &str, namespace: &str) -> Option<&'a Document> {
    let of_name: Vec<_> = documents.filter(|document| document.name() == name).collect();
    let there = |document: &&&Document| document.namespace().unwrap_or_default() == namespace;
    let perhaps = |document: &&&Document| document.namespace().is_none() || namespace.is_empty();
    of_name.iter().find(there).or_else(|| of_name.iter().find(perhaps)).copied()
}

/// Whether an image is a file of this machine.
fn is_file(image: &str) -> bool {
    image.starts_with("file://") || image.starts_with(['.', '/'])
}

/// The Artifacts, each with its own image.
pub(super) fn artifacts(files: &FileSet) -> Vec<(&Document, Reference)> {
    let all = files.of(names::API_VERSION, "Artifact");
    all.filter_map(|document| Some((document, of_artifact(document)?))).collect()
}

fn of_artifact(document: &Document) -> Option<Reference> {
    let spec = document.object.get("spec")?;
    let secret = spec.get("imagePullSecret").and_then(|secret| LocalObjectReference::deserialize(secret).ok());
    Some(Reference::new(spec.get("image")?.as_str()?, document, secret.as_ref()))
}

/// That of an Artifact of the cluster, unless it is a file of who knows which machine.
fn of_known_artifact(namespace: &str, artifact: &Artifact) -> Option<Reference> {
    let ArtifactSpec { image, image_pull_secret } = &artifact.spec;
    let name = image_pull_secret.as_ref().map(LocalObjectReference::name).filter(|name| !name.is_empty());
    let secret = name.map(|name| (namespace.to_owned(), name.to_owned()));
    (!is_file(image)).then(|| Reference { image: image.clone(), base: PathBuf::new(), secret })
}

/// An object with components.
pub(super) struct Workload<'a> {
    pub(super) document: &'a Document,
    /// Where the spec of the workload is.
    pub(super) path: String,
    pub(super) spec: Spec,
    /// The Artifacts that a deployment lists.
    artifacts: Vec<WorkloadDeploymentArtifact>,
}

/// All objects with components, as far as they can be read: what is wrong with the rest is told by their schema.
pub(super) fn workloads(files: &FileSet) -> Vec<Workload<'_>> {
    files.documents.iter().filter_map(workload).collect()
}

fn workload(document: &Document) -> Option<Workload<'_>> {
    let field = Subject::of(document)?.workload()?.clone();
    let artifacts = document.at(&["spec", "artifacts"]).cloned().unwrap_or_default();
    let artifacts = serde_json::from_value::<Option<_>>(artifacts).ok().flatten().unwrap_or_default();
    Some(Workload { document, spec: Spec::of(field.value), path: field.path, artifacts })
}

impl Workload<'_> {
    /// The images of its components, in their order, and last that of its service; none where there is none that can be
    /// read, or an Artifact is meant that the deployment does not list, or that neither the files nor the cluster have.
    pub(super) fn references(&self, files: &FileSet, cluster: Option<&ClusterFacts>) -> Vec<Option<Reference>> {
        let spec = &self.spec.read;
        let components = spec.components().iter().map(|part| (&part.image, &part.image_pull_secret));
        let service = spec.service.iter().map(|part| (&part.image, &part.image_pull_secret));
        let known = components.chain(service).enumerate().map(|(number, part)| {
            let is_read = !self.spec.unread.contains(&number);
            is_read.then_some(part)
        });
        let reference = |(image, secret): (&String, &Option<_>)| self.reference(files, cluster, image, secret.as_ref());
        known.map(|part| part.and_then(reference)).collect()
    }

    fn reference(
        &self,
        files: &FileSet,
        cluster: Option<&ClusterFacts>,
        image: &str,
        secret: Option<&LocalObjectReference>,
    ) -> Option<Reference> {
        let own = Reference::new(image, self.document, secret);
        let Some(name) = artifact_name(image) else { return Some(own) };
        let listed = self.artifacts.iter().find(|listed| listed.name == name)?;
        let namespace = self.document.namespace().unwrap_or_default();
        let name = listed.artifact_from.name();
        let meant = match named(files.of(names::API_VERSION, "Artifact"), name, namespace) {
            Some(document) => of_artifact(document)?,
            None => of_known_artifact(namespace, cluster?.artifact(namespace, name)?)?,
        };
        // A component's own pull secret goes before that of its Artifact.
        Some(Reference { secret: own.secret.or(meant.secret), ..meant })
    }
}

/// Where a manifest lies; the working directory for one that is no file.
fn directory(document: &Document) -> PathBuf {
    let parent = Path::new(&document.text.name).parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new(".")).to_owned()
}
