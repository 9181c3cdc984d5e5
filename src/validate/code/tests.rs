use std::collections::BTreeSet;

use super::*;

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
