use serde_json::{Value, json};

use super::*;
use crate::api::{Host, Workload, WorkloadDeployment, WorkloadReplicaSet};
use crate::plan::charge::Charge;

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn owned_by(name: &str) -> Value {
    json!([{"apiVersion": "x", "kind": "X", "name": name, "uid": format!("uid-{name}"), "controller": true}])
}

fn deployment(spec: Value) -> WorkloadDeployment {
    read(json!({
        "metadata": {"name": "web", "namespace": "ns", "uid": "uid-web", "generation": 1},
        "spec": {"replicas": 1, "template": {"spec": spec}},
        "status": {
            "currentReplicaSet": {"name": "web-a"},
            "replicas": {"expected": 1, "current": 1, "ready": 1},
            "conditions": [{"type": "Ready", "status": "True", "observedGeneration": 1}],
        },
    }))
}

fn replica_set(name: &str, revision: &str) -> WorkloadReplicaSet {
    read(json!({
        "metadata": {
            "name": name, "namespace": "ns", "uid": format!("uid-{name}"), "ownerReferences": owned_by("web"),
            "annotations": {"runtime.wasmcloud.dev/revision": revision, "kubernetes.io/change-cause": "why"},
        },
        "spec": {"replicas": 1, "template": {"spec": {"components": [{"name": "c", "image": "r/web:1"}]}}},
        "status": {"replicas": {"current": 1, "ready": 1}},
    }))
}

fn workload(name: &str, conditions: Value) -> Workload {
    read(json!({
        "metadata": {
            "name": name, "namespace": "ns", "uid": format!("uid-{name}"), "ownerReferences": owned_by("web-a"),
            "annotations": {"runtime.wasmcloud.dev/assigned-host": "id-1"},
        },
        "spec": {}, "status": {"conditions": conditions, "hostId": "id-1"},
    }))
}

fn ready() -> Value {
    json!([{"type": "Ready", "status": "True"}])
}

fn failed(reason: &str, message: &str) -> Value {
    json!([
        {"type": "Placement", "status": "False", "reason": reason, "message": message},
        {"type": "Ready", "status": "False"},
    ])
}

fn host(name: &str, ready: &str, annotations: Value) -> Host {
    read(json!({
        "metadata": {"name": format!("host-{name}"), "namespace": "system", "annotations": annotations},
        "hostId": format!("id-{name}"), "hostname": "10.0.0.1", "httpPort": 80, "environment": "shared",
        "status": {
            "version": "2", "osName": "", "osArch": "", "osKernel": "", "systemCPUUsage": "1",
            "systemMemoryTotal": 0, "systemMemoryFree": 0,
            "conditions": [{"type": "Ready", "status": ready, "reason": "HostSilent", "message": "it is silent"}],
        },
    }))
}

fn around(spec: Value) -> Snapshot {
    Snapshot {
        replica_sets: Ok(vec![replica_set("web-a", "2"), replica_set("web-b", "1")].into()),
        workloads: Ok(vec![workload("web-a-1", ready())].into()),
        hosts: Ok(vec![host("1", "True", json!({})), host("2", "True", json!({}))].into()),
        charge: Ok(Charge::Held { holder: "x".to_owned() }),
        ..Snapshot::of(Subject::Deployment(Box::new(deployment(spec))))
    }
}

fn parts(spec: Value, change: impl FnOnce(&mut Snapshot)) -> Vec<Part> {
    let mut snapshot = around(spec);
    change(&mut snapshot);
    describe(&snapshot).parts.unwrap()
}

#[test]
fn a_deployment_that_is_well_says_so() {
    let told = describe(&around(json!({})));
    assert_eq!(told.verdict.health, Health::Well);
    assert_eq!(told.verdict.message, "deployment \"web\" successfully rolled out");
    let sets = told.replica_sets.unwrap().items;
    let numbered: Vec<_> = sets.iter().map(|set| (set.revision, set.role)).collect();
    assert_eq!(numbered, [(Some(2), Some("current")), (Some(1), None)], "the newest first");
    assert_eq!(sets[0].change_cause.as_deref(), Some("why"));
}

#[test]
fn what_failed_is_told_with_object_and_host_by_name() {
    let mut snapshot = around(json!({}));
    snapshot.workloads = Ok(vec![workload("web-a-1", failed("StartFailed", "pull: 403"))].into());
    let told = describe(&snapshot);
    assert_eq!(told.verdict.health, Health::Wrong);
    assert_eq!(told.verdict.troubles[0].to_string(), "Workload ns/web-a-1 on host host-1: pull: 403");
    snapshot.hosts = Err("hosts is forbidden".to_owned());
    let told = describe(&snapshot);
    assert_eq!(told.verdict.troubles[0].host.as_deref(), Some("id-1"), "who may not read Hosts sees ids");
    assert_eq!(told.placement.unwrap().unreadable.as_deref(), Some("hosts is forbidden"));
}

