//! What is wrong with manifests, before a cluster sees them. Pure: documents and facts in, findings out.
//!
//! [`FileSet::read`] makes documents of texts, [`check`] looks at them: the definitions' schemas and rules in CEL
//! (`definitions`), wasmCloud's own rules (`rules`), and what [`Facts`] tell of images and of a cluster. Every finding
//! has a [`Code`] with a page of explanation, and a [`Spot`] that `locate` turns into file, line and column.

pub mod code;
mod definitions;
mod facts;
mod field;
mod file_set;
mod finding;
mod ignore;
pub mod images;
mod locate;
mod misplaced;
mod no_yaml;
mod overlap;
mod references;
mod remedy;
mod rules;
mod schema;
pub mod server;
mod subject;
mod torn;
pub mod wit;

#[cfg(test)]
mod tests;

pub use code::{Code, Level};
pub use definitions::Definitions;
pub use facts::Facts;
pub use field::Field;
pub use file_set::FileSet;
pub use finding::{Finding, Findings, Spot, Suppression};
pub use ignore::Ignored;
pub use locate::Place;
pub(crate) use rules::http_name;

use std::collections::HashMap;
use std::sync::Arc;

use finding::Gathered;
use rayon::prelude::*;

use crate::manifest::{self, Document, Text};

/// Largest text that is worth reading twice, in bytes.
const SMALL: usize = 64 * 1024;

/// Reads texts, and meanwhile makes ready what their objects will be held against: schemas and rules are read once, at
/// their first use, and who looks at objects in parallel would wait for them.
pub fn read(texts: Vec<Arc<Text>>, definitions: &Definitions) -> FileSet {
    let first = texts.iter().find(|text| text.content.len() < SMALL).filter(|_| texts.len() > 1).cloned();
    let prepare = || {
        let documents = first.and_then(|text| manifest::parse(&text).ok()).unwrap_or_default();
        check(&FileSet::of_documents(documents), definitions, &Facts::default(), &Ignored::default());
    };
    rayon::join(|| FileSet::read(texts), prepare).0
}

/// Everything that is found wrong, by text, line and column; what is to be ignored is marked.
pub fn check(files: &FileSet, definitions: &Definitions, facts: &Facts, ignored: &Ignored) -> Findings {
    let ignoring = ignored.among(files);
    let nothing = || Gathered::new(&ignoring);
    let mut gathered = nothing();
    gathered.extend(files.findings.iter().cloned());
    files.beyond.iter().for_each(|(code, count)| gathered.count(code, *count));
    let each = files.documents.par_iter().map(|document| check_document(document, definitions, nothing()));
    let each = each.fold(nothing, Gathered::merged).reduce(nothing, Gathered::merged);
    let mut gathered = gathered.merged(each);
    gathered = gathered.merged(facts.across(files, nothing));
    facts.check(files, &mut gathered);
    let Gathered { kept, beyond, errors_beyond, .. } = ignoring.apply(gathered);
    let mut kept = overlap::without(kept);
    let order: HashMap<_, _> = files.texts.iter().enumerate().map(|(index, text)| (Arc::as_ptr(text), index)).collect();
    let order = |finding: &Finding| order.get(&Arc::as_ptr(&finding.text)).copied();
    kept.sort_by_key(order);
    let mut kept = locate::locate(kept);
    kept.sort_by(|(a, a_place), (b, b_place)| {
        let place = order(a).cmp(&order(b)).then_with(|| a_place.cmp(b_place));
        place.then_with(|| (a.code.id, &a.message).cmp(&(b.code.id, &b.message)))
    });
    Findings { kept, beyond, errors_beyond }
}

/// What is wrong with one document, whatever stands beside it.
fn check_document<'a>(document: &Document, definitions: &Definitions, mut found: Gathered<'a>) -> Gathered<'a> {
    match definitions.of(document) {
        None => {}
        Some(Ok(definition)) => {
            schema::check(document, definition, &mut found);
            let kept = overlap::within_types(definitions.attribute(document, found.kept));
            found.kept = remedy::complete(document, torn::mended(document, kept));
            rules::within(document, &mut found);
        }
        Some(Err(finding)) => found.extend([finding]),
    }
    found
}
