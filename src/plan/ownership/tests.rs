use serde_json::json;

use super::*;

const US: &str = "kubectl-wasmcloud";
const CSA: &str = "kubectl-client-side-apply";

fn entry(manager: &str, operation: &str, fields: Value) -> Value {
    json!({"manager": manager, "operation": operation, "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": fields})
}

fn with_record(fields: Value) -> Value {
    let record = json!({"f:metadata": {"f:annotations": {"f:kubectl.kubernetes.io/last-applied-configuration": {}}}});
    union(record, &fields)
}

fn object(entries: Vec<Value>) -> Value {
    json!({"metadata": {"name": "a", "managedFields": entries}})
}

fn refusal(causes: &[(&str, &str)]) -> Status {
    let cause =
        |(message, field): &(&str, &str)| json!({"reason": "FieldManagerConflict", "message": message, "field": field});
    let causes: Vec<_> = causes.iter().map(cause).collect();
    serde_json::from_value(
        json!({"status": "Failure", "code": 409, "reason": "Conflict", "details": {"causes": causes}}),
    )
    .unwrap()
}

#[test]
fn the_server_names_owners_and_fields() {
    let status = refusal(&[
        (r#"conflict with "a" using v1"#, ".spec.x"),
        (r#"conflict with "say \"b\"" with subresource "scale" using v1 at 2026-01-01T00:00:00Z"#, ".spec.y"),
        (r#"conflict with "using it""#, ".spec.z"),
    ]);
    let found = conflicts(&status);
    let short: Vec<_> =
        found.iter().map(|found| (found.manager.as_str(), found.updates, found.field.as_str())).collect();
    assert_eq!(short, [("a", true, ".spec.x"), (r#"say "b""#, true, ".spec.y"), ("using it", false, ".spec.z")]);
    assert_eq!(found[2].owner, r#""using it""#);
}

#[test]
fn other_refusals_are_no_conflicts() {
    assert_eq!(conflicts(&Status::failure("no", "Conflict")), []);
    assert_eq!(conflicts(&refusal(&[("something else", ".spec")])), []);
    let mut status = refusal(&[(r#"conflict with "a""#, ".spec")]);
    status.details.as_mut().unwrap().causes[0].reason = "FieldValueInvalid".to_owned();
    assert_eq!(conflicts(&status), []);
}

#[test]
fn conflicts_are_told_as_the_server_tells_them() {
    let one = conflicts(&refusal(&[(r#"conflict with "a" using v1"#, ".spec.x")]));
    assert_eq!(Told(&one).to_string(), r#"Apply failed with 1 conflict: conflict with "a" using v1: .spec.x"#);
    let many = [(r#"conflict with "b""#, ".x"), (r#"conflict with "a""#, ".y"), (r#"conflict with "b""#, ".z")];
    insta::assert_snapshot!(Told(&conflicts(&refusal(&many))), @r#"
    Apply failed with 3 conflicts: conflicts with "a":
    - .y
    conflicts with "b":
    - .x
    - .z
    "#);
}

#[test]
fn own_updates_and_client_side_appliers_give_way_and_nobody_else() {
    let live = object(vec![
        entry(CSA, "Update", json!({"f:spec": {}})),
        entry("argocd", "Update", with_record(json!({}))),
        entry("other", "Update", json!({"f:spec": {}})),
    ]);
    let yielding = Yielding::to(US, Some(&live));
    let conflict = |manager: &str, updates| Conflict {
        manager: manager.to_owned(),
        updates,
        owner: String::new(),
        field: String::new(),
    };
    for gives_way in [US, CSA, "argocd"] {
        assert_eq!(yielding.left(vec![conflict(gives_way, true)]), [], "{gives_way}");
        let applies = vec![conflict(gives_way, false)];
        assert_eq!(yielding.left(applies.clone()), applies, "who applies stays");
    }
    let both = vec![conflict(US, true), conflict("other", true)];
    assert_eq!(yielding.left(both), [conflict("other", true)]);
    assert_eq!(Yielding::to(US, None).left(vec![conflict(CSA, true)]), [conflict(CSA, true)]);
}

#[test]
fn what_kubectl_applied_becomes_ours() {
    let fields = with_record(json!({"f:spec": {"f:a": {}}}));
    let other = entry("other", "Update", json!({"f:spec": {"f:b": {}}}));
    let live = object(vec![other.clone(), entry(CSA, "Update", fields.clone())]);
    assert_eq!(handed_over(&live, US).unwrap(), [other, entry(US, "Apply", fields)]);
}

#[test]
fn it_joins_what_we_have_applied() {
    let live = object(vec![
        entry(US, "Apply", json!({"f:spec": {".": {}, "f:a": {}}})),
        entry(CSA, "Update", json!({"f:spec": {"f:b": {}}})),
        entry("argocd", "Update", with_record(json!({"f:spec": {"f:a": {"f:x": {}}}}))),
    ]);
    let all = with_record(json!({"f:spec": {".": {}, "f:a": {".": {}, "f:x": {}}, "f:b": {}}}));
    assert_eq!(handed_over(&live, US).unwrap(), [entry(US, "Apply", all)]);
}

#[test]
fn fields_of_another_version_are_let_go() {
    let mut old = entry(CSA, "Update", json!({"f:spec": {"f:b": {}}}));
    old["apiVersion"] = "v1beta1".into();
    let ours = entry(US, "Apply", json!({"f:spec": {"f:a": {}}}));
    assert_eq!(handed_over(&object(vec![ours.clone(), old]), US).unwrap(), [ours]);
}

#[test]
fn all_else_stays_as_it_is() {
    let mut of_status = entry(CSA, "Update", json!({"f:status": {}}));
    of_status["subresource"] = "status".into();
    for entries in [
        vec![],
        vec![entry("other", "Update", json!({}))],
        vec![entry(US, "Update", json!({}))],
        vec![entry(CSA, "Apply", with_record(json!({})))],
        vec![of_status],
    ] {
        assert_eq!(handed_over(&object(entries.clone()), US), None, "{entries:?}");
    }
    assert_eq!(handed_over(&json!({}), US), None);
}

#[test]
fn handing_over_twice_changes_nothing() {
    let live = object(vec![entry(CSA, "Update", with_record(json!({"f:spec": {"f:a": {}}})))]);
    let after = object(handed_over(&live, US).unwrap());
    assert_eq!(handed_over(&after, US), None);
    assert!(is_applied_by(&after, US) && !is_applied_by(&live, US));
    assert!(is_written_by(&live, CSA) && !is_written_by(&live, US));
}

#[test]
fn a_union_has_what_either_has() {
    let cases = [
        (json!({}), json!({}), json!({})),
        (json!({"f:a": {}}), json!({"f:b": {}}), json!({"f:a": {}, "f:b": {}})),
        (json!({}), json!({"f:b": {}}), json!({".": {}, "f:b": {}})),
        (json!({"f:b": {}}), json!({}), json!({".": {}, "f:b": {}})),
        (json!({".": {}}), json!({"f:b": {}}), json!({".": {}, "f:b": {}})),
        (
            json!({"k:{\"a\":1}": {"f:x": {}}}),
            json!({"k:{\"a\":1}": {"f:y": {}}}),
            json!({"k:{\"a\":1}": {"f:x": {}, "f:y": {}}}),
        ),
        (Value::Null, json!({"f:b": {}}), json!({"f:b": {}})),
    ];
    for (one, other, both) in cases {
        assert_eq!(union(one, &other), both);
    }
}

#[test]
fn what_is_applied_no_more_goes_away() {
    let theirs = with_record(json!({
        "f:spec": {
            "f:kept": {}, "f:gone": {}, "f:shared": {}, "f:inner": {"f:gone": {}},
            "f:whole": {".": {}, "f:a": {}},
            "f:items": {
                "k:{\"name\":\"a\"}": {".": {}, "f:name": {}, "f:x": {}},
                "k:{\"name\":\"b\"}": {".": {}, "f:name": {}, "f:x": {}, "f:y": {}},
            },
            "f:set": {"v:1": {}, "v:2": {}},
        },
    }));
    let live = object(vec![entry(CSA, "Update", theirs.clone())]);
    let ours = json!({"f:spec": {
        "f:kept": {}, "f:set": {"v:2": {}},
        "f:items": {"k:{\"name\":\"b\"}": {".": {}, "f:name": {}, "f:x": {}}},
    }});
    let mut after = object(vec![
        entry(US, "Apply", ours.clone()),
        entry("other", "Update", json!({"f:spec": {"f:shared": {}}})),
        entry(CSA, "Update", theirs),
    ]);
    after["metadata"]["annotations"] = json!({"kubectl.kubernetes.io/last-applied-configuration": "{}"});
    after["spec"] = json!({
        "kept": 1, "gone": 2, "shared": 3, "nobodys": 4, "inner": {"gone": 5, "stays": 6}, "whole": {"a": 7},
        "items": [{"name": "a", "x": 8}, {"name": "b", "x": 9, "y": 10}, {"name": "c"}], "set": [1, 2, 3],
    });
    drop_left_over(&live, &mut after, None);
    let spec = json!({
        "kept": 1, "shared": 3, "nobodys": 4, "inner": {"stays": 6},
        "items": [{"name": "b", "x": 9}, {"name": "c"}], "set": [2, 3],
    });
    assert_eq!(after["spec"], spec);
    assert_eq!(after["metadata"].get("annotations"), None);
    let managers: Vec<_> = entries(&after).iter().map(|entry| text(entry, "manager")).collect();
    assert_eq!(managers, [US, "other"]);
}

#[test]
fn without_a_hand_over_nothing_goes_away() {
    let live = object(vec![entry("other", "Update", json!({"f:spec": {"f:a": {}}}))]);
    let mut after = json!({"metadata": {"name": "a", "managedFields": []}, "spec": {"a": 1}});
    let same = after.clone();
    drop_left_over(&live, &mut after, None);
    assert_eq!(after, same);
}

#[test]
fn what_has_a_default_gets_it() {
    let theirs = with_record(json!({"f:spec": {
        "f:policy": {}, "f:other": {}, "f:changed": {}, "f:inner": {"f:policy": {}},
        "f:items": {"k:{\"name\":\"a\"}": {".": {}, "f:name": {}, "f:policy": {}}},
    }}));
    let live = object(vec![entry(CSA, "Update", theirs.clone())]);
    let ours = json!({"f:spec": {"f:items": {"k:{\"name\":\"a\"}": {".": {}, "f:name": {}}}}});
    let mut after = object(vec![entry(US, "Apply", ours), entry(CSA, "Update", theirs)]);
    after["spec"] = json!({"policy": "x", "other": 1, "changed": 2, "inner": {"policy": "x"},
        "items": [{"name": "a", "policy": "x"}]});
    let anew = json!({"spec": {"policy": "x", "changed": 3, "inner": {"policy": "x"},
        "items": [{"name": "a", "policy": "x"}]}});
    drop_left_over(&live, &mut after, Some(&anew));
    let spec = json!({"policy": "x", "changed": 3, "inner": {"policy": "x"}, "items": [{"name": "a", "policy": "x"}]});
    assert_eq!(after["spec"], spec);
    assert!(is_handed_over(&live) && !is_handed_over(&object(vec![entry("other", "Update", json!({}))])));
}
