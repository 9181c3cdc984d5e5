use std::sync::{Arc, Mutex};

use http::{Method, Request, Response};
use kube::Client;
use kube::client::Body;
use serde_json::json;
use tower::service_fn;

use super::*;
use crate::api::crds;

/// What was asked: method and path, each with what was to come.
type Log = Arc<Mutex<Vec<String>>>;

/// A server that answers a GET with a status code and an object.
fn server(answer: impl Fn(&str) -> (u16, Value) + Clone + Send + 'static) -> (Cluster, Log) {
    let log = Log::default();
    let asked = Arc::clone(&log);
    let service = service_fn(move |request: Request<Body>| {
        let path = request.uri().path().to_owned();
        let accept = request.headers().get("accept").map(|accept| accept.to_str().unwrap().to_owned());
        let is_partial = accept.is_some_and(|accept| accept.contains("as=PartialObjectMetadata;"));
        asked.lock().unwrap().push(format!("{path}{}", if is_partial { " (metadata)" } else { "" }));
        assert_eq!(request.method(), Method::GET, "{path}: nothing is written");
        let (code, body) = answer(&path);
        let response = Response::builder().status(code).header("content-type", "application/json");
        std::future::ready(Ok::<_, std::io::Error>(response.body(Body::from(body.to_string().into_bytes())).unwrap()))
    });
    (Cluster::of(Client::new(service, "default")), log)
}

fn status(code: u16, reason: &str, path: &str) -> (u16, Value) {
    let name = path.rsplit('/').next().unwrap();
    let message = format!("{path} is {reason}");
    let status = json!({
        "apiVersion": "v1", "kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": message,
        "details": {"name": name},
    });
    (code, status)
}

fn definition(path: &str) -> Option<(u16, Value)> {
    let name = path.strip_prefix("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/")?;
    let crd = crds().into_iter().find(|crd| crd.metadata.name.as_deref() == Some(name)).unwrap();
    Some((200, serde_json::to_value(crd).unwrap()))
}

fn key(kind: Referred, name: &str) -> Key {
    Key::new(kind, "team", name)
}

fn everything() -> Asked {
    let kinds = [Referred::Namespace, Referred::ConfigMap, Referred::Secret, Referred::Service, Referred::Artifact];
    Asked {
        objects: kinds.map(|kind| key(kind, "x")).into_iter().chain([key(Referred::Secret, "pull")]).collect(),
        pull_secrets: [key(Referred::Secret, "pull")].into(),
        namespaces: ["team".to_owned()].into(),
        hosts: true,
        deployments: true,
    }
}

#[tokio::test]
async fn everything_that_is_named_is_asked_for_once_and_no_more() {
    let (cluster, log) = server(|path| match definition(path) {
        Some(answer) => answer,
        None if path.ends_with("/pull") => {
            (200, json!({"type": "Opaque", "metadata": {"name": "pull"}, "data": {"k": "aHVudGVyMg=="}}))
        }
        None if path.ends_with("/x") => (200, json!({"metadata": {"name": "x"}})),
        None => {
            (200, json!({"items": [{"metadata": {"name": "a"}, "hostId": "h", "spec": {"template": {"spec": {}}}}]}))
        }
    });
    let answers = cluster.answers(&everything(), "team").await.unwrap();
    assert_eq!((answers.definitions.len(), answers.left_out), (5, Vec::new()));
    let facts = answers.facts;
    assert_eq!((facts.hosts.unwrap().len(), facts.deployments.len()), (1, 1));
    assert!(facts.undefined.is_empty() && facts.objects.len() == 6);
    assert_eq!(facts.objects[&key(Referred::Secret, "x")], Found::There);
    assert!(
        matches!(&facts.objects[&key(Referred::Secret, "pull")], Found::PullSecret(pull) if pull.data["k"] == b"hunter2")
    );
    assert!(matches!(facts.objects[&key(Referred::Artifact, "x")], Found::Artifact(_)));
    let mut asked = log.lock().unwrap().clone();
    asked.retain(|path| !path.contains("customresourcedefinitions"));
    asked.sort();
    let ours = "/apis/runtime.wasmcloud.dev/v1alpha1";
    assert_eq!(
        asked,
        [
            "/api/v1/namespaces/team/configmaps/x (metadata)".to_owned(),
            "/api/v1/namespaces/team/secrets/pull".to_owned(),
            "/api/v1/namespaces/team/secrets/x (metadata)".to_owned(),
            "/api/v1/namespaces/team/services/x".to_owned(),
            "/api/v1/namespaces/x (metadata)".to_owned(),
            format!("{ours}/hosts"),
            format!("{ours}/namespaces/team/artifacts/x"),
            format!("{ours}/workloaddeployments"),
        ]
    );
}

