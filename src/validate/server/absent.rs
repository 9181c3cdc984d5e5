//! What is named and not there, neither in the files nor in the cluster.

use std::collections::HashSet;

use super::key::Key;
use super::placed::Placed;
use super::{Found, Seen};
use crate::api::names::condition;
use crate::api::{Artifact, HasConditions};
use crate::validate::code;
use crate::validate::finding::{Finding, Gathered};
use crate::validate::references::{self, Reference, Referred};

pub(super) fn check(seen: &Seen<'_>, found: &mut Gathered<'_>) {
    namespaces(seen, found);
    for subject in &seen.subjects {
        let mut told = HashSet::new();
        for reference in references::all(subject) {
            let key = subject.key(&reference);
            if seen.files.have(&key) || !told.insert(key.clone()) {
                continue;
            }
            found.extend(match seen.cluster.objects.get(&key) {
                Some(Found::Missing) => Some(missing(subject, &reference)),
                Some(Found::Artifact(artifact)) => unpublished(subject, &reference, artifact),
                _ => None,
            });
        }
    }
}

/// Each namespace is told of where it is first meant.
fn namespaces(seen: &Seen<'_>, found: &mut Gathered<'_>) {
    let mut told = HashSet::new();
    let key = |name: &str| Key::new(Referred::Namespace, "", name);
    let is_missing =
        |name: &str| !seen.files.have(&key(name)) && seen.cluster.objects.get(&key(name)) == Some(&Found::Missing);
    let subjects = seen.subjects.iter().filter(|subject| is_missing(subject.namespace));
    let finding = |subject: &Placed<'_>| {
        let name = subject.namespace;
        let message = format!("the cluster has no namespace {name}, in which this is to stand");
        let remedy = format!("make it first: kubectl create namespace {name}; or choose another with --namespace");
        subject.at(&code::ABSENT_FROM_CLUSTER, "metadata.namespace", message).with_remedy(remedy)
    };
    found.extend(subjects.filter(|subject| told.insert(subject.namespace)).map(finding));
}

fn missing(subject: &Placed<'_>, reference: &Reference<'_>) -> Finding {
    let (what, name, path) = (reference.kind.name(), reference.name, &reference.field.path);
    let namespace = subject.namespace;
    let message = format!("{path}: there is no {what} {name}, neither in namespace {namespace} nor among these files");
    let (code, remedy) = match reference.kind {
        Referred::Service => (&code::ABSENT_SERVICE, "nothing leads to the workload until there is one".to_owned()),
        Referred::Artifact => (&code::ABSENT_FROM_CLUSTER, "nothing is rolled out until there is one".to_owned()),
        Referred::Secret if references::pulling(subject).iter().any(|pulling| pulling.secret.name == name) => {
            let how = format!("kubectl create secret docker-registry {name} -n {namespace} --docker-server=REGISTRY …");
            (&code::ABSENT_FROM_CLUSTER, format!("the workload is not started without it; make it: {how}"))
        }
        _ => (&code::ABSENT_FROM_CLUSTER, "the workload is not started without it".to_owned()),
    };
    subject.at(code, path, message).with_remedy(remedy)
}

/// An Artifact that nobody has published: deployments wait for it.
fn unpublished(subject: &Placed<'_>, reference: &Reference<'_>, artifact: &Artifact) -> Option<Finding> {
    let status = artifact.status.as_ref();
    let has_url = status.and_then(|status| status.artifact_url.as_deref()).is_some_and(|url| !url.is_empty());
    let published = artifact.condition(condition::PUBLISHED);
    if has_url && published.is_none_or(|published| published.is_true()) {
        return None;
    }
    let said = published.map(|published| published.message()).filter(|message| !message.is_empty());
    let why = said.map_or_else(|| "no controller has looked at it yet".to_owned(), str::to_owned);
    let (name, path) = (reference.name, &reference.field.path);
    let message = format!("{path}: Artifact {name} is not published, and nothing is rolled out before: {why}");
    let remedy = format!("`kubectl wasmcloud describe artifact/{name} -n {}` shows more", subject.namespace);
    Some(subject.at(&code::UNPUBLISHED_ARTIFACT, path, message).with_remedy(remedy))
}
