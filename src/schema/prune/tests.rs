use serde_json::json;

use super::*;

/// The schema that the expectations below were asked of: `openAPIV3Schema` of a throw-away definition on a
/// kube-apiserver 1.36.3, objects posted with `fieldValidation=Strict` for the paths and `Warn` for what is left.
fn schema() -> Schema {
    let text = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    Schema::parse(&json!({
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": {
            "replicas": {"type": "integer"},
            "any": {"type": "object", "additionalProperties": true},
            "emb": {
                "type": "object",
                "x-kubernetes-embedded-resource": true,
                "properties": {"spec": text},
            },
            "list": {"type": "array", "items": text},
            "free": {
                "type": "object",
                "x-kubernetes-preserve-unknown-fields": true,
                "properties": {"known": text},
            },
            "freeList": {
                "type": "array",
                "x-kubernetes-preserve-unknown-fields": true,
                "items": {"type": "object", "properties": {"known": text}},
            },
            "map": {"type": "object", "additionalProperties": text},
        }}},
    }))
    .unwrap()
}

/// What is left, and what was dropped.
fn pruned(mut object: Value) -> (Value, Vec<String>) {
    let schema = schema();
    let dropped = prune(&schema, &mut object);
    let once = object.clone();
    assert_eq!(prune(&schema, &mut object), Vec::<String>::new(), "what is pruned has no unknown fields");
    assert_eq!(once, object);
    (object, dropped)
}

#[test]
fn unknown_fields_go_and_are_named_in_the_order_of_the_server() {
    let (left, dropped) = pruned(json!({
        "apiVersion": "a.helper.test/v1", "kind": "Thing",
        "metadata": {
            "name": "x", "zzz": 1, "labels": {"a": "2"},
            "ownerReferences": [{"foo": 1, "apiVersion": "v1", "kind": "X", "name": "a", "uid": "1"}],
            "managedFields": [{"bar": 1}],
        },
        "extra": 1,
        "spec": {
            "replicas": 3, "any": {"a": {"b": {"c": 1}}, "d": [{"x": 1}]}, "x y": 1, "a.b": {"c": 1},
            "emb": {
                "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "foo": 1}, "spec": {"a": "1", "b": 2}, "z": 2,
            },
            "list": [{"a": "1", "b": [1]}, {"c": 3}],
            "free": {"known": {"b": 1}, "u": {"v": 1}},
            "map": {"k": {"b": 1}, "l/x.y": {"b": 2}},
        },
    }));
    assert_eq!(
        dropped,
        [
            "metadata.managedFields[0].bar",
            "metadata.ownerReferences[0].foo",
            "metadata.zzz",
            "extra",
            "spec.a.b",
            "spec.any.a.b",
            "spec.any.d[0].x",
            "spec.emb.spec.b",
            "spec.emb.z",
            "spec.free.known.b",
            "spec.list[0].b",
            "spec.list[1].c",
            "spec.map.k.b",
            "spec.map.l/x.y.b",
            "spec.x y",
            "spec.emb.metadata.foo",
        ]
    );
    assert_eq!(
        left["spec"],
        json!({
            "any": {"a": {}, "d": [{}]},
            "emb": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": {"a": "1"}},
            "free": {"known": {}, "u": {"v": 1}},
            "list": [{"a": "1"}, {}],
            "map": {"k": {}, "l/x.y": {}},
            "replicas": 3,
        })
    );
    assert_eq!(
        left["metadata"]["ownerReferences"],
        json!([{"apiVersion": "v1", "kind": "X", "name": "a", "uid": "1"}])
    );
    assert_eq!(left["kind"], "Thing");
}

#[test]
fn items_of_a_preserved_list_keep_their_own_unknown_fields() {
    let (left, dropped) = pruned(json!({"spec": {"freeList": [{"known": {"b": 1}, "own": {"x": 1}}]}}));
    assert_eq!(left, json!({"spec": {"freeList": [{"known": {}, "own": {"x": 1}}]}}));
    assert_eq!(dropped, ["spec.freeList[0].known.b"]);
}

#[test]
fn scalars_where_the_schema_has_objects_are_left_for_validation() {
    let (left, dropped) = pruned(json!({"spec": {"list": 1, "map": "x", "emb": [{"a": 1}]}}));
    assert_eq!(left, json!({"spec": {"list": 1, "map": "x", "emb": [{}]}}));
    assert_eq!(dropped, ["spec.emb[0].a"]);
    assert_eq!(pruned(json!(5)), (json!(5), vec![]));
}
