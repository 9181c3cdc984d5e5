use insta::assert_snapshot;

use crate::support::TestEnv;

#[test]
fn something_has_to_be_named() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["delete"]), @"
    code: 2
    --- stderr
    error: You must provide one or more resources by argument or filename.
    help: the types are workloaddeployments (wd), workloadreplicasets (wrs), workloads (ww), hosts and artifacts (art); `kubectl` itself shows all others
    ");
    assert_snapshot!(env.run(&["delete", "wd"]), @"
    code: 2
    --- stderr
    error: resource(s) were provided, but no name was specified
    ");
}

#[test]
fn contradictions_are_refused() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["delete", "wd", "-l", "a=b", "--all"]), @"
    code: 2
    --- stderr
    error: setting 'all' parameter but found a non empty selector.
    ");
    assert_snapshot!(env.run(&["delete", "wd", "x", "-f", "y.yaml"]), @"
    code: 2
    --- stderr
    error: when paths are provided as input, you may not specify resource arguments as well
    ");
    assert_snapshot!(env.run(&["delete", "-f", "nowhere.yaml"]), @r#"
    code: 1
    --- stderr
    error: the path "nowhere.yaml" does not exist
    "#);
}

#[test]
fn graces_that_contradict_each_other_are_refused() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["delete", "wd", "x", "--now", "--grace-period=3"]), @"
    code: 2
    --- stderr
    error: --now and --grace-period cannot be specified together
    ");
    assert_snapshot!(env.run(&["delete", "wd", "x", "--force", "--grace-period=3"]), @"
    code: 2
    --- stderr
    error: --force and --grace-period greater than 0 cannot be specified together
    ");
    assert_snapshot!(env.run(&["delete", "-f", "y.yaml", "--all"]), @"
    code: 2
    --- stderr
    error: when paths are provided as input, you may not specify --all or a field selector
    ");
}

#[cfg(feature = "local")]
mod served {
    use insta::assert_snapshot;
    use serde_json::{Value, json};

    use crate::support::local::deployment;
    use crate::support::served::Served;

    #[test]
    fn objects_go_by_name_and_by_label() {
        let served = Served::with_hosts(&["a"]);
        served.deploy("registry.example.com/hello:1", 1);
        assert_snapshot!(served.run(&["delete", "wd/hello", "wd/nope", "--dry-run=server"]), @r#"
        code: 1
        --- stdout
        workloaddeployment.runtime.wasmcloud.dev "hello" deleted from default namespace (server dry run)
        --- stderr
        Error from server (NotFound): workloaddeployments.runtime.wasmcloud.dev "nope" not found
        "#);
        assert_snapshot!(served.run(&["delete", "wd/hello", "-o", "name"]), @"
        code: 0
        --- stdout
        workloaddeployment.runtime.wasmcloud.dev/hello
        ");
        assert_snapshot!(served.run(&["delete", "wd", "hello", "--ignore-not-found"]), @"
        code: 0
        --- stderr
        No resources found
        ");
        for name in ["one", "two"] {
            served.apply(&artifact(name));
        }
        assert_snapshot!(served.run(&["delete", "art", "-l", "app=x", "--force"]), @r#"
        code: 0
        --- stdout
        artifact.runtime.wasmcloud.dev "one" force deleted from default namespace
        --- stderr
        Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.
        "#);
        assert_snapshot!(served.run(&["delete", "art", "--all", "--now"]), @r#"
        code: 0
        --- stdout
        artifact.runtime.wasmcloud.dev "two" deleted from default namespace
        "#);
    }

    fn artifact(name: &str) -> Value {
        json!({
            "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Artifact", "spec": {"image": "example.com/a:1"},
            "metadata": {"name": name, "namespace": "default", "labels": {"app": if name == "one" { "x" } else { "y" }}},
        })
    }

    #[test]
    fn a_selector_picks_from_the_files_too() {
        let served = Served::with_hosts(&[]);
        served.env.file("art.yaml", &format!("{}\n---\n{}\n", artifact("one"), artifact("two")));
        let _ = served.run(&["apply", "-f", "art.yaml"]);
        assert_snapshot!(served.run(&["delete", "-f", "art.yaml", "-l", "app=y"]), @r#"
        code: 0
        --- stdout
        artifact.runtime.wasmcloud.dev "two" deleted from default namespace
        "#);
    }

    #[test]
    fn a_host_that_is_alive_comes_back_and_that_is_said() {
        let served = Served::with_hosts(&["a"]);
        assert_snapshot!(served.run(&["delete", "host", "a", "--wait=false", "--dry-run=client"]), @r#"
        code: 0
        --- stdout
        host.runtime.wasmcloud.dev "a" deleted from wasmcloud-system namespace (dry run)
        "#);
        let told = served.run(&["delete", "host", "a", "--wait=false"]);
        assert!(told.contains("hint: host a is alive: it comes back with its next heartbeat"), "{told}");
    }

    #[test]
    fn the_service_that_is_left_behind_is_named() {
        let served = Served::with_hosts(&[]);
        let deployed = |name: &str, service: &str| {
            let mut object = deployment("registry.example.com/hello:1", 0);
            object["metadata"]["name"] = name.into();
            object["spec"]["kubernetes"] = json!({"service": {"name": service}});
            served.apply(&object);
        };
        let service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{name: http, port: 80}]}\n";
        served.env.file("web.yaml", service);
        let _ = served.run(&["apply", "-f", "web.yaml"]);
        deployed("hello", "web");
        deployed("twin", "web");
        deployed("other", "not-there");
        assert_snapshot!(served.run(&["delete", "wd", "hello", "other"]), @r#"
        code: 0
        --- stdout
        workloaddeployment.runtime.wasmcloud.dev "hello" deleted from default namespace
        workloaddeployment.runtime.wasmcloud.dev "other" deleted from default namespace
        "#);
        assert_snapshot!(served.run(&["delete", "wd", "twin", "--yes"]), @r#"
        code: 0
        --- stdout
        workloaddeployment.runtime.wasmcloud.dev "twin" deleted from default namespace
        --- stderr
        hint: its service is still there: `kubectl delete service web -n default` deletes it
        "#);
        assert_snapshot!(served.run(&["apply", "-f", "web.yaml", "--dry-run=client", "-o", "name"]), @"
        code: 0
        --- stdout
        service/web
        ");
    }
}
