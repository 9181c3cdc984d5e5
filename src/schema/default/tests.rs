use serde_json::json;

use super::*;

/// What is left of a value; the expectations are those of a kube-apiserver 1.36.3 with this schema.
fn defaulted(properties: Value, mut value: Value) -> Value {
    let schema = Schema::parse(&json!({"type": "object", "properties": properties})).unwrap();
    default_values(&schema, &mut value);
    let once = value.clone();
    default_values(&schema, &mut value);
    assert_eq!(once, value, "defaulting twice is defaulting once");
    value
}

#[test]
fn absent_fields_get_their_default_and_given_ones_stay() {
    let properties = json!({"a": {"type": "integer", "default": 1}, "b": {"type": "integer"}});
    assert_eq!(defaulted(properties.clone(), json!({})), json!({"a": 1}));
    assert_eq!(defaulted(properties, json!({"a": 2, "b": 3})), json!({"a": 2, "b": 3}));
}

#[test]
fn defaults_are_filled_in_inside_defaults_lists_and_maps() {
    let port = json!({"type": "object", "properties": {"protocol": {"type": "string", "default": "TCP"}}});
    let properties = json!({
        "made": {"type": "object", "default": {}, "properties": {"a": {"type": "integer", "default": 1}}},
        "absent": {"type": "object", "properties": {"a": {"type": "integer", "default": 1}}},
        "list": {"type": "array", "items": port.clone()},
        "map": {"type": "object", "additionalProperties": port},
    });
    assert_eq!(
        defaulted(properties, json!({"list": [{}, {"protocol": "UDP"}], "map": {"x": {}}})),
        json!({"made": {"a": 1}, "list": [{"protocol": "TCP"}, {"protocol": "UDP"}], "map": {"x": {"protocol": "TCP"}}})
    );
}

#[test]
fn nulls_stay_where_nullable_become_defaults_where_there_is_one_and_go_elsewhere() {
    let properties = json!({
        "nullable": {"type": "string", "nullable": true, "default": "x"},
        "default": {"type": "string", "default": "x"},
        "plain": {"type": "string"},
        "list": {"type": "array", "items": {"type": "string"}},
        "map": {"type": "object", "additionalProperties": {"type": "string"}},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
        "any": {"type": "object", "additionalProperties": true},
    });
    let value = json!({
        "nullable": null, "default": null, "plain": null, "list": [null], "map": {"a": null, "b": "b"},
        "free": {"a": null}, "any": {"a": null},
    });
    assert_eq!(
        defaulted(properties, value),
        json!({
            "nullable": null, "default": "x", "list": [null], "map": {"b": "b"}, "free": {"a": null}, "any": {"a": null},
        })
    );
}

#[test]
fn what_is_no_object_is_left_alone() {
    let properties = json!({"a": {"type": "integer", "default": 1}});
    for value in [json!(null), json!(1), json!("x"), json!([1])] {
        assert_eq!(defaulted(properties.clone(), value.clone()), value);
    }
}
