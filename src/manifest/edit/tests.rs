//! Edits of texts as people write them.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::manifest::lines;

fn text(content: &str) -> Arc<Text> {
    Arc::new(Text { name: "a.yaml".to_owned(), content: content.to_owned() })
}

/// `a.0.b` as a path.
fn path(words: &str) -> Vec<Step> {
    let step = |word: &str| word.parse().map_or_else(|_| Step::from(word), Step::Index);
    words.split('.').map(step).collect()
}

fn put(at: &str, value: impl Into<Value>) -> Edit {
    Edit { path: path(at), value: Some(value.into()) }
}

fn remove(at: &str) -> Edit {
    Edit { path: path(at), value: None }
}

fn in_object(index: usize, content: &str, edits: &[Edit]) -> Result<String, String> {
    let text = text(content);
    let located = objects(&text).unwrap().remove(index);
    edit(&text, &[(located, edits.to_vec())]).map_err(|problem| problem.to_string())
}

fn edited(content: &str, edits: &[Edit]) -> String {
    in_object(0, content, edits).unwrap()
}

#[test]
fn a_text_keeps_its_quotes_and_comments() {
    for (before, after) in [
        ("image: a:1\n", "image: b:2\n"),
        ("image:   a:1   # why\nnext: x\n", "image:   b:2   # why\nnext: x\n"),
        ("image: 'a:1'\n", "image: 'b:2'\n"),
        ("image: \"a:1\" # why\n", "image: \"b:2\" # why\n"),
        ("{image: a:1, next: x}", "{image: \"b:2\", next: x}"),
        ("{\n\t\"image\": \"a:1\"\n}\n", "{\n\t\"image\": \"b:2\"\n}\n"),
        ("image: a:1\r\nnext: x\r\n", "image: b:2\r\nnext: x\r\n"),
        ("image:\nnext: x\n", "image: b:2\nnext: x\n"),
        ("image: a:1", "image: b:2"),
        ("# ä\nname: ü\nimage: a:1\n", "# ä\nname: ü\nimage: b:2\n"),
    ] {
        assert_eq!(edited(before, &[put("image", "b:2")]), after);
    }
}

#[test]
fn what_would_be_read_as_something_else_is_quoted() {
    let after = |value: &str| edited("a: x\n", &[put("a", value)]);
    assert_eq!(after("8080"), "a: \"8080\"\n");
    assert_eq!(after("yes"), "a: \"yes\"\n");
    assert_eq!(after(""), "a: \"\"\n");
    assert_eq!(after("x # y"), "a: \"x # y\"\n");
    assert_eq!(after("two\nlines"), "a: \"two\\nlines\"\n");
    assert_eq!(edited("a: 'x'\n", &[put("a", "it's")]), "a: 'it''s'\n");
}

#[test]
fn what_is_missing_is_added_where_its_siblings_stand() {
    let config = "c:\n    env:\n        A: \"1\" # first\n    # end\nd: 1\n";
    assert_eq!(
        edited(config, &[put("c.env.B", "2")]),
        "c:\n    env:\n        A: \"1\" # first\n        B: \"2\"\n    # end\nd: 1\n"
    );
    assert_eq!(
        edited(config, &[put("c.x.w", "z")]),
        "c:\n    env:\n        A: \"1\" # first\n    x:\n        w: z\n    # end\nd: 1\n"
    );
    assert_eq!(
        edited("l:\n- name: a\n  v: 1\n- name: b\n", &[put("l.0.env.K", "v")]),
        "l:\n- name: a\n  v: 1\n  env:\n    K: v\n- name: b\n"
    );
    assert_eq!(edited("l:\n- name: a\n", &[put("l.1", json!({"name": "b"}))]), "l:\n- name: a\n- name: b\n");
    assert_eq!(edited("l:\n  -   a\n  -   b # x\n", &[put("l.2", "c")]), "l:\n  -   a\n  -   b # x\n  - c\n");
    assert_eq!(edited("l: [a]\n", &[put("l.1", "c")]), "l: [a, c]\n");
    assert_eq!(edited("a: 1", &[put("l.0.name", "b")]), "a: 1\nl:\n  - name: b");
    assert_eq!(edited("a:\nb: 1\n", &[put("a.k", "v")]), "a:\n  k: v\nb: 1\n");
    assert_eq!(edited("a: {}\n", &[put("a.k", "v")]), "a: {k: v}\n");
    assert_eq!(edited("a: {x: y}\n", &[put("a.k", "v:w")]), "a: {x: y, k: \"v:w\"}\n");
    assert_eq!(edited("{\"a\": {\"x\": 1}}\n", &[put("a.k", "v")]), "{\"a\": {\"x\": 1, \"k\": \"v\"}}\n");
    assert_eq!(edited("a:\n  t: |\n    x\n\nb: 1\n", &[put("a.k", "v")]), "a:\n  t: |\n    x\n  k: v\n\nb: 1\n");
}

