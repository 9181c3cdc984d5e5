//! Where a Workload goes, and what it waits for.

use super::*;
use crate::controller::settings::Settings;

#[test]
fn without_a_host_that_fits_it_says_why_and_wakes_when_one_comes() {
    let mut cluster = Simulation::with_hosts(0);
    cluster.apply(&deployment("web").with(json!({ "spec": { "template": { "spec": {
        "hostSelector": { "gpu": "yes" }
    } } } })));
    cluster.run();
    cluster.add_host("1");
    cluster.pass(2);
    let (status, reason, text) = {
        let ready = cluster.only_workload()["status"].clone();
        let wrong = ready["conditions"][1].clone();
        (wrong["status"].clone(), wrong["reason"].clone(), wrong["message"].as_str().unwrap().to_owned())
    };
    assert_eq!((status, reason), (json!("False"), json!("NoEligibleHost")));
    assert_eq!(text, "0/1 hosts fit: 1 does not match hostSelector gpu=yes");
    let (_, reason, message) = cluster.condition(Kind::WorkloadDeployment, "web", "Ready");
    assert_eq!(reason, "NoEligibleHost");
    assert!(message.contains(&text), "{message}");
    let mut capable = heartbeat("2");
    capable.labels.insert("gpu".into(), "yes".into());
    cluster.add_host("2");
    cluster.host("2").beat = capable;
    cluster.beat("2");
    cluster.run();
    assert_eq!(cluster.host("2").running.len(), 1);
}

#[test]
fn the_number_of_hosts_it_says_does_not_stay_wrong() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&workload("w").with(json!({ "spec": { "hostSelector": { "gpu": "yes" } } })));
    cluster.pass(1);
    cluster.add_host("2");
    cluster.pass(6);
    cluster.add_host("3");
    cluster.pass(6);
    let (_, _, words) = cluster.condition(Kind::Workload, "w", "HostSelection");
    assert_eq!(words, "0/3 hosts fit: 3 do not match hostSelector gpu=yes");
    cluster.host("3").link = Link::Gone;
    cluster.pass(90);
    let (_, _, words) = cluster.condition(Kind::Workload, "w", "HostSelection");
    assert_eq!(words, "0/3 hosts fit: 2 do not match hostSelector gpu=yes, 1 not ready");
}

#[test]
fn tenancy_is_not_got_round_by_a_host_id_nor_by_an_annotation() {
    let mut settings = Settings::default();
    settings.policy.allow_shared_hosts = false;
    let mut cluster = Simulation::with_settings(1, settings);
    cluster.host("1").beat.environment = "of-others".into();
    cluster.beat("1");
    let asks = |name: &str, spec: Value| workload(name).with(json!({ "spec": spec }));
    cluster.apply(&asks("by-id", json!({ "hostId": "1" })));
    let both = asks("by-annotation", json!({ "environment": "of-others" }));
    cluster.apply(&both.annotated(annotation::ASSIGNED_HOST, "1"));
    cluster.pass(60);
    assert!(cluster.starts().is_empty());
    for name in ["by-id", "by-annotation"] {
        let (status, reason, _) = cluster.condition(Kind::Workload, name, "HostSelection");
        assert_eq!((status.as_str(), reason.as_str()), ("False", "CrossEnvironmentSchedulingDenied"), "{name}");
    }
}

#[test]
fn with_no_host_at_all_it_says_so() {
    let world = world_of(&[workload("w")], Instant::now());
    let decision = decided(&world, now());
    assert!(decision.unplaced);
    let text = message(&written(&decision.effects).unwrap(), "HostSelection");
    assert_eq!(text, "0/0 hosts fit: no host has reported yet");
    assert_eq!(decision.next, None, "it wakes when a host comes, not by a timer");
}

#[test]
fn a_cordoned_host_takes_nothing_until_it_is_uncordoned() {
    let mut cluster = Simulation::with_hosts(1);
    let cordon =
        |value: Value| json!({ "metadata": { "annotations": { "runtime.wasmcloud.dev/unschedulable": value } } });
    cluster.edit(Kind::Host, "host-1", cordon(json!("true")));
    cluster.apply(&deployment("web"));
    cluster.pass(60);
    assert!(cluster.running_images().is_empty());
    cluster.edit(Kind::Host, "host-1", cordon(Value::Null));
    cluster.run();
    assert_eq!(cluster.running("web:1"), 1);
}

#[test]
fn the_choice_is_on_record_before_the_start_and_honoured_after_a_restart() {
    let (world, now) = world(&[workload("w")]);
    let decision = decided(&world, now);
    assert_eq!(kinds(&decision), ["patch", "start"]);
    let Effect::Patch { patch, .. } = &decision.effects[0] else { panic!() };
    assert_eq!(patch["metadata"]["annotations"][annotation::ASSIGNED_HOST], "1");
    assert_eq!(patch["metadata"]["resourceVersion"], "1", "nobody else's choice is overwritten");
    assert_eq!(decision.room, Room::Take("1".into()));

    let (mut world, now) = self::world(&[workload("w").annotated(annotation::ASSIGNED_HOST, "2")]);
    world.heartbeat(heartbeat("2"), now.instant);
    let decision = decided(&world, now);
    assert_eq!(kinds(&decision), ["start"]);
    assert!(matches!(&decision.effects[0], Effect::Start { host, .. } if host == "2"));
}

