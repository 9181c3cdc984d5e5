//! `artifact://NAME`.

use super::*;
use crate::controller::fixtures::Object;

fn with_artifact() -> Object {
    deployment("web").replicas(2).image("artifact://web").with(json!({ "spec": {
        "artifacts": [{ "name": "web", "artifactFrom": { "name": "web-image" } }]
    } }))
}

#[test]
fn a_missing_artifact_is_named_and_awaited() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.apply(&with_artifact());
    cluster.run();
    for type_ in ["Artifact", "Ready"] {
        let (status, reason, message) = cluster.condition(Kind::WorkloadDeployment, "web", type_);
        assert_eq!((status.as_str(), reason.as_str()), ("False", "ArtifactNotFound"), "{type_}");
        assert!(message.contains("\"web-image\""), "{message}");
    }
    assert!(cluster.all(Kind::WorkloadReplicaSet).is_empty());
    cluster.apply(&artifact("web-image", "registry.example/web@sha256:00"));
    cluster.run();
    assert_eq!(cluster.running("registry.example/web@sha256:00"), 2, "its URL verbatim, at once");
    assert_eq!(ready(&cluster), "True");
}

#[test]
fn an_image_that_names_no_listed_artifact_says_so() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&deployment("web").image("artifact://other"));
    cluster.run();
    let (_, reason, message) = cluster.condition(Kind::WorkloadDeployment, "web", "Artifact");
    assert_eq!(reason, "ArtifactNotFound");
    assert!(message.contains("artifact://other") && message.contains("spec.artifacts"), "{message}");
}

#[test]
fn an_artifact_that_someone_else_has_not_published_is_awaited() {
    let settings = crate::controller::settings::Settings { disable_artifact_controller: true, ..Default::default() };
    let mut cluster = Simulation::with_settings(1, settings);
    cluster.apply(&with_artifact());
    cluster.apply(&artifact("web-image", "web:7"));
    cluster.pass(5);
    assert_eq!(cluster.condition(Kind::WorkloadDeployment, "web", "Artifact").1, "ArtifactNotPublished");
    assert!(cluster.running_images().is_empty());
    let published = json!({ "status": { "artifactUrl": "web@sha256:77", "observedGeneration": 1, "conditions": [
        { "type": "Published", "status": "True", "reason": "Available", "lastTransitionTime": "2026-01-01T00:00:00Z" }
    ] } });
    cluster.api.patch(Kind::Artifact, &ObjectKey::new("apps", "web-image"), &published, true).unwrap();
    cluster.run();
    assert_eq!(cluster.running("web@sha256:77"), 2);
}

#[test]
fn a_changed_artifact_rolls_its_deployments_at_once() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.apply(&artifact("web-image", "web:1"));
    cluster.apply(&with_artifact());
    cluster.run();
    assert_eq!(cluster.running("web:1"), 2);
    cluster.moments.clear();
    cluster.done.clear();
    cluster.edit(Kind::Artifact, "web-image", json!({ "spec": { "image": "web:2" } }));
    cluster.run();
    assert_eq!((cluster.running("web:1"), cluster.running("web:2")), (0, 2));
    let alarms = cluster
        .status_patches(Kind::WorkloadDeployment)
        .iter()
        .filter(|s| s.to_string().contains("NotPublished"))
        .count();
    assert_eq!(alarms, 0, "that it takes a moment alarms nobody");
    assert!(fewest(&cluster) >= 2);
    assert_eq!(cluster.sizes(), [("web:1".into(), 0), ("web:2".into(), 2)].into());
}

#[test]
fn a_service_in_the_template_gets_its_artifact_too() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&artifact("web-image", "web:1"));
    cluster.apply(&with_artifact().with(json!({ "spec": { "template": { "spec": {
        "service": { "image": "artifact://web" }
    } } } })));
    cluster.run();
    let spec = cluster.all(Kind::Workload)[0]["spec"].clone();
    assert_eq!(spec["service"]["image"], "web:1");
    assert_eq!(spec["components"][0]["image"], "web:1");
}

#[test]
fn while_an_artifact_is_gone_what_runs_goes_on() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.apply(&artifact("web-image", "web:1"));
    cluster.apply(&with_artifact());
    cluster.run();
    cluster.delete(Kind::Artifact, "web-image");
    cluster.pass(60);
    assert_eq!(cluster.running("web:1"), 2);
    assert_eq!(cluster.condition(Kind::WorkloadDeployment, "web", "Ready").1, "ArtifactNotFound");
}

#[test]
fn an_artifact_that_comes_back_restarts_nothing() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.apply(&artifact("web-image", "web:1"));
    cluster.apply(&with_artifact());
    cluster.run();
    cluster.delete(Kind::Artifact, "web-image");
    cluster.pass(60);
    cluster.done.clear();
    cluster.apply(&artifact("web-image", "web:1"));
    cluster.pass(5);
    assert_eq!(ready(&cluster), "True");
    assert!(cluster.starts().is_empty());
    cluster.delete(Kind::Artifact, "web-image");
    cluster.pass(5);
    cluster.apply(&artifact("web-image", "web:2"));
    cluster.pass(5);
    assert_eq!(cluster.running("web:2"), 2);
}

