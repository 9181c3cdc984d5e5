//! scale, set, rollout, expose, autoscale.

use serde_json::json;

use super::{component, deploy, hello, through, with_hosts};
use crate::real::cluster::{Cluster, eventually, get, ok, text};
use crate::real::story::manifest;
use crate::support::component::http::mirror;
use crate::support::component::http_component;

#[test]
#[ignore = "real servers"]
fn images_and_environment_are_set_rolled_out_and_undone() {
    let (cluster, _controller, ports) = with_hosts("setting", 1);
    let first = cluster.push("v1", &http_component("x"));
    let second = cluster.push("v2", &mirror());
    let mirrored = "        - {namespace: wasi, package: config, interfaces: [store]}\n";
    let app = cluster.file("app.yaml", &(manifest(&first, "hello.example.com", 2) + mirrored));
    ok(cluster.run(&["deploy", "-f", &app]));
    let image = format!("http={second}");
    let set = ok(cluster.run(&["set", "image", "wd/hello", &image]));
    assert_eq!(set, "workloaddeployment.runtime.wasmcloud.dev/hello image updated\n");
    through(&cluster);
    let set = ok(cluster.run(&["set", "env", "wd/hello", "GREETING=bonjour"]));
    assert_eq!(set, "workloaddeployment.runtime.wasmcloud.dev/hello env updated\n");
    through(&cluster);
    assert_eq!(component(&hello(&cluster))["localResources"]["environment"]["config"], json!({"GREETING": "bonjour"}));
    eventually("the component sees it", || {
        get(ports[0], "hello.example.com")?.1.contains("GREETING=bonjour").then_some(())
    });

    let history = ok(cluster.run(&["rollout", "history", "hello"]));
    let revisions: Vec<_> = history.lines().skip(2).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(revisions, ["1", "2", "3"], "{history}");
    assert_eq!(cluster.objects("workloadreplicasets").len(), 3);
    let back = ok(cluster.run(&["rollout", "undo", "hello", "--to-revision=1"]));
    assert_eq!(back, "workloaddeployment.runtime.wasmcloud.dev/hello rolled back\n");
    through(&cluster);
    assert_eq!(component(&hello(&cluster))["image"], first);
    assert!(component(&hello(&cluster))["localResources"].is_null(), "all of the template is that of then");
}

#[test]
#[ignore = "real servers"]
fn a_paused_rollout_waits_and_a_restart_makes_all_anew() {
    let (cluster, _controller, _) = with_hosts("pausing", 1);
    let first = cluster.push("v1", &http_component("x"));
    deploy(&cluster, &first, 1);
    ok(cluster.run(&["rollout", "pause", "hello"]));
    let again = cluster.run(&["rollout", "pause", "hello"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("is already paused"), "{}", text(&again.stderr));
    let before = cluster.objects("workloads")[0]["metadata"]["uid"].clone();
    ok(cluster.run(&["set", "env", "wd/hello", "A=b"]));
    // What is seen after the pause is what the controller has looked at.
    eventually("the controller has seen the change", || {
        let deployment = hello(&cluster);
        let seen = deployment["status"]["conditions"]
            .as_array()?
            .iter()
            .all(|condition| condition["observedGeneration"] == deployment["metadata"]["generation"]);
        seen.then_some(())
    });
    assert_eq!(cluster.objects("workloadreplicasets").len(), 1, "nothing is rolled out meanwhile");
    ok(cluster.run(&["rollout", "resume", "hello"]));
    through(&cluster);
    assert_eq!(cluster.objects("workloadreplicasets").len(), 2);
    let middle = cluster.objects("workloads")[0]["metadata"]["uid"].clone();
    assert_ne!(before, middle);
    ok(cluster.run(&["rollout", "restart", "hello"]));
    through(&cluster);
    eventually("only new ones are left", || {
        let workloads = cluster.objects("workloads");
        (workloads.len() == 1 && workloads[0]["metadata"]["uid"] != middle).then_some(())
    });
}

#[test]
#[ignore = "real servers"]
fn scaling_goes_through_the_subresource_and_keeps_its_conditions() {
    let cluster = Cluster::new("scaling");
    let app = cluster.file("app.yaml", &manifest("r.example/hello:1", "hello.example.com", 1));
    ok(cluster.run(&["apply", "-f", &app]));
    let refused = cluster.run(&["scale", "wd/hello", "--replicas=3", "--current-replicas=7"]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(text(&refused.stderr), "error: Expected replicas to be 7, was 1\n");
    assert_eq!(hello(&cluster)["spec"]["replicas"], 1);
    // Who may write the subresource alone may scale.
    let (name, user) = (cluster.namespace.as_str(), format!("scaler-{}", cluster.namespace));
    let role = format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {{name: scaler, namespace: {name}}}\nrules:\n\
         - {{apiGroups: [runtime.wasmcloud.dev], resources: [workloaddeployments], verbs: [get]}}\n\
         - {{apiGroups: [runtime.wasmcloud.dev], resources: [workloaddeployments/scale], verbs: [get, patch]}}\n"
    );
    ok(cluster.kubectl(&["apply", "-f", &cluster.file("role.yaml", &role)]));
    ok(cluster.kubectl(&["create", "rolebinding", "scaler", "--role=scaler", "--user", &user, "-n", name]));
    let scale = ["scale", "wd/hello", "--replicas=3", "--current-replicas=1", "--as", &user];
    eventually("the role counts", || cluster.run(&scale).status.success().then_some(()));
    assert_eq!(hello(&cluster)["spec"]["replicas"], 3);
    let shown = ["get", "workloaddeployments.runtime.wasmcloud.dev", "hello", "-n", name, "--show-managed-fields"];
    let shown =
        ok(cluster.kubectl(&[&shown[..], &["-o", "jsonpath={.metadata.managedFields[*].subresource}"]].concat()));
    assert_eq!(shown, "scale");
}

#[test]
#[ignore = "real servers"]
fn services_and_autoscalers_are_what_the_server_takes() {
    let cluster = Cluster::new("exposing");
    let app = cluster.file("app.yaml", &manifest("r.example/hello:1", "hello.example.com", 1));
    ok(cluster.run(&["apply", "-f", &app]));
    assert_eq!(ok(cluster.run(&["expose", "wd/hello", "--port=8080"])), "service/hello exposed\n");
    let read = |kind: &str, path: &str| {
        let path = format!("jsonpath={path}");
        ok(cluster.kubectl(&["get", kind, "hello", "-n", &cluster.namespace, "-o", &path]))
    };
    assert_eq!(read("service", "{.spec.ports[0].name} {.spec.ports[0].port} {.spec.selector}"), "http 8080 ");
    assert_eq!(hello(&cluster)["spec"]["kubernetes"]["service"]["name"], "hello");
    let metric = "--external-metric=queue_depth,queue=jobs";
    let words = ["autoscale", "wd/hello", "--min=1", "--max=3", metric, "--average-value=10"];
    let scaled = ok(cluster.run(&words));
    assert!(scaled.starts_with("horizontalpodautoscaler.autoscaling/hello autoscaled\n"), "{scaled}");
    let target =
        "{.spec.scaleTargetRef.kind}/{.spec.scaleTargetRef.name} {.spec.metrics[0].external.target.averageValue}";
    assert_eq!(read("hpa", target), "WorkloadDeployment/hello 10");
    let refused = cluster.run(&["autoscale", "wd/hello", "--max=3", "--cpu-percent=80"]);
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused.stderr));
}
