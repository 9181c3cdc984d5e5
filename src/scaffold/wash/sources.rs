//! `configs` and `secrets` of a wash project: ConfigMaps and Secrets. Values of secrets are not carried over, whatever
//! they come from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::config::{Config, ConfigSource, SecretSource};
use crate::scaffold::wishes::label_of;
use crate::schema::metadata::dns_subdomain;

/// The ConfigMaps that can be written, and what is to be done for the rest. Only those that are used count.
pub(super) fn config_maps(
    config: &Config,
    used: &[&str],
    differences: &mut Vec<String>,
) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut maps = BTreeMap::new();
    for name in used {
        let Some(source) = config.configs.get(*name) else {
            differences.push(format!("configFrom names {name}, and configs has none: make a ConfigMap of that name"));
            continue;
        };
        if !source.inline.is_empty() {
            maps.insert(kube_name(name), source.inline.clone());
        }
        differences.extend(rest_of(name, source));
    }
    maps
}

/// What of a config is not in the manifest.
fn rest_of(name: &str, source: &ConfigSource) -> Option<String> {
    let rest =
        Origins { file: source.file.as_ref(), dir: source.dir.as_ref(), env: &source.from_env, keys: Vec::new() };
    match (source.inline.is_empty(), rest.is_empty()) {
        (_, true) => None,
        (true, false) => Some(format!("make the ConfigMap: {}", rest.creation("configmap", name))),
        (false, false) => Some(format!("ConfigMap {} lacks what {} holds: add it", kube_name(name), rest.named())),
    }
}

/// What is to be done for the Secrets that are used.
pub(super) fn secrets(config: &Config, used: &[&str], differences: &mut Vec<String>) {
    for name in used {
        match config.secrets.get(*name) {
            Some(SecretSource { inline, file, dir, from_env }) => {
                let keys = inline.keys().map(String::as_str).collect();
                let all = Origins { file: file.as_ref(), dir: dir.as_ref(), env: from_env, keys };
                differences.push(format!("make the Secret: {}", all.creation("secret generic", name)));
            }
            None => {
                differences.push(format!("secretFrom names {name}, and secrets has none: make a Secret of that name"));
            }
        }
    }
}

/// The name of a ConfigMap or Secret: wash takes names that Kubernetes does not.
pub(super) fn kube_name(name: &str) -> String {
    if dns_subdomain(name).is_empty() { name.to_owned() } else { label_of(name) }
}

/// Where values come from.
struct Origins<'a> {
    file: Option<&'a PathBuf>,
    dir: Option<&'a PathBuf>,
    env: &'a [String],
    keys: Vec<&'a str>,
}

impl Origins<'_> {
    fn is_empty(&self) -> bool {
        self.file.is_none() && self.dir.is_none() && self.env.is_empty() && self.keys.is_empty()
    }

    /// The kubectl command that makes it; kubectl takes a file of variables only by itself.
    fn creation(&self, what: &str, name: &str) -> String {
        let mut command = format!("kubectl create {what} {}", kube_name(name));
        let alone = self.dir.is_none() && self.env.is_empty() && self.keys.is_empty();
        if let Some(file) = self.file.filter(|_| alone) {
            return format!("{command} --from-env-file={}", shown(file));
        }
        let dir = self.dir.map(|dir| format!(" --from-file={}", shown(dir)));
        command.extend(dir);
        command.extend(self.keys.iter().map(|key| format!(" --from-literal={key}=…")));
        command.extend(self.env.iter().map(|key| format!(" --from-literal={key}=\"${key}\"")));
        command.extend(self.file.map(|file| format!(", with the variables of {} as well", shown(file))));
        command
    }

    fn named(&self) -> String {
        let paths = self.file.into_iter().chain(self.dir).map(|path| shown(path));
        let env = (!self.env.is_empty()).then(|| format!("the environment ({})", self.env.join(", ")));
        paths.chain(env).collect::<Vec<_>>().join(" and ")
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
