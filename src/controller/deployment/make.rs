//! Making and changing replica sets.

use serde_json::{Map, Value, json};

use super::{Observed, Set};
use crate::api::Kind;
use crate::api::names::{API_VERSION, annotation, label};
use crate::controller::effect::Effect;
use crate::controller::naming;
use crate::controller::objects::{Deployment, ReplicaSet};
use crate::controller::replica_set::is_ours;
use crate::controller::rollout;
use crate::controller::rollout::settings::RolloutSettings;

/// Names of one template that are tried; the second one is seen hardly ever.
const COLLISIONS: usize = 1000;

/// What replica sets are sized for, noted on each when it is: a later change of `spec.replicas` is shared out by it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizing {
    replicas: i32,
    most: i32,
}

impl Sizing {
    pub(super) fn of(deployment: &Deployment, settings: &RolloutSettings) -> Self {
        let replicas = deployment.spec.replicas();
        Self { replicas, most: rollout::most_of(replicas, settings) }
    }

    fn note(self) -> [(String, Value); 2] {
        [(annotation::DESIRED_REPLICAS, self.replicas), (annotation::MAX_REPLICAS, self.most)]
            .map(|(name, count)| (name.to_owned(), json!(count.to_string())))
    }
}

/// The name and the object of a new replica set. Should another replica set have the name, a counter makes a new one.
pub(super) fn replica_set(
    observed: &Observed<'_>,
    sets: &[Set<'_>],
    template: &Value,
    (size, sizing): (i32, Sizing),
) -> (String, Value) {
    let deployment = observed.deployment;
    let text = template.to_string();
    let names = (0_u64..).map(|collision| naming::child(deployment.name(), &[&text, &collision.to_string()]));
    let free = |name: &String| observed.replica_sets.get(&deployment.key().sibling(name)).is_none();
    let name = names.take(COLLISIONS).find(free).unwrap_or_default();
    let owner = naming::controller_reference(Kind::WorkloadDeployment, deployment.name(), deployment.uid(), true);
    let annotations: Map<_, _> =
        annotations(deployment, next_revision(sets)).into_iter().chain(sizing.note()).collect();
    let object = json!({
        "apiVersion": API_VERSION,
        "kind": Kind::WorkloadReplicaSet.name(),
        "metadata": {
            "namespace": deployment.namespace(),
            "name": name,
            "labels": { (label::WORKLOAD_DEPLOYMENT): deployment.name() },
            "annotations": annotations,
            "ownerReferences": [owner],
        },
        "spec": { "replicas": size, "template": template },
    });
    (name, object)
}

/// A change of size. One that becomes history is not controlled any more, so that upstream's operator leaves it alone; one
/// that is used again is.
pub(super) fn scale(deployment: &Deployment, set: &Set<'_>, size: i32, sizing: Sizing) -> Effect {
    let controller = set.is_new || size > 0;
    let owner = naming::controller_reference(Kind::WorkloadDeployment, deployment.name(), deployment.uid(), controller);
    let others = set.set.metadata.owner_references.iter().flatten().filter(|owner| owner.uid != deployment.uid());
    let owners: Vec<_> = others.cloned().chain([owner]).collect();
    let patch = json!({
        "metadata": {
            "resourceVersion": set.set.metadata.resource_version,
            "ownerReferences": owners,
            "annotations": Map::from_iter(sizing.note()),
        },
        "spec": { "replicas": size },
    });
    Effect::Patch { kind: Kind::WorkloadReplicaSet, key: set.set.key(), patch, status: false }
}

/// Makes one that is history although nobody scaled it down as such, or is current again at the size it has, owned so.
pub(super) fn own_as_it_is(deployment: &Deployment, set: &Set<'_>, sizing: Sizing) -> Option<Effect> {
    let size = set.set.spec.replicas();
    let wanted = set.is_new || size > 0;
    let mut owners = set.set.metadata.owner_references.iter().flatten();
    let there = owners.find(|owner| owner.uid == deployment.uid())?.controller.unwrap_or_default();
    (there != wanted && !set.set.is_terminating()).then(|| scale(deployment, set, size, sizing))
}

/// The revision of the replica set that is rolled out is the highest; one that is gone back to gets a new number. Its
/// change-cause is the deployment's, also when that is written down after the change, as `kubectl annotate` does.
pub(super) fn mark_newest(deployment: &Deployment, newest: &ReplicaSet, sets: &[Set<'_>]) -> Option<Effect> {
    let others = sets.iter().filter(|set| !set.is_new).map(|set| set.set.revision()).max().unwrap_or_default();
    let cause = deployment.annotation(annotation::CHANGE_CAUSE);
    let caused = cause.is_none() || cause == newest.annotation(annotation::CHANGE_CAUSE);
    if newest.revision() > others && caused {
        return None;
    }
    let revision = newest.revision().max(others.saturating_add(1));
    let mut patch = json!({ "metadata": { "uid": newest.uid(), "annotations": annotations(deployment, revision) } });
    if !is_ours(newest) {
        patch["spec"] = json!({ "template": baseline(&newest.spec.template, &deployment.spec.template) });
    }
    Some(Effect::Patch { kind: Kind::WorkloadReplicaSet, key: newest.key(), patch, status: false })
}

/// Upstream's replica sets never followed labels and annotations of the template. One that is taken over gets those the
/// deployment has now, so that nothing rolls for what upstream did not roll; from then on they count.
fn baseline(there: &Value, wanted: &Value) -> Value {
    let of =
        |template: &Value, field: &str| template.get(field).and_then(Value::as_object).cloned().unwrap_or_default();
    let fields = ["labels", "annotations"].into_iter().map(|field| {
        let gone = of(there, field).into_iter().map(|(name, _)| (name, Value::Null));
        (field.to_owned(), Value::Object(gone.chain(of(wanted, field)).collect()))
    });
    // A map that is empty on both sides need not be written.
    Value::Object(fields.filter(|(_, map)| map.as_object().is_some_and(|map| !map.is_empty())).collect())
}

fn next_revision(sets: &[Set<'_>]) -> u64 {
    sets.iter().map(|set| set.set.revision()).max().unwrap_or_default().saturating_add(1)
}

/// What a replica set says of its revision.
fn annotations(deployment: &Deployment, revision: u64) -> Map<String, Value> {
    let cause = deployment.annotation(annotation::CHANGE_CAUSE);
    let cause = cause.map(|cause| (annotation::CHANGE_CAUSE.to_owned(), json!(cause)));
    [(annotation::REVISION.to_owned(), json!(revision.to_string()))].into_iter().chain(cause).collect()
}
