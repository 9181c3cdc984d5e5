//! Where Services lead, and that they do so soon, once and to nobody who is gone.

mod following;
mod planning;
mod trouble;

use serde_json::{Value, json};

use super::*;
use crate::api::Kind;
use crate::controller::fixtures::{Discovery, NAMESPACE, Object, Simulation, deployment, endpoint_slice};

fn front() -> ObjectKey {
    ObjectKey::new(NAMESPACE, "front")
}

/// The slice of the Service `front` that has upstream's name.
fn first() -> ObjectKey {
    ObjectKey::new(NAMESPACE, "front-e179dbd8")
}

/// A deployment that the Service `front` leads to.
fn routed(replicas: i32) -> Object {
    deployment("web").replicas(replicas).with(json!({ "spec": { "kubernetes": { "service": { "name": "front" } } } }))
}

/// A cluster with that many hosts, the Service and the deployment, all ready.
fn cluster(hosts: usize, replicas: i32) -> Simulation {
    let mut cluster = Simulation::with_hosts(hosts);
    cluster.discovery.add_service(&front());
    cluster.apply(&routed(replicas));
    cluster.pass(5);
    cluster
}

/// Addresses and ports in a slice.
fn told(slice: &Value) -> Vec<String> {
    let endpoints = slice["endpoints"].as_array().cloned().unwrap_or_default();
    let port = &slice["ports"][0]["port"];
    endpoints.iter().map(|endpoint| format!("{}:{port}", endpoint["addresses"][0].as_str().unwrap())).collect()
}

/// Addresses and ports in all slices, sorted.
fn listed(cluster: &Simulation) -> Vec<String> {
    let mut all: Vec<_> = cluster.discovery.slices().flat_map(told).collect();
    all.sort();
    all
}

/// Words of the warnings about Services.
fn warnings(cluster: &Simulation) -> Vec<String> {
    let words = |effect: &Effect| match effect {
        Effect::Announce(said) if said.regarding.kind == "Service" => {
            Some(format!("{}: {}", said.reason, said.message))
        }
        _ => None,
    };
    cluster.done.iter().filter_map(words).collect()
}
