//! Expectations as kube-apiserver 1.36 answers; lists were compared with it on 150 random patches.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::local::api::builtin;

fn object() -> Value {
    json!({ "metadata": { "name": "p", "finalizers": ["x.y/a", "x.y/b", "x.y/c"] }, "data": { "a": "1", "b": "2" } })
}

fn bytes(patch: &Value) -> Vec<u8> {
    serde_json::to_vec(patch).unwrap()
}

fn refused(result: Result<Value, Failure>) -> (u16, String) {
    let failure = result.unwrap_err();
    (failure.code.as_u16(), failure.message)
}

#[test]
fn merge_patches_are_merged() {
    let merged = merge(&object(), &bytes(&json!({ "data": { "a": null, "c": "3" } }))).unwrap();
    assert_eq!(merged["data"], json!({ "b": "2", "c": "3" }));
    let why = |patch: &str| refused(merge(&object(), patch.as_bytes()));
    assert_eq!(why(""), (400, "error decoding patch: unexpected end of JSON input".to_owned()));
    let array = "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}";
    assert_eq!(why("[]"), (400, array.to_owned()));
    assert_eq!(why("null"), (400, "Invalid JSON Patch".to_owned()));
}

#[test]
fn json_patches_are_followed_operation_by_operation() {
    let data = |patch: Value| json(&object(), &bytes(&patch)).unwrap()["data"].clone();
    assert_eq!(data(json!([])), object()["data"]);
    assert_eq!(data(json!(null)), object()["data"]);
    assert_eq!(data(json!([{ "op": "replace", "path": "/data/zz", "value": "1" }]))["zz"], "1");
    assert_eq!(data(json!([{ "op": "add", "path": "/data/c" }]))["c"], Value::Null);
    assert_eq!(data(json!([{ "op": "copy", "from": "/data/a", "path": "/data/c" }]))["c"], "1");
    assert_eq!(data(json!([{ "op": "test", "path": "/data/zz", "value": null }])), object()["data"]);
    assert_eq!(
        data(json!([{ "op": "test", "path": "/data/a", "value": "1" }, { "op": "remove", "path": "/data" }])),
        Value::Null
    );
}

#[test]
fn json_patches_that_do_not_fit_are_rejected() {
    let why = |patch: Value| refused(json(&object(), &bytes(&patch)));
    let rejected = (422, "the server rejected our request due to an error in our request".to_owned());
    for operation in [
        json!({ "op": "test", "path": "/data/a", "value": "2" }),
        json!({ "op": "remove", "path": "/data/zz" }),
        json!({ "op": "add", "path": "/x/y", "value": "1" }),
        json!({ "op": "foo", "path": "/data/a" }),
        json!({ "path": "/data/a" }),
        json!({ "op": "add", "value": 1 }),
        json!({ "op": "move", "from": "/data/zz", "path": "/data/c" }),
        json!({ "op": "add", "path": "", "value": {} }),
        json!({ "op": "copy", "from": "", "path": "/data/c" }),
        json!({ "op": "add", "path": "/metadata/finalizers/7", "value": "c/d" }),
    ] {
        assert_eq!(why(json!([operation])), rejected, "{operation}");
    }
    let number = "error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp";
    assert_eq!(why(json!([1])), (400, number.to_owned()));
    let map = "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp";
    assert_eq!(why(json!({})), (400, map.to_owned()));
    let many = vec![json!({ "op": "test", "path": "/data/a", "value": "1" }); 10_001];
    let large = "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001";
    assert_eq!(why(Value::Array(many)), (413, large.to_owned()));
}

#[test]
fn a_json_patch_cannot_make_an_object_explode() {
    let copies = |count: usize, path: fn(usize) -> String| {
        let copy = |index| json!({ "op": "copy", "from": "/data", "path": path(index) });
        json(&object(), &bytes(&(0..count).map(copy).collect()))
    };
    assert!(copies(100, |_| "/data/c".to_owned()).is_ok());
    assert_eq!(refused(copies(200, |_| "/data/c".to_owned())).0, 422);
    assert!(copies(10, |index| format!("/data/{index}")).is_ok());
    assert_eq!(refused(copies(40, |index| format!("/data/{index}"))).0, 422);
}

fn strategic_of(kind: &str, object: &Value, patch: &Value) -> Result<Value, Failure> {
    let resource = builtin::resources().into_iter().find(|resource| resource.kind == kind).unwrap();
    strategic(&resource.schema, object, &bytes(patch))
}

#[test]
fn maps_are_merged_replaced_and_emptied() {
    let data = |patch: Value| {
        strategic_of("ConfigMap", &object(), &json!({ "data": patch })).map(|patched| patched["data"].clone())
    };
    assert_eq!(data(json!({ "a": null, "c": "3" })), Ok(json!({ "b": "2", "c": "3" })));
    assert_eq!(data(json!({ "$patch": "replace", "z": "1" })), Ok(json!({ "z": "1" })));
    assert_eq!(data(json!({ "$patch": "delete" })), Ok(json!({})));
    assert_eq!(data(json!({ "$retainKeys": ["a"], "a": "5" })), Ok(json!({ "a": "5" })));
    assert_eq!(
        refused(data(json!({ "$retainKeys": ["b"], "a": "5" }))),
        (400, "invalid patch format of retainKeys".to_owned())
    );
    assert_eq!(refused(data(json!({ "$patch": "foo" }))), (500, "unknown patch type: foo".to_owned()));
    let new = strategic_of(
        "ConfigMap",
        &object(),
        &json!({ "binaryData": { "x": null, "y": "" }, "foo": { "$patch": "merge" } }),
    )
    .unwrap();
    assert_eq!((&new["binaryData"], new.get("foo")), (&json!({ "y": "" }), None));
    let why = |patch: &str| refused(strategic(&crate::schema::Schema::default(), &object(), patch.as_bytes()));
    assert_eq!(why("{"), (400, "unexpected end of JSON input".to_owned()));
    assert_eq!(
        why("[]"),
        (400, "json: cannot unmarshal array into Go value of type map[string]interface {}".to_owned())
    );
}

