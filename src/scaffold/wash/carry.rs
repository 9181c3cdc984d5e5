//! What becomes of each part of a wash project.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::config::{Config, Dev, DevComponent, DevInterface, DevVolume, Layer, Port, PullPolicy, Resources};
use super::sources::{config_maps, kube_name, secrets};
use super::{Carried, Place};
use crate::api::{
    ConfigLayer, HostInterface, HostPathVolume, ImagePullPolicy, LocalObjectReference, LocalResources, Volume,
    VolumeMount,
};
use crate::manifest::{Problem, Text, lines};
use crate::scaffold::image::{anchored, read};
use crate::scaffold::wishes::label_of;
use crate::scaffold::{Draft, Mount, Part, Role};
use crate::validate::http_name;

/// Carries a project over. The main component is the first part; its image is empty when the project does not say where it
/// is built to.
///
/// # Errors
/// The first component that has no image, or two.
pub fn carry(config: &Config, text: &Arc<Text>, name: &str, place: Place<'_>) -> Result<Carried, Problem> {
    let dev = config.dev.clone().unwrap_or_default();
    let mut parts = vec![main(config, &dev, name, place)];
    if !dev.service {
        let at = dev.service_file.as_deref();
        let image = one_image(at, dev.service_image.as_deref(), place)
            .map_err(|wrong| problem(text, "service_", &format!("dev.service_file and dev.service_image: {wrong}")));
        if at.is_some() || dev.service_image.is_some() {
            let mut service = Part::new(Role::Service, name, &image?);
            service.component.image_pull_policy = dev.service_pull_policy.map(pull_policy);
            parts.push(service);
        }
    }
    let resources = config.workload.clone().unwrap_or_default();
    let mut differences: Vec<_> = of_egress(&resources, &dev).into_iter().collect();
    parts.iter_mut().for_each(|part| part.component.local_resources = local_resources(&resources));
    for component in &dev.components {
        parts.push(beside(component, &resources, place).map_err(|wrong| {
            problem(text, &component.name, &format!("dev.components, {}: {wrong}", component.name))
        })?);
    }
    let (maps, from_secrets) = used(&parts);
    let maps: Vec<_> = maps.iter().map(String::as_str).collect();
    let from_secrets: Vec<_> = from_secrets.iter().map(String::as_str).collect();
    let config_maps = config_maps(config, &maps, &mut differences);
    secrets(config, &from_secrets, &mut differences);
    parts.iter_mut().for_each(rename_sources);
    differences.extend(of_dev(config, &dev));
    let draft = Draft {
        parts,
        host_interfaces: dev.host_interfaces.iter().map(interface).collect(),
        mounts: mounts(&dev.volumes, place),
        config_maps,
        from_wash: true,
        preface: preface(&differences),
    };
    Ok(Carried { draft, differences })
}

/// What the manifest says above all else.
fn preface(differences: &[String]) -> Vec<String> {
    let lead = match differences.is_empty() {
        true => "From a wash project.".to_owned(),
        false => "From a wash project. Where Kubernetes differs, and what is left to do:".to_owned(),
    };
    std::iter::once(lead).chain(differences.iter().map(|difference| format!("- {difference}"))).collect()
}

/// A problem with something that a word of the file is about.
fn problem(text: &Arc<Text>, word: &str, message: &str) -> Problem {
    let line = lines::split(&text.content).position(|line| line.contains(word)).map_or(1, |index| index + 1);
    Problem::at_line(text, line, message.to_owned())
}

fn main(config: &Config, dev: &Dev, name: &str, place: Place<'_>) -> Part {
    let built = config.build.as_ref().and_then(|build| build.component_path.as_deref());
    let image = built.or(dev.component_path.as_deref()).map(|path| file(path, place)).unwrap_or_default();
    Part::new(if dev.service { Role::Service } else { Role::AsItSays }, name, &image)
}

