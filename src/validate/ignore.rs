//! Findings that somebody has decided to live with, and why.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::code::{self, Code};
use super::file_set::FileSet;
use super::finding::{Finding, Gathered, Suppression};
use crate::manifest::{Document, Text};

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

    /// Marks what is ignored, here or by the annotation of an object, and tells of annotations that do nothing.
    pub(super) fn apply(&self, files: &FileSet, mut gathered: Gathered) -> Gathered {
        let mut annotated = Vec::new();
        let mut by_place: HashMap<Key<'_>, usize> = HashMap::new();
        for document in files.ours() {
            let words = document.object.pointer("/metadata/annotations").and_then(|all| all.get(ANNOTATION));
            if let Some(words) = words.and_then(Value::as_str) {
                let key = (Arc::as_ptr(&document.text), document.line, document.within.as_str());
                by_place.entry(key).or_insert(annotated.len());
                annotated.push(Annotated::read(document, words));
            }
        }
        for finding in &mut gathered.kept {
            let everywhere = self.codes.iter().find(|(code, _)| *code == finding.code);
            let everywhere = everywhere.map(|(_, reason)| Suppression { reason: reason.clone(), in_file: false });
            finding.ignored = match (everywhere, owner_of(finding, &by_place)) {
                (None, Some(owner)) => annotated.get_mut(owner).and_then(|owner| owner.use_for(finding.code)),
                (everywhere, _) => everywhere,
            };
        }
        gathered.extend(annotated.iter().flat_map(Annotated::without_effect));
        gathered
    }
}

/// Where a document is: its text, the line, and the place in a list.
type Key<'a> = (*const Text, usize, &'a str);

/// The annotated object that a finding is about: the document itself, or the item of a list.
fn owner_of(finding: &Finding, by_place: &HashMap<Key<'_>, usize>) -> Option<usize> {
    let (line, path) = finding.field()?;
    let items = path.match_indices(']').map(|(index, _)| index + 1);
    let mut places = std::iter::once(0).chain(items).filter_map(|end| path.get(..end));
    places.find_map(|within| by_place.get(&(Arc::as_ptr(&finding.text), line, within)).copied())
}

/// A document's annotation.
struct Annotated<'a> {
    document: &'a Document,
    entries: Vec<Entry>,
}

/// One code of it.
struct Entry {
    id: String,
    code: Option<&'static Code>,
    reason: Option<String>,
    used: bool,
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
                used: false,
            }));
        }
        Self { document, entries }
    }

    /// Why a finding of that code does not count, if it does not.
    fn use_for(&mut self, code: &'static Code) -> Option<Suppression> {
        let entry = self.entries.iter_mut().find(|entry| entry.code == Some(code))?;
        entry.used = true;
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
        match (entry.code, &entry.reason, entry.used) {
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