#[test]
fn scalars_in_lists_are_added_taken_out_and_ordered() {
    let finalizers = |patch: Value| {
        strategic_of("ConfigMap", &object(), &json!({ "metadata": patch }))
            .map(|patched| patched["metadata"]["finalizers"].clone())
    };
    assert_eq!(
        finalizers(json!({ "finalizers": ["x.y/d", "x.y/c"] })),
        Ok(json!(["x.y/d", "x.y/a", "x.y/b", "x.y/c"]))
    );
    assert_eq!(
        finalizers(json!({ "$deleteFromPrimitiveList/finalizers": ["x.y/a", "x.y/q"] })),
        Ok(json!(["x.y/b", "x.y/c"]))
    );
    let ordered = json!({ "finalizers": ["x.y/c", "x.y/d"], "$setElementOrder/finalizers": ["x.y/c", "x.y/d", "x.y/f", "x.y/a"] });
    assert_eq!(finalizers(ordered), Ok(json!(["x.y/b", "x.y/c", "x.y/d", "x.y/a"])));
    assert_eq!(refused(finalizers(json!({ "$setElementOrder/finalizers": "x" }))).0, 500);
    assert_eq!(refused(finalizers(json!({ "finalizers": [1] }))).0, 500);
}

fn account() -> Value {
    json!({ "secrets": [{ "name": "a" }, { "name": "b" }, { "name": "c" }, { "name": "d" }] })
}

fn secrets(patch: &Value) -> Result<String, Failure> {
    let patched = strategic_of("ServiceAccount", &account(), patch)?;
    Ok(patched["secrets"].as_array().unwrap().iter().map(|secret| secret["name"].as_str().unwrap()).collect())
}

#[test]
fn objects_in_lists_are_known_by_their_merge_key() {
    for (patch, names) in [
        (json!({ "secrets": [{ "name": "b" }, { "name": "e" }] }), "abecd"),
        (json!({ "secrets": [{ "name": "d", "$patch": "delete" }] }), "abc"),
        (json!({ "secrets": [{ "name": "a" }, { "$patch": "replace" }, { "name": "f" }] }), "af"),
        (json!({ "$setElementOrder/secrets": [{ "name": "d" }, { "name": "c" }, { "name": "a" }] }), "bdca"),
        (
            json!({
                "secrets": [{ "$patch": "delete", "name": "d" }, { "name": "e" }],
                "$setElementOrder/secrets": [{ "name": "e" }],
            }),
            "abce",
        ),
        (
            json!({
                "secrets": [{ "name": "e" }, { "$patch": "delete", "name": "a" }, { "name": "b" }],
                "$setElementOrder/secrets": [{ "name": "e" }, { "name": "f" }, { "name": "b" }],
            }),
            "cdeb",
        ),
    ] {
        assert_eq!(secrets(&patch), Ok(names.to_owned()), "{patch}");
    }
    assert_eq!(refused(strategic_of("ServiceAccount", &account(), &json!({ "secrets": [{ "kind": "Q" }] }))).0, 500);
    let unordered = json!({
        "secrets": [{ "name": "a" }, { "name": "b" }],
        "$setElementOrder/secrets": [{ "name": "b" }, { "name": "a" }],
    });
    assert_eq!(refused(strategic_of("ServiceAccount", &account(), &unordered)).0, 500);
    let service = json!({ "spec": { "ports": [{ "port": 80, "name": "a" }], "clusterIPs": ["x"] } });
    let patch =
        json!({ "spec": { "ports": [{ "port": 80, "targetPort": 8080 }, { "port": 81 }], "clusterIPs": ["y"] } });
    let patched = strategic_of("Service", &service, &patch).unwrap();
    assert_eq!(patched["spec"]["ports"], json!([{ "port": 80, "name": "a", "targetPort": 8080 }, { "port": 81 }]));
    assert_eq!(patched["spec"]["clusterIPs"], json!(["y"]));
}

fn any_json() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec![
        "secrets",
        "metadata",
        "finalizers",
        "name",
        "$patch",
        "$retainKeys",
        "a",
        "$setElementOrder/secrets",
        "$deleteFromPrimitiveList/finalizers",
    ]);
    let leaf =
        prop_oneof![Just(Value::Null), Just(json!("a")), Just(json!("delete")), Just(json!("replace")), Just(json!(1))];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_patch_brings_it_down(object in any_json(), patch in any_json()) {
        let _ = strategic_of("ServiceAccount", &object, &patch);
        let _ = json(&object, &bytes(&json!([patch])));
        let _ = merge(&object, &bytes(&patch));
    }

    #[test]
    fn patching_with_an_object_itself_changes_nothing(order in Just(vec!["a", "b", "c", "d"]).prop_shuffle()) {
        let account = json!({ "secrets": order.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>() });
        prop_assert_eq!(strategic_of("ServiceAccount", &account, &account).unwrap(), account);
    }
}
