//! From what is to run, and what the images say of themselves, to the request.

use std::collections::BTreeMap;

use super::draft::{Draft, Part, Role};
use super::interfaces::{add, has_calls, http, leads_http, listed};
use super::wishes::Wishes;
use super::{Opened, Remarks, ScaffoldRequest, Subject, WorkloadSubject, egress, image, spec_path};
use crate::api::{
    HostInterface, Kind, KubernetesServiceRef, KubernetesSpec, WorkloadComponent, WorkloadService, WorkloadSpec,
};
use crate::component::Component;
use crate::error::Error;
use crate::validate::wit;

/// The label of hosts that names their group.
const HOST_GROUP: &str = crate::api::names::label::HOSTGROUP;

/// Decides what a workload is made of. `opened` has the components of all images that were opened; of the others it is
/// taken for granted that they answer HTTP requests.
///
/// # Errors
/// When the images do not fit what they are to be, or the wishes do not fit the images.
pub fn decide(
    (kind, name): (Kind, &str),
    namespace: Option<&str>,
    draft: Draft,
    wishes: &Wishes,
    opened: &Opened,
) -> Result<ScaffoldRequest, Error> {
    let from_wash = draft.from_wash;
    let Draft { mut parts, host_interfaces, mounts, config_maps, preface, .. } = draft;
    settle_roles(&mut parts, opened)?;
    check_artifacts(kind, &parts)?;
    check_handlers(&parts, opened)?;
    egress::allow(&mut parts, &wishes.allowed_hosts, opened);
    let unopened = is_guessed(&parts, &host_interfaces, opened);
    let (interfaces, assumed_host) = interfaces(name, &parts, host_interfaces, wishes, opened)?;
    if wishes.expose.is_some() && !interfaces.iter().any(leads_http) {
        return Err(Error::usage_with(
            format!("cannot expose \"{name}\": it answers no HTTP"),
            "no component exports wasi:http/incoming-handler; leave out --expose",
        ));
    }
    let mut spec = WorkloadSpec { environment: wishes.environment.clone(), ..WorkloadSpec::default() };
    spec.host_selector = wishes.host_group.as_ref().map(|group| [(HOST_GROUP.to_owned(), group.clone())].into());
    spec.host_interfaces = some(interfaces);
    for mount in mounts {
        let volumes = spec.volumes.get_or_insert_default();
        if volumes.iter().any(|volume| volume.name == mount.volume.name) {
            return Err(Error::usage(format!("there are two volumes named \"{}\"", mount.volume.name)));
        }
        volumes.push(mount.volume);
        for part in &mut parts {
            part.resources().volume_mounts.get_or_insert_default().push(mount.mount.clone());
        }
    }
    if wishes.expose.is_some() && kind != Kind::WorkloadDeployment {
        spec.kubernetes = Some(kubernetes(name));
    }
    let (services, components): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| part.role == Role::Service);
    spec.components = some(components.into_iter().map(|part| part.component).collect());
    spec.service = services.into_iter().next().map(service);
    let remarks = Remarks { unopened, assumed_host, from_wash, suggestions: false };
    let replicas = wishes.replicas;
    let mut findings = findings(kind, &spec, opened);
    if wishes.pull_secret.is_some() && spec.images().any(image::is_file) {
        findings.push("files of this machine are not pulled: they get no pull secret".to_owned());
    }
    let workload = WorkloadSubject { kind, replicas, spec, expose: wishes.expose, config_maps, remarks, findings };
    let subject = Subject::Workload(Box::new(workload));
    Ok(ScaffoldRequest { name: name.to_owned(), namespace: namespace.map(str::to_owned), subject, preface })
}

/// What is amiss with the components that were opened, as far as no flag would change it.
fn findings(kind: Kind, spec: &WorkloadSpec, opened: &Opened) -> Vec<String> {
    let components: Vec<_> = spec.components().iter().map(|part| opened.get(&part.image).cloned()).collect();
    let service = spec.service.as_ref().and_then(|service| opened.get(&service.image));
    let path = spec_path(kind).trim_start_matches('/').replace('/', ".");
    let workload = wit::Opened { spec, path: &path, components: &components, service };
    let findings = wit::check(&workload, &wit::Offer::known()).into_iter();
    findings.filter(|finding| finding.kind != wit::Kind::Egress).map(|finding| finding.message).collect()
}

/// What leads from an object to the Service of its name.
pub(super) fn kubernetes(name: &str) -> KubernetesSpec {
    KubernetesSpec { service: Some(KubernetesServiceRef { name: name.to_owned() }) }
}

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

