//! Which Pod is whose.

use std::collections::BTreeSet;

use super::*;
use crate::controller::fixtures::{NAMESPACE, heartbeat, host_pod, pods_forbidden};
use crate::controller::pods::Pods;

fn of(pods: &[(&str, &str, &[&str], &str)]) -> Pods {
    let mut all = Pods::default();
    all.list_begins("");
    for (number, (namespace, name, ips, state)) in pods.iter().enumerate() {
        let ips: Vec<_> = ips.iter().map(|ip| json!({ "ip": ip })).collect();
        let deleted = (*state == "Terminating").then(crate::controller::fixtures::wall);
        let value = json!({
            "metadata": { "namespace": namespace, "name": name, "uid": format!("uid-{number}"), "resourceVersion": "1",
                "deletionTimestamp": deleted, "labels": { "a": "b" }, "annotations": { "c": "d" },
                "managedFields": [{ "manager": "kubelet" }] },
            "spec": { "containers": [{ "name": "host" }] },
            "status": { "phase": state, "podIPs": ips },
        });
        let change = all.seen(host_pod(&value)).unwrap();
        all.follow(&change);
    }
    assert!(all.list_ends("").is_empty() && all.note_known(&[String::new()].into(), SYSTEM).is_some());
    all
}

fn found(pods: &Pods, hostname: &str, environment: &str) -> Option<String> {
    pods.find(hostname, environment).map(|pod| pod.key().to_string())
}

#[test]
fn what_is_not_needed_is_not_kept() {
    let pods = of(&[("a", "host-0", &["10.0.0.1", "10.0.0.1", "fd00:0::1", "nonsense"], "Running")]);
    let pod = pods.iter().next().unwrap();
    assert_eq!(pod.ips.iter().map(ToString::to_string).collect::<Vec<_>>(), ["10.0.0.1", "fd00::1"]);
    let metadata = &pod.metadata;
    assert!(metadata.managed_fields.is_none() && metadata.labels.is_none() && metadata.annotations.is_none());
}

#[test]
fn a_host_is_found_by_address_else_by_name_in_its_environment_else_anywhere() {
    let pods = of(&[
        ("team-a", "host-0", &["10.0.0.1", "fd00::1"], "Running"),
        ("team-b", "host-0", &["10.0.0.2"], "Running"),
        ("team-b", "host-1", &["10.0.0.3"], "Running"),
        ("team-b", "10.0.0.3", &["10.0.0.4"], "Running"),
    ]);
    let cases = [
        ("10.0.0.1", "team-a", Some("team-a/host-0")),
        ("10.0.0.1", "elsewhere", Some("team-a/host-0")),
        ("fd00:0::1", "team-a", Some("team-a/host-0")),
        ("::ffff:10.0.0.2", "team-b", Some("team-b/host-0")),
        ("host-0", "team-a", Some("team-a/host-0")),
        ("host-0", "team-b", Some("team-b/host-0")),
        ("host-0", "elsewhere", None),
        ("host-1", "elsewhere", Some("team-b/host-1")),
        ("10.0.0.3", "team-b", Some("team-b/host-1")),
        ("10.0.0.9", "team-a", None),
        ("host-9", "team-a", None),
        ("", "team-a", None),
    ];
    for (hostname, environment, expected) in cases {
        assert_eq!(found(&pods, hostname, environment).as_deref(), expected, "{hostname} in {environment}");
    }
}

#[test]
fn an_address_is_of_the_pod_that_has_it_now() {
    let pods = of(&[("a", "old", &["10.0.0.1"], "Succeeded"), ("a", "new", &["10.0.0.1"], "Running")]);
    assert_eq!(found(&pods, "10.0.0.1", "a").as_deref(), Some("a/new"));
    let pods = of(&[("a", "old", &["10.0.0.1"], "Terminating"), ("a", "new", &["10.0.0.1"], "Running")]);
    assert_eq!(found(&pods, "10.0.0.1", "a").as_deref(), Some("a/new"));
    let pods = of(&[("a", "one", &["10.0.0.1"], "Running"), ("a", "two", &["10.0.0.1"], "Running")]);
    assert_eq!(found(&pods, "10.0.0.1", "a"), None, "hostNetwork: nobody can tell");
}

