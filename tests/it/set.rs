use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::TestEnv;
use crate::support::served::Served;

const FILE: &str = "\
# Two things in one file.
apiVersion: v1
kind: Service
metadata: {name: web}
---
apiVersion: runtime.wasmcloud.dev/v1alpha1
kind: WorkloadDeployment
metadata:
    name: web   # the shop
spec:
    template:
        spec:
            components:
            -   name: http
                image: 'registry.example.com/web:1' # pinned
            -   name: worker
                image: registry.example.com/worker:1
                localResources:
                    environment:
                        config:
                            LEVEL: info # or debug
";

#[test]
fn what_makes_no_sense_is_refused_before_a_server_is_asked() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["set", "image", "wd/web"]), @"
    code: 2
    --- stderr
    error: at least one image update is required
    help: such as http=registry.example.com/app:2
    ");
    assert_snapshot!(env.run(&["set", "image", "host/a", "http=x"]), @"
    code: 2
    --- stderr
    error: set image is for components, and a Host has none
    help: hosts are configured where they are started, such as in their Helm chart's values
    ");
    assert_snapshot!(env.run(&["set", "image", "http=x", "wd/web"]), @"
    code: 2
    --- stderr
    error: all resources must be specified before image changes: wd/web
    ");
    assert_snapshot!(env.run(&["set", "image", "http=x"]), @"
    code: 2
    --- stderr
    error: You must provide one or more resources by argument or filename.
    help: the types are workloaddeployments (wd), workloadreplicasets (wrs), workloads (ww), hosts and artifacts (art); `kubectl` itself shows all others
    ");
    assert_snapshot!(env.run(&["set", "env", "wd/web"]), @"
    code: 2
    --- stderr
    error: at least one environment variable must be provided
    help: KEY=VALUE, KEY- or --from=configmap/NAME
    ");
    assert_snapshot!(env.run(&["set", "env", "wd/web", "--from=cm/x", "--prefix=A_"]), @"
    code: 2
    --- stderr
    error: --prefix cannot be had: configFrom and secretFrom take over every key, under its own name
    help: make a ConfigMap or Secret that has just these keys under these names, and name that with --from
    ");
    assert_snapshot!(env.run(&["set", "image", "wd/web", "http=x", "--in-place"]), @"
    code: 2
    --- stderr
    error: --in-place changes files: it takes -f FILE, and no objects of a server
    ");
}

#[test]
fn a_file_is_changed_and_nothing_else_in_it() {
    let env = TestEnv::new();
    let path = env.file("web.yaml", FILE);
    let read = || std::fs::read_to_string(&path).unwrap();
    assert_snapshot!(env.run(&["set", "image", "-f", "web.yaml", "http=registry.example.com/web:2", "--in-place", "--dry-run"]), @"
    code: 0
    --- stdout
    web.yaml: workloaddeployment.runtime.wasmcloud.dev/web image updated (dry run)
    ");
    assert_eq!(read(), FILE);
    assert_snapshot!(env.run(&["set", "image", "-f", "web.yaml", "http=registry.example.com/web:2", "--in-place"]), @"
    code: 0
    --- stdout
    web.yaml: workloaddeployment.runtime.wasmcloud.dev/web image updated
    ");
    let mut wanted = FILE.replace("'registry.example.com/web:1'", "'registry.example.com/web:2'");
    assert_eq!(read(), wanted);
    assert_snapshot!(env.run(&["set", "env", "-f", "web.yaml", "LEVEL=debug", "PORT=8080", "-c", "worker", "--in-place"]), @"
    code: 0
    --- stdout
    web.yaml: workloaddeployment.runtime.wasmcloud.dev/web env updated
    ");
    wanted = wanted
        .replace("LEVEL: info # or debug\n", "LEVEL: debug # or debug\n                            PORT: \"8080\"\n");
    assert_eq!(read(), wanted);
    assert_snapshot!(env.run(&["set", "image", "-f", "web.yaml", "http=registry.example.com/web:2", "--in-place"]), @"
    code: 0
    --- stderr
    web.yaml: workloaddeployment.runtime.wasmcloud.dev/web unchanged
    ");
    assert_snapshot!(env.run(&["set", "image", "-f", "web.yaml", "htp=x", "--in-place"]), @r#"
    code: 2
    --- stderr
    error: unable to find component named "htp"
    help: its components are http, worker; did you mean "http"?
    "#);
    assert_eq!(read(), wanted);
}

#[test]
fn a_file_that_cannot_be_changed_alone_is_left_alone() {
    let env = TestEnv::new();
    let anchored = FILE
        .replace("name: http\n", "name: http\n                x: &x y\n")
        .replace("'registry.example.com/web:1'", "&i 'r/web:1'");
    let anchored = anchored.replace("image: registry.example.com/worker:1", "image: *i");
    let path = env.file("web.yaml", &anchored);
    assert_snapshot!(env.run(&["set", "image", "-f", "web.yaml", "http=x", "--in-place"]), @"
    code: 1
    --- stderr
    error: 1 document cannot be used; nothing was done
    web.yaml:16: an alias repeats this in another place, which would change too
      help: nothing was changed; change this place by hand
    ");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), anchored);
}

#[test]
fn a_file_can_be_tried_without_a_server() {
    let env = TestEnv::new();
    env.file("web.yaml", FILE);
    assert_snapshot!(env.run(&["set", "image", "-f", "web.yaml", "*=x:1", "--dry-run=client", "-o", "yaml"]), @"
    code: 0
    --- stdout
    ---
    apiVersion: runtime.wasmcloud.dev/v1alpha1
    kind: WorkloadDeployment
    metadata:
      name: web
    spec:
      template:
        spec:
          components:
          - image: x:1
            name: http
          - image: x:1
            localResources:
              environment:
                config:
                  LEVEL: info
            name: worker
    ");
}

#[test]
fn images_are_set_on_the_server() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    assert_snapshot!(served.run(&["set", "image", "wd/hello", "http=registry.example.com/hello:2"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello image updated
    ");
    let images = |object: &Value| object["spec"]["template"]["spec"]["components"][0]["image"].clone();
    assert_eq!(images(&served.json(&["get", "wd", "hello"])), "registry.example.com/hello:2");
    assert_snapshot!(served.run(&["set", "image", "wd", "hello", "http=registry.example.com/hello:2"]), @"
    code: 0
    --- stderr
    workloaddeployment.runtime.wasmcloud.dev/hello unchanged
    ");
    assert_snapshot!(served.run(&["set", "image", "wd/hello", "htpt=x"]), @r#"
    code: 1
    --- stderr
    error: unable to find component named "htpt"
    help: its components are http
    "#);
    assert_snapshot!(served.run(&["set", "image", "wd/hello", "http=artifact://x"]), @r#"
    code: 1
    --- stderr
    error: artifact "x" is not listed in spec.artifacts
    help: spec.artifacts lists none; `kubectl wasmcloud explain wd.spec.artifacts` shows how
    "#);
    assert_snapshot!(served.run(&["set", "image", "wd/hello", "wd/nobody", "http=x", "--dry-run=server"]), @r#"
    code: 1
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello image updated (server dry run)
    --- stderr
    Error from server (NotFound): workloaddeployments.runtime.wasmcloud.dev "nobody" not found
    "#);
    let workloads = served.json(&["get", "ww"]);
    let name = workloads["items"][0]["metadata"]["name"].as_str().unwrap();
    assert_snapshot!(served.run(&["set", "image", "ww", name, "http=x"]), @r#"
    code: 1
    --- stderr
    error: workload.runtime.wasmcloud.dev/hello-SET-POD is made by WorkloadReplicaSet "hello-SET", which sets it back
    help: change workloadreplicaset/hello-SET instead, or the deployment that makes that
    "#);
}

#[test]
fn variables_are_set_shown_and_taken_away() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    assert_snapshot!(served.run(&["set", "env", "wd/hello", "A=1", "B=x=y", "--from=secret/s"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello env updated
    ");
    assert_snapshot!(served.run(&["set", "env", "wd/hello", "--list"]), @"
    code: 0
    --- stdout
    # workloaddeployments hello, component http
    A=1
    B=x=y
    # all keys of secret s
    ");
    assert_snapshot!(served.run(&["set", "env", "wd/hello", "A=2", "--overwrite=false"]), @"
    code: 1
    --- stderr
    error: 'A' already has a value (1), and --overwrite is false
    ");
    assert_snapshot!(served.run(&["set", "env", "wd/hello", "A=3"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello env updated
    --- stderr
    Warning: http takes over secret s too: a key that is there wins over A
    ");
    assert_snapshot!(served.run(&["set", "env", "wd/hello", "A-", "B-"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello env updated
    ");
    let resources =
        served.json(&["get", "wd", "hello"])["spec"]["template"]["spec"]["components"][0]["localResources"].clone();
    assert_eq!(resources, json!({"environment": {"secretFrom": [{"name": "s"}]}}));
}