/// Says of each image whether it is a component or the service.
fn settle_roles(parts: &mut [Part], opened: &Opened) -> Result<(), Error> {
    for part in parts.iter_mut() {
        let component = opened.get(&part.component.image);
        let only_runs = component.is_some_and(|it| it.is_service() && !it.is_http_handler());
        let image = &part.component.image;
        part.role = match (part.role, component) {
            (Role::Component, _) if only_runs => {
                return Err(Error::usage_with(
                    format!("component \"{}\" is a service: {image} exports wasi:cli/run", part.component.name),
                    format!("--service-image {image} runs it as the service"),
                ));
            }
            (Role::Service, Some(component)) if !component.is_service() => {
                return Err(Error::usage_with(
                    format!("{image} is no service: it does not export wasi:cli/run"),
                    format!("--component NAME={image} runs it as a component"),
                ));
            }
            (Role::AsItSays, _) if only_runs => Role::Service,
            (Role::AsItSays, _) => Role::Component,
            (role, _) => role,
        };
    }
    match parts.iter().filter(|part| part.role == Role::Service).count() {
        0 | 1 => Ok(()),
        _ => Err(Error::usage_with(
            "there are two services, and a workload has one",
            "leave out --service-image, or give what --image names to another workload",
        )),
    }
}

/// Only deployments follow artifacts.
fn check_artifacts(kind: Kind, parts: &[Part]) -> Result<(), Error> {
    let named = parts.iter().map(|part| &part.component.image).find(|image| image::is_artifact(image));
    match named {
        Some(image) if kind != Kind::WorkloadDeployment => Err(Error::usage_with(
            format!("{image} is for deployments, and this is a {}", kind.name()),
            "name the image itself",
        )),
        _ => Ok(()),
    }
}

/// Hosts send requests to one component.
fn check_handlers(parts: &[Part], opened: &Opened) -> Result<(), Error> {
    let handles = |part: &&Part| opened.get(&part.component.image).is_some_and(Component::is_http_handler);
    let mut handlers = parts.iter().filter(|part| part.role == Role::Component).filter(handles);
    match (handlers.next(), handlers.next()) {
        (Some(one), Some(other)) => Err(Error::usage_with(
            format!(
                "components \"{}\" and \"{}\" both answer HTTP, and hosts send requests to one",
                one.component.name, other.component.name
            ),
            "scaffold each by itself",
        )),
        _ => Ok(()),
    }
}

/// Whether it is a component of which nothing is known.
fn is_unknown(part: &Part, opened: &Opened) -> bool {
    part.role == Role::Component && !opened.contains_key(&part.component.image)
}

/// Whether it is taken for granted that HTTP is answered: something is not known, and no entry says what it is called for.
fn is_guessed(parts: &[Part], entries: &[HostInterface], opened: &Opened) -> bool {
    !entries.iter().any(has_calls) && parts.iter().any(|part| is_unknown(part, opened))
}

/// The host interfaces, and whether the HTTP host among them was made up.
fn interfaces(
    name: &str,
    parts: &[Part],
    more: Vec<HostInterface>,
    wishes: &Wishes,
    opened: &Opened,
) -> Result<(Vec<HostInterface>, bool), Error> {
    let known = |role: Role| {
        let parts = parts.iter().filter(move |part| part.role == role);
        parts.filter_map(|part| opened.get(&part.component.image)).collect::<Vec<_>>()
    };
    let mut list = listed(&known(Role::Component), known(Role::Service).first().copied());
    if is_guessed(parts, &more, opened) {
        add(&mut list, http());
    }
    more.into_iter().for_each(|entry| add(&mut list, entry));
    let Some(entry) = list.iter_mut().find(|entry| leads_http(entry)) else {
        return match wishes.http_hosts.is_empty() {
            true => Ok((list, false)),
            false => Err(Error::usage_with(
                "--http-host has no meaning: nothing here answers HTTP",
                "no component exports wasi:http/incoming-handler",
            )),
        };
    };
    let config = entry.config.get_or_insert_default();
    let assumed = wishes.http_hosts.is_empty() && !config.contains_key("host");
    config.extend(hosts(&wishes.http_hosts));
    config.entry("host".to_owned()).or_insert_with(|| format!("{name}.localhost"));
    Ok((list, assumed))
}

/// A host, and others that it answers to as well.
fn hosts(hosts: &[String]) -> BTreeMap<String, String> {
    let mut config = BTreeMap::new();
    if let Some((first, others)) = hosts.split_first() {
        config.insert("host".to_owned(), first.clone());
        if !others.is_empty() {
            config.insert("host-aliases".to_owned(), others.join(","));
        }
    }
    config
}

fn service(part: Part) -> WorkloadService {
    let WorkloadComponent { image, image_pull_secret, image_pull_policy, local_resources, .. } = part.component;
    WorkloadService { image, image_pull_secret, image_pull_policy, max_restarts: part.max_restarts, local_resources }
}
