//! Objects that ours name, and where: the files may have them, or a cluster.

use serde_json::Value;

use super::field::Field;
use super::subject::Subject;
use crate::api::{Kind, names};
use crate::manifest::Document;

/// A kind that our objects refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Referred {
    /// The namespace that objects come to stand in.
    Namespace,
    /// A ConfigMap.
    ConfigMap,
    /// A Secret.
    Secret,
    /// A Service.
    Service,
    /// An Artifact.
    Artifact,
}

impl Referred {
    /// As messages name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Namespace => "Namespace",
            Self::ConfigMap => "ConfigMap",
            Self::Secret => "Secret",
            Self::Service => "Service",
            Self::Artifact => "Artifact",
        }
    }

    /// What a document is.
    pub(super) fn of(document: &Document) -> Option<Self> {
        let word = |field: &str| document.object.get(field).and_then(Value::as_str).unwrap_or_default();
        match (word("apiVersion"), word("kind")) {
            ("v1", "Namespace") => Some(Self::Namespace),
            ("v1", "ConfigMap") => Some(Self::ConfigMap),
            ("v1", "Secret") => Some(Self::Secret),
            ("v1", "Service") => Some(Self::Service),
            (names::API_VERSION, "Artifact") => Some(Self::Artifact),
            _ => None,
        }
    }
}

/// An object that is named, and where.
#[derive(Clone, Debug)]
pub(super) struct Reference<'a> {
    pub(super) kind: Referred,
    pub(super) name: &'a str,
    pub(super) field: Field<'a>,
}

impl<'a> Reference<'a> {
    fn of(kind: Referred, field: Field<'a>) -> Option<Self> {
        let name = field.text().filter(|name| !name.is_empty())?;
        Some(Self { kind, name, field })
    }
}

/// A Secret that an image is pulled with.
#[derive(Clone, Debug)]
pub(super) struct Pulling<'a> {
    pub(super) secret: Reference<'a>,
    pub(super) image: Option<&'a str>,
}

/// All that an object names, in the order it stands in.
pub(super) fn all<'a>(subject: &Subject<'a>) -> Vec<Reference<'a>> {
    let mut found: Vec<_> = artifacts(subject).into_iter().map(|(_, reference)| reference).collect();
    found.extend(service(subject));
    found.extend(layers(subject).iter().flat_map(sources));
    found.extend(pulling(subject).into_iter().map(|pulling| pulling.secret));
    found
}

/// The Artifacts of a deployment, by the names that its images have for them.
pub(super) fn artifacts<'a>(subject: &Subject<'a>) -> Vec<(&'a str, Reference<'a>)> {
    let spec = subject.root.get("spec").filter(|_| subject.kind == Kind::WorkloadDeployment);
    let named = |entry: &Field<'a>| {
        let reference = Reference::of(Referred::Artifact, entry.at(&["artifactFrom", "name"])?)?;
        Some((entry.text_of("name").unwrap_or_default(), reference))
    };
    spec.map(|spec| spec.list("artifacts")).unwrap_or_default().iter().filter_map(named).collect()
}

/// The Service that leads to it.
pub(super) fn service<'a>(subject: &Subject<'a>) -> Option<Reference<'a>> {
    Reference::of(Referred::Service, subject.kubernetes_service()?)
}

/// The ConfigMaps and Secrets of a layer, the later winning.
pub(super) fn sources<'a>(layer: &Field<'a>) -> Vec<Reference<'a>> {
    let of = |from: &str, kind| {
        let names = layer.list(from).into_iter().filter_map(|entry| entry.get("name"));
        names.filter_map(move |field| Reference::of(kind, field)).collect::<Vec<_>>()
    };
    [of("configFrom", Referred::ConfigMap), of("secretFrom", Referred::Secret)].concat()
}

/// All layers of configuration: those of host interfaces and the environments of what runs.
pub(super) fn layers<'a>(subject: &Subject<'a>) -> Vec<Field<'a>> {
    let interfaces = subject.interfaces().iter().map(|interface| interface.field.clone());
    let environments = subject.programs().iter().filter_map(|program| program.at(&["localResources", "environment"]));
    interfaces.chain(environments).collect()
}

/// The Secrets that images are pulled with.
pub(super) fn pulling<'a>(subject: &Subject<'a>) -> Vec<Pulling<'a>> {
    let own = subject.root.get("spec").filter(|_| subject.kind == Kind::Artifact);
    let named = |program: &Field<'a>| {
        let secret = Reference::of(Referred::Secret, program.at(&["imagePullSecret", "name"])?)?;
        Some(Pulling { secret, image: program.text_of("image") })
    };
    subject.programs().iter().chain(&own).filter_map(named).collect()
}

/// Names of Secrets that some operator makes of an object: ExternalSecret, SealedSecret, Certificate and their like.
pub(super) fn promised(document: &Document) -> Vec<&str> {
    let text = |fields: &[&str]| document.at(fields).and_then(Value::as_str);
    if text(&["apiVersion"]) == Some("v1") {
        return Vec::new();
    }
    let own = text(&["kind"]).is_some_and(|kind| kind.contains("Secret")).then(|| document.name());
    let named = [&["spec", "target", "name"][..], &["spec", "destination", "name"], &["spec", "secretName"]];
    let named = named.into_iter().filter_map(text);
    own.into_iter().chain(named).filter(|name| !name.is_empty()).collect()
}
