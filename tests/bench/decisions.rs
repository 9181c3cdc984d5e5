//! How long decisions take: `cargo bench --no-default-features --bench decisions`. It prints a table and asserts nothing.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark that cannot go on stops, and prints")]

use std::hint::black_box;
use std::time::Duration;

use jiff::Timestamp;
use kubectl_wasmcloud::api::Kind;
use kubectl_wasmcloud::api::names::API_VERSION;
use kubectl_wasmcloud::controller::effect::Now;
use kubectl_wasmcloud::controller::objects::ObjectKey;
use kubectl_wasmcloud::controller::settings::Settings;
use kubectl_wasmcloud::controller::world::World;
use kubectl_wasmcloud::controller::{deployment, replica_set};
use serde_json::{Value, json};
use tokio::time::Instant;

/// Sizes each decision is measured at: one that takes time linear in its replicas takes the same time for each of them.
const SIZES: [usize; 3] = [100, 1_000, 10_000];

fn main() {
    println!("{:<52} {:>8} {:>12} {:>14}", "one decision", "size", "measured", "per one of it");
    rollouts();
}

/// The rows of deployments and replica sets.
fn rollouts() {
    for size in SIZES {
        let world = cluster(&[("web-1", "web:1", size, size)], "web:1", size);
        row("deployment that is well", size, || decide_deployment(&world));
        row("replica set that is well", size, || decide_replica_set(&world, "web-1"));
        let world = cluster(&[("web-1", "web:1", size, size), ("web-2", "web:2", size / 4, size / 4)], "web:2", size);
        row("deployment in the middle of a rollout", size, || decide_deployment(&world));
        let world = cluster(&[("web-1", "web:1", size / 2, size)], "web:1", size / 2);
        row("replica set, half of it to go", size, || decide_replica_set(&world, "web-1"));
        let world = cluster(&[("web-1", "web:1", size, size / 2)], "web:1", size);
        row("replica set, half of it to be made", size, || decide_replica_set(&world, "web-1"));
    }
}

/// Measures the best of several runs and prints it, whole and for each of its objects.
fn row(what: &str, size: usize, mut run: impl FnMut()) {
    let once = |run: &mut dyn FnMut()| {
        let started = std::time::Instant::now();
        run();
        started.elapsed()
    };
    let best = (0..9).map(|_| once(&mut run)).min().unwrap();
    let each = best / u32::try_from(size).unwrap();
    println!("{what:<52} {size:>8} {:>12} {:>14}", in_words(best), in_words(each));
}

fn in_words(took: Duration) -> String {
    match took.as_nanos() {
        nanos if nanos < 10_000 => format!("{nanos} ns"),
        nanos if nanos < 10_000_000 => format!("{} µs", nanos / 1_000),
        nanos => format!("{} ms", nanos / 1_000_000),
    }
}

fn now() -> Now {
    Now { instant: Instant::now(), wall: wall() }
}

fn wall() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn decide_deployment(world: &World) {
    let now = now();
    let observed = deployment::observe(world, &ObjectKey::new("apps", "web"), now.instant).unwrap();
    black_box(deployment::decide(&observed, now));
}

fn decide_replica_set(world: &World, name: &str) {
    let now = now();
    let observed = replica_set::observe(world, &ObjectKey::new("apps", name), now.instant).unwrap();
    black_box(replica_set::decide(&observed, now));
}

/// A deployment `web` of that image and size. Replica sets: name, image, `spec.replicas`, and how many Workloads there
/// are, all of them ready.
fn cluster(sets: &[(&str, &str, usize, usize)], image: &str, replicas: usize) -> World {
    let mut world = World::new(Settings::default(), Instant::now());
    world.live.connected(Instant::now());
    let (newest, ..) = sets[sets.len() - 1];
    let status = json!({ "currentReplicaSet": { "name": newest } });
    let web = object(Kind::WorkloadDeployment, "web", None);
    put(
        &mut world,
        Kind::WorkloadDeployment,
        &web,
        json!({ "replicas": replicas, "template": template(image) }),
        status,
    );
    for (at, (name, image, wanted, there)) in sets.iter().enumerate() {
        let mut set = object(Kind::WorkloadReplicaSet, name, Some((Kind::WorkloadDeployment, "web")));
        set["metadata"]["annotations"] = json!({ "runtime.wasmcloud.dev/revision": (at + 1).to_string() });
        let spec = json!({ "replicas": wanted, "template": template(image) });
        put(&mut world, Kind::WorkloadReplicaSet, &set, spec, Value::Null);
        for number in 0..*there {
            let name = format!("{name}-{number:05}");
            let owner = set["metadata"]["name"].as_str().unwrap();
            let workload = object(Kind::Workload, &name, Some((Kind::WorkloadReplicaSet, owner)));
            let status = ready_on(&format!("host-{:03}", number % 500), &name);
            put(&mut world, Kind::Workload, &workload, template(image)["spec"].clone(), status);
        }
    }
    world.take_touched();
    world
}

fn template(image: &str) -> Value {
    json!({ "labels": { "app": "web" }, "spec": { "components": [{ "name": "http", "image": image }] } })
}

fn ready_on(host: &str, id: &str) -> Value {
    let condition = |type_: &str| {
        json!({ "type": type_, "status": "True", "reason": "Available", "lastTransitionTime": wall(),
            "observedGeneration": 1 })
    };
    let conditions: Vec<_> =
        ["Config", "HostSelection", "Placement", "Sync", "Ready"].iter().map(|type_| condition(type_)).collect();
    json!({ "hostId": host, "workloadId": format!("uid-of-{id}"), "conditions": conditions })
}

fn object(kind: Kind, name: &str, owner: Option<(Kind, &str)>) -> Value {
    let owners = owner.map(|(kind, name)| {
        json!([{ "apiVersion": API_VERSION, "kind": kind.name(), "name": name, "uid": format!("uid-of-{name}"),
            "controller": true, "blockOwnerDeletion": true }])
    });
    json!({
        "apiVersion": API_VERSION, "kind": kind.name(),
        "metadata": {
            "namespace": "apps", "name": name, "uid": format!("uid-of-{name}"), "resourceVersion": "1",
            "generation": 1, "creationTimestamp": wall(), "ownerReferences": owners,
            "finalizers": ["runtime.wasmcloud.dev/workload-finalizer"],
        },
    })
}

fn put(world: &mut World, kind: Kind, object: &Value, spec: Value, status: Value) {
    let mut object = object.clone();
    object["spec"] = spec;
    object["status"] = status;
    world.apply(kind, serde_json::from_value(object).unwrap()).unwrap();
}
