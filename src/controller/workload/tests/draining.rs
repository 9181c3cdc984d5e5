//! Nothing is stopped that a Service still leads to.

use std::collections::BTreeMap;

use super::*;
use crate::controller::settings::Settings;

const DELAY: u64 = 5;

fn front() -> ObjectKey {
    ObjectKey::new(NAMESPACE, "front")
}

fn routed(replicas: i32) -> Object {
    deployment("web").replicas(replicas).with(json!({ "spec": { "kubernetes": { "service": { "name": "front" } } } }))
}

fn cluster(hosts: usize, replicas: i32) -> Simulation {
    let mut cluster = Simulation::with_hosts(hosts);
    cluster.discovery.add_service(&front());
    cluster.apply(&routed(replicas));
    cluster.pass(5);
    assert_eq!(cluster.running("web:1"), usize::try_from(replicas).unwrap());
    cluster
}

fn ids(slice: &Value) -> Vec<String> {
    let endpoints = slice["endpoints"].as_array().cloned().unwrap_or_default();
    let address = |endpoint: &Value| endpoint["addresses"][0].as_str().unwrap().rsplit('.').next().unwrap().to_owned();
    endpoints.iter().map(address).collect()
}

/// Ids of the hosts that the Service leads to: their addresses end in them.
fn led_to(cluster: &Simulation) -> Vec<String> {
    cluster.discovery.slices().flat_map(ids).collect()
}

/// Whether a Workload of the Service other than that one is ready on a host and stays.
fn others_serve(cluster: &Simulation, host: &str, uid: &str) -> bool {
    cluster.all(Kind::Workload).iter().any(|other| {
        let ready = other["status"]["conditions"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|condition| condition["type"] == "Ready" && condition["status"] == "True");
        other["metadata"]["uid"] != uid
            && other["status"]["hostId"] == host
            && other["metadata"]["deletionTimestamp"].is_null()
            && ready
    })
}

/// Works for so many seconds and watches every stop: no slice leads to a host for the sake of what is stopped there, and
/// none did so for a while.
fn pass_watching(cluster: &mut Simulation, seconds: u64, delay: Duration) {
    let end = cluster.now().instant + Duration::from_secs(seconds);
    let mut last_led_to: BTreeMap<String, Instant> = BTreeMap::new();
    while cluster.now().instant < end {
        let now = cluster.now().instant;
        last_led_to.extend(led_to(cluster).into_iter().map(|host| (host, now)));
        let before = cluster.done.len();
        if !cluster.step() {
            cluster.pass_one();
        }
        for effect in &cluster.done[before..] {
            let Effect::Stop { host, id } = effect else { continue };
            if others_serve(cluster, host, id) {
                continue;
            }
            assert!(!led_to(cluster).contains(host), "{id} is stopped on {host}, which the Service leads to for it");
            let since = last_led_to.get(host).map(|last| now.saturating_duration_since(*last));
            assert!(since.is_none_or(|since| since >= delay), "{id} is stopped on {host} after {since:?}");
        }
    }
}

#[test]
fn it_goes_out_of_the_slice_and_is_stopped_some_seconds_later() {
    let mut cluster = cluster(1, 1);
    cluster.delete(Kind::WorkloadDeployment, "web");
    cluster.run();
    assert_eq!(led_to(&cluster), [] as [&str; 0]);
    assert_eq!(cluster.stops(), [] as [&str; 0]);
    let workload = cluster.only_workload();
    let (host, id) = (&workload["status"]["hostId"], &workload["status"]["workloadId"]);
    assert_eq!((host, id), (&json!("1"), &workload["metadata"]["uid"]), "whoever takes over finds it");
    let said = words(&workload["status"]);
    assert_eq!(said, "Config=True HostSelection=True Placement=True Sync=Unknown(Draining) Ready=False(Draining)");
    cluster.pass(DELAY - 1);
    assert_eq!((cluster.stops().len(), cluster.running("web:1")), (0, 1));
    cluster.pass(1);
    assert_eq!((cluster.stops().len(), cluster.running("web:1")), (1, 0));
    assert!(cluster.all(Kind::Workload).is_empty());
    let writes = cluster.status_patches(Kind::Workload).len();
    assert_eq!(writes, 2, "one when it got ready, one when it began to end");
}

