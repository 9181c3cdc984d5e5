//! What `validate` refuses by a definition, the server refuses, and the other way round: whole objects of each kind, changed
//! at random places, and shown to both.

use std::sync::Arc;

use kubectl_wasmcloud::api::crds;
use kubectl_wasmcloud::manifest::Text;
use kubectl_wasmcloud::validate::{Definitions, Facts, FileSet, Findings, Ignored, check};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::conformance;
use super::server::Server;

conformance!(what_validate_refuses_by_definitions_the_server_refuses);

/// How many objects are shown.
const OBJECTS: usize = 1000;
/// Codes of what the definitions and Kubernetes itself say, of which the server is the judge.
const JUDGED: [&str; 10] =
    ["WC0003", "WC0101", "WC0102", "WC0103", "WC0104", "WC0105", "WC0106", "WC0201", "WC0240", "WC0005"];

/// A change: the number of the place, and of what is done there.
type Change = (u32, usize);

async fn what_validate_refuses_by_definitions_the_server_refuses(server: &Server) {
    for definition in crds() {
        let answer = server.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", json!(definition)).await;
        assert!([201, 409].contains(&answer.status), "{answer:?}");
        server.until_served(&json!(definition.spec)).await;
    }
    let wholes = wholes();
    for whole in &wholes {
        let (found, answer) = (validated(whole), refusal(server, whole).await);
        assert!(!found.has_errors() && answer.is_none(), "{:#?}\n{answer:?}", found.kept);
    }
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config { failure_persistence: None, ..Config::default() }, rng);
    let strategy = (0..wholes.len(), prop::collection::vec((any::<u32>(), any::<usize>()), 1..3));
    let (mut refused, mut unlike) = (0, Vec::new());
    for _ in 0..OBJECTS {
        let (kind, changes): (usize, Vec<Change>) = strategy.new_tree(&mut runner).unwrap().current();
        let mut object = wholes[kind].clone();
        changes.iter().for_each(|change| apply(&mut object, *change));
        let (found, answer) = (validated(&object), refusal(server, &object).await);
        refused += usize::from(answer.is_some());
        let judged = found.kept.iter().find(|(finding, _)| JUDGED.contains(&finding.code.id));
        match (answer, judged) {
            (Some(why), _) if !found.has_errors() => unlike.push(format!("the server alone: {why}\n{object}")),
            (None, Some((finding, _))) => {
                unlike.push(format!("validate alone: {} {}\n{object}", finding.code.id, finding.message));
            }
            _ => {}
        }
    }
    assert!(unlike.is_empty(), "{} of {OBJECTS}:\n{}", unlike.len(), unlike.join("\n"));
    assert!(refused > OBJECTS / 2 && refused < OBJECTS, "{refused} are refused");
}

fn validated(object: &Value) -> Findings {
    let text = Text { name: "a.json".to_owned(), content: object.to_string() };
    check(&FileSet::read(vec![Arc::new(text)]), &Definitions::own(), &Facts::default(), &Ignored::default())
}

/// Why the server does not take an object, if it does not: as it is, or when it is applied. The former leaves nulls out that
/// the latter minds.
async fn refusal(server: &Server, object: &Value) -> Option<String> {
    let kind = object["kind"].as_str().unwrap().to_lowercase();
    let path = format!("/apis/runtime.wasmcloud.dev/v1alpha1/namespaces/{{ns}}/{kind}s");
    let how = "dryRun=All&fieldValidation=Strict&fieldManager=test";
    let mut answer = server.post(&format!("{path}?{how}"), object.clone()).await;
    if answer.status < 400 {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        answer = server.patch(&format!("{path}/{name}?{how}&force=true"), "apply", object.clone()).await;
    }
    (answer.status >= 400).then(|| answer.body["message"].to_string())
}

/// What a place may have instead of what it has.
fn others() -> Vec<Value> {
    let long = |length: usize| json!("a".repeat(length));
    let words =
        ["", " ", "x", "A b", "a/b", "*", "*.example.com", "https://example.com:8443/", "http://a/b?c", "Always"];
    let more = ["0", "65536", "53/udp", "-a", "a.", "é", "a\nb", "True", "12", "Recreate"];
    let numbers = [json!(0), json!(-1), json!(1.0), json!(1.5), json!(3_000_000_000_i64), json!(1e30)];
    let shapes = [
        json!(null),
        json!(true),
        json!([]),
        json!({}),
        json!([null]),
        json!({"a": "b"}),
        json!({"a": 1}),
        json!(["a", "a"]),
    ];
    let texts = words.into_iter().chain(more).map(|word| json!(word));
    texts.chain(numbers).chain(shapes).chain([64, 65, 129, 254, 317].map(long)).collect()
}

