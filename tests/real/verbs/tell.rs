//! version, report, explain, crds, rbac.

use std::io::Read;

use serde_json::Value;

use crate::real::cluster::{Cluster, ok};
use crate::real::story::manifest;

const SECRET: &str = "hunter2hunter2";

#[test]
#[ignore = "real servers"]
fn a_report_has_what_there_is_and_no_secret() {
    let cluster = Cluster::new("reporting");
    let literal = format!("--from-literal=password={SECRET}");
    ok(cluster.kubectl(&["create", "secret", "generic", "plain", &literal, "-n", &cluster.namespace]));
    ok(cluster.kubectl(&["create", "configmap", "settings", &literal, "-n", &cluster.namespace]));
    let layers = format!(
        "          localResources:\n            environment:\n              config: {{PASSWORD: {SECRET}}}\n              \
         secretFrom: [{{name: plain}}]\n              configFrom: [{{name: settings}}]\n"
    );
    let app = manifest("r.example/hello:1", "hello.example.com", 1);
    let app = app.replace("      hostInterfaces:", &format!("{layers}      hostInterfaces:"));
    let app = cluster.file("app.yaml", &app);
    // As kubectl does it, the whole manifest is in an annotation too.
    ok(cluster.kubectl(&["apply", "-f", &app, "-n", &cluster.namespace]));
    let path = cluster.home().join("report.zip");
    ok(cluster.run(&["report", "-o", path.to_str().unwrap()]));
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut seen = String::new();
    for index in 0..archive.len() {
        archive.by_index(index).unwrap().read_to_string(&mut seen).unwrap();
    }
    assert!(!seen.contains(SECRET));
    assert!(seen.contains("PASSWORD: \"***\"") && seen.contains("r.example/hello:1"), "{seen}");
}

#[test]
#[ignore = "real servers"]
fn versions_are_those_of_the_server() {
    let cluster = Cluster::new("versions");
    let json = |text: String| -> Value { serde_json::from_str(&text).unwrap() };
    let ours = json(ok(cluster.run(&["version", "-o", "json"])));
    let theirs = json(ok(cluster.kubectl(&["version", "-o", "json"])));
    assert_eq!(ours["serverVersion"]["gitVersion"], theirs["serverVersion"]["gitVersion"]);
    assert!(ours["serverVersion"]["gitVersion"].is_string(), "{ours}");
}

#[test]
#[ignore = "real servers"]
fn what_is_printed_for_the_server_is_taken_by_it_unchanged() {
    let cluster = Cluster::new("printed");
    let crds = cluster.file("crds.yaml", &ok(cluster.run_as_is(&["crds"])));
    let taken = ok(cluster.kubectl(&["diff", "--server-side", "--force-conflicts", "-f", &crds]));
    assert_eq!(taken, "", "the definitions are those that are installed");
    ok(cluster.kubectl(&["create", "namespace", &cluster.system]));
    for who in ["controller", "viewer", "editor", "admin"] {
        let printed = ok(cluster.run_in_system(&["rbac", &format!("--for={who}")]));
        let file = cluster.file("rbac.yaml", &printed);
        let taken = ok(cluster.kubectl(&["apply", "--dry-run=server", "--validate=strict", "-f", &file]));
        assert_eq!(taken.lines().count(), printed.matches("\nkind: ").count(), "{who}: {taken}");
    }
    let field = "workloaddeployment.spec.template.spec.components.localResources.allowedHosts";
    let ours = ok(cluster.run_as_is(&["explain", field]));
    let theirs = ok(cluster.kubectl(&["explain", "--api-version=runtime.wasmcloud.dev/v1alpha1", field]));
    assert_eq!(ours.trim_end(), theirs.trim_end());
}
