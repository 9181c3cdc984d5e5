//! Configuration by reference: names of ConfigMaps and Secrets, and the layers made of them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The name of an object in the same namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("x-kubernetes-map-type" = "atomic"))]
pub struct LocalObjectReference {
    /// Name of the object referred to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = ""))]
    pub name: Option<String>,
}

impl LocalObjectReference {
    /// A reference to that name.
    pub fn to(name: &str) -> Self {
        Self { name: Some(name.to_owned()) }
    }

    /// The name; empty when it is unset.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }
}

/// Keys and values from several places. Where a key occurs more than once, config gives way to the ConfigMaps, and
/// these to the Secrets; in a list the last one wins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfigLayer {
    /// ConfigMaps whose keys and values are taken over. Of two with the same key the last one wins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_from: Option<Vec<LocalObjectReference>>,
    /// Secrets whose keys and values are taken over, decoded; the values must be UTF-8. Of two with the same key the
    /// last one wins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_from: Option<Vec<LocalObjectReference>>,
    /// Keys and values written out here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<BTreeMap<String, String>>,
}

impl ConfigLayer {
    /// The layer, borrowed.
    pub fn layer(&self) -> ConfigLayerRef<'_> {
        ConfigLayerRef::of(&self.config_from, &self.secret_from, self.config.as_ref())
    }
}

/// A config layer, wherever it stands: of its own, or spread out in a host interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConfigLayerRef<'a> {
    /// ConfigMaps, the last one winning.
    pub config_from: &'a [LocalObjectReference],
    /// Secrets, the last one winning; they win over ConfigMaps.
    pub secret_from: &'a [LocalObjectReference],
    /// Keys and values written out, which lose to the other two.
    pub config: Option<&'a BTreeMap<String, String>>,
}

impl<'a> ConfigLayerRef<'a> {
    /// The layer made of those fields.
    pub(super) fn of(
        config_from: &'a Option<Vec<LocalObjectReference>>,
        secret_from: &'a Option<Vec<LocalObjectReference>>,
        config: Option<&'a BTreeMap<String, String>>,
    ) -> Self {
        Self {
            config_from: config_from.as_deref().unwrap_or_default(),
            secret_from: secret_from.as_deref().unwrap_or_default(),
            config,
        }
    }
}
