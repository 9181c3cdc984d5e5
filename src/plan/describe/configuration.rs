//! What is run, and what each part of it is configured with: every key, where it comes from, and what it hides.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Facts, Read, Snapshot, Subject};
use crate::api::{
    ConfigLayerRef, HostInterface, LocalObjectReference, LocalResources, VolumeMount, WorkloadSpec, artifact_name,
};

/// A component, the service or a host interface.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// `component`, `service` or `interface`.
    pub part: &'static str,
    /// Its name.
    pub name: String,
    /// What it is and may.
    pub facts: Facts,
    /// Its configuration.
    pub layers: Vec<Layer>,
}

/// Keys and values that one part reads in one way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Layer {
    /// `environment` or `config`.
    pub layer: &'static str,
    /// What counts in the end, by key.
    pub entries: Vec<Entry>,
    /// What is missing, or could not be looked into.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

/// A key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its name.
    pub key: String,
    /// Its value; never that of a Secret.
    pub value: Option<String>,
    /// Where it comes from: `literal`, `ConfigMap NAME`, `Secret NAME`, `Service NAME`.
    pub from: String,
    /// Where else it is set, to no effect.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shadows: Vec<String>,
}

/// The parts of a spec, in the order in which they stand there.
pub(super) fn parts(snapshot: &Snapshot, spec: &WorkloadSpec) -> Vec<Part> {
    let components = spec.components().iter().map(|component| {
        let mut facts = Facts::default();
        image(&mut facts, snapshot, &component.image, component.image_pull_secret.as_ref());
        facts.add_some("Pull Policy", component.image_pull_policy().map(|policy| policy.as_str()));
        facts.add_some("Pool Size", component.pool_size.map(|size| size.to_string()));
        allowed(&mut facts, component.local_resources.as_ref());
        let layers = local(snapshot, component.local_resources.as_ref());
        Part { part: "component", name: component.name.clone(), facts, layers }
    });
    let service = spec.service.iter().map(|service| {
        let mut facts = Facts::default();
        image(&mut facts, snapshot, &service.image, service.image_pull_secret.as_ref());
        facts.add_some("Pull Policy", service.image_pull_policy().map(|policy| policy.as_str()));
        facts.add_some("Max Restarts", service.max_restarts.map(|most| most.to_string()));
        allowed(&mut facts, service.local_resources.as_ref());
        let layers = local(snapshot, service.local_resources.as_ref());
        Part { part: "service", name: String::new(), facts, layers }
    });
    let interfaces = spec.host_interfaces().iter().map(|interface| of_interface(snapshot, interface));
    components.chain(service).chain(interfaces).collect()
}

fn image(facts: &mut Facts, snapshot: &Snapshot, image: &str, secret: Option<&LocalObjectReference>) {
    facts.add("Image", image);
    facts.add_some("Artifact", artifact_name(image).map(|name| resolved(snapshot, name)));
    if let Some(name) = secret.map(LocalObjectReference::name).filter(|name| !name.is_empty()) {
        let there = match snapshot.secrets.get(name) {
            Some(Ok(None)) => " (not found)",
            Some(Err(_)) => " (may not be read)",
            Some(Ok(Some(_))) | None => "",
        };
        facts.add("Pull Secret", format!("{name}{there}"));
    }
}

/// What the image of an `artifact://NAME` is just now.
fn resolved(snapshot: &Snapshot, name: &str) -> String {
    let Subject::Deployment(deployment) = &snapshot.subject else { return name.to_owned() };
    let Some(listed) = deployment.spec.artifact(name) else { return format!("{name} (not listed in spec.artifacts)") };
    let called = listed.artifact_from.name();
    let Ok(artifacts) = &snapshot.artifacts else { return format!("{called} (Artifacts may not be read)") };
    let artifact = artifacts.iter().find(|artifact| artifact.metadata.name.as_deref() == Some(called));
    let url = artifact.map(|artifact| artifact.status.as_ref().and_then(|status| status.artifact_url.as_deref()));
    match url {
        None => format!("{called} (not found)"),
        Some(None) => format!("{called} (not resolved yet)"),
        Some(Some(url)) => format!("{called} ({url})"),
    }
}

fn allowed(facts: &mut Facts, local: Option<&LocalResources>) {
    let joined = |list: &Option<Vec<String>>| list.as_ref().map(|list| list.join(", "));
    let Some(local) = local else { return };
    facts.add_some("Allowed Hosts", joined(&local.allowed_hosts));
    facts.add_some("Allowed Lookups", joined(&local.allowed_ip_name_lookups));
    facts.add_some("Loopback Ports", joined(&local.allowed_host_loopback_ports));
    let mount = |mount: &VolumeMount| {
        let how = if mount.read_only.unwrap_or_default() { " (ro)" } else { "" };
        format!("{} at {}{how}", mount.name, mount.mount_path)
    };
    let mounts: Vec<_> = local.volume_mounts.iter().flatten().map(mount).collect();
    facts.add_some("Mounts", Some(mounts.join(", ")));
}

