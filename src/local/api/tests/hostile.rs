//! Requests that mean no good: none of them may bring the server down, or make it answer for itself.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;

const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"];

const PATHS: [&str; 26] = [
    "/api/v1/namespaces/n/configmaps",
    "/api/v1/namespaces/n/configmaps/a",
    "/api/v1/namespaces/n/configmaps/b",
    "/api/v1/namespaces/n/secrets/s",
    "/api/v1/namespaces/n/services/s",
    "/api/v1/namespaces/n/services/s/status",
    "/api/v1/namespaces/n/events",
    "/apis/events.k8s.io/v1/namespaces/n/events/e",
    "/api/v1/namespaces/n",
    "/api/v1/namespaces/n/finalize",
    "/api/v1/namespaces",
    "/apis/coordination.k8s.io/v1/namespaces/n/leases/l",
    "/apis/discovery.k8s.io/v1/namespaces/n/endpointslices",
    "/apis/g.io/v1/namespaces/n/widgets",
    "/apis/g.io/v1/namespaces/n/widgets/w",
    "/apis/g.io/v1/namespaces/n/widgets/w/status",
    "/apis/g.io/v1/namespaces/n/widgets/w/scale",
    "/apis/g.io/v1/widgets",
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.g.io",
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.g.io/status",
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    "/api/v1/namespaces/%2e%2e/configmaps/%00",
    "/openapi/v3/apis/g.io/v1",
    "/readyz",
    "/%ff//%2f?",
];

const QUERIES: [&str; 16] = [
    "",
    "",
    "",
    "?dryRun=All",
    "?fieldManager=m",
    "?fieldManager=m&force=true",
    "?fieldValidation=Strict&fieldManager=%00",
    "?limit=1",
    "?limit=99999999999999999999",
    "?continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6OTIyMzM3MjAzNjg1NDc3NTgwNywic3RhcnQiOiIvIn0",
    "?resourceVersion=-1",
    "?labelSelector=a%20in%20(((&limit=1",
    "?fieldSelector=%FF%3D%3D%3D",
    "?includeObject=Nothing",
    "?propagationPolicy=Orphan&orphanDependents=1",
    "?pretty=%",
];

const MEDIA: [&str; 7] = [
    "application/json",
    "application/merge-patch+json",
    "application/json-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
    "application/yaml",
    "application/vnd.kubernetes.protobuf",
];

const FIELDS: [&str; 40] = [
    "apiVersion",
    "kind",
    "metadata",
    "name",
    "namespace",
    "generateName",
    "uid",
    "resourceVersion",
    "generation",
    "labels",
    "annotations",
    "finalizers",
    "ownerReferences",
    "managedFields",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "creationTimestamp",
    "spec",
    "status",
    "data",
    "binaryData",
    "stringData",
    "ports",
    "port",
    "replicas",
    "set",
    "versions",
    "schema",
    "openAPIV3Schema",
    "properties",
    "conditions",
    "$patch",
    "$retainKeys",
    "$setElementOrder/finalizers",
    "$deleteFromPrimitiveList/finalizers",
    "op",
    "path",
    "from",
    "value",
    "fieldsV1",
];

const TEXTS: [&str; 16] = [
    "",
    "a",
    "w",
    "a/b",
    "A_b",
    "../..",
    "\u{0}",
    "%s",
    "delete",
    "replace",
    "add",
    "/metadata/finalizers/-",
    "FieldsV1",
    "v1",
    "99999999999999999999",
    "2026-11-23T17:00:00Z",
];

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop::sample::select(&[0, 1, -1, i64::MAX, i64::MIN, 80][..]).prop_map(Value::from),
        prop::sample::select(&[0.5, 1e300, -1e-300][..]).prop_map(Value::from),
        prop::sample::select(&TEXTS[..]).prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 24, 4, |inner| {
        let name = prop::sample::select(&FIELDS[..]).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..5).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Something that says what it is, so that more than its beginning is read.
