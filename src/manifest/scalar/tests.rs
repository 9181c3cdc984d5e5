use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// What stands without quotes, in a line of its own and between brackets.
const PLAIN: &str = r#"
    a web incoming-handler a_b web.example.com ghcr.io/acme/web a.b-c/d é 日本 $(x) (x) \ a\nb ; / ^a
    1.2.3 v1.2 1.2.3-rc1 0.2.0-draft 1a 1..2 1.2. . .. ._ _1 _ + +x -x --x ---- ...x
    0x1g 0b12 0o8 0x 0b 0o 1e e1 1e+ 1e3e3 inf nan .infinity .nanny
    yess nope yn oni nulls ~a < <<< == =a a=b a#b a'b a"b a!b a&b a*b a%b a@b a|b a>b
    2024-1 2024-01-02-x 2024-001-02 20240-01-02 2024-01-02x 2024-01-02T 2024-01-02T10
"#;
const PLAIN_WITH_BLANKS: [&str; 4] = ["a b", "yes no", "a- b", "2024-01-02 x"];

/// What stands in quotes between brackets only.
const QUOTED_BETWEEN_BRACKETS: &str =
    "a,b a] a[0] a{b} a} a:b a:b/c localhost:8080/x a? 1:60 1:60x a:1 http://a.example";

/// What stands in quotes everywhere.
const QUOTED: &str = r#"
    ~ null Null NULL nULL true True TRUE tRue false False FALSE y Y n N yes Yes YES no No NO on On ON off Off OFF
    .inf .Inf .INF +.inf - -.inf -.INF .nan .NaN .NAN << =
    0 1 -1 +1 00 08 0755 2024 1_000 1__0 1_ 0x1f 0X1F -0x1F 0x_1 0o17 0O17 0b101 -0b1 0B1
    1. .5 1.5 -1.5 +.5 1e3 1E3 1e+3 1e-3 1.5e3 -1.5E-3 .5e1 1_0.5 1:30 190:20:30 190:20:30.15 -1:30 1:30.
    2024-01-02 2024-1-2 2024-01-02T10:20:30Z 2024-01-02t10:20:30.5+01:00
    ? ?a : :a a: --- ... #a &a *a * !a | |a > >a 'a "a %a @a `a [a ] {a } ,a
"#;
const QUOTED_WITH_BLANKS: [&str; 31] = [
    "",
    " ",
    " a",
    "a ",
    "a: b",
    ": a",
    "a:b: c",
    "? a",
    "- a",
    "- ",
    "--- a",
    "... a",
    "a #b",
    "2024-01-02 10:20:30 -5",
    "a\nb",
    "a\n",
    "\ta",
    "a\tb",
    "a\r",
    "\u{0}",
    "\u{1b}[1m",
    "\u{7f}",
    "\u{85}",
    "\u{9f}",
    "\u{2028}",
    "a\u{2029}",
    "\u{feff}a",
    "\u{fffe}",
    "\u{ffff}",
    "\u{a0}\n",
    "'\"\n",
];

fn plain() -> impl Iterator<Item = &'static str> {
    PLAIN.split_whitespace().chain(PLAIN_WITH_BLANKS)
}

fn in_quotes() -> impl Iterator<Item = &'static str> {
    QUOTED.split_whitespace().chain(QUOTED_WITH_BLANKS)
}

/// What a reader takes a word for that knows YAML 1.2 and the booleans of 1.1.
fn read(written: &str) -> Option<Value> {
    let value: Value = serde_saphyr::from_str(&format!("a:\n  - {written}\n")).ok()?;
    value.pointer("/a/0").cloned()
}

fn read_between_brackets(written: &str) -> Option<Value> {
    read(&format!("[x, {written}, {{{written}: y}}]"))?.pointer("/1").cloned()
}

#[test]
fn words_that_are_read_as_themselves_stand_as_they_are() {
    for text in plain() {
        assert_eq!((word(text, false), word(text, true)), (text.to_owned(), text.to_owned()));
    }
    for text in QUOTED_BETWEEN_BRACKETS.split_whitespace() {
        assert_eq!((word(text, false), word(text, true)), (text.to_owned(), quoted(text)));
    }
}

#[test]
fn words_that_are_read_as_something_else_stand_in_quotes() {
    for text in in_quotes() {
        assert_eq!((word(text, false), word(text, true)), (quoted(text), quoted(text)));
    }
    assert_eq!(quoted("a\"b\n\u{7f}\u{2028}é"), "\"a\\\"b\\n\\u007f\\u2028é\"");
    assert_eq!(json(&json!({"a": [1, "\u{85}"]})), "{\"a\":[1,\"\\u0085\"]}");
}

#[test]
fn readers_get_what_was_written() {
    for text in plain().chain(in_quotes()).chain(QUOTED_BETWEEN_BRACKETS.split_whitespace()) {
        let meant = Some(Value::from(text));
        assert_eq!(read(&word(text, false)), meant, "{text:?}");
        assert_eq!(read_between_brackets(&word(text, true)), meant, "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_back(text in "[-+.:#?,~0-9a-fnoxyTZ_ \\[\\]{}'\"\\\\é\n]{0,12}", other in ".{0,8}") {
        for text in [text, other] {
            let meant = Some(Value::from(text.as_str()));
            prop_assert_eq!(read(&word(&text, false)), meant.clone(), "{:?}", text);
            prop_assert_eq!(read_between_brackets(&word(&text, true)), meant, "{:?}", text);
        }
    }
}