#[test]
fn the_delay_is_counted_from_when_the_slice_lists_it_no_more() {
    let mut cluster = cluster(1, 1);
    cluster.discovery.refuses = Some(crate::controller::effect::Refusal::Other("not now".to_owned()));
    cluster.delete(Kind::WorkloadDeployment, "web");
    cluster.pass(7);
    assert_eq!(cluster.stops().len(), 0);
    cluster.discovery.refuses = None;
    cluster.until(|cluster| led_to(cluster).is_empty());
    let out = cluster.now().instant;
    cluster.until(|cluster| !cluster.stops().is_empty());
    assert_eq!(cluster.now().instant - out, Duration::from_secs(DELAY));
}

#[test]
fn one_that_no_service_leads_to_is_stopped_at_once() {
    for object in [deployment("web"), routed(1)] {
        let mut cluster = Simulation::with_hosts(1);
        cluster.apply(&object);
        cluster.pass(5);
        cluster.delete(Kind::WorkloadDeployment, "web");
        cluster.run();
        assert!(cluster.running_images().is_empty(), "there is no Service of that name");
    }
}

#[test]
fn one_that_never_got_ready_is_stopped_at_once() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.discovery.add_service(&front());
    cluster.host("1").answers.push_back(Answer::Starts);
    cluster.apply(&routed(1));
    cluster.run();
    cluster.delete(Kind::WorkloadDeployment, "web");
    cluster.run();
    assert_eq!(cluster.stops().len(), 1);
}

#[test]
fn one_whose_host_has_no_endpoint_is_stopped_at_once() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.host("1").beat.hostname = "127.0.0.1".to_owned();
    cluster.beat("1");
    cluster.discovery.add_service(&front());
    cluster.apply(&routed(1));
    cluster.pass(5);
    cluster.delete(Kind::WorkloadDeployment, "web");
    cluster.run();
    assert_eq!(cluster.stops().len(), 1);
}

#[test]
fn a_host_that_serves_the_service_without_it_stays_and_nothing_is_waited_for() {
    let mut cluster = cluster(1, 3);
    cluster.apply(&routed(1));
    cluster.run();
    assert_eq!((cluster.stops().len(), led_to(&cluster)), (2, vec!["1".to_owned()]));
}

#[test]
fn the_last_two_on_a_host_wait_both() {
    let mut cluster = cluster(1, 2);
    cluster.apply(&routed(0));
    cluster.run();
    assert_eq!((cluster.stops().len(), led_to(&cluster).len()), (0, 0));
    cluster.pass(DELAY);
    assert_eq!(cluster.stops().len(), 2);
}

#[test]
fn nothing_is_waited_for_on_a_dead_host() {
    let mut cluster = cluster(2, 2);
    cluster.host("1").link = Link::Gone;
    cluster.delete(Kind::WorkloadDeployment, "web");
    cluster.pass(150);
    assert!(cluster.all(Kind::Workload).is_empty());
    let (mut world, now) = world(&[ending_and_routed(), host("1").setting("tombstones", "uid-of-w")]);
    known(&mut world);
    world.host_silent("1", now.instant + Duration::from_secs(70));
    assert_eq!(kinds(&decided(&world, now)), ["patch"]);
}

fn ending_and_routed() -> Object {
    let names = json!({ "spec": { "kubernetes": { "service": { "name": "front" } } } });
    workload("w").on("1", true).with(names).terminating()
}

