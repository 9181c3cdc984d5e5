use std::sync::Arc;

use crate::manifest::Text;
use crate::validate::FileSet;

/// What is to be done about a text that cannot be read.
fn way_out(content: &str) -> String {
    let files = FileSet::read(vec![Arc::new(Text { name: "a.yaml".to_owned(), content: content.to_owned() })]);
    files.findings.first().and_then(|finding| finding.remedy.clone()).unwrap_or_default()
}

#[test]
fn a_star_wants_quotes_or_an_anchor() {
    insta::assert_snapshot!(way_out("a:\n- *.example.com\n"), @r#"write "*.example.com", with quotes: without them a * begins the name of an anchor"#);
    insta::assert_snapshot!(way_out("a: [b, *.example.com]\n"), @r#"write "*.example.com", with quotes: without them a * begins the name of an anchor"#);
    insta::assert_snapshot!(way_out("a: *image\nb: &image c\n"), @r#"write &image before the value that is meant, further up in the same document; if it is a text, write "*image", with quotes"#);
}

#[test]
fn a_colon_within_a_text_wants_quotes() {
    insta::assert_snapshot!(way_out("a:\n  b: A demo: says hello\n"), @"write quotes around all that stands behind b: on line 2: it has a colon in it");
    insta::assert_snapshot!(way_out("a:\n- b: it's a demo: it says hello\n"), @"write quotes around all that stands behind b: on line 2: it has a colon in it");
}

#[test]
fn nothing_of_a_secret_is_shown() {
    let secret = "apiVersion: v1\nkind: Secret\nstringData:\n";
    for data in ["  key: *hunter2\n", "  key: hunter2: hunter2\n", "  key: hunter2\n   hunter2: hunter2\n"] {
        let told = way_out(&format!("{secret}{data}"));
        assert!(!told.is_empty() && !told.contains("hunter2"), "{told}");
    }
}

#[test]
fn a_line_between_two_columns_is_told_both() {
    insta::assert_snapshot!(way_out("a:\n  - b: c\n   d: e\n"), @"line 3 begins in column 4, where nothing that is open does: begin it in column 5, as on line 2, or in column 1, as on line 1");
    insta::assert_snapshot!(way_out("a:\n  - b: c\n - d: e\n"), @"line 3 begins in column 2, where nothing that is open does: begin it in column 3, as on line 2");
    insta::assert_snapshot!(way_out("a:\n  b: c\n d: e\n"), @"line 3 begins in column 2, where nothing that is open does: begin it in column 3, as on line 2, or in column 1, as on line 1");
    insta::assert_snapshot!(way_out("a:\n  b: c\n   d: e\n"), @"line 3 begins in column 4, where nothing that is open does: begin it in column 3, as on line 2");
    insta::assert_snapshot!(way_out("x:\n  a:\n    - b: c\n      d: e\n   - f: g\n"), @"line 5 begins in column 4, where nothing that is open does: begin it in column 5, as on line 3");
    insta::assert_snapshot!(way_out("---\nz: 1\n---\na:\n    b:\n      c: d\n  # e\n\n   f: g\n"), @"line 9 begins in column 4, where nothing that is open does: begin it in column 5, as on line 5, or in column 1, as on line 4");
}

#[test]
fn what_is_not_about_columns_keeps_to_the_general() {
    for text in ["a: [b\n", "a: {b: c\nd: e\n", "a:\n- b\nc: \"d\n"] {
        let told = way_out(text);
        assert!(told.starts_with("what belongs to one object"), "{text}: {told}");
    }
    assert!(way_out("a:\n  - b: {{ c }}\n   d: e\n").starts_with("this is a template"));
}
