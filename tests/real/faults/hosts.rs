//! Hosts that vanish, come back, are new, lie, or have more to do than they can.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::wash::WashHosts;
use super::{Controller, PATIENCE, apply, condition, known_hosts, leaves_nothing, said, settles};
use crate::real::cluster::{Cluster, ok, within};
use crate::real::nats_hosts::{Fleet, Mood};
use crate::support::component::http_component;

fn host_of(workload: &Value) -> &str {
    workload["status"]["hostId"].as_str().unwrap_or_default()
}

/// Waits until so many Workloads are Ready and none of them is on one of these hosts.
fn all_off(cluster: &Cluster, replicas: usize, hosts: &[&str]) {
    within(PATIENCE, "all run elsewhere", || {
        let workloads = cluster.objects("workloads");
        let well =
            |workload: &&Value| condition(workload, "Ready")["status"] == "True" && !hosts.contains(&host_of(workload));
        match workloads.iter().filter(well).count() {
            count if count == replicas => Ok(()),
            count => Err(format!("{count} do: {workloads:#?}")),
        }
    });
}

#[test]
#[ignore = "real servers"]
fn what_ran_on_a_wash_host_that_froze_runs_elsewhere_and_is_stopped_when_it_thaws() {
    let mut cluster = Cluster::new("frozen");
    cluster.host();
    cluster.host();
    let image = cluster.push("v1", &http_component("hello from v1"));
    let controller = Controller::alone(&cluster, "controller.log");
    let ground = WashHosts::of(&cluster, 2);
    apply(&cluster, &image, 2);
    settles(&cluster, &ground, &image, 2);
    let before: Vec<_> = cluster.objects("workloads").iter().map(|workload| host_of(workload).to_owned()).collect();
    assert_ne!(before[0], before[1], "one on each");

    cluster.signal_host(0, "STOP");
    within(PATIENCE, "both run on one", || {
        let workloads = cluster.objects("workloads");
        let well = workloads.iter().all(|workload| condition(workload, "Ready")["status"] == "True");
        let together = host_of(&workloads[0]) == host_of(&workloads[1]);
        if well && together { Ok(()) } else { Err(format!("{workloads:#?}")) }
    });
    cluster.signal_host(0, "CONT");
    settles(&cluster, &ground, &image, 2);
    controller.calms_down(2);
    controller.has_written_less_than(80.0);
    leaves_nothing(&cluster, &ground);
}

#[test]
#[ignore = "real servers"]
fn hosts_that_vanish_come_back_or_start_anew_end_with_everything_running_once() {
    let cluster = Cluster::new("comeback");
    let fleet = Fleet::join(&cluster.nats_url, &cluster.namespace, &["one", "two", "three"]);
    let controller = Controller::alone(&cluster, "controller.log");
    apply(&cluster, "r.example/hello:1", 6);
    settles(&cluster, &fleet, "r.example/hello:1", 6);

    fleet.cut_off("id-one");
    all_off(&cluster, 6, &["id-one"]);
    fleet.back("one", "id-one");
    settles(&cluster, &fleet, "r.example/hello:1", 6);

    fleet.restart("two", "id-two", "id-two-again");
    all_off(&cluster, 6, &["id-two"]);
    settles(&cluster, &fleet, "r.example/hello:1", 6);

    for (name, id) in [("one", "id-one"), ("two", "id-two-again"), ("three", "id-three")] {
        fleet.restart(name, id, &format!("id-{name}-last"));
    }
    all_off(&cluster, 6, &["id-one", "id-two-again", "id-three"]);
    settles(&cluster, &fleet, "r.example/hello:1", 6);
    controller.calms_down(3);
    controller.has_written_less_than(200.0);
    leaves_nothing(&cluster, &fleet);
}

/// Each Host's id with its name, its UID and since when it is what it is.
fn states(cluster: &Cluster) -> BTreeMap<String, String> {
    let get = ["get", "hosts.runtime.wasmcloud.dev", "--namespace", &cluster.system, "--output", "json"];
    let list: Value = serde_json::from_str(&ok(cluster.kubectl(&get))).unwrap();
    let state = |host: &Value| {
        let (metadata, ready) = (&host["metadata"], condition(host, "Ready"));
        let (status, since) = (&ready["status"], &ready["lastTransitionTime"]);
        (
            host["hostId"].as_str().unwrap().to_owned(),
            format!("{} {} {status} {since}", metadata["name"], metadata["uid"]),
        )
    };
    list["items"].as_array().unwrap().iter().map(state).collect()
}

