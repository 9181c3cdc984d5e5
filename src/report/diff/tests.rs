use serde_json::json;

use super::*;

#[test]
fn a_difference_has_three_lines_around_it() {
    let (old, new) = ("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nd\nE\nf\ng\n");
    insta::assert_snapshot!(unified(old, new, ("LIVE", "MERGED"), false), @"
    --- LIVE
    +++ MERGED
    @@ -2,5 +2,6 @@
     b
     c
     d
    -e
    +E
     f
    +g
    ");
    assert_eq!(unified(old, old, ("a", "b"), true), "");
}

#[test]
fn colour_follows_the_place_of_a_line_and_changes_no_letter() {
    let (old, new) = ("-- x\nsame\n", "++ x\nsame\n");
    let coloured = unified(old, new, ("a", "b"), true);
    assert_eq!(console::strip_ansi_codes(&coloured), unified(old, new, ("a", "b"), false));
    let lines: Vec<_> = coloured.lines().collect();
    assert_eq!(lines[0], "\u{1b}[1m--- a\u{1b}[0m");
    assert_eq!(lines[3], "\u{1b}[31m--- x\u{1b}[0m");
    assert_eq!(lines[4], "\u{1b}[32m+++ x\u{1b}[0m");
    assert_eq!(lines[5], " same");
}

#[test]
fn what_is_not_there_is_empty() {
    let object = json!({"kind": "ConfigMap", "metadata": {"name": "a", "managedFields": []}});
    assert_eq!(
        sides(None, Some(&object), false),
        (String::new(), "kind: ConfigMap\nmetadata:\n  name: a\n".to_owned())
    );
    let (before, after) = sides(Some(&object), None, true);
    assert!(before.contains("managedFields") && after.is_empty());
}

fn secret(data: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Secret", "data": data, "type": "Opaque"})
}

#[test]
fn secrets_are_masked_as_kubectl_masks_them() {
    let before = secret(json!({"same": "QQ==", "other": "Qg==", "gone": "Qw=="}));
    let after = secret(json!({"same": "QQ==", "other": "RA==", "new": "RQ=="}));
    let (before, after) = sides(Some(&before), Some(&after), false);
    insta::assert_snapshot!(before, @r#"
    apiVersion: v1
    data:
      gone: "***"
      other: "*** (before)"
      same: "***"
    kind: Secret
    type: Opaque
    "#);
    insta::assert_snapshot!(after, @r#"
    apiVersion: v1
    data:
      new: "***"
      other: "*** (after)"
      same: "***"
    kind: Secret
    type: Opaque
    "#);
}

#[test]
fn no_value_is_left_anywhere_in_a_secret() {
    let record =
        json!({"kubectl.kubernetes.io/last-applied-configuration": "{\"data\":{\"a\":\"planted\"}}", "b": "c"});
    let mut object = secret(json!({"a": "planted"}));
    object["stringData"] = json!({"a": "planted", "n": "planted"});
    object["metadata"] = json!({"annotations": record});
    let mut bare = secret(Value::Null);
    bare["metadata"] = json!({});
    for (before, after) in [
        (Some(&object), None),
        (None, Some(&object)),
        (Some(&object), Some(&bare)),
        (Some(&bare), Some(&object)),
        (Some(&object), Some(&object)),
    ] {
        let (before, after) = sides(before, after, true);
        assert!(!before.contains("planted") && !after.contains("planted"), "{before}\n{after}");
    }
    mask_secret(&mut object);
    assert!(!object.to_string().contains("planted"));
    assert_eq!(object["metadata"]["annotations"]["b"], "c");
}

#[test]
fn other_objects_show_their_data() {
    let mut config = json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"}});
    mask_secret(&mut config);
    assert_eq!(config["data"]["a"], "b");
}
