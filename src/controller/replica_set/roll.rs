//! A replica set nobody owns brings its Workloads to its template itself, one at a time, as a rollout with a surge of one.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::status::Tally;
use super::{Observed, scale_down, scale_up, status};
use crate::api::names::annotation;
use crate::api::{WorkloadSpec, template_hash};
use crate::controller::effect::{Decision, Now};
use crate::controller::naming;
use crate::controller::objects::{ReplicaSet, Workload};
use crate::controller::rollout::settings::{RolloutSettings, Share};
use crate::controller::rollout::{self, SetState};

/// Workloads that were made from another template than the replica set has now; none where the template cannot be read.
pub(super) fn outdated<'w>(set: &ReplicaSet, workloads: &[&'w Arc<Workload>]) -> Vec<&'w Arc<Workload>> {
    let spec = set.spec.template.get("spec").cloned().unwrap_or_else(|| Value::Object(Default::default()));
    let Ok(spec) = serde_json::from_value::<WorkloadSpec>(spec) else { return Vec::new() };
    let (hash, metadata) = (template_hash(&spec), metadata_hash(&set.spec.template));
    let differs = |workload: &&&Workload| {
        let made_from = workload.annotation(annotation::WORKLOAD_REPLICA_SET_GENERATION);
        let same_spec = made_from == Some(&hash) || template_hash(&workload.spec) == hash;
        let noted = workload.annotation(annotation::TEMPLATE_METADATA_HASH);
        !same_spec || noted.is_some_and(|noted| noted != metadata)
    };
    workloads.iter().copied().filter(|workload| !workload.is_terminating() && differs(&&&***workload)).collect()
}

/// Tells labels and annotations of one template from those of another. It is noted on Workloads when they are made, for
/// what they carry themselves may be changed by others on the way.
pub(super) fn metadata_hash(template: &Value) -> String {
    let texts = |field: &str| -> BTreeMap<String, Value> {
        template
            .get(field)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect()
    };
    let parts = ["labels", "annotations"].map(|field| format!("{:?}", texts(field)));
    naming::digest(&[&parts[0], &parts[1]])
}

/// The next Workload to make or to give up. Those that are not available go first, for nothing is lost with them.
pub(super) fn decide(observed: &Observed<'_>, now: Now) -> Decision {
    let outdated: HashSet<_> = observed.outdated.iter().map(|workload| workload.name()).collect();
    let is_old = |workload: &&Arc<Workload>| outdated.contains(workload.name());
    let (old, new): (Vec<_>, Vec<_>) = observed.workloads.iter().copied().partition(is_old);
    let living: Vec<_> = new.iter().copied().filter(|workload| !workload.is_terminating()).collect();
    let state = |workloads: &[&Arc<Workload>], is_new| {
        let tally = Tally::of(workloads.iter().copied(), observed.min_ready, now.wall);
        let Tally { current, terminating, available, .. } = tally;
        SetState { is_new, wanted: current, current, terminating, available, ..SetState::default() }
    };
    let settings =
        RolloutSettings { max_surge: Share::Count(1), max_unavailable: Share::Count(0), ..RolloutSettings::default() };
    let step = rollout::step(observed.set.spec.replicas(), &settings, &[state(&old, false), state(&new, true)]);
    let size = |size: i32| usize::try_from(size).unwrap_or_default();
    match step.scale.first() {
        Some((0, left)) => scale_down(observed, &old, old.len().saturating_sub(size(*left)), now),
        Some((_, left)) if size(*left) < living.len() => scale_down(observed, &living, living.len() - size(*left), now),
        Some((_, more)) => scale_up(observed, size(*more) - living.len()),
        None => status::decide(observed, now),
    }
}
