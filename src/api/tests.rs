//! What a cluster may hold is read, and written back as it was.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::core::{ObjectList, Resource};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::*;

mod fixtures {
    pub(super) const HALFWAY_WORKLOAD_DEPLOYMENTS: &str =
        include_str!("../../tests/fixtures/upstream-objects/halfway-workloaddeployments.yaml");
    pub(super) const HALFWAY_WORKLOAD_REPLICA_SETS: &str =
        include_str!("../../tests/fixtures/upstream-objects/halfway-workloadreplicasets.yaml");
    pub(super) const HALFWAY_WORKLOADS: &str =
        include_str!("../../tests/fixtures/upstream-objects/halfway-workloads.yaml");
    pub(super) const READY_ARTIFACTS: &str = include_str!("../../tests/fixtures/upstream-objects/ready-artifacts.yaml");
    pub(super) const READY_HOSTS: &str = include_str!("../../tests/fixtures/upstream-objects/ready-hosts.yaml");
    pub(super) const READY_WORKLOAD_DEPLOYMENTS: &str =
        include_str!("../../tests/fixtures/upstream-objects/ready-workloaddeployments.yaml");
    pub(super) const READY_WORKLOAD_REPLICA_SETS: &str =
        include_str!("../../tests/fixtures/upstream-objects/ready-workloadreplicasets.yaml");
    pub(super) const READY_WORKLOADS: &str = include_str!("../../tests/fixtures/upstream-objects/ready-workloads.yaml");
}

fn items(dump: &str) -> Vec<Value> {
    let list: ObjectList<Value> = serde_saphyr::from_str(dump).expect("a list");
    assert!(!list.items.is_empty());
    list.items
}

fn read<T: DeserializeOwned>(json: Value) -> T {
    serde_json::from_value(json).expect("readable JSON")
}

fn write(object: &impl Serialize) -> Value {
    serde_json::to_value(object).expect("JSON")
}

fn assert_round_trip<T: DeserializeOwned + Serialize>(json: Value) {
    assert_eq!(write(&read::<T>(json.clone())), json);
}

fn assert_dump_round_trips<T: DeserializeOwned + Serialize>(dump: &str) {
    items(dump).into_iter().for_each(assert_round_trip::<T>);
}

#[test]
fn objects_that_upstream_left_round_trip() {
    assert_dump_round_trips::<Artifact>(fixtures::READY_ARTIFACTS);
    assert_dump_round_trips::<Host>(fixtures::READY_HOSTS);
    assert_dump_round_trips::<Workload>(fixtures::READY_WORKLOADS);
    assert_dump_round_trips::<Workload>(fixtures::HALFWAY_WORKLOADS);
    assert_dump_round_trips::<WorkloadReplicaSet>(fixtures::READY_WORKLOAD_REPLICA_SETS);
    assert_dump_round_trips::<WorkloadReplicaSet>(fixtures::HALFWAY_WORKLOAD_REPLICA_SETS);
    assert_dump_round_trips::<WorkloadDeployment>(fixtures::READY_WORKLOAD_DEPLOYMENTS);
    assert_dump_round_trips::<WorkloadDeployment>(fixtures::HALFWAY_WORKLOAD_DEPLOYMENTS);
}

#[test]
fn lists_are_read() {
    let hosts: HostList = serde_saphyr::from_str(fixtures::READY_HOSTS).expect("a list");
    assert_eq!(hosts.items.len(), 3);
    assert!(hosts.items.iter().all(HasConditions::is_ready));
}

#[test]
fn upstream_named_the_hash_of_the_template() {
    for (replica_sets, workloads) in [
        (fixtures::READY_WORKLOAD_REPLICA_SETS, fixtures::READY_WORKLOADS),
        (fixtures::HALFWAY_WORKLOAD_REPLICA_SETS, fixtures::HALFWAY_WORKLOADS),
    ] {
        let workloads: Vec<Workload> = items(workloads).into_iter().map(read).collect();
        for replica_set in items(replica_sets) {
            let template = replica_set["spec"]["template"]["spec"].clone();
            let replica_set: WorkloadReplicaSet = read(replica_set);
            let uid = replica_set.metadata.uid.as_deref().expect("a uid");
            let is_of_this = |workload: &&Workload| is_owned_by(&workload.metadata, uid);
            let of_this: Vec<_> = workloads.iter().filter(is_of_this).collect();
            assert_eq!(of_this.len(), 2);
            let hash = template_hash_of_value(&template).expect("a template");
            for workload in of_this {
                let annotations = workload.metadata.annotations.as_ref().expect("annotations");
                assert_eq!(annotations[names::annotation::WORKLOAD_REPLICA_SET_GENERATION], hash);
                assert!(same_template_spec(&write(&workload.spec), &template));
            }
        }
    }
}

