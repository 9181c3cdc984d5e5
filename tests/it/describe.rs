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
        (r"(?m)(\S) {2,}(\S)", "$1  $2"),
    ];
    rules.iter().fold(text.to_owned(), |text, (pattern, word)| {
        regex::Regex::new(pattern).unwrap().replace_all(&text, *word).into_owned()
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
    assert_snapshot!(settled(&served.run(&["describe", "wd", "hello"])), @"");
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
    assert_snapshot!(first.join("\n"), @"");
    let told = settled(&served.run(&["describe", &workload(&served)]));
    assert_snapshot!(told, @"");
}

#[test]
fn configuration_names_sources_and_never_a_secrets_value() {
    let served = Served::with_hosts(&["a"]);
    configure(&served);
    served.apply(&configured());
    served.eventually("there is a Workload", || {
        let workloads = served.json(&["get", "workloads"]);
        (!workloads["items"].as_array().unwrap().is_empty()).then_some(())
    });
    let object = served.json(&["describe", "wd", "hello"]);
    assert_snapshot!(serde_json::to_string_pretty(&object["parts"][0]).unwrap(), @"");
    let told = served.run(&["describe", "wd", "hello"]);
    let from = told.find("Components:").unwrap();
    assert_snapshot!(settled(&told[from..told.find("Placement:").unwrap()]), @"");
    for said in [told, object.to_string()] {
        assert!(!said.contains("s3cr3t-value") && !said.contains("czNjcjN0LXZhbHVl"), "{said}");
    }
}

#[test]
fn why_no_host_fits_comes_before_all_else() {
    let served = Served::with_hosts(&["a", "b"]);
    let mut object = deployment("registry.example.com/hello:1", 1);
    object["spec"]["template"]["spec"]["hostSelector"] = json!({"zone": "x"});
    served.apply(&object);
    let told = served.eventually("the controller looked for a host", || {
        let told = served.run(&["describe", "wd", "hello"]);
        told.contains("hosts fit").then_some(told)
    });
    assert_snapshot!(settled(told.split("Name:").next().unwrap()), @"");
}

#[test]
fn a_host_and_an_artifact() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    assert_snapshot!(settled(&served.run(&["describe", "host/a"])), @"");
    served.apply(&json!({
        "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Artifact",
        "metadata": {"name": "web", "namespace": "default"}, "spec": {"image": "registry.example.com/web:1"},
    }));
    let told = served.eventually("the controller looked at it", || {
        let told = served.run(&["describe", "artifact", "web"]);
        told.contains("✔").then_some(told)
    });
    assert_snapshot!(settled(&told), @"");
}

#[test]
fn programs_get_a_stable_shape() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    let shape = |words: &[&str]| {
        let object = served.json(words);
        object.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ")
    };
    assert_snapshot!(shape(&["describe", "wd", "hello"]), @"");
    assert_snapshot!(shape(&["describe", "host", "a"]), @"");
    assert_eq!(served.json(&["describe", "wd/hello"])["verdict"]["health"], "well");
    assert_eq!(served.json(&["describe", "wd"])["kind"], "WorkloadDeployment", "the only one");
    assert_eq!(served.json(&["describe", "wd/hello", "host/a"])["items"][1]["kind"], "Host");
    assert_snapshot!(served.run(&["describe", "wd", "hello", "-o", "name"]), @"");
}

#[test]
fn what_is_not_there_is_told_and_the_rest_is_shown() {
    let served = Served::with_hosts(&["a"]);
    let told = served.run(&["describe", "host", "a", "b"]);
    assert!(told.contains("✔ it is ready") && told.contains("code: 1"), "{told}");
    assert!(told.contains("Error from server (NotFound): hosts.runtime.wasmcloud.dev \"b\" not found"), "{told}");
    assert_snapshot!(served.run(&["describe", "wd"]), @"");
    assert_snapshot!(TestEnv::new().run(&["describe"]), @"");
}
