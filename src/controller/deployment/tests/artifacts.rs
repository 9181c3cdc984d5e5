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
