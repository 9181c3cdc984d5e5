use insta::assert_snapshot;
use serde_json::json;

use crate::support::TestEnv;
use crate::support::hosts::Mood;
use crate::support::local::deployment;
use crate::support::served::Served;

fn about(served: &Served, kind: &str, name: &str, reason: &str, tone: &str, at: &str) {
    let event = json!({
        "apiVersion": "v1", "kind": "Event",
        "metadata": {"name": format!("{name}.{}", reason.to_lowercase()), "namespace": "default"},
        "involvedObject": {
            "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": kind, "name": name, "namespace": "default",
        },
        "type": tone, "reason": reason, "message": format!("{reason} of {name}"), "count": 1,
        "source": {"component": "test"}, "firstTimestamp": at, "lastTimestamp": at,
    });
    served.request("POST", "/api/v1/namespaces/default/events", "application/json", &event);
}

/// What they are about and say, without times.
fn told(served: &Served, words: &[&str]) -> Vec<String> {
    let output = served.output(&[words, &["--no-headers"]].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    let line = |line: &str| line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ");
    text.lines().map(line).filter(|line| line.contains(" of ")).collect()
}

#[test]
fn a_deployments_events_are_those_of_its_whole_chain_in_order() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    about(&served, "Workload", "hello-abcde-fghij", "Gone", "Warning", "2026-01-01T00:00:02Z");
    about(&served, "WorkloadReplicaSet", "hello-abcde", "Old", "Normal", "2026-01-01T00:00:01Z");
    about(&served, "WorkloadDeployment", "other", "Foreign", "Normal", "2026-01-01T00:00:03Z");
    let old = "Normal Old WorkloadReplicaSet/hello-abcde Old of hello-abcde";
    let gone = "Warning Gone Workload/hello-abcde-fghij Gone of hello-abcde-fghij";
    assert_eq!(told(&served, &["events", "wd/hello"]), [old, gone]);
    assert_eq!(told(&served, &["events", "--for", "wd/hello", "--types=warning"]), [gone]);
    assert_eq!(told(&served, &["events"]).len(), 3, "all of the namespace");
    assert_eq!(told(&served, &["events", "workloads"]), [gone], "all of a type");
    let all = served.json(&["events", "wd/hello", "--types", "Warning"]);
    assert_eq!(all["items"][0]["reason"], "Gone");
    let names = served.run(&["events", "ww", "-o", "name"]);
    assert!(names.contains("event/hello-SET-POD.gone"), "{names}");
}

#[test]
fn the_controllers_events_look_as_kubectls() {
    let served = Served::with_hosts(&["a"]);
    served.local.hosts.mood("a", Mood::Failing("no such image"));
    served.apply(&deployment("registry.example.com/hello:1", 1));
    // That of the deployment may come first or later.
    let told = served.eventually("there is an event", || {
        let told = served.run(&["events", "wd/hello", "--types=Warning"]);
        told.lines().find(|line| line.contains(" Workload/")).map(str::to_owned)
    });
    assert_snapshot!(told.split_whitespace().collect::<Vec<_>>().join(" "), @"NOW Warning StartFailed Workload/hello-SET-POD no such image");
}

#[test]
fn nothing_and_nonsense() {
    let served = Served::with_hosts(&["a"]);
    assert_snapshot!(served.run(&["events", "-n", "empty"]), @"
    code: 0
    --- stderr
    No events found in empty namespace.
    ");
    assert_snapshot!(served.run(&["events", "wd/hello"]), @r#"
    code: 1
    --- stderr
    Error from server (NotFound): workloaddeployments.runtime.wasmcloud.dev "hello" not found
    "#);
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["events", "--types=Error"]), @"
    code: 2
    --- stderr
    error: invalid value 'Error' for '--types <TYPE>': valid --types are Normal or Warning

    For more information, try '--help'.
    ");
    assert_snapshot!(env.run(&["events", "-l", "a=b"]), @"
    code: 2
    --- stderr
    error: a selector needs a type
    help: such as `events wd -l app=web`
    ");
}
