//! `scaffold` and `deploy --image` as a user meets them.

#[cfg(feature = "local")]
mod running;

use std::net::TcpListener;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::TestEnv;
use crate::support::component::http::caller;
use crate::support::component::http_component;
use crate::support::component::service::done;

/// A home with components in it.
fn project() -> TestEnv {
    let env = TestEnv::new();
    for (name, bytes) in [("hello.wasm", http_component("hello")), ("out/caller.wasm", caller()), ("done.wasm", done())]
    {
        let path = env.file(name, "");
        std::fs::write(path, bytes).unwrap();
    }
    env
}

#[test]
fn what_is_missing_is_named() {
    let env = project();
    assert_snapshot!(env.run(&["scaffold"]), @"
    code: 2
    --- stderr
    error: You must specify the type of resource to scaffold.
    help: the types are workloaddeployment (wd), workloadreplicaset (wrs), workload (ww), host and artifact (art)
    ");
    assert_snapshot!(env.run(&["scaffold", "wd", "--image=hello.wasm"]), @"
    code: 2
    --- stderr
    error: exactly one NAME is required, got 0
    help: NAME is what the object is to be called
    ");
    assert_snapshot!(env.run(&["scaffold", "wd", "hello"]), @r#"
    code: 2
    --- stderr
    error: required flag(s) "image" not set
    help: one of --image IMAGE, --component NAME=IMAGE, --service-image IMAGE, --from-wash-config FILE or --example
    "#);
    assert_snapshot!(env.run(&["scaffold", "artifact", "hello"]), @r#"
    code: 2
    --- stderr
    error: required flag(s) "image" not set
    help: --image IMAGE
    "#);
    assert_snapshot!(env.run(&["deploy", "--image=hello.wasm"]), @"
    code: 2
    --- stderr
    error: exactly one NAME is required, got 0
    help: NAME is what the object is to be called
    ");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let env = project();
    assert_snapshot!(env.run(&["scaffold", "wd", "Hello", "--image=hello.wasm"]), @r#"
    code: 2
    --- stderr
    error: invalid name "Hello": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
    "#);
    assert_snapshot!(env.run(&["scaffold", "wd", "a.b", "--image=hello.wasm", "--expose"]), @r#"
    code: 2
    --- stderr
    error: invalid name "a.b": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
    "#);
    assert_snapshot!(env.run(&["scaffold", "host", "a", "--image=hello.wasm"]), @"
    code: 2
    --- stderr
    error: --image has no meaning for the type host
    ");
    assert_snapshot!(env.run(&["scaffold", "wd", "a", "--image=hello.wasm", "--allow-host=http://a/b"]), @"
    code: 2
    --- stderr
    error: invalid value 'http://a/b' for '--allow-host <HOST>': it is HOST, HOST:PORT, *.SUFFIX or *, perhaps with SCHEME:// before it; no path

    For more information, try '--help'.
    ");
    assert_snapshot!(env.run(&["scaffold", "wd", "a", "--image=hello.wasm", "--volume=a"]), @"
    code: 2
    --- stderr
    error: invalid value 'a' for '--volume <SOURCE:PATH>': it is NAME:PATH or HOSTPATH:PATH, perhaps with :ro, and PATH begins with /

    For more information, try '--help'.
    ");
    assert_snapshot!(env.run(&["scaffold", "wd", "--example", "--replicas=2"]), @"
    code: 2
    --- stderr
    error: --replicas and --example cannot be used together
    ");
    assert_snapshot!(env.run(&["deploy", "a", "--image=hello.wasm", "-f", "x.yaml"]), @"
    code: 2
    --- stderr
    error: NAME cannot be used with -f and -k
    help: files name their objects themselves
    ");
    assert_snapshot!(env.run(&["deploy", "-f", "x.yaml", "--expose"]), @"
    code: 2
    --- stderr
    error: --expose cannot be used with -f and -k
    help: it says what a manifest is made of, and files hold manifests already
    ");
    assert_snapshot!(env.run(&["deploy", "-f", "x.yaml", "-o", "yaml"]), @"
    code: 2
    --- stderr
    error: -o cannot be used with -f and -k
    help: `apply --dry-run=server -o yaml` shows what would become of files
    ");
    assert_snapshot!(env.run(&["deploy", "a", "--image=hello.wasm", "-o", "yaml"]), @"
    code: 2
    --- stderr
    error: -o cannot be used without --dry-run
    help: --dry-run=client shows the manifest, --dry-run=server has the server check it too
    ");
}

#[test]
fn an_image_that_cannot_be_opened_is_no_guess() {
    let env = project();
    env.file("text.wasm", "(component)");
    assert_snapshot!(env.run(&["scaffold", "wd", "a", "--image=nowhere.wasm"]), @"
    code: 1
    --- stderr
    error: cannot read [HOME]/nowhere.wasm: No such file or directory (os error 2)
    help: build it, or look at its path again
          --no-open writes what a component needs that answers HTTP, without opening the image
    ");
    assert_snapshot!(env.run(&["scaffold", "wd", "a", "--image=text.wasm"]), @"
    code: 1
    --- stderr
    error: file://text.wasm: it is WebAssembly as text, not as bytes
    help: make bytes of it: wasm-tools parse FILE.wat -o FILE.wasm
    ");
    assert_snapshot!(env.run(&["scaffold", "wd", "a", "--image=artifact://web"]), @"
    code: 1
    --- stderr
    error: cannot open artifact://web: only a cluster knows what that is
    help: --no-open writes what a component needs that answers HTTP, without opening the image
    ");
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_snapshot!(env.run(&["scaffold", "wd", "a", &format!("--image=127.0.0.1:{port}/a:1")]), @"
    code: 1
    --- stderr
    error: cannot pull 127.0.0.1:[PORT]/a:1: client error (Connect): tcp connect error: Connection refused (os error 111)
    help: look at the name of the registry: is there a way from here to 127.0.0.1:[PORT]?
          --no-open writes what a component needs that answers HTTP, without opening the image
    ");
    assert_snapshot!(env.run(&["scaffold", "wd", "a", "--image=no image"]), @"
    code: 1
    --- stderr
    error: `no image` is no image reference: invalid reference format
    help: --no-open writes what a component needs that answers HTTP, without opening the image
    ");
}

#[test]
fn the_image_decides_what_is_written() {
    let env = project();
    let told = env.run(&["scaffold", "wd", "a", "--image=./out/caller.wasm", "--replicas=2", "--http-host=a.example"]);
    assert_snapshot!(told, @r#"
    code: 0
    --- stdout
    apiVersion: runtime.wasmcloud.dev/v1alpha1
    kind: WorkloadDeployment
    metadata:
      name: a
    spec:
      replicas: 2 # how many Workloads run, each on one host
      template:
        spec:
          components:
            - name: a
              # A file, for the local control plane. For a cluster push it, and name it as registries do:
              #   wash oci push ghcr.io/ORG/NAME:VERSION FILE
              image: file://out/caller.wasm
              localResources:
                # It sends HTTP requests and may reach no host. List those it may: api.example.com, or "*".
                allowedHosts: []
          hostInterfaces:
            - namespace: wasi
              package: http
              interfaces: [incoming-handler]
              config:
                host: a.example # requests for this host come here
    --- stderr
    Warning: a sends HTTP requests and may reach no host: --allow-host lists those it may
    "#);
    assert_snapshot!(env.run(&["scaffold", "ww", "a", "--image=done.wasm"]), @"
    code: 0
    --- stdout
    # A WorkloadDeployment makes these. One by itself is not replaced when it is lost.
    apiVersion: runtime.wasmcloud.dev/v1alpha1
    kind: Workload
    metadata:
      name: a
    spec:
      # Runs all the time; the components reach it on localhost.
      service:
        # A file, for the local control plane. For a cluster push it, and name it as registries do:
        #   wash oci push ghcr.io/ORG/NAME:VERSION FILE
        image: file://done.wasm
    ");
    let told = env.run(&["scaffold", "ww", "a", "--image=artifact://x", "--no-open"]);
    assert!(told.contains("artifact://x is for deployments"), "{told}");
    let dry = env.run(&["deploy", "a", "--image=hello.wasm", "--dry-run", "-o", "yaml"]);
    assert!(dry.contains("image: file://[HOME]/hello.wasm"), "{dry}");
    assert!(!dry.contains("replicas"), "they stay with who scales it: {dry}");
}

#[test]
fn who_sends_requests_and_may_reach_nobody_is_told_of_by_deploy_too() {
    let env = project();
    let deploy = |more: &[&str]| {
        let words = ["deploy", "a", "--image=./out/caller.wasm", "--http-host=a.example", "--dry-run", "-o", "yaml"];
        env.run(&[&words[..], more].concat())
    };
    let warning = "Warning: a sends HTTP requests and may reach no host: --allow-host lists those it may\n";
    let silent = deploy(&[]);
    assert!(silent.contains("allowedHosts: []\n") && silent.contains(warning), "{silent}");
    let allowed = deploy(&["--allow-host=api.example.com"]);
    assert!(allowed.contains("- api.example.com\n") && !allowed.contains(warning), "{allowed}");
}

#[test]
fn json_is_one_object_or_a_list() {
    let env = TestEnv::new();
    let json = |words: &[&str]| -> Value {
        let words = [&["scaffold", "wd", "a", "--image=r/a:1", "--no-open", "-o", "json"], words].concat();
        serde_json::from_slice(&env.command(&words).output().unwrap().stdout).unwrap()
    };
    assert_eq!(json(&[])["kind"], "WorkloadDeployment");
    let list = json(&["--expose=8080"]);
    assert_eq!((&list["kind"], &list["items"][0]["spec"]["ports"][0]["port"]), (&json!("List"), &json!(8080)));
    assert_eq!(list["items"][1]["spec"]["kubernetes"]["service"]["name"], "a");
}

#[test]
fn files_are_written_once_and_not_over_others() {
    let env = project();
    let words = ["scaffold", "wd", "a", "--image=hello.wasm", "--expose", "--output-dir=deploy/base", "-n=team"];
    assert_snapshot!(env.run(&words), @"
    code: 0
    --- stdout
    deploy/base/service-a.yaml created
    deploy/base/workloaddeployment-a.yaml created
    --- stderr
    hint: kubectl wasmcloud deploy --local -f deploy/base
    ");
    let read = |name: &str| std::fs::read_to_string(env.home().join("deploy/base").join(name)).unwrap();
    assert!(read("workloaddeployment-a.yaml").contains("image: file://../../hello.wasm"));
    assert_snapshot!(env.run(&words), @"
    code: 0
    --- stdout
    deploy/base/service-a.yaml unchanged
    deploy/base/workloaddeployment-a.yaml unchanged
    --- stderr
    hint: kubectl wasmcloud deploy --local -f deploy/base
    ");
    env.file("deploy/base/service-a.yaml", "mine\n");
    env.file("deploy/base/workloaddeployment-a.yaml", "mine\n");
    assert_snapshot!(env.run(&words), @"
    code: 1
    --- stderr
    error: deploy/base/service-a.yaml is there already, and differs; nothing is written
    help: --force overwrites it
    ");
    assert_eq!(read("workloaddeployment-a.yaml"), "mine\n");
    for flag in ["--force", "--yes"] {
        env.file("deploy/base/service-a.yaml", "mine\n");
        let told = env.run(&[&words[..], &[flag]].concat());
        assert!(told.contains("deploy/base/service-a.yaml overwritten"), "{told}");
        assert_ne!(read("service-a.yaml"), "mine\n");
    }
    let told = env.run(&["scaffold", "wd", "a", "--image=hello.wasm", "--output-dir=json", "-o=json"]);
    assert!(told.contains("json/workloaddeployment-a.json created"), "{told}");
}

#[test]
fn a_wash_project_is_carried_over() {
    let env = project();
    let config = "build: {component_path: ../hello.wasm}\n\
                  dev:\n  host_plugins: [{id: x, file: x.wasm}]\n\
                  workload: {environment: {config: {A: b}, secretFrom: [keys]}}\n\
                  secrets: {keys: {inline: {TOKEN: hunter2}}}\n";
    env.file("shop/.wash/config.yaml", config);
    let told = env.run(&["scaffold", "wd", "shop", "--from-wash-config=shop/.wash/config.yaml"]);
    assert!(!told.contains("hunter2"), "{told}");
    assert_snapshot!(told, @"
    code: 0
    --- stdout
    # From a wash project. Where Kubernetes differs, and what is left to do:
    # - without allowedHosts wash lets components send requests to all hosts, Kubernetes to none: list
    #   them
    # - make the Secret: kubectl create secret generic keys --from-literal=TOKEN=…
    # - set where hosts are started, as in their Helm chart's values, and not carried over:
    #   dev.host_plugins
    apiVersion: runtime.wasmcloud.dev/v1alpha1
    kind: WorkloadDeployment
    metadata:
      name: shop
    spec:
      replicas: 1 # how many Workloads run, each on one host
      template:
        spec:
          components:
            - name: shop
              # A file, for the local control plane. For a cluster push it, and name it as registries do:
              #   wash oci push ghcr.io/ORG/NAME:VERSION FILE
              image: file://hello.wasm
              localResources:
                environment: # its environment variables
                  config:
                    A: b
                  secretFrom: # Secrets, all of their keys; they win over both
                    - name: keys
          hostInterfaces:
            - namespace: wasi
              package: http
              interfaces: [incoming-handler]
              config:
                host: shop.localhost # requests for this host come here: put your own
    --- stderr
    Warning: without allowedHosts wash lets components send requests to all hosts, Kubernetes to none: list them
    Warning: make the Secret: kubectl create secret generic keys --from-literal=TOKEN=…
    Warning: set where hosts are started, as in their Helm chart's values, and not carried over: dev.host_plugins
    ");
    let directory = env.run(&["scaffold", "wd", "shop", "--from-wash-config=shop"]);
    assert_eq!(directory, told, "a directory has its configuration where wash has it");
    let replaced = env.run(&["scaffold", "wd", "shop", "--from-wash-config=shop", "--image=out/caller.wasm"]);
    assert!(replaced.contains("image: file://out/caller.wasm"), "{replaced}");
    assert!(replaced.contains("wash lets it to all when there is no list"), "{replaced}");
}

#[test]
fn a_wash_project_that_says_too_little_or_nonsense_is_refused() {
    let env = project();
    env.file("empty/.wash/config.toml", "");
    assert_snapshot!(env.run(&["scaffold", "wd", "a", "--from-wash-config=empty"]), @"
    code: 2
    --- stderr
    Warning: without allowedHosts wash lets components send requests to all hosts, Kubernetes to none: list them
    error: the wash project does not say where its component is: build.component_path is missing
    help: --image IMAGE names it
    ");
    assert_snapshot!(env.run(&["scaffold", "wd", "a", "--from-wash-config=out"]), @"
    code: 2
    --- stderr
    error: there is no .wash/config.yaml in out
    ");
    env.file("bad/.wash/config.yaml", "dev:\n  components: x\n");
    assert_snapshot!(env.run(&["scaffold", "wd", "a", "--from-wash-config=bad"]), @"
    code: 1
    --- stderr
    error: 1 document cannot be used; nothing was done
    bad/.wash/config.yaml:2:15: expected sequence start
    ");
}

#[test]
fn examples_need_nothing() {
    let env = TestEnv::new();
    for kind in ["wd", "wrs", "ww", "art", "host"] {
        let told = env.run(&["scaffold", kind, "--example"]);
        assert!(told.starts_with("code: 0\n") && !told.contains("--- stderr"), "{told}");
    }
    assert_snapshot!(env.run(&["scaffold", "wd", "--example", "--output-dir=."]), @"
    code: 0
    --- stdout
    ./configmap-hello-settings.yaml created
    ./service-hello.yaml created
    ./workloaddeployment-hello.yaml created
    ./hello.wasm created
    --- stderr
    hint: kubectl wasmcloud deploy --local -f .
    ");
}

/// What is written passes `validate`: a host is a name, and what people copy along is told.
#[test]
fn hosts_are_names() {
    let env = project();
    let hosts = [
        "a:80",
        "http://a",
        "https://a.example:8443/x?y",
        "a/path",
        "",
        "*",
        "*.example.com",
        "a,b",
        "a_b",
        "A.Example",
    ];
    let said = |host: &str| {
        let told = env.run(&["scaffold", "wd", "web", "--image=hello.wasm", &format!("--http-host={host}")]);
        let shown = told.lines().find(|line| line.starts_with("error") || line.contains("host:")).unwrap_or_default();
        format!("{} {}\n", &told[..7], shown.trim())
    };
    assert_snapshot!(hosts.map(said).concat(), @"
    code: 2 error: invalid value 'a:80' for '--http-host <HOST>': it is a name without scheme, port and path: write a
    code: 2 error: invalid value 'http://a' for '--http-host <HOST>': it is a name without scheme, port and path: write a
    code: 2 error: invalid value 'https://a.example:8443/x?y' for '--http-host <HOST>': it is a name without scheme, port and path: write a.example
    code: 2 error: invalid value 'a/path' for '--http-host <HOST>': it is a name without scheme, port and path: write a
    code: 2 error: invalid value '' for '--http-host <HOST>': it is a name such as web.example.com, of letters, digits, - and dots; there are no wildcards
    code: 2 error: invalid value '*' for '--http-host <HOST>': it is a name such as web.example.com, of letters, digits, - and dots; there are no wildcards
    code: 2 error: invalid value '*.example.com' for '--http-host <HOST>': it is a name such as web.example.com, of letters, digits, - and dots; there are no wildcards
    code: 2 error: invalid value 'a,b' for '--http-host <HOST>': it is a name such as web.example.com, of letters, digits, - and dots; there are no wildcards
    code: 2 error: invalid value 'a_b' for '--http-host <HOST>': it is a name such as web.example.com, of letters, digits, - and dots; there are no wildcards
    code: 0 host: a.example # requests for this host come here
    ");
    env.file("shop/.wash/config.yaml", "build: {component_path: ../hello.wasm}\ndev: {host_interfaces: [{namespace: wasi, package: http, interfaces: [incoming-handler], config: {host: 'Localhost:8000'}}]}\n");
    let carried = env.run(&["scaffold", "wd", "shop", "--from-wash-config=shop"]);
    assert!(carried.contains("host: localhost\n") || carried.contains("host: localhost #"), "{carried}");
}
