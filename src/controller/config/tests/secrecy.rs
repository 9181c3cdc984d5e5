//! No value of a Secret or ConfigMap is in anything that is written, logged or shown.

use std::io::Write;
use std::sync::{Arc, Mutex};

use super::*;
use crate::api::Kind;
use crate::controller::fixtures::{PULL_ERROR, Simulation, config_map, deployment, secret};

/// In plain and in base64, with any alignment.
const PLANTED: [&str; 6] =
    ["s3cr3t-of-ours", "czNjcjN0LW9mLW91cn", "MzY3IzdC1vZi1vdX", "zY3IzdC1vZi1vdX", "zM2NyM3Qtb2Ytb3Vyc", "m4p-value"];

/// Everything that is traced, as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn plant(cluster: &mut Simulation, text: &str) {
    let value = format!("{text}-s3cr3t-of-ours");
    cluster.configure(&config_map("settings"), &[("A", format!("{text}-m4p-value").as_bytes())]);
    cluster.configure(&secret("keys"), &[("K", value.as_bytes())]);
    let auths = json!({ "auths": { "r.io": { "username": "u", "password": value } } }).to_string();
    cluster.configure(&secret("pull"), &[(".dockerconfigjson", auths.as_bytes())]);
}

/// Everything that was decided, is known, is remembered or was written, in words.
fn shown(cluster: &Simulation) -> String {
    let objects = Kind::ALL.map(|kind| cluster.all(kind));
    format!("{:?}\n{:?}\n{objects:?}", cluster.done, cluster.core)
}

/// A life with every kind of trouble that configuration can make.
fn life() -> String {
    let mut cluster = Simulation::with_hosts(2);
    let mut everything = String::new();
    let reads = json!({ "configFrom": [{ "name": "settings" }], "secretFrom": [{ "name": "keys" }] });
    cluster.apply(&deployment("web").replicas(2).setting("config-rollout", "true").with(
        json!({ "spec": { "template": { "spec": {
            "components": [{ "name": "http", "image": "r.io/web:1", "imagePullSecret": { "name": "pull" },
                "localResources": { "environment": reads } }],
            "hostInterfaces": [{ "namespace": "wasi", "package": "http", "interfaces": ["incoming-handler"],
                "secretFrom": [{ "name": "keys" }] }],
        } } } }),
    ));
    cluster.apply(&deployment("drifts").with(json!({ "spec": { "template": { "spec": {
        "components": [{ "name": "http", "image": "web:1", "localResources": { "environment": reads } }] } } } })));
    let mut live = |cluster: &mut Simulation, seconds| {
        // What is known and remembered is looked at on the way, too.
        for _ in 0..seconds {
            cluster.pass(1);
            everything.push_str(&shown(cluster));
            cluster.done.clear();
        }
    };
    live(&mut cluster, 3);
    plant(&mut cluster, "one");
    live(&mut cluster, 3);
    plant(&mut cluster, "two");
    live(&mut cluster, 3);
    assert_eq!(cluster.running("r.io/web:1"), 2);
    cluster.configure(&secret("keys"), &[("K", b"s3cr3t-of-ours\xff")]);
    cluster.configure(&secret("pull"), &[(".dockerconfigjson", br#"{"auths":{"r.io":{"auth":"!s3cr3t-of-ours"}}}"#)]);
    cluster.edit(Kind::WorkloadDeployment, "web", json!({ "spec": { "replicas": 4 } }));
    live(&mut cluster, 3);
    cluster.configure(&secret("keys"), &[("K", b"s3cr3t-of-ours")]);
    cluster.configure(&secret("pull"), &[(".dockerconfigjson", br#"{"auths": "s3cr3t-of-ours"}"#)]);
    live(&mut cluster, 3);
    plant(&mut cluster, "three");
    cluster.host("1").answers.push_back(crate::controller::fixtures::Answer::Fails(PULL_ERROR.to_owned()));
    live(&mut cluster, 5);
    cluster.delete(Kind::WorkloadDeployment, "web");
    live(&mut cluster, 5);
    everything
}

#[test]
fn a_life_with_secrets_shows_none_in_objects_effects_memory_and_logs() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
    let subscriber = subscriber.with_writer(move || writer.clone()).finish();
    let everything = tracing::subscriber::with_default(subscriber, life);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(everything.contains("SecretKeyNotUtf8") && everything.contains("PullSecretInvalid"), "the life was lived");
    assert!(everything.contains("ConfigDrift") && everything.contains("config-hash"));
    for planted in PLANTED {
        assert!(!everything.contains(planted), "{planted} is shown");
        assert!(!log.contains(planted), "{planted} is logged");
    }
}

#[test]
fn what_holds_values_is_shown_without_them() {
    let value = || "s3cr3t-of-ours".to_owned();
    let mut sources = sources();
    sources.config_maps.insert("shown-map".into(), BTreeMap::from([("SHOWN".into(), value())]));
    sources.secrets.insert("shown-secret".into(), BTreeMap::from([("SHOWN".into(), value().into_bytes())]));
    let map = BTreeMap::from([("SHOWN".to_owned(), value())]);
    let component = wire::Component {
        image_pull_secret: Some(wire::ImagePullSecret { username: value(), password: value() }),
        local_resources: Some(wire::LocalResources {
            config: map.clone(),
            environment: map.clone(),
            ..wire::LocalResources::default()
        }),
        ..wire::Component::default()
    };
    let host_interfaces = vec![wire::WitInterface { config: map, ..wire::WitInterface::default() }];
    let service = wire::Service {
        image_pull_secret: component.image_pull_secret.clone(),
        local_resources: component.local_resources.clone(),
        ..wire::Service::default()
    };
    let wit_world = Some(wire::WitWorld { components: vec![component], host_interfaces });
    let workload = wire::Workload { wit_world, service: Some(service), ..wire::Workload::default() };
    let request = wire::WorkloadStartRequest { workload, workload_id: "u".into() };
    for shown in [format!("{sources:?}"), format!("{request:?}"), format!("{request:#?}")] {
        assert!(!shown.contains("s3cr3t") && !shown.contains("[115, 51"), "{shown}");
        assert!(shown.contains("SHOWN"), "keys are: {shown}");
    }
}
