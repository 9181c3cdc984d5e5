//! CRDs on a real API server.

use super::cluster::{Cluster, kubectl, ok, text};

#[test]
#[ignore = "real servers"]
fn installing_again_changes_nothing_and_takes_nothing_away() {
    let cluster = Cluster::new("install");
    let again = ok(cluster.run(&["install"]));
    assert_eq!(again.lines().filter(|line| line.ends_with(" unchanged")).count(), 5, "{again}");
    let path = "{.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.components.items.required}";
    let crd = "workloads.runtime.wasmcloud.dev";
    let required = ok(kubectl(&["get", "crd", crd, "--output", &format!("jsonpath={path}")]));
    assert!(required.contains("image") && required.contains("name"), "{required}");
}

#[test]
#[ignore = "real servers"]
fn the_api_server_rejects_what_the_published_crds_reject() {
    let cluster = Cluster::new("rejects");
    let workload = |spec: &str| {
        let text = format!(
            "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Workload\nmetadata: {{name: x}}\nspec: {spec}\n"
        );
        let file = cluster.file("x.yaml", &text);
        kubectl(&["create", "--dry-run=server", "--namespace", &cluster.namespace, "-f", &file])
    };
    ok(workload("{components: [{name: a, image: r/a:1}]}"));
    for (spec, says) in [
        ("{components: [{name: a}]}", "spec.components[0].image: Required value"),
        ("{components: [{name: a, image: r, poolSize: -1}]}", "should be greater than or equal to 0"),
        ("{hostInterfaces: [{namespace: wasi, package: http, interfaces: []}]}", "should have at least 1 items"),
        (
            "{hostInterfaces: [{namespace: a, package: b, interfaces: [x]}, {namespace: a, package: b, interfaces: [z]}]}",
            "at most one unnamed hostInterface is allowed per namespace:package",
        ),
        (
            "{components: [{name: a, image: r, localResources: {allowedHosts: ['http://x/path']}}]}",
            "spec.components[0].localResources.allowedHosts[0]",
        ),
        ("{componentz: []}", "unknown field \"spec.componentz\""),
    ] {
        let refused = workload(spec);
        assert!(!refused.status.success(), "{spec}");
        assert!(text(&refused.stderr).contains(says), "{spec}: {}", text(&refused.stderr));
    }
}
