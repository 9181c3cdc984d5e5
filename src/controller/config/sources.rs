//! The values of ConfigMaps and Secrets, for as long as one start takes.

use std::collections::BTreeMap;
use std::fmt;

use super::{ConfigRef, Digest, DigestKey};

/// What was read for one start, by name, from the Workload's own namespace. A name that is missing was not found.
#[derive(Default)]
pub struct Sources {
    /// `data` of ConfigMaps.
    pub config_maps: BTreeMap<String, BTreeMap<String, String>>,
    /// `data` of Secrets, decoded.
    pub secrets: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
}

impl Sources {
    /// The digest of the values of a ConfigMap or Secret that is among them.
    pub fn digest(&self, config: &ConfigRef, key: &DigestKey) -> Option<Digest> {
        match config {
            ConfigRef::ConfigMap(at) => self.config_maps.get(&at.name).map(|data| key.digest(data)),
            ConfigRef::Secret(at) => self.secrets.get(&at.name).map(|data| key.digest(data)),
        }
    }
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn keys<V>(data: &BTreeMap<String, V>) -> Vec<&String> {
            data.keys().collect()
        }
        let config_maps: BTreeMap<_, _> = self.config_maps.iter().map(|(name, data)| (name, keys(data))).collect();
        let secrets: BTreeMap<_, _> = self.secrets.iter().map(|(name, data)| (name, keys(data))).collect();
        f.debug_struct("Sources").field("config_maps", &config_maps).field("secrets", &secrets).finish()
    }
}