#[test]
fn an_outdated_artifact_that_someone_else_publishes_is_named_with_what_is_awaited() {
    let settings = crate::controller::settings::Settings { disable_artifact_controller: true, ..Default::default() };
    let mut cluster = Simulation::with_settings(1, settings);
    cluster.apply(&artifact("web-image", "web:1"));
    cluster.apply(&with_artifact());
    cluster.run();
    let (_, reason, message) = cluster.condition(Kind::WorkloadDeployment, "web", "Artifact");
    assert_eq!(reason, "ArtifactNotPublished");
    assert!(message.contains("\"web-image\"") && message.contains("--disable-artifact-controller"), "{message}");
    let published = |url: &str, generation: u32| {
        json!({ "status": { "artifactUrl": url, "observedGeneration": generation, "conditions": [
            { "type": "Published", "status": "True", "reason": "Available", "lastTransitionTime": "2026-01-01T00:00:00Z" }
        ] } })
    };
    let key = ObjectKey::new("apps", "web-image");
    cluster.api.patch(Kind::Artifact, &key, &published("web:1", 1), true).unwrap();
    cluster.pass(5);
    assert_eq!(ready(&cluster), "True");
    cluster.edit(Kind::Artifact, "web-image", json!({ "spec": { "image": "web:2" } }));
    cluster.pass(600);
    let (_, _, message) = cluster.condition(Kind::WorkloadDeployment, "web", "Ready");
    assert!(message.contains("generation 1") && message.contains("generation 2"), "{message}");
    cluster.api.patch(Kind::Artifact, &key, &published("web:2", 2), true).unwrap();
    cluster.pass(5);
    assert_eq!((ready(&cluster).as_str(), cluster.running("web:2")), ("True", 2));
}

fn pulled_with(secret: &str) -> Value {
    json!({ "spec": { "imagePullSecret": { "name": secret } } })
}

fn give(cluster: &mut Simulation, name: &str) {
    let values: &[(&str, &[u8])] = &[(".dockerconfigjson", br#"{"auths":{"r.io":{"auth":"dTpw"}}}"#)];
    cluster.configure(&crate::controller::fixtures::secret(name), values);
}

fn pull_secrets(cluster: &Simulation) -> std::collections::BTreeSet<String> {
    let of = |workload: &&Value| workload["spec"]["components"][0]["imagePullSecret"]["name"].to_string();
    cluster.all(Kind::Workload).iter().map(of).collect()
}

#[test]
fn the_artifacts_pull_secret_is_in_the_workload_and_in_no_template() {
    let mut cluster = Simulation::with_hosts(2);
    give(&mut cluster, "one");
    cluster.apply(&artifact("web-image", "r.io/web:1").with(pulled_with("one")));
    cluster.apply(&with_artifact().with(json!({ "spec": { "template": { "spec": {
        "service": { "image": "artifact://web" }
    } } } })));
    cluster.run();
    assert_eq!(cluster.running("r.io/web:1"), 2);
    assert_eq!(pull_secrets(&cluster), ["\"one\"".to_owned()].into());
    assert_eq!(cluster.all(Kind::Workload)[0]["spec"]["service"]["imagePullSecret"]["name"], "one");
    let set = cluster.all(Kind::WorkloadReplicaSet)[0];
    assert!(!set.to_string().contains("imagePullSecret"));
    let hash = crate::api::template_hash_of_value(&set["spec"]["template"]["spec"]).unwrap();
    let generation =
        &cluster.all(Kind::Workload)[0]["metadata"]["annotations"][annotation::WORKLOAD_REPLICA_SET_GENERATION];
    assert_eq!(generation, &json!(hash), "upstream compares it with the template's");
}

#[test]
fn a_component_with_a_pull_secret_of_its_own_keeps_it() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.apply(&artifact("web-image", "r.io/web:1").with(pulled_with("one")));
    let own = json!([{ "name": "http", "image": "artifact://web", "imagePullSecret": { "name": "own" } }]);
    cluster.apply(&with_artifact().with(json!({ "spec": { "template": { "spec": { "components": own } } } })));
    cluster.run();
    assert_eq!(pull_secrets(&cluster), ["\"own\"".to_owned()].into());
}

#[test]
fn an_image_from_elsewhere_gets_no_artifacts_pull_secret() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.apply(&artifact("web-image", "r.io/web:1").with(pulled_with("one")));
    cluster.apply(&with_artifact().image("r.io/other:1"));
    cluster.run();
    assert_eq!(cluster.running("r.io/other:1"), 2);
    assert_eq!(pull_secrets(&cluster), ["null".to_owned()].into());
}

#[test]
fn another_pull_secret_rolls_nothing_and_is_for_the_next_workload_and_those_that_fail() {
    let mut cluster = Simulation::with_hosts(2);
    ["one", "two", "three"].iter().for_each(|name| give(&mut cluster, name));
    cluster.apply(&artifact("web-image", "r.io/web:1").with(pulled_with("one")));
    cluster.apply(&with_artifact());
    cluster.run();
    cluster.done.clear();
    cluster.edit(Kind::Artifact, "web-image", pulled_with("two"));
    cluster.pass(30);
    assert!(cluster.starts().is_empty());
    assert_eq!(pull_secrets(&cluster), ["\"one\"".to_owned()].into());
    for host in ["1", "2"] {
        let failing = std::iter::repeat_n(crate::controller::fixtures::Answer::Fails("401 Unauthorized".into()), 20);
        cluster.host(host).answers.extend(failing);
    }
    cluster.edit(Kind::WorkloadDeployment, "web", json!({ "spec": { "replicas": 3 } }));
    cluster.pass(60);
    assert_eq!(pull_secrets(&cluster), ["\"one\"".to_owned(), "\"two\"".to_owned()].into());
    ["1", "2"].iter().for_each(|host| cluster.host(host).answers.clear());
    cluster.edit(Kind::Artifact, "web-image", pulled_with("three"));
    cluster.run();
    assert_eq!(pull_secrets(&cluster), ["\"one\"".to_owned(), "\"three\"".to_owned()].into());
    assert_eq!(cluster.running("r.io/web:1"), 3, "without waiting for the back-off");
    assert_eq!(cluster.all(Kind::WorkloadReplicaSet).len(), 1);
}
