//! Artifacts that only the cluster has.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{ANSWERING, AUTHORIZATION, PULL, docker_config, pull_secret, said};
use crate::support::component::http::keyvalue_counter;
use crate::support::component::http_component;
use crate::support::images::Registry;
use crate::support::served::Served;

/// A deployment of one Artifact that is not among the files.
fn of_artifact() -> String {
    let interfaces = ANSWERING.replace("\n    ", "\n        ");
    format!(
        "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: WorkloadDeployment\nmetadata:\n  name: web\nspec:\n  artifacts:\n  \
         - name: main\n    artifactFrom:\n      name: api\n  template:\n    spec:\n      components:\n      - name: web\n        \
         image: artifact://main\n      hostInterfaces:\n    {interfaces}"
    )
}

fn artifact(image: &str) -> Value {
    json!({
        "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Artifact", "metadata": {"name": "api"},
        "spec": {"image": image, "imagePullSecret": {"name": "pull"}},
    })
}

/// Not published by the controller, which does not know the registry.
const UNPUBLISHED: &str = "--ignore=WC0411=not what this is about";

#[test]
fn an_artifact_of_the_cluster_is_opened_with_its_pull_secret() {
    let served = Served::with_hosts(&["a"]);
    let registry = served.block_on(Registry::start());
    let image = registry.push("a/b", "v1", &keyvalue_counter());
    registry.wants(AUTHORIZATION);
    let env = &served.env;
    env.file("web.yaml", &of_artifact());
    let words = ["validate", "-f", "web.yaml", "--images", "--server", UNPUBLISHED];
    served.apply(&artifact(&image));
    served.apply(&pull_secret(&image, "sesame"));
    assert_snapshot!(said(env, &image, &words), @r#"
    code: 1
    --- stdout
    web.yaml:14:16: error[WC0302]: component "web" imports wasi:keyvalue/atomics@0.2.0-draft and wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it
      help: list it under spec.template.spec.hostInterfaces:
            - namespace: wasi
              package: keyvalue
              interfaces: [atomics, store]
    1 object in 1 file: 1 error
    "#);
    served.apply(&pull_secret(&image, "hunter2"));
    let refused = said(env, &image, &words);
    assert!(!refused.contains("hunter2"), "{refused}");
    assert_snapshot!(refused, @"
    code: 1
    --- stdout
    web.yaml:14:16: error[WC0301]: artifact://main: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry refuses the credentials of the pull secret
      help: look at the user and password in the Secret, and at the name of the image
    1 object in 1 file: 1 error
    ");
    env.file("secret.json", &pull_secret(&image, "sesame").to_string());
    assert_snapshot!(said(env, &image, &[&words[..], &["-f", "secret.json"]].concat()), @r#"
    code: 1
    --- stdout
    web.yaml:14:16: error[WC0302]: component "web" imports wasi:keyvalue/atomics@0.2.0-draft and wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it
      help: list it under spec.template.spec.hostInterfaces:
            - namespace: wasi
              package: keyvalue
              interfaces: [atomics, store]
    1 object in 2 files: 1 error; 1 of other kinds passed over
    "#);
    served.request("DELETE", PULL, "application/json", &Value::Null);
    env.file(".docker/config.json", &docker_config(&image).to_string());
    assert_snapshot!(said(env, &image, &words), @r#"
    code: 1
    --- stdout
    web.yaml:14:16: error[WC0302]: component "web" imports wasi:keyvalue/atomics@0.2.0-draft and wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it
      help: list it under spec.template.spec.hostInterfaces:
            - namespace: wasi
              package: keyvalue
              interfaces: [atomics, store]
    1 object in 1 file: 1 error
    "#);
    assert_eq!(registry.asked(), ["manifest", "blob", "manifest", "manifest"]);
    served.apply(&artifact("file://a.wasm"));
    assert_snapshot!(said(env, &image, &words), @"
    code: 0
    --- stdout
    1 object in 1 file: valid
    ");
}

#[test]
fn a_pull_secret_of_an_artifact_that_may_not_be_read_is_told_and_done_without() {
    let served = Served::with_refusal(&["a"], PULL);
    let registry = served.block_on(Registry::start());
    let image = registry.push("a/b", "v1", &http_component("x"));
    registry.wants(AUTHORIZATION);
    served.env.file("web.yaml", &of_artifact());
    served.apply(&artifact(&image));
    let words = ["validate", "-f", "web.yaml", "--images", "--server", UNPUBLISHED];
    assert_snapshot!(said(&served.env, &image, &words), @r#"
    code: 1
    --- stdout
    web.yaml:14:16: error[WC0301]: artifact://main: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry wants credentials
      help: docker login 127.0.0.1:[PORT], or name an imagePullSecret whose Secret is among the files, or with --server in the cluster
    1 object in 1 file: 1 error
    --- stderr
    Warning: 1 Secret that their Artifacts name is not checked: /api/v1/namespaces/default/secrets/pull is forbidden: User "jane" cannot read it
    "#);
    let offline = said(&served.env, &image, &words[..4]);
    assert!(offline.starts_with("code: 0\n"), "{offline}");
}
