//! cordon, drain, uncordon, top.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{deploy, with_hosts};
use crate::real::cluster::{Cluster, eventually, ok, text};
use crate::support::component::http_component;

/// How many Workloads are on each host, by its id.
fn placed(cluster: &Cluster) -> BTreeMap<String, usize> {
    let mut placed = BTreeMap::new();
    for workload in cluster.objects("workloads") {
        *placed.entry(workload["status"]["hostId"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    placed
}

#[test]
#[ignore = "real servers"]
fn a_host_is_cordoned_emptied_and_taken_back() {
    let (cluster, _controller, _) = with_hosts("draining", 2);
    let image = cluster.push("v1", &http_component("x"));
    deploy(&cluster, &image, 4);
    let hosts: Value = serde_json::from_slice(&cluster.run_in_system(&["get", "hosts", "-o", "json"]).stdout).unwrap();
    let word = |host: usize, field: &str| hosts["items"][host].pointer(field).unwrap().as_str().unwrap().to_owned();
    let (name, id, other) = (word(0, "/metadata/name"), word(0, "/hostId"), word(1, "/hostId"));
    assert_eq!(placed(&cluster).get(&id), Some(&2), "half of them: {:?}", placed(&cluster));
    let cordoned = ok(cluster.run_in_system(&["cordon", &name]));
    assert_eq!(cordoned, format!("host.runtime.wasmcloud.dev/{name} cordoned\n"));
    assert_eq!(
        ok(cluster.run_in_system(&["cordon", &name])),
        format!("host.runtime.wasmcloud.dev/{name} already cordoned\n")
    );
    ok(cluster.run(&["scale", "wd/hello", "--replicas=6", "--timeout=60s"]));
    assert_eq!(placed(&cluster).get(&id), Some(&2), "no new one comes");

    let drained = cluster.run_in_system(&["drain", &name, "--yes", "--timeout=60s"]);
    let told = ok(drained);
    assert_eq!(told.matches(" evicted\n").count(), 2, "{told}");
    assert!(told.ends_with(&format!("host.runtime.wasmcloud.dev/{name} drained\n")), "{told}");
    assert_eq!(placed(&cluster), BTreeMap::from([(other, 6)]));
    eventually("the host says so too", || {
        let top = ok(cluster.run_in_system(&["top"]));
        let line = top.lines().find(|line| line.starts_with(&name))?.to_owned();
        (line.split_whitespace().nth(2) == Some("0")).then_some(())
    });
    let uncordoned = ok(cluster.run_in_system(&["uncordon", &name]));
    assert_eq!(uncordoned, format!("host.runtime.wasmcloud.dev/{name} uncordoned\n"));
    ok(cluster.run(&["scale", "wd/hello", "--replicas=8", "--timeout=60s"]));
    assert_eq!(placed(&cluster).get(&id), Some(&2), "{:?}", placed(&cluster));
    let nobody = cluster.run_in_system(&["drain", "nobody", "--yes"]);
    let not_found = "Error from server (NotFound): hosts.runtime.wasmcloud.dev \"nobody\" not found";
    assert!(text(&nobody.stderr).starts_with(not_found), "{}", text(&nobody.stderr));
}