#[test]
fn nobody_in_charge_is_a_trouble() {
    let snapshot = Snapshot { charge: Ok(Charge::Nobody), ..around(json!({})) };
    let verdict = describe(&snapshot).verdict;
    assert_eq!(verdict.health, Health::Waiting);
    assert_eq!(verdict.troubles[0].message, "nobody is in charge: none");
}

#[test]
fn workloads_that_may_not_be_read_are_not_none() {
    let snapshot = Snapshot { workloads: Err("workloads is forbidden".to_owned()), ..around(json!({})) };
    let told = describe(&snapshot);
    assert_eq!(told.verdict.health, Health::Well, "the deployment's own word counts");
    assert_eq!(told.workloads.unwrap().unreadable.as_deref(), Some("workloads is forbidden"));
}

#[test]
fn secrets_win_over_config_maps_and_these_over_what_is_written_out() {
    let layer = json!({
        "config": {"A": "literal", "B": "literal", "C": "literal"},
        "configFrom": [{"name": "one"}, {"name": "two"}], "secretFrom": [{"name": "keys"}],
    });
    let spec = json!({"components": [{"name": "c", "image": "i", "localResources": {"environment": layer}}]});
    let parts = parts(spec, |snapshot| {
        let data = |pairs: &[(&str, &str)]| {
            Ok(Some(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()))
        };
        snapshot.config_maps.insert("one".to_owned(), data(&[("B", "one"), ("C", "one")]));
        snapshot.config_maps.insert("two".to_owned(), data(&[("C", "two")]));
        snapshot.secrets.insert("keys".to_owned(), Ok(Some(["C".to_owned()].into())));
    });
    let entries: Vec<_> =
        parts[0].layers[0].entries.iter().map(|entry| (&*entry.key, entry.value.as_deref(), &*entry.from)).collect();
    let expected = [("A", Some("literal"), "literal"), ("B", Some("one"), "ConfigMap one"), ("C", None, "Secret keys")];
    assert_eq!(entries, expected);
    assert_eq!(parts[0].layers[0].entries[2].shadows, ["ConfigMap two", "ConfigMap one", "literal"]);
}

#[test]
fn what_is_missing_or_may_not_be_read_is_named() {
    let layer = json!({"configFrom": [{"name": "gone"}], "secretFrom": [{"name": "hidden"}]});
    let spec = json!({"components": [
        {"name": "c", "image": "i", "imagePullSecret": {"name": "pull"}, "localResources": {"environment": layer}},
    ]});
    let parts = parts(spec, |snapshot| {
        snapshot.config_maps.insert("gone".to_owned(), Ok(None));
        snapshot.secrets.insert("hidden".to_owned(), Err("secrets is forbidden".to_owned()));
        snapshot.secrets.insert("pull".to_owned(), Ok(None));
    });
    let problems = ["ConfigMap gone not found", "what Secret hidden sets cannot be told: secrets is forbidden"];
    assert_eq!(parts[0].layers[0].problems, problems);
    assert!(parts[0].facts.0.contains(&("Pull Secret", "pull (not found)".to_owned())));
}

#[test]
fn what_is_missing_is_in_the_verdict_unless_a_workload_says_so() {
    let layer = json!({"configFrom": [{"name": "gone"}]});
    let spec = json!({"components": [{"name": "c", "image": "i", "localResources": {"environment": layer}}]});
    let mut snapshot = around(spec);
    snapshot.config_maps.insert("gone".to_owned(), Ok(None));
    let verdict = describe(&snapshot).verdict;
    assert_eq!(verdict.health, Health::Waiting);
    assert_eq!(verdict.troubles[0].to_string(), "component c: ConfigMap gone not found");
    let lost = json!([{"type": "Config", "status": "False", "reason": "ConfigMapNotFound", "message": "words"}]);
    snapshot.workloads = Ok(vec![workload("web-a-1", lost)].into());
    let troubles = describe(&snapshot).verdict.troubles;
    assert_eq!((troubles.len(), &*troubles[0].message), (1, "words"));
}

#[test]
fn the_names_of_the_service_are_added_as_the_controller_adds_them() {
    let spec = json!({
        "kubernetes": {"service": {"name": "web"}},
        "hostInterfaces": [{"namespace": "wasi", "package": "http", "interfaces": ["incoming-handler"],
            "config": {"host": "web.localhost"}}],
    });
    let parts = parts(spec.clone(), |_| {});
    let alias = &parts[0].layers[0].entries[1];
    assert_eq!((&*alias.key, alias.value.as_deref()), ("host-aliases", Some("web.ns,web.ns.svc")));
    let route = describe(&around(spec)).route.unwrap();
    assert_eq!(route.http_hosts, ["web.localhost"]);
    assert_eq!(route.answers_at, ["http://10.0.0.1:80  (Host: web.localhost)"]);
    assert_eq!(route.problems, ["Service \"web\" not found"]);
}

