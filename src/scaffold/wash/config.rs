//! `.wash/config.yaml`, as far as it says what runs. Facts: wasmCloud's `wash` 2.7, `wash config init`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use crate::manifest::{self, Problem, Text};

/// The configuration.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Config {
    pub(super) build: Option<Build>,
    pub(super) dev: Option<Dev>,
    pub(super) workload: Option<Resources>,
    #[serde(default)]
    pub(super) configs: BTreeMap<String, ConfigSource>,
    #[serde(default)]
    pub(super) secrets: BTreeMap<String, SecretSource>,
    /// Keys of `dev` that are none of those above.
    #[serde(skip)]
    pub(super) others: BTreeSet<String>,
}

/// `build`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Build {
    pub(super) component_path: Option<PathBuf>,
}

/// `dev`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Dev {
    pub(super) component_path: Option<PathBuf>,
    #[serde(default)]
    pub(super) service: bool,
    pub(super) service_file: Option<PathBuf>,
    pub(super) service_image: Option<String>,
    pub(super) service_pull_policy: Option<PullPolicy>,
    #[serde(default)]
    pub(super) components: Vec<DevComponent>,
    #[serde(default)]
    pub(super) volumes: Vec<DevVolume>,
    #[serde(default)]
    pub(super) host_interfaces: Vec<DevInterface>,
}

/// Bytes that a configuration may have.
const LIMIT: usize = 1024 * 1024;

/// Keys of `dev` that are read above, or that say how wash works and not what runs.
const READ: [&str; 12] = [
    "address",
    "allow_insecure_registries",
    "command",
    "component_path",
    "components",
    "host_interfaces",
    "service",
    "service_file",
    "service_image",
    "service_pull_policy",
    "volumes",
    "environment",
];

/// A component beside the main one.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DevComponent {
    pub(super) name: String,
    pub(super) file: Option<PathBuf>,
    pub(super) image: Option<String>,
    pub(super) pull_policy: Option<PullPolicy>,
    pub(super) environment: Option<Layer>,
    #[serde(default)]
    pub(super) config: BTreeMap<String, String>,
    pub(super) allowed_hosts: Option<Vec<String>>,
    pub(super) allowed_ip_name_lookups: Option<Vec<String>>,
    pub(super) allowed_host_loopback_ports: Option<Vec<Port>>,
    pub(super) pool_size: Option<i32>,
    pub(super) max_invocations: Option<i32>,
    pub(super) max_concurrency: Option<i32>,
}

/// `workload`: what all components get.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Resources {
    pub(super) environment: Option<Layer>,
    #[serde(default)]
    pub(super) config: BTreeMap<String, String>,
    pub(super) allowed_hosts: Option<Vec<String>>,
    pub(super) allowed_ip_name_lookups: Option<Vec<String>>,
    pub(super) allowed_host_loopback_ports: Option<Vec<Port>>,
}

/// Environment variables, and where more come from.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Layer {
    #[serde(default)]
    pub(super) config: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) config_from: Vec<String>,
    #[serde(default)]
    pub(super) secret_from: Vec<String>,
}

/// An entry of `configs`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConfigSource {
    #[serde(default)]
    pub(super) inline: BTreeMap<String, String>,
    pub(super) file: Option<PathBuf>,
    pub(super) dir: Option<PathBuf>,
    #[serde(default)]
    pub(super) from_env: Vec<String>,
}

/// An entry of `secrets`; of its values not one is kept.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SecretSource {
    #[serde(default)]
    pub(super) inline: BTreeMap<String, IgnoredAny>,
    pub(super) file: Option<PathBuf>,
    pub(super) dir: Option<PathBuf>,
    #[serde(default)]
    pub(super) from_env: Vec<String>,
}

/// A directory of the developer's machine.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct DevVolume {
    pub(super) host_path: PathBuf,
    pub(super) guest_path: PathBuf,
}

/// An entry of `dev.host_interfaces`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct DevInterface {
    pub(super) namespace: String,
    pub(super) package: String,
    pub(super) interfaces: BTreeSet<String>,
    pub(super) version: Option<String>,
    #[serde(default)]
    pub(super) config: BTreeMap<String, String>,
    pub(super) name: Option<String>,
}

/// When an image is pulled, in wash's words.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum PullPolicy {
    Always,
    IfNotPresent,
    Never,
}

/// A port, perhaps with its protocol.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Port {
    Number(u16),
    Text(String),
}

/// Reads the configuration.
pub(super) fn read(text: &Arc<Text>) -> Result<Config, Problem> {
    if text.content.len() > LIMIT {
        return Err(Problem::at(text, None, format!("it is larger than {} MiB", LIMIT / 1024 / 1024)));
    }
    let mut config: Option<Config> = parse(text)?;
    let whole: Value = parse(text)?;
    let config_of = config.get_or_insert_default();
    let keys = whole.get("dev").and_then(Value::as_object).into_iter().flatten();
    let set = keys.filter(|(_, value)| !value.is_null() && **value != Value::Bool(false)).map(|(key, _)| key);
    config_of.others = set.filter(|key| !READ.contains(&key.as_str())).cloned().collect();
    let environment = whole.pointer("/dev/environment").and_then(Value::as_object);
    if environment.is_some_and(|variables| !variables.is_empty()) {
        config_of.others.insert("environment".to_owned());
    }
    Ok(config.unwrap_or_default())
}

fn parse<T: DeserializeOwned>(text: &Arc<Text>) -> Result<T, Problem> {
    let content = text.content.as_str();
    match text.name.rsplit('.').next() {
        Some("json") => serde_json::from_str(content).map_err(|error| Problem::of_json(text, &error)),
        Some("toml") => toml::from_str(content).map_err(|error| of_toml(text, &error)),
        _ => {
            let options = serde_saphyr::options! { with_snippet: false, budget: manifest::budget() };
            serde_saphyr::from_str_with_options(content, options).map_err(|error| Problem::of_yaml(text, &error))
        }
    }
}

fn of_toml(text: &Arc<Text>, error: &toml::de::Error) -> Problem {
    let place = error.span().map(|span| {
        let before = text.content.get(..span.start).unwrap_or_default();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (before.matches('\n').count() + 1, column)
    });
    Problem::at(text, place, error.message().to_owned())
}
