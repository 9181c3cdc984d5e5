use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::TestEnv;
use crate::support::hosts::Mood;
use crate::support::served::Served;

const IMAGE: &str = "registry.example.com/hello:1";

#[test]
fn a_deployment_shows_what_stands_under_it() {
    let served = Served::with_hosts(&["a"]);
    assert_snapshot!(served.run(&["tree"]), @"
    code: 0
    --- stderr
    No resources found in default namespace.
    ");
    served.deploy(IMAGE, 1);
    assert_snapshot!(served.run(&["tree", "hello"]), @"
    code: 0
    --- stdout
    NAME                             STATUS       HOST   AGE   INFO
    wd/hello                         + Complete          NOW    1/1 available
    `- wrs/hello-SET             + Ready             NOW    revision 1  1/1 ready  registry.example.com/hello:1
       `- ww/hello-SET-POD   + Running    a      NOW
    ");
    assert_snapshot!(served.run(&["tree", "-o", "name"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello
    workloadreplicaset.runtime.wasmcloud.dev/hello-SET
    workload.runtime.wasmcloud.dev/hello-SET-POD
    ");
    assert_snapshot!(served.run(&["tree", "host/a", "--no-headers"]), @"
    code: 0
    --- stdout
    wasmcloud-system   host/a                        + Ready         NOW   group default  version 2.10.3
    default            `- ww/hello-SET-POD   + Running       NOW   registry.example.com/hello:1
    ");
    let tree = served.json(&["tree", "wd/hello"]);
    assert_eq!(tree["children"][0]["children"][0]["host"], "a");
    assert_eq!(served.json(&["tree", "wd"])["items"][0], tree);
}

#[test]
fn lines_are_drawn_where_the_locale_has_them() {
    let served = Served::with_hosts(&["a"]);
    served.deploy(IMAGE, 1);
    let mut command = served.env.command(&["tree", "hello"]);
    let output = command.env("LANG", "C.UTF-8").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("└─ wrs/hello-") && text.contains("✔ Complete"), "{text}");
}

#[test]
fn until_it_is_ready() {
    let served = Served::with_hosts(&["a"]);
    served.deploy(IMAGE, 1);
    assert_snapshot!(served.run(&["tree", "hello", "--until=ready"]), @"
    code: 0
    --- stdout
    wd/hello Complete
    wrs/hello-SET Ready
    ww/hello-SET-POD Running on host a
    ");
    let document = served.json(&["tree", "hello", "--until=ready"]);
    assert_eq!(document["status"], "Complete");
}

#[test]
fn until_it_has_failed_and_the_hosts_words_come_first() {
    let served = Served::with_hosts(&["a"]);
    served.local.hosts.mood("a", Mood::Failing("no such export wasi:http/incoming-handler"));
    served.apply(&crate::support::local::deployment(IMAGE, 1));
    served.eventually("the host has refused", || {
        let workloads = served.json(&["get", "workloads"]);
        let conditions = workloads["items"][0]["status"]["conditions"].as_array().cloned().unwrap_or_default();
        conditions.iter().any(|condition| condition["reason"] == "StartFailed").then_some(())
    });
    let told = served.run(&["tree", "hello", "--until=ready"]);
    let (_, errors) = told.split_once("--- stderr\n").unwrap();
    assert!(told.starts_with("code: 1\n"), "{told}");
    assert_snapshot!(errors, @r#"
    error: Workload default/hello-SET-POD on host a: no such export wasi:http/incoming-handler
    deployment "hello" failed to roll out
    "#);
}

#[test]
fn time_runs_out() {
    let served = Served::with_hosts(&[]);
    served.apply(&crate::support::local::deployment(IMAGE, 1));
    let told = served.run(&["tree", "hello", "--until=ready", "--timeout=1s"]);
    assert!(told.contains("error: timed out waiting for the condition"), "{told}");
    assert!(told.starts_with("code: 1\n"), "{told}");
}

#[test]
fn what_is_not_there_is_told() {
    let served = Served::with_hosts(&["a"]);
    assert_snapshot!(served.run(&["tree", "nothing"]), @r#"
    code: 1
    --- stderr
    Error from server (NotFound): workloaddeployments.runtime.wasmcloud.dev "nothing" not found
    "#);
    assert_snapshot!(TestEnv::new().run(&["tree", "wd", "x", "-A"]), @"
    code: 2
    --- stderr
    error: a resource cannot be retrieved by name across all namespaces
    ");
}

#[test]
fn an_artifact_shows_who_uses_it() {
    let served = Served::with_hosts(&["a"]);
    let artifact = json!({
        "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Artifact",
        "metadata": {"name": "image", "namespace": "default"}, "spec": {"image": IMAGE},
    });
    served.apply(&artifact);
    let mut deployment: Value = crate::support::local::deployment("artifact://image", 1);
    deployment["spec"]["artifacts"] = json!([{"name": "image", "artifactFrom": {"name": "image"}}]);
    served.apply(&deployment);
    served.block_on(served.local.rolled_out("hello"));
    assert_snapshot!(served.run(&["tree", "artifact/image", "--no-headers"]), @"
    code: 0
    --- stdout
    art/image     + Ready          NOW   registry.example.com/hello:1
    `- wd/hello   + Complete       NOW   1/1 available
    ");
}
