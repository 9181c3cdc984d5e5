//! `validate --images`: components from files and registries, held against their manifests.

mod artifacts;

use std::path::Path;
use std::process::Output;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::TestEnv;
use crate::support::component::http::keyvalue_counter;
use crate::support::component::http_component;
use crate::support::images::Registry;
use crate::support::served::Served;

/// user:sesame
const AUTHORIZATION: &str = "Basic dXNlcjpzZXNhbWU=";

const ANSWERING: &str = "    - namespace: wasi
      package: http
      interfaces: [incoming-handler]
      config: {host: web.example.com}
";

/// A workload with one component.
fn workload(image: &str, more: &str) -> String {
    format!(
        "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Workload\nmetadata:\n  name: web\nspec:\n  components:\n    \
         - name: web\n      image: {image}\n{more}  hostInterfaces:\n{ANSWERING}"
    )
}

fn component(env: &TestEnv, name: &str, bytes: &[u8]) {
    let path = env.file(name, "");
    std::fs::write(path, bytes).unwrap();
}

/// What was said, with the registry made equal.
fn said(env: &TestEnv, image: &str, words: &[&str]) -> String {
    env.run(words).replace(registry_of(image), "[REGISTRY]")
}

/// The registry of an image.
fn registry_of(image: &str) -> &str {
    image.split('/').next().unwrap()
}

fn docker_config(image: &str) -> Value {
    json!({"auths": {registry_of(image): {"auth": STANDARD.encode("user:sesame")}}})
}

