use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use serde_json::json;

use super::super::config_layer::{ConfigLayer, LocalObjectReference};
use super::super::workload_spec::{
    EphemeralVolume, HostInterface, HostPathVolume, KubernetesServiceRef, KubernetesSpec, LocalResources, Volume,
    VolumeMount, WorkloadComponent, WorkloadService,
};
use super::*;

const VECTORS: &str = include_str!("../../../tests/fixtures/template-hash-vectors.json");

#[derive(Deserialize)]
struct Vector {
    hash: String,
    spec: Value,
}

fn go_json(spec: &Value) -> String {
    go_json::of_spec(&WorkloadSpec::deserialize(spec).expect("a workload spec"))
}

#[test]
fn vectors_have_their_hashes() {
    let vectors: Vec<Vector> = serde_json::from_str(VECTORS).expect("vectors");
    assert_eq!(vectors.len(), 8);
    let wrong = |(at, Vector { hash, spec }): (usize, &Vector)| {
        let ours = template_hash_of_value(spec);
        (ours.as_ref().ok() != Some(hash)).then(|| format!("vector {at}, {hash}: {ours:?} of {spec}"))
    };
    let wrong: Vec<_> = vectors.iter().enumerate().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn empty_fields_vanish_and_empty_objects_stay() {
    let spec = json!({
        "hostSelector": {}, "hostId": "", "environment": "", "volumes": [],
        "components": [{
            "name": "", "image": "", "imagePullSecret": { "name": "" }, "imagePullPolicy": "", "poolSize": 0,
            "maxInvocations": 0, "maxConcurrency": 0,
            "localResources": { "volumeMounts": [], "environment": {}, "config": {}, "allowedHosts": [] },
        }],
        "hostInterfaces": [{
            "namespace": "n", "package": "p", "interfaces": [], "name": "", "version": "",
            "config": {}, "configFrom": [],
        }],
        "service": { "image": "i" },
        "kubernetes": {},
    });
    assert_eq!(
        go_json(&spec),
        concat!(
            r#"{"components":[{"name":"","image":"","imagePullSecret":{},"localResources":{"environment":{}}}],"#,
            r#""hostInterfaces":[{"namespace":"n","package":"p"}],"#,
            r#""service":{"image":"i","maxRestarts":0},"kubernetes":{}}"#,
        )
    );
}

#[test]
fn strings_are_escaped_as_go_does() {
    let spec = json!({ "hostId": "\"\\/<>&\u{0}\u{8}\t\n\u{b}\u{c}\r\u{1f} \u{7f}é\u{2028}\u{2029}😀" });
    assert_eq!(
        go_json(&spec),
        concat!(
            r#"{"hostId":"\"\\/\u003c\u003e\u0026\u0000\b\t\n\u000b\f\r\u001f "#,
            "\u{7f}é",
            r"\u2028\u2029",
            "😀\"}",
        )
    );
}

#[test]
fn what_is_no_template_has_no_hash() {
    for odd in [json!(null), json!({ "components": "a" }), json!({ "service": {} })] {
        assert!(template_hash_of_value(&odd).is_err(), "{odd}");
    }
}

#[test]
fn fields_of_other_versions_do_not_count_in_the_hash_but_in_equality() {
    let plain = json!({ "components": [{ "name": "a", "image": "b" }] });
    let later = json!({ "components": [{ "name": "a", "image": "b", "priority": { "class": 1 } }] });
    let latest = json!({ "components": [{ "name": "a", "image": "b", "priority": { "class": 2 } }] });
    let (plain_hash, later_hash) = (template_hash_of_value(&plain), template_hash_of_value(&later));
    assert_eq!(plain_hash.expect("a hash"), later_hash.expect("a hash"));
    assert!(same_template_spec(&later, &later.clone()));
    assert!(!same_template_spec(&plain, &later));
    assert!(!same_template_spec(&later, &latest));

    let first = json!({ "volumes": [{ "name": "a", "x": 1 }, { "name": "b" }] });
    let second = json!({ "volumes": [{ "name": "a" }, { "name": "b", "x": 1 }] });
    assert!(!same_template_spec(&first, &second));
    assert!(!same_template_spec(&json!({ "later": {} }), &json!({})));
}

#[test]
fn representation_does_not_count_in_equality() {
    let service = |fields: Value| json!({ "service": fields });
    for (a, b) in [
        (json!({ "components": [], "hostSelector": {}, "hostId": "" }), json!({})),
        (json!({ "components": null, "later": null }), json!({})),
        (service(json!({ "image": "i", "maxRestarts": 0 })), service(json!({ "image": "i" }))),
        (
            service(json!({ "image": "i", "imagePullSecret": { "name": "" } })),
            service(json!({ "image": "i", "imagePullSecret": {} })),
        ),
    ] {
        assert!(same_template_spec(&a, &b), "{a} {b}");
        assert!(same_template_spec(&b, &a), "{b} {a}");
    }
}

#[test]
fn what_upstream_tells_apart_is_not_equal() {
    let component = |fields: Value| json!({ "components": [fields] });
    for (a, b) in [
        (json!({ "kubernetes": {} }), json!({})),
        (json!({ "hostSelector": { "a": "" } }), json!({})),
        (
            component(json!({ "name": "a", "image": "i", "localResources": {} })),
            component(json!({ "name": "a", "image": "i" })),
        ),
        (
            component(json!({ "name": "a", "image": "i", "imagePullSecret": {} })),
            component(json!({ "name": "a", "image": "i" })),
        ),
        (component(json!({ "name": "a", "image": "i" })), component(json!({ "name": "a", "image": "j" }))),
        (json!("text"), json!({})),
    ] {
        assert!(!same_template_spec(&a, &b), "{a} {b}");
        assert!(!same_template_spec(&b, &a), "{b} {a}");
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{0,3}", "[<>&\"\\\\\u{0}-\u{1f}\u{2028}é😀]{0,3}"]
}

fn map() -> impl Strategy<Value = Option<std::collections::BTreeMap<String, String>>> {
    of(btree_map(text(), text(), 0..3))
}

fn reference() -> impl Strategy<Value = LocalObjectReference> {
    of(text()).prop_map(|name| LocalObjectReference { name })
}

fn config_layer() -> impl Strategy<Value = ConfigLayer> {
    let references = || of(vec(reference(), 0..3));
    (references(), references(), map()).prop_map(|(config_from, secret_from, config)| ConfigLayer {
        config_from,
        secret_from,
        config,
    })
}

fn local_resources() -> impl Strategy<Value = LocalResources> {
    let mount = (text(), text(), of(any::<bool>())).prop_map(|(name, mount_path, read_only)| VolumeMount {
        name,
        mount_path,
        read_only,
    });
    let texts = || of(vec(text(), 0..2));
    let lists = (of(vec(mount, 0..2)), texts(), texts(), texts());
    (lists, of(config_layer()), map()).prop_map(|(lists, environment, config)| LocalResources {
        volume_mounts: lists.0,
        environment,
        config,
        allowed_hosts: lists.1,
        allowed_ip_name_lookups: lists.2,
        allowed_host_loopback_ports: lists.3,
    })
}

fn component() -> impl Strategy<Value = WorkloadComponent> {
    let pull = (of(reference()), of(text()));
    let limits = (of(0..2), of(0..2), of(0..2));
    (text(), text(), pull, limits, of(local_resources())).prop_map(|(name, image, pull, limits, local_resources)| {
        WorkloadComponent {
            name,
            image,
            image_pull_secret: pull.0,
            image_pull_policy: pull.1,
            pool_size: limits.0,
            max_invocations: limits.1,
            max_concurrency: limits.2,
            local_resources,
        }
    })
}

fn service() -> impl Strategy<Value = WorkloadService> {
    (text(), of(-1..2), of(reference()), of(text()), of(local_resources())).prop_map(
        |(image, max_restarts, image_pull_secret, image_pull_policy, local_resources)| WorkloadService {
            image,
            image_pull_secret,
            image_pull_policy,
            max_restarts,
            local_resources,
        },
    )
}

fn host_interface() -> impl Strategy<Value = HostInterface> {
    let id = (of(text()), text(), text(), of(text()));
    (id, vec(text(), 0..3), config_layer()).prop_map(|(id, interfaces, layer)| HostInterface {
        name: id.0,
        namespace: id.1,
        package: id.2,
        version: id.3,
        interfaces,
        config_from: layer.config_from,
        secret_from: layer.secret_from,
        config: layer.config,
    })
}

fn volume() -> impl Strategy<Value = Volume> {
    (text(), of(Just(EphemeralVolume {})), of(text())).prop_map(|(name, ephemeral, path)| Volume {
        name,
        ephemeral,
        host_path: path.map(|path| HostPathVolume { path }),
    })
}

fn kubernetes() -> impl Strategy<Value = KubernetesSpec> {
    of(text()).prop_map(|name| KubernetesSpec { service: name.map(|name| KubernetesServiceRef { name }) })
}

fn workload_spec() -> impl Strategy<Value = WorkloadSpec> {
    let placement = (map(), of(text()), of(text()));
    let lists = (of(vec(component(), 0..3)), of(vec(host_interface(), 0..3)), of(vec(volume(), 0..3)));
    (placement, lists, of(service()), of(kubernetes())).prop_map(|(placement, lists, service, kubernetes)| {
        WorkloadSpec {
            host_selector: placement.0,
            host_id: placement.1,
            environment: placement.2,
            components: lists.0,
            host_interfaces: lists.1,
            service,
            volumes: lists.2,
            kubernetes,
        }
    })
}

proptest! {
    #[test]
    fn writing_and_reading_keeps_spec_and_hash(spec in workload_spec()) {
        let value = serde_json::to_value(&spec).expect("JSON");
        let text = serde_json::to_string(&spec).expect("JSON");
        prop_assert_eq!(&serde_json::from_str::<WorkloadSpec>(&text).expect("a workload spec"), &spec);
        prop_assert_eq!(template_hash_of_value(&value).expect("a hash"), template_hash(&spec));
    }

    #[test]
    fn a_round_trip_through_upstream_keeps_hash_and_equality(spec in workload_spec()) {
        let value = serde_json::to_value(&spec).expect("JSON");
        let mut upstream: Value = serde_json::from_str(&go_json::of_spec(&spec)).expect("JSON");
        for interface in upstream["hostInterfaces"].as_array_mut().into_iter().flatten() {
            // Go leaves empty interfaces out, though the CRD requires them and at least one.
            interface.as_object_mut().expect("an object").entry("interfaces").or_insert(json!([]));
        }
        prop_assert_eq!(template_hash_of_value(&upstream).expect("a hash"), template_hash(&spec));
        prop_assert!(same_template_spec(&value, &upstream));
    }
}
