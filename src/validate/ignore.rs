//! Findings that somebody has decided to live with, and why.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use super::code::{self, Code};
use super::file_set::FileSet;
use super::finding::{Finding, Gathered, Suppression};
use crate::manifest::Document;

#[cfg(test)]
mod tests;

/// The annotation of an object that lists what to ignore of it: `WC0104: served by a gateway; WC0203, WC0204: …`.
const ANNOTATION: &str = "wasmcloud.dev/ignore";

/// What stands for a reason that was not given.
const NO_REASON: &str = "no reason is given";

/// The codes whose absence can be told without asking anybody.
const OFFLINE: [&str; 3] = ["WC00", "WC01", "WC02"];

/// What is to be ignored everywhere.
#[derive(Clone, Debug, Default)]
pub struct Ignored {
    codes: Vec<(&'static Code, String)>,
}

impl Ignored {
    /// Reads what the command line ignores: `WC0104`, or `WC0104=reason`.
    ///
    /// # Errors
    /// A code that is none, in words.
    pub fn read(words: &[String]) -> Result<Self, String> {
        let read = |word: &String| {
            let (codes, reason) = word.split_once('=').unwrap_or((word, "ignored on the command line"));
            let found =
                codes.split(',').map(|id| code::find(id).ok_or_else(|| format!("{id} is no code of a finding")));
            found.map(|code| code.map(|code| (code, reason.to_owned()))).collect::<Result<Vec<_>, _>>()
        };
        let codes: Vec<_> = words.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { codes: codes.concat() })
    }

    /// With what the objects of files ignore.
    pub(super) fn among<'a>(&'a self, files: &'a FileSet) -> Ignoring<'a> {
        let mut annotated = Vec::new();
        let mut by_place: HashMap<Key<'_>, usize> = HashMap::new();
        for document in files.ours() {
            let words = document.at(&["metadata", "annotations", ANNOTATION]);
            if let Some(words) = words.and_then(Value::as_str) {
                let key = (Arc::as_ptr(&document.text).addr(), document.line, document.within.as_str());
                by_place.entry(key).or_insert(annotated.len());
                annotated.push(Annotated::read(document, words));
            }
        }
        Ignoring { ignored: self, annotated, by_place }
    }
}

/// What is to be ignored of some files: everywhere, and by the annotations of objects.
#[derive(Debug)]
pub(super) struct Ignoring<'a> {
    ignored: &'a Ignored,
    annotated: Vec<Annotated<'a>>,
    by_place: HashMap<Key<'a>, usize>,
}

impl Ignoring<'_> {
    /// Marks what is ignored, and tells of annotations that do nothing.
    pub(super) fn apply<'a>(&self, mut gathered: Gathered<'a>) -> Gathered<'a> {
        for finding in &mut gathered.kept {
            finding.ignored = self.suppression(finding);
        }
        gathered.extend(self.annotated.iter().flat_map(Annotated::without_effect));
        gathered
    }

    /// Why a finding does not count, if it does not.
    pub(super) fn suppression(&self, finding: &Finding) -> Option<Suppression> {
        self.everywhere(finding.code).or_else(|| {
            let owner = owner_of(finding, &self.by_place)?;
            self.annotated.get(owner)?.use_for(finding.code)
        })
    }

    /// Why findings of a code count nowhere.
    pub(super) fn everywhere(&self, code: &'static Code) -> Option<Suppression> {
        let (_, reason) = self.ignored.codes.iter().find(|(ignored, _)| *ignored == code)?;
        Some(Suppression { reason: reason.clone(), in_file: false })
    }
}

/// Where a document is: its text by address, the line, and the place in a list.
type Key<'a> = (usize, usize, &'a str);

/// The annotated object that a finding is about: the document itself, or the item of a list.
fn owner_of(finding: &Finding, by_place: &HashMap<Key<'_>, usize>) -> Option<usize> {
    let (line, path) = finding.field()?;
    let items = path.match_indices(']').map(|(index, _)| index + 1);
    let mut places = std::iter::once(0).chain(items).filter_map(|end| path.get(..end));
    places.find_map(|within| by_place.get(&(Arc::as_ptr(&finding.text).addr(), line, within)).copied())
}

/// A document's annotation.
#[derive(Debug)]
struct Annotated<'a> {
    document: &'a Document,
    entries: Vec<Entry>,
}

/// One code of it.
#[derive(Debug)]
struct Entry {
    id: String,
    code: Option<&'static Code>,
    reason: Option<String>,
    used: AtomicBool,
}

impl<'a> Annotated<'a> {
    fn read(document: &'a Document, words: &str) -> Self {
        let mut entries = Vec::new();
        for part in words.split([';', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
            let (ids, reason) = part.split_once(':').unwrap_or((part, ""));
            let reason = Some(reason.trim()).filter(|reason| !reason.is_empty());
            let ids = ids.split([',', ' ']).filter(|id| !id.is_empty());
            entries.extend(ids.map(|id| Entry {
                id: id.to_owned(),
                code: code::find(id),
                reason: reason.map(str::to_owned),
                used: AtomicBool::new(false),
            }));
        }
        Self { document, entries }
    }

    /// Why a finding of that code does not count, if it does not.
    fn use_for(&self, code: &'static Code) -> Option<Suppression> {
        let entry = self.entries.iter().find(|entry| entry.code == Some(code))?;
        entry.used.store(true, Ordering::Relaxed);
        Some(Suppression { reason: entry.reason.clone().unwrap_or_else(|| NO_REASON.to_owned()), in_file: true })
    }

    /// What is wrong with the annotation itself.
    fn without_effect(&self) -> Vec<Finding> {
        self.entries.iter().filter_map(|entry| self.complaint(entry)).collect()
    }

    fn complaint(&self, entry: &Entry) -> Option<Finding> {
        let path = format!("metadata.annotations[{ANNOTATION}]");
        let told = |code, message: String| Finding::value(code, self.document, &path, message);
        let id = &entry.id;
        match (entry.code, &entry.reason, entry.used.load(Ordering::Relaxed)) {
            (None, _, _) => {
                let remedy = "`kubectl wasmcloud explain-code` lists the codes; reasons stand behind a colon";
                Some(told(&code::UNKNOWN_IGNORE, format!("{id} is no code of a finding")).with_remedy(remedy))
            }
            (Some(code), _, false) if OFFLINE.iter().any(|group| code.id.starts_with(group)) => {
                let message = format!("{id} is ignored, and nothing of it is found");
                Some(told(&code::UNKNOWN_IGNORE, message).with_remedy(format!("take {id} out of the annotation")))
            }
            (Some(_), None, true) => {
                let remedy = format!("write \"{id}: the reason\"");
                Some(told(&code::NO_REASON, format!("{id} is ignored without a reason")).with_remedy(remedy))
            }
            _ => None,
        }
    }
}
