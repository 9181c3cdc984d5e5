//! Requests: which come in, and which go out.

use super::finding::{Kind, WitFinding, listed};
use super::parts::{Part, Parts, name_of};
use super::remedy::{Remedy, config_of};
use super::source::{Import, Source, imports};
use crate::api::HostInterface;
use crate::component::Interface;

/// What is amiss with requests.
pub(super) fn check(parts: &Parts<'_>) -> Vec<WitFinding> {
    let mut findings = egress(parts);
    findings.extend(handlers(parts));
    findings.extend(host(parts));
    findings
}

/// Whether an entry lets requests in. Hosts take both generations for the same, in whatever version.
pub(super) fn lets_in(entry: &HostInterface) -> bool {
    let handler = |name: &String| {
        let (namespace, package) = (entry.namespace.clone(), entry.package.clone());
        Interface { namespace, package, name: name.clone(), version: None }.is_http_handler()
    };
    entry.interfaces.iter().any(handler)
}

/// Whether hosts have a part answer requests by an export. Those of a service they call while it runs, which only WASI 0.3
/// can: wasmCloud's pull request 5332.
pub(super) fn is_answered(part: &Part<'_>, export: &Interface) -> bool {
    export.is_http_handler() && (part.name.is_some() || export.name == "handler")
}

/// Components that answer requests from outside: nobody else in the workload calls them.
fn answering<'p, 'a>(parts: &'p Parts<'a>) -> Vec<(&'p Part<'a>, &'a Interface)> {
    let answering = |(number, part, component): (usize, &'p Part<'a>, &'a crate::component::Component)| {
        let handler = component.exports.iter().find(|export| is_answered(part, export))?;
        (!parts.is_imported(handler, number)).then_some((part, handler))
    };
    parts.known().filter_map(answering).collect()
}

fn egress(parts: &Parts<'_>) -> Vec<WitFinding> {
    let sends = |import: &Import<'_>| import.interface.is_http_client() && import.source(parts) == Source::BuiltIn;
    // An empty list says that none is meant to leave.
    let denied = |part: &Part<'_>| part.resources.is_none_or(|resources| resources.allowed_hosts.is_none());
    let mut findings: Vec<WitFinding> = Vec::new();
    for import in imports(parts).iter().filter(|import| sends(import)) {
        let part = &parts.all[import.importer];
        let path = format!("{}.localResources.allowedHosts", part.path);
        if !denied(part) || findings.iter().any(|finding| finding.path == path) {
            continue;
        }
        let allowed = "allowedHosts:\n  - api.example.com\n";
        let remedy = match part.resources {
            Some(_) => Remedy::lines(format!("name the hosts that it calls in {}.localResources", part.path), allowed),
            None => {
                let yaml = format!("localResources:\n  {}", allowed.replacen("\n", "\n  ", 1));
                Remedy::lines(format!("name the hosts that it calls in {}", part.path), yaml)
            }
        };
        findings.push(WitFinding {
            kind: Kind::Egress,
            interfaces: vec![import.interface.clone()],
            message: format!(
                "{} imports {}, and without allowedHosts no request leaves it",
                part.title, import.interface
            ),
            remedy,
            path,
        });
    }
    findings
}

/// Two that answer requests.
fn handlers(parts: &Parts<'_>) -> Option<WitFinding> {
    let mut answering = answering(parts);
    answering.retain(|(part, _)| part.name.is_some());
    let [_, (second, handler), ..] = answering.as_slice() else { return None };
    parts.entries.iter().any(lets_in).then(|| WitFinding {
        kind: Kind::SecondHandler,
        path: format!("{}.image", second.path),
        interfaces: vec![(*handler).clone()],
        message: format!(
            "{} answer requests: hosts send them to one of these, and do not say to which",
            listed(answering.iter().map(|(part, _)| &part.title))
        ),
        remedy: Remedy::words("put each into a workload of its own, or have one call the other"),
    })
}

/// The host by which requests find the workload: that of the first entry counts.
fn host(parts: &Parts<'_>) -> Vec<WitFinding> {
    let mut entries = parts.entries.iter().enumerate().filter(|(_, entry)| lets_in(entry));
    let answering = answering(parts);
    let (Some((part, handler)), Some((number, entry))) = (answering.first(), entries.next()) else { return Vec::new() };
    let path = format!("{}.hostInterfaces[{number}]", parts.path);
    let mut findings = Vec::new();
    if !may_have_host(entry) {
        let host = format!("{}.example.com", part.name.unwrap_or("web"));
        findings.push(WitFinding {
            kind: Kind::NoHost,
            path: format!("{path}.config"),
            interfaces: vec![(*handler).clone()],
            message: format!("{} answers requests, and without config.host none finds it", part.title),
            remedy: Remedy::lines(format!("set {path}.config.host"), config_of(&host, "")),
        });
    }
    // Two without a name are refused by the definition.
    let named = entries.filter(|(_, other)| name_of(entry).is_some() || name_of(other).is_some());
    findings.extend(named.map(|(other, _)| WitFinding {
        kind: Kind::SecondHandler,
        path: format!("{}.hostInterfaces[{other}]", parts.path),
        interfaces: vec![(*handler).clone()],
        message: format!("requests find the workload by the host of {path} only, not by that of a second entry"),
        remedy: Remedy::words(format!("remove {}.hostInterfaces[{other}]", parts.path)),
    }));
    findings
}

/// Whether a host is there, or may come from a ConfigMap or Secret.
fn may_have_host(entry: &HostInterface) -> bool {
    let layer = entry.layer();
    let host = layer.config.and_then(|config| config.get("host"));
    host.is_some_and(|host| !host.trim().is_empty()) || !layer.config_from.is_empty() || !layer.secret_from.is_empty()
}
