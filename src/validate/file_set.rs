//! All manifests that are looked at together.

use std::sync::Arc;

use rayon::prelude::*;
use serde_json::Value;

use super::code::{self, Code};
use super::finding::{Finding, KEPT};
use super::no_yaml;
use crate::api::names;
use crate::manifest::{self, Document, Positions, Text, Unread, lines};

/// Documents, and what was found wrong while they were read.
#[derive(Debug, Default)]
pub struct FileSet {
    /// The texts, in the order they were given.
    pub texts: Vec<Arc<Text>>,
    /// The objects of all texts that could be read.
    pub documents: Vec<Document>,
    /// What could not be read.
    pub findings: Vec<Finding>,
    /// How many more there are of a code.
    pub(super) beyond: Vec<(&'static Code, usize)>,
}

impl FileSet {
    /// Reads texts.
    pub fn read(texts: Vec<Arc<Text>>) -> Self {
        let each = texts.par_iter().map(read_text).reduce(Self::default, Self::with);
        Self { texts, ..each }
    }

    /// The same, with files that could not be read.
    #[must_use]
    pub fn with_unread(mut self, unread: Vec<Unread>) -> Self {
        for Unread { text, message, remedy, .. } in unread {
            let end = text.content.len();
            let message = format!("it cannot be read: {message}");
            self.take([Finding::span(&code::NOT_YAML, &text, end..end, message).with_remedy(remedy)]);
            self.texts.push(text);
        }
        self
    }

    /// Together with what stands in other texts.
    fn with(mut self, others: Self) -> Self {
        self.documents.extend(others.documents);
        self.take(others.findings);
        others.beyond.into_iter().for_each(|(code, count)| self.count(code, count));
        self
    }

    /// Keeps findings as long as there are not too many; of more there is a count of each code.
    fn take(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            if self.findings.len() < KEPT {
                self.findings.push(finding);
                continue;
            }
            self.count(finding.code, 1);
        }
    }

    /// Counts findings of a code that are not kept.
    fn count(&mut self, code: &'static Code, more: usize) {
        match self.beyond.iter_mut().find(|(counted, _)| *counted == code) {
            Some((_, count)) => *count += more,
            None => self.beyond.push((code, more)),
        }
    }

    /// Documents that were read already.
    pub fn of_documents(documents: Vec<Document>) -> Self {
        let mut texts: Vec<Arc<Text>> = documents.iter().map(|document| Arc::clone(&document.text)).collect();
        texts.dedup_by(|a, b| Arc::ptr_eq(a, b));
        Self { texts, documents, ..Self::default() }
    }

    /// The objects of our group.
    pub fn ours(&self) -> impl Iterator<Item = &Document> {
        self.documents.iter().filter(|document| is_ours(document))
    }

    /// The objects of a built-in kind, such as `("v1", "Secret")`.
    pub fn of<'a>(&'a self, api_version: &'a str, kind: &'a str) -> impl Iterator<Item = &'a Document> {
        self.documents.iter().filter(move |document| {
            let word = |field: &str| document.object.get(field).and_then(Value::as_str);
            word("apiVersion") == Some(api_version) && word("kind") == Some(kind)
        })
    }
}

/// Whether an object is, or means to be, of our group.
pub(super) fn is_ours(document: &Document) -> bool {
    let api_version = document.object.get("apiVersion").and_then(Value::as_str).unwrap_or_default();
    api_version.split('/').next() == Some(names::GROUP)
}

/// The objects of a text, and what is wrong with it.
fn read_text(text: &Arc<Text>) -> FileSet {
    let (documents, findings, beyond) = match manifest::parse(text) {
        Ok(documents) => {
            let is_object = |document: &Document| document.kind().is_some() || is_kustomization(text);
            let (objects, others): (Vec<_>, Vec<_>) = documents.into_iter().partition(is_object);
            let beyond = others.len().saturating_sub(KEPT);
            (objects, others.iter().take(KEPT).map(no_object).collect(), (&code::NO_OBJECT, beyond))
        }
        Err(problem) => {
            let (findings, beyond) = unreadable(text, &problem);
            (Vec::new(), findings, (&code::DUPLICATE_KEY, beyond))
        }
    };
    let beyond = Some(beyond).filter(|(_, count)| *count > 0).into_iter().collect();
    FileSet { documents, findings, beyond, ..FileSet::default() }
}

/// Whether it says what kustomize is to do, which needs no kind and is no object.
fn is_kustomization(text: &Text) -> bool {
    let name = text.name.rsplit(['/', '\\']).next();
    matches!(name, Some("kustomization.yaml" | "kustomization.yml" | "Kustomization"))
}

/// A document that lacks what every object has.
fn no_object(document: &Document) -> Finding {
    let lacking = ["apiVersion", "kind"]
        .into_iter()
        .find(|field| document.object.get(field).and_then(Value::as_str).is_none_or(str::is_empty));
    let message = match (&document.object, lacking) {
        (Value::Object(_), Some(field)) => format!("{field} is missing"),
        (Value::Object(_), None) => "apiVersion is not GROUP/VERSION".to_owned(),
        _ => "a manifest is an object, with apiVersion and kind".to_owned(),
    };
    Finding::value(&code::NO_OBJECT, document, "", message)
        .with_remedy("such as apiVersion: runtime.wasmcloud.dev/v1alpha1 and kind: WorkloadDeployment")
}

/// Why a text cannot be read: the keys that stand twice if that is why, and how many more do; else the first mistake.
fn unreadable(text: &Arc<Text>, problem: &manifest::Problem) -> (Vec<Finding>, usize) {
    let twice = if problem.is_duplicate() { Positions::of(text).duplicates() } else { Vec::new() };
    if twice.is_empty() {
        let finding = Finding::span(&code::NOT_YAML, text, problem.span(), problem.message());
        let remedy = problem.help().map_or_else(|| no_yaml::way_out(text, problem), str::to_owned);
        return (vec![finding.with_remedy(remedy)], 0);
    }
    let starts: Vec<_> = lines::starts(&text.content).collect();
    let told = |(name, first, again): (String, std::ops::Range<usize>, std::ops::Range<usize>)| {
        let line = starts.partition_point(|start| *start <= first.start) + 1;
        Finding::span(&code::DUPLICATE_KEY, text, again, format!("{name} stands here again, first on line {line}"))
            .with_remedy("keep one of them: which one counts depends on who reads it")
    };
    let beyond = twice.len().saturating_sub(KEPT);
    (twice.into_iter().take(KEPT).map(told).collect(), beyond)
}
