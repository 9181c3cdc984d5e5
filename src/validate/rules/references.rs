//! ConfigMaps, Secrets, Services and Artifacts that an object names.

use std::collections::HashSet;

use super::neighbours::Neighbours;
use crate::api::Kind;
use crate::schema::metadata::dns_subdomain;
use crate::validate::code;
use crate::validate::field::Field;
use crate::validate::finding::Finding;
use crate::validate::references::{Reference, Referred, all};
use crate::validate::subject::{Subject, is_empty, mistyped};

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
    if !dns_subdomain(name).is_empty() {
        let message = format!("no {what} can be called {name}");
        return misspelt(message, "write small letters, digits, - and dots, such as name: settings-1".to_owned());
    }
    if let Some(elsewhere) = neighbours.named(*kind, name).next() {
        let there = elsewhere.namespace().unwrap_or_default();
        let here = subject.document.namespace().unwrap_or_default();
        let message = format!("{what} {name} is in namespace {there}, and is read in {here} alone");
        return misspelt(message, format!("write the {what} with namespace: {here}"));
    }
    let names = neighbours.names(*kind, name, subject.document);
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
        Referred::ConfigMap | Referred::Secret | Referred::Namespace => {
            format!("it must be {there} before the workload can start")
        }
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
