#[cfg(feature = "local")]
mod images;

use insta::assert_snapshot;

use crate::support::TestEnv;

#[test]
fn a_file_is_needed_and_has_to_be_there() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["deploy"]), @"
    code: 2
    --- stderr
    error: must specify one of -f, -k and --image
    ");
    assert_snapshot!(env.run(&["deploy", "-f", "nowhere.yaml"]), @r#"
    code: 1
    --- stderr
    error: the path "nowhere.yaml" does not exist
    "#);
}

#[test]
fn malformed_yaml_is_shown_with_its_place() {
    let env = TestEnv::new();
    env.file("app.yaml", "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n labels: b\n");
    assert_snapshot!(env.run(&["deploy", "-f", "app.yaml"]), @"
    code: 1
    --- stderr
    error: 1 document cannot be used; nothing was done
    app.yaml:5:2: while parsing a block mapping, did not find expected key
    ");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let env = TestEnv::new();
    env.file("apps/a.yaml", "kind: Service\n---\napiVersion: v1\nkind: Service\nmetadata: {}\n");
    env.file("apps/b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: fine}\n---\n- a list\n");
    assert_snapshot!(env.run(&["deploy", "-f", "apps"]), @"
    code: 1
    --- stderr
    error: 3 documents cannot be used; nothing was done
    apps/a.yaml:1: apiVersion is missing
    apps/a.yaml:3: metadata.name is missing
    apps/b.yaml:5: this is no object, but a manifest is one
    ");
}

#[test]
fn standard_input_is_a_file_too() {
    assert_snapshot!(TestEnv::new().run_with_input(&["deploy", "-f", "-"], "a: 1\na: 2\n"), @"
    code: 1
    --- stderr
    error: 1 document cannot be used; nothing was done
    STDIN:2:1: duplicate mapping key `a` is not allowed here
    ");
    assert_snapshot!(TestEnv::new().run_with_input(&["deploy", "-f", "-"], "# nothing\n"), @"
    code: 1
    --- stderr
    error: no objects passed to deploy: STDIN holds none
    ");
}

#[test]
fn mistakes_are_found_before_the_server_is_asked() {
    let env = TestEnv::new();
    env.file("app.yaml", "kind: WorkloadDeployment\n");
    let told = env.unreachable_cluster().run(&["deploy", "-f", "app.yaml"]);
    assert!(told.contains("app.yaml:1: apiVersion is missing"), "{told}");
}

#[cfg(feature = "local")]
#[test]
fn what_would_change_is_shown_and_asked_for() {
    let served = crate::support::served::Served::with_hosts(&[]);
    let app = |value: &str| {
        let head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n";
        served.env.file("app.yaml", &format!("{head}data: {{a: {value}}}\n"));
    };
    app("one");
    let told = served.run(&["deploy", "-f", "app.yaml", "--confirm"]);
    assert!(
        told.starts_with("code: 2\n") && told.contains("error: no terminal to ask on: Apply this change?"),
        "{told}"
    );
    assert!(served.run(&["deploy", "-f", "app.yaml"]).contains("configmap/settings created"));
    assert_snapshot!(served.run(&["deploy", "-f", "app.yaml", "--confirm"]), @"
    code: 0
    --- stdout
    configmap/settings unchanged
    ");
    app("two");
    let told = served.run(&["deploy", "-f", "app.yaml", "--confirm", "--yes"]);
    assert_snapshot!(without_stamps(&told), @"
    code: 0
    --- stdout
    configmap/settings configured
    --- stderr
    --- LIVE/v1.ConfigMap.default.settings
    +++ MERGED/v1.ConfigMap.default.settings
    @@ -1,6 +1,6 @@
     apiVersion: v1
     data:
    -  a: one
    +  a: two
     kind: ConfigMap
     metadata:
    ");
}

/// A difference without the lines that change from run to run.
#[cfg(feature = "local")]
fn without_stamps(text: &str) -> String {
    text.lines()
        .filter(|line| !line.contains("creationTimestamp") && !line.contains("uid: "))
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(feature = "local")]
#[test]
fn a_deploy_that_fails_puts_the_former_template_back() {
    use crate::support::hosts::Mood;
    use crate::support::local::deployment;
    use crate::support::served::Served;

    let served = Served::with_hosts(&["a"]);
    served.local.hosts.all(&Mood::Without("nonsense"));
    let file = |image: &str, replicas: u32| {
        served.env.file("app.json", &deployment(image, replicas).to_string()).display().to_string()
    };
    let new = file("registry.example.com/hello:nonsense", 1);
    let told = served.run(&["deploy", "-f", &new, "--undo-on-failure"]);
    assert!(told.contains("hint: workloaddeployment.runtime.wasmcloud.dev/hello is new"), "{told}");

    let good = file("registry.example.com/hello:1", 1);
    assert!(served.run(&["deploy", "-f", &good]).starts_with("code: 0\n"));
    let bad = file("registry.example.com/hello:nonsense", 2);
    let told = served.run(&["deploy", "-f", &bad, "--undo-on-failure"]);
    assert!(told.starts_with("code: 1\n"), "{told}");
    assert!(told.contains("error: Workload default/hello-SET-POD on host a: failed to pull image"), "{told}");
    assert!(told.contains("workloaddeployment.runtime.wasmcloud.dev/hello rolled back"), "{told}");
    assert!(served.run(&["rollout", "status", "hello"]).contains("successfully rolled out"));
    let live = served.json(&["get", "wd", "hello"]);
    assert_eq!(live["spec"]["template"]["spec"]["components"][0]["image"], "registry.example.com/hello:1");
    assert_eq!(live["spec"]["replicas"], 2, "only the template goes back");
}

#[cfg(feature = "local")]
mod again {
    use insta::assert_snapshot;

    use crate::support::hosts::Mood;
    use crate::support::local::deployment;
    use crate::support::served::Served;

    /// A deployment that was deployed and failed, and its file.
    fn failed(served: &Served) -> String {
        served.local.hosts.mood("a", Mood::Failing("no such image"));
        let app = deployment("registry.example.com/hello:1", 1);
        let file = served.env.file("app.json", &app.to_string()).display().to_string();
        assert!(served.run(&["deploy", "-f", &file]).starts_with("code: 1\n"));
        file
    }

    #[test]
    fn what_fails_still_ends_it_when_it_was_tried_again() {
        let served = Served::with_hosts(&["a"]);
        let file = failed(&served);
        assert_snapshot!(served.run(&["deploy", "-f", &file]), @r#"
        code: 1
        --- stdout
        workloaddeployment.runtime.wasmcloud.dev/hello unchanged
        Workload default/hello-SET-POD on host a failed before, and is tried again: no such image
        Waiting for deployment "hello" rollout to finish: 0 of 1 updated replicas are available...
        --- stderr
        error: Workload default/hello-SET-POD on host a: no such image
        deployment "hello" failed to roll out
        help: `kubectl wasmcloud get workloads -n default` shows the state of each replica
        "#);
    }

    #[test]
    fn what_works_by_now_is_waited_for() {
        let served = Served::with_hosts(&["a"]);
        let file = failed(&served);
        served.local.hosts.mood("a", Mood::Well);
        let told = served.run(&["deploy", "-f", &file]);
        assert!(told.starts_with("code: 0\n"), "{told}");
    }

    #[test]
    fn a_file_that_was_changed_fails_at_once() {
        let served = Served::with_hosts(&["a"]);
        failed(&served);
        served.local.hosts.mood("a", Mood::Failing("nor this one"));
        let app = deployment("registry.example.com/hello:2", 1);
        let file = served.env.file("app.json", &app.to_string()).display().to_string();
        let told = served.run(&["deploy", "-f", &file]);
        assert!(told.starts_with("code: 1\n") && !told.contains("before"), "{told}");
        assert!(told.contains("on host a: nor this one\n"), "{told}");
    }
}
