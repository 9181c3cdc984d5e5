//! The lease is lost in the middle of a rollout.

use std::time::Duration;

use super::{Controller, PATIENCE, apply, leaves_nothing, said, settles};
use crate::real::cluster::{Cluster, ok, within};
use crate::real::nats_hosts::Fleet;

const LEASE: [&str; 3] = ["lease", "d34db3ef.wasmcloud.dev", "--namespace"];

fn holder(cluster: &Cluster) -> String {
    let get = ["--output", "jsonpath={.spec.holderIdentity}"];
    ok(cluster.kubectl(&[&["get"], &LEASE[..], &[&cluster.system], &get].concat()))
}

#[test]
#[ignore = "real servers"]
fn one_that_lost_the_lease_in_mid_rollout_writes_nothing_until_it_has_it_again() {
    let cluster = Cluster::new("leaselost");
    let fleet = Fleet::that_takes(Duration::from_millis(700), &cluster.nats_url, &cluster.namespace, &["one", "two"]);
    let controller = Controller::start(&cluster, "controller.log", &[]);
    within(PATIENCE, "it is in charge", || said(&controller.process, "now in charge"));
    apply(&cluster, "r.example/hello:1", 6);
    settles(&cluster, &fleet, "r.example/hello:1", 6);
    apply(&cluster, "r.example/hello:2", 6);
    let started = fleet.starts();
    within(PATIENCE, "the rollout is under way", || (fleet.starts() > started).then_some(()).ok_or(String::new()));

    let taken = r#"{"spec":{"holderIdentity":"someone-else","leaseDurationSeconds":25}}"#;
    ok(cluster.kubectl(&[&["patch"], &LEASE[..], &[&cluster.system, "--type=merge", "--patch", taken]].concat()));
    within(PATIENCE, "it sees that", || said(&controller.process, "not in charge any more"));
    let written = controller.writes();
    let mut looks = 0;
    within(PATIENCE, "it has the lease again", || {
        let now = controller.writes();
        // Read after the count: whoever holds it now held it then.
        if holder(&cluster) != "someone-else" {
            return Ok(());
        }
        assert_eq!(now, written, "it wrote while another held the lease");
        looks += 1;
        Err("it is someone else's".to_owned())
    });
    assert!(looks > 0, "nobody looked while another held it");
    settles(&cluster, &fleet, "r.example/hello:2", 6);
    controller.calms_down(2);
    controller.has_written_less_than(200.0);
    leaves_nothing(&cluster, &fleet);
}

#[test]
#[ignore = "real servers"]
fn of_two_controllers_one_acts_and_the_other_finishes_its_rollout_when_it_is_killed() {
    let cluster = Cluster::new("leasekill");
    let fleet = Fleet::that_takes(Duration::from_millis(700), &cluster.nats_url, &cluster.namespace, &["one", "two"]);
    let first = Controller::start(&cluster, "first.log", &[]);
    within(PATIENCE, "it is in charge", || said(&first.process, "now in charge"));
    let second = Controller::start(&cluster, "second.log", &[]);
    apply(&cluster, "r.example/hello:1", 6);
    settles(&cluster, &fleet, "r.example/hello:1", 6);
    apply(&cluster, "r.example/hello:2", 6);
    let started = fleet.starts();
    within(PATIENCE, "the rollout is under way", || (fleet.starts() > started).then_some(()).ok_or(String::new()));
    assert_eq!(second.writes(), (0.0, 0.0), "only one acts");
    first.kill();
    settles(&cluster, &fleet, "r.example/hello:2", 6);
    assert!(second.writes().1 > 0.0);
    second.calms_down(2);
    second.has_written_less_than(200.0);
    leaves_nothing(&cluster, &fleet);
}
