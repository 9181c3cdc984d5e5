//! What becomes of a host whose Pod ends.

use super::*;
use crate::controller::fixtures::{Discovery, NAMESPACE, pods_forbidden, workload};

fn fewest(cluster: &Simulation) -> usize {
    cluster.moments.iter().map(|images| images.values().sum()).min().unwrap_or(usize::MAX)
}

#[test]
fn a_host_whose_pod_is_being_deleted_is_unknown_at_once_and_stays_so_while_it_reports() {
    let mut cluster = cluster(2, 0);
    cluster.pods.terminate(&pod("1"));
    cluster.run();
    assert_eq!(ready(&cluster, "1"), is("Unknown", "HostPodTerminating"));
    for _ in 0..30 {
        cluster.pass(10);
        let seen = &cluster.get(Kind::Host, "host-1")["status"]["lastSeen"];
        let seen: jiff::Timestamp = seen.as_str().unwrap().parse().unwrap();
        assert!(cluster.now().wall.as_second() - seen.as_second() <= 40);
    }
    let said = written(&cluster, "1");
    assert!(said.iter().all(|said| *said == is("Unknown", "HostPodTerminating")), "{said:?}");
    assert!(said.len() <= 1 + 300 / 39, "no more than to show that it is there: {}", said.len());
    assert_eq!(ready(&cluster, "2"), is("True", "Available"));
}

#[test]
fn a_host_that_reports_for_the_first_time_from_a_pod_that_is_being_deleted_is_unknown_from_the_start() {
    let mut cluster = cluster(1, 0);
    cluster.pods.run(&pod("2"), "10.0.0.2");
    cluster.pods.terminate(&pod("2"));
    cluster.run();
    cluster.add_host("2");
    cluster.run();
    assert_eq!(written(&cluster, "2"), [is("Unknown", "HostPodTerminating")]);
}

#[test]
fn its_workloads_are_replaced_first_and_never_fewer_are_available() {
    for seed in 0..10 {
        let mut cluster = cluster(3, 9).in_disorder(seed);
        cluster.pods.terminate(&pod("1"));
        cluster.pass(30);
        assert!(cluster.hosts["1"].running.is_empty(), "seed {seed}");
        assert_eq!((cluster.running("web:1"), fewest(&cluster) >= 9), (9, true), "seed {seed}");
        let statuses = cluster.status_patches(Kind::WorkloadDeployment);
        assert!(!statuses.iter().any(|status| status.to_string().contains("\"False\"")), "seed {seed}: {statuses:#?}");
        vanishes(&mut cluster, "1");
        cluster.pods.end(&pod("1"));
        cluster.pass(60);
        assert_eq!((cluster.running("web:1"), fewest(&cluster) >= 9), (9, true), "seed {seed}");
    }
}

#[test]
fn a_workload_that_nobody_owns_leaves_too() {
    let mut cluster = cluster(2, 0);
    cluster.apply(&workload("lone"));
    cluster.run();
    let id = cluster.only_workload()["metadata"]["uid"].as_str().unwrap().to_owned();
    let from = cluster.place_of(&id).unwrap().to_owned();
    cluster.pods.terminate(&pod(&from));
    cluster.pass(20);
    assert_ne!(cluster.place_of(&id).unwrap(), from);
}

#[test]
fn nothing_new_is_placed_on_it() {
    let mut cluster = cluster(2, 0);
    cluster.pods.terminate(&pod("1"));
    cluster.apply(&deployment("web").replicas(6));
    cluster.pass(30);
    assert_eq!((cluster.hosts["1"].running.len(), cluster.hosts["2"].running.len()), (0, 6));
    cluster.pods.terminate(&pod("2"));
    cluster.apply(&deployment("late"));
    cluster.pass(5);
    let (_, _, message) = cluster.condition(Kind::WorkloadDeployment, "late", "Ready");
    assert!(message.contains("0/2 hosts fit: 2 not ready"), "{message}");
}

#[test]
fn it_dies_in_the_middle_of_leaving_and_everything_runs_once_in_the_end() {
    for seed in 0..20 {
        let mut cluster = cluster(3, 6).in_disorder(seed);
        cluster.pods.terminate(&pod("1"));
        for _ in 0..seed * 3 {
            cluster.step();
        }
        vanishes(&mut cluster, "1");
        cluster.pods.end(&pod("1"));
        cluster.pass(40);
        assert_eq!((cluster.running("web:1"), cluster.all(Kind::Workload).len()), (6, 6), "seed {seed}");
        assert!(cluster.running_twice().is_empty(), "seed {seed}");
    }
}

