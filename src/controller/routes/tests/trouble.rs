//! Addresses that nobody takes, an API server that refuses, and what may not be looked at.

use kube::core::Status;
use kube::runtime::watcher::{Error, Event};

use super::*;
use crate::controller::fixtures::{dynamic, heartbeat, host, workload};
use crate::controller::objects::What;
use crate::controller::routes::watch::News;
use crate::controller::settings::Settings;

fn moved_to(hostname: &str) -> Simulation {
    let mut cluster = cluster(2, 2);
    cluster.host("1").beat.hostname = hostname.to_owned();
    cluster.beat("1");
    cluster.pass(60);
    cluster
}

#[test]
fn a_host_on_loopback_is_left_out_and_the_service_says_why_once() {
    let cluster = moved_to("127.0.0.1");
    assert_eq!(listed(&cluster), ["10.0.0.2:8000"]);
    assert_eq!(
        warnings(&cluster),
        ["NoEndpoint: host \"host-1\" gets no endpoint: its address 127.0.0.1 is a loopback address, \
          which Kubernetes takes for no endpoint"]
    );
}

#[test]
fn a_host_of_a_name_that_no_pod_has_is_left_out_and_comes_in_with_an_address() {
    let mut cluster = moved_to("host.example.com");
    assert_eq!(listed(&cluster), ["10.0.0.2:8000"]);
    assert!(
        warnings(&cluster)[0].contains("its hostname \"host.example.com\" is no IP address, and no Pod is known by it")
    );
    cluster.host("1").beat.hostname = "10.0.0.1".to_owned();
    cluster.beat("1");
    cluster.run();
    assert_eq!(listed(&cluster), ["10.0.0.1:8000", "10.0.0.2:8000"]);
    cluster.done.clear();
    cluster.host("1").beat.hostname = "host.example.com".to_owned();
    cluster.beat("1");
    cluster.run();
    assert_eq!(warnings(&cluster).len(), 1, "what is so again is said again");
}

#[test]
fn on_a_local_control_plane_services_lead_to_loopback() {
    let mut cluster = Simulation::with_settings(1, Settings { loopback_endpoints: true, ..Settings::default() });
    cluster.host("1").beat.hostname = "127.0.0.1".to_owned();
    cluster.beat("1");
    cluster.discovery.add_service(&front());
    cluster.apply(&routed(1));
    cluster.pass(5);
    assert_eq!(listed(&cluster), ["127.0.0.1:8000"]);
}

#[test]
fn what_the_api_server_refuses_is_said_once_and_tried_again_and_holds_up_nobodys_end() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.discovery.add_service(&front());
    cluster.discovery.refuses = Some(Refusal::Denied("you may not".to_owned()));
    cluster.apply(&routed(1));
    cluster.pass(60);
    assert_eq!(warnings(&cluster), ["EndpointSliceRefused: you may not"]);
    assert!((4..12).contains(&cluster.discovery.writes), "{}", cluster.discovery.writes);
    cluster.discovery.refuses = None;
    cluster.pass(300);
    assert_eq!(listed(&cluster), ["10.0.0.1:8000"]);
    cluster.discovery.refuses = Some(Refusal::Denied("you may not".to_owned()));
    cluster.delete(Kind::WorkloadDeployment, "web");
    cluster.pass(5);
    assert!(cluster.running_images().is_empty());
    assert_eq!(listed(&cluster), ["10.0.0.1:8000"], "which is not our fault");
}

#[test]
fn an_api_server_in_trouble_is_waited_for() {
    let mut cluster = cluster(1, 1);
    cluster.discovery.refuses = Some(Refusal::Other("etcd is away".to_owned()));
    cluster.delete(Kind::WorkloadDeployment, "web");
    cluster.pass(100);
    assert_eq!(cluster.running("web:1"), 1, "the slice still leads to it");
    cluster.discovery.refuses = None;
    cluster.pass(300);
    assert!(cluster.running_images().is_empty());
}

fn forbidden() -> Error {
    Error::InitialListFailed(kube::Error::Api(Box::new(Status::failure("no", "Forbidden").with_code(403))))
}

