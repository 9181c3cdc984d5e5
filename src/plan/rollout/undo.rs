//! Rolling back: the template of an old revision, made the deployment's own again.

use serde_json::{Value, json};

use super::history::{Revision, known};
use super::parts::{self, annotate, name_of};
use super::pause::is_paused;
use crate::api::names::annotation::{CHANGE_CAUSE, CONFIG_HASH, LAST_APPLIED_CONFIGURATION};
use crate::api::names::field_manager;
use crate::api::{artifact_name, same_template_spec};
use crate::error::Error;
use crate::plan::change::Change;

/// What rolling back means for a deployment.
#[derive(Clone, Debug, PartialEq)]
pub struct RollBack {
    /// What becomes of the deployment.
    pub change: Change,
    /// What the deployment has and will not have any more, or not for long: a line each.
    pub remarks: Vec<String>,
}

/// The revision to go back to: the one of that number, or, for 0, the one before the newest.
///
/// # Errors
/// In kubectl's words, when there is none.
pub fn target<'r>(deployment: &Value, revisions: &'r [Revision], number: i64) -> Result<&'r Revision, Error> {
    let (found, message) = match number {
        0 => {
            let previous = revisions.len().checked_sub(2).and_then(|at| revisions.get(at));
            (previous, format!("no rollout history found for deployment \"{}\"", name_of(deployment)))
        }
        number => {
            let found = revisions.iter().find(|revision| revision.number == Some(number));
            (found, format!("unable to find specified revision {number} in history"))
        }
    };
    found.ok_or_else(|| Error::Declined { message, help: Some(known(revisions)) })
}

/// Makes the revision's template the deployment's. Of its annotations only the change-cause follows: all others are about
/// the deployment as it is now.
///
/// # Errors
/// In kubectl's words, when the deployment is paused.
pub fn roll_back(deployment: &Value, revision: &Revision) -> Result<RollBack, Error> {
    if is_paused(deployment) {
        let message = "you cannot rollback a paused deployment; resume it first with 'kubectl wasmcloud rollout resume' and \
                       try again";
        return Err(Error::Declined { message: message.to_owned(), help: None });
    }
    let live = deployment.pointer("/spec/template").cloned().unwrap_or_default();
    let template = own_template(deployment, revision);
    if is_same(&live, &template, revision) {
        let why = format!("skipped rollback (current template already matches {})", revision.title());
        return Ok(RollBack { change: Change::Not(why), remarks: configuration_only(revision) });
    }
    let mut after = deployment.clone();
    if !after["spec"].is_object() {
        after["spec"] = json!({});
    }
    after["spec"]["template"] = template.clone();
    annotate(&mut after["metadata"], CHANGE_CAUSE, revision.cause());
    let mut remarks = unfollowed(deployment, &live, &template);
    remarks.extend(another_service(deployment, revision));
    remarks.extend(applied_by(deployment));
    Ok(RollBack { change: Change::To(after), remarks })
}

/// The template as the deployment is to have it: without what the controller copied into the replica set's.
fn own_template(deployment: &Value, revision: &Revision) -> Value {
    let mut template = revision.template().clone();
    annotate(&mut template, CONFIG_HASH, None);
    let nothing_left = |map: &Value| map.as_object().is_some_and(serde_json::Map::is_empty);
    if template.get("annotations").is_some_and(nothing_left)
        && let Some(template) = template.as_object_mut()
    {
        template.remove("annotations");
    }
    if kubernetes(deployment.get("spec")).is_some()
        && let Some(spec) = template.get_mut("spec").and_then(Value::as_object_mut)
    {
        spec.remove("kubernetes");
    }
    template
}

/// Where Kubernetes reaches the Workloads, if that is said.
fn kubernetes(spec: Option<&Value>) -> Option<&Value> {
    spec?.get("kubernetes").filter(|kubernetes| !kubernetes.is_null())
}

