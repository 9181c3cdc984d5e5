//! `config-rollout`: changed configuration is rolled out, and nothing else is restarted.

use super::*;
use crate::controller::config::ConfigRef;
use crate::controller::fixtures::{Object, config_map, secret};

const HASH: &str = "runtime.wasmcloud.dev/config-hash";

/// A deployment whose component reads the ConfigMap `settings` and the Secret `keys`, and is pulled with `pull`.
fn configured() -> Object {
    deployment("web").replicas(3).with(json!({ "spec": { "template": { "spec": { "components": [{
        "name": "http", "image": "r.io/web:1", "imagePullSecret": { "name": "pull" }, "localResources": { "environment": {
            "configFrom": [{ "name": "settings" }], "secretFrom": [{ "name": "keys" }] } } }] } } } }))
}

fn rolled() -> Object {
    configured().setting("config-rollout", "true")
}

fn everything() -> [(ConfigRef, &'static [u8]); 3] {
    [(config_map("settings"), b"1"), (secret("keys"), b"hunter2"), (secret("pull"), b"x")]
}

fn put(cluster: &mut Simulation, config: &ConfigRef, value: &[u8]) {
    match config.key().name.as_str() {
        "pull" => {
            let auth = format!(r#"{{"auths":{{"r.io":{{"username":"u","password":"{}"}}}}}}"#, value[0]);
            cluster.configure(config, &[(".dockerconfigjson", auth.as_bytes())]);
        }
        _ => cluster.configure(config, &[("A", value)]),
    }
}

/// A cluster in which the deployment runs.
fn running(object: &Object) -> Simulation {
    let mut cluster = Simulation::with_hosts(2);
    everything().iter().for_each(|(config, value)| put(&mut cluster, config, value));
    cluster.apply(object);
    cluster.pass(5);
    assert_eq!(cluster.running("r.io/web:1"), 3);
    forget(&mut cluster);
    cluster
}

fn forget(cluster: &mut Simulation) {
    cluster.done.clear();
    cluster.moments.clear();
}

/// Sizes of replica sets in the order of their revisions.
fn sizes(cluster: &Simulation) -> Vec<i64> {
    let mut sets: Vec<_> = cluster
        .all(Kind::WorkloadReplicaSet)
        .into_iter()
        .map(|set| {
            let revision = set["metadata"]["annotations"]["runtime.wasmcloud.dev/revision"].as_str().unwrap();
            (revision.parse::<u32>().unwrap(), set["spec"]["replicas"].as_i64().unwrap())
        })
        .collect();
    sets.sort_unstable();
    sets.into_iter().map(|(_, size)| size).collect()
}

#[test]
fn a_change_of_any_of_it_is_rolled_with_enough_replicas_all_the_time() {
    let mut cluster = running(&rolled());
    for (number, (config, _)) in everything().into_iter().enumerate() {
        forget(&mut cluster);
        put(&mut cluster, &config, b"9");
        cluster.pass(5);
        assert_eq!(sizes(&cluster).len(), number + 2, "{config}");
        assert_eq!(sizes(&cluster).last(), Some(&3));
        assert_eq!(cluster.starts().len(), 3);
        assert!(fewest(&cluster) >= 3);
        assert_eq!(ready(&cluster), "True");
    }
}

#[test]
fn its_hash_stands_in_the_template_of_the_replica_set_and_in_no_deployment() {
    let mut cluster = running(&rolled());
    put(&mut cluster, &secret("keys"), b"9");
    cluster.pass(5);
    let hash = |set: &Value| set["spec"]["template"]["annotations"][HASH].as_str().unwrap().to_owned();
    let hashes: std::collections::BTreeSet<_> = cluster.all(Kind::WorkloadReplicaSet).into_iter().map(hash).collect();
    assert_eq!(hashes.len(), 2);
    assert!(cluster.get(Kind::WorkloadDeployment, "web")["spec"]["template"].get("annotations").is_none());
}

#[test]
fn without_it_nothing_rolls() {
    let mut cluster = running(&configured());
    put(&mut cluster, &secret("keys"), b"9");
    cluster.pass(60);
    assert_eq!(sizes(&cluster), [3]);
    assert!(cluster.starts().is_empty());
}

#[test]
fn a_label_rolls_nothing_before_and_after_a_restart() {
    let mut cluster = running(&rolled());
    for _ in 0..2 {
        for (config, _) in everything() {
            cluster.label_config(&config);
            cluster.pass(5);
        }
        cluster.restart();
        cluster.pass(60);
    }
    assert_eq!(sizes(&cluster), [3]);
    assert!(cluster.starts().is_empty());
    put(&mut cluster, &config_map("settings"), b"2");
    cluster.pass(5);
    assert_eq!(sizes(&cluster), [0, 3], "a change is told from all that");
}

#[test]
fn what_changed_while_no_controller_was_there_is_rolled_when_one_is() {
    let mut cluster = running(&rolled());
    cluster.lose_config_watch();
    put(&mut cluster, &secret("keys"), b"9");
    cluster.pass(5);
    assert_eq!(sizes(&cluster), [3]);
    cluster.regain_config_watch();
    cluster.restart();
    cluster.pass(60);
    assert_eq!(sizes(&cluster), [0, 3]);
    assert_eq!(cluster.starts().len(), 3);
}

#[test]
fn turning_it_on_and_off_restarts_nothing() {
    let mut cluster = running(&configured());
    for value in [json!("true"), json!("false"), json!("true"), json!(null), json!("true")] {
        let patch = json!({ "metadata": { "annotations": { "runtime.wasmcloud.dev/config-rollout": value } } });
        cluster.edit(Kind::WorkloadDeployment, "web", patch);
        cluster.pass(10);
    }
    assert_eq!(sizes(&cluster), [3]);
    cluster.restart();
    cluster.pass(60);
    assert!(cluster.starts().is_empty());
    put(&mut cluster, &secret("keys"), b"9");
    cluster.pass(5);
    assert_eq!(sizes(&cluster), [0, 3], "and from then on changes roll");
    let off = json!({ "metadata": { "annotations": { "runtime.wasmcloud.dev/config-rollout": null } } });
    cluster.edit(Kind::WorkloadDeployment, "web", off);
    cluster.pass(10);
    assert_eq!((sizes(&cluster), cluster.starts().len()), (vec![0, 3], 3), "the newest stays the newest");
}

#[test]
fn turning_it_on_rolls_what_is_known_to_run_with_old_configuration() {
    let mut cluster = running(&configured());
    put(&mut cluster, &secret("keys"), b"9");
    cluster.pass(5);
    let on = json!({ "metadata": { "annotations": { "runtime.wasmcloud.dev/config-rollout": "true" } } });
    cluster.edit(Kind::WorkloadDeployment, "web", on);
    cluster.pass(10);
    assert_eq!(sizes(&cluster), [0, 3]);
    let drifts = |workload: &Value| workload["status"].to_string().contains("ConfigDrift");
    assert!(!cluster.all(Kind::Workload).into_iter().any(drifts));
}

#[test]
fn what_is_missing_is_no_change_and_what_comes_back_changed_is() {
    let mut cluster = running(&rolled());
    cluster.delete_config(&secret("keys"));
    cluster.pass(60);
    assert_eq!(sizes(&cluster), [3], "nothing could be started with it");
    put(&mut cluster, &secret("keys"), b"hunter2");
    cluster.pass(5);
    assert_eq!(sizes(&cluster), [3], "the same values");
    cluster.delete_config(&secret("keys"));
    cluster.pass(5);
    put(&mut cluster, &secret("keys"), b"9");
    cluster.pass(5);
    assert_eq!(sizes(&cluster), [0, 3]);
}

#[test]
fn a_deployment_whose_configuration_comes_later_begins_with_it() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.apply(&rolled());
    cluster.pass(30);
    assert_eq!(cluster.condition(Kind::WorkloadDeployment, "web", "Ready").1, "ConfigMapNotFound");
    everything().iter().for_each(|(config, value)| put(&mut cluster, config, value));
    cluster.pass(5);
    assert_eq!((sizes(&cluster), cluster.running("r.io/web:1")), (vec![3], 3));
    put(&mut cluster, &secret("keys"), b"9");
    cluster.pass(5);
    assert_eq!(sizes(&cluster), [0, 3]);
}

#[test]
fn what_cannot_be_read_holds_up_nothing_else() {
    let mut cluster = running(&rolled());
    cluster.api.config.forbidden.insert(secret("keys"));
    cluster.label_config(&secret("keys"));
    cluster.edit(Kind::WorkloadDeployment, "web", json!({ "spec": { "replicas": 1 } }));
    cluster.pass(60);
    assert_eq!(sizes(&cluster), [1]);
    assert!(cluster.api.config.reads[&secret("keys")] < 30, "{:?}", cluster.api.config.reads);
}

#[test]
fn going_back_to_an_old_template_takes_the_configuration_of_now() {
    let mut cluster = running(&rolled());
    put(&mut cluster, &secret("keys"), b"9");
    cluster.pass(5);
    let old = cluster.all(Kind::WorkloadReplicaSet).into_iter().find(|set| set["spec"]["replicas"] == 0).unwrap();
    let template = old["spec"]["template"].clone();
    cluster.edit(Kind::WorkloadDeployment, "web", json!({ "spec": { "template": template } }));
    cluster.pass(30);
    assert_eq!(sizes(&cluster), [0, 3], "the same template: its old hash is not the user's wish");
    assert_eq!(cluster.starts().len(), 3);
}

#[test]
fn configuration_that_changes_back_before_it_is_rolled_out_reuses_its_replica_set() {
    let mut cluster = running(&rolled());
    put(&mut cluster, &secret("keys"), b"9");
    cluster.pass(5);
    put(&mut cluster, &secret("keys"), b"hunter2");
    cluster.pass(5);
    assert_eq!(sizes(&cluster), [0, 3], "revision 1 has become revision 3");
    assert_eq!(cluster.all(Kind::WorkloadReplicaSet).len(), 2);
}

#[test]
fn one_read_serves_all_and_writes_are_few() {
    let mut cluster = running(&rolled());
    cluster.api.config.reads.clear();
    cluster.label_config(&secret("keys"));
    cluster.pass(5);
    assert_eq!(cluster.api.config.reads, [(secret("keys"), 1)].into());
    let writes = cluster.done.iter().filter(|effect| matches!(effect, Effect::Patch { .. } | Effect::Create { .. }));
    assert_eq!(writes.count(), 1, "the new version, on the replica set");
}
