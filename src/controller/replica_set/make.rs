//! Making Workloads from a template.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Observed, roll};
use crate::api::names::{API_VERSION, annotation, finalizer};
use crate::api::{self, Kind, WorkloadSpec};
use crate::controller::effect::Effect;
use crate::controller::naming;
use crate::controller::objects::{ReplicaSet, Workload};
use crate::controller::placement::{NoPlace, Wanted, place, place_each};
use crate::controller::workload::{Owner, Places};

/// The objects of that many new Workloads, each with a host chosen for it where one fits.
pub(super) fn workloads(observed: &Observed<'_>, missing: usize) -> Result<Vec<Value>, serde_json::Error> {
    let template = &observed.set.spec.template;
    let spec = spec_of(observed.set)?;
    let hash = api::template_hash(&spec);
    let free = names(observed.set, usize::MAX).filter(|name| !observed.taken.contains(name)).take(missing);
    let nowhere = BTreeMap::new();
    let hosts = place_each(&wanted(observed, &spec, &nowhere), &observed.places.hosts, observed.policy, missing);
    let mut made: Vec<_> = free.zip(hosts).map(|(name, host)| object(observed, template, &name, &hash, host)).collect();
    if observed.owner == Owner::None {
        let noted = roll::metadata_hash(template);
        made.iter_mut()
            .for_each(|object| object["metadata"]["annotations"][annotation::TEMPLATE_METADATA_HASH] = json!(noted));
    }
    Ok(made)
}

/// Gives a Workload that lost its generation the one it has: upstream's operator makes a duplicate of it otherwise.
pub(super) fn generations(observed: &Observed<'_>, living: &[&Arc<Workload>]) -> Vec<Effect> {
    let name = annotation::WORKLOAD_REPLICA_SET_GENERATION;
    let nameless: Vec<_> = living.iter().filter(|workload| workload.annotation(name).is_none()).collect();
    let spec = observed.set.spec.template.get("spec").filter(|_| !nameless.is_empty());
    let Some(hash) = spec.and_then(|spec| api::template_hash_of_value(spec).ok()) else { return Vec::new() };
    let patch = |workload: &&&Arc<Workload>| Effect::Patch {
        kind: Kind::Workload,
        key: workload.key(),
        patch: json!({ "metadata": { "uid": workload.uid(), "annotations": { (name): hash } } }),
        status: false,
    };
    nameless.iter().map(patch).collect()
}

/// The object of a Workload that takes the place of another.
///
/// # Errors
/// When the template cannot be read; inside, why no host fits.
pub(super) fn replacement(observed: &Observed<'_>, of: &Workload) -> Result<Result<Value, NoPlace>, serde_json::Error> {
    if let Err(why) = fits(observed)? {
        return Ok(Err(why));
    }
    let mut made = workloads(observed, 1)?;
    let mut object = made.pop().unwrap_or_default();
    object["metadata"]["annotations"][annotation::REPLACES] = json!(of.uid());
    Ok(Ok(object))
}

/// Whether there is a host for one more.
///
/// # Errors
/// When the template cannot be read; inside, why no host fits.
pub(super) fn fits(observed: &Observed<'_>) -> Result<Result<(), NoPlace>, serde_json::Error> {
    let spec = spec_of(observed.set)?;
    let nowhere = BTreeMap::new();
    Ok(place(&wanted(observed, &spec, &nowhere), &observed.places.hosts, observed.policy).map(|_| ()))
}

/// What placement has to know of one more replica. It has failed nowhere yet.
fn wanted<'a>(observed: &'a Observed<'_>, spec: &'a WorkloadSpec, avoid: &'a BTreeMap<String, u32>) -> Wanted<'a> {
    let Places { siblings, zones, .. } = &observed.places;
    Wanted { namespace: observed.set.namespace(), spec, siblings, zones, avoid }
}

fn spec_of(set: &ReplicaSet) -> Result<WorkloadSpec, serde_json::Error> {
    set.spec
        .template
        .get("spec")
        .map_or_else(|| Ok(WorkloadSpec::default()), |spec| serde_json::from_value(spec.clone()))
}

/// The names that its Workloads take, in order, without end: the same at each call, so that what was created and not yet
/// seen is not created twice.
pub(super) fn names(set: &ReplicaSet, at_most: usize) -> impl Iterator<Item = String> + use<> {
    let (base, uid) = (set.name().to_owned(), set.uid().to_owned());
    (0_u64..).take(at_most).map(move |slot| naming::child(&base, &[&uid, &slot.to_string()]))
}

fn object(observed: &Observed<'_>, template: &Value, name: &str, hash: &str, host: Option<&str>) -> Value {
    let set = observed.set;
    let mut spec = template.get("spec").cloned().unwrap_or_else(|| json!({}));
    observed.pull_secrets.give(&mut spec);
    let mut annotations: Map<_, _> =
        template.get("annotations").and_then(Value::as_object).cloned().unwrap_or_default();
    annotations.insert(annotation::WORKLOAD_REPLICA_SET_GENERATION.to_owned(), json!(hash));
    if let Some(host) = host {
        annotations.insert(annotation::ASSIGNED_HOST.to_owned(), json!(host));
    }
    let mut metadata = BTreeMap::from([
        ("namespace", json!(set.namespace())),
        ("name", json!(name)),
        ("annotations", Value::Object(annotations)),
        ("finalizers", json!([finalizer::WORKLOAD])),
        (
            "ownerReferences",
            json!([naming::controller_reference(Kind::WorkloadReplicaSet, set.name(), set.uid(), true)]),
        ),
    ]);
    if let Some(labels) = template.get("labels") {
        metadata.insert("labels", labels.clone());
    }
    json!({
        "apiVersion": API_VERSION,
        "kind": Kind::Workload.name(),
        "metadata": metadata,
        "spec": spec,
    })
}
