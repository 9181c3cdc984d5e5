use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::TestEnv;
use crate::support::hosts::Mood;
use crate::support::local::deployment;
use crate::support::served::Served;

/// Two runs take place at different times.
fn settled(text: &str) -> String {
    let rules = [
        (r"(?m)^(Age: +).*$", "${1}AGE"),
        (r"\b\d+[smh](\d+[smh])?\b( \(x\d+ over \w+\))?", "NOW"),
        (r"NOW \(x\d+ over NOW\)", "NOW"),
        (r"(?m)^(Last Seen: +).*$", "${1}TIME"),
        (r" +(?m)$", ""),
        (r"-{2,}", "--"),
        (r"(?m)(\S) {2,}", "$1  "),
    ];
    rules.iter().fold(text.to_owned(), |text, (pattern, word)| {
        regex::Regex::new(pattern).unwrap().replace_all(&text, *word).into_owned()
    })
}

/// Events are written apart from all else, and may come a little later.
fn with_event(served: &Served, words: &[&str], event: &str) -> String {
    served.eventually("the event is told", || {
        let told = served.run(words);
        told.contains(event).then_some(told)
    })
}

fn workload(served: &Served) -> String {
    let workloads = served.json(&["get", "workloads"]);
    format!("ww/{}", workloads["items"][0]["metadata"]["name"].as_str().unwrap())
}

/// A deployment with configuration from everywhere.
fn configured() -> Value {
    let mut object = deployment("registry.example.com/hello:1", 1);
    object["spec"]["template"]["spec"]["components"][0]["localResources"] = json!({
        "allowedHosts": ["api.example.com"],
        "environment": {
            "config": {"GREETING": "hello", "TOKEN": "none"},
            "configFrom": [{"name": "settings"}, {"name": "absent"}],
            "secretFrom": [{"name": "keys"}],
        },
    });
    object["spec"]["kubernetes"] = json!({"service": {"name": "hello"}});
    object
}

fn configure(served: &Served) {
    let metadata = |name: &str| json!({"name": name, "namespace": "default"});
    let settings = json!({"TOKEN": "map", "MODE": "fast"});
    served.apply(&json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata("settings"), "data": settings}));
    let data = json!({"TOKEN": "czNjcjN0LXZhbHVl"});
    served.apply(&json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata("keys"), "data": data}));
    served.apply(&json!({
        "apiVersion": "v1", "kind": "Service", "metadata": metadata("hello"),
        "spec": {"ports": [{"name": "http", "port": 80}]},
    }));
}

#[test]
fn a_deployment_that_is_well() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    let told = with_event(&served, &["describe", "wd", "hello"], "NewReplicaSetCreated");
    assert_snapshot!(settled(&told), @r#"
    code: 0
    -- stdout
    ✔ deployment "hello" successfully rolled out

    Name:  hello
    Namespace:  default
    Kind:  WorkloadDeployment
    Labels:  <none>
    Annotations:  <none>
    Age:  AGE
    Deploy Policy:  RollingUpdate
    Replicas:  1 desired | 1 updated | 1 total | 1 available | 0 unavailable
    Conditions:
      Type  Status  Reason  Age  Message
      --  --  --  --  --
      Artifact  True  Available  NOW
      Sync  True  Available  NOW
      Deploy  True  NewReplicaSetAvailable  NOW
      Scale  True  Available  NOW
      Ready  True  Available  NOW
    Replica Sets:
      Revision  Name  Role  Ready  Age  Images  Change Cause
      --  --  --  --  --  --  --
      1  hello-SET  current  1/1  NOW  registry.example.com/hello:1
    Workloads:
      Name  Host  State  Age  Message
      --  --  --  --  --
      hello-SET-POD  a  Running  NOW
    Components:
      http:
        Image:  registry.example.com/hello:1
    Host Interfaces:
      wasi:http:
        Interfaces:  incoming-handler
        Config:
          Key  Value  From
          --  --  --
          host  hello.localhost  literal
    Route:
      HTTP Host:  hello.localhost
      Hosts Answer At:  http://hello.localhost:8000
    Placement:
      Host  Verdict
      --  --
      a  fits: 1 replica of the same replica set, 1 of the same deployment on hosts without a zone, 0 Workloads
    Events:
      Type  Reason  Age  Object  Message
      --  --  --  --  --
      Normal  NewReplicaSetCreated  NOW  WorkloadDeployment/hello  created replica set "hello-SET"
    "#);
}

