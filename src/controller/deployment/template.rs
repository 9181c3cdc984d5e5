//! The template a deployment asks for, artifacts resolved, and which replica set has it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Observed, configuration};
use crate::api::names::{annotation, condition, reason};
use crate::api::{HasConditions, artifact_name, same_template_spec};
use crate::controller::artifact;
use crate::controller::objects::{Artifact, DeploymentSpec, ReplicaSet};
use crate::controller::replica_set::is_ours;

/// Why a template cannot be resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unresolved {
    pub(super) reason: &'static str,
    pub(super) message: String,
    /// It was resolved before and will be so again in a moment: nothing to alarm anyone with.
    pub(super) passing: bool,
}

/// The deployment's template with `artifact://NAME` replaced by the Artifact's URL verbatim and `spec.kubernetes` copied
/// in; nothing else, for upstream's operator compares it. `elsewhere` is whether someone else publishes Artifacts.
pub(super) fn resolve(
    spec: &DeploymentSpec,
    artifacts: &[(&str, &std::sync::Arc<Artifact>)],
    elsewhere: bool,
) -> Result<Value, Unresolved> {
    let mut template = spec.template.clone();
    if !template.is_object() {
        template = json!({});
    }
    if !template["spec"].is_object() {
        template["spec"] = json!({});
    }
    if let Some(annotations) = template.get_mut("annotations").and_then(Value::as_object_mut) {
        // It came with the template of an old replica set, and is about that one.
        annotations.remove(annotation::CONFIG_HASH);
    }
    let inner = &mut template["spec"];
    let components = inner.get_mut("components").and_then(Value::as_array_mut).into_iter().flatten();
    for component in components {
        resolve_image(component, spec, artifacts, elsewhere)?;
    }
    if let Some(service) = inner.get_mut("service").filter(|service| service.is_object()) {
        resolve_image(service, spec, artifacts, elsewhere)?;
    }
    if let Some(kubernetes) = spec.kubernetes.as_ref().filter(|kubernetes| !kubernetes.is_null()) {
        inner["kubernetes"] = kubernetes.clone();
    }
    Ok(template)
}

fn resolve_image(
    part: &mut Value,
    spec: &DeploymentSpec,
    artifacts: &[(&str, &std::sync::Arc<Artifact>)],
    elsewhere: bool,
) -> Result<(), Unresolved> {
    let Some(name) = part.get("image").and_then(Value::as_str).and_then(artifact_name) else { return Ok(()) };
    let missing = |message: String| Unresolved { reason: reason::ARTIFACT_NOT_FOUND, message, passing: false };
    let listed = spec.artifacts.iter().find(|listed| listed.name == name);
    let listed = listed
        .ok_or_else(|| missing(format!("image \"artifact://{name}\" is not among spec.artifacts of the deployment")))?;
    let from = listed.artifact_from.name();
    let found = artifacts.iter().find(|(listed, _)| *listed == name);
    let (_, artifact) = found.ok_or_else(|| missing(format!("Artifact \"{from}\" not found")))?;
    let url = artifact::url(artifact).ok_or_else(|| unpublished(from, artifact, elsewhere))?;
    part["image"] = json!(url);
    Ok(())
}

/// What an Artifact is waited for that has no URL for the spec it has now.
fn unpublished(name: &str, artifact: &Artifact, elsewhere: bool) -> Unresolved {
    let published =
        artifact.condition(condition::PUBLISHED).filter(|_| !artifact.is_condition_true(condition::PUBLISHED));
    let refused = published.filter(|condition| condition.observed_generation == Some(artifact.generation()));
    let status = artifact.status.as_ref();
    let had_url = status.is_some_and(|status| status.artifact_url.is_some());
    let why = match (
        refused.and_then(|condition| condition.message.as_deref()),
        status.and_then(|s| s.observed_generation),
    ) {
        (Some(message), _) => format!(": {message}"),
        (None, Some(before)) if elsewhere => format!(
            ": its status is about generation {before}, its spec is generation {}, and Artifacts are left to another \
             controller (--disable-artifact-controller)",
            artifact.generation()
        ),
        (None, None) if elsewhere => {
            ": Artifacts are left to another controller (--disable-artifact-controller)".to_owned()
        }
        (None, _) => String::new(),
    };
    Unresolved {
        reason: "ArtifactNotPublished",
        message: format!("Artifact \"{name}\" is not published yet{why}"),
        passing: had_url && refused.is_none() && !elsewhere,
    }
}

/// The name of the replica set that has the template. Of several, made by an operator that was killed in between, the one
/// the status names counts, then the oldest.
pub(super) fn newest<'o>(observed: &'o Observed<'_>, template: &Value) -> Option<&'o str> {
    let status = observed.deployment.status.as_ref();
    let named = status.and_then(|status| status.current_replica_set.as_ref()).map(|reference| reference.name());
    let all = || observed.sets.iter().map(|(set, _)| *set);
    let first = all().filter(|set| Some(set.name()) == named);
    let mut in_order = first.chain(all().filter(|set| Some(set.name()) != named));
    let configuration = observed.configuration.as_ref();
    let fits =
        |set: &&std::sync::Arc<ReplicaSet>| has_template(set, template) && configuration::agrees(configuration, set);
    in_order.find(fits).map(|set| set.name())
}

/// Compares templates, never hashes. A replica set of upstream's operator counts by its spec alone: there labels and
/// annotations never followed the deployment's, so those it has are the baseline.
fn has_template(set: &ReplicaSet, template: &Value) -> bool {
    let there = &set.spec.template;
    let texts_agree = || ["labels", "annotations"].iter().all(|field| texts(there, field) == texts(template, field));
    (!is_ours(set) || texts_agree()) && same_template_spec(&there["spec"], &template["spec"])
}

fn texts<'t>(template: &'t Value, field: &str) -> BTreeMap<&'t str, &'t Value> {
    let map = template.get(field).and_then(Value::as_object);
    let ours = |name: &&String| *name != annotation::CONFIG_HASH;
    let map = map.into_iter().flatten().filter(|(name, _)| ours(name));
    map.map(|(name, value)| (name.as_str(), value)).collect()
}
