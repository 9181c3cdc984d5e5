use serde_json::json;

use super::*;
use crate::error::Look;

fn text(content: &str) -> Arc<Text> {
    Arc::new(Text { name: "app.yaml".to_owned(), content: content.to_owned() })
}

fn parsed(content: &str) -> Vec<Document> {
    parse(&text(content)).unwrap()
}

#[test]
fn documents_know_their_lines() {
    let documents =
        parsed("# a comment\nkind: A\n---\n\nkind: B\nmetadata: {name: b, namespace: team}\n---\n# nothing\n");
    let found: Vec<_> = documents.iter().map(|document| (document.line, document.object["kind"].clone())).collect();
    assert_eq!(found, [(2, json!("A")), (5, json!("B"))]);
    assert_eq!(documents[1].name(), "b");
    assert_eq!(documents[1].namespace(), Some("team"));
}

#[test]
fn lists_become_their_items() {
    let documents = parsed("kind: List\napiVersion: v1\nitems:\n- {kind: A}\n- kind: BList\n  items: [{kind: B}]\n");
    let kinds: Vec<_> = documents.iter().map(|document| document.object["kind"].clone()).collect();
    assert_eq!(kinds, ["A", "B"]);
    assert_eq!(parsed("kind: Menu\nitems: [1]\n")[0].object["items"], json!([1]));
}

#[test]
fn json_may_have_tabs_and_follow_itself() {
    let documents = parsed("{\n\t\"kind\": \"A\"\n}\n{\"kind\": \"B\"}");
    assert_eq!(documents.len(), 2);
    assert_eq!(parsed("{kind: A}")[0].object["kind"], "A", "flow YAML is no JSON");
}

#[test]
fn a_key_that_stands_twice_in_json_is_a_mistake() {
    for content in ["{\n\t\"kind\": \"A\",\n\t\"kind\": \"B\"\n}", "{\"a\": 1} {\"spec\": [{\"b\": 1, \"b\": 1}]}"] {
        assert!(parse(&text(content)).unwrap_err().is_duplicate(), "{content}");
    }
}

#[test]
fn scalars_are_read_as_kubectl_reads_them() {
    let object = parsed("a: yes\nb: 0755\nc: \"yes\"\nd: 1.5\ne: null\n").remove(0).object;
    assert_eq!(object, json!({"a": true, "b": 493, "c": "yes", "d": 1.5, "e": null}));
}

#[test]
fn kinds_need_both_words() {
    let kind =
        |content: &str| parsed(content)[0].kind().map(|kind| format!("{}|{}|{}", kind.group, kind.version, kind.kind));
    assert_eq!(kind("apiVersion: v1\nkind: Service").as_deref(), Some("|v1|Service"));
    assert_eq!(kind("apiVersion: a.b/v2\nkind: X").as_deref(), Some("a.b|v2|X"));
    assert_eq!(kind("kind: X"), None);
    assert_eq!(kind("apiVersion: 1\nkind: X"), None);
}

#[test]
fn a_mistake_is_shown_with_its_place() {
    let problem = parse(&text("kind: A\nspec:\n  a: 1\n a: 2\n")).unwrap_err();
    let shown = problem.render(&Look::PLAIN);
    assert!(shown.starts_with("app.yaml:4:"), "{shown}");
    let drawn = problem.render(&Look { terminal: true, ..Look::PLAIN });
    assert!(drawn.contains("app.yaml:4:") && drawn.contains(" a: 2"), "{drawn}");
}

#[test]
fn duplicate_keys_are_mistakes() {
    let shown = parse(&text("a: 1\nb: 2\na: 3\n")).unwrap_err().render(&Look::PLAIN);
    assert!(shown.starts_with("app.yaml:3:1: ") && shown.contains("duplicate"), "{shown}");
}

#[test]
fn a_problem_with_a_document_points_at_its_first_line() {
    let document = parsed("---\nkind: A\n---\nkind: B\n").remove(1);
    let problem = document.problem("it has no apiVersion").with_help("add one");
    assert_eq!(problem.render(&Look::PLAIN), "app.yaml:4: it has no apiVersion\n  help: add one");
    assert!(problem.render(&Look { terminal: true, ..Look::PLAIN }).contains("kind: B"));
}

