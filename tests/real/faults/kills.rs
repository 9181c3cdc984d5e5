//! The controller is killed again and again, at any moment of a rollout.

use std::time::Duration;

use super::wash::WashHosts;
use super::{Controller, Dice, apply, as_wanted, leaves_nothing, settles};
use crate::real::cluster::Cluster;
use crate::real::nats_hosts::Fleet;
use crate::support::component::http_component;

#[test]
#[ignore = "real servers"]
fn a_controller_killed_a_hundred_times_in_mid_rollout_loses_nothing_and_leaves_nothing() {
    const HOSTS: [&str; 4] = ["one", "two", "three", "four"];
    const REPLICAS: u32 = 12;
    let cluster = Cluster::new("kills");
    let fleet = Fleet::that_takes(Duration::from_millis(60), &cluster.nats_url, &cluster.namespace, &HOSTS);
    let (mut dice, mut image, mut amid) = (Dice(7), String::new(), 0);
    for kill in 0..100 {
        if kill % 2 == 0 {
            image = format!("r.example/hello:{kill}");
            apply(&cluster, &image, REPLICAS);
        }
        let controller = Controller::alone(&cluster, &format!("killed-{kill}.log"));
        dice.pause(300);
        controller.kill();
        amid += usize::from(as_wanted(&cluster.objects("workloads"), &image, 12).is_err());
    }
    assert!(amid > 50, "only {amid} kills came in the middle of a rollout");
    let last = Controller::alone(&cluster, "last.log");
    settles(&cluster, &fleet, &image, 12);
    last.calms_down(HOSTS.len());
    last.has_written_less_than(200.0);
    leaves_nothing(&cluster, &fleet);
}

#[test]
#[ignore = "real servers"]
fn a_controller_killed_twenty_times_leaves_no_orphan_on_a_wash_host() {
    let mut cluster = Cluster::new("killswash");
    cluster.host();
    cluster.host();
    let images: Vec<_> = (1..=2)
        .map(|number| cluster.push(&format!("v{number}"), &http_component(&format!("hello from v{number}"))))
        .collect();
    let mut dice = Dice(11);
    for kill in 0..20 {
        if kill % 2 == 0 {
            apply(&cluster, &images[kill / 2 % 2], 4);
        }
        let controller = Controller::alone(&cluster, &format!("killed-{kill}.log"));
        dice.pause(600);
        controller.kill();
    }
    let last = Controller::alone(&cluster, "last.log");
    let ground = WashHosts::of(&cluster, 2);
    settles(&cluster, &ground, &images[1], 4);
    last.calms_down(2);
    last.has_written_less_than(100.0);
    leaves_nothing(&cluster, &ground);
}
