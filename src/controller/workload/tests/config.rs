//! Configuration that is missing, comes, changes and goes.

use super::*;
use crate::controller::config::ConfigRef;
use crate::controller::fixtures::secret;

/// A deployment whose component reads the ConfigMap `settings` and the Secret `keys`, and is pulled with `pull`.
fn configured() -> Object {
    deployment("web").with(json!({ "spec": { "template": { "spec": { "components": [{
        "name": "http", "image": "r.io/web:1", "imagePullSecret": { "name": "pull" }, "localResources": { "environment": {
            "configFrom": [{ "name": "settings" }], "secretFrom": [{ "name": "keys" }] } } }] } } } }))
}

const PULL: &[(&str, &[u8])] = &[(".dockerconfigjson", br#"{"auths":{"r.io":{"username":"u","password":"p"}}}"#)];

fn configure_all(cluster: &mut Simulation) {
    cluster.configure(&config_map("settings"), &[("A", b"1")]);
    cluster.configure(&secret("keys"), &[("K", b"hunter2")]);
    cluster.configure(&secret("pull"), PULL);
}

/// A cluster in which that many replicas run.
fn running(replicas: i32) -> Simulation {
    let mut cluster = Simulation::with_hosts(2);
    configure_all(&mut cluster);
    cluster.apply(&configured().replicas(replicas));
    cluster.run();
    assert_eq!(cluster.running("r.io/web:1"), usize::try_from(replicas).unwrap());
    cluster.pass(2);
    cluster.done.clear();
    cluster.api.config.reads.clear();
    cluster
}

/// Sync of every Workload, which are all Ready.
fn syncs(cluster: &Simulation) -> std::collections::BTreeSet<(String, String)> {
    let sync = |workload: &&Value| {
        let name = workload["metadata"]["name"].as_str().unwrap();
        let condition = |type_| cluster.condition(Kind::Workload, name, type_);
        assert_eq!((condition("Ready").0.as_str(), condition("Ready").2.as_str()), ("True", ""));
        let (status, reason, message) = condition("Sync");
        assert_eq!(reason, "Available");
        (status, message)
    };
    cluster.all(Kind::Workload).iter().map(sync).collect()
}

fn says(message: &str) -> std::collections::BTreeSet<(String, String)> {
    [("True".to_owned(), message.to_owned())].into()
}

#[test]
fn changed_configuration_is_told_by_name_and_restarts_nothing() {
    let mut cluster = running(4);
    cluster.configure(&config_map("settings"), &[("A", b"2")]);
    cluster.run();
    assert_eq!(syncs(&cluster), says("ConfigDrift: changed since the start: ConfigMap \"settings\""));
    assert_eq!(cluster.status_patches(Kind::Workload).len(), 4, "one write for each");
    assert_eq!(cluster.api.config.reads, [(config_map("settings"), 1)].into(), "read once for all");
    cluster.configure(&secret("keys"), &[("K", b"hunter3")]);
    cluster.pass(3600);
    let both = "ConfigDrift: changed since the start: ConfigMap \"settings\", Secret \"keys\"";
    assert_eq!(syncs(&cluster), says(both));
    assert_eq!(cluster.status_patches(Kind::Workload).len(), 8);
    assert!(cluster.starts().is_empty() && cluster.deletions(Kind::Workload).is_empty());
}

#[test]
fn drift_ends_when_the_configuration_is_as_it_was() {
    let mut cluster = running(1);
    cluster.configure(&config_map("settings"), &[("A", b"2")]);
    cluster.run();
    cluster.configure(&config_map("settings"), &[("A", b"1")]);
    cluster.run();
    assert_eq!(syncs(&cluster), says(""));
    cluster.delete_config(&secret("keys"));
    cluster.run();
    assert_eq!(syncs(&cluster), says("ConfigDrift: changed since the start: Secret \"keys\" (deleted)"));
    cluster.configure(&secret("keys"), &[("K", b"hunter2")]);
    cluster.run();
    assert_eq!(syncs(&cluster), says(""));
}

#[test]
fn drift_ends_when_the_workload_is_started_anew() {
    let mut cluster = running(1);
    cluster.configure(&config_map("settings"), &[("A", b"2")]);
    cluster.pass(20);
    let id = cluster.only_workload()["metadata"]["uid"].as_str().unwrap().to_owned();
    let host = cluster.place_of(&id).unwrap().to_owned();
    cluster.host(&host).running.clear();
    cluster.pass(30);
    assert_eq!(cluster.starts().len(), 1);
    assert_eq!(syncs(&cluster), says(""));
}

#[test]
fn a_label_on_configuration_is_no_change_of_it() {
    let mut cluster = running(3);
    for config in [config_map("settings"), secret("keys"), secret("pull")] {
        cluster.label_config(&config);
        cluster.run();
    }
    assert_eq!(syncs(&cluster), says(""));
    assert!(cluster.status_patches(Kind::Workload).is_empty());
    assert!(cluster.api.config.reads.values().all(|reads| *reads == 1), "{:?}", cluster.api.config.reads);
}

#[test]
fn a_controller_that_did_not_start_it_claims_no_drift_and_forgets_none() {
    let mut cluster = running(1);
    cluster.restart();
    cluster.pass(30);
    cluster.configure(&config_map("settings"), &[("A", b"2")]);
    cluster.pass(3600);
    assert_eq!(syncs(&cluster), says(""));

    let mut cluster = running(1);
    cluster.configure(&config_map("settings"), &[("A", b"2")]);
    cluster.run();
    cluster.restart();
    cluster.pass(3600);
    assert_eq!(syncs(&cluster), says("ConfigDrift: changed since the start: ConfigMap \"settings\""));
    assert!(cluster.starts().is_empty());
}

#[test]
fn what_a_watch_missed_while_it_was_down_is_found_by_its_list() {
    let mut cluster = running(1);
    cluster.lose_config_watch();
    cluster.delete_config(&secret("keys"));
    cluster.configure(&config_map("settings"), &[("A", b"2")]);
    cluster.regain_config_watch();
    cluster.run();
    let message = "ConfigDrift: changed since the start: ConfigMap \"settings\", Secret \"keys\" (deleted)";
    assert_eq!(syncs(&cluster), says(message));
}

#[test]
fn every_problem_is_named_with_its_key_and_over_the_moment_it_is_mended() {
    type Values = &'static [(&'static str, &'static [u8])];
    let other_registry: Values = &[(".dockerconfigjson", br#"{"auths":{"q.io":{"username":"u","password":"p"}}}"#)];
    let no_secret: Values = &[("password", b"hunter2")];
    let cases: [(ConfigRef, Option<Values>, &str, &[&str]); 6] = [
        (config_map("settings"), None, "ConfigMapNotFound", &["ConfigMap \"settings\" not found"]),
        (secret("keys"), None, "SecretNotFound", &["Secret \"keys\" not found"]),
        (secret("keys"), Some(&[("OK", b"1"), ("BAD", b"\xff")]), "SecretKeyNotUtf8", &["\"BAD\"", "\"keys\""]),
        (secret("pull"), None, "SecretNotFound", &["Secret \"pull\" not found"]),
        (secret("pull"), Some(no_secret), "PullSecretInvalid", &["\"pull\"", ".dockerconfigjson"]),
        (secret("pull"), Some(other_registry), "PullSecretHasNoRegistry", &["\"pull\"", "r.io/web:1"]),
    ];
    for (config, values, reason, names) in cases {
        let mut cluster = Simulation::with_hosts(1);
        configure_all(&mut cluster);
        cluster.delete_config(&config);
        if let Some(values) = values {
            cluster.configure(&config, values);
        }
        cluster.apply(&configured());
        cluster.pass(200);
        let name = cluster.only_workload()["metadata"]["name"].as_str().unwrap().to_owned();
        let (status, why, message) = cluster.condition(Kind::Workload, &name, "Config");
        assert_eq!((status.as_str(), why.as_str()), ("False", reason));
        assert!(names.iter().all(|name| message.contains(name)), "{message}");
        for (kind, name) in [(Kind::Workload, name.as_str()), (Kind::WorkloadDeployment, "web")] {
            let ready = cluster.condition(kind, name, "Ready");
            assert_eq!((ready.1.as_str(), ready.2.contains(&message)), (reason, true), "{ready:?}");
        }
        configure_all(&mut cluster);
        cluster.run();
        assert_eq!(cluster.running("r.io/web:1"), 1, "{reason}: at once, back-off or not");
    }
}

#[test]
fn what_appears_while_a_start_fails_for_want_of_it_is_not_overlooked() {
    for tries_before in [0, 100] {
        let mut cluster = Simulation::with_hosts(1);
        configure_all(&mut cluster);
        cluster.delete_config(&config_map("settings"));
        cluster.apply(&configured());
        if tries_before > 0 {
            cluster.pass(tries_before);
            assert!(cluster.starts().len() > 3);
        }
        cluster.configure_meanwhile(&config_map("settings"), &[("A", b"1")]);
        let before = cluster.now().instant;
        cluster.until(|cluster| cluster.running("r.io/web:1") == 1);
        let due = if tries_before == 0 { 0 } else { 64 };
        assert!((cluster.now().instant - before).as_secs() <= due, "no wait after the start that it overtook");
        let starts = cluster.starts().len();
        cluster.pass(600);
        assert_eq!(cluster.starts().len(), starts);
    }
}

#[test]
fn configuration_that_comes_and_goes_is_followed() {
    let mut cluster = Simulation::with_hosts(1);
    configure_all(&mut cluster);
    cluster.apply(&configured());
    cluster.run();
    cluster.delete_config(&secret("keys"));
    cluster.run();
    assert_eq!(cluster.running("r.io/web:1"), 1, "what runs goes on");
    cluster.edit(Kind::WorkloadDeployment, "web", json!({ "spec": { "replicas": 2 } }));
    cluster.pass(100);
    assert_eq!(cluster.running("r.io/web:1"), 1);
    cluster.configure(&secret("keys"), &[("K", b"new")]);
    cluster.run();
    assert_eq!(cluster.running("r.io/web:1"), 2);
}

#[test]
fn what_may_not_be_read_is_said_in_the_api_servers_words_and_read_once_it_may() {
    let mut cluster = Simulation::with_hosts(1);
    configure_all(&mut cluster);
    cluster.api.config.forbidden.insert(secret("keys"));
    cluster.apply(&configured());
    cluster.pass(100);
    let name = cluster.only_workload()["metadata"]["name"].as_str().unwrap().to_owned();
    let (status, reason, message) = cluster.condition(Kind::Workload, &name, "Config");
    assert_eq!((status.as_str(), reason.as_str()), ("False", "ConfigForbidden"));
    assert!(message.contains("not allowed to read Secret \"keys\"") && message.contains("cannot get resource"));
    cluster.allow_config(&secret("keys"));
    cluster.run();
    assert_eq!(cluster.running("r.io/web:1"), 1);
}

#[test]
fn a_start_that_failed_on_its_host_is_tried_again_when_its_pull_secret_changes() {
    let mut cluster = Simulation::with_hosts(1);
    configure_all(&mut cluster);
    cluster.host("1").answers.extend(std::iter::repeat_n(Answer::Fails("401 Unauthorized".into()), 8));
    cluster.apply(&configured());
    cluster.pass(100);
    let before = cluster.starts().len();
    cluster.host("1").answers.clear();
    cluster.configure(&secret("pull"), &[(".dockerconfigjson", br#"{"auths":{"r.io":{"auth":"dTpw"}}}"#)]);
    cluster.run();
    assert_eq!((cluster.starts().len(), cluster.running("r.io/web:1")), (before + 1, 1));
}

#[test]
fn nothing_is_kept_of_what_nobody_names() {
    let mut cluster = Simulation::with_hosts(1);
    for number in 0..50 {
        cluster.configure(&config_map(&format!("other-{number}")), &[("A", b"1")]);
    }
    cluster.run();
    assert_eq!(cluster.core.world.configs_kept(), 0);
    configure_all(&mut cluster);
    cluster.apply(&configured());
    cluster.run();
    assert_eq!(cluster.core.world.configs_kept(), 3);
    cluster.delete(Kind::WorkloadDeployment, "web");
    cluster.pass(60);
    assert!(cluster.all(Kind::Workload).is_empty());
    assert_eq!(cluster.core.world.configs_kept(), 0);
}
