//! Finalizers that stand twice, which server-side apply refuses.

use std::collections::HashSet;

use crate::validate::code;
use crate::validate::finding::Finding;
use crate::validate::subject::Subject;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let finalizers = subject.root.get("metadata").map(|metadata| metadata.list("finalizers")).unwrap_or_default();
    let mut seen = HashSet::new();
    let again = finalizers.iter().filter(|field| field.text().is_some_and(|text| !seen.insert(text)));
    let told = again.map(|field| {
        let message = format!("{}: {} stands here again", field.path, field.text().unwrap_or_default());
        subject.value(&code::INVALID_METADATA, field, message).with_remedy("take this entry out")
    });
    told.collect()
}
