//! People edit, delete and make again what the controller reads and writes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Controller, PATIENCE, apply, apply_text, condition, known_hosts, leaves_nothing, settles};
use crate::real::cluster::{Cluster, ok, within};
use crate::real::nats_hosts::Fleet;
use crate::real::routes::{leads_to, slices};
use crate::real::story::manifest;

const IMAGE: &str = "r.example/hello:1";

/// Patches one object of a kind, in whichever namespace it is.
fn patch(cluster: &Cluster, namespace: &str, plural: &str, more: &[&str]) {
    let resource = format!("{plural}.runtime.wasmcloud.dev");
    let get = ["get", &resource, "--namespace", namespace, "--output", "jsonpath={.items[0].metadata.name}"];
    let name = ok(cluster.kubectl(&get));
    ok(cluster.kubectl(&[&["patch", &resource, &name, "--namespace", namespace], more].concat()));
}

#[test]
#[ignore = "real servers"]
fn what_people_do_to_objects_by_hand_is_put_right() {
    const STATUS: [&str; 3] = ["--subresource=status", "--type=merge", "--patch"];
    const OBJECT: [&str; 2] = ["--type=merge", "--patch"];
    let cluster = Cluster::new("edits");
    let fleet = Fleet::join(&cluster.nats_url, &cluster.namespace, &["one", "two"]);
    let controller = Controller::alone(&cluster, "controller.log");
    apply(&cluster, IMAGE, 3);
    settles(&cluster, &fleet, IMAGE, 3);

    let wiped = r#"{"status":null}"#;
    let bare = r#"{"metadata":{"annotations":null,"finalizers":null}}"#;
    let elsewhere = r#"{"metadata":{"annotations":{"runtime.wasmcloud.dev/assigned-host":"id-nobody"}}}"#;
    let lying = r#"{"status":{"hostId":"id-nobody","workloadId":"x"}}"#;
    for (plural, with, text) in [
        ("workloads", &STATUS[..], wiped),
        ("workloads", &STATUS[..], lying),
        ("workloads", &OBJECT[..], bare),
        ("workloads", &OBJECT[..], elsewhere),
        ("workloadreplicasets", &STATUS[..], wiped),
        ("workloadreplicasets", &OBJECT[..], bare),
        ("workloadreplicasets", &OBJECT[..], r#"{"spec":{"replicas":1}}"#),
        ("workloadreplicasets", &OBJECT[..], r#"{"metadata":{"labels":null}}"#),
        ("workloaddeployments", &STATUS[..], wiped),
        ("workloaddeployments", &STATUS[..], r#"{"status":{"currentReplicaSet":{"name":"nobody"}}}"#),
    ] {
        patch(&cluster, &cluster.namespace, plural, &[with, &[text]].concat());
        settles(&cluster, &fleet, IMAGE, 3);
    }
    let moved = r#"{"hostname":"nowhere","httpPort":1,"environment":"none","metadata":{"labels":{"odd":"one"}}}"#;
    for (with, text) in [(&STATUS[..], wiped), (&OBJECT[..], bare), (&OBJECT[..], moved)] {
        patch(&cluster, &cluster.system, "hosts", &[with, &[text]].concat());
        settles(&cluster, &fleet, IMAGE, 3);
    }
    let all = |plural: &str, namespace: &str| {
        let resource = format!("{plural}.runtime.wasmcloud.dev");
        ok(cluster.kubectl(&["delete", &resource, "--all", "--wait=false", "--namespace", namespace]));
        settles(&cluster, &fleet, IMAGE, 3);
    };
    all("workloads", &cluster.namespace);
    all("workloadreplicasets", &cluster.namespace);
    all("hosts", &cluster.system);
    controller.calms_down(2);
    controller.has_written_less_than(400.0);
    leaves_nothing(&cluster, &fleet);
}

/// Environments of the components that run, by workload id.
fn environments(fleet: &Fleet) -> BTreeMap<String, Value> {
    let running = fleet.running().into_values().flatten();
    let environment = |request: &Value| {
        let component = &request["workload"]["witWorld"]["components"][0];
        component["localResources"]["environment"].clone()
    };
    running.map(|(id, request)| (id, environment(&request))).collect()
}

#[test]
#[ignore = "real servers"]
fn configuration_that_goes_and_comes_again_is_named_while_it_is_missing() {
    let cluster = Cluster::new("reconfig");
    let fleet = Fleet::join(&cluster.nats_url, &cluster.namespace, &["one"]);
    let controller = Controller::alone(&cluster, "controller.log");
    let namespace = cluster.namespace.as_str();
    let make = |value: &str| {
        let values = [("configmap", "settings", "SIZE"), ("generic", "keys", "KEY")];
        for (kind, name, key) in values {
            let literal = format!("--from-literal={key}={value}");
            let kind = if kind == "generic" { &["secret", "generic"][..] } else { &["configmap"][..] };
            ok(cluster.kubectl(&[&["create"], kind, &[name, &literal, "--namespace", namespace]].concat()));
        }
    };
    let layers = "          localResources:\n            environment:\n              \
                  configFrom: [{name: settings}]\n              secretFrom: [{name: keys}]\n";
    let text = |replicas| {
        let text = manifest(IMAGE, "hello.example.com", replicas);
        text.replace("      hostInterfaces:", &format!("{layers}      hostInterfaces:"))
    };
    make("hunter1");
    apply_text(&cluster, &text(2));
    settles(&cluster, &fleet, IMAGE, 2);

    ok(cluster.kubectl(&["delete", "configmap/settings", "secret/keys", "--namespace", namespace]));
    apply_text(&cluster, &text(3));
    within(PATIENCE, "what is missing is named", || {
        let workloads = cluster.objects("workloads");
        let named = |workload: &Value| condition(workload, "Config")["message"] == "ConfigMap \"settings\" not found";
        if workloads.iter().any(named) { Ok(()) } else { Err(format!("{workloads:#?}")) }
    });
    assert_eq!(environments(&fleet).len(), 2, "what ran goes on running");
    make("hunter2");
    settles(&cluster, &fleet, IMAGE, 3);
    let mut values: Vec<_> = environments(&fleet).into_values().map(|values| values.to_string()).collect();
    values.sort();
    let expected = |value: &str| format!(r#"{{"KEY":"{value}","SIZE":"{value}"}}"#);
    assert_eq!(values, [expected("hunter1"), expected("hunter1"), expected("hunter2")]);
    assert!(!controller.process.log().contains("hunter"), "no value in a log");
    controller.calms_down(1);
    controller.has_written_less_than(80.0);
    leaves_nothing(&cluster, &fleet);
}

#[test]
#[ignore = "real servers"]
fn an_artifact_that_goes_takes_nothing_with_it_and_is_followed_when_it_is_made_again() {
    let cluster = Cluster::new("reartifact");
    let fleet = Fleet::join(&cluster.nats_url, &cluster.namespace, &["one"]);
    let controller = Controller::alone(&cluster, "controller.log");
    let make = |image: &str| {
        let text = format!(
            "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata: {{name: web}}\nspec: {{image: '{image}'}}\n"
        );
        let file = cluster.file("artifact.yaml", &text);
        ok(cluster.kubectl(&["create", "--namespace", &cluster.namespace, "-f", &file]));
    };
    make(IMAGE);
    let text = manifest("artifact://web", "hello.example.com", 2);
    let text = text.replace("  template:\n", "  artifacts: [{name: web, artifactFrom: {name: web}}]\n  template:\n");
    apply_text(&cluster, &text);
    settles(&cluster, &fleet, IMAGE, 2);

    let artifact = ["artifacts.runtime.wasmcloud.dev", "web", "--namespace", &cluster.namespace];
    ok(cluster.kubectl(&[&["delete"], &artifact[..]].concat()));
    within(PATIENCE, "it is missed", || {
        let missed = condition(&cluster.objects("workloaddeployments")[0], "Artifact");
        if missed["reason"] == "ArtifactNotFound" { Ok(()) } else { Err(missed.to_string()) }
    });
    assert_eq!(fleet.running()["id-one"].len(), 2, "what ran goes on running");
    make("r.example/hello:2");
    settles(&cluster, &fleet, "r.example/hello:2", 2);
    controller.calms_down(1);
    controller.has_written_less_than(80.0);
    leaves_nothing(&cluster, &fleet);
}

#[test]
#[ignore = "real servers"]
fn a_service_that_goes_and_comes_again_leads_to_what_ran_all_the_while() {
    const ADDRESSES: [&str; 2] = ["192.0.2.1", "192.0.2.2"];
    let cluster = Cluster::new("reservice");
    let fleet = Fleet::join(&cluster.nats_url, &cluster.namespace, &[]);
    fleet.add_at("one", "id-one", ADDRESSES[0]);
    fleet.add_at("two", "id-two", ADDRESSES[1]);
    let controller = Controller::alone(&cluster, "controller.log");
    known_hosts(&cluster, 2);
    let namespace = cluster.namespace.as_str();
    let make =
        || ok(cluster.kubectl(&["create", "service", "clusterip", "front", "--tcp=80", "--namespace", namespace]));
    let text = manifest(IMAGE, "hello.example.com", 2);
    apply_text(&cluster, &format!("{text}  kubernetes:\n    service:\n      name: front\n"));
    make();
    settles(&cluster, &fleet, IMAGE, 2);
    leads_to(&cluster, &ADDRESSES);

    for _ in 0..2 {
        ok(cluster.kubectl(&["delete", "service", "front", "--namespace", namespace]));
        leads_to(&cluster, &[]);
        make();
        leads_to(&cluster, &ADDRESSES);
    }
    // Made again before anything of the old one is cleared away.
    ok(cluster.kubectl(&["delete", "service", "front", "--namespace", namespace]));
    make();
    let uid = ["get", "service", "front", "--namespace", namespace, "--output", "jsonpath={.metadata.uid}"];
    let uid = ok(cluster.kubectl(&uid));
    within(PATIENCE, "the slices are the new one's", || {
        let all = slices(&cluster);
        let is_its = |slice: &Value| slice["metadata"]["ownerReferences"][0]["uid"] == uid.as_str();
        if !all.is_empty() && all.iter().all(is_its) { Ok(()) } else { Err(format!("{all:#?}")) }
    });
    leads_to(&cluster, &ADDRESSES);
    assert_eq!((fleet.starts(), fleet.stops()), (2, 0), "what ran was let be");
    settles(&cluster, &fleet, IMAGE, 2);
    controller.calms_down(2);
    controller.has_written_less_than(80.0);
    leaves_nothing(&cluster, &fleet);
    leads_to(&cluster, &[]);
}
