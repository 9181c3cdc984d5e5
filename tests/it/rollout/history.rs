use insta::assert_snapshot;
use serde_json::json;

use crate::support::local::deployment;
use crate::support::served::Served;

/// The deployment `hello` in its third revision; the second has a change-cause.
pub(super) fn third(served: &Served) {
    served.deploy("r.example/hello:1", 1);
    let mut second = deployment("r.example/hello:2", 1);
    second["metadata"]["annotations"] = json!({"kubernetes.io/change-cause": "the second, faster"});
    served.apply(&second);
    served.block_on(served.local.rolled_out("hello"));
    served.deploy("r.example/hello:3", 1);
}

#[test]
fn revisions_have_causes_and_images() {
    let served = Served::with_hosts(&["a"]);
    third(&served);
    assert_snapshot!(served.run(&["rollout", "history", "hello"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello 
    REVISION  CHANGE-CAUSE        CURRENT  IMAGES
    1         <none>                       r.example/hello:1
    2         the second, faster           r.example/hello:2
    3         <none>              *        r.example/hello:3
    ");
    assert_snapshot!(served.run(&["rollout", "history", "wd/hello", "--revision=2"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello with revision #2
    Change-Cause:  the second, faster
    Workload Template:
      spec:
        components:
        - image: r.example/hello:2
          name: http
        hostInterfaces:
        - config:
            host: hello.localhost
          interfaces:
          - incoming-handler
          namespace: wasi
          package: http
    ");
    assert_snapshot!(served.run(&["rollout", "history", "hello", "--revision=7"]), @"
    code: 1
    --- stderr
    error: unable to find the specified revision
    help: there are the revisions 1, 2, 3
    ");
    assert_snapshot!(served.run(&["rollout", "history", "hello", "nowhere"]), @r#"
    code: 1
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello 
    REVISION  CHANGE-CAUSE        CURRENT  IMAGES
    1         <none>                       r.example/hello:1
    2         the second, faster           r.example/hello:2
    3         <none>              *        r.example/hello:3
    --- stderr
    Error from server (NotFound): workloaddeployments.runtime.wasmcloud.dev "nowhere" not found
    "#);
    assert_snapshot!(served.run(&["rollout", "history", "-l", "no=such"]), @"
    code: 0
    --- stderr
    No resources found in default namespace.
    ");
}

#[test]
fn templates_are_compared() {
    let served = Served::with_hosts(&["a"]);
    third(&served);
    assert_snapshot!(served.run(&["rollout", "history", "hello", "--diff"]), @"
    code: 0
    --- stdout
    --- hello revision 2
    +++ hello revision 3
    @@ -1,6 +1,6 @@
     spec:
       components:
    -  - image: r.example/hello:2
    +  - image: r.example/hello:3
         name: http
       hostInterfaces:
       - config:
    ");
    let told = |words: &[&str]| served.run(&[&["rollout", "history", "hello"], words].concat());
    assert_eq!(told(&["--diff=-2"]), told(&["--diff=1,3"]));
    assert_snapshot!(told(&["--diff=2,1"]), @"
    code: 0
    --- stdout
    --- hello revision 2
    +++ hello revision 1
    @@ -1,6 +1,6 @@
     spec:
       components:
    -  - image: r.example/hello:2
    +  - image: r.example/hello:1
         name: http
       hostInterfaces:
       - config:
    ");
    assert_snapshot!(told(&["--diff=3,0"]), @"
    code: 0
    --- stderr
    hello revision 3 and hello revision 3 do not differ
    ");
    assert_snapshot!(told(&["--diff=-3"]), @"
    code: 1
    --- stderr
    error: unable to find the specified revision
    help: there are the revisions 1, 2, 3
    ");
    assert!(told(&["--diff", "--color=always"]).contains("\u{1b}[32m+"));
}

#[test]
fn programs_get_replica_sets() {
    let served = Served::with_hosts(&["a"]);
    third(&served);
    let all = served.json(&["rollout", "history", "hello"]);
    let images: Vec<_> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|set| &set["spec"]["template"]["spec"]["components"][0]["image"])
        .collect();
    assert_eq!(images, ["r.example/hello:1", "r.example/hello:2", "r.example/hello:3"]);
    let one = served.json(&["rollout", "history", "hello", "--revision=2"]);
    assert_eq!((&one["kind"], &one["metadata"]["managedFields"]), (&json!("WorkloadReplicaSet"), &json!(null)));
    assert_snapshot!(served.run(&["rollout", "history", "hello", "-o", "name"]), @"
    code: 0
    --- stdout
    workloadreplicaset.runtime.wasmcloud.dev/hello-SET
    workloadreplicaset.runtime.wasmcloud.dev/hello-SET
    workloadreplicaset.runtime.wasmcloud.dev/hello-SET
    ");
    let path = "jsonpath={.items[*].spec.replicas}";
    assert_snapshot!(served.run(&["rollout", "history", "hello", "-o", path]), @"
    code: 0
    --- stdout
    0 0 1
    ");
}

#[test]
fn upstreams_operator_keeps_no_history_and_that_is_said() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("r.example/hello:1", 1);
    served.held_by("upstream-operator-1");
    assert_snapshot!(served.run(&["rollout", "history", "hello"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello 
    REVISION  CHANGE-CAUSE  CURRENT  IMAGES
    1         <none>        *        r.example/hello:1
    --- stderr
    Warning: upstream-operator-1 is in charge, and keeps no history: there is the current revision, and the previous one until it is replaced
    ");
}

#[test]
fn what_was_never_rolled_out_has_no_history() {
    let served = Served::with_hosts(&["a"]);
    let mut paused = deployment("r.example/hello:1", 1);
    paused["metadata"]["annotations"] = json!({"runtime.wasmcloud.dev/paused": "true"});
    served.apply(&paused);
    assert_snapshot!(served.run(&["rollout", "history", "hello"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello 
    No rollout history found.
    ");
}
