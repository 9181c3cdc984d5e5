//! Artifact: the image that deployments use under the name of `artifact://NAME`.

mod resolve;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::json;
use tokio::time::Instant;

pub use resolve::{LookupError, Pending, settle};

use super::conditions::{Verdict, conditions, same};
use super::effect::{Decision, Effect, Now, status_patch, without_finalizer};
use super::memory::Memory;
use super::objects::{Artifact, ObjectKey};
use super::world::World;
use crate::api::names::{annotation, condition, finalizer};
use crate::api::{HasConditions, Kind, LocalObjectReference};
use resolve::Resolution;

/// The Secret with which an Artifact is looked up in its registry, if it is.
pub fn looked_up_with(artifact: &Artifact) -> Option<&str> {
    pull_secret(artifact).filter(|_| artifact.annotation(annotation::RESOLVE).is_some())
}

/// The Secret with access to an Artifact's image.
pub fn pull_secret(artifact: &Artifact) -> Option<&str> {
    let secret = artifact.spec.image_pull_secret.as_ref().map(LocalObjectReference::name);
    secret.filter(|name| !name.is_empty())
}

/// The URL of an Artifact, once it is published for the spec it has now.
pub fn url(artifact: &Artifact) -> Option<&str> {
    let status = artifact.status.as_ref()?;
    let current = status.observed_generation.is_none_or(|observed| observed == artifact.generation());
    let published = artifact.is_condition_true(condition::PUBLISHED);
    status.artifact_url.as_deref().filter(|url| current && published && !url.is_empty())
}

/// An Artifact.
#[derive(Debug)]
pub struct Observed<'w> {
    /// The Artifact.
    pub artifact: &'w Arc<Artifact>,
    /// What is remembered of it.
    pub memory: Memory,
}

/// Looks up what a decision needs.
pub fn observe<'w>(world: &'w World, key: &ObjectKey, _: Instant) -> Option<Observed<'w>> {
    if world.settings.disable_artifact_controller {
        return None;
    }
    let artifact = world.artifacts.get(key)?;
    Some(Observed { artifact, memory: world.memory_of(artifact.uid()) })
}

/// Decides what is next for an Artifact: URL, generation and conditions are written together, and the URL never blank.
pub fn decide(observed: &Observed<'_>, now: Now) -> Decision {
    let artifact = observed.artifact;
    if artifact.is_terminating() {
        // Upstream's operator puts it there; nothing here needs it, so it must not hold up a deletion.
        let effects = without_finalizer(Kind::Artifact, artifact, finalizer::ARTIFACT).into_iter().collect();
        return Decision { effects, ..Decision::default() };
    }
    if artifact.spec.image.is_empty() {
        return Decision::default();
    }
    let effects = match Resolution::of(artifact) {
        Ok(Resolution::AsItIs) => publish(artifact, &artifact.spec.image, now),
        Ok(Resolution::Digest { every }) => return resolve::decide(observed, every, now),
        Err(why) => withhold(artifact, "InvalidSetting", &why, now),
    };
    Decision { effects: effects.into_iter().collect(), ..Decision::default() }
}

/// The write that makes a URL the Artifact's; none if it is so already.
fn publish(artifact: &Artifact, url: &str, now: Now) -> Option<Effect> {
    let verdicts = condition::OF_ARTIFACT.map(Verdict::well);
    let next = conditions(artifact.conditions(), &verdicts, artifact.generation(), now.wall);
    let status = artifact.status.as_ref();
    let unchanged = same(artifact.conditions(), &next)
        && status.and_then(|status| status.artifact_url.as_deref()) == Some(url)
        && status.and_then(|status| status.observed_generation) == Some(artifact.generation());
    if unchanged {
        return None;
    }
    let body = json!({ "conditions": next, "artifactUrl": url, "observedGeneration": artifact.generation() });
    Some(status_patch(Kind::Artifact, artifact.key(), artifact.uid(), body))
}

/// The write that tells what is wrong; none if it is told already. A URL that is good for the spec of now stays published,
/// and any other stays where it is.
fn withhold(artifact: &Artifact, reason: &str, message: &str, now: Now) -> Option<Effect> {
    let wrong = Verdict::wrong(condition::SYNC, reason, message);
    let published = match url(artifact) {
        Some(_) => Verdict::well(condition::PUBLISHED),
        None => Verdict { type_: condition::PUBLISHED, ..wrong.clone() },
    };
    let verdicts = [wrong.clone(), published, wrong.as_ready()];
    let next = conditions(artifact.conditions(), &verdicts, artifact.generation(), now.wall);
    if same(artifact.conditions(), &next) {
        return None;
    }
    Some(status_patch(Kind::Artifact, artifact.key(), artifact.uid(), json!({ "conditions": next })))
}
