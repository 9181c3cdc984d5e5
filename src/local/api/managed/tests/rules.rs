//! The rules one by one, beyond what the traces of the real server show.

use serde_json::{Value, json};

use super::{Manager, Resource, Scale, apply, entries, keep_times, update};
use crate::local::api::managed::check::{Duplicates, check};
use crate::local::api::managed::codec::encode;
use crate::local::api::managed::compare::compare;
use crate::local::api::managed::merge::{merge, remove};
use crate::local::api::managed::owned::{owned, reconciled};
use crate::local::api::managed::path::PathElement;
use crate::local::api::managed::set::FieldSet;
use crate::local::api::managed::typed::Typed;
use crate::schema::Schema;

/// A resource `Thing` whose `spec` has these properties.
fn thing(properties: Value) -> Resource {
    let schema = json!({ "type": "object", "properties": {
        "spec": { "type": "object", "properties": properties },
        "status": { "type": "object", "properties": { "phase": { "type": "string" } } },
    }});
    Resource {
        schema: super::schema(&schema).into(),
        ..super::resource(&json!({
            "group": "example.com", "version": "v1", "kind": "Thing", "status": true, "custom": true, "schema": "widget",
        }))
    }
}

fn set_of_texts() -> Schema {
    super::schema(&json!({ "type": "object", "properties": {
        "l": { "type": "array", "items": { "type": "string" }, "x-kubernetes-list-type": "set" },
    }}))
}

fn map_by_name() -> Schema {
    super::schema(&json!({ "type": "object", "properties": { "l": {
        "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["n"],
        "items": { "type": "object", "properties": { "n": { "type": "string" }, "v": { "type": "integer" } } },
    }}}))
}

fn letters(text: &str) -> Value {
    json!({ "l": text.chars().map(String::from).collect::<Vec<_>>() })
}

#[test]
fn applied_items_are_in_the_applied_order_and_the_others_keep_their_place() {
    let schema = set_of_texts();
    let merged = [
        ("", "ab", "ab"),
        ("ab", "c", "abc"),
        ("abc", "b", "abc"),
        ("abcd", "da", "bcda"),
        ("abc", "xb", "axbc"),
        ("abc", "xcy", "abxcy"),
        ("abcd", "ca", "bcda"),
        ("abcd", "dcba", "dcba"),
        ("aab", "b", "aab"),
        ("aab", "a", "ab"),
    ];
    for (live, applied, expected) in merged {
        let merged = merge(Typed::object(&schema), &letters(live), &letters(applied));
        assert_eq!(merged, letters(expected), "{applied} over {live}");
    }
}

