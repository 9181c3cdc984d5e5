//! Everything outside that can go wrong, and that afterwards all is as if it had not.

mod api_server;
mod burst;
mod bus;
mod hosts;
mod kills;
mod leaders;
mod objects;

use std::collections::BTreeMap;

use crate::support::judgement::{settled, written_by};
use crate::support::local::{Local, Running, deployment};

/// Hosts with that many replicas of `hello:v1` on them, all well.
async fn running(hosts: &[&str], replicas: u32) -> Local {
    let local = Local::with_hosts(hosts).await;
    local.apply(&deployment("hello:v1", replicas)).await;
    settled(&local, &[("hello", "hello:v1", replicas as usize)]).await;
    local
}

/// A rollout to `hello:v2` is under way: something of it runs, and not all.
async fn in_mid_rollout(hosts: &[&str], replicas: u32) -> Local {
    let local = running(hosts, replicas).await;
    roll(&local, "hello:v2", replicas).await;
    local
}

/// Rolls to another image and waits until it has begun.
async fn roll(local: &Local, image: &str, replicas: u32) {
    local.apply(&deployment(image, replicas)).await;
    while !local.hosts.images().iter().any(|running| running == image) {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}

/// How many writes there were of what begins with that, hosts' reports of themselves left out.
fn writes(local: &Local, of: &str) -> usize {
    beside_reports(&local.writes(), of)
}

fn beside_reports(counted: &BTreeMap<String, usize>, of: &str) -> usize {
    counted.iter().filter(|(what, _)| what.starts_with(of) && !what.contains(" hosts")).map(|(_, count)| count).sum()
}

/// Fewer writes than that since there is a cluster, hosts' reports of themselves left out: what a life without faults takes,
/// and half as much again.
fn no_storm(local: &Local, limit: usize) {
    let count = writes(local, "");
    assert!(count < limit, "{count} writes, and {limit} are a storm: {:?}", local.writes());
}

/// The same of controllers that contend for the lead.
fn no_storm_of(controllers: &[&Running], limit: usize) {
    let written = written_by(controllers);
    let count = beside_reports(&written, "");
    assert!(count < limit, "{count} writes, and {limit} are a storm: {written:?}");
}

/// How often hosts were asked to do that.
fn asked(local: &Local, what: &str) -> usize {
    local.controller.edge.deeds().iter().filter(|deed| deed.what == format!("host {what}")).count()
}
