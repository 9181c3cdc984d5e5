//! How much of YAML is read, and what is said of a text that has more.

use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{Budget, Error};

use crate::manifest::NODES;

/// What to do about a text that is too much.
pub(in crate::manifest) const DIVIDE: &str = "divide it into several files, or look for what has made it so large";
/// What to do about brackets within brackets.
const FLATTEN: &str = "no manifest nests a quarter as deep: look for brackets that are not closed";
/// What to do about anchors.
const WRITE_OUT: &str = "write out what the anchors stand for, or divide it into several files";

/// Enough for the largest sets of manifests; what goes beyond is refused before memory or the stack runs out: a level
/// takes some 20 KiB of it where nothing is optimised. An anchor may be named as often as one likes, as what aliases
/// stand for is counted.
pub(crate) fn budget() -> Option<Budget> {
    serde_saphyr::budget! {
        max_documents: 100_000, max_nodes: NODES, max_events: 8_000_000, max_depth: 64, enforce_alias_anchor_ratio: false,
    }
}

/// What a text has too much of, and what to do about it; `None` when that is not what is wrong.
pub(super) fn exceeded(error: &Error) -> Option<(String, &'static str)> {
    let limits = budget().unwrap_or_default();
    let at_most = |count: usize, what: &str| format!("it has more than the {count} {what} that are read");
    Some(match error {
        Error::Budget { breach, .. } => match breach {
            BudgetBreach::Depth { .. } => (at_most(limits.max_depth, "levels of nesting"), FLATTEN),
            BudgetBreach::Documents { .. } => (at_most(limits.max_documents, "documents"), DIVIDE),
            BudgetBreach::Nodes { .. } | BudgetBreach::Events { .. } => (at_most(limits.max_nodes, "values"), DIVIDE),
            BudgetBreach::ScalarBytes { .. } => (at_most(limits.max_total_scalar_bytes, "bytes of text"), DIVIDE),
            BudgetBreach::Aliases { .. } => (at_most(limits.max_aliases, "aliases"), WRITE_OUT),
            BudgetBreach::Anchors { .. } => (at_most(limits.max_anchors, "anchors"), WRITE_OUT),
            BudgetBreach::MergeKeys { .. } => (at_most(limits.max_merge_keys, "merge keys (<<)"), WRITE_OUT),
            BudgetBreach::RecordedAnchorEvents { .. } | BudgetBreach::RecordedAnchorBytes { .. } => {
                ("its anchors stand for more than is read".to_owned(), WRITE_OUT)
            }
            // Of readers and properties, which are not used here, and of those that are yet to come.
            _ => ("it has more of something than is read".to_owned(), DIVIDE),
        },
        Error::AliasReplayLimitExceeded { max_total_replayed_events: most, .. } => {
            (format!("its aliases stand for more than the {most} values that are read"), WRITE_OUT)
        }
        Error::AliasExpansionLimitExceeded { .. } | Error::AliasReplayCounterOverflow { .. } => {
            ("its aliases stand for more than is read".to_owned(), WRITE_OUT)
        }
        Error::AliasReplayStackDepthExceeded { max_depth, .. } => {
            (format!("its aliases lead to aliases more than {max_depth} times in a row"), WRITE_OUT)
        }
        _ => return None,
    })
}
