//! Entries of lists that are torn apart by a dash too many: what the one lacks, the next one has.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use serde_json::Value;

use super::code;
use super::finding::Finding;
use super::misplaced::value_at;
use crate::manifest::Document;

/// What lacks: by lists, and of those by entries.
type Lacking = BTreeMap<String, BTreeMap<usize, BTreeSet<String>>>;

/// Findings of one document, of which those of torn entries are told as one.
pub(super) fn mended(document: &Document, mut found: Vec<Finding>) -> Vec<Finding> {
    let mut lacking = Lacking::new();
    for (list, entry, field) in found.iter().filter_map(lack) {
        lacking.entry(list.to_owned()).or_default().entry(entry).or_default().insert(field.to_owned());
    }
    let mut parts = HashSet::new();
    let mut all = Vec::new();
    for (list, entries) in lacking.iter().filter(|(_, entries)| entries.len() > 1) {
        let Some(items) = value_at(&document.object, list).and_then(Value::as_array) else { continue };
        for torn in torn(items, entries) {
            parts.extend(torn.clone().map(|entry| (list.as_str(), entry)));
            all.push(told(document, list, torn));
        }
    }
    found.retain(|finding| lack(finding).is_none_or(|(list, entry, _)| !parts.contains(&(list, entry))));
    found.extend(all);
    found
}

fn told(document: &Document, list: &str, torn: Range<usize>) -> Finding {
    let (first, second) = (torn.start, torn.start + 1);
    let (rest, remedy) = match torn.len() {
        2 => ("it is", "write a blank in place of its \"-\": it belongs to the entry above"),
        _ => ("this and what follows are", "write blanks in place of their dashes: they belong to the entry above"),
    };
    let message = format!("{list}[{second}]: {rest} the rest of {list}[{first}], of which a \"-\" makes another entry");
    Finding::value(&code::REQUIRED_FIELD, document, &format!("{list}[{second}]"), message).with_remedy(remedy)
}

/// The list, the entry and the field of a finding that something required is not there.
fn lack(finding: &Finding) -> Option<(&str, usize, &str)> {
    let (path, _) = finding.message.split_once(": Required value").filter(|_| finding.code == &code::REQUIRED_FIELD)?;
    let (entry, field) = path.rsplit_once("].")?;
    let (list, number) = entry.rsplit_once('[')?;
    Some((list, number.parse().ok()?, field)).filter(|(_, _, field)| !field.contains(['.', '[']))
}

/// Runs of entries that each lack what others of the run have, and have no field twice.
fn torn(items: &[Value], lacking: &BTreeMap<usize, BTreeSet<String>>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < items.len() {
        let mut fields = BTreeSet::new();
        let mut end = start;
        while lacking.contains_key(&end)
            && let Some(Value::Object(entry)) = items.get(end)
            && !entry.is_empty()
            && entry.keys().all(|name| !fields.contains(name))
        {
            fields.extend(entry.keys().cloned());
            end += 1;
        }
        let is_whole = (start..end).all(|entry| lacking[&entry].iter().all(|field| fields.contains(field)));
        if end > start + 1 && is_whole {
            found.push(start..end);
        }
        start = end.max(start + 1);
    }
    found
}
