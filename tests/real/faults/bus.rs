//! NATS goes away and comes back.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Controller, PATIENCE, apply, leaves_nothing, said, settles};
use crate::real::cluster::{Cluster, within};
use crate::real::nats_hosts::Fleet;

const HOSTS: [&str; 4] = ["one", "two", "three", "four"];

/// UIDs of Workloads with their hosts.
fn places(cluster: &Cluster) -> BTreeMap<String, String> {
    let workloads = cluster.objects("workloads");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    workloads.iter().map(|object| (text(&object["metadata"]["uid"]), text(&object["status"]["hostId"]))).collect()
}

#[test]
#[ignore = "real servers"]
fn while_nats_is_gone_for_two_minutes_nothing_is_deleted_and_nothing_moves() {
    let mut cluster = Cluster::new("natsgone");
    let fleet = Fleet::join(&cluster.nats_url, &cluster.namespace, &HOSTS);
    let controller = Controller::alone(&cluster, "controller.log");
    apply(&cluster, "r.example/hello:0", 8);
    settles(&cluster, &fleet, "r.example/hello:0", 8);
    let (before, started) = (places(&cluster), fleet.starts());

    cluster.stop_nats();
    std::thread::sleep(Duration::from_secs(120));
    assert_eq!(places(&cluster), before, "while it was gone");
    cluster.start_nats();
    // Past the time in which silence means nothing.
    std::thread::sleep(Duration::from_secs(30));
    assert_eq!(places(&cluster), before, "when it came back");
    assert_eq!(fleet.starts(), started, "nothing was started again");
    settles(&cluster, &fleet, "r.example/hello:0", 8);
    controller.calms_down(HOSTS.len());
    // Seven or eight for each Workload; one more for each that said that no host fits before the hosts were heard.
    controller.has_written_less_than(80.0);

    apply(&cluster, "r.example/hello:1", 8);
    settles(&cluster, &fleet, "r.example/hello:1", 8);
    leaves_nothing(&cluster, &fleet);
}

#[test]
#[ignore = "real servers"]
fn nats_that_comes_back_with_half_of_the_hosts_has_the_others_work_done_once() {
    let mut cluster = Cluster::new("natshalf");
    let fleet = Fleet::join(&cluster.nats_url, &cluster.namespace, &HOSTS);
    let controller = Controller::alone(&cluster, "controller.log");
    apply(&cluster, "r.example/hello:0", 8);
    settles(&cluster, &fleet, "r.example/hello:0", 8);

    cluster.stop_nats();
    for id in ["id-one", "id-two"] {
        fleet.cut_off(id);
    }
    within(PATIENCE, "the loss is noticed", || said(&controller.process, "lost the hosts' message bus"));
    apply(&cluster, "r.example/hello:1", 8);
    std::thread::sleep(Duration::from_secs(5));
    cluster.start_nats();
    within(PATIENCE, "all run on those that are there", || {
        let elsewhere = places(&cluster).into_values().filter(|host| !["id-three", "id-four"].contains(&host.as_str()));
        let running = fleet.running();
        let there = running["id-three"].len() + running["id-four"].len();
        match (elsewhere.count(), there) {
            (0, 8) => Ok(()),
            (elsewhere, there) => Err(format!("{elsewhere} are not, {there} run there")),
        }
    });
    fleet.back("one", "id-one");
    fleet.back("two", "id-two");
    settles(&cluster, &fleet, "r.example/hello:1", 8);
    controller.calms_down(HOSTS.len());
    controller.has_written_less_than(300.0);
    leaves_nothing(&cluster, &fleet);
}