#[test]
fn a_service_leads_to_hosts_by_its_port_named_http() {
    let spec = json!({"kubernetes": {"service": {"name": "web"}}});
    let mut snapshot = around(spec);
    let port = |name: &str| json!({"spec": {"type": "ClusterIP", "clusterIP": "10.1.1.1", "ports": [{"name": name, "port": 80}]}});
    snapshot.service = Ok(Some(read(port("web"))));
    let slice = json!({
        "metadata": {"name": "web-1"}, "addressType": "IPv4", "ports": [{"name": "http", "port": 80}],
        "endpoints": [{"addresses": ["10.0.0.1"]}],
    });
    snapshot.slices = Ok(vec![read(slice)].into());
    let route = describe(&snapshot).route.unwrap();
    assert_eq!(route.problems, ["Service \"web\" has no port named \"http\", and leads nowhere"]);
    assert_eq!(route.address.as_deref(), Some("ClusterIP, 10.1.1.1, web 80"));
    assert_eq!((&*route.endpoints[0].address, route.endpoints[0].host.as_deref()), ("10.0.0.1:80", Some("host-1")));
    snapshot.service = Ok(Some(read(port("http"))));
    assert_eq!(describe(&snapshot).route.unwrap().problems, [""; 0]);
}

#[test]
fn placement_follows_the_controllers_rules_and_says_what_it_cannot_know() {
    let spec = json!({"hostInterfaces": [{"namespace": "wasi", "package": "keyvalue", "interfaces": ["store"]}]});
    let mut snapshot = around(spec);
    let cordoned = json!({"runtime.wasmcloud.dev/unschedulable": "true"});
    snapshot.hosts = Ok(vec![
        host("1", "True", json!({})),
        host("2", "True", cordoned),
        host("3", "Unknown", json!({})),
        host("4", "True", json!({})),
    ]
    .into());
    let placement = describe(&snapshot).placement.unwrap();
    let verdicts: Vec<_> = placement.hosts.iter().map(|place| (&*place.host, &*place.verdict)).collect();
    let expected = [
        (
            "host-4",
            "fits: 0 replicas of the same replica set, 1 of the same deployment on hosts without a zone, 0 Workloads",
        ),
        (
            "host-1",
            "fits: 1 replica of the same replica set, 1 of the same deployment on hosts without a zone, 0 Workloads",
        ),
        ("host-3", "not ready"),
        ("host-2", "cordoned"),
    ];
    assert_eq!(verdicts, expected);
    let unchecked = "whether a host has wasi:keyvalue/store only the controller knows";
    assert_eq!(placement.unchecked.as_deref(), Some(unchecked));
}

#[test]
fn that_hosts_are_not_shared_is_learnt_from_what_the_controller_says() {
    let lost = json!([{"type": "HostSelection", "status": "False", "reason": "NoEligibleHost",
        "message": "0/1 hosts fit: 1 not in environment \"ns\""}]);
    let mut snapshot = around(json!({}));
    snapshot.workloads = Ok(vec![workload("web-a-1", lost)].into());
    let placement = describe(&snapshot).placement.unwrap();
    assert!(placement.is_missing() && placement.hosts.iter().all(|place| !place.fits));
    assert_eq!(placement.hosts[0].verdict, "not in environment \"ns\"");
}

#[test]
fn hosts_tell_their_marks() {
    let told = |ready: &str, annotation: &str| {
        let object = host("1", ready, json!({annotation: "true"}));
        describe(&Snapshot::of(Subject::Host(Box::new(object)))).verdict
    };
    assert_eq!(told("True", "x").message, "it is ready");
    assert!(told("True", "runtime.wasmcloud.dev/unschedulable").message.contains("cordoned"));
    assert!(told("True", "runtime.wasmcloud.dev/drain").message.contains("drained"));
    let silent = told("Unknown", "x");
    assert_eq!((silent.health, &*silent.message), (Health::Wrong, "it is not ready: it is silent"));
}

#[test]
fn names_of_facts_are_lower_camel_to_programs() {
    let mut facts = Facts::default();
    facts.add("Pull Secret", "x");
    facts.add("Image", "y");
    facts.add("HTTP Host", "z");
    assert_eq!(serde_json::to_string(&facts).unwrap(), r#"{"pullSecret":"x","image":"y","httpHost":"z"}"#);
}