#[test]
fn the_source_of_a_secret_is_shown_to_nobody() {
    let on_terminal = Look { terminal: true, ..Look::PLAIN };
    let drawn = |content: &str, word: &str| {
        let start = content.find(word).unwrap();
        Problem::at_span(&text(content), (1, 1), start..start + word.len(), "wrong".to_owned()).render(&on_terminal)
    };
    for secret in [
        "kind: Secret\ndata:\n  password: hunter2\n",
        "data: {password: hunter2}\nkind: \"Secret\"\n",
        "{\"kind\": \"List\", \"items\": [{\"kind\" : \"Secret\", \"data\": {\"password\": \"hunter2\"}}]}",
        "kind: A\n---\nkind: 'Secret'\ndata: {password: hunter2}\n---\nkind: B\n",
    ] {
        assert_eq!(drawn(secret, "password"), "app.yaml:1:1: wrong", "{secret}");
    }
    let beside = "kind: Secret\ndata: {password: hunter2}\n---\nkind: SecretStore\nspec: 1\n";
    assert!(drawn(beside, "spec").contains("spec: 1") && !drawn(beside, "spec").contains("hunter2"));
    assert!(drawn(beside, "kind: SecretStore").contains("---"), "what stands before it is not shown");
}

#[test]
fn json_of_more_values_than_are_read_is_refused() {
    assert_eq!(json_nodes(r#"{"a\",[{": [1, {"b": ","}]}"#), 5);
    for (text_of, said) in [
        ("{\"kind\":\"List\",\"items\":[", "app.yaml:1:1: this line holds more than the 2000000 values that are read"),
        ("a: [", "app.yaml:1:1: "),
    ] {
        let problem = parse(&text(&format!("{text_of}{}1]", "1,".repeat(NODES)))).unwrap_err();
        assert!(problem.to_string().starts_with(said), "{problem}");
    }
}

#[test]
fn a_long_line_is_not_drawn_as_a_whole() {
    let object = format!(r#"{{"kind": "A", "a": "{}", "b": 1}}"#, "x".repeat(5_000_000));
    let problem = parse(&text(&object)).unwrap().remove(0).problem("wrong");
    let drawn = problem.render(&Look { terminal: true, ..Look::PLAIN });
    assert!(drawn.len() < 2000 && drawn.contains("kind"), "{} bytes", drawn.len());
    let long = Problem::at(&text("a"), None, "x".repeat(5_000_000)).with_help("y".repeat(5_000_000));
    for look in [Look::PLAIN, Look { terminal: true, ..Look::PLAIN }] {
        assert!(long.render(&look).len() < 30_000);
    }
}

#[test]
fn nothing_of_a_manifest_reaches_the_terminal_that_it_would_obey() {
    let text =
        Arc::new(Text { name: "a\u{1b}[2J.yaml".to_owned(), content: "a: \u{202e}\u{1b}]0;x\u{7}\n".to_owned() });
    let problem = Problem::at(&text, Some((1, 4)), "\u{9b}31m".to_owned()).with_help("\u{8}\u{2067}");
    for look in [Look::PLAIN, Look { terminal: true, ..Look::PLAIN }] {
        let shown = problem.render(&look);
        assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{8}', '\u{9b}', '\u{202e}', '\u{2067}']), "{shown:?}");
        assert!(shown.contains("\\u{9b}31m") && shown.contains("\\u{1b}[2J"), "{shown}");
    }
}

#[test]
fn a_name_is_no_longer_in_titles_than_names_may_be() {
    let document = parsed(&format!("kind: A\napiVersion: v1\nmetadata: {{name: {}}}\n", "n".repeat(100_000))).remove(0);
    assert_eq!(document.title(), format!("a/{}…", "n".repeat(NAME)));
}

/// On a stack as large as threads have.
#[test]
fn what_nests_deep_is_refused_before_the_stack_ends() {
    let parse_small = |content: String| {
        let parse =
            move || parse(&text(&content)).map(|documents| documents.len()).map_err(|problem| problem.to_string());
        std::thread::Builder::new().stack_size(STACK).spawn(parse).unwrap().join().unwrap()
    };
    let nested = |levels: usize| format!("a: {}1{}\n", "[{\"b\": ".repeat(levels), "}]".repeat(levels));
    assert_eq!(parse_small(nested(30)), Ok(1));
    for content in [nested(40), nested(10_000), "[".repeat(1_000_000), "{\"a\":".repeat(100_000), "- ".repeat(100_000)]
    {
        let said = parse_small(content).unwrap_err();
        assert!(said.contains("more than the 64 levels of nesting that are read"), "{said}");
    }
}

const STACK: usize = 2 * 1024 * 1024;
