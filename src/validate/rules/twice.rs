//! Objects that stand twice: the one that is applied last wins, whoever wrote it.

use std::collections::HashMap;

use crate::manifest::Document;
use crate::validate::code;
use crate::validate::file_set::FileSet;
use crate::validate::finding::{Finding, Gathered};

pub(super) fn check(files: &FileSet, found: &mut Gathered<'_>) {
    let mut firsts: HashMap<_, &Document> = HashMap::with_capacity(files.documents.len());
    for document in files.documents.iter().filter(|document| !document.name().is_empty()) {
        let Some(kind) = document.kind() else { continue };
        let key = (kind.group, kind.kind, document.namespace(), document.name());
        match firsts.get(&key) {
            // The same once more does no harm, such as a Namespace that every file brings along.
            Some(first) if first.object == document.object => {}
            Some(first) => found.extend([again(document, first)]),
            None => drop(firsts.insert(key, document)),
        }
    }
}

fn again(document: &Document, first: &Document) -> Finding {
    let within = if first.within.is_empty() { String::new() } else { format!(" ({})", first.within) };
    let place = format!("{}:{}{within}", first.text.name, first.line);
    let message = format!("{} stands here again, first at {place}; the last that is applied wins", document.title());
    let remedy = "give it another name or namespace, or take one of them out";
    Finding::value(&code::DUPLICATE_OBJECT, document, "metadata.name", message).with_remedy(remedy)
}
