//! Objects that ours name, and where.

use super::subject::Subject;
use crate::api::Kind;
use crate::validate::field::Field;

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
}

/// Which object is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Its kind.
    pub kind: Referred,
    /// Its namespace; empty for namespaces.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl Key {
    /// The object of a kind in a namespace.
    pub fn new(kind: Referred, namespace: &str, name: &str) -> Self {
        let namespace = if kind == Referred::Namespace { "" } else { namespace };
        Self { kind, namespace: namespace.to_owned(), name: name.to_owned() }
    }
}

/// An object that is named.
#[derive(Clone, Debug)]
pub(super) struct Reference<'a> {
    pub(super) kind: Referred,
    pub(super) name: &'a str,
    pub(super) field: Field<'a>,
}

/// A Secret that an image is pulled with.
#[derive(Clone, Debug)]
pub(super) struct Pulling<'a> {
    pub(super) secret: Reference<'a>,
    pub(super) image: Option<&'a str>,
}

impl<'a> Reference<'a> {
    fn of(kind: Referred, field: Field<'a>) -> Option<Self> {
        let name = field.text().filter(|name| !name.is_empty())?;
        Some(Self { kind, name, field })
    }

    /// Which object it means to that subject.
    pub(super) fn key(&self, subject: &Subject<'_>) -> Key {
        Key::new(self.kind, subject.namespace, self.name)
    }
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
    let listed = subject.of_spec(&["artifacts"]).filter(|_| subject.kind == Kind::WorkloadDeployment);
    let named = |entry: &Field<'a>| {
        let reference = Reference::of(Referred::Artifact, entry.at(&["artifactFrom", "name"])?)?;
        Some((entry.text_of("name").unwrap_or_default(), reference))
    };
    listed.map(|listed| listed.items()).unwrap_or_default().iter().filter_map(named).collect()
}

/// The Service that leads to it. What a deployment says beside its template counts.
pub(super) fn service<'a>(subject: &Subject<'a>) -> Option<Reference<'a>> {
    const NAME: [&str; 3] = ["kubernetes", "service", "name"];
    let beside = subject.of_spec(&NAME).filter(|_| subject.kind == Kind::WorkloadDeployment);
    let named = |field| Reference::of(Referred::Service, field);
    beside.and_then(named).or_else(|| subject.workload()?.at(&NAME).and_then(named))
}

/// The Secrets that images are pulled with.
pub(super) fn pulling<'a>(subject: &Subject<'a>) -> Vec<Pulling<'a>> {
    let own = subject.of_spec(&[]).filter(|_| subject.kind == Kind::Artifact);
    let named = |program: Field<'a>| {
        let secret = Reference::of(Referred::Secret, program.at(&["imagePullSecret", "name"])?)?;
        Some(Pulling { secret, image: program.text_of("image") })
    };
    subject.programs().into_iter().chain(own).filter_map(named).collect()
}

/// All layers of configuration.
fn layers<'a>(subject: &Subject<'a>) -> Vec<Field<'a>> {
    let interfaces = subject.workload().map(|workload| workload.list("hostInterfaces")).unwrap_or_default();
    let environments = subject.programs().into_iter();
    let environments = environments.filter_map(|program| program.at(&["localResources", "environment"]));
    interfaces.into_iter().chain(environments).collect()
}

fn sources<'a>(layer: &Field<'a>) -> Vec<Reference<'a>> {
    let of = |from: &str, kind| {
        let names = layer.list(from).into_iter().filter_map(|entry| entry.get("name"));
        names.filter_map(move |field| Reference::of(kind, field)).collect::<Vec<_>>()
    };
    [of("configFrom", Referred::ConfigMap), of("secretFrom", Referred::Secret)].concat()
}
