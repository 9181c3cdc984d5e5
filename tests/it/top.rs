use std::io::{BufRead, BufReader};
use std::process::Stdio;

use insta::assert_snapshot;

use crate::support::TestEnv;
use crate::support::served::Served;

#[test]
fn hosts_and_groups() {
    let served = Served::with_hosts(&["a", "b"]);
    assert_snapshot!(served.run(&["top", "--sort-by=name"]), @"
    code: 0
    --- stdout
    HOST   GROUP     WORKLOADS   COMPONENTS   CPU   MEM         LAST-SEEN
    a      default   0           0            0%    <unknown>   NOW
    b      default   0           0            0%    <unknown>   NOW
    ");
    assert_snapshot!(served.run(&["top", "groups"]), @"
    code: 0
    --- stdout
    GROUP     HOSTS   WORKLOADS   COMPONENTS   CPU   MEM         LAST-SEEN
    default   2       0           0            0%    <unknown>   NOW
    ");
    assert_eq!(served.run(&["top", "--by=group"]), served.run(&["top", "groups"]));
    assert_snapshot!(served.run(&["top", "hosts", "-o", "name", "--sort-by=name"]), @"
    code: 0
    --- stdout
    host.runtime.wasmcloud.dev/a
    host.runtime.wasmcloud.dev/b
    ");
    assert_snapshot!(served.run(&["top", "host", "b", "c"]), @r#"
    code: 1
    --- stdout
    HOST   GROUP     WORKLOADS   COMPONENTS   CPU   MEM         LAST-SEEN
    b      default   0           0            0%    <unknown>   NOW
    --- stderr
    Error from server (NotFound): hosts.runtime.wasmcloud.dev "c" not found
    "#);
    assert_snapshot!(served.run(&["top", "groups", "c"]), @r#"
    code: 1
    --- stderr
    error: no host is in a group "c"
    "#);
    let loads = served.json(&["top"]);
    assert_eq!(loads["items"].as_array().unwrap().len(), 2);
    assert_snapshot!(served.run(&["top", "-l", "no=such"]), @"
    code: 0
    --- stderr
    No resources found
    ");
}

#[test]
fn only_hosts_tell_their_load() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["top", "workloads"]), @"
    code: 2
    --- stderr
    error: hosts report their load as a whole, not that of each of their workloads
    help: `kubectl wasmcloud top hosts` shows it; `kubectl wasmcloud tree hosts` shows what runs on each
    ");
    assert_snapshot!(env.run(&["top", "artifacts"]), @"
    code: 2
    --- stderr
    error: artifacts do not run, so they have no load
    help: `kubectl wasmcloud tree artifacts` shows the deployments that use them
    ");
    assert_snapshot!(env.run(&["top", "pods"]), @r#"
    code: 2
    --- stderr
    error: unknown word "pods"
    help: `kubectl wasmcloud top` shows hosts or groups; `kubectl top` shows nodes and pods
    "#);
}

#[test]
fn a_watch_in_a_pipe_has_a_row_for_what_is_new() {
    let served = Served::with_hosts(&["a"]);
    let mut child = served.env.program(&["top", "--watch", "--no-headers"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.next().unwrap().starts_with("a   default   0 "));
    served.local.hosts.join("b");
    let new = lines.find(|line| !line.starts_with("a "));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(new.is_some_and(|line| line.starts_with("b   default   0 ")));
}
