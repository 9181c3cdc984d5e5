use std::path::{Path, PathBuf};
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::manifest::{Text, parse_yaml};

/// What the full reader makes of a text, if this one makes anything of it; both agree.
fn agreed(content: &str) -> Option<Vec<(usize, Value)>> {
    let read = read(content)?;
    let full = parse_yaml(&Text { name: "a.yaml".to_owned(), content: content.to_owned() });
    let full = full.unwrap_or_else(|problem| panic!("{content:?} is {read:?} here, and there {}", problem.message()));
    assert_eq!(read, full, "{content:?}");
    Some(read)
}

fn manifests(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            manifests(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
}

#[test]
fn nearly_all_manifests_are_plain_and_read_the_same() {
    let mut paths = Vec::new();
    manifests(Path::new("tests/fixtures"), &mut paths);
    let plain =
        paths.iter().filter(|path| std::fs::read_to_string(path).is_ok_and(|content| agreed(&content).is_some()));
    let (plain, all) = (plain.count(), paths.len());
    assert!(plain * 10 > all * 8, "{plain} of {all}");
}

#[test]
fn what_could_be_read_in_two_ways_is_left_to_the_full_reader() {
    for left in [
        "a: yes",
        "yes: a",
        "a: NULL",
        "a: ~",
        "a:",
        "a: 010",
        "a: -0",
        "a: 1.5",
        "a: 1e3",
        "a: .inf",
        "a: 0x1f",
        "1: a",
        "a: &x b",
        "a: !!str 1",
        "<<: {a: b}",
        "a: 1\na: 2",
        "a",
        "- a",
        "%YAML 1.2\n---\na: b",
        "? [a]\n: b",
        "a: 99999999999999999999",
        "a: 1_000",
        "a: 12:30",
        "a: 2026-11-26",
    ] {
        assert_eq!(read(left), None, "{left}");
    }
    let plain = "a: 1.2.3-rc1\nb: -5\nv: 0.2.0-draft\nc: \"1\"\nd: /data\ne: 100m\nf: [true, x y]\n---\ng: |\n  text\n";
    assert_eq!(agreed(plain).map(|documents| documents.len()), Some(2));
}

proptest! {
    #[test]
    fn scalars_are_what_they_are_to_the_full_reader(word in "-?[0-9a-zA-Z./_~+:-]{1,8}", number in "-?[0-9._]{1,20}")  {
        for scalar in [word, number] {
            agreed(&format!("a: {scalar}"));
            agreed(&format!("{scalar}: b"));
            agreed(&format!("a: [{scalar}, \"{scalar}\"]\n---\nb: c"));
        }
    }

    #[test]
    fn texts_are_what_they_are_to_the_full_reader(
        lines in proptest::collection::vec("( {0,4})(- )?(a|b|\"a\"|'c'|y|1)?(: )?(x|y|[0-9]|\\|\n|>-|&a|\\*a|#c|---|\\{|\\}|\\[|,|\t)?", 1..8),
    ) {
        agreed(&lines.join("\n"));
    }
}

#[test]
fn deep_and_long_texts_are_left_to_the_full_reader() {
    assert_eq!(read(&format!("a: {}{}", "[".repeat(40), "]".repeat(40))), None);
    assert_eq!(read(&format!("a: {}", "x".repeat(LONGEST))), None);
    let text = Arc::new(Text { name: "a.yaml".to_owned(), content: format!("a: {}", "x".repeat(LONGEST)) });
    assert_eq!(crate::manifest::parse(&text).unwrap().len(), 1);
}