/// The Service is there, and there are no slices.
fn known(world: &mut World) {
    use crate::controller::routes::watch::News;
    use kube::runtime::watcher::Event;
    let service = json!({ "apiVersion": "v1", "kind": "Service",
        "metadata": { "namespace": NAMESPACE, "name": "front", "uid": "u", "resourceVersion": "1" } });
    world.route_news("", News::Service(Event::Init));
    world.route_news("", News::Service(Event::InitApply(serde_json::from_value(service).unwrap())));
    world.route_news("", News::Service(Event::InitDone));
    world.route_news("", News::Slice(Event::Init));
    world.route_news("", News::Slice(Event::InitDone));
}

#[test]
fn without_a_delay_it_is_only_waited_for_the_slice() {
    let mut cluster = Simulation::with_settings(1, Settings { drain_delay: Duration::ZERO, ..Settings::default() });
    cluster.discovery.add_service(&front());
    cluster.apply(&routed(1));
    cluster.pass(5);
    cluster.delete(Kind::WorkloadDeployment, "web");
    pass_watching(&mut cluster, 1, Duration::ZERO);
    assert!(cluster.running_images().is_empty());
}

#[test]
fn a_new_controller_waits_anew_and_stops_nothing_that_is_led_to() {
    for seed in 0..20 {
        let mut cluster = cluster(2, 2).in_disorder(seed);
        cluster.delete(Kind::WorkloadDeployment, "web");
        for _ in 0..(seed * 2) {
            cluster.step();
        }
        let moved_on = Duration::from_secs(seed % 5);
        cluster.pass(moved_on.as_secs());
        cluster.restart();
        pass_watching(&mut cluster, 60, Duration::from_secs(DELAY));
        assert!(cluster.all(Kind::Workload).is_empty(), "seed {seed}");
        assert!(cluster.running_images().is_empty(), "seed {seed}");
    }
}

#[test]
fn in_a_rollout_and_a_scale_down_nothing_is_stopped_that_a_service_leads_to_for_its_sake() {
    for (hosts, replicas) in [(1, 1), (2, 4), (4, 4), (6, 3)] {
        for seed in 0..8 {
            let mut cluster = cluster(hosts, replicas).in_disorder(seed);
            cluster.apply(&routed(replicas).image("web:2"));
            pass_watching(&mut cluster, 120, Duration::from_secs(DELAY));
            assert_eq!(cluster.running_images(), [("web:2".to_owned(), usize::try_from(replicas).unwrap())].into());
            cluster.apply(&routed(1).image("web:2"));
            pass_watching(&mut cluster, 60, Duration::from_secs(DELAY));
            assert_eq!((cluster.running("web:2"), led_to(&cluster).len()), (1, 1), "seed {seed}");
        }
    }
}

#[test]
fn a_rollout_never_leaves_the_service_without_endpoints() {
    let mut cluster = cluster(3, 3);
    cluster.apply(&routed(3).image("web:2"));
    for _ in 0..2_000 {
        if !cluster.step() {
            cluster.pass_one();
        }
        assert!(!led_to(&cluster).is_empty());
    }
    assert_eq!(cluster.running("web:2"), 3);
}

#[test]
fn one_that_nobody_owns_leaves_a_drained_host_only_after_the_service_has_left_it() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.discovery.add_service(&front());
    cluster.apply(&workload("lone").with(json!({ "spec": { "kubernetes": { "service": { "name": "front" } } } })));
    cluster.pass(5);
    let from = led_to(&cluster);
    let drained = json!({ "metadata": { "annotations": { "runtime.wasmcloud.dev/drain": "true" } } });
    cluster.edit(Kind::Host, &format!("host-{}", from[0]), drained);
    pass_watching(&mut cluster, 20, Duration::from_secs(DELAY));
    let to = led_to(&cluster);
    assert!(to.len() == 1 && to != from, "{from:?} -> {to:?}");
    assert!(cluster.hosts[&from[0]].running.is_empty());
}
