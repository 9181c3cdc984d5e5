//! Manifests held against their components.

use super::Images;
use super::reference::Workload;
use crate::component::Component;
use crate::validate::code::{self, Code, Level};
use crate::validate::file_set::FileSet;
use crate::validate::finding::Finding;
use crate::validate::wit::{self, Kind, Opened, WitFinding};

/// What is wrong with one workload, and which of its images could not be opened.
pub(super) fn check(images: &Images, files: &FileSet, workload: &Workload<'_>) -> Vec<Finding> {
    let references = workload.references(files);
    let opened: Vec<_> = references.iter().map(|reference| images.opened.get(reference.as_ref()?)).collect();
    let mut findings = Vec::new();
    for (number, opened) in opened.iter().enumerate() {
        if let Some(Err(unopened)) = opened {
            let path = path_of(workload, number);
            let finding = Finding::value(&code::UNOPENED_IMAGE, workload.document, &path, &unopened.message);
            findings.push(match &unopened.remedy {
                Some(remedy) => finding.with_remedy(remedy),
                None => finding,
            });
        }
    }
    let components: Vec<Option<Component>> =
        opened.iter().map(|opened| opened.and_then(|opened| opened.as_ref().ok()).cloned()).collect();
    let (components, service) = components.split_at(workload.spec.components().len().min(components.len()));
    let service = service.first().and_then(Option::as_ref);
    let opened = Opened { spec: &workload.spec, path: workload.path, components, service };
    let found = wit::check(&opened, &images.offer);
    findings.extend(found.iter().filter_map(|found| told(images, workload, found)));
    findings
}

fn path_of(workload: &Workload<'_>, number: usize) -> String {
    match workload.spec.components().get(number) {
        Some(_) => format!("{}.components[{number}].image", workload.path),
        None => format!("{}.service.image", workload.path),
    }
}

fn told(images: &Images, workload: &Workload<'_>, found: &WitFinding) -> Option<Finding> {
    let code: &'static Code = match found.kind {
        Kind::Missing => &code::MISSING_INTERFACE,
        Kind::Version => &code::INTERFACE_VERSION,
        Kind::NotOffered => &code::NOT_OFFERED,
        Kind::Superfluous => &code::SUPERFLUOUS_INTERFACE,
        Kind::BoundTwice => &code::BOUND_TWICE,
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
    let may_be_had = match found.kind {
        // Hosts that were not asked may have more than is known of them.
        Kind::Version | Kind::NotOffered => !images.offer.is_exact(),
        // Hosts take one of the handlers.
        Kind::BoundTwice => found.interfaces.iter().all(|interface| interface.name.ends_with("handler")),
        _ => false,
    };
    Some(if may_be_had { finding.with_level(Level::Warning) } else { finding })
}
