//! How long decisions take: `cargo bench --no-default-features --bench decisions`. It prints a table and asserts nothing.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark that cannot go on stops, and prints")]

use std::hint::black_box;
use std::time::Duration;

use jiff::Timestamp;
use kubectl_wasmcloud::api::Kind;
use kubectl_wasmcloud::api::names::API_VERSION;
use kubectl_wasmcloud::controller::core::Core;
use kubectl_wasmcloud::controller::effect::{Now, Settled};
use kubectl_wasmcloud::controller::objects::{Key, ObjectKey};
use kubectl_wasmcloud::controller::settings::Settings;
use kubectl_wasmcloud::controller::world::World;
use kubectl_wasmcloud::controller::{deployment, replica_set, workload};
use kubectl_wasmcloud::hosts::wire::HostHeartbeat;
use serde_json::{Value, json};
use tokio::time::Instant;

/// Sizes each decision is measured at: one that takes time linear in its replicas takes the same time for each of them.
const SIZES: [usize; 3] = [100, 1_000, 10_000];

fn main() {
    println!("{:<52} {:>8} {:>12} {:>14}", "one decision", "size", "measured", "per one of it");
    rollouts();
    placements();
    heartbeats();
    waiting();
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

/// Placing so many Workloads on a twentieth as many hosts; what is told for each is for each Workload.
fn placements() {
    for size in SIZES {
        let mut world = bare(size);
        let (hosts, now) = (size / 20, now());
        hear(&mut world, 0..hosts, now);
        row("Workloads nobody owns, placed one by one", size, || place(&mut world, 0..size, now));
        let mut world = cluster(&[("web-1", "web:1", size, 0)], "web:1", size);
        hear(&mut world, 0..hosts, now);
        row("replica set, all of it to be made and placed", size, || decide_replica_set(&world, "web-1"));
        let mut world = spread_over(size, hosts);
        hear(&mut world, hosts / 2..hosts, now);
        let moving = (0..size).filter(|at| at % hosts < hosts / 2);
        row("replicas, half of them on hosts that are gone", size, || place(&mut world, moving.clone(), now));
        hear(&mut world, 1..hosts, now);
        let moving = (0..size).filter(|at| at % hosts == 0);
        row("replicas, those of one host that is gone", size, || place(&mut world, moving.clone(), now));
    }
}

/// Heartbeats of a twentieth as many hosts as there are Workloads, and whatever turns follow from them.
fn heartbeats() {
    for size in SIZES {
        let hosts = size / 20;
        let (mut core, now) = (core(spread_over(size, hosts)), now());
        hear(&mut core.world, 0..hosts, now);
        turns(&mut core, now);
        let mut beats = |what: &str, change: &mut dyn FnMut(&mut HostHeartbeat)| {
            row(what, size, || {
                for id in 0..hosts {
                    let mut beat = heartbeat(id);
                    change(&mut beat);
                    core.world.heartbeat(beat, now.instant);
                    turns(&mut core, now);
                }
            });
        };
        beats("heartbeats that say nothing new", &mut |_| {});
        let mut count = 100;
        beats("heartbeats that say another count", &mut |beat| {
            count += 1;
            beat.workload_count = count;
        });
        let mut newcomers = 0;
        beats("heartbeats of new hosts", &mut |beat| {
            newcomers += 1;
            let name = format!("newcomer-{newcomers:06}");
            (beat.hostname, beat.id, beat.friendly_name) = (name.clone(), name.clone(), name);
        });
    }
}

/// So many Workloads wait for a host that fits, and 500 others come.
fn waiting() {
    for size in SIZES {
        let now = now();
        let demands = json!({ "hostSelector": { "gpu": "yes" } });
        let mut core = core(bare_of(size, &demands));
        core.world.touch_all();
        turns(&mut core, now);
        let mut came = 0;
        row("Workloads that wait while 500 hosts come", size, || {
            for id in came..came + 500 {
                core.world.heartbeat(heartbeat(id), now.instant);
                turns(&mut core, now);
            }
            came += 500;
        });
    }
}

/// Decides for Workloads one after the other, as the controller does it.
fn place(world: &mut World, which: impl Iterator<Item = usize>, now: Now) {
    for at in which {
        let key = ObjectKey::new("apps", &format!("web-1-{at:05}"));
        let decision = workload::decide(&workload::observe(world, &key, now.instant).unwrap(), now);
        world.turn_taken(&Key::new(Kind::Workload, key), &decision);
        black_box(decision);
    }
    world.take_touched();
}

/// Takes every turn there is; nothing comes of them.
fn turns(core: &mut Core, now: Now) {
    while let Some(turn) = core.next_turn(now) {
        core.conclude(turn, Vec::new(), Settled::default(), now.instant);
    }
}

fn core(world: World) -> Core {
    let mut core = Core::new(Settings::default(), Instant::now());
    core.world = world;
    core
}

fn hear(world: &mut World, hosts: std::ops::Range<usize>, now: Now) {
    hosts.for_each(|id| world.heartbeat(heartbeat(id), now.instant));
    world.take_touched();
}

fn heartbeat(id: usize) -> HostHeartbeat {
    HostHeartbeat {
        id: format!("host-{id:05}"),
        friendly_name: format!("host-{id:05}"),
        hostname: format!("host-{id:05}.hosts"),
        http_port: 8000,
        labels: [("zone".to_owned(), format!("zone-{}", id % 3))].into(),
        ..HostHeartbeat::default()
    }
}

/// So many Workloads that nobody owns, on no host.
fn bare(size: usize) -> World {
    bare_of(size, &json!({}))
}

fn bare_of(size: usize, demands: &Value) -> World {
    let mut world = world();
    for at in 0..size {
        put(
            &mut world,
            Kind::Workload,
            &object(Kind::Workload, &format!("web-1-{at:05}"), None),
            demands.clone(),
            json!({}),
        );
    }
    world
}

/// So many replicas of one replica set, on so many hosts.
fn spread_over(size: usize, hosts: usize) -> World {
    let mut world = cluster(&[("web-1", "web:1", size, 0)], "web:1", size);
    for at in 0..size {
        let name = format!("web-1-{at:05}");
        let workload = object(Kind::Workload, &name, Some((Kind::WorkloadReplicaSet, "web-1")));
        let status = ready_on(&format!("host-{:05}", at % hosts), &name);
        put(&mut world, Kind::Workload, &workload, template("web:1")["spec"].clone(), status);
    }
    world.take_touched();
    world
}

/// Nothing is known yet; the bus has been up for long.
fn world() -> World {
    let long_ago = Instant::now().checked_sub(Duration::from_secs(300)).unwrap();
    let mut world = World::new(Settings::default(), long_ago);
    world.live.connected(long_ago);
    world
}

/// Measures the best of several runs and prints it, whole and for each of its objects.
fn row(what: &str, size: usize, mut run: impl FnMut()) {
    let once = |run: &mut dyn FnMut()| {
        let started = Instant::now();
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
    let mut world = world();
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
