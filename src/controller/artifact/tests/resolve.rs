//! `resolve: digest` in a cluster in memory.

use super::*;
use crate::controller::fixtures::{Object, Simulation, artifact, deployment, secret};

fn digest(number: u8) -> String {
    format!("sha256:{}", format!("{number:02x}").repeat(32))
}

fn pinned(number: u8) -> String {
    format!("r.io:5000/a/web@{}", digest(number))
}

fn resolved() -> Object {
    artifact("image", "r.io:5000/a/web:1").setting("resolve", "digest")
}

fn user() -> Object {
    deployment("web").replicas(2).image("artifact://web").with(json!({ "spec": {
        "artifacts": [{ "name": "web", "artifactFrom": { "name": "image" } }]
    } }))
}

/// A cluster in which the tag stands for the first digest, and a deployment runs it.
fn running() -> Simulation {
    let mut cluster = Simulation::with_hosts(2);
    cluster.api.registry.digests.insert("r.io:5000/a/web:1".into(), digest(1));
    cluster.apply(&resolved());
    cluster.apply(&user());
    cluster.pass(2);
    assert_eq!(cluster.running(&pinned(1)), 2);
    cluster.done.clear();
    cluster.api.registry.asked = 0;
    cluster
}

fn url(cluster: &Simulation) -> String {
    cluster.get(Kind::Artifact, "image")["status"]["artifactUrl"].as_str().unwrap_or_default().to_owned()
}

fn condition(cluster: &Simulation, type_: &str) -> (String, String, String) {
    cluster.condition(Kind::Artifact, "image", type_)
}

#[test]
fn the_tag_is_pinned_with_its_generation_and_asked_for_every_five_minutes() {
    let mut cluster = running();
    assert_eq!(url(&cluster), pinned(1));
    assert_eq!(cluster.get(Kind::Artifact, "image")["status"]["observedGeneration"], 1);
    for type_ in ["Sync", "Published", "Ready"] {
        assert_eq!(condition(&cluster, type_).0, "True", "{type_}");
    }
    cluster.pass(3000);
    assert!((10..=12).contains(&cluster.api.registry.asked), "{}", cluster.api.registry.asked);
    assert!(cluster.status_patches(Kind::Artifact).is_empty(), "nothing new, nothing written");
}

#[test]
fn a_moved_tag_rolls_the_deployments_that_use_it() {
    let mut cluster = running();
    cluster.api.registry.digests.insert("r.io:5000/a/web:1".into(), digest(2));
    cluster.pass(301);
    assert_eq!((cluster.running(&pinned(1)), cluster.running(&pinned(2))), (0, 2));
    assert_eq!(url(&cluster), pinned(2));
}

#[test]
fn the_interval_is_the_users() {
    let mut cluster = running();
    let every = |text: &str| json!({ "metadata": { "annotations": { "runtime.wasmcloud.dev/poll-interval": text } } });
    cluster.edit(Kind::Artifact, "image", every("10s"));
    cluster.pass(100);
    assert!((9..=11).contains(&cluster.api.registry.asked), "{}", cluster.api.registry.asked);
    for text in ["9s", "often", "-1m", ""] {
        cluster.edit(Kind::Artifact, "image", every(text));
        cluster.pass(1);
        let (status, reason, message) = condition(&cluster, "Sync");
        assert_eq!((status.as_str(), reason.as_str()), ("False", "InvalidSetting"));
        assert!(message.contains("poll-interval") && message.contains(&format!("`{text}`")), "{message}");
        assert_eq!((condition(&cluster, "Published").0.as_str(), url(&cluster)), ("True", pinned(1)));
    }
    cluster.edit(Kind::Artifact, "image", every("1h"));
    cluster.pass(1);
    assert_eq!(condition(&cluster, "Ready").0, "True");
}

#[test]
fn a_registry_in_trouble_is_quoted_and_what_is_published_stays() {
    let mut cluster = running();
    cluster.api.registry.trouble = Some("503 down for the night".into());
    cluster.pass(3600);
    let (status, reason, message) = condition(&cluster, "Sync");
    assert_eq!((status.as_str(), reason.as_str()), ("False", "ResolveFailed"));
    assert_eq!(message, "cannot look up r.io:5000/a/web:1: 503 down for the night");
    assert_eq!(condition(&cluster, "Published").0, "True");
    assert_eq!(condition(&cluster, "Ready").1, "ResolveFailed");
    assert_eq!(url(&cluster), pinned(1));
    assert!((15..=30).contains(&cluster.api.registry.asked), "it backs off: {}", cluster.api.registry.asked);
    assert_eq!(cluster.status_patches(Kind::Artifact).len(), 1);
    assert_eq!(cluster.running(&pinned(1)), 2);
    assert_eq!(cluster.condition(Kind::WorkloadDeployment, "web", "Ready").0, "True");
    cluster.api.registry.trouble = None;
    cluster.pass(301);
    assert_eq!(condition(&cluster, "Ready").0, "True");
}

