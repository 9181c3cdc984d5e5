//! An Artifact's pull secret: given to Workloads, and to no template.

use serde_json::{Value, json};

use crate::controller::artifact;
use crate::controller::objects::{Deployment, ReplicaSet, Workload};
use crate::controller::world::World;
use crate::registry::untagged;

/// The pull secrets of the Artifacts that a deployment lists.
#[derive(Debug, Default)]
pub struct PullSecrets(Vec<Given>);

/// What one Artifact gives.
#[derive(Debug)]
struct Given {
    images: Vec<String>,
    secret: String,
}

impl PullSecrets {
    /// Those of the Artifacts that the deployment lists.
    pub(super) fn of(world: &World, deployment: &Deployment) -> Self {
        let listed = deployment.spec.artifacts.iter();
        let artifacts = listed.filter_map(|listed| world.artifact(deployment.namespace(), listed.artifact_from.name()));
        let given = artifacts.filter_map(|artifact| {
            let published = artifact.status.as_ref().and_then(|status| status.artifact_url.clone());
            let images = published.into_iter().chain([artifact.spec.image.clone()]).collect();
            Some(Given { images, secret: artifact::pull_secret(artifact)?.to_owned() })
        });
        Self(given.collect())
    }

    /// The secret for an image: that of the Artifact it came from, which may have moved on within its repository.
    fn secret_for(&self, image: &str) -> Option<&str> {
        let exact = |given: &&Given| given.images.iter().any(|other| other == image);
        let repository = |given: &&Given| given.images.iter().any(|other| untagged(other) == untagged(image));
        let given = self.0.iter().find(exact).or_else(|| self.0.iter().find(repository))?;
        Some(&given.secret)
    }

    /// Writes them into a Workload's spec, where a component or service names none itself.
    pub(super) fn give(&self, spec: &mut Value) {
        if self.0.is_empty() {
            return;
        }
        let components = spec.get_mut("components").and_then(Value::as_array_mut);
        components.into_iter().flatten().for_each(|component| self.give_to(component));
        if let Some(service) = spec.get_mut("service") {
            self.give_to(service);
        }
    }

    fn give_to(&self, part: &mut Value) {
        let own = part.get("imagePullSecret").and_then(|secret| secret.get("name")).and_then(Value::as_str);
        if own.is_some_and(|name| !name.is_empty()) {
            return;
        }
        let Some(secret) = part.get("image").and_then(Value::as_str).and_then(|image| self.secret_for(image)) else {
            return;
        };
        part["imagePullSecret"] = json!({ "name": secret });
    }
}

/// The components and the service of a Workload with the pull secrets that it would be made with now, if those are others
/// than it has: a merge patch of its spec.
pub fn outdated(world: &World, workload: &Workload) -> Option<Value> {
    let set = world.owner_of(workload)?;
    let given = PullSecrets::of(world, &*world.deployment_of(&set)?);
    let mut spec = made_from(&set)?;
    given.give(&mut spec);
    let wanted = serde_json::from_value::<crate::api::WorkloadSpec>(spec.clone()).ok()?;
    let same_images = wanted.images().eq(workload.spec.images());
    if !same_images || secrets(&wanted).eq(secrets(&workload.spec)) {
        return None;
    }
    Some(json!({ "components": spec.get("components"), "service": spec.get("service") }))
}

fn made_from(set: &ReplicaSet) -> Option<Value> {
    set.spec.template.get("spec").cloned()
}

fn secrets(spec: &crate::api::WorkloadSpec) -> impl Iterator<Item = &str> {
    let components = spec.components().iter().map(|component| component.image_pull_secret.as_ref());
    let all = components.chain(spec.service.iter().map(|service| service.image_pull_secret.as_ref()));
    all.map(|secret| secret.map(crate::api::LocalObjectReference::name).unwrap_or_default())
}
