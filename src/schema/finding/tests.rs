use serde_json::json;

use super::*;

#[test]
fn values_are_shown_as_go_prints_them() {
    for (value, text) in [
        (json!("a\"b\\\n\u{1}\u{7f}é\u{a0}"), r#""a\"b\\\n\x01\x7fé\u00a0""#),
        (json!("e\u{301}😀\u{200b}\u{ad}\u{e0001}"), "\"e\u{301}😀\\u200b\\u00ad\\U000e0001\""),
        (json!(5), "5"),
        (json!(-5), "-5"),
        (json!(1.5), "1.5"),
        (json!(999_999.5), "999999.5"),
        (json!(1e6), "1e+06"),
        (json!(123_456_789.5), "1.234567895e+08"),
        (json!(1e21), "1e+21"),
        (json!(0.0001), "0.0001"),
        (json!(1.25e-7), "1.25e-07"),
        (json!(18_446_744_073_709_551_615_u64), "1.8446744073709552e+19"),
        (json!(true), "true"),
        (json!(null), "null"),
        (json!({"a": [1, "x"]}), r#"{"a":[1,"x"]}"#),
    ] {
        assert_eq!(shown(&value), text);
    }
}

#[test]
fn a_message_has_the_words_of_its_reason() {
    let about = Finding::about("a", Reason::Invalid, &json!(5), "should be less");
    assert_eq!(about.message, "Invalid value: 5: should be less");
    assert_eq!(Finding::plain("a", Reason::Required, "").message, "Required value");
    let allowed = ["a".to_owned(), "1".to_owned()];
    let not = Finding::not_supported("a", &json!("x"), &allowed);
    assert_eq!(not.message, r#"Unsupported value: "x": supported values: "a", "1""#);
    assert_eq!(not.reason.as_str(), "FieldValueNotSupported");
}
