use std::collections::BTreeSet;
use std::sync::Arc;

use super::*;
use crate::manifest::Text;
use crate::validate::{Definitions, Facts, FileSet, Ignored, check};

#[test]
fn codes_are_sorted_and_occur_once() {
    let ids: Vec<_> = ALL.iter().map(|code| code.id).collect();
    let sorted: Vec<_> = ids.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    assert_eq!(ids, sorted);
}

#[test]
fn codes_are_found_by_their_names() {
    assert_eq!(find(" wc0101 "), Some(&UNKNOWN_FIELD));
    assert_eq!(find("WC9999"), None);
}

#[test]
fn pages_have_their_title_and_both_examples() {
    for code in ALL {
        assert!(code.page.starts_with(&format!("# {}: {}\n", code.id, code.title)), "{code}");
        for part in ["\n## Wrong\n", "\n## Right\n"] {
            assert!(code.page.contains(part), "{code} lacks {part}");
        }
    }
}

/// Codes that no manifest alone yields: they need a component or a cluster.
fn needs_more(code: &Code) -> bool {
    ["WC03", "WC04"].iter().any(|prefix| code.id.starts_with(prefix))
}

/// What the examples of a code are held against: ours list no values, so those come from elsewhere.
fn definitions(code: &Code) -> Definitions {
    let listing = include_str!("../../../tests/fixtures/validate/WC0104/schemas/workloaddeployments.yaml");
    match *code == NOT_SUPPORTED {
        true => Definitions::read(&[serde_saphyr::from_str(listing).unwrap()]).unwrap(),
        false => Definitions::own(),
    }
}

/// The YAML under a heading of a page.
fn example<'a>(code: &'a Code, heading: &str) -> &'a str {
    let part = code.page.split(&format!("\n## {heading}\n")).nth(1).unwrap_or_else(|| panic!("{code} lacks {heading}"));
    let block = part.split("```yaml\n").nth(1).unwrap_or_else(|| panic!("{code} has no YAML under {heading}"));
    block.split("```").next().unwrap()
}

/// What is found in the example under a heading.
fn found(code: &Code, heading: &str) -> Vec<(&'static str, String)> {
    let text = Text { name: "page.yaml".to_owned(), content: example(code, heading).to_owned() };
    let files = FileSet::read(vec![Arc::new(text)]);
    let found = check(&files, &definitions(code), &Facts::default(), &Ignored::default());
    found
        .kept
        .into_iter()
        .filter(|(finding, _)| finding.ignored.is_none())
        .map(|(finding, _)| (finding.code.id, finding.message))
        .collect()
}

#[test]
fn wrong_examples_are_wrong_in_that_way_alone() {
    let mut differing = Vec::new();
    for code in ALL.iter().filter(|code| !needs_more(code)) {
        let found = found(code, "Wrong");
        let codes: BTreeSet<_> = found.iter().map(|(code, _)| *code).collect();
        if codes != BTreeSet::from([code.id]) {
            differing.push(format!("{code}: {found:#?}"));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn right_examples_leave_nothing_to_find() {
    let right = ALL.iter().filter(|code| !needs_more(code)).map(|code| (code, found(code, "Right")));
    let differing: Vec<_> = right.filter(|(_, found)| !found.is_empty()).collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn pages_say_what_to_do() {
    for code in ALL {
        let (why, rest) = code.page.split_once("\n\n").unwrap().1.split_once("\n## Wrong\n").unwrap();
        assert!(why.len() > 60, "{code} says too little");
        assert!(
            rest.split("\n## What to do\n").nth(1).is_some_and(|todo| todo.len() > 10),
            "{code} says not what to do"
        );
        assert!(code.page.ends_with('\n') && !code.page.ends_with("\n\n"), "{code}");
    }
}
