//! How often a host that is well is written.

use super::*;
use crate::controller::fixtures::Simulation;

fn age_of_last_seen(cluster: &Simulation, host: &Value) -> i64 {
    let seen: jiff::Timestamp = host["status"]["lastSeen"].as_str().unwrap().parse().unwrap();
    cluster.now().wall.as_second() - seen.as_second()
}

#[test]
fn last_seen_is_never_older_than_forty_seconds() {
    let mut cluster = Simulation::with_hosts(3);
    for _ in 0..600 {
        cluster.pass(1);
        for host in cluster.all(Kind::Host) {
            assert!((0..=40).contains(&age_of_last_seen(&cluster, host)), "{host:#}");
        }
    }
}

#[test]
fn fifty_hosts_with_nothing_to_do_cost_less_than_eighty_writes_a_minute() {
    let mut cluster = Simulation::with_hosts(50);
    cluster.apply(&deployment("web").replicas(200));
    cluster.pass(60);
    cluster.done.clear();
    cluster.pass(300);
    let is_write = |effect: &&Effect| {
        matches!(
            effect,
            Effect::Create { .. }
                | Effect::Patch { .. }
                | Effect::Apply { .. }
                | Effect::Delete { .. }
                | Effect::Announce(_)
        )
    };
    let writes = cluster.done.iter().filter(is_write).count();
    assert!(writes <= 400, "{writes} writes in five minutes");
    let reports = cluster.done.iter().filter(|effect| matches!(effect, Effect::Apply { status: true, .. })).count();
    assert_eq!(writes, reports, "all of them show that hosts are alive");
}

#[test]
fn a_host_that_cannot_be_asked_is_written_with_its_reports() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&deployment("web").image("web:1"));
    cluster.until(|cluster| cluster.core.world.starts.total() > 0);
    cluster.hold_starts(300);
    let probes = cluster.done.iter().filter(|effect| matches!(effect, Effect::Probe { .. })).count();
    assert_eq!(probes, 0, "it may be pulling");
    cluster.pass(1);
    assert!(age_of_last_seen(&cluster, cluster.get(Kind::Host, "host-1")) <= 55);
}

#[test]
fn what_is_written_is_when_it_was_heard() {
    let (world, now) = world(&[known()], HostHeartbeat { version: "3".into(), ..heartbeat("1") }, 12);
    let decision = decided(&world, now);
    let seen: jiff::Timestamp = status_in(&decision).unwrap()["lastSeen"].as_str().unwrap().parse().unwrap();
    assert_eq!(now.wall.as_second() - seen.as_second(), 12);
}
