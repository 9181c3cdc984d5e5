//! Mistakes as people make them in JSON.

use super::*;

/// Where what is wrong is, what is said, and what to do.
fn said(content: &str) -> String {
    let text = Arc::new(Text { name: "a.json".to_owned(), content: content.to_owned() });
    match crate::manifest::parse(&text) {
        Ok(_) => "read".to_owned(),
        Err(problem) => problem.render(&crate::error::Look::PLAIN),
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "all that is said stands in it")]
fn mistakes_are_told_in_words_of_json() {
    insta::assert_snapshot!(
        [
            "{\n  \"kind\": \"Artifact\"\n  \"spec\": {}\n}",
            "{\"a\": [\"1\" \"2\"]}",
            "{\"a\": {\"b\": 1} \"c\": 2}",
            "{\n  \"a\": 1,\n  // why\n  \"b\": 2\n}",
            "{\"a\": 1 /* why */}",
            "{\"replicas\": 3 // of them\n}",
            "{\n  \"a\": {\n    \"b\": 1\n",
            "{\n  \"a\": {\n    \"b\": 1,\n  \"c\": 2\n}\n",
            "{\n  \"a\": {\n    \"b\": {\n      \"x\": 1\n  },\n  \"c\": 2\n}\n",
            "{\n  \"a\": [1,\n  \"c\": 2\n}",
            "{\"a\": [1}",
            "{\"a\": 1}}",
            "{\"a\": 1},\n{\"a\": 2}",
            "{\"a\": \"b}",
            "{\"a\": \"b\n",
            "{\"a\": \"say \"hi\" now\"}",
            "{\"a\" 1}",
            "{\"a\":, \"b\": \"\\q\"}",
            "{\"a\": }, [",
            "{,\"a\": 1}",
            "{\"a\": 1,, \"b\": [}",
        ]
        .map(|content| format!("{content}\n=> {}\n", said(content)))
        .join("\n"),
        @r#"
    {
      "kind": "Artifact"
      "spec": {}
    }
    => a.json:2:21: a comma is missing behind "Artifact"
      help: write , here: "spec" is next

    {"a": ["1" "2"]}
    => a.json:1:11: a comma is missing behind "1"
      help: write , here: "2" is next

    {"a": {"b": 1} "c": 2}
    => a.json:1:15: a comma is missing behind }
      help: write , here: "c" is next

    {
      "a": 1,
      // why
      "b": 2
    }
    => a.json:3:3: JSON has no comments
      help: take it out; in YAML comments begin with #

    {"a": 1 /* why */}
    => a.json:1:9: JSON has no comments
      help: take it out; in YAML comments begin with #

    {"replicas": 3 // of them
    }
    => a.json:1:16: JSON has no comments
      help: take it out; in YAML comments begin with #

    {
      "a": {
        "b": 1

    => a.json:2:8: { is opened here and not closed
      help: write } where it ends

    {
      "a": {
        "b": 1,
      "c": 2
    }

    => a.json:2:8: { is opened here and not closed
      help: write } where it ends

    {
      "a": {
        "b": {
          "x": 1
      },
      "c": 2
    }

    => a.json:3:10: { is opened here and not closed
      help: write } where it ends

    {
      "a": [1,
      "c": 2
    }
    => a.json:2:8: [ is opened here and not closed
      help: write ] where it ends

    {"a": [1}
    => a.json:1:9: } closes what [ of line 1 opens
      help: write ] before it, or in its place

    {"a": 1}}
    => a.json:1:9: } closes nothing
      help: take it out, or open what it is to close

    {"a": 1},
    {"a": 2}
    => a.json:1:9: a comma stands between two objects
      help: take it out: objects follow each other without one, or stand in the items of a List

    {"a": "b}
    => a.json:1:7: a text is not closed on its line
      help: write " where it ends; a line break within it is written \n

    {"a": "b

    => a.json:1:7: a text is not closed on its line
      help: write " where it ends; a line break within it is written \n

    {"a": "say "hi" now"}
    => a.json:1:12: a text ends here, and more follows
      help: write \" for a quote that is part of the text

    {"a" 1}
    => a.json:1:5: a colon is missing behind "a"
      help: write : between the name and its value

    {"a":, "b": "\q"}
    => a.json:1:6: a value is missing here
      help: write one behind the colon, or take the name out too

    {"a": }, [
    => a.json:1:7: a value is missing here
      help: write one behind the colon, or take the name out too

    {,"a": 1}
    => a.json:1:2: nothing stands before this comma
      help: take it out, or write what is missing

    {"a": 1,, "b": [}
    => a.json:1:9: nothing stands before this comma
      help: take it out, or write what is missing
    "#
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "all that is said stands in it")]
fn what_yaml_forgives_is_told_when_something_else_is_wrong() {
    insta::assert_snapshot!(
        [
            "{\"a\": [1, 2,], \"b\" [}",
            "{\"a\": 1,}}",
            "{'a': 'it\"s'} }",
            "{“a”: 1}}",
            "{\"a\": 'b'}}",
            "{kind: 1}}",
            "{\"a\": True}}",
            "{\"a\": undefined}}",
            "{\"a\": 007}}",
            "{\"a\": web}}",
            "{\"a\": \"\tb\"}}",
            "{\"a\": \"C:\\dir\"}}",
            "{ # why\n \"a\": 1}}",
            "{\"ü\": \"ä\"   \"b\": 1}",
        ]
        .map(|content| format!("{content}\n=> {}\n", said(content)))
        .join("\n"),
        @r#"
    {"a": [1, 2,], "b" [}
    => a.json:1:12: a comma stands before ]
      help: take it out: behind the last there is none

    {"a": 1,}}
    => a.json:1:8: a comma stands before }
      help: take it out: behind the last there is none

    {'a': 'it"s'} }
    => a.json:1:2: JSON has double quotes alone
      help: write "a"

    {“a”: 1}}
    => a.json:1:2: JSON has double quotes alone
      help: write "a"

    {"a": 'b'}}
    => a.json:1:7: JSON has double quotes alone
      help: write "b"

    {kind: 1}}
    => a.json:1:2: the name kind has no quotes
      help: write "kind"

    {"a": True}}
    => a.json:1:7: True is neither a number, true, false nor null
      help: write true

    {"a": undefined}}
    => a.json:1:7: undefined is neither a number, true, false nor null
      help: write null, or take the field out

    {"a": 007}}
    => a.json:1:7: 007 is neither a number, true, false nor null
      help: write a number as 5, -5 or 0.5, or a text: "007"

    {"a": web}}
    => a.json:1:7: web is neither a number, true, false nor null
      help: write "web"

    {"a": "	b"}}
    => a.json:1:8: a text has a character that is written otherwise
      help: write \t

    {"a": "C:\dir"}}
    => a.json:1:7: a backslash stands before what it has no meaning for
      help: write \\ for a backslash; there are \" \\ \/ \b \f \n \r \t and \u with four digits

    { # why
     "a": 1}}
    => a.json:1:3: JSON has no comments
      help: take it out; in YAML comments begin with #

    {"ü": "ä"   "b": 1}
    => a.json:1:10: a comma is missing behind "ä"
      help: write , here: "b" is next
    "#
    );
}

