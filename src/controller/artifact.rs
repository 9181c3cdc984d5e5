//! Artifact: the image that deployments use under the name of `artifact://NAME`.

use std::sync::Arc;

use serde_json::json;
use tokio::time::Instant;

use super::conditions::{Verdict, conditions, same};
use super::effect::{Decision, Now, status_patch, without_finalizer};
use super::objects::{Artifact, ObjectKey};
use super::world::World;
use crate::api::names::{annotation, condition, finalizer};
use crate::api::{HasConditions, Kind, LocalObjectReference};

/// The Secret with which an Artifact is looked up in its registry, if it is.
pub fn looked_up_with(artifact: &Artifact) -> Option<&str> {
    let secret = artifact.spec.image_pull_secret.as_ref().map(LocalObjectReference::name);
    secret.filter(|name| !name.is_empty() && artifact.annotation(annotation::RESOLVE).is_some())
}

/// An Artifact.
#[derive(Debug)]
pub struct Observed<'w> {
    /// The Artifact.
    pub artifact: &'w Arc<Artifact>,
}

/// Looks up what a decision needs.
pub fn observe<'w>(world: &'w World, key: &ObjectKey, _: Instant) -> Option<Observed<'w>> {
    if world.settings.disable_artifact_controller {
        return None;
    }
    world.artifacts.get(key).map(|artifact| Observed { artifact })
}

/// Decides what is next for an Artifact: URL, generation and conditions are written together, and the URL never blank.
pub fn decide(observed: &Observed<'_>, now: Now) -> Decision {
    let artifact = observed.artifact;
    if artifact.is_terminating() {
        // Upstream's operator puts it there; nothing here needs it, so it must not hold up a deletion.
        let effects = without_finalizer(Kind::Artifact, artifact, finalizer::ARTIFACT).into_iter().collect();
        return Decision { effects, ..Decision::default() };
    }
    let verdicts = condition::OF_ARTIFACT.map(Verdict::well);
    let next = conditions(artifact.conditions(), &verdicts, artifact.generation(), now.wall);
    let status = artifact.status.as_ref();
    let unchanged = same(artifact.conditions(), &next)
        && status.and_then(|status| status.artifact_url.as_deref()) == Some(&artifact.spec.image)
        && status.and_then(|status| status.observed_generation) == Some(artifact.generation());
    if unchanged || artifact.spec.image.is_empty() {
        return Decision::default();
    }
    let body = json!({
        "conditions": next,
        "artifactUrl": artifact.spec.image,
        "observedGeneration": artifact.generation(),
    });
    let effects = vec![status_patch(Kind::Artifact, artifact.key(), artifact.uid(), body)];
    Decision { effects, ..Decision::default() }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::controller::effect::Effect;

    fn now() -> Now {
        Now { instant: Instant::now(), wall: jiff::Timestamp::from_second(1_700_000_000).unwrap() }
    }

    fn artifact(value: Value) -> Arc<Artifact> {
        Arc::new(Artifact::read(serde_json::from_value(value).unwrap()).unwrap())
    }

    fn patches(artifact: &Arc<Artifact>) -> Vec<Value> {
        let effects = decide(&Observed { artifact }, now()).effects;
        effects
            .into_iter()
            .map(|effect| match effect {
                Effect::Patch { patch, .. } => patch,
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn the_image_is_published_with_its_generation_once() {
        let mut object = serde_json::json!({"apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Artifact",
            "metadata": {"namespace": "a", "name": "web", "uid": "u", "generation": 3}, "spec": {"image": "r/web:1"}});
        let patches_now = patches(&artifact(object.clone()));
        let status = &patches_now[0]["status"];
        assert_eq!((status["artifactUrl"].as_str(), status["observedGeneration"].as_i64()), (Some("r/web:1"), Some(3)));
        assert_eq!(status["conditions"].as_array().unwrap().len(), 3);
        object["status"] = status.clone();
        assert!(patches(&artifact(object.clone())).is_empty(), "said once");
        object["metadata"]["generation"] = json!(4);
        object["spec"]["image"] = json!("r/web:2");
        assert_eq!(patches(&artifact(object))[0]["status"]["artifactUrl"], "r/web:2");
    }

    #[test]
    fn upstreams_finalizer_does_not_hold_up_a_deletion() {
        let patches = patches(&artifact(serde_json::json!({
            "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Artifact", "spec": {"image": "r/web:1"},
            "metadata": {"namespace": "a", "name": "web", "uid": "u", "deletionTimestamp": "2026-11-23T06:48:29Z",
                "finalizers": ["runtime.wasmcloud.dev/artifact-finalizer", "other/one"]}})));
        assert_eq!(patches[0]["metadata"]["finalizers"], json!(["other/one"]));
    }
}
