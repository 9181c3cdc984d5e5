//! Expectations as kube-apiserver 1.36 answers to `Accept: application/json;as=Table;v=v1;g=meta.k8s.io`.

use serde_json::json;

use super::*;
use crate::local::api::builtin;
use crate::local::api::crd::resource_of_crd;

fn now() -> Timestamp {
    "2026-11-23T17:31:00Z".parse().unwrap()
}

fn widgets(columns: &[(&str, &str)]) -> Resource {
    let columns: Vec<Value> =
        columns.iter().map(|(kind, path)| json!({ "name": "C", "type": kind, "jsonPath": path })).collect();
    let schema = json!({ "openAPIV3Schema": { "type": "object" } });
    let version = json!({
        "name": "v1", "served": true, "storage": true, "schema": schema, "additionalPrinterColumns": columns,
    });
    let crd = json!({ "spec": { "group": "f.example.com", "names": { "kind": "Widget", "plural": "widgets" }, "versions": [version] } });
    resource_of_crd(&crd).unwrap().remove(0)
}

fn cells(resource: &Resource, object: &Value) -> Value {
    let printer = Printer::new(resource, Include::None, "v1");
    printer.table(std::slice::from_ref(object), json!({}), true, now())["rows"][0]["cells"].clone()
}

const COLUMNS: [(&str, &str); 19] = [
    ("integer", ".spec.replicas"),
    ("string", ".spec.replicas"),
    ("string", ".spec.list"),
    ("string", ".spec.list[1]"),
    ("string", ".spec.list[*]"),
    ("number", ".spec.n"),
    ("boolean", ".spec.b"),
    ("string", ".spec.b"),
    ("date", ".spec.t"),
    ("string", r#".status.conditions[?(@.type=="Ready")].status"#),
    ("string", ".spec.n"),
    ("integer", ".spec.n"),
    ("number", ".spec.replicas"),
    ("integer", ".spec.host"),
    ("string", ".spec.any"),
    ("string", r".metadata.labels.a\.b/c"),
    ("string", ".metadata.labels['a.b/c']"),
    ("string", "..host"),
    ("date", ".metadata.creationTimestamp"),
];

#[test]
fn columns_of_custom_resources_show_what_is_at_their_paths() {
    let resource = widgets(&COLUMNS);
    let full = json!({
        "metadata": { "name": "a", "labels": { "a.b/c": "lab" }, "creationTimestamp": "2026-11-23T17:30:59Z" },
        "spec": {
            "replicas": 3, "host": "h", "list": [1, 2, 3], "n": 1.5, "b": true, "t": "2020-01-01T00:00:00Z",
            "any": { "x": [1, "a", { "y": null }] },
        },
        "status": { "conditions": [{ "type": "Foo", "status": "x" }, { "type": "Ready", "status": "True" }] },
    });
    let shown = json!([
        "a",
        3,
        "3",
        "[1,2,3]",
        "2",
        "1",
        1.5,
        true,
        "true",
        "6y328d",
        "True",
        "1.5",
        1,
        3,
        null,
        r#"{"x":[1,"a",{"y":null}]}"#,
        "lab",
        "lab",
        "h",
        "1s"
    ]);
    assert_eq!(cells(&resource, &full), shown);
    let mut nothing = vec![Value::Null; COLUMNS.len()];
    nothing.insert(0, "b".into());
    assert_eq!(cells(&resource, &json!({ "metadata": { "name": "b" }, "spec": {} })), Value::Array(nothing));
    let odd = json!({ "metadata": { "name": "c" }, "spec": { "t": "bad", "n": 1e21, "list": [], "any": "str" } });
    let odd = cells(&resource, &odd);
    assert_eq!(
        (&odd[3], &odd[4], &odd[9], &odd[11], &odd[15]),
        (&json!("[]"), &Value::Null, &json!("<invalid>"), &json!("1e+21"), &json!("str"))
    );
}

#[test]
fn paths_are_read_or_show_nothing() {
    let object =
        json!({ "metadata": { "name": "a" }, "a": [{ "k": 1, "v": "x" }, { "k": 2, "v": "y" }], "m": { "p": "q" } });
    let show = |path: &str| cells(&widgets(&[("string", path)]), &object)[1].clone();
    assert_eq!(show(".a[-1].v"), "y");
    assert_eq!(show(".a[?(@.k==2)].v"), "y");
    assert_eq!(show(".m.*"), "q");
    assert_eq!(show(".a[*].v"), "x");
    assert_eq!(show(".a[7].v"), Value::Null);
    assert_eq!(show(".a[?(@.k>1)].v"), "y");
    assert_eq!(show(".a["), Value::Null);
    assert_eq!(show(&format!(".a[?{}", "(".repeat(100_000))), Value::Null);
    assert_eq!(show(&format!(".a{}", "[*]".repeat(100_000))), Value::Null);
    assert_eq!(show(".a.b.c"), Value::Null);
}

#[test]
fn a_table_has_its_columns_rows_and_metadata() {
    let resource = widgets(&[("string", ".spec.host")]);
    let object = json!({ "apiVersion": "f.example.com/v1", "kind": "Widget", "metadata": { "name": "a" }, "spec": {} });
    let table = |include, headers| {
        let printer = Printer::new(&resource, include, "v1");
        printer.table(std::slice::from_ref(&object), json!({ "resourceVersion": "7" }), headers, now())
    };
    let metadata = table(Include::Metadata, true);
    assert_eq!((&metadata["kind"], &metadata["apiVersion"]), (&json!("Table"), &json!("meta.k8s.io/v1")));
    assert_eq!(metadata["metadata"], json!({ "resourceVersion": "7" }));
    assert_eq!(
        metadata["columnDefinitions"][1],
        json!({
            "name": "C", "type": "string", "format": "", "priority": 0,
            "description": "Custom resource definition column (in JSONPath format): .spec.host",
        })
    );
    assert_eq!(metadata["columnDefinitions"][0]["format"], "name");
    let partial =
        json!({ "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": { "name": "a" } });
    assert_eq!(metadata["rows"], json!([{ "cells": ["a", null], "object": partial }]));
    assert_eq!(table(Include::None, true)["rows"][0]["object"], Value::Null);
    assert_eq!(table(Include::Object, false)["rows"][0]["object"], object);
    assert_eq!(table(Include::Object, false)["columnDefinitions"], Value::Null);
    assert_eq!(Include::parse(None), Ok(Include::Metadata));
    assert!(
        Include::parse(Some("Foo")).unwrap_err().message.ends_with("must be 'Metadata', 'Object', 'None', or empty")
    );
}

fn builtin(group: &str, kind: &str) -> Resource {
    builtin::resources().into_iter().find(|resource| resource.kind == kind && resource.group == group).unwrap()
}

#[test]
fn kinds_that_are_built_in_look_as_they_do_in_a_real_cluster() {
    let metadata = json!({ "name": "x", "creationTimestamp": "2026-11-23T17:30:00Z" });
    let show = |group: &str, kind: &str, fields: Value| {
        let mut object = fields;
        object["metadata"] = metadata.clone();
        cells(&builtin(group, kind), &object)
    };
    assert_eq!(show("", "Namespace", json!({ "status": { "phase": "Active" } })), json!(["x", "Active", "60s"]));
    let data = json!({ "data": { "a": "1" }, "binaryData": { "b": "", "c": "" } });
    assert_eq!(show("", "ConfigMap", data.clone()), json!(["x", 3, "60s"]));
    assert_eq!(show("", "Secret", json!({ "type": "Opaque", "data": { "a": "" } })), json!(["x", "Opaque", 1, "60s"]));
    assert_eq!(show("", "ServiceAccount", json!({})), json!(["x", "60s"]));
    assert_eq!(
        show("coordination.k8s.io", "Lease", json!({ "spec": { "holderIdentity": "h" } })),
        json!(["x", "h", "60s"])
    );
    assert_eq!(
        show("apiextensions.k8s.io", "CustomResourceDefinition", json!({})),
        json!(["x", "2026-11-23T17:30:00Z"])
    );
    let service = json!({ "spec": {
        "type": "ClusterIP", "clusterIPs": ["10.0.0.1"], "ports": [{ "port": 443, "protocol": "TCP" }, { "port": 80, "nodePort": 30000, "protocol": "UDP" }],
        "selector": { "a": "b", "c": "d" },
    }});
    assert_eq!(
        show("", "Service", service),
        json!(["x", "ClusterIP", "10.0.0.1", "<none>", "443/TCP,80:30000/UDP", "60s", "a=b,c=d"])
    );
    let balanced = json!({ "spec": { "type": "LoadBalancer" }, "status": { "loadBalancer": { "ingress": [{ "hostname": "h" }, { "ip": "1.2.3.4" }] } } });
    assert_eq!(
        show("", "Service", balanced),
        json!(["x", "LoadBalancer", "<none>", "1.2.3.4,h", "<none>", "60s", "<none>"])
    );
    let endpoints = json!({ "addressType": "IPv4", "ports": [{ "port": 80 }, { "name": "n" }, {}], "endpoints": [
        { "addresses": ["1.1.1.1", "1.1.1.2"] }, { "addresses": ["1.1.1.3", "1.1.1.4", "1.1.1.5"] },
    ]});
    assert_eq!(
        show("discovery.k8s.io", "EndpointSlice", endpoints),
        json!(["x", "IPv4", "80,n,*", "1.1.1.1,1.1.1.2,1.1.1.3 + 2 more...", "60s"])
    );
    assert_eq!(show("discovery.k8s.io", "EndpointSlice", json!({})), json!(["x", "", "<unset>", "<unset>", "60s"]));
}

#[test]
fn both_kinds_of_events_look_the_same() {
    let old = json!({
        "metadata": { "name": "e" }, "type": "Normal", "reason": "R", "message": " m ", "count": 3,
        "involvedObject": { "kind": "Pod", "name": "p", "fieldPath": "f" }, "source": { "component": "c", "host": "h" },
        "firstTimestamp": "2026-11-23T17:29:00Z", "lastTimestamp": "2026-11-23T17:30:00Z",
    });
    let shown = json!(["60s", "Normal", "R", "pod/p", "f", "c, h", "m", "2m", 3, "e"]);
    assert_eq!(cells(&builtin("", "Event"), &old), shown);
    let newer = builtin("events.k8s.io", "Event");
    let mut converted = old.clone();
    builtin::to_served(&newer, &mut converted);
    assert_eq!(converted["regarding"]["name"], "p");
    assert_eq!(cells(&newer, &converted), shown);
    builtin::to_stored(&newer, &mut converted);
    assert_eq!((converted["apiVersion"].take(), converted["message"].take()), (json!("v1"), json!(" m ")));
    let series = json!({
        "metadata": { "name": "e" }, "eventTime": "2026-11-23T17:30:30.000000Z", "involvedObject": { "kind": "Pod" },
        "reportingComponent": "c", "series": { "count": 7, "lastObservedTime": "2026-11-23T17:30:50.000000Z" },
    });
    assert_eq!(cells(&builtin("", "Event"), &series), json!(["10s", "", "", "pod", "", "c", "", "30s", 7, "e"]));
    let bare = json!({ "metadata": { "name": "e" } });
    assert_eq!(cells(&builtin("", "Event"), &bare), json!(["<unknown>", "", "", "", "", "", "", "<unknown>", 1, "e"]));
}
