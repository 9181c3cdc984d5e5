//! apply, diff, tree, get, describe, events, logs, delete.

use super::{deploy, with_hosts};
use crate::real::cluster::{Cluster, eventually, ok, text};
use crate::real::story::manifest;
use crate::support::component::http_component;

/// The names in the first column of a table.
fn names(table: &str) -> Vec<&str> {
    table.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect()
}

#[test]
#[ignore = "real servers"]
fn what_is_applied_is_seen_by_every_verb_that_looks_and_is_deleted() {
    let (cluster, _controller, _) = with_hosts("look", 1);
    let image = cluster.push("v1", &http_component("x"));
    let app = cluster.file("app.yaml", &manifest(&image, "hello.example.com", 2));

    let differs = cluster.run(&["diff", "-f", &app]);
    assert_eq!(differs.status.code(), Some(1), "{}", text(&differs.stderr));
    assert!(text(&differs.stdout).contains("+  replicas: 2\n"), "{}", text(&differs.stdout));
    assert!(cluster.objects("workloaddeployments").is_empty(), "a diff writes nothing");
    let applied = ok(cluster.run(&["apply", "-f", &app]));
    assert_eq!(applied, "workloaddeployment.runtime.wasmcloud.dev/hello serverside-applied\n");
    let same = cluster.run(&["diff", "-f", &app]);
    assert_eq!((same.status.code(), text(&same.stdout)), (Some(0), String::new()));

    let tree = ok(cluster.run(&["tree", "hello", "--watch", "--until=ready", "--timeout=60s"]));
    assert!(tree.lines().any(|line| line == "wd/hello Complete"), "{tree}");
    let tree = ok(cluster.run(&["tree", "hello"]));
    let workloads = cluster.objects("workloads");
    for workload in &workloads {
        assert!(tree.contains(workload["metadata"]["name"].as_str().unwrap()), "{tree}");
    }
    assert_eq!(workloads.len(), 2);
    let listed = ok(cluster.run(&["get", "-f", &app]));
    assert!(names(&listed) == ["hello"] && listed.contains(" 2/2 "), "{listed}");
    let events = ok(cluster.run(&["events", "wd/hello"]));
    let seen = ok(cluster.kubectl(&["get", "events", "--namespace", &cluster.namespace, "--no-headers"]));
    assert_eq!(events.lines().count(), seen.lines().count() + 1, "{events}\n{seen}");
    assert!(events.contains("WorkloadDeployment/hello"), "{events}");
    let logs = ok(cluster.run(&["logs", "wd/hello"]));
    assert!(logs.contains(&format!("{}/hello-", cluster.namespace)), "{logs}");

    let deleted = ok(cluster.run(&["delete", "-f", &app]));
    assert!(deleted.starts_with("workloaddeployment.runtime.wasmcloud.dev \"hello\" deleted"), "{deleted}");
    assert!(cluster.objects("workloaddeployments").is_empty(), "delete waits");
    eventually("nothing is left", || cluster.objects("workloads").is_empty().then_some(()));
}

#[test]
#[ignore = "real servers"]
fn all_five_kinds_are_listed_and_described_as_kubectl_sees_them() {
    let (cluster, _controller, _) = with_hosts("kinds", 1);
    let image = cluster.push("v1", &http_component("x"));
    let artifact = "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata: {name: hello}\n";
    let artifact = cluster.file("artifact.yaml", &format!("{artifact}spec: {{image: '{image}'}}\n"));
    ok(cluster.run(&["apply", "-f", &artifact]));
    deploy(&cluster, &image, 2);
    for kind in ["workloaddeployments", "workloadreplicasets", "workloads", "artifacts"] {
        let listed = ok(cluster.run(&["get", kind, "--sort-by=.metadata.name"]));
        let objects = cluster.objects(kind);
        let theirs: Vec<_> = objects.iter().map(|object| object["metadata"]["name"].as_str().unwrap()).collect();
        assert!(!theirs.is_empty());
        assert_eq!(names(&listed), theirs, "{kind}");
        let described = ok(cluster.run(&["describe", kind]));
        for name in theirs {
            assert!(described.contains(&format!("Name:  {name}")) || described.contains(&format!(" {name}\n")));
        }
        assert_eq!(described.matches("\nConditions:\n").count(), objects.len(), "{described}");
    }
    let hosts = ok(cluster.run_in_system(&["get", "hosts"]));
    assert!(hosts.contains("True") && names(&hosts).len() == 1, "{hosts}");
    let described = ok(cluster.run_in_system(&["describe", "host", names(&hosts)[0]]));
    for workload in cluster.objects("workloads") {
        assert!(described.contains(workload["metadata"]["name"].as_str().unwrap()), "{described}");
    }
}

#[test]
#[ignore = "real servers"]
fn a_change_is_seen_by_who_watches() {
    let cluster = Cluster::new("watch");
    let app = cluster.file("app.yaml", &manifest("r.example/hello:1", "hello.example.com", 1));
    ok(cluster.run(&["apply", "-f", &app]));
    let watch = cluster.start("watch.log", &["get", "wd", "--watch"]);
    eventually("what is there is shown", || watch.log().contains("r.example/hello:1").then_some(()));
    ok(cluster.run(&["set", "image", "wd/hello", "http=r.example/hello:2"]));
    eventually("the change is shown", || watch.log().contains("r.example/hello:2").then_some(()));
    assert_eq!(watch.log().matches("NAME").count(), 1, "one head for all: {}", watch.log());
}

#[test]
#[ignore = "real servers"]
fn describe_says_first_what_the_host_said() {
    let (cluster, _controller, _) = with_hosts("worst", 1);
    let image = cluster.push("v1", &http_component("x")).replace(":v1", ":none");
    let app = cluster.file("app.yaml", &manifest(&image, "bad.example.com", 1));
    ok(cluster.run(&["apply", "-f", &app]));
    eventually("the host has said so", || {
        let conditions = cluster.objects("workloaddeployments")[0]["status"]["conditions"].to_string();
        conditions.contains("manifest unknown").then_some(())
    });
    for kind in ["wd", "wrs", "ww"] {
        let described = ok(cluster.run(&["describe", kind]));
        let worst = described.split("\n\n").next().unwrap();
        assert!(worst.starts_with('✖') && worst.contains("manifest unknown"), "{kind}: {described}");
    }
    let events = ok(cluster.run(&["events", "wd/hello"]));
    assert!(events.contains("StartFailed") && events.contains("manifest unknown"), "{events}");
}
