//! The cluster's definitions beside this program's own.

use std::collections::BTreeSet;

use super::Seen;
use crate::manifest::Document;
use crate::schema::Schema;
use crate::validate::code;
use crate::validate::finding::{Finding, Gathered, Spot};
use crate::validate::schema;

/// Kinds without a definition: nothing of them can be applied. Told once for each.
pub(super) fn undefined(seen: &Seen<'_>, found: &mut Gathered<'_>) {
    let mut told = BTreeSet::new();
    let without = seen.subjects.iter().filter(|subject| seen.cluster.undefined.contains(&subject.kind));
    let first = without.filter(|subject| told.insert(subject.kind));
    let finding = |subject: &super::Placed<'_>| {
        let message = format!("the cluster has no kind {}", subject.kind.name());
        let remedy = "`kubectl wasmcloud install` brings the definitions; nothing that is there is taken away";
        subject.at(&code::UNDEFINED_KIND, "kind", message).with_remedy(remedy)
    };
    found.extend(first.map(finding));
}

/// Unknown fields that this program's definition has: the cluster's is older. What is unknown to both stays as it is.
pub(in crate::validate) fn dropped(document: &Document, own: &Schema, found: Vec<Finding>) -> Vec<Finding> {
    found.into_iter().map(|finding| of_older(document, own, finding)).collect()
}

fn of_older(document: &Document, own: &Schema, finding: Finding) -> Finding {
    let Spot::Field { path, .. } = &finding.spot else { return finding };
    let path = path.strip_prefix(&document.within).unwrap_or(path).trim_start_matches('.').to_owned();
    if finding.code != &code::UNKNOWN_FIELD || !schema::has(own, &path) {
        return finding;
    }
    let message = format!("{path}: the cluster's definition does not have this field, and drops it");
    let remedy = "`kubectl wasmcloud install` brings the definitions up to date; nothing that is there is taken away";
    Finding { code: &code::DROPPED_FIELD, message, ..finding }.with_remedy(remedy)
}
