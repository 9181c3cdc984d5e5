//! Kubernetes Services that lead to workloads, and what leads to those.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::neighbours::{Neighbours, share_namespace};
use crate::manifest::Document;
use crate::validate::code;
use crate::validate::field::Field;
use crate::validate::file_set::FileSet;
use crate::validate::finding::{Finding, Gathered};
use crate::validate::references::Referred;
use crate::validate::subject::{Interface, Subject};

/// The one port that the controller leads to.
const PORT: &str = "http";

/// Workloads of one name that a further one is held against.
const COMPARED: usize = 100;

/// What is wrong with Services that subjects name, each told once.
pub(super) fn check(subjects: &[Subject<'_>], neighbours: &Neighbours<'_>, found: &mut Gathered<'_>) {
    let mut told: HashSet<*const Document> = HashSet::new();
    for subject in subjects {
        let Some(name) = subject.kubernetes_service() else { continue };
        found.extend(unanswered(subject, &name));
        let service = neighbours.find(Referred::Service, name.text().unwrap_or_default(), subject.document);
        if let Some(service) = service.filter(|service| told.insert(std::ptr::from_ref(*service))) {
            found.extend(ports(service, subject));
            found.extend(selector(service, subject));
        }
    }
}

/// A route to a workload that answers no requests.
fn unanswered(subject: &Subject<'_>, name: &Field<'_>) -> Option<Finding> {
    if subject.interfaces().iter().any(Interface::serves_http) {
        return None;
    }
    let message = format!("{}: the Service leads here, and no host interface takes requests", name.path);
    let remedy = "add to hostInterfaces\n- namespace: wasi\n  package: http\n  interfaces: [incoming-handler]\n  config:\n    host: web.example.com";
    Some(subject.value(&code::SERVICE_WITHOUT_HTTP, name, message).with_remedy(remedy))
}

fn ports(service: &Document, subject: &Subject<'_>) -> Option<Finding> {
    let spec = Field::root(service).get("spec")?;
    if spec.text_of("type") == Some("ExternalName") {
        let field = spec.get("type")?;
        let message = format!("{} is an ExternalName, which never leads to {}", service.title(), subject.title());
        let remedy = "write\ntype: ClusterIP\nports:\n- name: http\n  port: 80";
        return Some(Finding::value(&code::SERVICE_PORT_NAME, service, &field.path, message).with_remedy(remedy));
    }
    // Who looks a headless Service up is told addresses, and no ports.
    if spec.text_of("clusterIP") == Some("None") {
        return None;
    }
    let ports = spec.list("ports");
    if ports.iter().any(|port| port.text_of("name") == Some(PORT)) {
        return None;
    }
    let first = ports.first().map_or_else(|| spec.below("ports"), |port| port.path.clone());
    let why = format!(
        "{} leads to {}, and none of its ports is named {PORT}: requests reach nothing",
        service.title(),
        subject.title()
    );
    let remedy = match ports.first().and_then(|port| port.value.get("port")).and_then(Value::as_i64) {
        Some(number) => format!("write\nports:\n- name: {PORT}\n  port: {number}"),
        None => format!("write\nports:\n- name: {PORT}\n  port: 80"),
    };
    Some(Finding::value(&code::SERVICE_PORT_NAME, service, &first, why).with_remedy(remedy))
}

fn selector(service: &Document, subject: &Subject<'_>) -> Option<Finding> {
    let spec = Field::root(service).get("spec")?;
    let field = spec.get("selector").filter(|field| !field.entries().is_empty())?;
    let message =
        format!("{}: Pods that the selector finds get requests that are for {}", service.title(), subject.title());
    let remedy = "take the selector out: the controller says where the Service leads";
    Some(Finding::key(&code::SERVICE_SELECTOR, service, &field.path, message).with_remedy(remedy))
}

/// The names that a workload answers to, in lower case; none when some of them stand elsewhere.
fn names(subject: &Subject<'_>) -> Option<BTreeSet<String>> {
    let interfaces = subject.interfaces();
    let http: Vec<_> = interfaces.iter().filter(|interface| interface.serves_http()).collect();
    if http.is_empty() || http.iter().any(|interface| interface.reads_elsewhere()) {
        return None;
    }
    let mut names = BTreeSet::new();
    for interface in http {
        let aliases = interface.set("host-aliases").into_iter().flat_map(|aliases| aliases.split(','));
        names.extend(interface.set("host").into_iter().chain(aliases).map(host_name).filter(|name| !name.is_empty()));
    }
    Some(names)
}

/// A host name without what does not tell it from another.
pub(in crate::validate) fn host_name(host: &str) -> String {
    let host = host.trim().to_ascii_lowercase();
    host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name).to_owned()
}

