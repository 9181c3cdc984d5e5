use insta::assert_snapshot;

use crate::support::TestEnv;

#[test]
fn a_type_is_needed() {
    assert_snapshot!(TestEnv::new().run(&["get"]), @"
    code: 2
    --- stderr
    error: You must specify the type of resource to get.
    help: the types are workloaddeployments (wd), workloadreplicasets (wrs), workloads (ww), hosts and artifacts (art); `kubectl` itself shows all others
    ");
}

#[test]
fn types_of_others_are_kubectls() {
    assert_snapshot!(TestEnv::new().run(&["get", "pods"]), @r#"
    code: 2
    --- stderr
    error: this plugin has no resource type "pods"
    help: the types are workloaddeployments (wd), workloadreplicasets (wrs), workloads (ww), hosts and artifacts (art); `kubectl` itself shows all others
    "#);
}

#[test]
fn formats_are_checked_before_the_server_is_asked() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["get", "wd", "-o", "xml"]), @"
    code: 2
    --- stderr
    error: invalid value 'xml' for '--output <FORMAT>': the formats are json, yaml, name, wide and jsonpath=TEMPLATE

    For more information, try '--help'.
    ");
    assert_snapshot!(env.run(&["get", "wd", "-o", "custom-columns=A:.a"]), @"
    code: 2
    --- stderr
    error: invalid value 'custom-columns=A:.a' for '--output <FORMAT>': custom-columns is kubectl's own: `kubectl get TYPE.runtime.wasmcloud.dev -o custom-columns=…` has it

    For more information, try '--help'.
    ");
    assert_snapshot!(env.run(&["get", "wd", "-o", "jsonpath={.a"]), @"
    code: 2
    --- stderr
    error: invalid value 'jsonpath={.a' for '--output <FORMAT>': unclosed action in `{.a`

    For more information, try '--help'.
    ");
}

#[test]
fn names_and_all_namespaces_do_not_go_together() {
    assert_snapshot!(TestEnv::new().run(&["get", "wd", "x", "-A"]), @"
    code: 2
    --- stderr
    error: a resource cannot be retrieved by name across all namespaces
    ");
}

#[test]
fn watching_is_for_one_type() {
    let env = TestEnv::new();
    assert_snapshot!(env.unreachable_cluster().run(&["get", "wd,ww", "-w"]), @"
    code: 2
    --- stderr
    error: watch is only supported on individual resources and resource collections
    ");
}

#[test]
fn flags_that_contradict_each_other_are_refused() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["get", "wd", "-f", "x.yaml"]), @"
    code: 2
    --- stderr
    error: when paths are provided as input, you may not specify resource arguments as well
    ");
    assert_snapshot!(env.run(&["get", "wd", "--sort-by", "{.a"]), @"
    code: 2
    --- stderr
    error: --sort-by: unclosed action in `{.a`
    ");
}

#[cfg(feature = "local")]
mod served {
    use insta::assert_snapshot;
    use serde_json::{Value, json};

    use crate::support::served::Served;

    fn artifact(name: &str, tier: &str, image: &str) -> Value {
        json!({
            "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Artifact",
            "metadata": {"name": name, "namespace": "default", "labels": {"example.com/tier": tier}},
            "spec": {"image": image},
        })
    }

    fn artifacts() -> Served {
        let served = Served::with_hosts(&["a"]);
        served.apply(&artifact("web-10", "b", "r.example.com/x:3"));
        served.apply(&artifact("web-9", "a", "r.example.com/x:1"));
        served.apply(&artifact("app", "a", "r.example.com/x:2"));
        served
    }

    /// The first column.
    fn names(text: &str) -> Vec<&str> {
        text.lines().skip(3).filter_map(|line| line.split_whitespace().next()).collect()
    }

    #[test]
    fn rows_are_sorted_by_a_field() {
        let served = artifacts();
        let sorted = |path: &str| served.run(&["get", "artifacts", "--sort-by", path]);
        assert_eq!(names(&sorted(".metadata.name")), ["app", "web-9", "web-10"]);
        assert_eq!(names(&sorted("{.spec.image}")), ["web-9", "app", "web-10"]);
        assert_snapshot!(sorted(".spec.nothing"), @r#"
        code: 1
        --- stderr
        error: couldn't find any field with path ".spec.nothing" in the list of objects
        "#);
        let items = served.json(&["get", "artifacts", "--sort-by=.spec.image"]);
        assert_eq!(items["items"][0]["metadata"]["name"], "web-9");
    }

    #[test]
    fn labels_have_columns_and_types_stand_before_names() {
        let served = artifacts();
        let told = served.run(&["get", "art", "-L", "example.com/tier,none", "--show-kind", "-o", "wide"]);
        assert!(told.contains("   TIER   NONE\n"), "{told}");
        assert!(told.contains("artifact.runtime.wasmcloud.dev/web-9 "), "{told}");
        assert!(told.contains("   a      <none>\n"), "{told}");
    }

    #[test]
    fn pages_make_no_difference() {
        let served = artifacts();
        let whole = served.run(&["get", "artifacts", "-o", "name"]);
        assert_snapshot!(whole, @"
        code: 0
        --- stdout
        artifact.runtime.wasmcloud.dev/app
        artifact.runtime.wasmcloud.dev/web-10
        artifact.runtime.wasmcloud.dev/web-9
        ");
        for size in ["1", "2", "0"] {
            assert_eq!(served.run(&["get", "artifacts", "-o", "name", "--chunk-size", size]), whole);
            let table = served.run(&["get", "artifacts", "--chunk-size", size]);
            assert_eq!(names(&table), ["app", "web-10", "web-9"], "{table}");
        }
    }

    #[test]
    fn files_name_what_is_to_be_shown() {
        let served = artifacts();
        let config = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}});
        let files = [artifact("app", "a", "x"), config, artifact("gone", "a", "x")];
        let text: String = files.iter().map(|file| format!("---\n{file}\n")).collect();
        served.env.file("app.yaml", &text);
        assert_snapshot!(served.run(&["get", "-f", "app.yaml", "-o", "name"]), @r#"
        code: 1
        --- stdout
        artifact.runtime.wasmcloud.dev/app
        --- stderr
        ConfigMap "c" is passed over: `kubectl get` shows it
        Error from server (NotFound): artifacts.runtime.wasmcloud.dev "gone" not found
        "#);
        assert_snapshot!(served.run(&["get", "-f", "app.yaml", "-o", "name", "--ignore-not-found"]), @r#"
        code: 0
        --- stdout
        artifact.runtime.wasmcloud.dev/app
        --- stderr
        ConfigMap "c" is passed over: `kubectl get` shows it
        "#);
    }

    #[test]
    fn the_server_prints_its_own_columns() {
        let served = artifacts();
        assert_snapshot!(served.run(&["get", "hosts", "--columns=server", "--show-labels"]), @"
        code: 0
        --- stdout
        NAME   HOSTID   HOSTGROUP   ENVIRONMENT   READY   AGE   LABELS
        a      id-a     default                   True    NOW    hostgroup=default
        ");
        assert_snapshot!(served.run(&["get", "host/a", "--columns=server", "--no-headers", "--show-kind"]), @"
        code: 0
        --- stdout
        host.runtime.wasmcloud.dev/a   id-a   default       True   NOW
        ");
        assert_snapshot!(served.run(&["get", "artifact/gone", "--columns=server"]), @r#"
        code: 1
        --- stderr
        Error from server (NotFound): artifacts.runtime.wasmcloud.dev "gone" not found
        "#);
        let told = served.run(&["get", "artifacts", "--columns=server", "--chunk-size=1"]);
        assert_eq!(names(&told), ["app", "web-10", "web-9"], "{told}");
    }
}
