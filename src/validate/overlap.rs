//! Findings that say again what another says better: opened components make some rules' guesses certain.

use std::collections::HashSet;
use std::sync::Arc;

use super::code::{self, Code};
use super::finding::Finding;
use crate::manifest::Text;

/// Without those that say again what another says.
pub(super) fn without(mut found: Vec<Finding>) -> Vec<Finding> {
    let told: HashSet<Said> = found.iter().flat_map(said).collect();
    found.retain(|finding| !better(finding).iter().any(|better| told.contains(better)));
    found
}

/// A code, and what it is told of: a text, a line on which a document begins, and a path in that.
type Said = (&'static str, *const Text, usize, String);

/// What a finding says, of every part that others may be about.
fn said(finding: &Finding) -> Vec<Said> {
    // Messages are not let in either, which is another thing.
    let is_other = finding.code == &code::NO_INGRESS && !finding.message.contains("wasi:http/");
    let Some((line, path)) = finding.field().filter(|_| !is_other) else { return Vec::new() };
    [path, entry(path), workload(path)].map(|part| of(finding.code, finding, line, part)).into()
}

/// What makes a finding needless.
fn better(finding: &Finding) -> Vec<Said> {
    let Some((line, path)) = finding.field() else { return Vec::new() };
    let others: &[(&Code, &str)] = match finding.code {
        code if code == &code::UNOPENED_IMAGE => &[(&code::NOT_AN_IMAGE, path)],
        code if code == &code::SUPERFLUOUS_INTERFACE || code == &code::NOT_OFFERED => {
            &[(&code::MISSPELT_INTERFACE, entry(path)), (&code::INVALID_INTERFACE_NAME, entry(path))]
        }
        code if code == &code::NO_EGRESS => {
            &[(&code::NO_ALLOWED_HOSTS, workload(path)), (&code::SUPERFLUOUS_INTERFACE, entry(path))]
        }
        code if code == &code::SERVICE_WITHOUT_HTTP => &[(&code::NO_INGRESS, workload(path))],
        _ => &[],
    };
    others.iter().map(|(code, part)| of(code, finding, line, part)).collect()
}

fn of(code: &Code, finding: &Finding, line: usize, part: &str) -> Said {
    (code.id, Arc::as_ptr(&finding.text), line, part.to_owned())
}

/// The path of the host interface that a path leads into; all of it when it leads into none.
fn entry(path: &str) -> &str {
    let end = path.find(".hostInterfaces[").and_then(|start| path[start..].find(']').map(|end| start + end + 1));
    end.map_or(path, |end| &path[..end])
}

/// The path of the workload's spec that a path leads into; all of it when it leads into none.
fn workload(path: &str) -> &str {
    let ends =
        [".hostInterfaces", ".components", ".service", ".kubernetes"].iter().filter_map(|field| path.find(field));
    ends.min().map_or(path, |end| &path[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cut() {
        for (path, of_entry, of_workload) in [
            ("spec.hostInterfaces[2].interfaces[0]", "spec.hostInterfaces[2]", "spec"),
            ("items[1].spec.hostInterfaces[10]", "items[1].spec.hostInterfaces[10]", "items[1].spec"),
            ("spec.components[0].localResources", "spec.components[0].localResources", "spec"),
            ("spec.service.image", "spec.service.image", "spec"),
            ("spec.kubernetes.service.name", "spec.kubernetes.service.name", "spec"),
            ("metadata", "metadata", "metadata"),
            ("spec.hostInterfaces[x", "spec.hostInterfaces[x", "spec"),
        ] {
            assert_eq!((entry(path), workload(path)), (of_entry, of_workload), "{path}");
        }
    }
}