#[test]
fn two_pods_of_one_name_are_told_apart_by_the_environment() {
    let mut cluster = Simulation::with_hosts(0);
    let key = |namespace| ObjectKey::new(namespace, "host-0");
    for (id, namespace) in [("1", "team-a"), ("2", "team-b")] {
        cluster.pods.run(&key(namespace), &format!("10.1.0.{id}"));
        cluster.add_host(id);
        (cluster.host(id).beat.hostname, cluster.host(id).beat.environment) = ("host-0".into(), namespace.into());
        cluster.beat(id);
    }
    cluster.run();
    cluster.pods.terminate(&key("team-b"));
    cluster.run();
    assert_eq!(ready(&cluster, "1"), is("True", "Available"));
    assert_eq!(ready(&cluster, "2"), is("Unknown", "HostPodTerminating"));
}

#[test]
fn a_pod_that_takes_over_an_address_says_nothing_of_the_host_that_was_there_before() {
    for new_is_seen_first in [true, false] {
        let mut cluster = cluster(1, 2);
        cluster.add_host("3");
        let new = pod("new");
        if new_is_seen_first {
            cluster.pods.run(&new, "10.0.0.1");
            cluster.run();
        }
        vanishes(&mut cluster, "1");
        cluster.pods.end(&pod("1"));
        if !new_is_seen_first {
            cluster.pods.run(&new, "10.0.0.1");
        }
        cluster.run();
        cluster.add_host("2");
        cluster.host("2").beat.hostname = "10.0.0.1".into();
        cluster.beat("2");
        cluster.pass(30);
        assert_eq!(ready(&cluster, "1"), is("Unknown", "HostSilent"));
        assert_eq!(ready(&cluster, "2"), is("True", "Available"));
        assert_eq!(cluster.running("web:1"), 2);
        cluster.pods.terminate(&new);
        cluster.pass(30);
        assert_eq!(ready(&cluster, "1"), is("Unknown", "HostSilent"), "seen first: {new_is_seen_first}");
        assert_eq!(ready(&cluster, "2"), is("Unknown", "HostPodTerminating"), "seen first: {new_is_seen_first}");
        assert_eq!(cluster.hosts["3"].running.len(), 2);
    }
}

#[test]
fn a_host_at_the_address_of_a_pod_that_is_on_its_way_out_gets_the_next_pod_there() {
    let mut cluster = cluster(1, 0);
    cluster.pods.terminate(&pod("1"));
    cluster.run();
    vanishes(&mut cluster, "1");
    cluster.pods.run(&pod("new"), "");
    cluster.add_host("2");
    cluster.host("2").beat.hostname = "10.0.0.1".into();
    cluster.beat("2");
    cluster.run();
    assert_eq!(ready(&cluster, "2"), is("Unknown", "HostPodTerminating"), "as far as is known it is in that one");
    cluster.pods.edit(&pod("new"), &json!({ "status": { "podIP": "10.0.0.1", "podIPs": [{ "ip": "10.0.0.1" }] } }));
    cluster.run();
    assert_eq!(ready(&cluster, "2"), is("True", "Available"));
    cluster.pods.end(&pod("1"));
    cluster.pass(20);
    assert_eq!(ready(&cluster, "2"), is("True", "Available"));
    assert_eq!(ready(&cluster, "1"), is("Unknown", "HostSilent"));
}

#[test]
fn while_pods_are_being_listed_no_host_has_any() {
    let mut cluster = cluster(1, 0);
    cluster.pods.terminate(&pod("1"));
    cluster.pods.run(&pod("a-new"), "10.0.0.1");
    cluster.run();
    let mut news = Vec::new();
    cluster.restart_with_pods_late(&mut news);
    cluster.beat("1");
    for news in news {
        cluster.run();
        assert_eq!(cluster.core.world.pods.fate_of("1"), crate::controller::pods::hosting::Fate::default());
        cluster.core.world.pod_news("", news);
    }
    cluster.pods.terminate(&pod("a-new"));
    cluster.run();
    assert_eq!(ready(&cluster, "1"), is("Unknown", "HostPodTerminating"));
}