#[test]
fn what_ran_on_a_host_that_is_gone_with_its_pod_runs_elsewhere_at_once() {
    for link in [Link::Mute, Link::Gone] {
        for finished in [true, false] {
            let mut cluster = cluster(2, 4);
            vanishes(&mut cluster, "1");
            cluster.host("1").link = link;
            cluster.pass(2);
            assert_eq!((cluster.hosts["2"].running.len(), cluster.starts().len()), (2, 0), "nobody knows yet");
            if finished {
                finishes(&mut cluster, "1")
            } else {
                cluster.pods.end(&pod("1"))
            }
            // Where nobody listens, it is asked twice.
            cluster.pass(2);
            assert_eq!(cluster.hosts["2"].running.len(), 4, "{link:?} {finished}");
            let expected = [is("Unknown", "HostPodGone"), is("Unknown", "HostSilent")];
            assert_eq!(written(&cluster, "1"), expected, "{link:?} {finished}");
        }
    }
}

#[test]
fn most_hosts_gone_with_their_pods_are_no_reason_to_wait() {
    let mut cluster = cluster(3, 6);
    for id in ["1", "2"] {
        vanishes(&mut cluster, id);
        cluster.pods.end(&pod(id));
    }
    cluster.pass(3);
    assert_eq!(cluster.hosts["3"].running.len(), 6);
}

#[test]
fn a_host_that_answers_though_its_pod_is_gone_is_like_one_that_never_had_any() {
    let mut cluster = cluster(2, 2);
    cluster.pods.end(&pod("1"));
    cluster.pass(60);
    let said = written(&cluster, "1");
    assert_eq!(said[..2], [is("Unknown", "HostPodGone"), is("True", "Available")]);
    assert!(said[2..].iter().all(|said| *said == is("True", "Available")), "{said:?}");
    assert_eq!((cluster.starts().len(), cluster.stops().len()), (0, 0), "nothing was moved");
    cluster.apply(&deployment("web").replicas(6));
    cluster.pass(5);
    assert_eq!(cluster.hosts["1"].running.len(), 3, "and it takes new ones");
    vanishes(&mut cluster, "1");
    cluster.pass(60);
    assert_eq!(cluster.hosts["2"].running.len(), 6);
}

#[test]
fn one_that_answers_though_its_pod_was_deleted_is_left_all_the_same() {
    let mut cluster = cluster(2, 2);
    cluster.pods.terminate(&pod("1"));
    cluster.pods.end(&pod("1"));
    cluster.pass(60);
    assert_eq!(ready(&cluster, "1"), is("Unknown", "HostPodGone"));
    assert!(written(&cluster, "1").iter().all(|(status, _)| status == "Unknown"));
    assert_eq!((cluster.hosts["1"].running.len(), cluster.running("web:1")), (0, 2));
}

#[test]
fn a_pod_that_went_unseen_is_missed_in_the_next_list() {
    let mut cluster = cluster(2, 4);
    vanishes(&mut cluster, "1");
    cluster.pods.vanish(&pod("1"));
    cluster.pass(2);
    assert_eq!(cluster.hosts["2"].running.len(), 4);
}

#[test]
fn while_the_bus_is_down_or_settles_the_end_of_a_pod_kills_nobody() {
    let mut cluster = cluster(2, 4);
    cluster.lose_bus();
    cluster.pods.end(&pod("1"));
    cluster.pass(300);
    cluster.regain_bus();
    cluster.pass(60);
    assert_eq!((cluster.starts().len(), cluster.running("web:1")), (0, 4));
    assert_eq!(ready(&cluster, "1"), is("True", "Available"));
}

#[test]
fn a_controller_that_starts_in_the_middle_goes_on_and_leads_nobody_away_too_soon() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.pods.run(&pod("1"), "10.0.0.1");
    let front = ObjectKey::new(NAMESPACE, "front");
    cluster.discovery.add_service(&front);
    cluster.apply(&deployment("web").with(json!({ "spec": { "kubernetes": { "service": { "name": "front" } } } })));
    cluster.pass(5);
    cluster.pods.terminate(&pod("1"));
    cluster.pass(5);
    let leads = |discovery: &Discovery| discovery.slices().any(|slice| slice.to_string().contains("10.0.0.1"));
    assert!(leads(&cluster.discovery), "with nowhere to go it serves on");
    cluster.restart();
    let led_to = cluster.core.world.hosts_serving(&front, cluster.now().instant);
    assert!(led_to.contains("1"), "it was not heard yet, and its object says that it may be there");
    cluster.run();
    assert!(leads(&cluster.discovery));
    cluster.add_host("2");
    cluster.pass(40);
    assert_eq!((cluster.hosts["1"].running.len(), cluster.hosts["2"].running.len()), (0, 1));
}

#[test]
fn where_pods_may_not_be_watched_silence_counts_as_ever() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.pods.forbidden = true;
    cluster.restart();
    cluster.core.world.pod_news(SYSTEM, pods_forbidden());
    assert!(cluster.core.world.pods.are_known(), "there is nothing to wait for");
    cluster.apply(&deployment("web").replicas(4));
    cluster.pass(30);
    assert_eq!(cluster.running("web:1"), 4);
    vanishes(&mut cluster, "1");
    cluster.pass(60);
    assert_eq!(cluster.hosts["2"].running.len(), 4);
}