#[test]
#[ignore = "real servers"]
fn two_living_hosts_of_one_name_have_an_object_each_and_nothing_flaps() {
    let cluster = Cluster::new("namesakes");
    let fleet = Fleet::join(&cluster.nats_url, &cluster.namespace, &["one", "two"]);
    let controller = Controller::alone(&cluster, "controller.log");
    apply(&cluster, "r.example/hello:1", 4);
    settles(&cluster, &fleet, "r.example/hello:1", 4);
    known_hosts(&cluster, 2);
    fleet.add_at("one", "id-twin", "192.0.2.9");
    known_hosts(&cluster, 3);
    within(PATIENCE, "an Event says so", || {
        let reasons = ["get", "events", "--namespace", &cluster.system, "--field-selector=reason=HostNameTaken"];
        let events = ok(cluster.kubectl(&[&reasons[..], &["--output", "jsonpath={.items[*].message}"]].concat()));
        let told = events.contains("the host id-twin calls itself \"one\", which is the name of another host");
        if told { Ok(()) } else { Err(events) }
    });
    apply(&cluster, "r.example/hello:1", 6);
    settles(&cluster, &fleet, "r.example/hello:1", 6);

    let before = states(&cluster);
    let name = |id: &str| before[id].split(' ').next().unwrap().to_owned();
    assert_eq!(name("id-one"), "\"one\"", "who was first keeps it");
    assert!(name("id-twin").starts_with("\"one-"), "{before:#?}");
    assert!(before.values().all(|state| state.contains(" \"True\" ")), "{before:#?}");
    // Three reports of each.
    std::thread::sleep(Duration::from_secs(45));
    assert_eq!(states(&cluster), before);
    assert_eq!((fleet.starts(), fleet.stops()), (6, 0), "nobody was taken for dead");
    settles(&cluster, &fleet, "r.example/hello:1", 6);
    controller.calms_down(3);
    controller.has_written_less_than(80.0);
    leaves_nothing(&cluster, &fleet);
}

#[test]
#[ignore = "real servers"]
fn hosts_that_fail_stall_lie_and_ramble_keep_nothing_from_running() {
    const BAD: [(&str, Mood); 8] = [
        ("failing", Mood::Failing("no room for it")),
        ("stalling", Mood::Stalling),
        ("another", Mood::ForAnother),
        ("garbage", Mood::Garbage),
        ("huge", Mood::Huge),
        ("nan", Mood::NotANumber),
        ("ahead", Mood::YearAhead),
        ("good", Mood::Well),
    ];
    let cluster = Cluster::new("badhosts");
    let fleet = Fleet::join(&cluster.nats_url, &cluster.namespace, &BAD.map(|(name, _)| name));
    let controller = Controller::alone(&cluster, "controller.log");
    known_hosts(&cluster, BAD.len());
    for (name, mood) in BAD {
        fleet.mood(&format!("id-{name}"), mood);
    }
    apply(&cluster, "r.example/hello:1", 16);
    within(PATIENCE, "the host's words are shown", || {
        let workloads = cluster.objects("workloads");
        let says = |words: &str| {
            let message = |workload: &Value| condition(workload, "Placement")["message"].to_string();
            workloads.iter().any(|workload| message(workload).contains(words))
        };
        let told = says("no room for it") && says("someone-else") && says("bytes more)");
        if told { Ok(()) } else { Err(format!("{workloads:#?}")) }
    });
    // One that met several of them has backed off for a while.
    within(PATIENCE * 6, "all run but those whose host cannot be believed", || {
        let workloads = cluster.objects("workloads");
        let open =
            |workload: &&Value| condition(workload, "Ready")["status"] != "True" && host_of(workload) != "id-another";
        let open: Vec<_> = workloads.iter().filter(open).collect();
        if workloads.len() == 16 && open.is_empty() { Ok(()) } else { Err(format!("{open:#?}")) }
    });
    said(&controller.process, "a heartbeat was refused").unwrap();
    fleet.mood("id-another", Mood::Well);
    settles(&cluster, &fleet, "r.example/hello:1", 16);

    for (name, _) in BAD {
        fleet.mood(&format!("id-{name}"), Mood::Well);
    }
    controller.calms_down(BAD.len());
    controller.has_written_less_than(800.0);
    leaves_nothing(&cluster, &fleet);
    assert!(!controller.process.log().contains("panicked"), "{}", controller.process.log());
}

#[test]
#[ignore = "real servers"]
fn a_thousand_starts_at_once_are_given_to_ten_hosts_a_few_at_a_time() {
    const HOSTS: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let cluster = Cluster::new("thousand");
    let fleet = Fleet::that_takes(Duration::from_millis(20), &cluster.nats_url, &cluster.namespace, &HOSTS);
    let controller = Controller::alone(&cluster, "controller.log");
    known_hosts(&cluster, HOSTS.len());
    apply(&cluster, "r.example/hello:1", 1000);
    settles(&cluster, &fleet, "r.example/hello:1", 1000);
    assert_eq!(fleet.starts(), 1000, "each was started once");
    assert!(fleet.most_waiting() <= 2, "{} at once on one host", fleet.most_waiting());
    let loads: Vec<_> = fleet.running().into_values().map(|running| running.len()).collect();
    assert_eq!(loads, [100; 10], "evenly");
    controller.calms_down(HOSTS.len());
    controller.has_written_less_than(3300.0);
    leaves_nothing(&cluster, &fleet);
}
