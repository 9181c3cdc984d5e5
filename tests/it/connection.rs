use insta::assert_snapshot;

use crate::support::TestEnv;
use crate::support::recorder::Recorder;

#[test]
fn nothing_configured() {
    assert_snapshot!(TestEnv::new().run(&["get", "wd"]), @"
    code: 1
    --- stderr
    error: no Kubernetes cluster is configured: nothing in [HOME]/.kube/config names one, and this is no Pod
    help: set KUBECONFIG, or name a file with --kubeconfig or a server with --server
    ");
}

#[test]
fn a_kubeconfig_that_is_not_there() {
    assert_snapshot!(TestEnv::new().run(&["get", "wd", "--kubeconfig", "nowhere"]), @"
    code: 1
    --- stderr
    error: stat nowhere: no such file or directory
    help: `kubectl config view` shows the configuration in use
    ");
}

#[test]
fn a_kubeconfig_that_is_no_yaml() {
    let env = TestEnv::new();
    env.file(".kube/config", "clusters: [");
    assert_snapshot!(env.run(&["get", "wd"]), @r#"
    code: 1
    --- stderr
    error: error loading config file "[HOME]/.kube/config": yaml: line 1: unclosed bracket '['
    help: `kubectl config view` shows the configuration in use
    "#);
}

#[test]
fn a_context_that_is_not_there() {
    let env = TestEnv::new();
    assert_snapshot!(env.unreachable_cluster().run(&["get", "wd", "--context", "elsewhere"]), @"
    code: 1
    --- stderr
    Error in configuration: context was not found for specified context: elsewhere
    help: `kubectl config get-contexts` lists the contexts there are
    ");
    assert_snapshot!(env.run(&["get", "wd", "--cluster", "elsewhere"]), @r#"
    code: 1
    --- stderr
    error: no server found for cluster "elsewhere"
    help: `kubectl config view` shows the clusters and users there are
    "#);
}

#[test]
fn a_server_that_refuses() {
    assert_snapshot!(TestEnv::new().unreachable_cluster().run(&["get", "wd"]), @"
    code: 1
    --- stderr
    The connection to the server 127.0.0.1:[PORT] was refused - did you specify the right host or port?
    help: `kubectl cluster-info` shows whether the cluster is up; --context names another one
    ");
}

#[test]
fn a_server_whose_name_nobody_knows() {
    let told = TestEnv::new().run(&["get", "wd", "--server", "https://no-such-host.invalid:6443"]);
    assert!(told.starts_with("code: 1\n--- stderr\nUnable to connect to the server: "), "{told}");
}

#[test]
fn a_certificate_authority_that_is_not_there() {
    let words = ["get", "wd", "--server", "https://127.0.0.1:1", "--certificate-authority", "nowhere.crt"];
    assert_snapshot!(TestEnv::new().run(&words), @"
    code: 1
    --- stderr
    error: unable to read nowhere.crt
      caused by: No such file or directory (os error 2)
    ");
}

#[test]
fn several_kubeconfigs_are_merged_and_missing_ones_passed_over() {
    let env = TestEnv::new();
    let first = env.file("first", "current-context: x\n");
    let second = env.file("second", "contexts: [{name: x, context: {cluster: nope}}]\n");
    let list = std::env::join_paths([&first, &env.home().join("missing"), &second]).unwrap();
    let output = env.command(&["get", "wd"]).env("KUBECONFIG", list).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.starts_with("error: no server found for cluster \"nope\""), "{stderr}");
}

#[test]
fn who_one_acts_as_is_told_to_the_server() {
    let (env, server) = (TestEnv::new(), Recorder::start());
    env.file(".kube/config", &server.kubeconfig("{token: from-the-file, as: the-files}", ""));
    let words = ["get", "wd", "--as", "anna", "--as-group=dev", "--as-group=ops", "--as-uid", "42"];
    assert!(env.run(&words).starts_with("code: 0\n"));
    let asked = server.first();
    assert_eq!(asked.header("authorization"), "Bearer from-the-file");
    assert_eq!(asked.header("impersonate-user"), "anna");
    assert_eq!(asked.header("impersonate-group"), "dev,ops");
    assert_eq!(asked.header("impersonate-uid"), "42");
}

#[test]
fn groups_without_a_user_are_refused_and_not_left_out() {
    let (env, server) = (TestEnv::new(), Recorder::start());
    env.file(".kube/config", &server.kubeconfig("{}", ""));
    for flag in ["--as-group=dev", "--as-uid=42"] {
        let told = env.run(&["get", "wd", flag]);
        assert!(told.contains("error: requesting uid, groups or user-extra for "), "{told}");
        assert!(told.starts_with("code: 1\n") && told.contains("without impersonating a user"), "{told}");
    }
    assert!(server.asked().is_empty());
}

#[test]
fn flags_that_are_empty_are_as_good_as_none() {
    let (env, server) = (TestEnv::new(), Recorder::start());
    env.file(".kube/config", &server.kubeconfig("{token: from-the-file}", ""));
    let empty = ["-n=", "--context=", "--cluster=", "--user=", "--kubeconfig=", "--token=", "--as=", "--as-uid="];
    let told = env.run(&[&["get", "wd", "--tls-server-name=", "--certificate-authority=", "-s="], &empty[..]].concat());
    assert!(told.starts_with("code: 0\n"), "{told}");
    assert!(server.first().what.contains("/namespaces/default/"), "{}", server.first().what);
    assert_eq!(server.first().header("authorization"), "Bearer from-the-file");
}

#[test]
fn a_token_comes_from_the_flag_then_the_file() {
    let (env, server) = (TestEnv::new(), Recorder::start());
    let tokens = env.file("token", "from-a-file-of-its-own\n");
    env.file(".kube/config", &server.kubeconfig(&format!("{{tokenFile: '{}'}}", tokens.display()), ""));
    assert!(env.run(&["get", "wd"]).starts_with("code: 0\n"));
    assert!(env.run(&["get", "wd", "--token", "from-the-flag"]).starts_with("code: 0\n"));
    let told: Vec<_> = server.asked().iter().map(|asked| asked.header("authorization")).collect();
    assert_eq!(told, ["Bearer from-a-file-of-its-own", "Bearer from-the-flag"]);
}

#[cfg(unix)]
#[test]
fn a_program_may_give_the_credentials() {
    let (env, server) = (TestEnv::new(), Recorder::start());
    let user = |script: &str| {
        format!(
            "{{exec: {{apiVersion: client.authentication.k8s.io/v1, command: /bin/sh, args: [-c, '{script}'], \
             interactiveMode: Never, env: [{{name: WHO, value: me}}]}}}}"
        )
    };
    let credential =
        r#"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"for-%s"}}"#;
    env.file(
        ".kube/config",
        &server.kubeconfig(&user(&format!(r#"printf "{}" "$WHO""#, credential.replace('"', "\\\""))), ""),
    );
    assert_eq!(env.run(&["get", "wd"]).lines().next(), Some("code: 0"), "{}", env.run(&["get", "wd"]));
    assert_eq!(server.first().header("authorization"), "Bearer for-me");
    env.file(
        ".kube/config",
        &server.kubeconfig(&user("echo the password is hunter2; echo the login has expired >&2; exit 3"), ""),
    );
    assert_snapshot!(env.run(&["get", "wd"]), @r#"
    code: 1
    --- stderr
    error: getting credentials: exec: executable /bin/sh failed with exit code 3: the login has expired
    help: `kubectl get ns` shows whether kubectl can log in
    "#);
    env.file(
        ".kube/config",
        &server.kubeconfig(
            "{exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-program, interactiveMode: Never, \
             installHint: Please install it.}}",
            "",
        ),
    );
    assert_snapshot!(env.run(&["get", "wd"]), @"
    code: 1
    --- stderr
    error: getting credentials: exec: executable no-such-program not found
    
    Please install it.
    help: `kubectl get ns` shows whether kubectl can log in
    ");
}

#[test]
fn a_proxy_is_used_but_not_to_this_machine() {
    let (env, server, proxy) = (TestEnv::new(), Recorder::start(), Recorder::start());
    env.file(".kube/config", &server.kubeconfig("{}", &format!(", proxy-url: 'http://127.0.0.1:{}'", proxy.port)));
    let _ = env.run(&["get", "wd"]);
    assert!(proxy.first().what.contains(&format!("127.0.0.1:{}", server.port)), "{:?}", proxy.asked());
    assert!(server.asked().is_empty());

    env.file(".kube/config", &server.kubeconfig("{}", ", proxy-url: 'http://127.0.0.1:1'"));
    assert_snapshot!(env.run(&["get", "wd"]), @"
    code: 1
    --- stderr
    Unable to connect to the server: proxyconnect tcp: dial tcp 127.0.0.1:[PORT]: connect: connection refused
    help: `kubectl cluster-info` shows whether the cluster is up; --context names another one
    ");

    env.file(".kube/config", &server.kubeconfig("{}", ""));
    let through = format!("http://127.0.0.1:{}", proxy.port);
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "ALL_PROXY"] {
        let output = env.command(&["get", "wd"]).env(name, &through).output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!((server.asked().len(), proxy.asked().len()), (4, 1), "as in client-go, loopback needs no proxy");
    let elsewhere = ["get", "wd", "--server", "https://cluster.example.com"];
    let _ = env.command(&elsewhere).env("HTTPS_PROXY", &through).output().unwrap();
    assert_eq!(proxy.asked().last().unwrap().what, "CONNECT cluster.example.com:443");
    let _ = env.command(&elsewhere).env("HTTPS_PROXY", &through).env("NO_PROXY", ".example.com").output().unwrap();
    assert_eq!(proxy.asked().len(), 2);
}

#[test]
fn a_request_may_take_only_so_long() {
    let (env, server) = (TestEnv::new(), Recorder::silent());
    env.file(".kube/config", &server.kubeconfig("{}", ""));
    assert_snapshot!(env.run(&["get", "wd", "--request-timeout=100ms"]), @"
    code: 1
    --- stderr
    Unable to connect to the server: timed out
    help: `kubectl cluster-info` shows whether the cluster is up; --context names another one
    ");
    assert_snapshot!(env.run(&["get", "wd", "--request-timeout=soon"]), @"
    code: 2
    --- stderr
    error: invalid value 'soon' for '--request-timeout <DURATION>': `soon` is no duration, such as 90s, 5m or 1h30m

    For more information, try '--help'.
    ");
    assert_snapshot!(env.run(&["delete", "wd", "x", "--request-timeout=100ms"]), @"
    code: 1
    --- stderr
    Unable to connect to the server: timed out
    help: `kubectl cluster-info` shows whether the cluster is up; --context names another one
    ");
}
