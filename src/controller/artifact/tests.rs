//! Artifacts: what is published, and when.

mod resolve;

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
    let effects = decide(&Observed { artifact, memory: Memory::default() }, now()).effects;
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
