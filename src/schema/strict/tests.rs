use serde_json::json;

use super::*;

/// Asked of a kube-apiserver 1.36.3 by posting this object with `fieldValidation=Strict`.
#[test]
fn duplicate_keys_are_told_once_in_order_and_the_last_counts() {
    let text = br#"{"kind":"Thing","kind":"Thing","metadata":{"labels":{"a":"1","a":"2"}},
        "spec":{"replicas":1,"replicas":2,"replicas":3,"list":[{"a":"1"},{"c":2,"c":3}]}}"#;
    let (value, twice) = read(text).unwrap();
    assert_eq!(twice, ["kind", "metadata.labels.a", "spec.replicas", "spec.list[1].c"]);
    assert_eq!(
        value,
        json!({
            "kind": "Thing", "metadata": {"labels": {"a": "2"}}, "spec": {"replicas": 3, "list": [{"a": "1"}, {"c": 3}]},
        })
    );
    assert_eq!(complaints(&twice[..1], &["x".into()]), [r#"duplicate field "kind""#, r#"unknown field "x""#]);
}

#[test]
fn numbers_are_what_they_are_to_the_server() {
    let (value, twice) =
        read(b"[1, -1, 1.0, 1e3, 1.5, -0.0, 18446744073709551615, 1e300, \"1.0\", null, true]").unwrap();
    assert_eq!(value, json!([1, -1, 1, 1000, 1.5, 0, 18_446_744_073_709_551_615.0, 1e300, "1.0", null, true]));
    assert!(twice.is_empty());
}

#[test]
fn what_is_no_json_is_refused() {
    for text in [&b""[..], b"{", b"{\"a\":}", b"1 2", b"{\"a\":1}}", b"\xff", b"[1,]", b"1e999"] {
        assert!(read(text).is_err(), "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
    assert!(read(&nested(127)).is_ok());
    assert!(read(&nested(128)).is_err());
}

#[test]
fn at_most_a_hundred_duplicates_are_told() {
    let fields: Vec<_> = (0..200).map(|index| format!("\"{index}\":1,\"{index}\":2")).collect();
    let (_, twice) = read(format!("{{{}}}", fields.join(",")).as_bytes()).unwrap();
    assert_eq!(twice.len(), MOST_TOLD);
}
