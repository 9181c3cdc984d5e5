use insta::assert_snapshot;

use crate::support::TestEnv;

#[test]
fn the_client_alone_asks_nobody() {
    let env = TestEnv::new();
    env.file(".kube/config", "this is: [no kubeconfig");
    assert_snapshot!(env.run(&["version", "--client"]), @"
    code: 0
    --- stdout
    Client Version: v0.1.0
    ");
    assert_snapshot!(env.run(&["version", "--client", "-o", "json"]), @r#"
    code: 0
    --- stdout
    {
        "clientVersion": {
            "gitVersion": "v0.1.0",
            "platform": "linux/x86_64"
        }
    }
    "#);
}

#[test]
fn without_a_server_the_clients_own_version_is_still_told() {
    assert_snapshot!(TestEnv::new().unreachable_cluster().run(&["version"]), @"
    code: 1
    --- stdout
    Client Version: v0.1.0
    --- stderr
    The connection to the server 127.0.0.1:[PORT] was refused - did you specify the right host or port?
    help: `kubectl cluster-info` shows whether the cluster is up; --context names another one
    ");
}