#[test]
fn what_is_removed_takes_its_lines_along() {
    assert_eq!(edited("e:\n  A: 1 # x\n  B: 2\n", &[remove("e.A")]), "e:\n  B: 2\n");
    assert_eq!(edited("e:\n  A: |\n    x\n    y\n  B: 2\n", &[remove("e.A")]), "e:\n  B: 2\n");
    assert_eq!(edited("e: {A: 1, B: 2}\n", &[remove("e.B")]), "e: {A: 1}\n");
    assert_eq!(edited("e: {A: 1, B: 2}\n", &[remove("e.A")]), "e: {B: 2}\n");
    assert_eq!(edited("l:\n- A: 1\n  B: 2\n", &[remove("l.0.A")]), "l:\n- B: 2\n");
    assert_eq!(edited("e:\n  A: 1\nx: 2\n", &[remove("e")]), "x: 2\n");
    assert_eq!(edited("e: 1\n", &[remove("x.y")]), "e: 1\n", "it is not there");
}

#[test]
fn only_the_document_that_is_meant_changes() {
    let content =
        "# head\n---\nkind: A\nv: 1\n---\n\n---\nkind: B\nv: x # mine\n---\nkind: List\nitems:\n- v: y\n- v: z\n";
    let after = in_object(1, content, &[put("v", "new")]).unwrap();
    assert_eq!(after, content.replace("v: x", "v: new"));
    assert_eq!(in_object(3, content, &[put("v", "new")]).unwrap(), content.replace("v: z", "v: new"));
}

#[test]
fn what_would_change_other_places_too_is_refused_with_its_line() {
    let refused = |content: &str, edit: Edit| in_object(0, content, &[edit]).unwrap_err();
    let anchor = "a: &x\n  v: 1\nb: *x\n";
    assert!(
        refused(anchor, put("a.v", "2")).starts_with("a.yaml:1: an alias repeats this"),
        "{}",
        refused(anchor, put("a.v", "2"))
    );
    assert!(refused(anchor, put("b.v", "2")).starts_with("a.yaml:3: this is an alias"));
    assert_eq!(edited("a: &x\n  v: s\n", &[put("a.v", "t")]), "a: &x\n  v: t\n", "nothing repeats it");
    assert!(refused("x: 1\na: |\n  b\n", put("a", "c")).starts_with("a.yaml:2: this text has several lines"));
    let merged = "base: &b\n  image: a\nc:\n  <<: *b\n";
    assert!(refused(merged, put("base.image", "c")).contains("an alias repeats this"));
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9_./:-]{1,12}",
        "[ -~]{0,12}",
        Just("true".to_owned()),
        Just("0x1F".to_owned()),
        Just("it's: \"x\" #y".to_owned()),
        Just("ä\tö\n".to_owned()),
    ]
}

/// A component's environment in one of the ways people write it.
fn manifest() -> impl Strategy<Value = String> {
    let style = prop::sample::select(vec!["block", "flow", "quoted", "indentless"]);
    (style, prop::collection::btree_map("[A-Z]{1,4}", "[a-z]{1,5}", 1..4), any::<bool>(), prop::sample::select(vec!["\n", "\r\n", "\r"])).prop_map(
        |(style, env, comments, end)| {
            let note = if comments { " # keep" } else { "" };
            let (dash, deep) = if style == "indentless" { ("- ", "  ") } else { ("  - ", "    ") };
            let entries: Vec<_> = env.iter().map(|(k, v)| match style {
                "quoted" => format!("\"{k}\": '{v}'"),
                _ => format!("{k}: {v}"),
            }).collect();
            let env = match style {
                "flow" => format!(" {{{}}}{note}\n", entries.join(", ")),
                _ => entries.iter().fold("\n".to_owned(), |all, entry| format!("{all}{deep}  {entry}{note}\n")),
            };
            let text = format!("# top\nkind: X\ncomponents:\n{dash}name: a{note}\n{deep}env:{env}{deep}# below\n{deep}image: i:1{note}\nend: 1\n");
            text.replace('\n', end)
        },
    )
}

proptest! {
    #[test]
    fn an_edit_does_what_it_says_and_touches_no_other_line(
        content in manifest(), key in "[A-Z]{1,5}", value in word(), image in word(), kind in 0..3
    ) {
        let env = format!("components.0.env.{key}");
        let edits = match kind {
            0 => vec![put(&env, value.clone())],
            1 => vec![put("components.0.image", image.clone())],
            _ => vec![put(&env, value.clone()), put("components.0.image", image.clone())],
        };
        let text = text(&content);
        let located = objects(&text).unwrap().remove(0);
        let mut wanted = located.object.clone();
        apply(&mut wanted, &edits);
        let after = edit(&text, &[(located, edits)]).map_err(|problem| TestCaseError::fail(format!("{problem}: {content}")))?;
        let found = objects(&super::super::edit::tests::text(&after)).unwrap().remove(0).object;
        prop_assert_eq!(found, wanted);
        let touches = |line: &&str| line.contains("env:") || line.contains(&key) || line.contains("image:");
        let others = |text: &str| lines::split(text).filter(|line| !touches(line)).map(str::to_owned).collect::<Vec<_>>();
        prop_assert_eq!(others(&after), others(&content));
    }
}
