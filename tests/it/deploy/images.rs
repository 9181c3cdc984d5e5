//! `deploy NAME --image …` opens what the cluster knows how to pull, with what the cluster has for it.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::component::http_component;
use crate::support::images::Registry;
use crate::support::served::Served;

/// user:sesame
const AUTHORIZATION: &str = "Basic dXNlcjpzZXNhbWU=";

const PULL: &str = "/api/v1/namespaces/default/secrets/pull";

/// A cluster, a registry that wants credentials, and an image in it.
fn place(served: Served) -> (Served, Registry, String) {
    let registry = served.block_on(Registry::start());
    let image = registry.push("a/b", "v1", &http_component("x"));
    registry.wants(AUTHORIZATION);
    (served, registry, image)
}

fn pull_secret(image: &str, password: &str) -> Value {
    let auths = json!({"auths": {image.split('/').next().unwrap(): {"username": "user", "password": password}}});
    json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "pull"}, "type": "kubernetes.io/dockerconfigjson",
        "stringData": {".dockerconfigjson": auths.to_string()},
    })
}

fn artifact(image: &str, secret: &str) -> Value {
    json!({
        "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Artifact", "metadata": {"name": "web"},
        "spec": {"image": image, "imagePullSecret": {"name": secret}},
    })
}

#[test]
fn the_pull_secret_of_the_cluster_counts() {
    let (served, registry, image) = place(Served::with_hosts(&["a"]));
    let words = ["deploy", "web", "--image", &image, "--pull-secret=pull", "--dry-run=server"];
    assert_snapshot!(served.run(&words), @"
    code: 1
    --- stderr
    Warning: Secret pull is not in namespace default
    error: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry wants credentials
    help: docker login 127.0.0.1:[PORT]
          --no-open writes what a component needs that answers HTTP, without opening the image
    ");
    served.apply(&pull_secret(&image, "hunter2"));
    let refused = served.run(&words);
    assert!(!refused.contains("hunter2"), "{refused}");
    assert_snapshot!(refused, @"
    code: 1
    --- stderr
    error: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry refuses the credentials of the pull secret
    help: look at the user and password in the Secret, and at the name of the image
          --no-open writes what a component needs that answers HTTP, without opening the image
    ");
    served.apply(&pull_secret(&image, "sesame"));
    assert_snapshot!(served.run(&words), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/web created (server dry run)
    ");
    assert_eq!(registry.asked(), ["manifest", "blob"]);
    let offline = [&words[..5], &["--dry-run=client", "-o", "yaml"]].concat();
    assert_snapshot!(served.run(&offline), @"
    code: 1
    --- stderr
    error: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry wants credentials
    help: docker login 127.0.0.1:[PORT]
          --no-open writes what a component needs that answers HTTP, without opening the image
    ");
    let elsewhere = served.run(&[&words[..], &["-n", "kube-system"]].concat());
    assert!(elsewhere.contains("Warning: Secret pull is not in namespace kube-system"), "{elsewhere}");
}

#[test]
fn a_pull_secret_that_may_not_be_read_is_told_and_done_without() {
    let (served, _registry, image) = place(Served::with_refusal(&["a"], PULL));
    let words = ["deploy", "web", "--image", &image, "--pull-secret=pull", "--dry-run=server"];
    assert_snapshot!(served.run(&words), @r#"
    code: 1
    --- stderr
    Warning: 1 Secret that the command line names is not checked: /api/v1/namespaces/default/secrets/pull is forbidden: User "jane" cannot read it
    error: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry wants credentials
    help: docker login 127.0.0.1:[PORT]
          --no-open writes what a component needs that answers HTTP, without opening the image
    "#);
    let registry = image.split('/').next().unwrap();
    let login = json!({"auths": {registry: {"username": "user", "password": "sesame"}}}).to_string();
    served.env.file(".docker/config.json", &login);
    assert_snapshot!(served.run(&words), @r#"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/web created (server dry run)
    --- stderr
    Warning: 1 Secret that the command line names is not checked: /api/v1/namespaces/default/secrets/pull is forbidden: User "jane" cannot read it
    "#);
}

#[test]
fn an_artifact_that_may_not_be_read_is_not_said_to_be_missing() {
    let path = "/apis/runtime.wasmcloud.dev/v1alpha1/namespaces/default/artifacts/web";
    let served = Served::with_refusal(&[], path);
    assert_snapshot!(served.run(&["deploy", "web", "--image=artifact://web", "--dry-run=server"]), @r#"
    code: 1
    --- stderr
    Warning: 1 Artifact that the command line names is not checked: /apis/runtime.wasmcloud.dev/v1alpha1/namespaces/default/artifacts/web is forbidden: User "jane" cannot read it
    error: cannot open artifact://web: the Artifact may not be read
    help: --no-open writes what a component needs that answers HTTP, without opening the image
    "#);
}

#[test]
fn an_artifact_is_opened_as_the_cluster_has_it() {
    let (served, registry, image) = place(Served::with_hosts(&["a"]));
    let words = ["deploy", "web", "--image=artifact://web", "--dry-run=server", "-o", "yaml"];
    assert_snapshot!(served.run(&words), @"
    code: 1
    --- stderr
    error: cannot open artifact://web: there is no such Artifact in namespace default
    help: --no-open writes what a component needs that answers HTTP, without opening the image
    ");
    served.apply(&artifact(&image, "pull"));
    served.apply(&pull_secret(&image, "sesame"));
    let told = served.run(&words);
    assert!(told.starts_with("code: 0\n") && told.contains("image: artifact://web\n"), "{told}");
    assert!(told.contains("package: http\n"), "it is known to answer: {told}");
    assert_eq!(registry.asked(), ["manifest", "blob"]);
    served.apply(&artifact(&image, "other"));
    let own = served.run(&[&words[..], &["--pull-secret=pull"]].concat());
    assert!(own.starts_with("code: 0\n"), "{own}");
    let refused = served.run(&words);
    assert!(refused.contains("the registry wants credentials"), "{refused}");
}
