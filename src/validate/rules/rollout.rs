//! How many replicas there are, and how they are replaced.

use std::collections::BTreeMap;

use crate::api::names::annotation;
use crate::api::{DeployPolicy, Kind};
use crate::controller::rollout::settings::RolloutSettings;
use crate::validate::code;
use crate::validate::finding::Finding;
use crate::validate::subject::{Subject, is_empty};

/// Annotations of a WorkloadDeployment that steer its rollouts.
pub(super) const SETTINGS: [&str; 7] = [
    annotation::MAX_SURGE,
    annotation::MAX_UNAVAILABLE,
    annotation::MIN_READY_SECONDS,
    annotation::PROGRESS_DEADLINE_SECONDS,
    annotation::REVISION_HISTORY_LIMIT,
    annotation::PAUSED,
    annotation::CONFIG_ROLLOUT,
];

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Vec<_> = replicas(subject).into_iter().chain(policy(subject)).collect();
    if subject.kind == Kind::WorkloadDeployment {
        found.extend(settings(subject));
    }
    found
}

fn replicas(subject: &Subject<'_>) -> Option<Finding> {
    let field = subject.root.at(&["spec", "replicas"])?;
    let count = field.value.as_i64().filter(|count| *count < 0)?;
    let message = format!("spec.replicas: {count} replicas cannot be");
    Some(subject.value(&code::NEGATIVE_REPLICAS, &field, message).with_remedy("write replicas: 0 to run none"))
}

fn policy(subject: &Subject<'_>) -> Option<Finding> {
    let field = subject.root.at(&["spec", "deployPolicy"])?;
    let word = field.text().filter(|word| DeployPolicy::from_name(word).is_none())?;
    if is_empty(&field) {
        return None;
    }
    let message = format!("spec.deployPolicy: \"{word}\" is unknown, and is taken for RollingUpdate");
    let remedy = "write deployPolicy: RollingUpdate, or deployPolicy: Recreate";
    Some(subject.value(&code::UNKNOWN_DEPLOY_POLICY, &field, message).with_remedy(remedy))
}

/// What the controller says of each setting alone, and if there is nothing, of all of them together.
fn settings(subject: &Subject<'_>) -> Vec<Finding> {
    let set = SETTINGS.iter().filter_map(|name| {
        let field = subject.annotation(name)?;
        Some((field.text()?.to_owned(), *name, field))
    });
    let set: Vec<_> = set.collect();
    let one = |(text, name, field): &(String, &str, _)| {
        let alone = BTreeMap::from([((*name).to_owned(), text.clone())]);
        let why = RolloutSettings::read(None, &alone).err()?;
        let remedy = format!("write {name}: {}", example(name));
        Some(subject.value(&code::INVALID_SETTING, field, why).with_remedy(remedy))
    };
    let mut found: Vec<_> = set.iter().filter_map(one).collect();
    if found.is_empty() {
        let all = set.iter().map(|(text, name, _)| ((*name).to_owned(), text.clone())).collect();
        let together = RolloutSettings::read(None, &all).err().zip(subject.annotation(annotation::MAX_UNAVAILABLE));
        let remedy = format!("write {}: {}", annotation::MAX_UNAVAILABLE, example(annotation::MAX_UNAVAILABLE));
        let told = |(why, field)| subject.value(&code::INVALID_SETTING, &field, why).with_remedy(remedy);
        found.extend(together.map(told));
    }
    found
}

/// A value that makes sense, as YAML has it.
fn example(name: &str) -> &'static str {
    match name {
        annotation::MAX_SURGE | annotation::MAX_UNAVAILABLE => "25%",
        annotation::PAUSED | annotation::CONFIG_ROLLOUT => "\"true\"",
        annotation::PROGRESS_DEADLINE_SECONDS => "\"600\"",
        _ => "\"10\"",
    }
}
