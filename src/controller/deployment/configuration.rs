//! `config-rollout`: which configuration a replica set was made for, and whether that is what there is now.
//!
//! What stands on record is a hash of names, UIDs and resourceVersions, which tells nothing of values, however few there
//! can be: it may be read by whoever may read the replica set. That a new version has the same values is known by digests
//! in memory alone; the replica set then gets the new version on record, so that a controller that begins later knows too.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use super::Set;
use crate::api::Kind;
use crate::api::names::annotation::CONFIG_HASH;
use crate::controller::config::{ConfigRef, Record, named_in};
use crate::controller::effect::{Decision, Effect};
use crate::controller::objects::{Deployment, ReplicaSet, Workload};
use crate::controller::world::{Values, World};

/// The ConfigMaps and Secrets that a deployment's template names, as far as they are known, and its replica sets'.
#[derive(Debug)]
pub struct Configuration {
    current: BTreeMap<ConfigRef, Values>,
    /// What replica sets were made for, by name, as far as it is remembered.
    records: BTreeMap<String, Arc<Record>>,
    /// Replica sets with a Workload that was started with other values.
    drifted: BTreeSet<String>,
}

/// Looks up the configuration of a deployment that is to be rolled when it changes; nothing when it is not, or names none.
pub(super) fn observe(
    world: &World,
    deployment: &Deployment,
    sets: &[(&Arc<ReplicaSet>, Vec<&Arc<Workload>>)],
) -> Option<Configuration> {
    let named = named_in(&deployment.key(), &super::rolled_by_config(deployment)?);
    if named.is_empty() {
        return None;
    }
    let record = |uid: &str| world.memory.get(uid).and_then(|memory| memory.config.clone());
    let has_drifted =
        |workload: &&Arc<Workload>| record(workload.uid()).is_some_and(|record| !world.differences(&record).is_empty());
    let drifted = sets.iter().filter(|(_, workloads)| workloads.iter().any(has_drifted));
    Some(Configuration {
        current: named.into_iter().map(|config| (config.clone(), world.values_of(&config))).collect(),
        records: sets.iter().filter_map(|(set, _)| Some((set.name().to_owned(), record(set.uid())?))).collect(),
        drifted: drifted.map(|(set, _)| set.name().to_owned()).collect(),
    })
}

impl Configuration {
    /// What there is now; nothing while something is missing or not known: that is no change to roll out.
    fn record(&self) -> Option<Record> {
        let digest = |(config, values): (&ConfigRef, &Values)| Some((config.clone(), Some(values.digest()??)));
        self.current.iter().map(digest).collect()
    }

    /// The hash of the versions there are now.
    fn hash(&self) -> Option<String> {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for (config, values) in &self.current {
            let Values::Known(contents) = values else { return None };
            let (key, version) = (config.key(), &contents.version);
            for part in [config.kind(), &key.name, &version.uid, &version.resource_version] {
                let bytes = part.bytes().chain([0]);
                hash = bytes.fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
            }
        }
        Some(format!("{hash:016x}"))
    }

    /// Whether a replica set was made for the configuration there is now. One without any record counts as made for it,
    /// unless a Workload of it is known to run with other values.
    fn agrees(&self, set: &ReplicaSet) -> bool {
        let (Some(now), Some(hash)) = (self.record(), self.hash()) else { return true };
        match (self.records.get(set.name()), on_record(set)) {
            (Some(then), _) => **then == now,
            (None, Some(there)) => there == hash,
            (None, None) => !self.drifted.contains(set.name()),
        }
    }

    /// Whether something will be known in a moment that is not known yet.
    fn is_being_read(&self) -> bool {
        self.current.values().any(|values| matches!(values, Values::Unread | Values::BeingRead))
    }
}

/// Whether a replica set was made for the configuration there is now, or nobody asked for that.
pub(super) fn agrees(configuration: Option<&Configuration>, set: &ReplicaSet) -> bool {
    configuration.is_none_or(|configuration| configuration.agrees(set))
}

/// Whether a new replica set has to wait for what is being read.
pub(super) fn is_awaited(configuration: Option<&Configuration>) -> bool {
    configuration.is_some_and(Configuration::is_being_read)
}

/// The template of a new replica set: with the hash of the configuration it is made for.
pub(super) fn marked(configuration: Option<&Configuration>, template: &Value) -> Value {
    let mut template = template.clone();
    if let Some(hash) = configuration.and_then(Configuration::hash) {
        if !template["annotations"].is_object() {
            template["annotations"] = json!({});
        }
        template["annotations"][CONFIG_HASH] = json!(hash);
    }
    template
}

/// Puts on record that the newest replica set has the values that the versions of now have.
pub(super) fn note(configuration: Option<&Configuration>, sets: &[Set<'_>]) -> Option<Effect> {
    let newest = sets.iter().find(|set| set.is_new)?.set;
    let hash = configuration?.hash()?;
    if on_record(newest) == Some(hash.as_str()) {
        return None;
    }
    let patch = json!({ "metadata": { "uid": newest.uid(), "annotations": { (CONFIG_HASH): hash } } });
    Some(Effect::Patch { kind: Kind::WorkloadReplicaSet, key: newest.key(), patch, status: false })
}

/// Has read what is not known, and remembers what the newest replica set has.
pub(super) fn complete(configuration: Option<&Configuration>, newest: Option<&ReplicaSet>, decision: &mut Decision) {
    let Some(configuration) = configuration else { return };
    let is_unread = |(_, values): &(&ConfigRef, &Values)| matches!(values, Values::Unread | Values::Unreadable);
    let unread: Vec<_> = configuration.current.iter().filter(is_unread).map(|(config, _)| config.clone()).collect();
    if !unread.is_empty() {
        decision.effects.push(Effect::ReadConfig(unread));
    }
    let unknown = newest.filter(|newest| !configuration.records.contains_key(newest.name()));
    if let Some((newest, record)) = unknown.zip(configuration.record()) {
        decision.records.push((newest.uid().to_owned(), Arc::new(record)));
    }
}

/// The hash that stands on a replica set, else in its template.
fn on_record(set: &ReplicaSet) -> Option<&str> {
    let in_template = || set.spec.template.get("annotations")?.get(CONFIG_HASH)?.as_str();
    set.annotation(CONFIG_HASH).or_else(in_template)
}
