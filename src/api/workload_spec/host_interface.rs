//! Interfaces between a workload and its host.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::config_layer::{ConfigLayerRef, LocalObjectReference};

/// Interfaces of one WIT package that the workload needs from its host or gives to it, and their configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HostInterface {
    /// Name of this entry; components use it to tell several entries of one package apart. At most one entry of a
    /// package may be without.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64), regex(pattern = "^[a-z0-9][a-z0-9-]*$"))]
    pub name: Option<String>,
    /// Namespace of the package, such as wasi.
    #[schemars(length(max = 128))]
    pub namespace: String,
    /// Name of the package, such as http.
    #[schemars(length(max = 128))]
    pub package: String,
    /// Version of the package; if unset, any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub version: Option<String>,
    /// Interfaces of the package, such as incoming-handler.
    #[schemars(length(min = 1))]
    pub interfaces: Vec<String>,
    /// ConfigMaps whose keys and values configure the interface. Of two with the same key the last one wins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_from: Option<Vec<LocalObjectReference>>,
    /// Secrets whose keys and values configure the interface, decoded; the values must be UTF-8. Of two with the same
    /// key the last one wins; they win over ConfigMaps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_from: Option<Vec<LocalObjectReference>>,
    /// Keys and values that configure the interface; ConfigMaps and Secrets win over them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<BTreeMap<String, String>>,
}

impl HostInterface {
    /// The config layer that stands spread out in it.
    pub fn layer(&self) -> ConfigLayerRef<'_> {
        ConfigLayerRef::of(&self.config_from, &self.secret_from, self.config.as_ref())
    }

    /// Whether it is about that package, in any version.
    pub fn is_package(&self, namespace: &str, package: &str) -> bool {
        self.namespace == namespace && self.package == package
    }

    /// Whether it lists that interface.
    pub fn has_interface(&self, interface: &str) -> bool {
        self.interfaces.iter().any(|listed| listed == interface)
    }
}

/// The CEL rules over the list of host interfaces, as published.
pub(super) fn uniqueness_rules() -> Value {
    json!([
        {
            "rule": concat!(
                "self.all(x, self.exists_one(y, ",
                "y.__namespace__ == x.__namespace__ && y.__package__ == x.__package__ && ",
                "(has(y.name) ? y.name : '') == (has(x.name) ? x.name : '') && ",
                "(has(y.version) ? y.version : '') == (has(x.version) ? x.version : '')))",
            ),
            "message": concat!(
                "hostInterfaces must not contain duplicate entries ",
                "with the same namespace, package, name, and version",
            ),
        },
        {
            "rule": concat!(
                "self.all(x, (has(x.name) && x.name != '') || self.filter(y, ",
                "y.__namespace__ == x.__namespace__ && y.__package__ == x.__package__ && ",
                "!(has(y.name) && y.name != '')).size() == 1)",
            ),
            "message": concat!(
                "at most one unnamed hostInterface is allowed per namespace:package; ",
                "set a unique name to disambiguate multiple imports of the same package",
            ),
        },
    ])
}
