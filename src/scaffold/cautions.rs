//! What a person should know of a request at once, without reading the manifest.

use super::{ScaffoldRequest, Subject, image};
use crate::api::LocalResources;

/// Warnings, a line each.
pub fn cautions(request: &ScaffoldRequest) -> Vec<String> {
    match &request.subject {
        Subject::Workload(workload) => {
            let spec = &workload.spec;
            let images = spec.images().filter(|name| !image::is_file(name) && !image::is_artifact(name));
            let unversioned = images.filter(|name| !image::has_version(name)).map(unversioned);
            let components = spec.components().iter().map(|it| (it.name.as_str(), it.local_resources.as_ref()));
            let service = spec.service.iter().map(|it| ("the service", it.local_resources.as_ref()));
            let silent = components.chain(service).filter(|(_, resources)| may_reach_nobody(*resources));
            let silent = silent.filter(|_| !workload.remarks.from_wash).map(|(name, _)| {
                format!("{name} sends HTTP requests and may reach no host: --allow-host lists those it may")
            });
            unversioned.chain(silent).chain(workload.findings.iter().cloned()).collect()
        }
        Subject::Artifact(spec) if !image::has_version(&spec.image) => vec![unversioned(&spec.image)],
        Subject::Artifact(_) | Subject::Host(_) => Vec::new(),
    }
}

/// Whether files of this machine are among the images.
pub fn has_files(request: &ScaffoldRequest) -> bool {
    match &request.subject {
        Subject::Workload(workload) => workload.spec.images().any(image::is_file),
        Subject::Artifact(spec) => image::is_file(&spec.image),
        Subject::Host(_) => false,
    }
}

fn unversioned(image: &str) -> String {
    format!("{image} has neither tag nor digest: hosts pull :latest, whatever that is by then")
}

/// A list that is empty was put there for who sends requests.
fn may_reach_nobody(resources: Option<&LocalResources>) -> bool {
    resources.and_then(|resources| resources.allowed_hosts.as_ref()).is_some_and(Vec::is_empty)
}
