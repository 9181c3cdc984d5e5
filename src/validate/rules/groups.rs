//! Objects that mean to be of our kinds, and are of another group: nothing would read them.

use crate::api::Kind;
use crate::api::names::{API_VERSION, GROUP};
use crate::manifest::Document;
use crate::validate::code;
use crate::validate::file_set::{FileSet, is_ours};
use crate::validate::finding::Finding;
use crate::validate::subject::mistyped;

pub(super) fn check(files: &FileSet) -> impl Iterator<Item = Finding> {
    files.documents.iter().filter_map(of)
}

fn of(document: &Document) -> Option<Finding> {
    let kind = document.kind().filter(|_| !is_ours(document))?;
    let meant = Kind::ALL.into_iter().find(|ours| ours.name().eq_ignore_ascii_case(&kind.kind))?;
    // Others have Workloads, Hosts and Artifacts too.
    let is_only_ours = matches!(meant, Kind::WorkloadDeployment | Kind::WorkloadReplicaSet);
    let is_near = kind.group.contains("wasmcloud") || mistyped(&kind.group, [GROUP].into_iter()).is_some();
    if !is_only_ours && !is_near {
        return None;
    }
    let group = if kind.group.is_empty() { "Kubernetes itself".to_owned() } else { kind.group };
    let message = format!("{} is a kind of {GROUP}, and not of {group}", meant.name());
    let finding = Finding::value(&code::UNKNOWN_KIND, document, "apiVersion", message);
    Some(finding.with_remedy(match kind.kind == meant.name() {
        true => format!("write apiVersion: {API_VERSION}"),
        false => format!("write\napiVersion: {API_VERSION}\nkind: {}", meant.name()),
    }))
}
