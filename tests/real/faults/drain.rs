//! Hosts are drained.

use std::time::Duration;

use super::{Controller, PATIENCE, apply, condition, known_hosts, leaves_nothing, settles};
use crate::real::cluster::{Cluster, ok, within};
use crate::real::nats_hosts::Fleet;

const IMAGE: &str = "r.example/hello:1";
const REPLICAS: usize = 8;

/// A person has a host drained, or not any more.
fn drain(cluster: &Cluster, host: &str, drained: &str) {
    let note = format!("runtime.wasmcloud.dev/drain{drained}");
    ok(cluster.kubectl(&["annotate", "hosts.runtime.wasmcloud.dev", host, &note, "--namespace", &cluster.system]));
}

/// Looks on until the host of that id is empty: at no time are fewer Ready.
fn empties(cluster: &Cluster, fleet: &Fleet, id: &str) {
    within(PATIENCE, "the host is empty", || {
        let workloads = cluster.objects("workloads");
        let ready = workloads.iter().filter(|workload| condition(workload, "Ready")["status"] == "True").count();
        assert!(ready >= REPLICAS, "{ready} are Ready: {workloads:#?}");
        let left = fleet.running()[id].len();
        if left == 0 { Ok(()) } else { Err(format!("{left} run there")) }
    });
}

#[test]
#[ignore = "real servers"]
fn a_host_that_is_drained_is_emptied_replacements_first_or_says_why_it_is_not() {
    let cluster = Cluster::new("drain");
    let fleet = Fleet::that_takes(Duration::from_millis(200), &cluster.nats_url, &cluster.namespace, &["one", "two"]);
    let controller = Controller::alone(&cluster, "controller.log");
    known_hosts(&cluster, 2);
    apply(&cluster, IMAGE, 8);
    settles(&cluster, &fleet, IMAGE, REPLICAS);
    assert_eq!(fleet.running()["id-one"].len(), 4, "evenly");

    drain(&cluster, "one", "=true");
    empties(&cluster, &fleet, "id-one");
    settles(&cluster, &fleet, IMAGE, REPLICAS);
    assert_eq!((fleet.starts(), fleet.stops()), (12, 4), "one replacement for each that left");

    drain(&cluster, "two", "=true");
    within(PATIENCE, "an Event says why it stays", || {
        let blocked = ["get", "events", "--namespace", &cluster.system, "--field-selector=reason=DrainBlocked"];
        let output = ["--output", "jsonpath={range .items[*]}{.involvedObject.name}: {.message}{end}"];
        let events = ok(cluster.kubectl(&[&blocked[..], &output].concat()));
        let told = events.starts_with("two: ") && events.contains("0/2 hosts fit: 2 cordoned");
        if told { Ok(()) } else { Err(events) }
    });
    assert_eq!((fleet.starts(), fleet.stops()), (12, 4), "what runs goes on");
    drain(&cluster, "one", "-");
    empties(&cluster, &fleet, "id-two");
    settles(&cluster, &fleet, IMAGE, REPLICAS);
    assert_eq!((fleet.starts(), fleet.stops()), (20, 12), "one replacement for each that left");
    controller.calms_down(2);
    controller.has_written_less_than(250.0);
    leaves_nothing(&cluster, &fleet);
}