/// One that said a minute ago that no host fits.
fn unplaced_before(now: Now) -> Object {
    let world = world_of(&[workload("w")], now.instant);
    let before = Now { wall: now.wall.checked_sub(Duration::from_secs(60)).unwrap(), ..now };
    workload("w").status(written(&decided(&world, before).effects).unwrap())
}

/// When a condition of a written status came to be as it is.
fn since(status: &Value, type_: &str) -> Value {
    let all = status["conditions"].as_array().unwrap();
    all.iter().find(|condition| condition["type"] == type_).unwrap()["lastTransitionTime"].clone()
}

#[test]
fn one_that_said_that_no_host_fits_says_that_one_does_before_that_has_answered() {
    let (world, now) = world(&[unplaced_before(now())]);
    let decision = decided(&world, now);
    assert_eq!(kinds(&decision), ["patch", "status", "start"]);
    let said = written(&decision.effects).unwrap();
    assert_eq!(
        words(&said),
        "Config=True HostSelection=True Placement=Unknown(Assigned) Sync=Unknown(Pending) Ready=Unknown(Assigned)"
    );
    assert_eq!((&said["hostId"], &said["workloadId"]), (&Value::Null, &Value::Null), "it is not known to be there");
    assert_eq!(since(&said, "Sync"), Value::Null, "upstream's operator deletes it after a minute by that");

    let later = Now { wall: now.wall.checked_add(Duration::from_secs(30)).unwrap(), ..now };
    let runs = written(&answered(&decision, status(WorkloadState::Running, ""), later).effects).unwrap();
    assert_eq!(words(&runs), "Config=True HostSelection=True Placement=True Sync=True Ready=True");
    assert_eq!(since(&runs, "HostSelection"), json!(now.wall), "a host was found when it was, not when it answered");
    assert_eq!(since(&runs, "Placement"), json!(later.wall));
    let fails = written(&answered(&decision, status(WorkloadState::Error, PULL_ERROR), later).effects).unwrap();
    assert!(words(&fails).contains("HostSelection=True Placement=False(StartFailed)"), "{fails}");
}

#[test]
fn one_that_said_that_no_host_fits_and_is_in_line_for_one_says_so_once() {
    let (mut world, now) = world(&[unplaced_before(now())]);
    for other in 0..world.settings.max_starts_per_host {
        world.starts.answer(&ObjectKey::new(NAMESPACE, &other.to_string()), &Room::Take("1".into()));
    }
    let decision = decided(&world, now);
    assert_eq!((kinds(&decision), &decision.room), (vec!["status"], &Room::Await("1".into())));
    let said = written(&decision.effects).unwrap();
    assert!(words(&said).contains("HostSelection=True Placement=Unknown(Assigned)"), "{said}");
    assert_eq!(message(&said, "Placement"), "a host was found, which has not started it yet");

    world.apply(Kind::Workload, dynamic(&workload("w").version(2).status(said).value())).unwrap();
    assert!(kinds(&decided(&world, now)).is_empty());
    world.starts.end("1", &ObjectKey::new(NAMESPACE, "0"));
    assert_eq!(kinds(&decided(&world, now)), ["patch", "start"], "the answer is the next that is written");
}

#[test]
fn waiting_for_a_host_costs_one_write_more_and_finding_one_at_once_none() {
    let writes = |mut cluster: Simulation| {
        cluster.apply(&deployment("web").replicas(3));
        cluster.pass(1);
        cluster.add_host("9");
        cluster.pass(30);
        assert_eq!(cluster.running("web:1"), 3);
        cluster.status_patches(Kind::Workload).len()
    };
    assert_eq!(writes(Simulation::with_hosts(1)), 3);
    assert_eq!(writes(Simulation::with_hosts(0)), 9, "no host, given to one, runs");
}

#[test]
fn the_hosts_id_in_the_status_outranks_the_one_assigned() {
    let object = workload("w").annotated(annotation::ASSIGNED_HOST, "2").on("1", false);
    let (mut world, now) = world(&[object]);
    world.heartbeat(heartbeat("2"), now.instant);
    let decision = decided(&world, now);
    assert!(matches!(&decision.effects[..], [Effect::Ask { host, .. }] if host == "1"), "{decision:?}");
}

#[test]
fn a_host_id_without_a_workload_id_means_that_host_is_asked_first() {
    let object = workload("w").status(json!({ "hostId": "1" }));
    let (world, now) = world(&[object]);
    assert_eq!(kinds(&decided(&world, now)), ["ask"]);
}

