use insta::assert_snapshot;

use crate::support::TestEnv;
use crate::support::served::Served;

#[test]
fn what_makes_no_sense_is_refused_before_a_server_is_asked() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["scale", "web"]), @"
    code: 2
    --- stderr
    error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0
    ");
    assert_snapshot!(env.run(&["scale", "web", "--replicas=-1"]), @"
    code: 2
    --- stderr
    error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0
    ");
    assert_snapshot!(env.run(&["scale", "web", "--replicas=1", "--current-replicas=-2"]), @"
    code: 2
    --- stderr
    error: The --current-replicas must specify an integer of -1 or greater
    ");
    assert_snapshot!(env.run(&["scale", "ww/x", "--replicas=1"]), @"
    code: 2
    --- stderr
    error: cannot scale a Workload: it has no replicas
    help: a Workload is one replica: scale the WorkloadDeployment or WorkloadReplicaSet that makes it
    ");
    assert_snapshot!(env.run(&["scale", "host/x", "--replicas=1"]), @"
    code: 2
    --- stderr
    error: cannot scale a Host: it has no replicas
    help: scale what runs the hosts, such as the host group's Deployment: `kubectl scale deployment/NAME --replicas=N`
    ");
    assert_snapshot!(env.run(&["scale", "--replicas=1"]), @"
    code: 2
    --- stderr
    error: You must provide one or more resources by argument or filename.
    help: `scale` needs the name of a workloaddeployment, or -l SELECTOR
    ");
}

#[test]
fn a_deployment_is_scaled_and_waited_for() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    assert_snapshot!(served.run(&["scale", "hello", "--replicas=3", "--timeout=30s"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello scaled
    ");
    let counts = served.json(&["get", "wd", "hello"])["status"]["replicas"].clone();
    assert_eq!((&counts["current"], &counts["ready"]), (&3.into(), &3.into()));
    assert_snapshot!(served.run(&["scale", "wd/hello", "--replicas=2", "--current-replicas=1"]), @"
    code: 1
    --- stderr
    error: Expected replicas to be 1, was 3
    ");
    let told = served.run(&["scale", "wd/hello", "--replicas=2", "--resource-version=1x"]);
    let words = "code: 1\n--- stderr\nerror: Expected resource version to be 1x, was ";
    assert!(told.starts_with(words), "{told}");
    assert_snapshot!(served.run(&["scale", "wd/hello", "wd/nobody", "--replicas=2", "--current-replicas=3"]), @r#"
    code: 1
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello scaled
    --- stderr
    Error from server (NotFound): workloaddeployments.runtime.wasmcloud.dev "nobody" not found
    "#);
    assert_snapshot!(served.run(&["scale", "hello", "--replicas=5", "--dry-run=client", "-o", "jsonpath={.spec.replicas}"]), @"
    code: 0
    --- stdout
    5
    ");
    assert_snapshot!(served.run(&["scale", "hello", "--replicas=5", "--dry-run=server"]), @"
    code: 0
    --- stdout
    workloaddeployment.runtime.wasmcloud.dev/hello scaled (server dry run)
    ");
    assert_eq!(served.json(&["get", "wd", "hello"])["spec"]["replicas"], 2);
}

#[test]
fn a_replica_set_that_is_owned_is_scaled_with_a_warning() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    let sets = served.json(&["get", "wrs"]);
    let name = sets["items"][0]["metadata"]["name"].as_str().unwrap();
    assert_snapshot!(served.run(&["scale", "wrs", name, "--replicas=1"]), @r#"
    code: 0
    --- stdout
    workloadreplicaset.runtime.wasmcloud.dev/hello-SET scaled
    --- stderr
    Warning: workloadreplicaset.runtime.wasmcloud.dev/hello-SET belongs to WorkloadDeployment "hello", which sets its replicas back; scale that instead
    "#);
}

#[test]
fn a_wait_that_is_in_vain_says_how_far_it_came() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    served.local.hosts.mood("a", crate::support::hosts::Mood::Failing("no room"));
    assert!(served.output(&["scale", "hello", "--replicas=2"]).status.success());
    served.eventually("the second one is there", || {
        (served.json(&["get", "wd", "hello"])["status"]["replicas"]["current"] == 2).then_some(())
    });
    assert_snapshot!(served.run(&["scale", "hello", "--replicas=2", "--timeout=2s"]), @"
    code: 1
    --- stderr
    error: timed out waiting for workloaddeployment.runtime.wasmcloud.dev/hello to have 2 replicas; it has 2, 1 of them ready
    help: `kubectl wasmcloud get workloaddeployment,workloads -n default` shows what holds them up
    ");
}