/// Names that several workloads answer to, where they may meet on one host.
pub(super) fn claims(subjects: &[Subject<'_>], found: &mut Gathered<'_>) {
    let mut claimed: HashMap<String, Vec<&Subject<'_>>> = HashMap::new();
    for subject in subjects.iter().filter(|subject| subject.replicas() != 0) {
        for interface in subject.interfaces().iter().filter(|interface| interface.serves_http()) {
            for (host, field) in claims_of(interface) {
                let others = claimed.entry(host.clone()).or_default();
                if let Some(other) = others.iter().find(|other| meet(other, subject)) {
                    let whose = format!("{} ({})", other.title(), other.document.text.name);
                    let message = format!("{}: {whose} answers to {host} too, and requests go to either", field.path);
                    let remedy = "give each a host of its own, or keep them apart by hostSelector or environment";
                    found.extend([subject.value(&code::CLAIMED_TWICE, &field, message).with_remedy(remedy)]);
                }
                if others.len() < COMPARED {
                    others.push(subject);
                }
            }
        }
    }
}

/// The names that an interface answers to, each with its place.
fn claims_of<'a>(interface: &Interface<'a>) -> Vec<(String, Field<'a>)> {
    let of = |key: &str| {
        let (names, field) = interface.set(key).zip(interface.config(key))?;
        let names = names.split(',').map(host_name).filter(|name| !name.is_empty());
        Some(names.map(|name| (name, field.clone())).collect::<Vec<_>>())
    };
    ["host", "host-aliases"].into_iter().filter_map(of).flatten().collect()
}

/// Whether two workloads may come to run on one host; those of one name are the same.
fn meet(one: &Subject<'_>, other: &Subject<'_>) -> bool {
    let called = |subject: &Subject<'_>| {
        let prefix = subject.document.at(&["metadata", "generateName"]).and_then(Value::as_str);
        (subject.title(), prefix.map(str::to_owned))
    };
    if !share_namespace(one.document, other.document) || called(one) == called(other) {
        return false;
    }
    let text = |subject: &Subject<'_>, field: &str| {
        subject.workload().and_then(|workload| workload.text_of(field).map(str::to_owned))
    };
    let apart = |field: &str| {
        let (one, other) = (text(one, field), text(other, field));
        one.zip(other).is_some_and(|(one, other)| !one.is_empty() && !other.is_empty() && one != other)
    };
    let contradict = selector_of(one).zip(selector_of(other)).is_some_and(|(one, other)| {
        one.entries().iter().any(|(key, field)| other.get(key).is_some_and(|other| other.value != field.value))
    });
    !apart("environment") && !apart("hostId") && !contradict
}

fn selector_of<'a>(subject: &Subject<'a>) -> Option<Field<'a>> {
    subject.workload()?.get("hostSelector")
}

