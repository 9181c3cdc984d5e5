use insta::assert_snapshot;

use crate::support::TestEnv;

#[test]
fn failures_exit_with_2() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["diff"]), @"
    code: 2
    --- stderr
    error: must specify one of -f and -k
    ");
    assert_snapshot!(env.run(&["diff", "-f", "nowhere.yaml"]), @r#"
    code: 2
    --- stderr
    error: the path "nowhere.yaml" does not exist
    "#);
    env.file("app.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
    assert_snapshot!(env.unreachable_cluster().run(&["diff", "-f", "app.yaml"]), @"
    code: 2
    --- stderr
    The connection to the server 127.0.0.1:[PORT] was refused - did you specify the right host or port?
    help: `kubectl cluster-info` shows whether the cluster is up; --context names another one
    ");
}

#[cfg(feature = "local")]
mod served {
    use std::os::unix::fs::PermissionsExt;

    use insta::assert_snapshot;
    use serde_json::json;

    use crate::support::served::Served;

    fn app(served: &Served, value: &str) {
        let head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n";
        served.env.file("app.yaml", &format!("{head}data: {{a: {value}}}\n"));
    }

    /// Runs `diff` with another program that compares.
    fn external(served: &Served, program: &str) -> String {
        let mut command = served.env.command(&["diff", "-f", "app.yaml"]);
        let output = command.env("KUBECTL_EXTERNAL_DIFF", program).env("PATH", std::env::var_os("PATH").unwrap());
        let output = output.output().unwrap();
        let (said, error) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        format!("code: {}\n{said}{error}", output.status.code().unwrap())
    }

    #[test]
    fn what_is_new_is_all_added_what_is_the_same_says_nothing() {
        let served = Served::with_hosts(&[]);
        app(&served, "one");
        assert_snapshot!(served.run(&["diff", "-f", "app.yaml"]), @r#"
        code: 1
        --- stdout
        --- LIVE/v1.ConfigMap.default.settings
        +++ MERGED/v1.ConfigMap.default.settings
        @@ -0,0 +1,9 @@
        +apiVersion: v1
        +data:
        +  a: one
        +kind: ConfigMap
        +metadata:
        +  creationTimestamp: "TIME"
        +  name: settings
        +  namespace: default
        +  uid: UID
        "#);
        assert!(served.run(&["diff", "-f", "app.yaml", "--show-managed-fields"]).contains("f:data"));
        let _ = served.run(&["apply", "-f", "app.yaml"]);
        assert_snapshot!(served.run(&["diff", "-f", "app.yaml"]), @"code: 0");
        app(&served, "two");
        assert_snapshot!(served.run(&["diff", "-f", "app.yaml", "--server-side", "--concurrency=2"]), @r#"
        code: 1
        --- stdout
        --- LIVE/v1.ConfigMap.default.settings
        +++ MERGED/v1.ConfigMap.default.settings
        @@ -1,6 +1,6 @@
         apiVersion: v1
         data:
        -  a: one
        +  a: two
         kind: ConfigMap
         metadata:
           creationTimestamp: "TIME"
        "#);
        assert_snapshot!(served.run(&["diff", "-f", "app.yaml", "-l", "no=no"]), @"code: 0");
        let coloured = served.run(&["diff", "-f", "app.yaml", "--color=always"]);
        assert!(coloured.contains("\u{1b}[31m-  a: one\u{1b}[0m"), "{coloured}");
    }

    #[test]
    fn secret_values_are_shown_nowhere() {
        let served = Served::with_hosts(&[]);
        let secret = |token: &str| {
            let head = "apiVersion: v1\nkind: Secret\nmetadata: {name: hush}\nstringData:";
            served.env.file("app.yaml", &format!("{head} {{same: planted0, token: {token}}}\n"));
        };
        secret("planted1");
        let new = served.run(&["diff", "-f", "app.yaml"]);
        let _ = served.run(&["apply", "-f", "app.yaml"]);
        let record = json!({"kubectl.kubernetes.io/last-applied-configuration": "planted3"});
        let path = "/api/v1/namespaces/default/secrets/hush?fieldManager=someone";
        served.request("PATCH", path, "application/merge-patch+json", &json!({"metadata": {"annotations": record}}));
        secret("planted2");
        let changed = served.run(&["diff", "-f", "app.yaml"]);
        assert_snapshot!(changed, @r#"
        code: 1
        --- stdout
        --- LIVE/v1.Secret.default.hush
        +++ MERGED/v1.Secret.default.hush
        @@ -1,11 +1,9 @@
         apiVersion: v1
         data:
           same: "***"
        -  token: "*** (before)"
        +  token: "*** (after)"
         kind: Secret
         metadata:
        -  annotations:
        -    kubectl.kubernetes.io/last-applied-configuration: "***"
           creationTimestamp: "TIME"
           name: hush
           namespace: default
        "#);
        let files = external(&served, &program(&served, "cat $1/* $2/*"));
        for text in [new, changed, files] {
            // The second is how planted1 and planted2 read in base64.
            assert!(!text.contains("planted") && !text.contains("cGxhbnRlZ"), "{text}");
            assert!(text.contains("***"), "{text}");
        }
    }

    #[test]
    fn another_program_may_compare_and_its_code_counts() {
        let served = Served::with_hosts(&[]);
        app(&served, "one");
        let _ = served.run(&["apply", "-f", "app.yaml"]);
        let listed = external(&served, "ls -A");
        assert!(
            listed.starts_with("code: 0\n") && listed.contains("/LIVE-") && listed.contains("/MERGED-"),
            "{listed}"
        );
        assert!(!listed.contains("settings"), "{listed}");
        app(&served, "two");
        let listed = external(&served, "ls -A");
        assert_eq!(listed.matches("v1.ConfigMap.default.settings").count(), 2, "{listed}");
        let compared = external(&served, "diff -u -N");
        assert!(compared.starts_with("code: 1\n") && compared.contains("\n-  a: one\n+  a: two\n"), "{compared}");
        assert_eq!(external(&served, "false"), "code: 1\n");
        assert_snapshot!(external(&served, "nonesuch -u"), @r#"
        code: 2
        error: failed to run "nonesuch": No such file or directory (os error 2)
        "#);
        let fails = program(&served, "exit 3");
        assert_snapshot!(external(&served, &fails).replace(&fails, "PROGRAM"), @r#"
        code: 2
        error: failed to run "PROGRAM": exit status: 3
        "#);
    }

    /// A program of one line.
    fn program(served: &Served, line: &str) -> String {
        let path = served.env.file("program", &format!("#!/bin/sh\n{line}\n"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    #[test]
    fn a_conflict_is_a_failure_unless_it_is_forced() {
        let served = Served::with_hosts(&[]);
        app(&served, "one");
        let _ = served.run(&["apply", "-f", "app.yaml", "--field-manager=someone"]);
        app(&served, "two");
        assert_snapshot!(served.run(&["diff", "-f", "app.yaml"]), @r#"
        code: 2
        --- stderr
        error: 1 document cannot be used; nothing was done
        app.yaml:1: configmap/settings: Apply failed with 1 conflict: conflict with "someone": .data.a
          help: others have written these fields: take them over with --force-conflicts, take them out of the manifest, or give them the values they have now
                see https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
        "#);
        assert!(served.run(&["diff", "-f", "app.yaml", "--force-conflicts"]).starts_with("code: 1\n"));
    }
}
