//! Templates are no Pods' templates.

use crate::manifest::Document;
use crate::validate::code;
use crate::validate::finding::Finding;

/// Labels and annotations of a template stand beside its `spec`, not under `metadata` as those of Pods do.
pub(super) fn metadata(document: &Document, path: &str) -> Option<Finding> {
    let template = path.strip_suffix(".metadata").filter(|path| path.ends_with("template"))?;
    let finding = Finding::key(&code::TEMPLATE_METADATA, document, path, format!("{template} has no metadata"));
    Some(finding.with_remedy(format!("labels are {template}.labels, annotations {template}.annotations")))
}
