//! Expectations as kube-apiserver 1.36 answers, with `dryRun=All`, to the same objects.

use serde_json::json;

use super::*;
use crate::schema::ListType;

fn kind(group: &str, kind: &str) -> Resource {
    resources().into_iter().find(|resource| resource.kind == kind && resource.group == group).unwrap()
}

fn prepared(of: &Resource, mut new: Value, old: Option<Value>) -> Result<Value, Vec<String>> {
    decode(of, &mut new).map_err(|failure| vec![failure.message])?;
    to_stored(of, &mut new);
    match prepare(of, &mut new, old.as_ref()) {
        Ok(()) => Ok(new),
        Err(causes) => Err(causes.into_iter().map(|cause| format!("{}: {}", cause.field, cause.message)).collect()),
    }
}

fn core(of: &str, new: Value) -> Result<Value, Vec<String>> {
    prepared(&kind("", of), new, None)
}

#[test]
fn every_kind_has_a_schema_columns_and_names() {
    for resource in resources() {
        assert!(Schema::parse(&resource.schema.source).is_ok(), "{}", resource.kind);
        assert!(resource.schema.properties.contains_key("metadata"), "{}", resource.kind);
        assert!(resource.columns.iter().all(|column| !column.description.is_empty()), "{}", resource.kind);
    }
    let names: Vec<String> = resources().iter().map(Resource::qualified).collect();
    assert_eq!(names.len(), 12);
    assert!(
        names.is_sorted_by_key(|name| name
            .split_once('.')
            .map_or(("", name.as_str()), |(plural, group)| (group, plural)))
    );
}

#[test]
fn schemas_say_how_fields_are_merged() {
    let service = kind("", "Service");
    let spec = &service.schema.properties["spec"];
    assert_eq!(spec.properties["ports"].list, ListType::Map(vec!["port".to_owned(), "protocol".to_owned()]));
    assert!(spec.properties["selector"].atomic_map);
    assert_eq!(spec.properties["clusterIPs"].list, ListType::Atomic);
    assert!(spec.properties["ports"].items.as_ref().unwrap().properties["targetPort"].int_or_string);
    let metadata = &service.schema.properties["metadata"];
    assert_eq!(metadata.properties["finalizers"].list, ListType::Set);
    assert_eq!(metadata.properties["ownerReferences"].list, ListType::Map(vec!["uid".to_owned()]));
    let managed = metadata.properties["managedFields"].items.as_ref().unwrap();
    assert!(managed.properties["fieldsV1"].preserve_unknown);
    let crd = kind("apiextensions.k8s.io", "CustomResourceDefinition");
    let version = crd.schema.properties["spec"].properties["versions"].items.as_ref().unwrap();
    let schema = &version.properties["schema"].properties["openAPIV3Schema"];
    assert!(schema.properties["default"].preserve_unknown);
    assert!(schema.properties["properties"].additional.as_ref().unwrap().preserve_unknown);
    assert_eq!(schema.source.get("required"), None);
}

#[test]
fn values_of_the_wrong_type_are_refused_as_go_does() {
    let refused = |of: &str, fields: Value| core(of, fields).unwrap_err().concat();
    let service = |why: &str| format!("Service in version \"v1\" cannot be handled as a Service: {why}");
    let field = |field: &str| service(&format!("json: cannot unmarshal {field}"));
    for (spec, why) in [
        (json!({ "ports": "x" }), "string into Go struct field ServiceSpec.spec.ports of type []v1.ServicePort"),
        (
            json!({ "ports": [{ "port": "x" }] }),
            "string into Go struct field ServicePort.spec.ports.port of type int32",
        ),
        (json!("x"), "string into Go struct field Service.spec of type v1.ServiceSpec"),
        (json!({ "selector": { "a": 1 } }), "number into Go struct field ServiceSpec.spec.selector of type string"),
        (json!({ "selector": [] }), "array into Go struct field ServiceSpec.spec.selector of type map[string]string"),
        (
            json!({ "publishNotReadyAddresses": "x" }),
            "string into Go struct field ServiceSpec.spec.publishNotReadyAddresses of type bool",
        ),
        (
            json!({ "ports": [{ "port": 80, "targetPort": true }] }),
            "bool into Go struct field ServicePort.spec.ports.targetPort of type int32",
        ),
    ] {
        assert_eq!(refused("Service", json!({ "spec": spec })), field(why));
    }
    assert_eq!(
        refused("Service", json!({ "metadata": 1 })),
        field("number into Go struct field Service.metadata of type v1.ObjectMeta")
    );
    let base64 = "Secret in version \"v1\" cannot be handled as a Secret: illegal base64 data at input byte 0";
    assert_eq!(refused("Secret", json!({ "data": { "a": "!!" } })), base64);
    assert!(refused("ConfigMap", json!({ "metadata": { "creationTimestamp": "bad" } })).contains("parsing time"));
}

