//! Taking a cluster over from upstream's operator and handing it back: what it leaves, what we leave, and what it would do
//! with that.

mod adoption;
mod judged;
mod released;
mod upstream;

use serde_json::{Value, json};

use super::fixtures::{Object, Simulation, deployment};
use crate::api::Kind;
use upstream::judge;

/// A cluster in which `web` runs with that many replicas of `web:1`.
fn rolled_out(replicas: i32) -> Simulation {
    rolled_out_as(&deployment("web").replicas(replicas))
}

fn rolled_out_as(deployment: &Object) -> Simulation {
    let mut cluster = Simulation::with_hosts(3);
    cluster.apply(deployment);
    cluster.run();
    cluster.pass(5);
    cluster.done.clear();
    cluster
}

/// A user asks for another image.
fn roll(cluster: &mut Simulation, image: &str) {
    let components = json!([{ "name": "http", "image": image }]);
    let patch = json!({ "spec": { "template": { "spec": { "components": components } } } });
    cluster.edit(Kind::WorkloadDeployment, "web", patch);
}

fn status<'c>(cluster: &'c Simulation, kind: Kind, name: &str) -> &'c Value {
    &cluster.get(kind, name)["status"]
}

/// UID, resourceVersion and the host it runs on, of every Workload.
fn workloads(cluster: &Simulation) -> Vec<(String, Option<String>)> {
    let uids = cluster.all(Kind::Workload).into_iter().map(|object| object["metadata"]["uid"].as_str().unwrap());
    uids.map(|uid| (uid.to_owned(), cluster.place_of(uid).map(str::to_owned))).collect()
}

/// What upstream's operator would do wrong were it to take over this very moment, by a crash of ours.
fn after_a_crash(cluster: &Simulation) -> Vec<String> {
    judge(cluster).iter().filter(|finding| !finding.of_release).map(ToString::to_string).collect()
}

/// Time passes; at every step on the way a crash would do no harm.
fn pass_judged(cluster: &mut Simulation, seconds: u64) {
    let end = cluster.now().instant + std::time::Duration::from_secs(seconds);
    let seen = std::cell::Cell::new(None);
    cluster.until(|cluster| {
        // Nothing was done, no time to speak of has passed: nothing new to judge.
        let now = Some((cluster.done.len(), cluster.now().wall.as_second() / 15));
        if seen.replace(now) != now {
            let findings = after_a_crash(cluster);
            assert!(findings.is_empty(), "{findings:#?}");
        }
        cluster.now().instant >= end
    });
}
