use insta::assert_snapshot;

use crate::support::TestEnv;
use crate::support::local::deployment;
use crate::support::served::Served;

#[test]
fn only_hosts_are_cordoned_and_drained() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["cordon", "wd/x"]), @"
    code: 2
    --- stderr
    error: cannot cordon a WorkloadDeployment: only hosts are
    help: `kubectl wasmcloud scale` sets its replicas, and a hostSelector where they run
    ");
    assert_snapshot!(env.run(&["drain", "ww/x"]), @"
    code: 2
    --- stderr
    error: cannot drain a Workload: only hosts are
    help: delete a Workload, and its replica set makes another one
    ");
    assert_snapshot!(env.run(&["cordon"]), @"
    code: 2
    --- stderr
    error: USAGE: cordon HOST [flags]
    help: `cordon` needs the name of a host, or -l SELECTOR
    ");
    assert_snapshot!(env.run(&["drain"]), @"
    code: 2
    --- stderr
    error: USAGE: drain HOST [flags]
    help: `drain` needs the name of a host, or -l SELECTOR
    ");
}

#[test]
fn a_cordon_comes_and_goes_in_kubectls_words() {
    let served = Served::with_hosts(&["a", "b"]);
    assert_snapshot!(served.run(&["cordon", "a", "--dry-run"]), @"
    code: 0
    --- stdout
    host.runtime.wasmcloud.dev/a cordoned (dry run)
    ");
    assert_snapshot!(served.run(&["cordon", "a"]), @"
    code: 0
    --- stdout
    host.runtime.wasmcloud.dev/a cordoned
    ");
    assert_snapshot!(served.run(&["cordon", "host/a", "host/b"]), @"
    code: 0
    --- stdout
    host.runtime.wasmcloud.dev/a already cordoned
    host.runtime.wasmcloud.dev/b cordoned
    ");
    assert_snapshot!(served.run(&["uncordon", "--all"]), @"
    code: 0
    --- stdout
    host.runtime.wasmcloud.dev/a uncordoned
    host.runtime.wasmcloud.dev/b uncordoned
    ");
    assert_snapshot!(served.run(&["uncordon", "a"]), @"
    code: 0
    --- stdout
    host.runtime.wasmcloud.dev/a already uncordoned
    ");
    assert_snapshot!(served.run(&["cordon", "nobody"]), @r#"
    code: 1
    --- stderr
    Error from server (NotFound): hosts.runtime.wasmcloud.dev "nobody" not found
    "#);
}

#[test]
fn a_drain_moves_workloads_elsewhere() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    served.local.hosts.join("b");
    served.eventually("b is known", || {
        (served.json(&["get", "hosts"])["items"].as_array().unwrap().len() == 2).then_some(())
    });
    assert_snapshot!(served.run(&["drain", "a"]), @"
    code: 2
    --- stderr
    host a has 1 Workload, which leaves:
      default/hello-SET-POD, of WorkloadReplicaSet hello-SET: a replacement comes first
    error: no terminal to ask on: Drain?
    help: --yes says yes
    ");
    assert_snapshot!(served.run(&["drain", "a", "--dry-run=client"]), @"
    code: 0
    --- stdout
    host.runtime.wasmcloud.dev/a cordoned (dry run)
    evicting workload default/hello-SET-POD (dry run)
    host.runtime.wasmcloud.dev/a drained (dry run)
    --- stderr
    host a has 1 Workload, which leaves:
      default/hello-SET-POD, of WorkloadReplicaSet hello-SET: a replacement comes first
    ");
    assert_snapshot!(served.run(&["drain", "a", "--yes", "--timeout=60s"]), @"
    code: 0
    --- stdout
    host.runtime.wasmcloud.dev/a cordoned
    evicting workload default/hello-SET-POD
    workload.runtime.wasmcloud.dev/hello-SET-POD evicted
    host.runtime.wasmcloud.dev/a drained
    --- stderr
    host a has 1 Workload, which leaves:
      default/hello-SET-POD, of WorkloadReplicaSet hello-SET: a replacement comes first
    ");
    assert!(served.local.hosts.running()["a"].is_empty());
    assert_snapshot!(served.run(&["drain", "a", "-o", "name"]), @"
    code: 0
    --- stdout
    host.runtime.wasmcloud.dev/a
    --- stderr
    host a has no Workloads
    ");
    assert_snapshot!(served.run(&["uncordon", "a"]), @"
    code: 0
    --- stdout
    host.runtime.wasmcloud.dev/a uncordoned
    ");
}

#[test]
fn where_two_may_not_run_at_once_no_replacement_first_is_promised() {
    let served = Served::with_hosts(&["a"]);
    let mut app = deployment("registry.example.com/hello:1", 1);
    app["spec"]["deployPolicy"] = "Recreate".into();
    served.apply(&app);
    served.block_on(served.local.rolled_out("hello"));
    served.local.hosts.join("b");
    served.eventually("b is known", || {
        (served.json(&["get", "hosts"])["items"].as_array().unwrap().len() == 2).then_some(())
    });
    assert_snapshot!(served.run(&["drain", "a", "--yes", "--timeout=60s"]), @"
    code: 0
    --- stdout
    host.runtime.wasmcloud.dev/a cordoned
    evicting workload default/hello-SET-POD
    workload.runtime.wasmcloud.dev/hello-SET-POD evicted
    host.runtime.wasmcloud.dev/a drained
    --- stderr
    host a has 1 Workload, which leaves:
      default/hello-SET-POD, of WorkloadReplicaSet hello-SET: it stops before its replacement starts, as deployPolicy Recreate has it
    ");
    assert!(served.local.hosts.running()["a"].is_empty());
}

#[test]
fn a_drain_that_cannot_end_says_what_is_left_and_why() {
    let served = Served::with_hosts(&["a"]);
    served.deploy("registry.example.com/hello:1", 1);
    assert_eq!(served.output(&["drain", "a", "--yes", "--timeout=10ms"]).status.code(), Some(1));
    served.eventually("the controller says why", || {
        let events = served.request("GET", "/api/v1/events", "application/json", &serde_json::Value::Null);
        let is_why = |event: &serde_json::Value| event["reason"] == "DrainBlocked";
        events["items"].as_array().unwrap().iter().any(is_why).then_some(())
    });
    assert_snapshot!(served.run(&["drain", "a", "--yes", "--timeout=2s"]), @"
    code: 1
    --- stdout
    host.runtime.wasmcloud.dev/a already cordoned
    --- stderr
    host a has 1 Workload, which leaves:
      default/hello-SET-POD, of WorkloadReplicaSet hello-SET: a replacement comes first
    no other host is ready and uncordoned, so there is nowhere to go for now
    error: timed out waiting for host a to be empty:
      Workload default/hello-SET-POD cannot leave the host: 0/1 hosts fit: 1 cordoned
    help: the drain goes on; `kubectl wasmcloud uncordon a` calls it off
    ");
}

#[test]
fn a_controller_that_ignores_it_is_named() {
    let served = Served::with_hosts(&["a"]);
    served.held_by("upstream-operator-1");
    assert_snapshot!(served.run(&["drain", "a", "--yes"]), @"
    code: 1
    --- stderr
    error: upstream-operator-1 is in charge, and ignores a drain
    help: scale the hosts' own Deployment down instead, or delete the Workloads one by one; `kubectl wasmcloud run-controller` heeds it
    ");
    assert_snapshot!(served.run(&["cordon", "a"]), @"
    code: 1
    --- stderr
    error: upstream-operator-1 is in charge, and ignores a cordon
    help: scale the hosts' own Deployment down instead, or delete the Workloads one by one; `kubectl wasmcloud run-controller` heeds it
    ");
    assert_snapshot!(served.run(&["uncordon", "a"]), @"
    code: 0
    --- stdout
    host.runtime.wasmcloud.dev/a already uncordoned
    ");
}