/// Whether the deployment's template is the revision's already. An image that an artifact stands for is the current
/// revision's.
fn is_same(live: &Value, template: &Value, revision: &Revision) -> bool {
    let mut live = live.clone();
    annotate(&mut live, CONFIG_HASH, None);
    if revision.current {
        for (path, _) in artifacts_in(&live) {
            let resolved = template.pointer(&path).cloned();
            if let (Some(image), Some(resolved)) = (live.pointer_mut(&path), resolved) {
                *image = resolved;
            }
        }
    }
    let texts = |template: &Value, field: &str| template.get(field).cloned().filter(|map| *map != json!({}));
    // Upstream's replica sets never followed labels and annotations.
    let texts_agree = revision.number.is_none()
        || ["labels", "annotations"].into_iter().all(|field| texts(&live, field) == texts(template, field));
    let spec = |template: &Value| {
        let mut spec = template.get("spec").cloned().unwrap_or_else(|| json!({}));
        if kubernetes(template.get("spec")).is_none()
            && let Some(spec) = spec.as_object_mut()
        {
            spec.remove("kubernetes");
        }
        spec
    };
    texts_agree && same_template_spec(&spec(&live), &spec(template))
}

/// A revision that differs by the configuration it was made for has no template of its own to go back to.
fn configuration_only(revision: &Revision) -> Vec<String> {
    let marked = parts::annotation(revision.template(), CONFIG_HASH).is_some() && !revision.current;
    let remark = format!(
        "{} differs in its ConfigMaps and Secrets only; put their former values back to roll back to it",
        revision.title()
    );
    marked.then_some(remark).into_iter().collect()
}

/// The places in a template whose image is an artifact, and the names it has there.
fn artifacts_in(template: &Value) -> Vec<(String, String)> {
    let components = template.pointer("/spec/components").and_then(Value::as_array).map_or(0, Vec::len);
    let of_components = (0..components).map(|index| format!("/spec/components/{index}/image"));
    let all = of_components.chain(["/spec/service/image".to_owned()]);
    all.filter_map(|path| {
        let name = artifact_name(template.pointer(&path)?.as_str()?)?.to_owned();
        Some((path, name))
    })
    .collect()
}

/// The Artifacts that the deployment follows now and will not follow any more.
fn unfollowed(deployment: &Value, live: &Value, template: &Value) -> Vec<String> {
    let kept: Vec<_> = artifacts_in(template).into_iter().map(|(_, name)| name).collect();
    let mut names: Vec<_> = artifacts_in(live).into_iter().map(|(_, name)| name).collect();
    names.sort();
    names.dedup();
    names.retain(|name| !kept.contains(name));
    let listed = deployment.pointer("/spec/artifacts").and_then(Value::as_array);
    let object = |name: &str| {
        let entry = listed?.iter().find(|entry| entry.get("name").and_then(Value::as_str) == Some(name))?;
        entry.pointer("/artifactFrom/name").and_then(Value::as_str)
    };
    let remark = |name: &String| {
        let artifact = object(name).unwrap_or(name);
        format!(
            "Artifact \"{artifact}\" is no longer followed: the revision's own image takes the place of artifact://{name}, \
             which has to be set again to follow it"
        )
    };
    names.iter().map(remark).collect()
}

/// A revision that was reached through another Service than the deployment names now.
fn another_service(deployment: &Value, revision: &Revision) -> Option<String> {
    let now = kubernetes(deployment.get("spec"))?;
    let then = kubernetes(revision.template().get("spec"));
    (then != Some(now)).then(|| {
        format!("spec.kubernetes stays as it is: it is the deployment's, and was another one in {}", revision.title())
    })
}

/// Who applies the template from elsewhere, and will put it back.
fn applied_by(deployment: &Value) -> Vec<String> {
    let entries = deployment.pointer("/metadata/managedFields").and_then(Value::as_array);
    let owner = |entry: &Value| {
        let word = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        let manager = word("manager");
        let applies = word("operation") == "Apply" && manager != field_manager::KUBECTL;
        let owns = entry.pointer("/fieldsV1/f:spec/f:template").is_some();
        (owns && (applies || manager == field_manager::KUBECTL_CLIENT_SIDE_APPLY)).then(|| manager.to_owned())
    };
    let noted = parts::annotation(&deployment["metadata"], LAST_APPLIED_CONFIGURATION);
    let by_kubectl = noted.map(|_| field_manager::KUBECTL_CLIENT_SIDE_APPLY.to_owned());
    let mut owners: Vec<_> = entries.into_iter().flatten().filter_map(owner).chain(by_kubectl).collect();
    owners.sort();
    owners.dedup();
    let remark = |owner: &String| {
        format!("the template is applied by {owner}, which puts it back when it applies the next time")
    };
    owners.iter().map(remark).collect()
}

#[cfg(test)]
mod tests;
