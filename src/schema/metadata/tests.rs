use super::*;

fn lines(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("{}: {}\n", finding.path, finding.message)).collect()
}

fn created(metadata: Value) -> String {
    let mut metadata = metadata;
    metadata["namespace"] = json!("a");
    lines(&validate(&metadata, true, NameRule::Subdomain, "metadata"))
}

fn updated(metadata: Value, old: Value) -> String {
    lines(&validate_update(&metadata, &old, "metadata"))
}

const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', \
                         and must start and end with an alphanumeric character (e.g. 'example.com', regex used for \
                         validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const KEY: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric \
                   character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
                   '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and \
                     must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', \
                     regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/// Each shows all owners, or the whole name: of thousands, gigabytes.
#[test]
fn what_shows_the_whole_is_told_some_times() {
    let owner = json!({"apiVersion": "v1", "kind": "Pod", "name": "a", "uid": "a", "controller": true});
    let owners = vec![owner; 20_000];
    let manager = json!({"manager": "\u{1}".repeat(100_000), "operation": "Apply"});
    let said = created(json!({"name": "a", "ownerReferences": owners, "managedFields": [manager]}));
    assert_eq!(said.matches("Only one reference").count(), WHOLE);
    assert_eq!(said.matches("invalid character U+0001").count(), WHOLE);
}

/// All expectations were asked of a kube-apiserver 1.36.3, by posting objects with this metadata.
#[test]
fn a_new_object_is_told_the_servers_words() {
    for (metadata, expected) in [
        (json!({"name": "x", "generateName": "A-"}), String::new()),
        (json!({"name": "UP"}), format!("metadata.name: Invalid value: \"UP\": {SUBDOMAIN}\n")),
        (json!({}), "metadata.name: Required value: name or generateName is required\n".to_owned()),
        (
            json!({"name": "x", "labels": {"": "", "-a": "ok", "/x": "y", "UP/x": "-y", "a/b/c": "x"}}),
            format!(
                "metadata.labels: Invalid value: \"\": name part must be non-empty\n\
                 metadata.labels: Invalid value: \"\": name part {KEY}\n\
                 metadata.labels: Invalid value: \"-a\": name part {KEY}\n\
                 metadata.labels: Invalid value: \"/x\": prefix part must be non-empty\n\
                 metadata.labels: Invalid value: \"UP/x\": prefix part {SUBDOMAIN}\n\
                 metadata.labels: Invalid value: \"-y\": {VALUE}\n\
                 metadata.labels: Invalid value: \"a/b/c\": a valid label key {KEY} with an optional DNS subdomain \
                 prefix and '/' (e.g. 'example.com/MyName')\n"
            ),
        ),
        (
            json!({"name": "x", "annotations": {"UP/x": "ok", "a b": "x"}}),
            format!("metadata.annotations: Invalid value: \"a b\": name part {KEY}\n"),
        ),
        (
            json!({"name": "x", "annotations": {"a": "x".repeat(262_144)}}),
            "metadata.annotations: Too long: may not be more than 262144 bytes\n".to_owned(),
        ),
        (
            json!({"name": "x", "finalizers": ["a b", "x", "foregroundDeletion", "orphan"]}),
            format!(
                "metadata.finalizers: Invalid value: \"a b\": name part {KEY}\n\
                 metadata.finalizers: Invalid value: [\"a b\",\"x\",\"foregroundDeletion\",\"orphan\"]: finalizer \
                 orphan and foregroundDeletion cannot be both set\n"
            ),
        ),
        (
            json!({"name": "x", "ownerReferences": [{"apiVersion": "a/b/c", "kind": "", "name": "", "uid": ""}]}),
            "metadata.ownerReferences.apiVersion: Invalid value: \"a/b/c\": version must not be empty\n\
             metadata.ownerReferences.kind: Invalid value: \"\": must not be empty\n\
             metadata.ownerReferences.name: Invalid value: \"\": must not be empty\n\
             metadata.ownerReferences.uid: Invalid value: \"\": must not be empty\n"
                .to_owned(),
        ),
    ] {
        assert_eq!(created(metadata), expected);
    }
}