#[test]
fn an_item_that_comes_twice_is_compared_as_one() {
    let schema = map_by_name();
    let items = |values: &[i64]| json!({ "l": values.iter().map(|v| json!({ "n": "x", "v": v })).collect::<Vec<_>>() });
    let changes = |old: &[i64], new: &[i64]| {
        let changes = compare(Typed::object(&schema), &items(old), &items(new));
        [changes.removed, changes.modified, changes.added].map(|set| encode(&set).to_string())
    };
    let (item, whole) =
        (r#"{"f:l":{"k:{\"n\":\"x\"}":{}}}"#, r#"{"f:l":{"k:{\"n\":\"x\"}":{".":{},"f:n":{},"f:v":{}}}}"#);
    assert_eq!(changes(&[1, 2], &[1, 2]), ["{}", "{}", "{}"]);
    assert_eq!(changes(&[1, 2], &[2, 1]), ["{}", item, "{}"]);
    assert_eq!(changes(&[1, 2], &[1]), [item, "{}", whole]);
    assert_eq!(changes(&[1], &[1, 2]), [whole, "{}", item]);
    assert_eq!(encode(&owned(Typed::object(&schema), &items(&[1, 2]))).to_string(), item);
}

#[test]
fn what_is_taken_out_leaves_nothing_empty_behind() {
    let schema = map_by_name();
    let item = |rest: &[PathElement]| {
        let key = PathElement::decode(r#"k:{"n":"x"}"#).unwrap().unwrap();
        let path = [PathElement::Field("l".to_owned()), key].into_iter().chain(rest.iter().cloned());
        FieldSet::of(&path.collect::<Vec<_>>())
    };
    let value = || json!({ "l": [{ "n": "x", "v": 1 }, { "n": "y" }], "other": 1 });
    let without = |set: &FieldSet, value: Value| remove(Typed::object(&schema), value, set);
    assert_eq!(without(&item(&[]), value()), json!({ "l": [{ "n": "y" }], "other": 1 }));
    let only_v = item(&[PathElement::Field("v".to_owned())]);
    assert_eq!(without(&only_v, value()), json!({ "l": [{ "n": "x" }, { "n": "y" }], "other": 1 }));
    assert_eq!(without(&item(&[]), json!({ "l": [{ "n": "x" }] })), json!({ "l": null }));
}

#[test]
fn a_set_written_when_fields_were_owned_one_by_one_becomes_one_of_the_whole() {
    let schema = super::schema(&json!({ "type": "object", "properties": {
        "m": { "type": "object", "additionalProperties": { "type": "string" }, "x-kubernetes-map-type": "atomic" },
        "l": { "type": "array", "items": { "type": "string" } }, "s": { "type": "string" },
    }}));
    let before = json!({ "f:m": { "f:a": {} }, "f:l": { ".": {}, "v:\"x\"": {} }, "f:s": {}, "f:gone": { "f:a": {} } });
    let before = crate::local::api::managed::codec::decode(Some(&before)).unwrap();
    let now = encode(&reconciled(Typed::object(&schema), before));
    assert_eq!(now, json!({ "f:m": {}, "f:l": {}, "f:s": {}, "f:gone": { "f:a": {} } }));
}

#[test]
fn what_does_not_fit_is_said_in_the_words_of_the_server() {
    let schema = super::schema(&json!({ "type": "object", "properties": {
        "n": { "type": "number" }, "b": { "type": "boolean" }, "s": { "type": "string" },
        "m": { "type": "object", "additionalProperties": { "type": "integer" } }, "l": { "type": "array", "items": {} },
        "set": { "type": "array", "items": {}, "x-kubernetes-list-type": "set" },
        "map": { "type": "array", "items": { "type": "object", "properties": { "k": { "type": "string" } } },
                 "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"] },
    }}));
    let wrong = [
        (json!({ "n": "1" }), ".n: expected numeric (int or float), got string"),
        (json!({ "b": 1 }), ".b: expected boolean, got &{1}"),
        (json!({ "s": 1 }), ".s: expected string, got &value.valueUnstructured{Value:1}"),
        (json!({ "m": [1] }), ".m: expected map, got &{[1]}"),
        (json!({ "m": { "a": {} } }), ".m.a: expected numeric (int or float), got map[string]interface {}"),
        (json!({ "l": { "a": "b" } }), ".l: expected list, got &{map[a:b]}"),
        (json!({ "x": 1 }), ".x: field not declared in schema"),
        (
            json!({ "set": [null] }),
            ".set: element 0: associative list without keys has an element that's an explicit null",
        ),
        (json!({ "set": [{}] }), ".set: element 0: associative list without keys has an element that's a map type"),
        (json!({ "set": ["a", "a"] }), ".set: duplicate entries for key [=\"a\"]"),
        (json!({ "map": [null] }), ".map: element 0: associative list with keys may not have a null element"),
        (json!({ "map": ["k"] }), ".map: element 0: associative list with keys may not have non-map elements"),
        (
            json!({ "map": [{}] }),
            ".map: element 0: associative list with keys has an element that omits all key fields [\"k\"] (and doesn't \
             have default values for any key fields)",
        ),
        (
            json!({ "b": 1, "n": "x" }),
            "errors:\n  .b: expected boolean, got &{1}\n  .n: expected numeric (int or float), got string",
        ),
    ];
    for (value, expected) in wrong {
        let problems = check(Typed::object(&schema), &value, Duplicates::Forbidden).unwrap_err();
        assert_eq!(problems.to_string(), expected, "{value}");
    }
    let nulls = json!({ "n": null, "b": null, "s": null, "m": null, "l": null, "set": null, "map": null });
    assert_eq!(check(Typed::object(&schema), &nulls, Duplicates::Forbidden), Ok(()));
    assert_eq!(check(Typed::object(&schema), &json!({ "set": ["a", "a"] }), Duplicates::Allowed), Ok(()));
}

fn object(spec: Value) -> Value {
    json!({ "apiVersion": "example.com/v1", "kind": "Thing", "metadata": { "name": "x" }, "spec": spec })
}

fn by(name: &str) -> Manager<'_> {
    Manager { name, subresource: "" }
}

const NOW: fn() -> jiff::Timestamp = || "2026-03-04T05:06:07.89Z".parse().unwrap();