fn local(snapshot: &Snapshot, local: Option<&LocalResources>) -> Vec<Layer> {
    let Some(local) = local else { return Vec::new() };
    let environment = local.environment.as_ref().map(|layer| flatten(snapshot, "environment", layer.layer()));
    let config = local.config.as_ref().map(|config| {
        flatten(snapshot, "config", ConfigLayerRef { config: Some(config), ..ConfigLayerRef::default() })
    });
    environment.into_iter().chain(config).filter(|layer| !layer.is_empty()).collect()
}

fn of_interface(snapshot: &Snapshot, interface: &HostInterface) -> Part {
    let version = interface.version.as_ref().map(|version| format!("@{version}")).unwrap_or_default();
    let own = interface.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
    let mut facts = Facts::default();
    facts.add("Interfaces", interface.interfaces.join(", "));
    let mut layer = flatten(snapshot, "config", interface.layer());
    let incoming = interface.is_package("wasi", "http") && interface.has_interface("incoming-handler");
    if let Some(service) = snapshot.subject.service().filter(|_| incoming) {
        layer.alias(service, snapshot.subject.namespace());
    }
    Part {
        part: "interface",
        name: format!("{}:{}{version}{own}", interface.namespace, interface.package),
        facts,
        layers: Some(layer).filter(|layer| !layer.is_empty()).into_iter().collect(),
    }
}

/// As the controller does it for hosts: what is written out gives way to ConfigMaps, and these to Secrets.
fn flatten(snapshot: &Snapshot, name: &'static str, from: ConfigLayerRef<'_>) -> Layer {
    let mut flat = Flat::default();
    for (key, value) in from.config.into_iter().flatten() {
        flat.set(key, Some(value), "literal");
    }
    for name in names(from.config_from) {
        let source = format!("ConfigMap {name}");
        if let Some(data) = flat.known(snapshot.config_maps.get(name), &source) {
            data.iter().for_each(|(key, value)| flat.set(key, Some(value), &source));
        }
    }
    for name in names(from.secret_from) {
        let source = format!("Secret {name}");
        if let Some(keys) = flat.known(snapshot.secrets.get(name), &source) {
            keys.iter().for_each(|key| flat.set(key, None, &source));
        }
    }
    Layer { layer: name, entries: flat.entries.into_values().collect(), problems: flat.problems }
}

fn names(references: &[LocalObjectReference]) -> impl Iterator<Item = &str> {
    references.iter().map(LocalObjectReference::name).filter(|name| !name.is_empty())
}

#[derive(Default)]
struct Flat {
    entries: BTreeMap<String, Entry>,
    problems: Vec<String>,
}

impl Flat {
    fn set(&mut self, key: &str, value: Option<&String>, from: &str) {
        let mut entry =
            Entry { key: key.to_owned(), value: value.cloned(), from: from.to_owned(), shadows: Vec::new() };
        if let Some(hidden) = self.entries.remove(key) {
            entry.shadows.push(hidden.from);
            entry.shadows.extend(hidden.shadows);
        }
        self.entries.insert(key.to_owned(), entry);
    }

    /// What a source holds; what is wrong with it is noted.
    fn known<'a, T>(&mut self, read: Option<&'a Read<Option<T>>>, source: &str) -> Option<&'a T> {
        match read? {
            Ok(Some(data)) => return Some(data),
            Ok(None) => self.problems.push(format!("{source} not found")),
            Err(words) => self.problems.push(format!("what {source} sets cannot be told: {words}")),
        }
        None
    }
}

impl Layer {
    fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.problems.is_empty()
    }

    /// The names under which the Service leads to it, which the controller adds.
    fn alias(&mut self, service: &str, namespace: &str) {
        let aliases = format!("{service}.{namespace},{service}.{namespace}.svc");
        let from = format!("Service {service}");
        match self.entries.iter_mut().find(|entry| entry.key == "host-aliases") {
            Some(own) => {
                own.value = own
                    .value
                    .take()
                    .map(|value| if value.is_empty() { aliases.clone() } else { format!("{value},{aliases}") });
                own.from = format!("{} and {from}", own.from);
            }
            None => {
                let key = "host-aliases".to_owned();
                self.entries.push(Entry { key, value: Some(aliases), from, shadows: Vec::new() });
            }
        }
    }
}