fn object() -> impl Strategy<Value = Value> {
    let kinds = [
        ("v1", "ConfigMap", "a"),
        ("v1", "Secret", "s"),
        ("v1", "Service", "s"),
        ("v1", "Namespace", "n"),
        ("v1", "Event", "e"),
        ("events.k8s.io/v1", "Event", "e"),
        ("coordination.k8s.io/v1", "Lease", "l"),
        ("g.io/v1", "Widget", "w"),
        ("autoscaling/v1", "Scale", "w"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition", "widgets.g.io"),
    ];
    let parts = (value(), value(), value(), value());
    (prop::sample::select(kinds.to_vec()), parts).prop_map(|((version, kind, name), (metadata, spec, status, data))| {
        let mut object = json!({
            "apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec, "status": status, "data": data,
        });
        if object["metadata"].is_object() {
            object["metadata"]["name"] = name.into();
        }
        object
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let text = |value: Value| value.to_string().into_bytes();
    let operation = prop::collection::vec(value(), 0..3).prop_map(Value::from);
    prop_oneof![
        4 => object().prop_map(text),
        2 => value().prop_map(text),
        1 => operation.prop_map(text),
        1 => prop::collection::vec(any::<u8>(), 0..40),
        1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| [b"k8s\0".to_vec(), bytes].concat()),
    ]
}

type Asked = (&'static str, &'static str, &'static str, &'static str, Vec<u8>);

fn request() -> impl Strategy<Value = Asked> {
    let one = |all: &'static [&'static str]| prop::sample::select(all);
    (one(&METHODS), one(&PATHS), one(&QUERIES), one(&MEDIA), body())
}

/// What a real server says too when its own code meets what it did not expect.
fn is_unexpected_there_too(answer: &Value) -> bool {
    answer["kind"] == "Status" && answer.get("reason").is_none()
}

#[test]
fn nothing_that_is_asked_is_the_servers_fault() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let mut runner = TestRunner::new(Config { cases: 96, failure_persistence: None, ..Config::default() });
    let requests = prop::collection::vec(request(), 1..24);
    let tried = runner.run(&requests, |requests| {
        runtime.block_on(async {
            let server = server().await;
            for (method, path, query, media, body) in requests {
                let shown = format!("{method} {path}{query} {media} {}", String::from_utf8_lossy(&body));
                let headers = [("content-type", media)];
                let (status, answer) = ask(&server, method, &format!("{path}{query}"), &headers, body).await;
                let told = serde_json::from_slice(&answer).unwrap_or_default();
                prop_assert!(
                    status < 500 || is_unexpected_there_too(&told),
                    "{shown}: {status} {}",
                    String::from_utf8_lossy(&answer)
                );
            }
            prop_assert_eq!(ask(&server, "GET", "/api/v1/configmaps", &[], Vec::new()).await.0, 200);
            prop_assert_eq!(ask(&server, "GET", "/openapi/v3", &[], Vec::new()).await.0, 200);
            Ok(())
        })
    });
    if let Err(why) = tried {
        panic!("{why}");
    }
}

#[tokio::test]
async fn depth_and_size_are_bounded() {
    let server = server().await;
    let widget =
        |spec: &str| format!(r#"{{"apiVersion":"g.io/v1","kind":"Widget","metadata":{{"name":"x"}},"spec":{spec}}}"#);
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(50_000), close.repeat(50_000));
    for spec in [deep("[", "]"), deep("{\"a\":", "}")] {
        for media in MEDIA {
            for (method, path) in [("POST", WIDGETS.to_owned()), ("PATCH", format!("{WIDGETS}/w?fieldManager=m"))] {
                let (status, _) =
                    ask(&server, method, &path, &[("content-type", media)], widget(&spec).into_bytes()).await;
                assert!((400..500).contains(&status), "{method} {media}: {status}");
            }
        }
    }
    let many = vec!["x"; 50_000];
    let body = json!({ "metadata": { "name": "many", "finalizers": many } }).to_string();
    assert!((400..500).contains(&ask(&server, "POST", MAPS, &[], body.into_bytes()).await.0));
    let huge = vec![b' '; 3 * 1024 * 1024 + 1];
    assert_eq!(ask(&server, "POST", MAPS, &[], huge).await.0, 413);
    let path = format!("/api/v1/{}", "a/".repeat(20_000));
    assert_eq!(ask(&server, "GET", &path, &[], Vec::new()).await.0, 404);
}

#[tokio::test]
async fn metadata_of_wrong_types_is_refused() {
    let server = server().await;
    for (field, value) in [
        ("name", json!(5)),
        ("namespace", json!([])),
        ("labels", json!([])),
        ("labels", json!({ "a": 1 })),
        ("annotations", json!("x")),
        ("finalizers", json!("x")),
        ("finalizers", json!([1])),
        ("ownerReferences", json!({})),
        ("ownerReferences", json!([1])),
        ("ownerReferences", json!([{ "controller": "yes" }])),
        ("managedFields", json!(true)),
        ("generation", json!("1")),
        ("creationTimestamp", json!("yesterday")),
        ("deletionTimestamp", json!(1)),
        ("resourceVersion", json!(1)),
    ] {
        for (path, mut object) in [
            (MAPS, json!({ "metadata": { "name": "x" } })),
            (WIDGETS, json!({ "apiVersion": "g.io/v1", "kind": "Widget", "metadata": { "name": "x" }, "spec": {} })),
        ] {
            object["metadata"][field] = value.clone();
            assert_eq!(post(&server, path, &object).await.0, 400, "{path} {field}: {value}");
        }
    }
}
