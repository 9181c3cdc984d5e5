use insta::assert_snapshot;
use serde_json::json;

use crate::support::hosts::Mood;
use crate::support::local::deployment;
use crate::support::served::Served;

/// The deployments `hello` and `other`, both labelled `app=both` and rolled out.
fn both(served: &Served) {
    for name in ["hello", "other"] {
        let mut deployment = deployment("r.example/hello:1", 1);
        deployment["metadata"]["name"] = json!(name);
        deployment["metadata"]["labels"] = json!({"app": "both"});
        deployment["spec"]["template"]["spec"]["hostInterfaces"] = json!([]);
        served.apply(&deployment);
        served.block_on(served.local.rolled_out(name));
    }
}

#[test]
fn several_are_followed_one_after_the_other() {
    let served = Served::with_hosts(&["a"]);
    both(&served);
    assert_snapshot!(served.run(&["rollout", "status", "hello", "other"]), @r#"
    code: 0
    --- stdout
    deployment "hello" successfully rolled out
    deployment "other" successfully rolled out
    "#);
    assert_snapshot!(served.run(&["rollout", "status", "wd", "-l", "app=both"]), @r#"
    code: 0
    --- stdout
    deployment "hello" successfully rolled out
    deployment "other" successfully rolled out
    "#);
    assert_snapshot!(served.run(&["rollout", "status", "wd/hello", "wd/nowhere"]), @r#"
    code: 1
    --- stdout
    deployment "hello" successfully rolled out
    --- stderr
    Error from server (NotFound): workloaddeployments.runtime.wasmcloud.dev "nowhere" not found
    "#);
    assert_snapshot!(served.run(&["rollout", "status", "-A", "-o", "name"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello
    workloaddeployment.runtime.wasmcloud.dev/other
    ");
    served.env.file("app.yaml", &deployment("r.example/hello:1", 1).to_string());
    assert_snapshot!(served.run(&["rollout", "status", "-f", "app.yaml"]), @r#"
    code: 0
    --- stdout
    deployment "hello" successfully rolled out
    "#);
}

#[test]
fn programs_get_one_document() {
    let served = Served::with_hosts(&["a"]);
    both(&served);
    assert_snapshot!(served.run(&["rollout", "status", "hello", "-o", "yaml"]), @r#"
    code: 0
    --- stdout
    available: 1
    message: deployment "hello" successfully rolled out
    name: hello
    namespace: default
    replicas: 1
    revision: 1
    state: complete
    troubles: []
    updated: 1
    "#);
    let list = served.json(&["rollout", "status", "hello", "other"]);
    assert_eq!((&list["items"][1]["name"], &list["items"][1]["state"]), (&json!("other"), &json!("complete")));
}

#[test]
fn another_revision_is_an_error() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("r.example/hello:1", 1);
    assert_snapshot!(served.run(&["rollout", "status", "hello", "--revision=1"]), @r#"
    code: 0
    --- stdout
    deployment "hello" successfully rolled out
    "#);
    assert_snapshot!(served.run(&["rollout", "status", "hello", "--revision=2"]), @"
    code: 1
    --- stderr
    error: desired revision (2) is different from the running revision (1)
    ");
}

#[test]
fn the_hosts_words_end_it() {
    let served = Served::with_hosts(&["a"]);
    served.local.hosts.mood("a", Mood::Failing("no such image"));
    served.apply(&deployment("r.example/hello:1", 1));
    let told = served.run(&["rollout", "status", "hello"]);
    assert!(told.starts_with("code: 1\n"), "{told}");
    assert!(told.contains("on host a: no such image\n"), "{told}");
    assert!(told.ends_with("error: deployment \"hello\" failed to roll out\n"), "{told}");
}
