//! Manifests held against their components.

use std::collections::HashSet;

use super::Images;
use super::reference::{Reference, Workload};
use crate::api::artifact_name;
use crate::component::Component;
use crate::manifest::Document;
use crate::validate::code::{self, Code, Level};
use crate::validate::finding::Finding;
use crate::validate::wit::{self, Kind, Opened, WitFinding};

/// That an image could not be opened.
pub(super) fn unopened(images: &Images, document: &Document, path: &str, reference: &Reference) -> Option<Finding> {
    let Some(Err(unopened)) = images.opened.get(reference) else { return None };
    let finding = Finding::value(&code::UNOPENED_IMAGE, document, path, &unopened.message);
    Some(match &unopened.remedy {
        Some(remedy) => finding.with_remedy(remedy),
        None => finding,
    })
}

/// What is wrong with one workload, and which of its images could not be opened, unless their Artifacts have told so.
pub(super) fn check(
    images: &Images,
    workload: &Workload<'_>,
    references: &[Option<Reference>],
    told: &HashSet<Reference>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let spec = &workload.spec.read;
    for (number, (image, reference)) in spec.images().zip(references).enumerate() {
        let is_told = |reference: &&Reference| artifact_name(image).is_some() && told.contains(reference);
        let untold = reference.as_ref().filter(|reference| !is_told(reference));
        let path = path_of(workload, number);
        let finding = untold.and_then(|reference| unopened(images, workload.document, &path, reference));
        findings.extend(finding.map(|finding| match artifact_name(image) {
            // What could not be opened is another image than the one that stands there.
            Some(_) => Finding { message: format!("{image}: {}", finding.message), ..finding },
            None => finding,
        }));
    }
    let opened = references.iter().map(|reference| images.opened.get(reference.as_ref()?)?.as_ref().ok());
    let opened: Vec<Option<Component>> = opened.map(Option::<&Component>::cloned).collect();
    let (components, service) = opened.split_at(spec.components().len().min(opened.len()));
    let service = service.first().and_then(Option::as_ref);
    let opened = Opened { spec, path: &workload.path, components, service };
    let mut found = wit::check(&opened, &images.offer);
    // What seems to be missing may be what could not be read.
    found.retain(|found| {
        !workload.spec.lists_unread || !matches!(found.kind, Kind::Missing | Kind::Version | Kind::NoIngress)
    });
    findings.extend(found.iter().filter_map(|found| told_of(images, workload, found)));
    findings
}

fn path_of(workload: &Workload<'_>, number: usize) -> String {
    match workload.spec.read.components().get(number) {
        Some(_) => format!("{}.components[{number}].image", workload.path),
        None => format!("{}.service.image", workload.path),
    }
}

fn told_of(images: &Images, workload: &Workload<'_>, found: &WitFinding) -> Option<Finding> {
    let code: &'static Code = match found.kind {
        Kind::Missing => &code::MISSING_INTERFACE,
        Kind::Version | Kind::HostVersion => &code::INTERFACE_VERSION,
        Kind::NotOffered => &code::NOT_OFFERED,
        Kind::Superfluous => &code::SUPERFLUOUS_INTERFACE,
        Kind::BoundTwice | Kind::SecondHandler => &code::BOUND_TWICE,
        Kind::Circle => &code::IMPORT_CIRCLE,
        Kind::Bare => &code::BARE_IMPORT,
        Kind::NotAService => &code::NOT_A_SERVICE,
        Kind::Egress => &code::NO_ALLOWED_HOSTS,
        Kind::NoIngress => &code::NO_INGRESS,
        // Told of every host interface, whether components are opened or not.
        Kind::NoHost => return None,
    };
    let remedy = match &found.remedy.yaml {
        Some(yaml) => format!("{}:\n{}", found.remedy.what, yaml.trim_end()),
        None => found.remedy.what.clone(),
    };
    let finding = Finding::value(code, workload.document, &found.path, &found.message).with_remedy(remedy);
    let may_run = match found.kind {
        // Hosts that were not asked may have more than is known of them.
        Kind::HostVersion | Kind::NotOffered => !images.offer.is_exact(),
        Kind::SecondHandler => true,
        _ => false,
    };
    Some(if may_run { finding.with_level(Level::Warning) } else { finding })
}
