use insta::assert_snapshot;

use crate::support::TestEnv;
use crate::support::served::Served;

#[test]
fn hosts_and_groups() {
    let served = Served::with_hosts(&["a", "b"]);
    assert_snapshot!(served.run(&["top", "--sort-by=name"]), @"");
    assert_snapshot!(served.run(&["top", "groups"]), @"");
    assert_eq!(served.run(&["top", "--by=group"]), served.run(&["top", "groups"]));
    assert_snapshot!(served.run(&["top", "hosts", "-o", "name", "--sort-by=name"]), @"");
    let loads = served.json(&["top"]);
    assert_eq!(loads["items"].as_array().unwrap().len(), 2);
    assert_snapshot!(served.run(&["top", "-l", "no=such"]), @"");
}

#[test]
fn only_hosts_tell_their_load() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["top", "workloads"]), @"");
    assert_snapshot!(env.run(&["top", "artifacts"]), @"");
    assert_snapshot!(env.run(&["top", "pods"]), @"");
}
