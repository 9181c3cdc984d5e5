//! What rules look at: an object of ours, and where in it the workload stands.

use kube::core::GroupVersionKind;
use serde::Deserialize;

use crate::api::{Kind, WorkloadSpec};
use crate::manifest::Document;
use crate::validate::code::Code;
use crate::validate::field::Field;
use crate::validate::file_set::is_ours;
use crate::validate::finding::Finding;

/// An object of one of our kinds.
#[derive(Clone, Debug)]
pub(super) struct Subject<'a> {
    pub(super) document: &'a Document,
    pub(super) kind: Kind,
    pub(super) root: Field<'a>,
    workload: Option<Field<'a>>,
    components: usize,
    /// The components, then the service.
    programs: Vec<Field<'a>>,
    interfaces: Vec<Interface<'a>>,
    unknown_fields_are_told: bool,
}

/// What a host interface is about.
#[derive(Clone, Debug)]
pub(super) struct Interface<'a> {
    pub(super) field: Field<'a>,
    pub(super) namespace: &'a str,
    pub(super) package: &'a str,
    pub(super) name: Option<&'a str>,
}

impl<'a> Subject<'a> {
    /// None when it is of no kind of ours.
    pub(super) fn of(document: &'a Document) -> Option<Self> {
        let GroupVersionKind { kind, .. } = document.kind().filter(|_| is_ours(document))?;
        let (kind, root) = (Kind::from_kind(&kind)?, Field::root(document));
        let workload = match kind {
            Kind::WorkloadDeployment | Kind::WorkloadReplicaSet => root.at(&["spec", "template", "spec"]),
            Kind::Workload => root.get("spec"),
            Kind::Host | Kind::Artifact => None,
        };
        let list = |name| workload.as_ref().map(|workload| workload.list(name)).unwrap_or_default();
        let mut programs = list("components");
        let components = programs.len();
        programs.extend(workload.as_ref().and_then(|workload| workload.get("service")));
        let interfaces = list("hostInterfaces").into_iter().filter_map(Interface::of).collect();
        let unknown_fields_are_told = false;
        Some(Self { document, kind, root, workload, components, programs, interfaces, unknown_fields_are_told })
    }

    /// The same, of which it is known whether its unknown fields are told of.
    pub(super) fn with_unknown_fields_told(self, told: bool) -> Self {
        Self { unknown_fields_are_told: told, ..self }
    }

    /// Whether its unknown fields are told of: what stands in one of them is not lacking besides.
    pub(super) fn unknown_fields_are_told(&self) -> bool {
        self.unknown_fields_are_told
    }

    /// As messages name it: `workloaddeployment/web`.
    pub(super) fn title(&self) -> String {
        self.document.title()
    }

    /// What is to run; none of kinds that run nothing.
    pub(super) fn workload(&self) -> Option<&Field<'a>> {
        self.workload.as_ref()
    }

    /// What is to run, with its type; none of one that has mistakes, which are told already.
    pub(super) fn typed(&self) -> Option<(WorkloadSpec, Field<'a>)> {
        let field = self.workload()?;
        Some((WorkloadSpec::deserialize(field.value).ok()?, field.clone()))
    }

    /// The components.
    pub(super) fn components(&self) -> &[Field<'a>] {
        self.programs.get(..self.components).unwrap_or_default()
    }

    /// The service.
    pub(super) fn service(&self) -> Option<&Field<'a>> {
        self.programs.get(self.components)
    }

    /// The components and the service.
    pub(super) fn programs(&self) -> &[Field<'a>] {
        &self.programs
    }

    /// The host interfaces that name a package.
    pub(super) fn interfaces(&self) -> &[Interface<'a>] {
        &self.interfaces
    }

    /// The name of the Kubernetes Service that leads to it, with its place. What a deployment says beside its template
    /// counts.
    pub(super) fn kubernetes_service(&self) -> Option<Field<'a>> {
        let named = |field: &Field<'a>| field.at(&["kubernetes", "service", "name"]).filter(|name| !is_empty(name));
        let beside = self.root.get("spec").as_ref().and_then(named).filter(|_| self.kind == Kind::WorkloadDeployment);
        beside.or_else(|| self.workload().and_then(named))
    }

    /// An annotation.
    pub(super) fn annotation(&self, name: &str) -> Option<Field<'a>> {
        self.root.at(&["metadata", "annotations", name])
    }

    /// Whether a controller made it: what is wrong with it is to be said of what it was made from.
    pub(super) fn is_made(&self) -> bool {
        self.document.at(&["metadata", "ownerReferences"]).is_some_and(|owners| owners.get(0).is_some())
    }

    /// Whether it was read from a cluster.
    pub(super) fn is_from_cluster(&self) -> bool {
        self.document.at(&["metadata", "uid"]).is_some()
    }

    /// How many replicas it asks for.
    pub(super) fn replicas(&self) -> i64 {
        self.root.at(&["spec", "replicas"]).and_then(|replicas| replicas.value.as_i64()).unwrap_or(1)
    }

    /// Something about a field's value.
    pub(super) fn value(&self, code: &'static Code, field: &Field<'_>, message: impl Into<String>) -> Finding {
        Finding::value(code, self.document, &field.path, message)
    }

    /// Something about a field's name, or that it is there at all.
    pub(super) fn key(&self, code: &'static Code, field: &Field<'_>, message: impl Into<String>) -> Finding {
        Finding::key(code, self.document, &field.path, message)
    }
}

