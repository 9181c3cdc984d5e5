use insta::assert_snapshot;
use serde_json::json;

use crate::support::TestEnv;
use crate::support::served::Served;

#[test]
fn only_deployments_are_exposed() {
    assert_snapshot!(TestEnv::new().run(&["expose", "ww/x"]), @"
    code: 2
    --- stderr
    error: cannot expose a Workload
    help: expose the WorkloadDeployment that makes it
    ");
}

#[test]
fn a_service_is_made_and_leads_to_the_deployment() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    assert_snapshot!(served.run(&["expose", "hello", "--dry-run=client", "-o", "yaml"]), @"
    code: 0
    --- stdout
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: hello
      namespace: default
    spec:
      ports:
      - name: http
        port: 80
        protocol: TCP
      type: ClusterIP
    ");
    assert_snapshot!(served.run(&["expose", "wd/hello", "--port=8080", "--dry-run=server"]), @"
    code: 0
    --- stdout
    service/hello exposed (server dry run)
    ");
    assert_snapshot!(served.run(&["expose", "wd/hello", "--port=8080"]), @"
    code: 0
    --- stdout
    service/hello exposed
    --- stderr
    hint: it answers requests for hello.localhost: curl -H 'Host: hello.localhost' http://hello.default
    ");
    let named = served.json(&["get", "wd", "hello"])["spec"]["kubernetes"].clone();
    assert_eq!(named, json!({"service": {"name": "hello"}}));
    assert_snapshot!(served.run(&["expose", "wd/hello"]), @r#"
    code: 1
    --- stderr
    Error from server (AlreadyExists): services "hello" already exists
    hint: the deployment is exposed by it already; `kubectl get service hello` shows it
    "#);
    assert_snapshot!(served.run(&["expose", "wd/hello", "--name=other"]), @r#"
    code: 1
    --- stderr
    error: deployment "hello" is exposed by service "hello" already
    help: a deployment has one Service; several hosts and paths are for an Ingress or Gateway in front of it
    "#);
}

#[test]
fn what_answers_no_http_is_not_exposed() {
    let served = Served::with_hosts(&["a"]);
    let mut silent = crate::support::local::deployment("registry.example.com/hello:1", 1);
    silent["spec"]["template"]["spec"]["hostInterfaces"] = json!([]);
    served.apply(&silent);
    assert_snapshot!(served.run(&["expose", "hello"]), @r#"
    code: 1
    --- stderr
    error: cannot expose deployment "hello": it answers no HTTP
    help: its template's hostInterfaces need wasi:http with the interface incoming-handler, and config.host
    "#);
}
