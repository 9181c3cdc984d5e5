//! Findings that say again what another says better: what was learned outside of the files makes some guesses certain, and
//! some rules look at what a definition or a cluster refuses too.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::code::{self, Code};
use super::finding::Finding;
use crate::manifest::Text;

/// A code that says nothing new where another is found.
struct Double {
    needless: &'static Code,
    better: &'static Code,
    at: At,
}

/// Where the better one is found, seen from the needless one.
#[derive(Clone, Copy)]
enum At {
    /// At the same field.
    Here,
    /// Somewhere in the same host interface.
    Entry,
    /// Somewhere in the same workload.
    Workload,
    /// At the pull secret of the same image, which the registry wants credentials for.
    PullSecret,
}

const fn double(needless: &'static Code, better: &'static Code, at: At) -> Double {
    Double { needless, better, at }
}

/// All that is known. What a definition refuses is told in its words, which count.
static DOUBLES: &[Double] = &[
    double(&code::UNOPENED_IMAGE, &code::NOT_AN_IMAGE, At::Here),
    double(&code::UNOPENED_IMAGE, &code::INVALID_PULL_SECRET, At::PullSecret),
    double(&code::UNOPENED_IMAGE, &code::PULL_SECRET_REGISTRY, At::PullSecret),
    double(&code::UNOPENED_IMAGE, &code::ABSENT_FROM_CLUSTER, At::PullSecret),
    double(&code::UNOPENED_IMAGE, &code::CLUSTER_SECRET_REGISTRY, At::PullSecret),
    double(&code::UNOPENED_IMAGE, &code::CLUSTER_SECRET_INVALID, At::PullSecret),
    double(&code::SUPERFLUOUS_INTERFACE, &code::MISSPELT_INTERFACE, At::Entry),
    double(&code::SUPERFLUOUS_INTERFACE, &code::INVALID_INTERFACE_NAME, At::Entry),
    double(&code::NOT_OFFERED, &code::MISSPELT_INTERFACE, At::Entry),
    double(&code::NOT_OFFERED, &code::INVALID_INTERFACE_NAME, At::Entry),
    double(&code::NO_EGRESS, &code::NO_ALLOWED_HOSTS, At::Workload),
    double(&code::NO_EGRESS, &code::SUPERFLUOUS_INTERFACE, At::Entry),
    double(&code::SERVICE_WITHOUT_HTTP, &code::NO_INGRESS, At::Workload),
    double(&code::NO_FITTING_HOST, &code::NOT_OFFERED, At::Entry),
    double(&code::NO_FITTING_HOST, &code::INTERFACE_VERSION, At::Entry),
    double(&code::NO_FITTING_HOST, &code::MISSPELT_INTERFACE, At::Entry),
    double(&code::NO_FITTING_HOST, &code::INVALID_INTERFACE_NAME, At::Entry),
    double(&code::NO_FITTING_HOST, &code::POD_LABEL, At::Here),
    double(&code::PINNED_TO_HOST, &code::NO_FITTING_HOST, At::Here),
    double(&code::UNKNOWN_DEPLOY_POLICY, &code::NOT_SUPPORTED, At::Here),
    double(&code::UNKNOWN_PULL_POLICY, &code::NOT_SUPPORTED, At::Here),
    double(&code::NEGATIVE_REPLICAS, &code::INVALID_VALUE, At::Here),
    double(&code::NEGATIVE_RESTARTS, &code::INVALID_VALUE, At::Here),
    double(&code::INVALID_PORT, &code::INVALID_VALUE, At::Here),
    double(&code::NOT_AN_IMAGE, &code::INVALID_VALUE, At::Here),
    double(&code::INVALID_INTERFACE_NAME, &code::INVALID_VALUE, At::Here),
    double(&code::INVALID_VERSION, &code::INVALID_VALUE, At::Here),
    double(&code::INVALID_HTTP_HOST, &code::INVALID_VALUE, At::Here),
];

/// Without those that say again what another says; that one is as bad as what it stands for. What is ignored stands for
/// nothing.
pub(super) fn without(mut found: Vec<Finding>) -> Vec<Finding> {
    let mut told: HashMap<Said, Vec<usize>> = HashMap::new();
    for (number, finding) in found.iter().enumerate().filter(|(_, finding)| finding.ignored.is_none()) {
        said(finding).into_iter().for_each(|said| told.entry(said).or_default().push(number));
    }
    let counts = |finding: &&Finding| finding.ignored.is_none();
    let better = |finding: &Finding| better(finding).iter().find_map(|better| told.get(better).cloned());
    let doubles: Vec<_> = found.iter().map(|finding| Some(finding).filter(counts).and_then(better)).collect();
    for (number, better) in doubles.iter().enumerate() {
        let level = found[number].level;
        better.iter().flatten().for_each(|&better| found[better].level = found[better].level.max(level));
    }
    let mut doubles = doubles.into_iter();
    found.retain(|_| doubles.next().flatten().is_none());
    found
}

/// Without unknown fields of what is of the wrong type as a whole: they are right where the type is.
pub(super) fn within_types(mut found: Vec<Finding>) -> Vec<Finding> {
    let wrong: HashSet<_> = found.iter().filter(|finding| finding.code == &code::WRONG_TYPE).filter_map(path).collect();
    if wrong.is_empty() {
        return found;
    }
    let is_below = |path: &str| {
        let mut ends = path.match_indices(['.', '[']).filter_map(|(end, _)| path.get(..end));
        ends.any(|above| wrong.contains(above))
    };
    let needless = |finding: &Finding| {
        finding.code == &code::UNKNOWN_FIELD && finding.field().is_some_and(|(_, path)| is_below(path))
    };
    found.retain(|finding| !needless(finding));
    found
}

fn path(finding: &Finding) -> Option<String> {
    finding.field().map(|(_, path)| path.to_owned())
}

/// A code, and what it is told of: a text, a line on which a document begins, and a path in that.
type Said = (&'static str, *const Text, usize, String);

/// What a finding says, of every part that others may be about; nothing when it is better than no other.
fn said(finding: &Finding) -> Vec<Said> {
    // Messages are not let in either, which is another thing.
    let is_other = finding.code == &code::NO_INGRESS && !finding.message.contains("wasi:http/");
    let is_better = DOUBLES.iter().any(|double| double.better == finding.code) && !is_other;
    let Some((line, path)) = finding.field().filter(|_| is_better) else { return Vec::new() };
    let mut parts = vec![path, entry(path), workload(path)];
    parts.dedup();
    parts.into_iter().map(|part| of(finding.code, finding, line, part)).collect()
}

/// What makes a finding needless.
fn better(finding: &Finding) -> Vec<Said> {
    let Some((line, path)) = finding.field() else { return Vec::new() };
    let doubles = DOUBLES.iter().filter(|double| double.needless == finding.code);
    let said = |double: &Double| {
        let part = match double.at {
            At::Here => path.to_owned(),
            At::Entry => entry(path).to_owned(),
            At::Workload => workload(path).to_owned(),
            At::PullSecret if !finding.message.contains("credentials") => return None,
            At::PullSecret => format!("{}.imagePullSecret.name", path.strip_suffix(".image")?),
        };
        Some(of(double.better, finding, line, &part))
    };
    doubles.filter_map(said).collect()
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
mod tests;
