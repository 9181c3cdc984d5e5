use insta::assert_snapshot;

use crate::support::TestEnv;

#[test]
fn a_file_is_needed_and_pruning_needs_a_limit() {
    let env = TestEnv::new();
    assert_snapshot!(env.run(&["apply"]), @"
    code: 2
    --- stderr
    error: must specify one of -f and -k
    ");
    assert_snapshot!(env.run(&["apply", "-f", "a.yaml", "--prune"]), @"
    code: 2
    --- stderr
    error: all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector
    ");
    assert_snapshot!(env.run(&["apply", "-f", "a.yaml", "--all", "-l", "a=b"]), @"
    code: 2
    --- stderr
    error: setting 'all' parameter but found a non empty selector.
    ");
    assert_snapshot!(env.run(&["apply", "-f", "a.yaml", "-l", "a=b=c"]), @"
    code: 2
    --- stderr
    error: found '=', expected: ',' or 'end of string'
    ");
    env.file("a.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}");
    assert_snapshot!(env.run(&["apply", "-f", "a.yaml", "-l", "a=b"]), @"
    code: 1
    --- stderr
    error: no objects passed to apply
    ");
    assert_snapshot!(env.run(&["apply", "-f", "a.yaml", "--server-side=false"]), @"
    code: 2
    --- stderr
    error: apply is always server-side
    help: `kubectl apply` applies the other way
    ");
}

#[cfg(feature = "local")]
mod served {
    use insta::assert_snapshot;
    use serde_json::{Value, json};

    use crate::support::served::Served;

    const DEPLOYMENTS: &str = "/apis/runtime.wasmcloud.dev/v1alpha1/namespaces/default/workloaddeployments";
    const CONFIG_MAPS: &str = "/api/v1/namespaces/default/configmaps";
    const MERGE: &str = "application/merge-patch+json";

    fn config(served: &Served, data: &str) {
        let head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, labels: {app: x}}\n";
        served.env.file("app.yaml", &format!("{head}data: {data}\n"));
    }

    fn deployment(served: &Served, spec: &str) {
        let head = "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: WorkloadDeployment\nmetadata: {name: web}\n";
        let template = "template: {spec: {components: [{name: http, image: 'example.com/web:1'}]}}";
        served.env.file("web.yaml", &format!("{head}spec: {{{spec}, {template}}}\n"));
    }

    fn get(served: &Served, path: &str) -> Value {
        served.request("GET", path, "application/json", &Value::Null)
    }

    fn config_maps(served: &Served) -> Vec<String> {
        let list = get(served, CONFIG_MAPS);
        let name = |item: &Value| item["metadata"]["name"].as_str().unwrap().to_owned();
        list["items"].as_array().unwrap().iter().map(name).collect()
    }

    /// Who owns an object, as `MANAGER OPERATION`.
    fn owners(object: &Value) -> Vec<String> {
        let word = |entry: &Value, field: &str| entry[field].as_str().unwrap().to_owned();
        let entries = object["metadata"]["managedFields"].as_array().unwrap().iter();
        let of_object = entries.filter(|entry| entry.get("subresource").is_none());
        let owner = |entry: &Value| format!("{} {}", word(entry, "manager"), word(entry, "operation"));
        let mut owners: Vec<_> = of_object.map(owner).collect();
        owners.sort();
        owners
    }

    #[test]
    fn objects_are_created_changed_and_left_alone_with_the_same_words() {
        let served = Served::with_hosts(&[]);
        config(&served, "{a: one}");
        for dry_run in ["--dry-run=client", "--dry-run=server"] {
            let told = served.run(&["apply", "-f", "app.yaml", dry_run]);
            assert!(told.contains("configmap/settings serverside-applied ("), "{told}");
        }
        assert_snapshot!(served.run(&["apply", "-f", "app.yaml"]), @"
        code: 0
        --- stdout
        configmap/settings serverside-applied
        ");
        assert_snapshot!(served.run(&["apply", "-f", "app.yaml", "-o", "name"]), @"
        code: 0
        --- stdout
        configmap/settings
        ");
        config(&served, "{a: two}");
        assert_snapshot!(served.run(&["apply", "-f", "app.yaml", "-o", "jsonpath={.data.a}"]), @"
        code: 0
        --- stdout
        two
        ");
        let object = served.json(&["apply", "-f", "app.yaml"]);
        assert_eq!((&object["data"]["a"], &object["metadata"]["managedFields"]), (&json!("two"), &Value::Null));
        let object = served.json(&["apply", "-f", "app.yaml", "--show-managed-fields", "--field-manager=me"]);
        assert_eq!(owners(&object), ["kubectl-wasmcloud Apply", "me Apply"]);
    }

    #[test]
    fn several_objects_are_a_list_and_secrets_are_masked() {
        let served = Served::with_hosts(&[]);
        let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: hush}\nstringData: {token: planted}\n";
        let config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
        served.env.file("app.yaml", &format!("{secret}---\n{config}"));
        for dry_run in ["--dry-run=client", "--dry-run=server", "--dry-run=none"] {
            let list = served.json(&["apply", "-f", "app.yaml", dry_run]);
            let kinds: Vec<_> = list["items"].as_array().unwrap().iter().map(|item| item["kind"].clone()).collect();
            assert_eq!((list["kind"].clone(), kinds), (json!("List"), vec![json!("ConfigMap"), json!("Secret")]));
            assert!(!list.to_string().contains("planted") && !list.to_string().contains("cGxhbnRlZA"), "{list}");
        }
    }

    #[test]
    fn a_conflict_is_told_before_anything_is_written_and_can_be_forced() {
        let served = Served::with_hosts(&[]);
        config(&served, "{a: one, b: one}");
        let _ = served.run(&["apply", "-f", "app.yaml"]);
        let path = format!("{CONFIG_MAPS}/settings?fieldManager=someone");
        served.request("PATCH", &path, MERGE, &json!({"data": {"a": "theirs", "b": "theirs"}}));
        config(&served, "{a: two, b: two}");
        let first = served.env.file("first.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: first}\n");
        let first = first.to_str().unwrap();
        assert_snapshot!(served.run(&["apply", "-f", first, "-f", "app.yaml"]), @r#"
        code: 1
        --- stderr
        error: 1 document cannot be used; nothing was done
        app.yaml:1: configmap/settings: Apply failed with 2 conflicts: conflicts with "someone" using v1:
        - .data.a
        - .data.b
          help: others have written these fields: take them over with --force-conflicts, take them out of the manifest, or give them the values they have now
                see https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
        "#);
        assert_eq!(config_maps(&served), ["settings"]);
        assert_snapshot!(served.run(&["apply", "-f", "app.yaml", "--force-conflicts"]), @"
        code: 0
        --- stdout
        configmap/settings serverside-applied
        ");
        assert_eq!(get(&served, &format!("{CONFIG_MAPS}/settings"))["data"], json!({"a": "two", "b": "two"}));
    }

    #[test]
    fn what_imperative_verbs_wrote_gives_way_and_stays_where_the_files_are_silent() {
        let served = Served::with_hosts(&[]);
        deployment(&served, "replicas: 1");
        let _ = served.run(&["apply", "-f", "web.yaml"]);
        let path = format!("{DEPLOYMENTS}/web?fieldManager=kubectl-wasmcloud");
        let patch = json!({"spec": {"replicas": 3, "template": {"annotations": {"restarted": "now"}}}});
        served.request("PATCH", &path, MERGE, &patch);
        deployment(&served, "replicas: 2");
        assert_snapshot!(served.run(&["apply", "-f", "web.yaml", "--dry-run=server"]), @"
        code: 0
        --- stdout
        workloaddeployment.runtime.wasmcloud.dev/web serverside-applied (server dry run)
        ");
        assert_snapshot!(served.run(&["apply", "-f", "web.yaml"]), @"
        code: 0
        --- stdout
        workloaddeployment.runtime.wasmcloud.dev/web serverside-applied
        ");
        let after = get(&served, &format!("{DEPLOYMENTS}/web"));
        assert_eq!(after["spec"]["replicas"], 2);
        assert_eq!(after["spec"]["template"]["annotations"]["restarted"], "now");
    }

    #[test]
    fn what_kubectl_applied_is_handed_over_and_goes_away_with_the_files() {
        let served = Served::with_hosts(&[]);
        let record = json!({"kubectl.kubernetes.io/last-applied-configuration": "{}"});
        let object = json!({
            "apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "one", "b": "two"},
            "metadata": {"name": "settings", "labels": {"app": "x"}, "annotations": record},
        });
        let path = format!("{CONFIG_MAPS}?fieldManager=kubectl-client-side-apply");
        served.request("POST", &path, "application/json", &object);
        let path = format!("{CONFIG_MAPS}/settings?fieldManager=someone");
        served.request("PATCH", &path, MERGE, &json!({"data": {"c": "theirs"}}));
        config(&served, "{a: changed}");
        assert_snapshot!(served.run(&["diff", "-f", "app.yaml"]), @r#"
        code: 1
        --- stdout
        --- LIVE/v1.ConfigMap.default.settings
        +++ MERGED/v1.ConfigMap.default.settings
        @@ -1,12 +1,9 @@
         apiVersion: v1
         data:
        -  a: one
        -  b: two
        +  a: changed
           c: theirs
         kind: ConfigMap
         metadata:
        -  annotations:
        -    kubectl.kubernetes.io/last-applied-configuration: "{}"
           creationTimestamp: "TIME"
           labels:
             app: x
        "#);
        assert_snapshot!(served.run(&["apply", "-f", "app.yaml"]), @"
        code: 0
        --- stdout
        configmap/settings serverside-applied
        ");
        let after = get(&served, &format!("{CONFIG_MAPS}/settings"));
        assert_eq!(after["data"], json!({"a": "changed", "c": "theirs"}));
        assert_eq!(after["metadata"].get("annotations"), None);
        assert_eq!(owners(&after), ["kubectl-wasmcloud Apply", "someone Update"]);
        assert_snapshot!(served.run(&["diff", "-f", "app.yaml"]), @"code: 0");
    }

    #[test]
    fn an_unknown_field_is_told_with_file_and_line() {
        let served = Served::with_hosts(&[]);
        config(&served, "{a: one}");
        let config = std::fs::read_to_string(served.env.home().join("app.yaml")).unwrap();
        deployment(&served, "replicass: 1");
        let deployment = std::fs::read_to_string(served.env.home().join("web.yaml")).unwrap();
        served.env.file("all.yaml", &format!("{config}---\n{deployment}"));
        assert_snapshot!(served.run(&["apply", "-f", "all.yaml"]), @"
        code: 1
        --- stderr
        error: 1 document cannot be used; nothing was done
        all.yaml:9:8: error[WC0101]: unknown field spec.replicass
          help: did you mean replicas?
        ");
        assert!(config_maps(&served).is_empty());
    }

    #[test]
    fn what_left_the_files_is_pruned_by_label() {
        let served = Served::with_hosts(&[]);
        let map = |name: &str, app: &str| {
            format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, labels: {{app: {app}}}}}\n")
        };
        let artifact = "---\napiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\n\
                        metadata: {name: art, labels: {app: x}}\nspec: {image: 'example.com/a:1'}\n";
        served.env.file("app.yaml", &[&map("kept", "x"), &map("gone", "x"), &map("other", "z"), artifact].concat());
        let _ = served.run(&["apply", "-f", "app.yaml"]);
        let theirs =
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "theirs", "labels": {"app": "x"}}});
        served.apply(&theirs);
        served.env.file("app.yaml", &[map("kept", "x"), map("new", "z")].concat());
        assert_snapshot!(served.run(&["apply", "-f", "app.yaml", "--prune", "-l", "app=x", "--dry-run=server"]), @"
        code: 0
        --- stdout
        configmap/kept serverside-applied (server dry run)
        artifact.runtime.wasmcloud.dev/art pruned (server dry run)
        configmap/gone pruned (server dry run)
        ");
        let diff = served.run(&["diff", "-f", "app.yaml", "--prune", "-l", "app=x"]);
        let named: Vec<_> = diff.lines().filter(|line| line.starts_with("--- LIVE")).collect();
        let names = ["runtime.wasmcloud.dev.v1alpha1.Artifact.default.art", "v1.ConfigMap.default.gone"];
        assert_eq!(named, names.map(|name| format!("--- LIVE/{name}")));
        assert!(diff.starts_with("code: 1\n") && !diff.contains("\n+ ") && !diff.contains("\n  "), "{diff}");
        assert_snapshot!(served.run(&["apply", "-f", "app.yaml", "--prune", "-l", "app=x"]), @"
        code: 0
        --- stdout
        configmap/kept serverside-applied
        artifact.runtime.wasmcloud.dev/art pruned
        configmap/gone pruned
        ");
        assert_snapshot!(served.run(&["apply", "-f", "app.yaml", "--prune", "--all"]), @"
        code: 0
        --- stdout
        configmap/kept serverside-applied
        configmap/new serverside-applied
        configmap/other pruned
        ");
        assert_eq!(config_maps(&served), ["kept", "new", "theirs"]);
    }
}
