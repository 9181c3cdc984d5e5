//! Pods of hosts that end, vanish, are made anew or look like others.

mod finalizer;
mod leaving;
mod lookup;

use serde_json::json;

use crate::api::Kind;
use crate::controller::effect::Effect;
use crate::controller::fixtures::{Link, SYSTEM, Simulation, deployment};
use crate::controller::objects::ObjectKey;

fn pod(name: &str) -> ObjectKey {
    ObjectKey::new(SYSTEM, &format!("pod-{name}"))
}

/// A cluster of hosts that run in Pods, and a deployment of that many replicas, all ready.
fn cluster(hosts: usize, replicas: i32) -> Simulation {
    let mut cluster = Simulation::with_hosts(hosts);
    for id in 1..=hosts {
        cluster.pods.run(&pod(&id.to_string()), &format!("10.0.0.{id}"));
    }
    cluster.apply(&deployment("web").replicas(replicas));
    cluster.pass(5);
    cluster.done.clear();
    cluster.moments.clear();
    cluster
}

/// Status and reason of a host's Ready; its Reporting says the same.
fn ready(cluster: &Simulation, id: &str) -> (String, String) {
    let of = |type_| {
        let (status, reason, _) = cluster.condition(Kind::Host, &format!("host-{id}"), type_);
        (status, reason)
    };
    assert_eq!(of("Ready"), of("Reporting"));
    of("Ready")
}

fn is(status: &str, reason: &str) -> (String, String) {
    (status.to_owned(), reason.to_owned())
}

/// What was written of a host's Ready, in order.
fn written(cluster: &Simulation, id: &str) -> Vec<(String, String)> {
    let name = format!("host-{id}");
    let status = |effect: &Effect| match effect {
        Effect::Patch { kind: Kind::Host, key, patch, status: true } if key.name == name => {
            let all = patch["status"]["conditions"].as_array().cloned().unwrap_or_default();
            all.into_iter().find(|condition| condition["type"] == "Ready")
        }
        _ => None,
    };
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    cluster.done.iter().filter_map(status).map(|ready| (text(&ready["status"]), text(&ready["reason"]))).collect()
}

fn vanishes(cluster: &mut Simulation, id: &str) {
    cluster.host(id).link = Link::Gone;
    cluster.host(id).running.clear();
}

fn finishes(cluster: &mut Simulation, name: &str) {
    cluster.pods.edit(&pod(name), &json!({ "status": { "phase": "Failed" } }));
}