impl<'a> Interface<'a> {
    fn of(field: Field<'a>) -> Option<Self> {
        let (namespace, package) = (field.text_of("namespace")?, field.text_of("package")?);
        let name = field.text_of("name").filter(|name| !name.is_empty());
        Some(Self { field, namespace, package, name })
    }

    /// As people call it: `wasi:http`.
    pub(super) fn title(&self) -> String {
        format!("{}:{}", self.namespace, self.package)
    }

    pub(super) fn is(&self, namespace: &str, package: &str) -> bool {
        self.namespace == namespace && self.package == package
    }

    pub(super) fn lists(&self, interface: &str) -> bool {
        self.field.list("interfaces").iter().any(|listed| listed.text() == Some(interface))
    }

    /// Whether it brings requests to the workload: `incoming-handler` of WASI 0.2, `handler` of 0.3.
    pub(super) fn serves_http(&self) -> bool {
        self.is("wasi", "http") && (self.lists("incoming-handler") || self.lists("handler"))
    }

    /// A key of its configuration that stands here.
    pub(super) fn config(&self, key: &str) -> Option<Field<'a>> {
        self.field.at(&["config", key])
    }

    /// A key that stands here and is not empty.
    pub(super) fn set(&self, key: &str) -> Option<&'a str> {
        self.config(key).and_then(|field| field.text()).map(str::trim).filter(|text| !text.is_empty())
    }

    /// Whether some of its configuration stands elsewhere.
    pub(super) fn reads_elsewhere(&self) -> bool {
        ["configFrom", "secretFrom"].iter().any(|from| !self.field.list(from).is_empty())
    }
}

/// Whether a text is empty, or no text.
pub(super) fn is_empty(field: &Field<'_>) -> bool {
    field.text().is_none_or(|text| text.trim().is_empty())
}

/// Words that one is compared with: there may be thousands of each.
const KNOWN: usize = 1000;
/// Bytes of a word that may be mistyped: names have no more, and the comparison takes the square of it.
const LONGEST: usize = 253;

/// The word that was likely mistyped: the one that differs least, if by little. Words that differ in their numbers alone
/// are different words.
pub(super) fn mistyped<'b>(word: &str, known: impl Iterator<Item = &'b str>) -> Option<&'b str> {
    if word.len() > LONGEST {
        return None;
    }
    let most = if word.chars().count() < 6 { 1 } else { 2 };
    let letters = |word: &str| word.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    let own = letters(word);
    let near = known.take(KNOWN).filter(|known| known.len().abs_diff(word.len()) <= most && letters(known) != own);
    let scored = near.map(|known| (strsim::damerau_levenshtein(known, word), known));
    scored.filter(|(distance, _)| *distance <= most).min().map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nearly_a_word_is_likely_that_word() {
        let known = ["settings", "setting", "web-2"];
        assert_eq!(mistyped("setings", known.into_iter()), Some("settings"));
        assert_eq!(mistyped("web-1", known.into_iter()), None, "they differ in their numbers");
        // Their comparison would take terabytes.
        let long = "a".repeat(1_000_000);
        assert_eq!(mistyped(&long, std::iter::once(&long[1..])), None);
    }
}
