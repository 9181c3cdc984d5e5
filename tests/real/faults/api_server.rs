//! The API server goes away and comes back, and the way to it is bad.

use std::time::Duration;

use super::proxy::Proxy;
use super::{Controller, Dice, PATIENCE, apply, leaves_nothing, said, settles};
use crate::real::api_server::ApiServer;
use crate::real::cluster::{Cluster, ok, within};
use crate::real::nats_hosts::Fleet;

const HOSTS: [&str; 3] = ["one", "two", "three"];

#[test]
#[ignore = "real servers"]
fn an_api_server_restarted_in_mid_rollout_is_waited_for() {
    let mut server = ApiServer::start();
    let cluster = Cluster::on("restarts", server.kubeconfig(server.port));
    let fleet = Fleet::that_takes(Duration::from_millis(250), &cluster.nats_url, &cluster.namespace, &HOSTS);
    let controller = Controller::start(&cluster, "controller.log", &[]);
    apply(&cluster, "r.example/hello:0", 9);
    settles(&cluster, &fleet, "r.example/hello:0", 9);
    for (image, away) in [("r.example/hello:1", 0), ("r.example/hello:2", 12)] {
        apply(&cluster, image, 9);
        let started = fleet.starts();
        within(PATIENCE, "the rollout is under way", || (fleet.starts() > started).then_some(()).ok_or(String::new()));
        server.kill();
        // Longer than a lease is held without being renewed, once.
        std::thread::sleep(Duration::from_secs(away));
        server.serve();
        settles(&cluster, &fleet, image, 9);
    }
    said(&controller.process, "not in charge any more").unwrap();
    controller.calms_down(HOSTS.len());
    // Some 300, and what is tried in vain for as long as the server takes to come back; a storm has thousands.
    controller.has_written_less_than(1000.0);
    leaves_nothing(&cluster, &fleet);
}

#[test]
#[ignore = "real servers"]
fn a_bad_way_to_the_api_server_only_costs_time() {
    let server = ApiServer::start();
    let cluster = Cluster::on("badway", server.kubeconfig(server.port));
    let fleet = Fleet::that_takes(Duration::from_millis(150), &cluster.nats_url, &cluster.namespace, &HOSTS);
    let (proxy, mut dice) = (Proxy::to(server.port), Dice(3));
    let through = format!("--kubeconfig={}", server.kubeconfig(proxy.port).display());
    let controller = Controller::start(&cluster, "controller.log", &[&through]);
    apply(&cluster, "r.example/hello:0", 9);
    settles(&cluster, &fleet, "r.example/hello:0", 9);

    apply(&cluster, "r.example/hello:1", 9);
    for _ in 0..20 {
        dice.pause(300);
        proxy.cut();
    }
    settles(&cluster, &fleet, "r.example/hello:1", 9);

    apply(&cluster, "r.example/hello:2", 9);
    for _ in 0..5 {
        dice.pause(300);
        proxy.hold(true);
        dice.pause(3000);
        proxy.hold(false);
    }
    proxy.hold(true);
    // Long enough to lose the lease.
    within(PATIENCE, "the lease is given up", || said(&controller.process, "not in charge any more"));
    proxy.hold(false);
    settles(&cluster, &fleet, "r.example/hello:2", 9);
    controller.calms_down(HOSTS.len());
    controller.has_written_less_than(500.0);
    leaves_nothing(&cluster, &fleet);
}

#[test]
#[ignore = "real servers"]
fn watches_that_are_too_old_are_made_anew_and_what_was_missed_is_made_up_for() {
    let mut server = ApiServer::start();
    let cluster = Cluster::on("expired", server.kubeconfig(server.port));
    let fleet = Fleet::join(&cluster.nats_url, &cluster.namespace, &HOSTS);
    let proxy = Proxy::to(server.port);
    let through = format!("--kubeconfig={}", server.kubeconfig(proxy.port).display());
    let controller = Controller::start(&cluster, "controller.log", &[&through]);
    apply(&cluster, "r.example/hello:0", 6);
    settles(&cluster, &fleet, "r.example/hello:0", 6);

    proxy.close(true);
    apply(&cluster, "r.example/hello:1", 4);
    let workload = cluster.objects("workloads")[0]["metadata"]["name"].as_str().unwrap().to_owned();
    let delete = ["delete", "workloads", &workload, "--wait=false", "--namespace", &cluster.namespace];
    ok(cluster.kubectl(&delete));
    // A server that was restarted knows nothing of what was before, as one whose etcd was compacted.
    server.kill();
    server.serve();
    proxy.close(false);
    within(PATIENCE, "a watch is too old", || said(&controller.process, "too old resource version"));
    settles(&cluster, &fleet, "r.example/hello:1", 4);
    controller.calms_down(HOSTS.len());
    controller.has_written_less_than(200.0);
    leaves_nothing(&cluster, &fleet);
}