/// Changes an object at one place below its `kind` and `apiVersion`.
fn apply(object: &mut Value, (place, what): Change) {
    let mut places = Vec::new();
    walk(object, String::new(), &mut places);
    places.retain(|place| !["", "/kind", "/apiVersion", "/metadata"].contains(&place.as_str()));
    let Some(pointer) = places.get(place as usize % places.len().max(1)).cloned() else { return };
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let (others, key) = (others(), key.replace("~1", "/").replace("~0", "~"));
    let parent = object.pointer_mut(parent).unwrap();
    match (what % (others.len() + 12), parent) {
        (0..3, Value::Object(map)) => drop(map.remove(&key)),
        (3..6, Value::Object(map)) => {
            let value = map.remove(&key).unwrap();
            map.insert(format!("{key}x"), value);
        }
        (6..9, Value::Object(map)) => drop(map.insert("unheardOf".to_owned(), json!("x"))),
        (0..9, Value::Array(items)) => {
            let item = items[key.parse::<usize>().unwrap()].clone();
            items.push(item);
        }
        (9..12, Value::Object(map)) => {
            let value = map.remove(&key).unwrap();
            map.insert(key, json!(vec![value; 65]));
        }
        (9..12, Value::Array(items)) => *items = vec![items[0].clone(); 65],
        (other, Value::Object(map)) => drop(map.insert(key, others[other - 12].clone())),
        (other, Value::Array(items)) => items[key.parse::<usize>().unwrap()] = others[other - 12].clone(),
        _ => {}
    }
}

/// The places in a value, as JSON pointers.
fn walk(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, below)| {
                walk(below, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), places);
            });
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, below)| walk(below, format!("{at}/{index}"), places));
        }
        _ => {}
    }
    places.push(at);
}

/// An object of each kind with every field that it may have.
fn wholes() -> Vec<Value> {
    let object = |kind: &str, rest: Value| {
        let mut object = json!({"apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": kind, "metadata": {
            "name": "web", "labels": {"app.kubernetes.io/name": "web"}, "annotations": {"example.com/note": "any Text"},
            "finalizers": ["example.com/keep"],
            "ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": "1", "controller": true}],
        }});
        object.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        object
    };
    let template = json!({"labels": {"tier": "front"}, "annotations": {"a": "b"}, "spec": workload()});
    let set = json!({"replicas": 2, "template": template});
    let mut deployment = set.clone();
    deployment["deployPolicy"] = json!("Recreate");
    deployment["artifacts"] = json!([{"name": "web", "artifactFrom": {"name": "web"}}]);
    deployment["kubernetes"] = json!({"service": {"name": "web"}});
    deployment["template"]["spec"]["components"][0]["image"] = json!("artifact://web");
    vec![
        object("WorkloadDeployment", json!({"spec": deployment})),
        object("WorkloadReplicaSet", json!({"spec": set})),
        object("Workload", json!({"spec": workload()})),
        object("Artifact", json!({"spec": {"image": "r.example/a:1", "imagePullSecret": {"name": "pull"}}})),
        object("Host", json!({"hostId": "id", "hostname": "host", "httpPort": 80, "environment": "shop"})),
    ]
}

fn workload() -> Value {
    let layers = json!({"config": {"A": "b"}, "configFrom": [{"name": "map"}], "secretFrom": [{"name": "secret"}]});
    let resources = json!({
        "environment": layers, "config": {"key": "value"}, "volumeMounts": [{"name": "cache", "mountPath": "/c", "readOnly": true}],
        "allowedHosts": ["*.example.com:8443", "https://example.com"], "allowedIpNameLookups": ["db.example.com", "10.0.0.1"],
        "allowedHostLoopbackPorts": ["5432/tcp"],
    });
    let program = json!({"image": "r.example/web:1", "imagePullSecret": {"name": "pull"}, "imagePullPolicy": "Always", "localResources": resources});
    let (mut component, mut service) = (program.clone(), program);
    for (field, value) in
        [("name", json!("web")), ("poolSize", json!(2)), ("maxInvocations", json!(3)), ("maxConcurrency", json!(4))]
    {
        component[field] = value;
    }
    service["maxRestarts"] = json!(5);
    let mut http = layers;
    http["config"] = json!({"host": "web.example.com"});
    for (field, value) in [
        ("namespace", json!("wasi")),
        ("package", json!("http")),
        ("version", json!("0.2.0")),
        ("interfaces", json!(["incoming-handler"])),
    ] {
        http[field] = value;
    }
    let store = json!({"name": "cache", "namespace": "wasi", "package": "keyvalue", "interfaces": ["store"]});
    json!({
        "hostSelector": {"hostgroup": "default"}, "hostId": "", "environment": "shop", "components": [component],
        "service": service, "hostInterfaces": [http, store], "kubernetes": {"service": {"name": "web"}},
        "volumes": [{"name": "cache", "ephemeral": {}}, {"name": "data", "hostPath": {"path": "/data"}}],
    })
}