#[test]
fn files_are_looked_for_beside_their_manifest() {
    let env = TestEnv::new();
    component(&env, "app/build/web.wasm", &keyvalue_counter());
    env.file("app/web.yaml", &workload("file://build/web.wasm", ""));
    env.file("app/lost.yaml", &workload("file://lost.wasm", "").replace("name: web\nspec", "name: lost\nspec"));
    component(&env, "app/text.wasm", b"(module)");
    env.file("app/text.yaml", &workload("file://text.wasm", "").replace("name: web\nspec", "name: text\nspec"));
    let words = ["validate", "-f", "app", "--images", "--ignore=WC0212=files", "--ignore=WC0225=one host"];
    assert_snapshot!(env.run(&words), @r#"
    code: 1
    --- stdout
    app/lost.yaml:8:14: error[WC0301]: cannot read app/lost.wasm: No such file or directory (os error 2)
      help: build it, or look at its path again
    app/text.yaml:8:14: error[WC0301]: file://text.wasm: it is WebAssembly as text, not as bytes
      help: make bytes of it: wasm-tools parse FILE.wat -o FILE.wasm
    app/web.yaml:8:14: error[WC0302]: component "web" imports wasi:keyvalue/atomics@0.2.0-draft and wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it
      help: list it under spec.hostInterfaces:
            - namespace: wasi
              package: keyvalue
              interfaces: [atomics, store]
    3 objects in 3 files: 3 errors; 5 ignored
    "#);
}

#[test]
fn a_manifest_from_standard_input_lies_where_the_program_runs() {
    let env = TestEnv::new();
    component(&env, "web.wasm", &http_component("x"));
    let run = env.run_with_input(&["validate", "-f", "-", "--images"], &workload("file://web.wasm", ""));
    assert_snapshot!(run, @r#"
    code: 0
    --- stdout
    STDIN:8:14: info[WC0212]: spec.components[0].image: "file://web.wasm" is a file, which only the local control plane reads
      help: for a cluster push it to a registry, and write image: REGISTRY/NAME:TAG
    1 object in 1 file: 1 note
    "#);
}

#[test]
fn every_format_has_the_finding() {
    let env = TestEnv::new();
    component(&env, "web.wasm", &keyvalue_counter());
    env.file("web.yaml", &workload("file://web.wasm", ""));
    for format in ["text", "json", "sarif", "junit", "github"] {
        let run = env.run(&["validate", "-f", "web.yaml", "--images", "-o", format]);
        assert!(run.starts_with("code: 1\n") && run.contains("WC0302"), "{format}: {run}");
        assert!(run.contains("interfaces: [atomics, store]"), "{format}: {run}");
        let offline = env.run(&["validate", "-f", "web.yaml", "-o", format, "--level", "error"]);
        assert!(offline.starts_with("code: 0\n") && !offline.contains("imports wasi:keyvalue"), "{format}: {offline}");
    }
    let words = ["validate", "-f", "web.yaml", "--images", "-o", "json", "--level=error"];
    let told: Value = serde_json::from_slice(&env.command(&words).output().unwrap().stdout).unwrap();
    assert_snapshot!(serde_json::to_string_pretty(&told).unwrap(), @r#"
    {
      "findings": [
        {
          "code": "WC0302",
          "column": 14,
          "endColumn": 29,
          "endLine": 8,
          "file": "web.yaml",
          "ignored": null,
          "level": "error",
          "line": 8,
          "message": "component \"web\" imports wasi:keyvalue/atomics@0.2.0-draft and wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it",
          "object": "workload/web",
          "remedy": "list it under spec.hostInterfaces:\n- namespace: wasi\n  package: keyvalue\n  interfaces: [atomics, store]",
          "title": "an import that nobody gives"
        }
      ],
      "summary": {
        "beyond": 0,
        "errors": 1,
        "files": 1,
        "ignored": 0,
        "infos": 1,
        "objects": 1,
        "passedOver": 0,
        "warnings": 0
      }
    }
    "#);
    let ignored = env.run(&[
        "validate",
        "-f",
        "web.yaml",
        "--images",
        "--ignore=WC0302=a plugin gives it",
        "--ignore=WC0212=local",
    ]);
    assert_snapshot!(ignored, @"
    code: 0
    --- stdout
    1 object in 1 file: valid; 2 ignored
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn pull_secrets_of_the_files_are_used() {
    let (env, registry) = (TestEnv::new(), Registry::start().await);
    let image = registry.push("a/b", "v1", &keyvalue_counter());
    registry.wants(AUTHORIZATION);
    let secret = |namespace: &str| {
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: pull, namespace: {namespace}}}\n\
             type: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: '{}'\n",
            docker_config(&image)
        )
    };
    let named = workload(&image, "      imagePullSecret: {name: pull}\n")
        .replace("name: web\nspec", "name: web\n  namespace: a\nspec");
    env.file("set/web.yaml", &named);
    env.file("set/secret.yaml", &secret("a"));
    let words = ["validate", "-f", "set", "--images"];
    assert_snapshot!(said(&env, &image, &words), @r#"
    code: 1
    --- stdout
    set/web.yaml:9:14: error[WC0302]: component "web" imports wasi:keyvalue/atomics@0.2.0-draft and wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it
      help: list it under spec.hostInterfaces:
            - namespace: wasi
              package: keyvalue
              interfaces: [atomics, store]
    1 object in 2 files: 1 error; 1 of other kinds passed over
    "#);
    env.file("set/secret.yaml", &secret("b"));
    assert_snapshot!(said(&env, &image, &words), @"
    code: 1
    --- stdout
    set/web.yaml:9:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry wants credentials
      help: docker login 127.0.0.1:[PORT], or name an imagePullSecret whose Secret is among the files, or with --server in the cluster
    set/web.yaml:10:31: warning[WC0270]: spec.components[0].imagePullSecret.name: Secret pull is in namespace b, and is read in a alone
      help: write the Secret with namespace: a
    1 object in 2 files: 1 error, 1 warning; 1 of other kinds passed over
    ");
    env.file("set/secret.yaml", &secret("a").replace("dXNlcjpzZXNhbWU=", "dXNlcjpodW50ZXIy"));
    let refused = said(&env, &image, &words);
    assert!(!refused.contains("hunter2") && !refused.contains("dXNlcjpodW50ZXIy"), "{refused}");
    assert_snapshot!(refused, @"
    code: 1
    --- stdout
    set/web.yaml:9:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry refuses the credentials of the pull secret
      help: look at the user and password in the Secret, and at the name of the image
    1 object in 2 files: 1 error; 1 of other kinds passed over
    ");
}

const PULL: &str = "/api/v1/namespaces/default/secrets/pull";

/// A pull secret with that password, as it is in a cluster.
fn pull_secret(image: &str, password: &str) -> Value {
    let auths = json!({"auths": {registry_of(image): {"username": "user", "password": password}}});
    json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "pull"}, "type": "kubernetes.io/dockerconfigjson",
        "stringData": {".dockerconfigjson": auths.to_string()},
    })
}

#[test]
fn pull_secrets_of_the_cluster_are_used_after_those_of_the_files_and_before_docker_s() {
    let served = Served::with_hosts(&["a"]);
    let registry = served.block_on(Registry::start());
    let image = registry.push("a/b", "v1", &http_component("x"));
    registry.wants(AUTHORIZATION);
    let env = &served.env;
    env.file("set/web.yaml", &workload(&image, "      imagePullSecret: {name: pull}\n"));
    let words = ["validate", "-f", "set", "--images", "--server"];
    env.file(".docker/config.json", &docker_config(&image).to_string());
    served.apply(&pull_secret(&image, "hunter2"));
    let refused = said(env, &image, &words);
    assert!(!refused.contains("hunter2"), "{refused}");
    assert_snapshot!(refused, @"
    code: 1
    --- stdout
    set/web.yaml:8:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry refuses the credentials of the pull secret
      help: look at the user and password in the Secret, and at the name of the image
    1 object in 1 file: 1 error
    ");
    assert_snapshot!(said(env, &image, &["validate", "-f", "set", "--images"]), @"
    code: 0
    --- stdout
    set/web.yaml:9:31: info[WC0271]: spec.components[0].imagePullSecret.name: Secret pull is not among these files
      help: it must be there before the workload can start
    1 object in 1 file: 1 note
    ");
    std::fs::remove_file(env.home().join(".docker/config.json")).unwrap();
    served.apply(&pull_secret(&image, "sesame"));
    assert_snapshot!(said(env, &image, &words), @"
    code: 0
    --- stdout
    1 object in 1 file: valid
    ");
    env.file("set/secret.json", &pull_secret(&image, "hunter2").to_string());
    let of_the_files = said(env, &image, &words);
    assert!(of_the_files.contains("refuses the credentials of the pull secret"), "{of_the_files}");
    assert!(!of_the_files.contains("hunter2"), "{of_the_files}");
}

#[test]
fn a_pull_secret_of_the_cluster_is_that_of_the_object_s_namespace() {
    let served = Served::with_hosts(&["a"]);
    let registry = served.block_on(Registry::start());
    let image = registry.push("a/b", "v1", &http_component("x"));
    registry.wants(AUTHORIZATION);
    let team = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team"}});
    for (path, object) in [("", team), ("/team/secrets", pull_secret(&image, "sesame"))] {
        served.request("POST", &format!("/api/v1/namespaces{path}"), "application/json", &object);
    }
    served.apply(&pull_secret(&image, "hunter2"));
    served.env.file("web.yaml", &workload(&image, "      imagePullSecret: {name: pull}\n"));
    let words = ["validate", "-f", "web.yaml", "--images", "--server"];
    let told = |more: &[&str]| served.env.run(&[&words[..], more].concat());
    assert!(told(&[]).contains("refuses the credentials of the pull secret"), "{}", told(&[]));
    assert!(told(&["-n", "team"]).starts_with("code: 0\n"), "{}", told(&["-n", "team"]));
}

#[test]
fn a_pull_secret_that_may_not_be_read_is_told_and_done_without() {
    let served = Served::with_refusal(&["a"], PULL);
    let registry = served.block_on(Registry::start());
    let image = registry.push("a/b", "v1", &http_component("x"));
    registry.wants(AUTHORIZATION);
    served.env.file("web.yaml", &workload(&image, "      imagePullSecret: {name: pull}\n"));
    let words = ["validate", "-f", "web.yaml", "--images", "--server"];
    assert_snapshot!(said(&served.env, &image, &words), @r#"
    code: 1
    --- stdout
    web.yaml:8:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry wants credentials
      help: docker login 127.0.0.1:[PORT], or name an imagePullSecret whose Secret is among the files, or with --server in the cluster
    web.yaml:9:31: info[WC0271]: spec.components[0].imagePullSecret.name: Secret pull is not among these files
      help: it must be there before the workload can start
    1 object in 1 file: 1 error, 1 note
    --- stderr
    Warning: 1 Secret that the files name is not checked: /api/v1/namespaces/default/secrets/pull is forbidden: User "jane" cannot read it
    "#);
    served.env.file(".docker/config.json", &docker_config(&image).to_string());
    assert_snapshot!(said(&served.env, &image, &words), @r#"
    code: 0
    --- stdout
    web.yaml:9:31: info[WC0271]: spec.components[0].imagePullSecret.name: Secret pull is not among these files
      help: it must be there before the workload can start
    1 object in 1 file: 1 note
    --- stderr
    Warning: 1 Secret that the files name is not checked: /api/v1/namespaces/default/secrets/pull is forbidden: User "jane" cannot read it
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn docker_s_credentials_are_used() {
    let (env, registry) = (TestEnv::new(), Registry::start().await);
    let image = registry.push("a/b", "v1", &http_component("x"));
    registry.wants(AUTHORIZATION);
    env.file("web.yaml", &workload(&image, ""));
    let words = ["validate", "-f", "web.yaml", "--images"];
    assert_snapshot!(said(&env, &image, &words), @"
    code: 1
    --- stdout
    web.yaml:8:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: the registry wants credentials
      help: docker login 127.0.0.1:[PORT], or name an imagePullSecret whose Secret is among the files, or with --server in the cluster
    1 object in 1 file: 1 error
    ");
    env.file("elsewhere/config.json", &docker_config(&image).to_string());
    let elsewhere = env.command(&words).env("DOCKER_CONFIG", env.home().join("elsewhere")).output().unwrap();
    assert!(elsewhere.status.success(), "{}", env.told(&elsewhere));
    env.file(".docker/config.json", &docker_config(&image).to_string());
    assert_snapshot!(env.run(&words), @"
    code: 0
    --- stdout
    1 object in 1 file: valid
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_digest_stands_for_is_pulled_once() {
    let (env, registry) = (TestEnv::new(), Registry::start().await);
    let image = registry.push("a/b", "v1", &http_component("x"));
    let pinned = image.replace(":v1", &format!("@{}", registry.manifest_digest("a/b", "v1")));
    env.file("one.yaml", &workload(&pinned, ""));
    let runs = |file: &str| -> Output { env.command(&["validate", "-f", file, "--images"]).output().unwrap() };
    for asked in [&["manifest", "blob"][..], &[]] {
        assert!(runs("one.yaml").status.success());
        assert_eq!(registry.asked(), asked);
    }
    // Named from many places, an image is asked for once, and what it holds is there already.
    for name in ["many/a.yaml", "many/b.yaml", "many/c/c.yaml"] {
        let own = Path::new(name).file_stem().unwrap().to_str().unwrap();
        env.file(name, &workload(&image, "").replace("web\nspec", &format!("{own}\nspec")).replace("web.example", own));
    }
    assert!(runs("many").status.success());
    assert_eq!(registry.asked(), ["manifest"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_does_not_help_is_a_finding() {
    let (env, registry) = (TestEnv::new(), Registry::start().await);
    let image = registry.push("a/b", "v1", &http_component("x"));
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    env.file("down.yaml", &workload(&format!("{closed}/a/b:v1"), ""));
    env.file("gone.yaml", &workload(&image.replace(":v1", ":v2"), ""));
    assert_snapshot!(env.run(&["validate", "-f", "down.yaml", "--images"]), @"
    code: 1
    --- stdout
    down.yaml:8:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v1: client error (Connect): tcp connect error: Connection refused (os error 111)
      help: look at the name of the registry: is there a way from here to 127.0.0.1:[PORT]?
    1 object in 1 file: 1 error
    ");
    assert_snapshot!(said(&env, &image, &["validate", "-f", "gone.yaml", "--images"]), @"
    code: 1
    --- stdout
    gone.yaml:8:14: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v2: the registry does not have it
      help: push it, or look at its name and tag again
    1 object in 1 file: 1 error
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_artifact_is_opened_for_who_follows_it() {
    let (env, registry) = (TestEnv::new(), Registry::start().await);
    let image = registry.push("a/b", "v1", &keyvalue_counter());
    let set = |image: &str| {
        format!(
            "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata:\n  name: web\nspec:\n  image: {image}\n---\n\
             apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: WorkloadDeployment\nmetadata:\n  name: web\nspec:\n  \
             artifacts:\n    - name: it\n      artifactFrom: {{name: web}}\n  template:\n    spec:\n      components:\n        \
             - name: web\n          image: artifact://it\n      hostInterfaces:\n{}",
            ANSWERING.replace("    ", "        ")
        )
    };
    env.file("set.yaml", &set(&image));
    assert_snapshot!(said(&env, &image, &["validate", "-f", "set.yaml", "--images"]), @r#"
    code: 1
    --- stdout
    set.yaml:20:18: error[WC0302]: component "web" imports wasi:keyvalue/atomics@0.2.0-draft and wasi:keyvalue/store@0.2.0-draft, which hosts give only to workloads that list it
      help: list it under spec.template.spec.hostInterfaces:
            - namespace: wasi
              package: keyvalue
              interfaces: [atomics, store]
    2 objects in 1 file: 1 error
    "#);
    env.file("set.yaml", &set(&image.replace(":v1", ":v2")));
    assert_snapshot!(said(&env, &image, &["validate", "-f", "set.yaml", "--images"]), @"
    code: 1
    --- stdout
    set.yaml:6:10: error[WC0301]: cannot pull 127.0.0.1:[PORT]/a/b:v2: the registry does not have it
      help: push it, or look at its name and tag again
    2 objects in 1 file: 1 error
    ");
}

#[test]
fn the_first_thing_to_try_is_in_order() {
    let env = TestEnv::new();
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/hello/hello.yaml");
    let run = env.run(&["validate", "-f", manifest, "--images", "--level=warning"]);
    assert_snapshot!(run, @"
    code: 0
    --- stdout
    1 object in 1 file: 1 note
    ");
}