#[test]
fn what_go_does_not_keep_is_dropped() {
    let kept = core(
        "ConfigMap",
        json!({ "metadata": { "name": "x", "labels": {}, "finalizers": [] }, "data": { "a": null }, "binaryData": {}, "immutable": null }),
    );
    assert_eq!(kept, Ok(json!({ "metadata": { "name": "x" }, "data": { "a": "" } })));
}

#[test]
fn config_maps_have_keys_that_are_file_names() {
    let key = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or \
               'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
    let wrong =
        core("ConfigMap", json!({ "data": { "a/b": "", "c": "" }, "binaryData": { "c": "aGk=" } })).unwrap_err();
    assert_eq!(
        wrong,
        [
            format!("data[a/b]: Invalid value: \"a/b\": {key}"),
            "data[c]: Invalid value: \"c\": duplicate of key present in binaryData".to_owned()
        ]
    );
    let large = core("ConfigMap", json!({ "data": { "a": "b".repeat(1_048_577) } })).unwrap_err();
    assert_eq!(large, ["[]: Too long: may not be more than 1048576 bytes"]);
    assert!(core("ConfigMap", json!({ "data": { "a": "b".repeat(1_048_576) } })).is_ok());
    let old = json!({ "immutable": true, "data": { "a": "b" }, "binaryData": { "q": "aGk=" } });
    let frozen = "Forbidden: field is immutable when `immutable` is set";
    assert_eq!(
        prepared(&kind("", "ConfigMap"), json!({ "data": { "a": "c" } }), Some(old.clone())).unwrap_err(),
        ["immutable", "data", "binaryData"].map(|field| format!("{field}: {frozen}"))
    );
    assert!(prepared(&kind("", "ConfigMap"), old.clone(), Some(old)).is_ok());
}

#[test]
fn secrets_have_a_type_and_what_it_asks_for() {
    let made = core("Secret", json!({ "data": { "a": "aGk=" }, "stringData": { "a": "x", "b": "ü" } })).unwrap();
    assert_eq!(made, json!({ "type": "Opaque", "data": { "a": "eA==", "b": "w7w=" } }));
    let of = |kind: &str, data: Value| core("Secret", json!({ "type": kind, "data": data })).err().unwrap_or_default();
    let needs = |keys: &[&str]| keys.iter().map(|key| format!("data[{key}]: Required value")).collect::<Vec<_>>();
    assert_eq!(of("kubernetes.io/tls", json!({})), needs(&["tls.crt", "tls.key"]));
    assert_eq!(of("kubernetes.io/tls", json!({ "tls.crt": "", "tls.key": "" })), needs(&[]));
    assert_eq!(of("kubernetes.io/basic-auth", json!({})), needs(&["username", "password"]));
    assert_eq!(of("kubernetes.io/ssh-auth", json!({ "ssh-privatekey": "" })), needs(&["ssh-privatekey"]));
    assert_eq!(of("kubernetes.io/dockerconfigjson", json!({})), needs(&[".dockerconfigjson"]));
    assert_eq!(of("kubernetes.io/dockerconfigjson", json!({ ".dockerconfigjson": "e30=" })), needs(&[]));
    let redacted =
        "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": unexpected end of JSON input";
    assert_eq!(of("kubernetes.io/dockerconfigjson", json!({ ".dockerconfigjson": "" })), [redacted]);
    let token = "metadata.annotations[kubernetes.io/service-account.name]: Required value";
    assert_eq!(of("kubernetes.io/service-account-token", json!({})), [token]);
    let changed = prepared(&kind("", "Secret"), json!({ "type": "my/type" }), Some(json!({ "type": "Opaque" })));
    assert_eq!(changed.unwrap_err(), ["type: Invalid value: \"my/type\": field is immutable"]);
}

#[test]
fn namespaces_are_active_and_named_by_a_label() {
    let made = core("Namespace", json!({ "metadata": { "name": "n" }, "status": { "phase": "Terminating" } })).unwrap();
    assert_eq!(
        made,
        json!({
            "metadata": { "name": "n", "labels": { "kubernetes.io/metadata.name": "n" } },
            "spec": { "finalizers": ["kubernetes"] }, "status": { "phase": "Active" },
        })
    );
    let mut old = made.clone();
    old["status"]["phase"] = json!("Terminating");
    let updated = prepared(&kind("", "Namespace"), json!({ "metadata": { "name": "n" } }), Some(old)).unwrap();
    assert_eq!((&updated["status"]["phase"], &updated["spec"]), (&json!("Terminating"), &made["spec"]));
}