/// A world with a routed Workload on host 1, in which nothing is known of Services and slices yet.
fn blind() -> World {
    let now = Instant::now();
    let mut world = World::new(Settings::default(), now);
    world.live.connected(now);
    world.heartbeat(heartbeat("1"), now);
    let w = workload("w").on("1", true).with(json!({ "spec": { "kubernetes": { "service": { "name": "front" } } } }));
    for object in [w, host("1")] {
        world.apply(object.kind, dynamic(&object.value())).unwrap();
    }
    world.take_touched();
    world
}

fn looked(world: &World) -> Decision {
    let now = Now { instant: Instant::now(), wall: crate::controller::fixtures::wall() };
    look(world, &front(), now)
}

fn touches_route(world: &mut World) -> bool {
    world.take_touched().iter().any(|key| key.what == What::Route && key.object == front())
}

fn list(world: &mut World, scope: &str) {
    let service: News = News::Service(Event::InitApply(
        serde_json::from_value(json!({ "apiVersion": "v1", "kind": "Service",
            "metadata": { "namespace": NAMESPACE, "name": "front", "uid": "u", "resourceVersion": "1" } }))
        .unwrap(),
    ));
    for news in [News::Service(Event::Init), service, News::Service(Event::InitDone)] {
        world.route_news(scope, news);
    }
}

#[test]
fn nothing_is_written_before_services_and_slices_are_all_known() {
    let mut world = blind();
    assert!(looked(&world).effects.is_empty());
    list(&mut world, "");
    assert!(looked(&world).effects.is_empty(), "there may be slices");
    world.route_news("", News::Slice(Event::Init));
    world.take_touched();
    world.route_news("", News::Slice(Event::InitDone));
    assert!(touches_route(&mut world));
    assert!(matches!(looked(&world).effects.as_slice(), [Effect::Slices(_)]));
}

#[test]
fn namespaces_are_known_one_by_one() {
    let mut world = blind();
    list(&mut world, NAMESPACE);
    world.route_news("elsewhere", News::Slice(Event::Init));
    world.route_news("elsewhere", News::Slice(Event::InitDone));
    assert!(looked(&world).effects.is_empty());
    world.route_news(NAMESPACE, News::Slice(Event::Init));
    world.route_news(NAMESPACE, News::Slice(Event::InitDone));
    assert!(!looked(&world).effects.is_empty());
}

#[test]
fn where_we_may_not_look_there_are_no_routes_and_nobody_waits_for_one() {
    let mut world = blind();
    let ending = workload("w").version(2).on("1", true).terminating();
    let ending = ending.with(json!({ "spec": { "kubernetes": { "service": { "name": "front" } } } }));
    world.apply(Kind::Workload, dynamic(&ending.value())).unwrap();
    let key = ObjectKey::new(NAMESPACE, "w");
    let exit_now = |world: &World| exit(world, world.workloads.get(&key).unwrap(), Instant::now());
    assert_eq!(exit_now(&world), Exit::Listed, "it may be: nobody knows yet");
    world.route_news("", News::Failed("EndpointSlice", Error::NoResourceVersion));
    assert_eq!(exit_now(&world), Exit::Listed, "which may pass");
    world.take_touched();
    world.route_news("", News::Failed("EndpointSlice", forbidden()));
    assert_eq!(exit_now(&world), Exit::Free);
    let touched = world.take_touched();
    assert!(touched.iter().any(|touched| touched.what == Kind::Workload && touched.object == key), "it is woken");
    assert!(looked(&world).effects.is_empty());
}

#[test]
fn a_late_answer_does_not_bring_back_a_slice_that_is_gone() {
    let mut cluster = cluster(1, 1);
    let old = Slice::of(endpoint_slice(cluster.discovery.slice(&first()).unwrap()));
    cluster.discovery.delete_slice(&first());
    let gone = cluster.discovery.news.pop_front().unwrap();
    cluster.core.world.route_news("", gone);
    cluster.core.world.slice_written(old);
    assert_eq!(cluster.core.world.routes.slices_of(&front()).count(), 0);
    cluster.run();
    assert_eq!(listed(&cluster), ["10.0.0.1:8000"], "it was made anew");
}
