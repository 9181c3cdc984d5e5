//! How much of YAML is read, and what is said of a text that has more.

use serde_saphyr::Budget;

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

/// What a text has too much of, and what to do about it, from the reader's words; `None` when that is not what is wrong.
/// The words are looked at, as what aliases stand for is told in an error of another kind.
pub(super) fn exceeded(said: &str) -> Option<(String, &'static str)> {
    let limits = budget().unwrap_or_default();
    let at_most = |count: usize, what: &str| format!("it has more than the {count} {what} that are read");
    let nesting = || (at_most(limits.max_depth, "levels of nesting"), FLATTEN);
    // So it is with brackets within brackets, which are counted before anything else is.
    if said.contains("recursion limit exceeded") {
        return Some(nesting());
    }
    let (_, of) = said.split_once("YAML document too large or too complex")?;
    let name = of.trim_start_matches(": limits breached").trim_start_matches(": ").split([' ', '=']).next();
    Some(match name.unwrap_or_default() {
        "Depth" => nesting(),
        "Documents" => (at_most(limits.max_documents, "documents"), DIVIDE),
        "Nodes" | "Events" => (at_most(limits.max_nodes, "values"), DIVIDE),
        "ScalarBytes" => (at_most(limits.max_total_scalar_bytes, "bytes of text"), DIVIDE),
        "Aliases" => (at_most(limits.max_aliases, "aliases"), WRITE_OUT),
        "Anchors" => (at_most(limits.max_anchors, "anchors"), WRITE_OUT),
        "MergeKeys" => (at_most(limits.max_merge_keys, "merge keys (<<)"), WRITE_OUT),
        "RecordedAnchorEvents" => (at_most(limits.max_recorded_anchor_events, "values behind anchors"), WRITE_OUT),
        "RecordedAnchorBytes" => (at_most(limits.max_recorded_anchor_bytes, "bytes behind anchors"), WRITE_OUT),
        "CommentBytes" => (at_most(limits.max_total_comment_bytes, "bytes of comments"), DIVIDE),
        "total_replayed_events" | "anchor" | "depth" | "" => {
            ("its aliases stand for more than is read".to_owned(), WRITE_OUT)
        }
        // Of readers and of what is not used here.
        _ => ("it is larger than what is read".to_owned(), DIVIDE),
    })
}

#[cfg(test)]
mod tests {
    use serde_saphyr::budget::BudgetBreach;
    use serde_saphyr::{Error, MessageFormatter as _, UserMessageFormatter};

    use super::*;
    use crate::manifest::{Problem, Text, parse};

    /// What is said of a text, and what to do about it.
    fn said(content: String) -> (String, String) {
        let problem: Problem = parse(&Text { name: "a.yaml".to_owned(), content }.into()).unwrap_err();
        (problem.message().to_owned(), problem.help().unwrap_or_default().to_owned())
    }

    #[test]
    fn what_goes_beyond_a_limit_is_told_with_the_limit_and_a_way_out() {
        let anchored = |count: usize| (0..count).map(|n| format!("- &a{n} 1\n")).collect::<String>();
        let merged = "- {<<: *a}\n".repeat(10_001);
        for (content, message, help) in [
            (
                format!("{}{}", "[".repeat(100), "]".repeat(100)),
                "it has more than the 64 levels of nesting that are read",
                FLATTEN,
            ),
            ("[".repeat(100_000), "it has more than the 64 levels of nesting that are read", FLATTEN),
            ("- ".repeat(65), "it has more than the 64 levels of nesting that are read", FLATTEN),
            ("---\n1\n".repeat(100_001), "it has more than the 100000 documents that are read", DIVIDE),
            (
                format!("- &a 1\n{}", "- *a\n".repeat(50_001)),
                "it has more than the 50000 aliases that are read",
                WRITE_OUT,
            ),
            (anchored(50_001), "it has more than the 50000 anchors that are read", WRITE_OUT),
            (format!("- &a {{b: 1}}\n{merged}"), "it has more than the 10000 merge keys (<<) that are read", WRITE_OUT),
            (
                format!("- |\n  {}\n", "x".repeat(65 << 20)),
                "it has more than the 67108864 bytes of text that are read",
                DIVIDE,
            ),
            (laughs(), "it has more than the 1000000 values behind anchors that are read", WRITE_OUT),
        ] {
            assert_eq!(said(content), (message.to_owned(), help.to_owned()));
        }
    }

    /// Each line is nine times the line before.
    fn laughs() -> String {
        let line = |n: usize| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(","));
        format!("a0: &a0 lol\n{}", (1..12).map(line).collect::<String>())
    }

    /// As a manifest that names its labels once may have it.
    #[test]
    fn one_anchor_may_be_named_many_times() {
        let content = format!("a: &a {{b: 1}}\nc:\n{}", "- *a\n".repeat(1000));
        assert_eq!(parse(&Text { name: "a.yaml".to_owned(), content }.into()).unwrap().len(), 1);
    }

    #[test]
    fn no_limit_speaks_the_words_of_the_reader() {
        let location = serde_saphyr::Location::UNKNOWN;
        let breaches = [
            BudgetBreach::Events { events: 1 },
            BudgetBreach::Nodes { nodes: 1 },
            BudgetBreach::InclusionDepth { depth: 1 },
            BudgetBreach::SequenceUnbalanced,
            BudgetBreach::InputBytes { input_bytes: 1 },
            BudgetBreach::AliasAnchorRatio { aliases: 1, anchors: 1 },
            BudgetBreach::RecordedAnchorEvents { recorded_anchor_events: 1 },
            BudgetBreach::RecordedAnchorBytes { recorded_anchor_bytes: 1 },
            BudgetBreach::PropertyExpansionDepth { depth: 1, max_depth: 1 },
            BudgetBreach::PropertyInterpolationWork { work: 1, max_work: 1 },
        ];
        let breaches = breaches.map(|breach| Error::Budget { breach, location });
        let replays = [
            Error::AliasReplayCounterOverflow { location },
            Error::AliasReplayStackDepthExceeded { depth: 2, max_depth: 1, location },
            Error::AliasExpansionLimitExceeded { anchor_id: 1, expansions: 2, max_expansions_per_anchor: 1, location },
        ];
        for error in breaches.iter().chain(&replays) {
            let (message, help) = exceeded(&UserMessageFormatter.format_message(error)).unwrap();
            assert!(message.starts_with("it") && !message.contains(['{', '=', '_']) && !help.is_empty(), "{message}");
        }
        assert_eq!(exceeded(&UserMessageFormatter.format_message(&Error::Eof { location })), None);
    }
}