#[test]
fn what_is_empty_or_zero_stays_apart_from_what_is_unset() {
    assert_round_trip::<WorkloadDeployment>(json!({
        "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "WorkloadDeployment",
        "metadata": { "name": "web", "labels": {}, "annotations": {} },
        "spec": {
            "replicas": 0, "deployPolicy": "", "artifacts": [], "kubernetes": {},
            "template": { "annotations": {}, "labels": {}, "spec": {
                "hostSelector": {}, "hostId": "", "environment": "",
                "components": [{
                    "name": "", "image": "", "imagePullSecret": {}, "imagePullPolicy": "", "poolSize": 0,
                    "maxInvocations": 0, "maxConcurrency": 0, "localResources": {},
                }],
                "hostInterfaces": [{
                    "namespace": "", "package": "", "interfaces": [], "name": "", "version": "",
                    "configFrom": [], "secretFrom": [], "config": {},
                }],
                "service": {
                    "image": "", "imagePullSecret": { "name": "" }, "imagePullPolicy": "", "maxRestarts": 0,
                    "localResources": {
                        "volumeMounts": [{ "name": "", "mountPath": "", "readOnly": false }],
                        "environment": { "configFrom": [{}], "secretFrom": [], "config": {} }, "config": {},
                        "allowedHosts": [], "allowedIpNameLookups": [], "allowedHostLoopbackPorts": [],
                    },
                },
                "volumes": [{ "name": "", "ephemeral": {}, "hostPath": { "path": "" } }],
                "kubernetes": { "service": { "name": "" } },
            } },
        },
        "status": {
            "conditions": [], "currentReplicaSet": {}, "previousReplicaSet": { "name": "" }, "currentReplicas": 0,
            "selector": "", "replicas": { "expected": 0, "current": 0, "ready": 0, "unavailable": 0 },
        },
    }));
    assert_round_trip::<Workload>(json!({
        "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Workload", "metadata": {}, "spec": {}, "status": {},
    }));
    assert_round_trip::<Host>(json!({
        "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Host", "metadata": {}, "hostId": "h",
    }));
}

#[test]
fn every_field_of_the_published_schema_round_trips() {
    for definition in crds() {
        let kind = definition.spec.names.kind.clone();
        let schema = write(&definition.spec.versions[0].schema)["openAPIV3Schema"].take();
        let mut object = example(&schema);
        object["apiVersion"] = json!(names::API_VERSION);
        object["kind"] = json!(kind);
        match kind.as_str() {
            "Artifact" => assert_round_trip::<Artifact>(object),
            "Host" => assert_round_trip::<Host>(object),
            "Workload" => assert_round_trip::<Workload>(object),
            "WorkloadReplicaSet" => assert_round_trip::<WorkloadReplicaSet>(object),
            _ => assert_round_trip::<WorkloadDeployment>(object),
        }
    }
}

/// A value with every field that the schema knows.
fn example(schema: &Value) -> Value {
    if schema["format"] == "date-time" {
        return json!("2026-11-23T06:48:29Z");
    }
    match schema["type"].as_str().expect("a type") {
        "string" => json!("a"),
        "integer" => json!(1),
        "boolean" => json!(true),
        "array" => json!([example(&schema["items"])]),
        _ if schema["additionalProperties"].is_object() => json!({ "k": example(&schema["additionalProperties"]) }),
        _ => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            properties.map(|(name, property)| (name.clone(), example(property))).collect()
        }
    }
}

#[test]
fn an_object_without_spec_has_the_default_one() {
    for spec in [json!({ "metadata": {} }), json!({ "spec": null })] {
        assert_eq!(read::<WorkloadDeployment>(spec).spec.replicas(), 1);
    }
}

#[test]
fn words_this_version_does_not_know_are_kept_and_read_as_upstream_does() {
    let json = json!({ "deployPolicy": "Rolling", "template": { "spec": {
        "components": [{ "name": "a", "image": "b", "imagePullPolicy": "Sometimes" }],
        "service": { "image": "b", "imagePullPolicy": "" },
    } } });
    assert_round_trip::<WorkloadDeploymentSpec>(json.clone());
    let spec: WorkloadDeploymentSpec = read(json);
    assert_eq!(spec.deploy_policy(), DeployPolicy::RollingUpdate);
    assert_eq!(DeployPolicy::from_name("Rolling"), None);
    let template = &spec.template.spec;
    assert_eq!(template.components()[0].image_pull_policy(), Some(ImagePullPolicy::IfNotPresent));
    assert_eq!(template.service.as_ref().expect("a service").image_pull_policy(), None);
}

