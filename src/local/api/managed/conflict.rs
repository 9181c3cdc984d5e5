//! Fields that an applied configuration wants and others own.

use http::StatusCode;

use super::entries::Writer;
use super::path::{PathElement, display};
use crate::local::api::failure::{Cause, Failure};

/// One field that somebody else owns.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Conflict {
    pub(super) owner: Writer,
    pub(super) path: Vec<PathElement>,
}

/// 409 with a cause for each of them; they are sorted by owner.
pub(super) fn failure(conflicts: &[Conflict]) -> Failure {
    let causes: Vec<_> = conflicts
        .iter()
        .map(|conflict| Cause {
            reason: "FieldManagerConflict",
            message: format!("conflict with {}", conflict.owner),
            field: display(&conflict.path),
        })
        .collect();
    Failure::new(StatusCode::CONFLICT, "Conflict", message(conflicts)).with_causes(&causes)
}

fn message(conflicts: &[Conflict]) -> String {
    if let [only] = conflicts {
        return format!("Apply failed with 1 conflict: conflict with {}: {}", only.owner, display(&only.path));
    }
    let mut lines = Vec::new();
    for owned in conflicts.chunk_by(|left, right| left.owner == right.owner) {
        lines.extend(owned.first().map(|conflict| format!("conflicts with {}:", conflict.owner)));
        lines.extend(owned.iter().map(|conflict| format!("- {}", display(&conflict.path))));
    }
    format!("Apply failed with {} conflicts: {}", conflicts.len(), lines.join("\n"))
}
