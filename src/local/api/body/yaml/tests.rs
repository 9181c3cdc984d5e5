//! Expectations as kube-apiserver 1.36 answers.

use super::*;

#[test]
fn keys_that_stand_twice_are_told_by_line() {
    assert_eq!(
        repeated_keys("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n"),
        ["line 4: key \"c\" already set in map", "line 5: key \"a\" already set in map",]
    );
    assert_eq!(repeated_keys(r#"{"a": {"k": "1", "k": "2"}}"#), ["line 1: key \"k\" already set in map"]);
    assert_eq!(repeated_keys("- a: 1\n- a: 1\n"), Vec::<String>::new());
    assert_eq!(repeated_keys("{"), Vec::<String>::new(), "what cannot be read is refused elsewhere");
}

#[test]
fn the_last_value_of_a_key_counts() {
    assert_eq!(read("a: 1\na: 2\n").unwrap(), serde_json::json!({ "a": 2 }));
    assert!(read("a: [").is_err());
}

#[test]
fn aliases_do_not_grow_without_bounds() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let below = format!("*a{}, ", level - 1).repeat(10);
        text.push_str(&format!("a{level}: &a{level} [{below}]\n"));
    }
    assert!(read(&text).is_err());
    assert!(repeated_keys(&text).is_empty());
}