#[test]
fn policies_are_read_by_their_names() {
    for policy in ImagePullPolicy::ALL {
        assert_eq!(ImagePullPolicy::from_name(policy.as_str()), Some(policy));
    }
    let recreate = read::<WorkloadDeploymentSpec>(json!({ "deployPolicy": "Recreate", "template": { "spec": {} } }));
    assert_eq!(recreate.deploy_policy(), DeployPolicy::Recreate);
}

#[test]
fn replicas_are_one_if_unset_and_never_negative() {
    for (replicas, expected) in [(None, 1), (Some(0), 0), (Some(3), 3), (Some(-2), 0)] {
        let spec = WorkloadReplicaSetSpec { replicas, ..WorkloadReplicaSetSpec::default() };
        assert_eq!(spec.replicas(), expected);
    }
}

#[test]
fn a_spec_names_what_it_reads() {
    let spec: WorkloadSpec = read(json!({
        "components": [{ "name": "a", "image": "artifact://web", "imagePullSecret": { "name": "pull" },
            "localResources": {
                "environment": { "configFrom": [{ "name": "env" }, {}], "secretFrom": [{ "name": "s" }] },
            } }],
        "service": { "image": "r/svc:1", "imagePullSecret": { "name": "pull-service" },
            "localResources": { "environment": { "configFrom": [{ "name": "service-env" }] } } },
        "hostInterfaces": [{ "namespace": "wasi", "package": "keyvalue", "interfaces": ["store"],
            "configFrom": [{ "name": "kv" }], "secretFrom": [{ "name": "kv-auth" }], "config": { "a": "b" } }],
        "kubernetes": { "service": { "name": "front" } },
    }));
    assert!(spec.config_maps().into_iter().eq(["env", "kv", "service-env"]));
    assert!(spec.secrets().into_iter().eq(["kv-auth", "s"]));
    assert!(spec.pull_secrets().into_iter().eq(["pull", "pull-service"]));
    assert!(spec.images().eq(["artifact://web", "r/svc:1"]));
    assert!(spec.images().map(artifact_name).eq([Some("web"), None]));
    assert_eq!(spec.kubernetes_service(), Some("front"));
    assert!(spec.host_interfaces()[0].is_package("wasi", "keyvalue"));
    assert!(spec.host_interfaces()[0].has_interface("store"));
}

#[test]
fn owner_references_are_as_upstream_writes_them() {
    let workload: Workload = read(items(fixtures::READY_WORKLOADS).remove(0));
    let replica_set: WorkloadReplicaSet = read(items(fixtures::READY_WORKLOAD_REPLICA_SETS).remove(0));
    let reference = controller_reference(&replica_set);
    assert_eq!(controller_of(&workload.metadata), reference.as_ref());
    assert_eq!(controller_reference(&WorkloadReplicaSet::new("new", WorkloadReplicaSetSpec::default())), None);

    let mut history = reference.expect("a reference");
    history.controller = Some(false);
    let metadata = ObjectMeta { owner_references: Some(vec![history.clone()]), ..ObjectMeta::default() };
    assert_eq!(controller_of(&metadata), None);
    assert!(is_owned_by(&metadata, &history.uid));
    assert!(!is_owned_by(&metadata, "another"));
}

#[test]
fn kinds_have_the_urls_of_their_definitions() {
    assert_eq!(
        Workload::url_path(&(), Some("team-a")),
        "/apis/runtime.wasmcloud.dev/v1alpha1/namespaces/team-a/workloads"
    );
    assert_eq!(Host::url_path(&(), Some("n")), "/apis/runtime.wasmcloud.dev/v1alpha1/namespaces/n/hosts");
}

#[test]
fn processor_load_that_is_no_number_is_unknown() {
    for (usage, expected) in [("12.5", Some(12.5)), ("0", Some(0.0)), ("NaN", None), ("inf", None), ("", None)] {
        let status = HostStatus { system_cpu_usage: usage.to_owned(), ..HostStatus::default() };
        assert_eq!(status.cpu_percent(), expected);
    }
}
