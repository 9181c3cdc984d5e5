//! Who owns which field after an apply, beside what kubectl itself leaves; and what a prune takes away.

use serde_json::Value;

use super::cluster::{Cluster, ok, text};

const OURS: &str = "kubectl-wasmcloud";
const KINDS: [&str; 2] = ["workloaddeployments.runtime.wasmcloud.dev", "configmaps"];

/// A deployment and a ConfigMap of that name; the second setting is optional.
fn manifests(name: &str, second: bool) -> String {
    let (variable, data) = if second { (", B: b", ", b: b") } else { ("", "") };
    format!(
        "apiVersion: runtime.wasmcloud.dev/v1alpha1
kind: WorkloadDeployment
metadata:
  name: {name}
  labels: {{app: {name}}}
spec:
  replicas: 1
  template:
    spec:
      components:
        - name: http
          image: r.example/hello:1
          localResources:
            environment: {{config: {{A: a{variable}}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: {name}, labels: {{app: {name}}}}}
data: {{a: a{data}}}
"
    )
}

fn read(cluster: &Cluster, kind: &str, name: &str) -> Value {
    let words = ["get", kind, name, "-n", &cluster.namespace, "-o", "json", "--show-managed-fields"];
    serde_json::from_str(&ok(cluster.kubectl(&words))).unwrap()
}

/// Who owns what, and how they came by it; this program's name stands for kubectl's.
fn owners(object: &Value) -> Vec<(String, String, Value)> {
    let entries = object["metadata"]["managedFields"].as_array().unwrap().iter();
    let word = |entry: &Value, field: &str| entry[field].as_str().unwrap().to_owned();
    let manager = |entry: &Value| if entry["manager"] == "kubectl" { OURS.to_owned() } else { word(entry, "manager") };
    entries.map(|entry| (manager(entry), word(entry, "operation"), entry["fieldsV1"].clone())).collect()
}

#[test]
#[ignore = "real servers"]
fn what_kubectl_applied_from_its_side_is_taken_over_as_kubectl_takes_it_over() {
    let cluster = Cluster::new("migrated");
    let namespace = format!("--namespace={}", cluster.namespace);
    for name in ["ours", "theirs"] {
        let before = cluster.file("before.yaml", &manifests(name, true));
        ok(cluster.kubectl(&["apply", "-f", &before, &namespace]));
    }
    let after = cluster.file("after.yaml", &manifests("ours", false));
    ok(cluster.run(&["apply", "-f", &after]));
    let after = cluster.file("after.yaml", &manifests("theirs", false));
    ok(cluster.kubectl(&["apply", "--server-side", "-f", &after, &namespace]));

    for kind in KINDS {
        let (ours, theirs) = (read(&cluster, kind, "ours"), read(&cluster, kind, "theirs"));
        assert!(!owners(&ours).iter().any(|(manager, ..)| manager == "kubectl-client-side-apply"), "{ours}");
        // kubectl keeps its annotation, in case that one goes back; this program does not.
        let of_theirs: Vec<_> =
            owners(&theirs).into_iter().filter(|(manager, ..)| manager != "kubectl-last-applied").collect();
        assert_eq!(owners(&ours), of_theirs, "{kind}");
        assert_eq!(ours["spec"], theirs["spec"]);
        assert_eq!(ours["data"], theirs["data"]);
    }
    assert_eq!(read(&cluster, KINDS[1], "ours")["data"], serde_json::json!({"a": "a"}), "what left the file is gone");
}

#[test]
#[ignore = "real servers"]
fn what_left_the_files_is_pruned_and_nothing_else() {
    let cluster = Cluster::new("pruned");
    let all = manifests("kept", true) + "---\n" + &manifests("gone", true).replace("app: gone", "app: kept");
    let all = cluster.file("all.yaml", &(all + "---\n" + &manifests("other", true)));
    ok(cluster.run(&["apply", "-f", &all]));
    let namespace = format!("--namespace={}", cluster.namespace);
    let foreign = ["create", "configmap", "foreign", &namespace];
    ok(cluster.kubectl(&foreign));
    ok(cluster.kubectl(&["label", "configmap", "foreign", "app=kept", &namespace]));
    let some = cluster.file("some.yaml", &manifests("kept", true));
    let tried = ok(cluster.run(&["apply", "-f", &some, "--prune", "-l", "app=kept", "--dry-run=server"]));
    assert_eq!(tried.matches(" pruned (server dry run)\n").count(), 2, "{tried}");
    let pruned = ok(cluster.run(&["apply", "-f", &some, "--prune", "-l", "app=kept"]));
    assert_eq!(pruned.matches(" pruned\n").count(), 2, "{pruned}");
    let left = ["get", &KINDS.join(","), &namespace, "-o", "name"];
    let left = ok(cluster.kubectl(&left));
    let left: Vec<_> = left.lines().filter(|line| !line.contains("kube-root-ca")).map(str::to_owned).collect();
    let (deployment, map) = ("workloaddeployment.runtime.wasmcloud.dev", "configmap");
    let expected = [(deployment, "kept"), (deployment, "other"), (map, "foreign"), (map, "kept"), (map, "other")];
    assert_eq!(left, expected.map(|(kind, name)| format!("{kind}/{name}")));
}

#[test]
#[ignore = "real servers"]
fn defaults_are_not_shown_as_going_away_when_the_first_diff_follows_kubectls_apply() {
    let cluster = Cluster::new("defaults");
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: front}\nspec: {ports: [{port: 80}]}\n";
    let all = cluster.file("all.yaml", &(manifests("app", true) + "---\n" + service));
    ok(cluster.kubectl(&["apply", "-f", &all, "--namespace", &cluster.namespace]));
    let shown = || text(&cluster.run(&["diff", "-f", &all]).stdout);
    let difference = shown();
    assert_eq!(difference.matches("+++ MERGED/").count(), 3, "{difference}");
    let is_change = |line: &&str| {
        let is_head = line.starts_with("--- ") || line.starts_with("+++ ");
        line.starts_with(['+', '-']) && !is_head
    };
    // Only kubectl's own record goes.
    let is_record = |line: &str| {
        ["-  annotations:", "-    kubectl.kubernetes.io/last-applied-configuration: ", "-      {\"apiVersion\""]
            .iter()
            .any(|record| line.starts_with(record))
    };
    let changes: Vec<_> = difference.lines().filter(is_change).filter(|line| !is_record(line)).collect();
    assert!(changes.is_empty(), "{changes:#?}");
    ok(cluster.run(&["apply", "-f", &all]));
    assert_eq!(shown(), "");
    let after = &read(&cluster, "services", "front")["spec"];
    assert_eq!((&after["type"], &after["sessionAffinity"]), (&"ClusterIP".into(), &"None".into()));
}