/// Asked of a kube-apiserver 1.36.3 as well.
#[test]
fn events_own_nothing_and_only_one_owner_controls() {
    let owner = |kind: &str| json!({"apiVersion": "v1", "kind": kind, "name": "e", "uid": "u", "controller": true});
    let mut event = owner("Event");
    event["blockOwnerDeletion"] = json!(true);
    insta::assert_snapshot!(created(json!({"name": "x", "ownerReferences": [event, owner("Pod")]})), @r#"
    metadata.ownerReferences: Invalid value: {"apiVersion":"v1","kind":"Event","name":"e","uid":"u","controller":true,"blockOwnerDeletion":true}: /v1, Kind=Event is disallowed from being an owner
    metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"Event","name":"e","uid":"u","controller":true,"blockOwnerDeletion":true},{"apiVersion":"v1","kind":"Pod","name":"e","uid":"u","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for Event/e and Pod/e
    "#);
}

#[test]
fn namespaces_are_for_kinds_that_have_them() {
    let findings = |metadata: Value, namespaced| lines(&validate(&metadata, namespaced, NameRule::Label, "metadata"));
    assert_eq!(findings(json!({"name": "x"}), true), "metadata.namespace: Required value\n");
    assert_eq!(findings(json!({"name": "x", "namespace": "a"}), true), "");
    assert_eq!(
        findings(json!({"name": "x", "namespace": "a.b"}), true),
        "metadata.namespace: Invalid value: \"a.b\": must not contain dots\n"
    );
    assert_eq!(
        findings(json!({"name": "x", "namespace": "a"}), false),
        "metadata.namespace: Forbidden: not allowed on this type\n"
    );
    assert_eq!(findings(json!({"name": "x"}), false), "");
}

#[test]
fn what_identifies_an_object_stays() {
    let old = json!({"name": "x", "namespace": "a", "uid": "1", "resourceVersion": "1", "generation": 2});
    assert_eq!(updated(old.clone(), old.clone()), "");
    let new = json!({"name": "y", "namespace": "a", "uid": "2", "generation": 1});
    insta::assert_snapshot!(updated(new, old), @r#"
    metadata.resourceVersion: Invalid value: "": must be specified for an update
    metadata.generation: Invalid value: 1: must not be decremented
    metadata.name: Invalid value: "y": field is immutable
    metadata.uid: Invalid value: "2": field is immutable
    "#);
}

#[test]
fn what_is_being_deleted_gets_no_new_finalizers() {
    let old =
        json!({"resourceVersion": "1", "deletionTimestamp": "2020-01-01T00:00:00Z", "finalizers": ["a/b", "a/c"]});
    let with = |finalizers: Value| {
        let mut new = old.clone();
        new["finalizers"] = finalizers;
        updated(new, old.clone())
    };
    assert_eq!(with(json!(["a/b"])), "");
    assert_eq!(
        with(json!(["a/b", "x/z", "x/y"])),
        "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new \
         finalizers []string{\"x/y\", \"x/z\"}\n"
    );
}

#[test]
fn managed_fields_are_checked() {
    let entry = json!({"manager": "m\n", "operation": "X", "fieldsType": "F", "subresource": "s".repeat(257)});
    insta::assert_snapshot!(created(json!({"name": "x", "managedFields": [entry]})), @r#"
    metadata.managedFields[0].operation: Invalid value: "X": must be `Apply` or `Update`
    metadata.managedFields[0].fieldsType: Invalid value: "F": must be `FieldsV1`
    metadata.managedFields[0].manager: Invalid value: "m\n": invalid character U+000A (at position 1)
    metadata.managedFields[0].subresource: Too long: may not be more than 256 bytes
    "#);
    assert_eq!(
        lines(&field_manager(&"m".repeat(129), "fieldManager")),
        "fieldManager: Too long: may not be more than 128 bytes\n"
    );
}

#[test]
fn fields_of_a_wrong_type_are_not_looked_at() {
    let metadata = json!({
        "name": 5, "labels": [1], "annotations": {"a": 1}, "ownerReferences": [1], "finalizers": {}, "managedFields": "x",
    });
    assert!(validate(&metadata, true, NameRule::Subdomain, "metadata").len() > 1);
    assert!(!validate(&json!(5), true, NameRule::Subdomain, "metadata").is_empty());
}

#[test]
fn labels_and_subdomains_are_told_apart() {
    assert!(dns_label("1-a").is_empty());
    assert_eq!(dns_label("a.b"), ["must not contain dots"]);
    assert_eq!(dns_label(&"A".repeat(64)).len(), 2);
    assert!(dns_subdomain("1.a-b").is_empty());
    assert_eq!(dns_subdomain("a..b").len(), 1);
    assert!(dns_label_1035("a1").is_empty());
    let said = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
    assert_eq!(dns_label_1035("1a"), [said]);
}

#[test]
fn names_may_have_one_prefix() {
    assert!(qualified_name("a.b/C_d").is_empty());
    assert_eq!(qualified_name("/x"), ["prefix part must be non-empty"]);
    assert_eq!(qualified_name("x/").len(), 2);
    assert!(qualified_name("a/b/c")[0].starts_with("a valid label key must consist"));
    assert!(label_value("").is_empty());
    assert_eq!(label_value("a b").len(), 1);
}