#[test]
fn what_kubectl_reads_is_read() {
    for content in [
        "{\"a\": 1,}",
        "{'a': 'b'}",
        "{ # why\n \"a\": 1}",
        "{\"a\": \"http://b\"}",
        "{\"a\": http://b}",
        "{\"a\": 1} {\"b\": 1}",
        "{\"a\": 1}\n---\n{\"b\": 1}",
        "\u{feff}{\"a\": []}",
        "a: 1 // b",
        "[]",
    ] {
        assert_eq!(said(content), "read", "{content}");
    }
}

#[test]
fn what_is_no_json_has_words_of_yaml() {
    let yaml = |content: &str| first(&Text { name: "a.yaml".to_owned(), content: content.to_owned() }).is_none();
    assert!(yaml("{a: [}") && yaml("a: {\"b\"") && yaml("{{ .Values.x }}\n") && yaml("{\n  {{- x }}\n"));
    let template = Text { name: "a.json".to_owned(), content: "{\"a\": {{ .Values.x }}}".to_owned() };
    assert!(first(&template).is_none());
}

#[test]
fn nothing_of_a_secret_is_repeated() {
    for wrong in [
        "\"hunter2\" \"b\": 1}",
        "hunter2}}}",
        "'hunter2'}}}",
        "+hunter2}}}",
        "\"x\", hunter2: 1}}}",
        "\"x\", hunter2 \"x\"}",
    ] {
        let told = said(&format!("{{\"kind\": \"Secret\", \"data\": {{\"a\": {wrong}"));
        assert!(told.starts_with("a.json:1:") && told.contains("help: write") && !told.contains("hunter2"), "{told}");
    }
}

#[test]
fn a_long_line_takes_no_longer_than_its_length() {
    let text = |content: String| Text { name: "a.json".to_owned(), content };
    for many in ["{\"a\": [", "\"a\", ", "'\\' ", "‘a ", "[]", "/ ", "{}\n"] {
        let content = format!("{{\"a\": [{}", many.repeat(200_000));
        assert!(comment(&text(content.clone())).is_none());
        first(&text(content));
    }
}
