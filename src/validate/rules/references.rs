//! ConfigMaps, Secrets, Services and Artifacts that an object names.

use std::collections::HashSet;

use super::neighbours::{Neighbours, Referred};
use super::subject::{Subject, is_empty, mistyped};
use crate::api::Kind;
use crate::validate::code;
use crate::validate::field::Field;
use crate::validate::finding::Finding;

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

/// All that an object names, in the order it stands in.
pub(super) fn all<'a>(subject: &Subject<'a>) -> Vec<Reference<'a>> {
    let mut found = Vec::new();
    if subject.kind == Kind::WorkloadDeployment {
        let artifacts = subject.root.get("spec").map(|spec| spec.list("artifacts")).unwrap_or_default();
        let named = artifacts.iter().filter_map(|entry| entry.at(&["artifactFrom", "name"]));
        found.extend(named.filter_map(|field| Reference::of(Referred::Artifact, field)));
    }
    found.extend(subject.kubernetes_service().and_then(|field| Reference::of(Referred::Service, field)));
    for layer in layers(subject) {
        found.extend(sources(&layer));
    }
    found.extend(pull_secrets(subject).into_iter().map(|(reference, _)| reference));
    found
}

/// The ConfigMaps and Secrets of a layer, the later winning.
pub(super) fn sources<'a>(layer: &Field<'a>) -> Vec<Reference<'a>> {
    let of = |from: &str, kind| {
        let names = layer.list(from).into_iter().filter_map(|entry| entry.get("name"));
        names.filter_map(move |field| Reference::of(kind, field)).collect::<Vec<_>>()
    };
    let mut sources = of("configFrom", Referred::ConfigMap);
    sources.extend(of("secretFrom", Referred::Secret));
    sources
}

/// All layers of configuration: those of host interfaces and the environments of what runs.
pub(super) fn layers<'a>(subject: &Subject<'a>) -> Vec<Field<'a>> {
    let interfaces = subject.interfaces().into_iter().map(|interface| interface.field);
    let environments =
        subject.programs().into_iter().filter_map(|program| program.at(&["localResources", "environment"]));
    interfaces.chain(environments).collect()
}

/// The pull secrets, each with the image it is for.
pub(super) fn pull_secrets<'a>(subject: &Subject<'a>) -> Vec<(Reference<'a>, Option<&'a str>)> {
    let own = subject.root.get("spec").filter(|_| subject.kind == Kind::Artifact);
    let all = subject.programs().into_iter().chain(own);
    let named = all.filter_map(|program| {
        let field = program.at(&["imagePullSecret", "name"])?;
        Some((Reference::of(Referred::Secret, field)?, program.text_of("image")))
    });
    named.collect()
}

pub(super) fn check(subject: &Subject<'_>, neighbours: &Neighbours<'_>) -> Vec<Finding> {
    let mut seen = HashSet::new();
    let references = all(subject);
    let missing =
        references.iter().filter(|reference| !neighbours.has(reference.kind, reference.name, subject.document));
    let once = missing.filter(|reference| seen.insert((reference.kind, reference.name)));
    once.map(|reference| missed(subject, neighbours, reference)).collect()
}

fn missed(subject: &Subject<'_>, neighbours: &Neighbours<'_>, reference: &Reference<'_>) -> Finding {
    let Reference { kind, name, field } = reference;
    let (what, path) = (kind.name(), &field.path);
    let misspelt = |message: String, remedy: String| {
        subject.value(&code::MISSPELT_REFERENCE, field, format!("{path}: {message}")).with_remedy(remedy)
    };
    if let Some(elsewhere) = neighbours.named(*kind, name).next() {
        let there = elsewhere.namespace().unwrap_or_default();
        let here = subject.document.namespace().unwrap_or_default();
        let message = format!("{what} {name} is in namespace {there}, and is read in {here} alone");
        return misspelt(message, format!("write the {what} with namespace: {here}"));
    }
    let names = neighbours.names(*kind, subject.document);
    if let Some(hashed) = names.iter().find(|known| is_hashed(known, name)) {
        let message =
            format!("there is no {what} {name}, but {hashed}: kustomize does not write its hashes into this kind");
        let remedy = "add to kustomization.yaml\ngeneratorOptions:\n  disableNameSuffixHash: true".to_owned();
        return misspelt(message, remedy);
    }
    if let Some(meant) = mistyped(name, names.iter().copied()) {
        return misspelt(format!("there is no {what} {name} among these files"), format!("did you mean {meant}?"));
    }
    let namespace = subject.document.namespace();
    let there = namespace.map_or("there".to_owned(), |namespace| format!("in namespace {namespace}"));
    let message = format!("{path}: {what} {name} is not among these files");
    let remedy = match kind {
        Referred::Service => format!("it must be {there}, or nothing leads to the workload"),
        Referred::Artifact => format!("it must be {there} before anything is rolled out"),
        Referred::ConfigMap | Referred::Secret => format!("it must be {there} before the workload can start"),
    };
    subject.value(&code::ABSENT_REFERENCE, field, message).with_remedy(remedy)
}

/// Whether a name is another one with the hash that kustomize's generators add.
fn is_hashed(known: &str, name: &str) -> bool {
    let hash = known.strip_prefix(name).and_then(|rest| rest.strip_prefix('-'));
    hash.is_some_and(|hash| hash.len() == 10 && hash.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

/// What a deployment says beside its template of its Service counts, and what the template says does not.
pub(super) fn overridden(subject: &Subject<'_>) -> Option<Finding> {
    let service = |field: Field<'_>| {
        field.at(&["kubernetes", "service", "name"]).map(|name| (name.text().map(str::to_owned), name.path))
    };
    let inner = subject.workload()?.at(&["kubernetes", "service", "name"]).filter(|name| !is_empty(name))?;
    let (outer, _) = service(subject.root.get("spec").filter(|_| subject.kind == Kind::WorkloadDeployment)?)?;
    let (counts, passed) = (outer?, inner.text()?);
    if counts == passed {
        return None;
    }
    let message = format!("{}: {passed} is passed over: spec.kubernetes names {counts}", inner.path);
    let remedy = format!("keep one: write spec.kubernetes.service.name: {passed}, or take this out");
    Some(subject.value(&code::OVERRIDDEN_SERVICE, &inner, message).with_remedy(remedy))
}
