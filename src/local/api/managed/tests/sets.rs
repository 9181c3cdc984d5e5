//! Paths and sets of them.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::local::api::managed::codec::{decode, encode};
use crate::local::api::managed::path::{PathElement, Scalar, display};
use crate::local::api::managed::set::FieldSet;

fn field(name: &str) -> PathElement {
    PathElement::Field(name.to_owned())
}

fn key(fields: &[(&str, Value)]) -> PathElement {
    PathElement::Key(fields.iter().map(|(name, value)| ((*name).to_owned(), Scalar(value.clone()))).collect())
}

fn value(value: Value) -> PathElement {
    PathElement::Value(Scalar(value))
}

fn set(fields: Value) -> FieldSet {
    decode(Some(&fields)).unwrap()
}

#[test]
fn elements_are_written_as_go_writes_them() {
    let written = [
        (field("a.b/c"), r"f:a.b/c"),
        (key(&[("name", json!("x")), ("port", json!(80))]), r#"k:{"name":"x","port":80}"#),
        (value(json!("<a> & \"b\"")), r#"v:"\u003ca\u003e \u0026 \"b\"""#),
        (value(json!(2.0)), "v:2"),
        (value(json!(true)), "v:true"),
        (PathElement::Index(3), "i:3"),
    ];
    for (element, text) in written {
        assert_eq!(element.encode(), text);
        assert_eq!(PathElement::decode(text), Ok(Some(element)), "{text}");
    }
}

#[test]
fn what_is_no_element_is_refused_and_what_may_be_one_some_day_is_passed_over() {
    for text in ["", "f", "name", "k:[]", "k:{", "v:", "i:x", "ü:"] {
        assert!(PathElement::decode(text).is_err(), "{text}");
    }
    assert_eq!(PathElement::decode("x:y"), Ok(None));
    assert_eq!(set(json!({ "f:a": {}, "x:new": { "f:b": {} } })), set(json!({ "f:a": {} })));
    for fields in [json!([]), json!("f:a"), json!({ "f:a": 1 }), json!({ "f:a": { "name": {} } })] {
        assert!(decode(Some(&fields)).is_err(), "{fields}");
    }
}

#[test]
fn elements_are_ordered_by_kind_and_numbers_by_size() {
    let ordered = [
        field("a"),
        field("b"),
        key(&[("a", json!(9))]),
        key(&[("a", json!(10))]),
        key(&[("a", json!(10)), ("b", json!("x"))]),
        key(&[("a", json!("1"))]),
        value(json!(1.5)),
        value(json!("")),
        value(json!(false)),
        PathElement::Index(0),
        PathElement::Index(2),
    ];
    assert!(ordered.is_sorted_by(|left, right| left < right));
    assert_eq!(value(json!(1)), value(json!(1.0)));
}

#[test]
fn paths_are_shown_as_in_conflicts() {
    let path =
        [field("spec"), field("ports"), key(&[("port", json!(80.0)), ("protocol", json!("TCP"))]), field("name")];
    assert_eq!(display(&path), r#".spec.ports[port=80,protocol="TCP"].name"#);
    assert_eq!(display(&[field("tags"), value(json!("x")), PathElement::Index(1)]), r#".tags[="x"][1]"#);
}

#[test]
fn members_of_a_level_come_before_what_is_below_it() {
    let set = set(json!({ "f:a": { ".": {}, "f:x": { "f:y": {} } }, "f:b": {} }));
    let paths: Vec<_> = set.paths().iter().map(|path| display(path)).collect();
    assert_eq!(paths, [".a", ".b", ".a.x.y"]);
}

#[test]
fn a_parent_and_its_child_are_taken_out_apart_or_together() {
    let both = || set(json!({ "f:a": { ".": {}, "f:x": {} } }));
    let parent = set(json!({ "f:a": {} }));
    assert_eq!(encode(&both().difference(&parent)), json!({ "f:a": { "f:x": {} } }));
    let mut whole = both();
    whole.subtract_whole(&parent);
    assert_eq!(encode(&whole), json!({}));
    assert_eq!(parent.clone().difference(&set(json!({ "f:a": { "f:x": {} } }))), parent);
    assert_eq!(both().intersection(&parent), parent);
    assert!(both().covers(&parent));
    assert!(!parent.covers(&both()));
}

fn sets() -> impl Strategy<Value = FieldSet> {
    let element = prop_oneof![
        "[a-c]".prop_map(PathElement::Field),
        (0..3i64).prop_map(|port| key(&[("port", json!(port))])),
        "[a-c]".prop_map(|text| value(json!(text))),
    ];
    prop::collection::vec(prop::collection::vec(element, 1..4), 0..8)
        .prop_map(|paths| paths.iter().fold(FieldSet::default(), |set, path| set.union(FieldSet::of(path))))
}

proptest! {
    #[test]
    fn a_set_is_read_as_it_is_written(set in sets()) {
        prop_assert_eq!(decode(Some(&encode(&set))), Ok(set));
    }

    #[test]
    fn sets_are_sets(a in sets(), b in sets()) {
        let union = a.clone().union(b.clone());
        let both = a.intersection(&b);
        let only = a.clone().difference(&b);
        for path in union.paths() {
            let (in_a, in_b) = (a.contains(&path), b.contains(&path));
            prop_assert!(in_a || in_b);
            prop_assert_eq!(both.contains(&path), in_a && in_b);
            prop_assert_eq!(only.contains(&path), in_a && !in_b);
        }
        prop_assert!(union.covers(&a) && union.covers(&b) && a.covers(&both));
        prop_assert_eq!(only.union(both), a);
    }
}
