use serde_json::json;

use super::*;

fn normalized(metadata: Value) -> Value {
    let mut object = Map::from_iter([("metadata".to_owned(), metadata)]);
    assert_eq!(normalize(&mut object, ""), Vec::<String>::new());
    object.remove("metadata").unwrap()
}

#[test]
fn nulls_and_empty_fields_go() {
    let metadata = json!({
        "name": "x", "generateName": "", "generation": 0, "deletionGracePeriodSeconds": 0, "labels": {},
        "annotations": null, "ownerReferences": [], "finalizers": [], "creationTimestamp": null,
    });
    assert_eq!(normalized(metadata), json!({"name": "x", "deletionGracePeriodSeconds": 0}));
    assert_eq!(normalized(json!(null)), json!({}));
}

#[test]
fn nulls_inside_are_what_go_reads_them_as() {
    let metadata = json!({"labels": {"a": null}, "finalizers": [null], "ownerReferences": [null]});
    let owner = json!({"apiVersion": "", "kind": "", "name": "", "uid": ""});
    assert_eq!(normalized(metadata), json!({"labels": {"a": ""}, "finalizers": [""], "ownerReferences": [owner]}));
}

/// Asked of a kube-apiserver 1.36.3 by posting objects with this metadata.
#[test]
fn what_go_cannot_read_is_said_in_its_words() {
    let field = |text: &str| format!("json: cannot unmarshal {text}");
    for (metadata, expected) in [
        (json!(5), field("number into Go value of type v1.ObjectMeta")),
        (json!({"name": 5}), field("number into Go struct field ObjectMeta.name of type string")),
        (json!({"uid": {}}), field("object into Go struct field ObjectMeta.uid of type types.UID")),
        (json!({"labels": 5}), field("number into Go struct field ObjectMeta.labels of type map[string]string")),
        (json!({"labels": []}), field("array into Go struct field ObjectMeta.labels of type map[string]string")),
        (json!({"labels": {"a": 1}}), field("number into Go struct field ObjectMeta.labels of type string")),
        (json!({"finalizers": "x"}), field("string into Go struct field ObjectMeta.finalizers of type []string")),
        (json!({"finalizers": [1]}), field("number into Go struct field ObjectMeta.finalizers of type string")),
        (json!({"generation": "a"}), field("string into Go struct field ObjectMeta.generation of type int64")),
        (json!({"generation": 1.5}), field("number 1.5 into Go struct field ObjectMeta.generation of type int64")),
        (
            json!({"deletionGracePeriodSeconds": true}),
            field("bool into Go struct field ObjectMeta.deletionGracePeriodSeconds of type int64"),
        ),
        (
            json!({"ownerReferences": {}}),
            field("object into Go struct field ObjectMeta.ownerReferences of type []v1.OwnerReference"),
        ),
        (
            json!({"ownerReferences": [5]}),
            field("number into Go struct field ObjectMeta.ownerReferences of type v1.OwnerReference"),
        ),
        (
            json!({"ownerReferences": [{"uid": 5}]}),
            field("number into Go struct field OwnerReference.ownerReferences.uid of type types.UID"),
        ),
        (
            json!({"ownerReferences": [{"controller": "x"}]}),
            field("string into Go struct field OwnerReference.ownerReferences.controller of type bool"),
        ),
        (
            json!({"managedFields": [{"operation": 5}]}),
            field(
                "number into Go struct field ManagedFieldsEntry.managedFields.operation of type \
                 v1.ManagedFieldsOperationType",
            ),
        ),
        (
            json!({"managedFields": [{"time": 5}]}),
            field("number into Go struct field ManagedFieldsEntry.managedFields.time of type string"),
        ),
        (
            json!({"creationTimestamp": 5}),
            field("number into Go struct field ObjectMeta.creationTimestamp of type string"),
        ),
        (
            json!({"creationTimestamp": "a"}),
            r#"parsing time "a" as "2006-01-02T15:04:05Z07:00": cannot parse "a" as "2006""#.to_owned(),
        ),
    ] {
        let object = json!({"metadata": metadata});
        assert_eq!(malformed(&Schema::default(), &object), Some(expected), "{metadata}");
    }
}

#[test]
fn good_metadata_is_not_malformed() {
    let metadata = json!({
        "name": "x", "labels": {"a": null}, "annotations": null, "generation": 1, "zzz": 5,
        "creationTimestamp": "2020-01-01T00:00:00+01:00", "managedFields": [{"fieldsV1": {}, "bar": 1}],
        "ownerReferences": [{"controller": true}],
    });
    assert_eq!(malformed(&Schema::default(), &json!({"metadata": metadata})), None);
    assert_eq!(malformed(&Schema::default(), &json!(5)), None);
}

/// Asked of a kube-apiserver 1.36.3 as well.
#[test]
fn embedded_metadata_is_named_with_its_path() {
    let schema = json!({"properties": {"spec": {"properties": {"emb": {"x-kubernetes-embedded-resource": true}}}}});
    let schema = Schema::parse(&schema).unwrap();
    for (embedded, expected) in [
        (
            json!({"metadata": 5}),
            "spec.emb.metadata: Invalid value: 5: json: cannot unmarshal number into Go value of type v1.ObjectMeta",
        ),
        (
            json!({"metadata": {"labels": {"a": 5}}}),
            "spec.emb.metadata: Invalid value: {\"labels\":{\"a\":5}}: json: cannot unmarshal number into Go struct \
             field ObjectMeta.labels of type string",
        ),
        (json!({"apiVersion": 5}), "spec.emb.apiVersion: Invalid value: 5: must be a string"),
    ] {
        let object = json!({"metadata": {"name": "x"}, "spec": {"emb": embedded}});
        assert_eq!(malformed(&schema, &object).as_deref(), Some(expected));
    }
}