#[tokio::test]
async fn what_is_not_there_is_missing_and_kinds_without_definition_are_undefined() {
    let (cluster, _) = server(|path| match path.rsplit('/').next().unwrap() {
        "hosts" | "workloaddeployments" => (404, json!("404 page not found")),
        _ => status(404, "NotFound", path),
    });
    let answers = cluster.answers(&everything(), "team").await.unwrap();
    assert_eq!(answers.left_out, Vec::<String>::new());
    assert_eq!(answers.facts.undefined.len(), 5);
    assert!(answers.facts.objects.values().all(|found| *found == Found::Missing));
    assert_eq!((answers.facts.objects.len(), answers.facts.hosts), (6, None));
}

#[tokio::test]
async fn what_may_not_be_asked_is_left_out_and_told_once() {
    let (cluster, _) = server(|path| status(403, "Forbidden", path));
    let answers = cluster.answers(&everything(), "team").await.unwrap();
    assert!(answers.facts.objects.is_empty() && answers.facts.undefined.is_empty() && answers.definitions.is_empty());
    let ours = "/apis/runtime.wasmcloud.dev/v1alpha1";
    assert_eq!(
        answers.left_out,
        [
            "where the cluster's definitions may not be read, this program's own count: \
             /apis/apiextensions.k8s.io/v1/customresourcedefinitions/artifacts.runtime.wasmcloud.dev is Forbidden"
                .to_owned(),
            "1 Namespace that the files name is not checked: /api/v1/namespaces/x is Forbidden".to_owned(),
            "1 ConfigMap that the files name is not checked: /api/v1/namespaces/team/configmaps/x is Forbidden"
                .to_owned(),
            "2 Secrets that the files name are not checked: /api/v1/namespaces/team/secrets/pull is Forbidden"
                .to_owned(),
            "1 Service that the files name is not checked: /api/v1/namespaces/team/services/x is Forbidden".to_owned(),
            format!("1 Artifact that the files name is not checked: {ours}/namespaces/team/artifacts/x is Forbidden"),
            format!("whether a host fits is not checked: {ours}/hosts is Forbidden"),
            format!(
                "whether host names are taken is not checked: {ours}/namespaces/team/workloaddeployments is Forbidden"
            ),
        ]
    );
}

#[tokio::test]
async fn who_may_not_see_all_deployments_sees_those_of_the_namespace() {
    let (cluster, _) = server(|path| match path.ends_with("team/workloaddeployments") {
        true => (200, json!({"items": [{"metadata": {}, "spec": {"template": {"spec": {}}}}, {"spec": {"odd": 1}}]})),
        false => definition(path).unwrap_or_else(|| status(403, "Forbidden", path)),
    });
    let asked = Asked { objects: [].into(), hosts: false, ..everything() };
    let answers = cluster.answers(&asked, "team").await.unwrap();
    assert_eq!(answers.facts.deployments.len(), 1);
    assert_eq!(
        answers.left_out,
        ["whether host names are taken in other namespaces is not checked: \
          /apis/runtime.wasmcloud.dev/v1alpha1/workloaddeployments is Forbidden"]
    );
}

#[tokio::test]
async fn a_server_that_does_not_know_us_or_fails_is_an_error() {
    for code in [401, 500] {
        let (cluster, _) = server(move |path| status(code, "Whatever", path));
        assert!(cluster.answers(&everything(), "team").await.is_err(), "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_silent_is_not_waited_for() {
    let service = service_fn(|_: Request<Body>| std::future::pending::<Result<Response<Body>, std::io::Error>>());
    let cluster = Cluster::of(Client::new(service, "default"));
    let error = cluster.answers(&everything(), "team").await.unwrap_err();
    assert_eq!(error.to_string(), "timed out waiting for an answer of the API server");
}