#[test]
fn a_secret_value_is_in_no_message() {
    let secret = Resource {
        group: String::new(),
        kind: "Secret".to_owned(),
        custom: false,
        ..thing(json!({ "password": { "type": "string" }, "list": { "type": "array", "items": {} } }))
    };
    let mut applied = object(json!({ "password": 1234, "list": "hunter2" }));
    applied["apiVersion"] = "v1".into();
    applied["kind"] = "Secret".into();
    let failure = apply(None, &applied, &secret, &by("a"), false, NOW()).unwrap_err();
    insta::assert_snapshot!(failure.message, @r"
    failed to create typed patch object (/x; /v1, Kind=Secret): errors:
      .spec.list: expected list, got another type
      .spec.password: expected string, got another type
    ");
}

#[test]
fn another_kind_or_version_cannot_be_applied() {
    let thing = thing(json!({}));
    let refused = |change: Value| {
        let mut applied = object(json!({}));
        json_patch::merge(&mut applied, &change);
        let failure = apply(None, &applied, &thing, &by("a"), false, NOW()).unwrap_err();
        format!("{} {}: {}", failure.code.as_u16(), failure.reason, failure.message)
    };
    assert_eq!(refused(json!({ "kind": "Other" })), "400 BadRequest: invalid object type: example.com/v1, Kind=Other");
    assert_eq!(refused(json!({ "apiVersion": "v1" })), "400 BadRequest: invalid object type: /v1, Kind=Thing");
    assert_eq!(refused(json!({ "apiVersion": null, "kind": null })), "400 BadRequest: invalid object type: /, Kind=");
    assert_eq!(apply(None, &json!([]), &thing, &by("a"), false, NOW()).unwrap_err().code.as_u16(), 400);
    let managed = json!({ "metadata": { "managedFields": [] } });
    assert_eq!(refused(managed), "400 BadRequest: metadata.managedFields must be nil");
}

#[test]
fn a_write_without_a_name_is_of_unknown() {
    let thing = thing(json!({ "a": { "type": "string" } }));
    let mut new = object(json!({ "a": "1" }));
    update(None, &mut new, &thing, &by(""), NOW());
    insta::assert_snapshot!(new["metadata"]["managedFields"], @r#"[{"apiVersion":"example.com/v1","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{".":{},"f:a":{}}},"manager":"unknown","operation":"Update","time":"2026-03-04T05:06:07Z"}]"#);
}

#[test]
fn an_object_that_does_not_fit_its_schema_is_written_untracked() {
    let thing = thing(json!({ "a": { "type": "string" } }));
    let mut live = object(json!({ "a": "1" }));
    update(None, &mut live, &thing, &by("a"), NOW());
    let mut new = live.clone();
    new["spec"]["a"] = 1.into();
    update(Some(&live), &mut new, &thing, &by("b"), NOW());
    assert_eq!(new, object(json!({ "a": 1 })));
}

#[test]
fn times_alone_change_nothing() {
    let thing = thing(json!({ "a": { "type": "string" } }));
    let mut live = object(json!({ "a": "1" }));
    update(None, &mut live, &thing, &by("a"), NOW());
    let at = |mut object: Value, time: &str| {
        object["metadata"]["managedFields"][0]["time"] = time.into();
        object
    };
    let mut later = at(live.clone(), "2027-01-01T00:00:00Z");
    keep_times(&live, &mut later);
    assert_eq!(later, live);

    for (path, value) in
        [("/spec/a", json!("2")), ("/metadata/name", json!("y")), ("/metadata/managedFields/0/manager", json!("b"))]
    {
        let mut changed = at(live.clone(), "2027-01-01T00:00:00Z");
        *changed.pointer_mut(path).unwrap() = value;
        let expected = changed.clone();
        keep_times(&live, &mut changed);
        assert_eq!(changed, expected, "{path}");
    }
}

#[test]
fn entries_are_read_only_if_they_make_sense() {
    let entry = json!({ "manager": "m", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": { "f:a": {} } });
    assert!(entries::Owners::decode(std::slice::from_ref(&entry)).is_ok());
    for (name, value) in [
        ("operation", json!("Own")),
        ("operation", json!(null)),
        ("apiVersion", json!("")),
        ("fieldsType", json!("FieldsV2")),
        ("fieldsType", json!(null)),
        ("fieldsV1", json!([])),
        ("fieldsV1", json!({ "a": {} })),
        ("time", json!("yesterday")),
        ("manager", json!(1)),
    ] {
        let mut bad = entry.clone();
        bad[name] = value;
        assert!(entries::Owners::decode(&[entry.clone(), bad.clone()]).is_err(), "{bad}");
    }
    let blank = json!([{ "manager": "", "operation": null }]);
    assert_eq!(entries::asked(Some(&blank)), entries::Asked::Reset);
    assert_eq!(entries::asked(Some(&json!([1, 2]))), entries::Asked::Nothing);
    assert_eq!(entries::asked(Some(&json!("all"))), entries::Asked::Nothing);
}

#[test]
fn a_deep_set_is_refused_and_does_no_harm() {
    let deep = (0..1000).fold(json!({}), |below, _| json!({ "f:a": below }));
    assert!(crate::local::api::managed::codec::decode(Some(&deep)).is_err());
}

#[test]
fn replicas_that_nobody_owned_are_scaled_untracked() {
    let thing = Resource {
        scale: Some(Scale { spec_path: ".spec.n".to_owned(), status_path: String::new(), selector_path: None }),
        ..thing(json!({ "n": { "type": "integer" }, "a": { "type": "string" } }))
    };
    let mut live = object(json!({ "a": "1" }));
    update(None, &mut live, &thing, &by("a"), NOW());
    let mut new = live.clone();
    new["spec"]["n"] = 3.into();
    let expected = new.clone();
    update(Some(&live), &mut new, &thing, &Manager { name: "h", subresource: "scale" }, NOW());
    assert_eq!(new, expected);
}