#[test]
fn the_hosts_own_words_come_first() {
    let served = Served::with_hosts(&["a"]);
    served.local.hosts.mood("a", Mood::Failing("failed to pull image: 403 Forbidden"));
    served.apply(&deployment("registry.example.com/hello:1", 1));
    let told = served.eventually("the failure is told", || {
        let told = served.run(&["describe", "wd/hello"]);
        told.contains("✖").then_some(told)
    });
    let first: Vec<_> = told.lines().skip(2).take(3).collect();
    assert_snapshot!(first.join("\n"), @r#"
    ✖ deployment "hello" failed to roll out
      Workload default/hello-SET-POD on host a: failed to pull image: 403 Forbidden
    "#);
    let told = with_event(&served, &["describe", &workload(&served)], "Warning  StartFailed");
    assert_snapshot!(settled(&told), @"
    code: 0
    -- stdout
    ✖ it does not run; it was given to host a
      Workload default/hello-SET-POD on host a: failed to pull image: 403 Forbidden

    Name:  hello-SET-POD
    Namespace:  default
    Kind:  Workload
    Labels:  <none>
    Annotations:  runtime.wasmcloud.dev/assigned-host: id-a
                    runtime.wasmcloud.dev/workload-replica-set-generation: c4c7b9d94
    Age:  AGE
    Controlled By:  WorkloadReplicaSet/hello-SET
    Host Id:  id-a
    Conditions:
      Type  Status  Reason  Age  Message
      --  --  --  --  --
      Config  True  Available  NOW
      HostSelection  True  Available  NOW
      Placement  False  StartFailed  NOW  failed to pull image: 403 Forbidden
      Sync  Unknown  Pending  <unknown>
      Ready  False  StartFailed  NOW  failed to pull image: 403 Forbidden
    Components:
      http:
        Image:  registry.example.com/hello:1
    Host Interfaces:
      wasi:http:
        Interfaces:  incoming-handler
        Config:
          Key  Value  From
          --  --  --
          host  hello.localhost  literal
    Route:
      HTTP Host:  hello.localhost
    Placement:
      Host  Verdict
      --  --
      a  it is here; fits: 0 replicas of the same replica set, 0 Workloads
    Events:
      Type  Reason  Age  Object  Message
      --  --  --  --  --
      Warning  StartFailed  NOW  Workload/hello-SET-POD  failed to pull image: 403 Forbidden
    ");
}

/// A cluster with that deployment.
fn with_configuration() -> Served {
    let served = Served::with_hosts(&["a"]);
    configure(&served);
    served.apply(&configured());
    served.eventually("there is a Workload", || {
        let workloads = served.json(&["get", "workloads"]);
        (!workloads["items"].as_array().unwrap().is_empty()).then_some(())
    });
    served
}

#[test]
fn configuration_names_sources_to_programs() {
    let object = with_configuration().json(&["describe", "wd", "hello"]);
    assert_snapshot!(serde_json::to_string_pretty(&object["parts"][0]).unwrap(), @r#"
    {
      "facts": {
        "allowedHosts": "api.example.com",
        "image": "registry.example.com/hello:1"
      },
      "layers": [
        {
          "entries": [
            {
              "from": "literal",
              "key": "GREETING",
              "value": "hello"
            },
            {
              "from": "ConfigMap settings",
              "key": "MODE",
              "value": "fast"
            },
            {
              "from": "Secret keys",
              "key": "TOKEN",
              "shadows": [
                "ConfigMap settings",
                "literal"
              ],
              "value": null
            }
          ],
          "layer": "environment",
          "problems": [
            "ConfigMap absent not found"
          ]
        }
      ],
      "name": "http",
      "part": "component"
    }
    "#);
    let said = object.to_string();
    assert!(!said.contains("s3cr3t-value") && !said.contains("czNjcjN0LXZhbHVl"), "{said}");
}

#[test]
fn configuration_names_sources_and_never_a_secrets_value() {
    let served = with_configuration();
    let told = served.run(&["describe", "wd", "hello"]);
    let from = told.find("Components:").unwrap();
    assert_snapshot!(settled(&told[from..told.find("Placement:").unwrap()]), @"
    Components:
      http:
        Image:  registry.example.com/hello:1
        Allowed Hosts:  api.example.com
        Environment:
          ConfigMap absent not found
          Key  Value  From  Shadows
          --  --  --  --
          GREETING  hello  literal
          MODE  fast  ConfigMap settings
          TOKEN  <set in Secret keys>  Secret keys  ConfigMap settings, literal
    Host Interfaces:
      wasi:http:
        Interfaces:  incoming-handler
        Config:
          Key  Value  From
          --  --  --
          host  hello.localhost  literal
          host-aliases  hello.default,hello.default.svc  Service hello
    Route:
      HTTP Host:  hello.localhost
      Service:  hello (ClusterIP, http 80)
      Problems:  no EndpointSlice of the Service has an address
    ");
    assert!(!told.contains("s3cr3t-value") && !told.contains("czNjcjN0LXZhbHVl"), "{told}");
}

#[test]
fn why_no_host_fits_comes_before_all_else() {
    let served = Served::with_hosts(&["a", "b"]);
    let mut object = deployment("registry.example.com/hello:1", 1);
    object["spec"]["template"]["spec"]["hostSelector"] = json!({"zone": "x"});
    served.apply(&object);
    let told = served.eventually("the controller looked for a host", || {
        let told = served.run(&["describe", "wd", "hello"]);
        told.contains("Placement:\n  0/2 hosts fit").then_some(told)
    });
    assert_snapshot!(settled(told.split("Name:").next().unwrap()), @r#"
    code: 0
    -- stdout
    ⚠ Waiting for deployment "hello" rollout to finish: 0 of 1 updated replicas are available...
      Workload default/hello-SET-POD: 0/2 hosts fit: 2 do not match hostSelector zone=x

    Placement:
      0/2 hosts fit: 2 do not match hostSelector zone=x
      Host  Verdict
      --  --
      a  does not match hostSelector zone=x
      b  does not match hostSelector zone=x
    "#);
}

#[test]
fn a_host() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    assert_snapshot!(settled(&served.run(&["describe", "host/a"])), @"
    code: 0
    -- stdout
    ✔ it is ready

    Name:  a
    Namespace:  wasmcloud-system
    Kind:  Host
    Labels:  hostgroup=default
    Annotations:  <none>
    Age:  AGE
    Host Id:  id-a
    Group:  default
    Address:  127.0.0.1:[PORT]
    Cordoned:  false
    Draining:  false
    Version:  2.10.3
    System:  unknown unknown unknown
    CPU:  0%
    Components:  0
    Workloads Reported:  0
    Last Seen:  TIME
    Conditions:
      Type  Status  Reason  Age  Message
      --  --  --  --  --
      Reporting  True  Available  NOW
      Ready  True  Available  NOW
    Workloads:
      Name  Namespace  State  Age  Message
      --  --  --  --  --
      hello-SET-POD  default  Running  NOW
    Events:  <none>
    ");
}

#[test]
fn an_artifact() {
    let served = Served::with_hosts(&["a"]);
    served.apply(&json!({
        "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Artifact",
        "metadata": {"name": "web", "namespace": "default"}, "spec": {"image": "registry.example.com/web:1"},
    }));
    let told = served.eventually("the controller looked at it", || {
        let told = served.run(&["describe", "artifact", "web"]);
        told.contains("✔").then_some(told)
    });
    assert_snapshot!(settled(&told), @"
    code: 0
    -- stdout
    ✔ its image may be used

    Name:  web
    Namespace:  default
    Kind:  Artifact
    Labels:  <none>
    Annotations:  <none>
    Age:  AGE
    Image:  registry.example.com/web:1
    Resolved To:  registry.example.com/web:1
    Conditions:
      Type  Status  Reason  Age  Message
      --  --  --  --  --
      Sync  True  Available  NOW
      Published  True  Available  NOW
      Ready  True  Available  NOW
    Used By:  <none>
    Events:  <none>
    ");
}

#[test]
fn programs_get_a_stable_shape() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    let shape = |words: &[&str]| {
        let object = served.json(words);
        object.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ")
    };
    assert_snapshot!(shape(&["describe", "wd", "hello"]), @"conditions events facts kind metadata name namespace parts placement replicaSets replicas route verdict workloads");
    assert_snapshot!(shape(&["describe", "host", "a"]), @"conditions events facts kind metadata name namespace verdict workloads");
    assert_eq!(served.json(&["describe", "wd/hello"])["verdict"]["health"], "well");
    assert_eq!(served.json(&["describe", "wd"])["kind"], "List", "be there one or many");
    assert_eq!(served.json(&["describe", "wd/hello", "host/a"])["items"][1]["kind"], "Host");
    assert_snapshot!(served.run(&["describe", "wd", "hello", "-o", "name"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello
    ");
}

#[test]
fn what_is_not_there_is_told_and_the_rest_is_shown() {
    let served = Served::with_hosts(&["a"]);
    let told = served.run(&["describe", "host", "a", "b"]);
    assert!(told.contains("✔ it is ready") && told.contains("code: 1"), "{told}");
    assert!(told.contains("Error from server (NotFound): hosts.runtime.wasmcloud.dev \"b\" not found"), "{told}");
    assert_snapshot!(served.run(&["describe", "wd"]), @"
    code: 0
    --- stderr
    No resources found in default namespace.
    ");
    assert_snapshot!(TestEnv::new().run(&["describe"]), @"
    code: 2
    --- stderr
    error: You must specify the type of resource to describe.
    help: the types are workloaddeployments (wd), workloadreplicasets (wrs), workloads (ww), hosts and artifacts (art); `kubectl` itself shows all others
    ");
}

#[test]
fn what_stands_around_many_objects_is_read_once() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 3);
    let output = served.output(&["describe", "ww", "-v", "6"]);
    let requests = String::from_utf8(output.stderr).unwrap();
    let asked = |what: &str| requests.lines().filter(|line| line.contains("requesting") && line.contains(what)).count();
    assert_eq!(String::from_utf8(output.stdout).unwrap().matches("Name:").count(), 3);
    assert_eq!(asked("/hosts?"), 1, "{requests}");
    assert_eq!(asked("/events?"), 1, "{requests}");
    assert_eq!(asked("/leases?"), 1, "{requests}");
    assert_eq!(asked("/workloads?"), 2, "those that are described, and those around them: {requests}");
}