#[test]
fn a_finalizer_that_is_missing_is_put_on_first() {
    let (world, now) = world(&[workload("w").with(json!({ "metadata": { "finalizers": ["other/one"] } }))]);
    let decision = decided(&world, now);
    let Effect::Patch { patch, .. } = &decision.effects[0] else { panic!() };
    assert_eq!(patch["metadata"]["finalizers"], json!(["other/one", finalizer::WORKLOAD]));
    assert_eq!(kinds(&decision), ["patch"]);
}

#[test]
fn after_three_failures_on_a_host_another_is_preferred() {
    let mut cluster = Simulation::with_hosts(2);
    let fails = Answer::Fails(PULL_ERROR.into());
    for id in ["1", "2"] {
        cluster.host(id).answers.extend(std::iter::repeat_n(fails.clone(), 3));
    }
    cluster.apply(&deployment("web"));
    cluster.pass(200);
    let hosts: Vec<_> = cluster
        .done
        .iter()
        .filter_map(|effect| match effect {
            Effect::Start { host, .. } => Some(host.as_str()),
            _ => None,
        })
        .collect();
    let (first, second) = (hosts[0], hosts[3]);
    assert_ne!(first, second);
    assert_eq!(hosts[..6], [first, first, first, second, second, second]);
    assert_eq!(cluster.running("web:1"), 1);
}

#[test]
fn starts_in_flight_are_limited_and_the_line_moves_on() {
    let settings = Settings { max_starts_per_host: 2, ..Settings::default() };
    let mut cluster = Simulation::with_settings(1, settings).in_disorder(3);
    cluster.apply(&deployment("web").replicas(12));
    let mut most = 0;
    while cluster.step() {
        most = most.max(cluster.core.world.starts.on("1"));
    }
    assert_eq!(most, 2);
    assert_eq!(cluster.running("web:1"), 12);
}

#[test]
fn one_in_line_that_is_not_wanted_any_more_lets_the_next_one_go() {
    let mut starts = Starts::new(1);
    let key = |name: &str| ObjectKey::new(NAMESPACE, name);
    assert_eq!(starts.answer(&key("a"), &Room::Take("h".into())), None);
    assert_eq!(starts.answer(&key("b"), &Room::Await("h".into())), None);
    assert_eq!(starts.answer(&key("c"), &Room::Await("h".into())), None);
    assert_eq!(starts.end("h", &key("a")), Some(key("b")));
    assert_eq!(starts.answer(&key("b"), &Room::None), Some(key("c")), "b was deleted meanwhile");
    assert_eq!(starts.answer(&key("c"), &Room::Take("h".into())), None);
    assert_eq!(starts.end("h", &key("c")), None);
}

#[test]
fn while_the_bus_is_down_new_ones_wait_and_start_once_hosts_are_heard_again() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.lose_bus();
    cluster.pass(300);
    cluster.apply(&deployment("web").replicas(2));
    cluster.pass(60);
    assert!(cluster.running_images().is_empty());
    cluster.regain_bus();
    cluster.pass(40);
    assert_eq!(cluster.running("web:1"), 2);
    assert_eq!(cluster.condition(Kind::WorkloadDeployment, "web", "Ready").0, "True");
}

#[test]
fn a_hiccup_of_the_only_host_is_forgotten_with_its_next_report() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.host("1").link = Link::Gone;
    cluster.apply(&deployment("web"));
    cluster.until(|cluster| !cluster.starts().is_empty());
    cluster.host("1").link = Link::Up;
    cluster.pass(30);
    assert_eq!(cluster.running("web:1"), 1);
}

#[test]
fn hosts_of_other_environments_than_the_managed_ones_take_nothing() {
    let settings = Settings { host_namespaces: ["ours".to_owned()].into(), ..Settings::default() };
    let mut cluster = Simulation::with_settings(1, settings);
    assert!(cluster.all(Kind::Host).is_empty(), "nor do they have an object");
    cluster.apply(&deployment("web"));
    cluster.pass(30);
    assert!(cluster.running_images().is_empty());
    cluster.add_host("2");
    cluster.host("2").beat.environment = "ours".into();
    cluster.beat("2");
    cluster.run();
    assert_eq!(cluster.host("2").running.len(), 1);
    assert_eq!(cluster.all(Kind::Host).len(), 1);
}

#[test]
fn what_configuration_is_missing_is_awaited_and_started_the_moment_it_appears() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&deployment("web").with(json!({ "spec": { "template": { "spec": { "components": [
        { "name": "http", "image": "web:1", "localResources": { "environment": { "configFrom": [{ "name": "settings" }] } } }
    ] } } } })));
    cluster.pass(400);
    let ready = cluster.condition(Kind::WorkloadDeployment, "web", "Ready");
    assert_eq!((ready.0.as_str(), ready.1.as_str()), ("False", "ConfigMapNotFound"));
    assert!(ready.2.contains("settings"));
    cluster.configure(&config_map("settings"), &[]);
    cluster.run();
    assert_eq!(cluster.running("web:1"), 1);
}