#[test]
fn a_pod_whose_address_comes_after_the_hosts_first_report_is_its_all_the_same() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.pods.run(&pod("1"), "");
    cluster.run();
    cluster.pods.edit(&pod("1"), &json!({ "status": { "podIP": "10.0.0.1", "podIPs": [{ "ip": "10.0.0.1" }] } }));
    cluster.pods.terminate(&pod("1"));
    cluster.run();
    assert_eq!(ready(&cluster, "1"), is("Unknown", "HostPodTerminating"));
}

#[test]
fn a_host_that_is_forgotten_leaves_nothing_behind() {
    let mut pods = of(&[("a", "host-0", &["10.0.0.1"], "Terminating")]);
    assert!(pods.host_heard("1", "10.0.0.1", "a").is_some());
    assert!(pods.host_heard("1", "10.0.0.1", "a").is_none(), "nothing new");
    assert!(pods.any_ending() && pods.fate_of("1").ending);
    pods.host_forgotten("1");
    assert!(!pods.any_ending() && !pods.fate_of("1").ending);
    let pod = pods.iter().next().unwrap().clone();
    assert_eq!(pods.hosts_about(&[&pod]), BTreeSet::new());
}

/// Where the Service `front` leads, and a cluster in which the host calls itself by its Pod's name.
fn named() -> Simulation {
    let mut cluster = Simulation::with_hosts(1);
    cluster.pods.run(&pod("1"), "10.7.0.1");
    cluster.host("1").beat.hostname = "pod-1".into();
    cluster.discovery.add_service(&ObjectKey::new(NAMESPACE, "front"));
    cluster.apply(&deployment("web").with(json!({ "spec": { "kubernetes": { "service": { "name": "front" } } } })));
    cluster.pass(20);
    cluster
}

fn leads_to(cluster: &Simulation) -> Vec<String> {
    let endpoints =
        cluster.discovery.slices().flat_map(|slice| slice["endpoints"].as_array().cloned().unwrap_or_default());
    endpoints.map(|endpoint| endpoint["addresses"][0].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_service_leads_to_the_address_of_the_pod_that_a_host_calls_itself_by_and_follows_it() {
    let mut cluster = named();
    assert_eq!(leads_to(&cluster), ["10.7.0.1"]);
    cluster.pods.edit(&pod("1"), &json!({ "status": { "podIP": "10.7.0.2", "podIPs": [{ "ip": "10.7.0.2" }] } }));
    cluster.pass(1);
    assert_eq!(leads_to(&cluster), ["10.7.0.2"]);
    cluster.pods.end(&pod("1"));
    cluster.pass(1);
    assert_eq!(leads_to(&cluster), [] as [&str; 0], "nobody knows where it is");
    let said = cluster.done.iter().find_map(|effect| match effect {
        Effect::Announce(said) if said.reason == "NoEndpoint" => Some(said.message.clone()),
        _ => None,
    });
    assert!(said.unwrap().contains("\"pod-1\" is no IP address, and no Pod is known by it"));
}

#[test]
fn a_controller_that_starts_waits_for_the_pods_before_it_takes_an_endpoint_away() {
    let mut cluster = named();
    let writes = cluster.discovery.writes;
    let mut news = Vec::new();
    cluster.restart_with_pods_late(&mut news);
    cluster.pass(10);
    assert_eq!((leads_to(&cluster), cluster.discovery.writes), (vec!["10.7.0.1".to_owned()], writes));
    news.into_iter().for_each(|news| cluster.core.world.pod_news("", news));
    cluster.pass(10);
    assert_eq!(cluster.discovery.writes, writes);
    cluster.restart_with_pods_late(&mut Vec::new());
    for scope in ["", SYSTEM] {
        cluster.pass(2);
        assert_eq!(leads_to(&cluster), ["10.7.0.1"]);
        cluster.core.world.pod_news(scope, pods_forbidden());
    }
    cluster.pass(10);
    assert_eq!(leads_to(&cluster), [] as [&str; 0], "there is nothing to wait for");
}

#[test]
fn a_heartbeat_that_says_nothing_new_is_not_looked_up() {
    let mut cluster = cluster(1, 0);
    let beat = heartbeat("1");
    let pods = &mut cluster.core.world.pods;
    assert!(pods.host_heard("1", &beat.hostname, &beat.environment).is_none());
    assert!(pods.host_heard("1", "elsewhere", &beat.environment).is_none(), "it has no Pod, as little is said of it");
}