/// Ingresses and HTTPRoutes that send requests under names that the workload does not answer to.
pub(super) fn routes(files: &FileSet, subjects: &[Subject<'_>], found: &mut Gathered<'_>) {
    let ways: Vec<_> = files.documents.iter().flat_map(ways).collect();
    if ways.is_empty() {
        return;
    }
    let mut behind: HashMap<&str, Vec<&Subject<'_>>> = HashMap::new();
    for subject in subjects {
        if let Some(service) = subject.kubernetes_service().and_then(|field| field.text()) {
            behind.entry(service).or_default().push(subject);
        }
    }
    let told = ways.iter().filter_map(|way| {
        let all = behind.get(way.service)?.iter().filter(|subject| share_namespace(subject.document, way.document));
        let all: Vec<_> = all.collect();
        let names = all.iter().map(|subject| names(subject)).collect::<Option<Vec<_>>>()?;
        let answers = |name: &String| fits(way.host.text().unwrap_or_default(), name, way.service, way.document);
        if all.is_empty() || names.iter().flatten().any(answers) {
            return None;
        }
        Some(strange(way, all[0], names.iter().flatten().next()))
    });
    found.extend(told);
}

fn strange(way: &Way<'_>, subject: &Subject<'_>, answers: Option<&String>) -> Finding {
    let (host, service) = (way.host.text().unwrap_or_default(), way.service);
    let message = format!(
        "{}: requests for {host} go to Service {service}, and {} does not answer to it",
        way.document.title(),
        subject.title()
    );
    let remedy = match answers {
        Some(name) => {
            format!("write {name} here, or add to the wasi:http config of {}\nhost-aliases: {host}", subject.title())
        }
        None => format!("add to the wasi:http config of {}\nhost: {host}", subject.title()),
    };
    Finding::value(&code::STRANGE_ROUTE, way.document, &way.host.path, message).with_remedy(remedy)
}

/// Whether a request for a host finds a workload of that name; those of the Service it answers to anyway.
fn fits(host: &str, name: &str, service: &str, document: &Document) -> bool {
    let host = host_name(host);
    let namespace = document.namespace().unwrap_or_default();
    let own = [service.to_owned(), format!("{service}.{namespace}"), format!("{service}.{namespace}.svc")];
    match host.strip_prefix('*') {
        Some(suffix) => name.ends_with(suffix),
        None => host == name || own[1..].contains(&host),
    }
}

/// A host name whose requests go to a Service.
struct Way<'a> {
    document: &'a Document,
    host: Field<'a>,
    service: &'a str,
}

fn ways(document: &Document) -> Vec<Way<'_>> {
    let word = |field: &str| document.object.get(field).and_then(Value::as_str).unwrap_or_default();
    let group = word("apiVersion").split('/').next().unwrap_or_default();
    match (group, word("kind")) {
        ("networking.k8s.io", "Ingress") => of_ingress(document),
        ("gateway.networking.k8s.io", "HTTPRoute") => of_route(document),
        _ => Vec::new(),
    }
}

fn of_ingress(document: &Document) -> Vec<Way<'_>> {
    let root = Field::root(document);
    let annotations = root.at(&["metadata", "annotations"]).map(|all| all.entries()).unwrap_or_default();
    // The name may be changed on the way.
    if annotations.iter().any(|(key, _)| key.contains("upstream-vhost") || key.contains("middlewares")) {
        return Vec::new();
    }
    let rules = root.get("spec").map(|spec| spec.list("rules")).unwrap_or_default();
    rules.iter().flat_map(|rule| of_rule(document, rule)).collect()
}

fn of_rule<'a>(document: &'a Document, rule: &Field<'a>) -> Vec<Way<'a>> {
    let Some(host) = rule.get("host") else { return Vec::new() };
    let paths = rule.get("http").map(|http| http.list("paths")).unwrap_or_default();
    let services = paths.into_iter().filter_map(|path| path.at(&["backend", "service", "name"])?.text());
    services.map(|service| Way { document, host: host.clone(), service }).collect()
}

fn of_route(document: &Document) -> Vec<Way<'_>> {
    let Some(spec) = Field::root(document).get("spec") else { return Vec::new() };
    let hosts = spec.list("hostnames");
    let rules = spec.list("rules").into_iter().filter(|rule| !rewrites(rule));
    let services = rules.flat_map(|rule| rule.list("backendRefs")).filter_map(|backend| backend.get("name")?.text());
    let services: BTreeSet<_> = services.collect();
    let each = hosts
        .into_iter()
        .flat_map(|host| services.iter().map(move |service| Way { document, host: host.clone(), service }));
    each.collect()
}

/// Whether a rule changes the name that requests come with.
fn rewrites(rule: &Field<'_>) -> bool {
    rule.list("filters").iter().any(|filter| filter.at(&["urlRewrite", "hostname"]).is_some())
}