#[test]
fn the_remaining_kinds_have_few_rules() {
    let account = core("ServiceAccount", json!({ "secrets": [{ "name": "a", "kind": "x" }] })).unwrap();
    assert_eq!(account["secrets"], json!([{ "name": "a" }]));
    let lease = kind("coordination.k8s.io", "Lease");
    let wrong =
        prepared(&lease, json!({ "spec": { "leaseDurationSeconds": 0, "leaseTransitions": -1 } }), None).unwrap_err();
    assert_eq!(
        wrong,
        [
            "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0",
            "spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0",
        ]
    );
    let slice = kind("discovery.k8s.io", "EndpointSlice");
    let made = prepared(
        &slice,
        json!({ "addressType": "IPv4", "endpoints": [{ "addresses": ["127.0.0.1"] }], "ports": [{ "port": 80 }] }),
        None,
    );
    let made = made.unwrap();
    assert_eq!(made["ports"], json!([{ "name": "", "protocol": "TCP", "port": 80 }]));
    assert_eq!(made["endpoints"], json!([{ "addresses": ["127.0.0.1"], "conditions": {} }]));
    let bad = json!({ "endpoints": [{ "addresses": [] }], "ports": [{}, { "protocol": "X" }] });
    assert_eq!(
        prepared(&slice, bad, Some(made)).unwrap_err(),
        [
            "addressType: Required value",
            "ports[1].name: Duplicate value: \"\"",
            "ports[1].protocol: Unsupported value: \"X\": supported values: \"SCTP\", \"TCP\", \"UDP\"",
            "endpoints[0].addresses: Required value: must contain at least 1 address",
            "addressType: Invalid value: null: field is immutable",
        ]
    );
    let six =
        prepared(&slice, json!({ "addressType": "IPv6", "endpoints": [{ "addresses": ["1.2.3.4", "x"] }] }), None)
            .unwrap_err();
    assert_eq!(six[0], "endpoints[0].addresses: Invalid value: \"1.2.3.4\": must be an IPv6 address");
    assert!(six[1].starts_with("endpoints[0].addresses[1]: Invalid value: \"x\": must be a valid IP address"));
}

#[test]
fn events_are_checked_by_the_api_that_they_are_written_in() {
    let (old, new) = (kind("", "Event"), kind("events.k8s.io", "Event"));
    assert_eq!((stored_as(&old), stored_as(&new)), ("events".to_owned(), "events".to_owned()));
    let of = |event: Value| {
        let mut event = event;
        event["metadata"] = json!({ "name": "e", "namespace": "n" });
        event
    };
    let made = prepared(&old, of(json!({ "involvedObject": { "namespace": "n" } })), None).unwrap();
    assert_eq!((&made["source"], &made["reportingComponent"]), (&json!({}), &json!("")));
    let apart = prepared(&old, of(json!({ "involvedObject": { "namespace": "m" } })), None).unwrap_err();
    assert_eq!(apart, ["involvedObject.namespace: Invalid value: \"m\": does not match event.namespace"]);
    let moment = "2026-01-01T00:00:00.000000Z";
    let timed = json!({ "eventTime": moment, "regarding": { "namespace": "n" }, "reportingController": "a", "reportingInstance": "i",
        "action": "A", "reason": "R", "note": "m", "type": "Normal" });
    let made = prepared(&new, of(timed), None).unwrap();
    assert_eq!(
        (&made["message"], &made["involvedObject"], &made["apiVersion"]),
        (&json!("m"), &json!({ "namespace": "n" }), &json!("v1"))
    );
    let strict =
        of(json!({ "regarding": { "namespace": "n" }, "type": "Foo", "deprecatedCount": 3, "series": { "count": 1 } }));
    assert_eq!(
        prepared(&new, strict, None).unwrap_err(),
        [
            "series.count: Invalid value: \"\": should be at least 2",
            "series.lastObservedTime: Required value",
            "eventTime: Required value",
            "type: Invalid value: \"\": has invalid value: Foo",
            "count: Invalid value: \"\": needs to be unset",
        ]
    );
    let bare =
        prepared(&old, of(json!({ "eventTime": moment, "involvedObject": { "namespace": "n" } })), None).unwrap_err();
    assert_eq!(bare[0], "reportingComponent: Required value");
    assert_eq!(bare[3..], ["reportingInstance", "action", "reason"].map(|field| format!("{field}: Required value")));
}

#[test]
fn generations_are_counted_where_a_real_server_does() {
    let counted: Vec<String> =
        resources().iter().filter(|resource| has_generation(resource)).map(|resource| resource.kind.clone()).collect();
    assert_eq!(counted, ["CustomResourceDefinition", "EndpointSlice"]);
}
