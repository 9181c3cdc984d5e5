//! wasmCloud's own rules: what the definitions allow and users regret.

mod annotations;
mod autoscaler;
mod backends;
mod components;
mod generations;
mod groups;
mod hosts;
mod http;
mod images;
mod interfaces;
mod metadata;
mod neighbours;
mod references;
mod rollout;
mod secrets;
mod services;
mod shapes;
mod template;
#[cfg(test)]
mod tests;
mod twice;
mod volumes;
mod words;

use rayon::prelude::*;

use super::code;
use super::file_set::FileSet;
use super::finding::{Finding, Gathered};
use super::subject::Subject;
use crate::manifest::Document;
use neighbours::Neighbours;

pub(crate) use http::http_name;
pub(super) use services::host_name;
pub(super) use shapes::without_parts;
pub(super) use words::as_written;

/// The rules that need to see one object only.
const WITHIN: [fn(&Subject<'_>) -> Vec<Finding>; 9] = [
    annotations::check,
    backends::check,
    components::check,
    hosts::check,
    http::check,
    images::check,
    rollout::check,
    volumes::check,
    words::check,
];

/// What is wrong with one object, whatever stands beside it. What a controller made is as good as what it was made from.
pub(super) fn within(document: &Document, found: &mut Gathered<'_>) {
    let Some(subject) = Subject::of(document) else { return };
    let subject = subject.with_unknown_fields_told(found.tells(&code::UNKNOWN_FIELD));
    found.extend(metadata::check(&subject));
    if subject.is_made() {
        return;
    }
    found.extend(WITHIN.iter().flat_map(|rule| rule(&subject)));
    interfaces::check(&subject, found);
    found.extend(references::overridden(&subject));
}

/// What is wrong with objects beside each other; `nothing` is what each of several threads begins with.
/// Of references only what `counts` is told.
pub(super) fn across<'a>(
    files: &FileSet,
    counts: impl Fn(&Finding) -> bool + Sync,
    nothing: impl Fn() -> Gathered<'a> + Sync,
) -> Gathered<'a> {
    let subjects = || files.documents.par_iter().filter_map(Subject::of).filter(|subject| !subject.is_made()).collect();
    let (neighbours, subjects): (_, Vec<_>) = rayon::join(|| Neighbours::of(files), subjects);
    let each = || {
        let found = subjects.par_iter().fold(&nothing, |mut found, subject| {
            found.extend(references::check(subject, &neighbours).into_iter().filter(&counts));
            found.extend(secrets::check(subject, &neighbours));
            found
        });
        found.reduce(&nothing, Gathered::merged)
    };
    let (each, all) = rayon::join(each, || among_all(files, &subjects, &neighbours, &nothing));
    each.merged(all)
}

/// What is wrong with objects that have to be seen all together, each rule beside the others.
fn among_all<'a>(
    files: &FileSet,
    subjects: &[Subject<'_>],
    neighbours: &Neighbours<'_>,
    nothing: impl Fn() -> Gathered<'a> + Sync,
) -> Gathered<'a> {
    let rules: [&(dyn Fn(&mut Gathered<'a>) + Sync); 8] = [
        &|found| twice::check(files, found),
        &|found| found.extend(secrets::encoding(files)),
        &|found| services::check(subjects, neighbours, found),
        &|found| services::claims(subjects, found),
        &|found| services::routes(files, subjects, found),
        &|found| found.extend(autoscaler::check(files)),
        &|found| found.extend(generations::check(files)),
        &|found| found.extend(groups::check(files)),
    ];
    let each = rules.par_iter().map(|rule| {
        let mut found = nothing();
        rule(&mut found);
        found
    });
    each.reduce(&nothing, Gathered::merged)
}

/// What is known of an unknown field beyond that it is unknown: where it belongs.
pub(super) fn trap(document: &Document, path: &str) -> Option<Finding> {
    template::metadata(document, path).or_else(|| template::elsewhere(document, path))
}

/// What is known of a value that the definition refuses beyond its words: which entries it means, and what to write.
pub(super) fn refined(document: &Document, finding: Finding, path: &str) -> Vec<Finding> {
    if let Some(whole) = shapes::whole_name(document, &finding, path) {
        return whole;
    }
    let entries = interfaces::ambiguous(document, path, &finding.message);
    if entries.is_empty() { vec![template::refused(document, finding, path)] } else { entries }
}
