//! ConfigMaps and Secrets as they were read: which version, and a digest that tells whether values are the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::api::WorkloadSpec;
use crate::controller::objects::{ObjectKey, Workload};

/// A ConfigMap or a Secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConfigRef {
    /// A ConfigMap.
    ConfigMap(ObjectKey),
    /// A Secret.
    Secret(ObjectKey),
}

impl ConfigRef {
    /// Namespace and name.
    pub fn key(&self) -> &ObjectKey {
        match self {
            Self::ConfigMap(key) | Self::Secret(key) => key,
        }
    }

    /// `ConfigMap` or `Secret`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ConfigMap(_) => "ConfigMap",
            Self::Secret(_) => "Secret",
        }
    }
}

impl fmt::Display for ConfigRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} \"{}\"", self.kind(), self.key().name)
    }
}

/// One version of a ConfigMap or Secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigVersion {
    /// Its UID.
    pub uid: String,
    /// Its resourceVersion.
    pub resource_version: String,
}

impl ConfigVersion {
    /// The version of the object with that metadata.
    pub fn of(metadata: &ObjectMeta) -> Self {
        Self {
            uid: metadata.uid.clone().unwrap_or_default(),
            resource_version: metadata.resource_version.clone().unwrap_or_default(),
        }
    }

    /// Whether it is that version of the same object, or a later one.
    pub fn covers(&self, other: &Self) -> bool {
        let number = |version: &Self| version.resource_version.parse::<u64>().ok();
        self == other || (self.uid == other.uid && number(self).zip(number(other)).is_some_and(|(a, b)| a >= b))
    }
}

/// Tells whether values are the same, and nothing else of them: it is keyed with a number that only this process has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(u64);

/// What digests are keyed with.
#[derive(Clone, Debug, Default)]
pub struct DigestKey(RandomState);

impl DigestKey {
    /// The digest of an object's values.
    pub fn digest<V: Hash>(&self, values: &BTreeMap<String, V>) -> Digest {
        Digest(self.0.hash_one(values))
    }
}

/// The digests of what something was made with; what was missing has none.
pub type Record = BTreeMap<ConfigRef, Option<Digest>>;

/// A ConfigMap or Secret as it was read; its values are dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// Which version it was.
    pub version: ConfigVersion,
    /// The digest of its values.
    pub digest: Digest,
}

/// What came of reading one ConfigMap or Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Which one.
    pub config: ConfigRef,
    /// What was there, if anything; or the API server's words when it could not be read.
    pub found: Result<Option<Contents>, String>,
}

/// The ConfigMaps and Secrets that a spec names: those of config layers, and pull secrets.
pub fn named_in(at: &ObjectKey, spec: &WorkloadSpec) -> BTreeSet<ConfigRef> {
    let config_maps = spec.config_maps().into_iter().map(|name| ConfigRef::ConfigMap(at.sibling(name)));
    let secrets = spec.secrets().into_iter().chain(spec.pull_secrets());
    config_maps.chain(secrets.map(|name| ConfigRef::Secret(at.sibling(name)))).collect()
}

/// The ConfigMaps and Secrets that a start of a Workload reads.
pub fn read_by(workload: &Workload) -> BTreeSet<ConfigRef> {
    named_in(&workload.key(), &workload.spec)
}

/// The digests of what was read.
pub fn record(readings: &[Reading]) -> Record {
    let read = readings.iter().filter_map(|reading| Some((reading, reading.found.as_ref().ok()?)));
    read.map(|(reading, found)| (reading.config.clone(), found.as_ref().map(|contents| contents.digest))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_tells_values_apart_and_only_in_one_process() {
        let values = |value: &str| BTreeMap::from([("K".to_owned(), value.to_owned())]);
        let key = DigestKey::default();
        assert_eq!(key.digest(&values("a")), key.digest(&values("a")));
        assert_ne!(key.digest(&values("a")), key.digest(&values("b")));
        assert_ne!(key.digest(&values("a")), DigestKey::default().digest(&values("a")));
    }

    #[test]
    fn a_later_version_of_the_same_object_covers_an_earlier_one() {
        let version = |uid: &str, version: &str| ConfigVersion { uid: uid.into(), resource_version: version.into() };
        assert!(version("u", "10").covers(&version("u", "9")));
        assert!(version("u", "x").covers(&version("u", "x")));
        assert!(!version("u", "9").covers(&version("u", "10")));
        assert!(!version("v", "10").covers(&version("u", "9")));
        assert!(!version("u", "x").covers(&version("u", "y")));
    }
}
