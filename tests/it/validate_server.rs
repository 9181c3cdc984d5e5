//! `validate --server`: what a cluster knows of manifests.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::TestEnv;
use crate::support::served::Served;

const CRDS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const HOSTS: &str = "/apis/runtime.wasmcloud.dev/v1alpha1/namespaces/wasmcloud-system/hosts";

/// A deployment that names one of everything.
const APP: &str = "apiVersion: runtime.wasmcloud.dev/v1alpha1
kind: WorkloadDeployment
metadata:
  name: web
spec:
  artifacts:
    - name: api
      artifactFrom:
        name: api
  kubernetes:
    service:
      name: web
  template:
    spec:
      components:
        - name: http
          image: ghcr.io/acme/web:1.4
          poolSize: 3
          imagePullSecret:
            name: pull
          localResources:
            environment:
              configFrom:
                - name: settings
              secretFrom:
                - name: tokens
        - name: api
          image: artifact://api
      hostInterfaces:
        - namespace: wasi
          package: http
          interfaces: [incoming-handler]
          config:
            host: web.example.com
";

fn validate(served: &Served, text: &str, flags: &[&str]) -> String {
    served.env.file("app.yaml", text);
    served.run(&[&["validate", "-f", "app.yaml", "--server"], flags].concat())
}

/// The same as lines of `CODE LINE:COLUMN`.
fn codes(served: &Served, text: &str) -> Vec<String> {
    served.env.file("app.yaml", text);
    let output = served.output(&["validate", "-f", "app.yaml", "--server", "-o", "json"]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let line =
        |finding: &Value| format!("{} {}:{}", finding["code"].as_str().unwrap(), finding["line"], finding["column"]);
    told["findings"].as_array().unwrap().iter().map(line).collect()
}

fn apply_all_that_is_named(served: &Served) {
    let login = json!({"auths": {"ghcr.io": {"username": "me", "password": "hunter2"}}}).to_string();
    for object in [
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}),
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "tokens"}, "stringData": {"a": "hunter2"}}),
        json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "pull"}, "type": "kubernetes.io/dockerconfigjson",
            "stringData": {".dockerconfigjson": login},
        }),
        json!({
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
            "spec": {"ports": [{"name": "http", "port": 80}]},
        }),
        json!({
            "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Artifact", "metadata": {"name": "api"},
            "spec": {"image": "ghcr.io/acme/api:1"},
        }),
    ] {
        served.apply(&object);
    }
    served.eventually("the Artifact is published", || {
        (!codes(served, APP).contains(&"WC0411 9:15".into())).then_some(())
    });
}

