//! Findings that somebody has decided to live with, and why.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::code::{self, Code};
use super::file_set::FileSet;
use super::finding::{Finding, Spot};
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
    pub(super) fn apply(&self, files: &FileSet, mut findings: Vec<Finding>) -> Vec<Finding> {
        let mut annotated: HashMap<Key, Vec<Annotated<'_>>> = HashMap::new();
        for document in files.ours() {
            let words = document.object.pointer("/metadata/annotations").and_then(|all| all.get(ANNOTATION));
            if let Some(words) = words.and_then(Value::as_str) {
                let key = (Arc::as_ptr(&document.text), document.line);
                annotated.entry(key).or_default().push(Annotated::read(document, words));
            }
        }
        for finding in &mut findings {
            let everywhere =
                self.codes.iter().find(|(code, _)| *code == finding.code).map(|(_, reason)| reason.clone());
            finding.ignored = everywhere.or_else(|| by_annotation(finding, &mut annotated));
        }
        findings.extend(annotated.values().flatten().flat_map(Annotated::without_effect));
        findings
    }
}

/// The document a finding is in: its text, and the line.
type Key = (*const Text, usize);

fn by_annotation(finding: &Finding, annotated: &mut HashMap<Key, Vec<Annotated<'_>>>) -> Option<String> {
    let Spot::Field { line, path, .. } = &finding.spot else { return None };
    let here = annotated.get_mut(&(Arc::as_ptr(&finding.text), *line))?;
    let owner = here.iter_mut().find(|annotated| is_within(path, &annotated.document.within))?;
    let entry = owner.entries.iter_mut().find(|entry| entry.code == Some(finding.code))?;
    entry.used = true;
    Some(entry.reason.clone().unwrap_or_else(|| NO_REASON.to_owned()))
}

fn is_within(path: &str, within: &str) -> bool {
    path.strip_prefix(within).is_some_and(|rest| within.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']))
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
