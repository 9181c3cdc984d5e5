use super::*;

const TEXT: &str = "\
# a comment
kind: A
spec:
  replicas: 3
  config:
    a.b/c: x
    a: y
  list:
  - name: one
    port: 80
  - {name: two}
  empty:
---
kind: B
spec: [1, yes]
";

fn found(line: usize, path: &str, part: Part) -> String {
    let text = Text { name: String::new(), content: TEXT.to_owned() };
    let found = Positions::of(&text).find(line, path, part).unwrap();
    let before = TEXT[..found.span.start].matches('\n').count() + 1;
    format!("{before}: {}", &TEXT[found.span])
}

#[test]
fn fields_are_found_by_their_paths() {
    assert_eq!(found(2, "spec.replicas", Part::Value), "4: 3");
    assert_eq!(found(2, "spec.replicas", Part::Key), "4: replicas");
    assert_eq!(found(2, "spec.list[0].port", Part::Value), "10: 80");
    assert_eq!(found(2, "spec.list[1].name", Part::Value), "11: two");
    assert_eq!(found(14, "spec[1]", Part::Value), "15: yes");
}

#[test]
fn keys_may_have_dots_and_stand_in_brackets() {
    for path in ["spec.config[a.b/c]", "spec.config.a.b/c"] {
        assert_eq!(found(2, path, Part::Value), "6: x");
    }
    assert_eq!(found(2, "spec.config.a", Part::Value), "7: y");
}

#[test]
fn what_is_not_there_is_looked_for_around() {
    assert_eq!(found(2, "spec.list[0].image", Part::Value), "9: name");
    assert_eq!(found(2, "spec.missing", Part::Value), "3: spec");
    assert_eq!(found(2, "spec.empty", Part::Value), "12: empty");
    assert_eq!(found(2, "", Part::Value), "2: kind");
    assert_eq!(found(2, "<nil>", Part::Value), "2: kind");
}

#[test]
fn json_is_found_though_it_has_tabs() {
    let text = Text { name: String::new(), content: "{\n\t\"a\": {\"b\": \"\\u00e9\"}\n}".to_owned() };
    let found = Positions::of(&text).find(1, "a.b", Part::Value).unwrap();
    assert_eq!(&text.content[found.span], "\"\\u00e9\"");
}

#[test]
fn keys_that_stand_twice_are_told_with_both_places() {
    let text = Text { name: String::new(), content: "a: 1\nb:\n- c: 1\n  c: 2\n  c: 3\na: 2\n".to_owned() };
    let found: Vec<_> =
        Positions::of(&text).duplicates().into_iter().map(|(name, a, b)| (name, a.start, b.start)).collect();
    assert_eq!(found, [("a".to_owned(), 0, 29), ("c".to_owned(), 10, 17), ("c".to_owned(), 10, 24)]);
}

#[test]
fn nesting_without_end_is_given_up() {
    let content = "- ".repeat(100_000);
    let text = Text { name: String::new(), content };
    assert_eq!(Positions::of(&text).find(1, "", Part::Value), None);
}

#[test]
fn many_names_are_looked_up_as_few_are_compared() {
    let few = "a.b: 1\na: {c: 2}\n'x]y': {z: 3}\nlist: [4]\n";
    let many: String = (0..1000).map(|number| format!("k{number}: 5\n")).collect();
    let find = |content: &str, path: &str| {
        let text = Text { name: String::new(), content: content.to_owned() };
        Positions::of(&text).find(1, path, Part::Value).unwrap().word
    };
    for path in ["a.b", "a.c", "[a.b]", "[x]y].z", "x]y.z", "list[0]", "nowhere.x", "[nowhere"] {
        assert_eq!(find(few, path), find(&format!("{few}{many}"), path), "{path}");
    }
    assert_eq!(find(&format!("{few}{many}"), "k999").as_deref(), Some("5"));
}