fn beside(component: &DevComponent, workload: &Resources, place: Place<'_>) -> Result<Part, &'static str> {
    let image = one_image(component.file.as_deref(), component.image.as_deref(), place)?;
    let mut part = Part::new(Role::Component, &component.name, &image);
    let own = Resources {
        environment: merged(workload.environment.as_ref(), component.environment.as_ref()),
        config: workload.config.clone().into_iter().chain(component.config.clone()).collect(),
        allowed_hosts: component.allowed_hosts.clone().or(workload.allowed_hosts.clone()),
        allowed_ip_name_lookups: or(&component.allowed_ip_name_lookups, &workload.allowed_ip_name_lookups),
        allowed_host_loopback_ports: or(&component.allowed_host_loopback_ports, &workload.allowed_host_loopback_ports),
    };
    part.component.local_resources = local_resources(&own);
    part.component.image_pull_policy = component.pull_policy.map(pull_policy);
    part.component.pool_size = component.pool_size;
    part.component.max_invocations = component.max_invocations;
    part.component.max_concurrency = component.max_concurrency;
    Ok(part)
}

fn or<T: Clone>(own: &Option<T>, shared: &Option<T>) -> Option<T> {
    own.clone().or_else(|| shared.clone())
}

fn one_image(path: Option<&Path>, image: Option<&str>, place: Place<'_>) -> Result<String, &'static str> {
    match (path, image) {
        (Some(path), None) => Ok(file(path, place)),
        (None, Some(image)) => Ok(image.to_owned()),
        (None, None) => Err("it has neither a file nor an image"),
        (Some(_), Some(_)) => Err("it has both a file and an image"),
    }
}

/// The image that a file of the project is.
fn file(path: &Path, place: Place<'_>) -> String {
    read(&format!("file://{}", place.project.join(path.strip_prefix("./").unwrap_or(path)).display()))
}

fn pull_policy(policy: PullPolicy) -> String {
    let policy = match policy {
        PullPolicy::Always => ImagePullPolicy::Always,
        PullPolicy::IfNotPresent => ImagePullPolicy::IfNotPresent,
        PullPolicy::Never => ImagePullPolicy::Never,
    };
    policy.as_str().to_owned()
}

/// The component's own variables and sources, after those of all.
fn merged(shared: Option<&Layer>, own: Option<&Layer>) -> Option<Layer> {
    let Some(own) = own else { return shared.cloned() };
    let mut layer = shared.cloned().unwrap_or_default();
    layer.config.extend(own.config.clone());
    layer.config_from.extend(own.config_from.clone());
    layer.secret_from.extend(own.secret_from.clone());
    Some(layer)
}

fn local_resources(from: &Resources) -> Option<LocalResources> {
    let port = |port: &Port| match port {
        Port::Number(port) => port.to_string(),
        Port::Text(port) => port.clone(),
    };
    let resources = LocalResources {
        environment: from.environment.as_ref().map(environment).filter(|layer| *layer != ConfigLayer::default()),
        config: (!from.config.is_empty()).then(|| from.config.clone()),
        allowed_hosts: from.allowed_hosts.clone(),
        allowed_ip_name_lookups: from.allowed_ip_name_lookups.clone().filter(|names| !names.is_empty()),
        allowed_host_loopback_ports: from
            .allowed_host_loopback_ports
            .as_ref()
            .filter(|ports| !ports.is_empty())
            .map(|ports| ports.iter().map(port).collect()),
        ..LocalResources::default()
    };
    (resources != LocalResources::default()).then_some(resources)
}

fn environment(layer: &Layer) -> ConfigLayer {
    let list = |names: &[String]| {
        (!names.is_empty()).then(|| names.iter().map(|name| LocalObjectReference::to(name)).collect())
    };
    ConfigLayer {
        config: (!layer.config.is_empty()).then(|| layer.config.clone()),
        config_from: list(&layer.config_from),
        secret_from: list(&layer.secret_from),
    }
}

/// The configs and secrets that parts use, in wash's names, each once.
fn used(parts: &[Part]) -> (Vec<String>, Vec<String>) {
    let layers = parts.iter().filter_map(|part| part.component.local_resources.as_ref()?.environment.as_ref());
    let (mut maps, mut secrets) = (Vec::new(), Vec::new());
    for layer in layers {
        for (list, names) in [(&layer.config_from, &mut maps), (&layer.secret_from, &mut secrets)] {
            names.extend(list.iter().flatten().map(|reference| reference.name().to_owned()));
        }
    }
    for names in [&mut maps, &mut secrets] {
        names.sort();
        names.dedup();
    }
    (maps, secrets)
}

fn rename_sources(part: &mut Part) {
    let resources = part.component.local_resources.as_mut();
    let Some(layer) = resources.and_then(|resources| resources.environment.as_mut()) else { return };
    for reference in layer.config_from.iter_mut().chain(&mut layer.secret_from).flatten() {
        reference.name = Some(kube_name(reference.name()));
    }
}

fn interface(entry: &DevInterface) -> HostInterface {
    let mut config: BTreeMap<_, _> = entry.config.clone();
    if entry.namespace == "wasi" && entry.package == "http" {
        // Where wash listens; a host has its own address.
        config.remove("address");
        // Its port is that of wash.
        if let Some(host) = config.get_mut("host") {
            *host = http_name(host).unwrap_or(host).to_ascii_lowercase();
        }
    }
    HostInterface {
        name: entry.name.clone(),
        namespace: entry.namespace.clone(),
        package: entry.package.clone(),
        version: entry.version.clone(),
        interfaces: entry.interfaces.iter().cloned().collect(),
        config: (!config.is_empty()).then_some(config),
        ..HostInterface::default()
    }
}

/// The volumes, each under a name of its own.
fn mounts(volumes: &[DevVolume], place: Place<'_>) -> Vec<Mount> {
    let mut mounts: Vec<Mount> = Vec::new();
    for volume in volumes {
        let base = label_of(&volume.host_path.to_string_lossy());
        let taken = |name: &str| mounts.iter().any(|mount| mount.volume.name == name);
        let numbered = (2..).map(|number| format!("{base}-{number}"));
        let name = std::iter::once(base.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or_default();
        let path = anchored(&file(&volume.host_path, place), place.here);
        let path = path.strip_prefix("file://").unwrap_or(&path).to_owned();
        let mount_path = volume.guest_path.display().to_string();
        let mount = VolumeMount { name: name.clone(), mount_path, read_only: None };
        let host_path = Some(HostPathVolume { path });
        mounts.push(Mount { volume: Volume { name, ephemeral: None, host_path }, mount });
    }
    mounts
}

/// The one difference that everybody meets.
fn of_egress(workload: &Resources, dev: &Dev) -> Option<String> {
    let open = workload.allowed_hosts.is_none() && dev.components.iter().all(|c| c.allowed_hosts.is_none());
    open.then(|| {
        "without allowedHosts wash lets components send requests to all hosts, Kubernetes to none: list them".to_owned()
    })
}

/// What of `dev` a manifest has no place for.
fn of_dev(config: &Config, dev: &Dev) -> Vec<String> {
    let mut differences = Vec::new();
    if !dev.volumes.is_empty() {
        differences.push(
            "dev.volumes are directories of this machine; in a cluster they have to be in the hosts' Pods".to_owned(),
        );
    }
    let addressed = |entry: &DevInterface| entry.package == "http" && entry.config.contains_key("address");
    if dev.host_interfaces.iter().any(addressed) {
        differences.push("wasi:http's config.address is left out: hosts have addresses of their own".to_owned());
    }
    if !config.others.is_empty() {
        let keys: Vec<_> = config.others.iter().map(|key| format!("dev.{key}")).collect();
        differences.push(format!(
            "set where hosts are started, as in their Helm chart's values, and not carried over: {}",
            keys.join(", ")
        ));
    }
    differences
}