#[test]
fn an_image_that_is_not_there_leaves_the_old_url_and_the_deployment_says_why() {
    let mut cluster = running();
    cluster.edit(Kind::Artifact, "image", json!({ "spec": { "image": "r.io:5000/a/web:2" } }));
    cluster.pass(100);
    let artifact = cluster.get(Kind::Artifact, "image");
    assert_eq!(artifact["status"]["observedGeneration"], 1, "the URL's, with which it was written");
    assert_eq!((url(&cluster), condition(&cluster, "Published").0), (pinned(1), "False".to_owned()));
    let (_, reason, message) = cluster.condition(Kind::WorkloadDeployment, "web", "Ready");
    assert_eq!(reason, "ArtifactNotPublished");
    assert!(message.contains("\"image\"") && message.contains("manifest unknown"), "{message}");
    assert_eq!(cluster.running(&pinned(1)), 2, "what runs goes on");
    let asked = cluster.api.registry.asked;
    cluster.api.registry.digests.insert("r.io:5000/a/web:3".into(), digest(3));
    cluster.edit(Kind::Artifact, "image", json!({ "spec": { "image": "r.io:5000/a/web:3" } }));
    cluster.run();
    assert_eq!((cluster.api.registry.asked, url(&cluster)), (asked + 1, pinned(3)), "another image does not wait");
    cluster.pass(5);
    assert_eq!(cluster.running(&pinned(3)), 2);
}

#[test]
fn the_pull_secret_is_used_and_awaited() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.api.registry.user = Some("u".into());
    cluster.api.registry.digests.insert("r.io:5000/a/web:1".into(), digest(1));
    cluster.apply(&resolved().with(json!({ "spec": { "imagePullSecret": { "name": "pull" } } })));
    cluster.pass(200);
    assert_eq!(condition(&cluster, "Published").1, "SecretNotFound");
    assert_eq!(cluster.api.registry.asked, 0);
    cluster.configure(&secret("pull"), &[(".dockerconfigjson", br#"{"auths":{"q.io":{"auth":"dTpw"}}}"#)]);
    cluster.run();
    assert_eq!(condition(&cluster, "Published").1, "PullSecretHasNoRegistry");
    cluster.configure(&secret("pull"), &[(".dockerconfigjson", br#"{"auths":{"r.io:5000":{"auth":"dTpw"}}}"#)]);
    cluster.run();
    assert_eq!(url(&cluster), pinned(1), "the moment it is right");
}

#[test]
fn a_controller_that_begins_looks_at_once() {
    let mut cluster = running();
    cluster.api.registry.digests.insert("r.io:5000/a/web:1".into(), digest(2));
    cluster.restart();
    cluster.pass(30);
    assert_eq!(cluster.running(&pinned(2)), 2);
}

#[test]
fn without_the_annotation_or_with_a_digest_nobody_is_asked() {
    let mut cluster = Simulation::with_hosts(1);
    cluster.apply(&artifact("plain", "r.io:5000/a/web:1"));
    cluster.apply(&artifact("image", &pinned(7)).setting("resolve", "digest"));
    cluster.pass(1000);
    assert_eq!(cluster.api.registry.asked, 0);
    assert_eq!(url(&cluster), pinned(7));
    assert_eq!(cluster.get(Kind::Artifact, "plain")["status"]["artifactUrl"], "r.io:5000/a/web:1");
}

#[test]
fn turned_on_it_goes_on_with_the_tag_until_the_digest_is_known_and_off_it_goes_back() {
    let mut cluster = Simulation::with_hosts(2);
    cluster.apply(&artifact("image", "r.io:5000/a/web:1"));
    cluster.apply(&user());
    cluster.pass(2);
    let resolve = |value: Value| json!({ "metadata": { "annotations": { "runtime.wasmcloud.dev/resolve": value } } });
    cluster.edit(Kind::Artifact, "image", resolve(json!("digest")));
    cluster.pass(10);
    assert_eq!(
        (condition(&cluster, "Published").0.as_str(), condition(&cluster, "Sync").0.as_str()),
        ("True", "False")
    );
    assert_eq!(cluster.running("r.io:5000/a/web:1"), 2);
    cluster.api.registry.digests.insert("r.io:5000/a/web:1".into(), digest(1));
    cluster.pass(60);
    assert_eq!(cluster.running(&pinned(1)), 2);
    cluster.edit(Kind::Artifact, "image", resolve(json!("tag")));
    cluster.pass(1);
    assert_eq!(condition(&cluster, "Sync").1, "InvalidSetting");
    cluster.edit(Kind::Artifact, "image", resolve(Value::Null));
    cluster.pass(10);
    assert_eq!(cluster.running("r.io:5000/a/web:1"), 2);
}