#[test]
fn what_a_cluster_lacks_is_told_at_its_place() {
    let served = Served::with_hosts(&["a"]);
    assert_snapshot!(validate(&served, APP, &[]), @"
    code: 1
    --- stdout
    app.yaml:9:15: error[WC0403]: spec.artifacts[0].artifactFrom.name: there is no Artifact api, neither in namespace default nor among these files
      help: nothing is rolled out until there is one
    app.yaml:12:13: warning[WC0409]: spec.kubernetes.service.name: there is no Service web, neither in namespace default nor among these files
      help: nothing leads to the workload until there is one
    app.yaml:20:19: error[WC0403]: spec.template.spec.components[0].imagePullSecret.name: there is no Secret pull, neither in namespace default nor among these files
      help: the workload is not started without it; make it: kubectl create secret docker-registry pull -n default --docker-server=REGISTRY …
    app.yaml:24:25: error[WC0403]: spec.template.spec.components[0].localResources.environment.configFrom[0].name: there is no ConfigMap settings, neither in namespace default nor among these files
      help: the workload is not started without it
    app.yaml:26:25: error[WC0403]: spec.template.spec.components[0].localResources.environment.secretFrom[0].name: there is no Secret tokens, neither in namespace default nor among these files
      help: the workload is not started without it
    1 object in 1 file: 4 errors, 1 warning
    ");
    apply_all_that_is_named(&served);
    assert_snapshot!(validate(&served, APP, &[]), @"
    code: 0
    --- stdout
    1 object in 1 file: valid
    ");
    assert_snapshot!(validate(&served, APP, &["-n", "shop"]), @"
    code: 1
    --- stdout
    app.yaml:3:1: error[WC0403]: the cluster has no namespace shop, in which this is to stand
      help: make it first: kubectl create namespace shop; or choose another with --namespace
    app.yaml:9:15: error[WC0403]: spec.artifacts[0].artifactFrom.name: there is no Artifact api, neither in namespace shop nor among these files
      help: nothing is rolled out until there is one
    app.yaml:12:13: warning[WC0409]: spec.kubernetes.service.name: there is no Service web, neither in namespace shop nor among these files
      help: nothing leads to the workload until there is one
    app.yaml:20:19: error[WC0403]: spec.template.spec.components[0].imagePullSecret.name: there is no Secret pull, neither in namespace shop nor among these files
      help: the workload is not started without it; make it: kubectl create secret docker-registry pull -n shop --docker-server=REGISTRY …
    app.yaml:24:25: error[WC0403]: spec.template.spec.components[0].localResources.environment.configFrom[0].name: there is no ConfigMap settings, neither in namespace shop nor among these files
      help: the workload is not started without it
    app.yaml:26:25: error[WC0403]: spec.template.spec.components[0].localResources.environment.secretFrom[0].name: there is no Secret tokens, neither in namespace shop nor among these files
      help: the workload is not started without it
    1 object in 1 file: 5 errors, 1 warning
    ");
}

#[test]
fn what_a_cluster_has_is_looked_at() {
    let served = Served::with_hosts(&["a"]);
    apply_all_that_is_named(&served);
    served.deploy("registry.example.com/hello:1", 1);
    let hello = served.json(&["get", "wd", "hello"]);
    let host = hello.pointer("/spec/template/spec/hostInterfaces/0/config/host").and_then(Value::as_str).unwrap();
    let text = APP.replace("web.example.com", host).replace("ghcr.io/acme/web", "quay.io/acme/web");
    let ports = json!([{"op": "replace", "path": "/spec/ports/0/name", "value": "web"}]);
    served.request("PATCH", "/api/v1/namespaces/default/services/web", "application/json-patch+json", &ports);
    let told = validate(&served, &text, &[]);
    assert!(!told.contains("hunter2"), "{told}");
    assert_snapshot!(told, @r#"
    code: 1
    --- stdout
    app.yaml:12:13: error[WC0406]: spec.kubernetes.service.name: Service web of the cluster leads nowhere: none of its ports is named http, but web
      help: name it: kubectl patch service web -n default --type=json -p='[{"op": "add", "path": "/spec/ports/0/name", "value": "http"}]'
    app.yaml:20:19: error[WC0404]: spec.template.spec.components[0].imagePullSecret.name: Secret pull of the cluster has no entry for quay.io, from which quay.io/acme/web:1.4 is pulled
      help: name another, or make it anew: kubectl create secret docker-registry pull -n default --docker-server=quay.io --docker-username=USER --docker-password=TOKEN
    app.yaml:34:19: warning[WC0408]: spec.template.spec.hostInterfaces[0].config.host: workloaddeployment/hello in namespace default answers to hello.localhost already, and requests go to either
      help: give it a name of its own, or keep the two apart by hostSelector or environment
    1 object in 1 file: 2 errors, 1 warning
    "#);
}

#[test]
fn hosts_are_those_that_the_controller_would_take() {
    let served = Served::with_hosts(&["a", "b"]);
    apply_all_that_is_named(&served);
    let text = APP.replace("    spec:\n", "    spec:\n      hostSelector:\n        hostgroup: gpu\n");
    assert_snapshot!(validate(&served, &text, &[]), @"
    code: 1
    --- stdout
    app.yaml:16:20: error[WC0407]: spec.template.spec.hostSelector.hostgroup: 0/2 hosts fit: 2 do not match hostSelector hostgroup=gpu
      help: hosts have hostgroup=default; nearest: a, b
    1 object in 1 file: 1 error
    ");
    for host in ["a", "b"] {
        let marked = json!({"metadata": {"annotations": {"runtime.wasmcloud.dev/unschedulable": "true"}}});
        served.request("PATCH", &format!("{HOSTS}/{host}"), "application/merge-patch+json", &marked);
    }
    assert_snapshot!(validate(&served, APP, &["-o", "github"]), @"
    code: 0
    --- stdout
    ::warning file=app.yaml,line=15,endLine=15,col=7,endColumn=17,title=WC0410 no host that takes it now::no host takes this now: 0/2 hosts fit: 2 cordoned%0A`kubectl wasmcloud uncordon a` opens it again
    ");
}

#[test]
fn definitions_of_the_cluster_count() {
    let served = Served::with_hosts(&["a"]);
    apply_all_that_is_named(&served);
    let path = format!("{CRDS}/workloaddeployments.runtime.wasmcloud.dev");
    let field = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/template/properties/spec/properties/\
                 components/items/properties/poolSize";
    served.request("PATCH", &path, "application/json-patch+json", &json!([{"op": "remove", "path": field}]));
    assert_snapshot!(validate(&served, APP, &[]), @"
    code: 1
    --- stdout
    app.yaml:18:11: error[WC0401]: spec.template.spec.components[0].poolSize: the cluster's definition does not have this field, and drops it
      help: `kubectl wasmcloud install` brings the definitions up to date; nothing that is there is taken away
    1 object in 1 file: 1 error
    ");
    served.request("DELETE", &path, "application/json", &Value::Null);
    served.eventually("the definition is gone", || codes(&served, APP).contains(&"WC0402 2:7".into()).then_some(()));
    assert_eq!(codes(&served, APP), ["WC0402 2:7"]);
}

#[test]
fn reasons_are_given_as_ever_and_files_of_other_namespaces_are_none_of_it() {
    let served = Served::with_hosts(&["a"]);
    let ignore = "metadata:\n  annotations: {wasmcloud.dev/ignore: 'WC0403, WC0409: made by the operator'}\n";
    assert_snapshot!(validate(&served, &APP.replacen("metadata:\n", ignore, 1), &[]), @"
    code: 0
    --- stdout
    1 object in 1 file: valid; 5 ignored
    ");
    let elsewhere = APP.replacen("metadata:\n", "metadata:\n  namespace: shop\n", 1);
    assert_snapshot!(validate(&served, &elsewhere, &["-n", "prod"]), @r#"
    code: 2
    --- stderr
    error: 1 document cannot be used; nothing was done
    app.yaml:1: the namespace from the provided object "shop" does not match the namespace "prod". You must pass '--namespace=shop' to perform this operation.
    "#);
    let empty = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
    assert_snapshot!(validate(&served, empty, &[]), @"
    code: 0
    --- stdout
    0 objects in 1 file: nothing to validate; 1 of other kinds passed over
    ");
}

#[test]
fn without_a_cluster_nothing_can_be_told() {
    let env = TestEnv::new();
    env.file("app.yaml", APP);
    assert_snapshot!(env.run(&["validate", "-f", "app.yaml", "--server"]), @"
    code: 2
    --- stderr
    error: no Kubernetes cluster is configured: nothing in [HOME]/.kube/config names one, and this is no Pod
    help: set KUBECONFIG, or name a file with --kubeconfig or a server with --server
    ");
    assert_snapshot!(env.run(&["validate", "-f", "app.yaml", "--server=http://127.0.0.1:1"]), @"
    code: 2
    --- stderr
    The connection to the server 127.0.0.1:[PORT] was refused - did you specify the right host or port?
    help: `kubectl cluster-info` shows whether the cluster is up; --context names another one
    ");
    for words in [["--server", "http://127.0.0.1:1"], ["-s", "http://127.0.0.1:1"], ["-shttp://127.0.0.1:1", "-y"]] {
        let told = env.run(&[&["validate", "-f", "app.yaml"][..], &words].concat());
        assert!(told.contains("The connection to the server 127.0.0.1:[PORT] was refused"), "{told}");
    }
    assert!(env.run(&["-s", "http://127.0.0.1:1", "validate", "-f", "app.yaml"]).contains(" was refused"));
    assert_snapshot!(env.run(&["validate", "-f", "app.yaml", "--server=http://127.0.0.1:1", "--local"]), @"
    code: 2
    --- stderr
    error: the argument '--local[=<DIR>]' cannot be used with '--server <URL>'
    ");
    assert_snapshot!(env.run(&["validate", "-f", "app.yaml", "--server", "--schema-dir=."]), @"
    code: 2
    --- stderr
    error: the argument '--server [<URL>]' cannot be used with '--schema-dir <DIR>'

    Usage: kubectl wasmcloud validate -f FILE… [flags]

    For more information, try '--help'.
    ");
    assert_snapshot!(env.run(&["validate", "-f", "app.yaml", "--nats-url=nats://127.0.0.1:1"]), @"
    code: 2
    --- stderr
    error: the following required arguments were not provided:
      --server [<URL>]

    Usage: kubectl wasmcloud validate -f FILE… [flags]

    For more information, try '--help'.
    ");
    assert_snapshot!(env.run(&["get", "hosts", "--server=http://127.0.0.1:1", "--local"]), @"
    code: 2
    --- stderr
    error: the argument '--local[=<DIR>]' cannot be used with '--server <URL>'
    ");
}
