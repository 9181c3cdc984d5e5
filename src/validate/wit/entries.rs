//! Host interfaces that are listed: for nobody, twice, or in vain.

use super::Offer;
use super::finding::{Kind, WitFinding, listed};
use super::parts::{Parts, interface, is_used, lists, name_of, version_fits, version_of};
use super::remedy::{Remedy, without};
use super::source::{Import, Source, imports};
use crate::api::HostInterface;
use crate::component::{compatible, is_built_in};

/// What is amiss with the host interfaces of a workload.
pub(super) fn check(parts: &Parts<'_>, offer: &Offer) -> Vec<WitFinding> {
    let mut findings = Vec::new();
    for (number, entry) in parts.entries.iter().enumerate() {
        findings.extend(of_entry(parts, number, entry, offer));
        findings.extend(twice(parts, number, entry));
    }
    findings
}

/// One finding for each entry: what hosts refuse weighs more than what they pass over.
fn of_entry(parts: &Parts<'_>, number: usize, entry: &HostInterface, offer: &Offer) -> Option<WitFinding> {
    let names = || entry.interfaces.iter().map(String::as_str);
    let unused: Vec<_> = names().filter(|name| !is_used(parts, entry, name)).collect();
    let finding = |kind, gone: &[&str], message| {
        let interfaces = gone.iter().map(|name| interface(entry, name)).collect();
        let path = format!("{}.hostInterfaces[{number}]", parts.path);
        let path = if gone.len() == entry.interfaces.len() { path } else { format!("{path}.interfaces") };
        WitFinding { kind, path, interfaces, message, remedy: without(entry, number, parts.path, gone) }
    };
    let shown = |names: &[&str]| listed(names.iter().map(|name| interface(entry, name)));
    if unused.len() < entry.interfaces.len() && !is_built_in(&entry.namespace, &entry.package) {
        let lacking: Vec<_> = names().filter(|name| !offer.has(&entry.namespace, &entry.package, name)).collect();
        if !lacking.is_empty() && offer.knows(&entry.namespace, &entry.package) {
            let nobody = if offer.is_exact() { "no host has" } else { "hosts are not known to have" };
            let message =
                format!("{nobody} {}, and they refuse a workload that lists what they do not have", shown(&lacking));
            return Some(finding(Kind::NotOffered, &lacking, message));
        }
        let linked: Vec<_> = lacking.iter().copied().filter(|name| is_linked(parts, entry, name)).collect();
        if !linked.is_empty() {
            let message = format!(
                "components give each other {}, and hosts refuse a workload that lists what they do not have",
                shown(&linked)
            );
            return Some(finding(Kind::Superfluous, &linked, message));
        }
    }
    if unused.is_empty() || !parts.are_known() || is_wanted(parts, entry) {
        return None;
    }
    Some(finding(Kind::Superfluous, &unused, format!("no component uses {}", shown(&unused))))
}

/// Whether something of its package is missing: that is told first, and goes into this entry.
fn is_wanted(parts: &Parts<'_>, entry: &HostInterface) -> bool {
    let of_package = |import: &Import<'_>| entry.is_package(&import.interface.namespace, &import.interface.package);
    imports(parts).iter().any(|import| of_package(import) && import.source(parts) == Source::Nobody)
}

/// Whether one component exports it and another imports it.
fn is_linked(parts: &Parts<'_>, entry: &HostInterface, name: &str) -> bool {
    parts.known().any(|(number, part, component)| {
        let exports = component.exports.iter().filter(|export| export.is(&entry.namespace, &entry.package, name));
        part.name.is_some()
            && exports.into_iter().any(|export| version_fits(entry, export) && parts.is_imported(export, number))
    })
}

/// An earlier entry that gives the same under the same name. The definition refuses those without a name, and those in
/// one version.
fn twice(parts: &Parts<'_>, number: usize, entry: &HostInterface) -> Option<WitFinding> {
    let same = |(_, other): &(usize, &HostInterface)| {
        let versions = version_of(entry).zip(version_of(other));
        name_of(entry).is_some()
            && name_of(entry) == name_of(other)
            && entry.version.as_deref().unwrap_or_default() != other.version.as_deref().unwrap_or_default()
            && versions.is_none_or(|(one, other)| compatible(&one, &other))
            && entry.interfaces.iter().any(|name| lists(other, &interface(entry, name)))
    };
    let (earlier, other) = parts.entries.iter().enumerate().take(number).find(same)?;
    // Of two that let requests in the other rule tells.
    if super::http::lets_in(entry) && super::http::lets_in(other) {
        return None;
    }
    let both: Vec<_> = entry.interfaces.iter().map(String::as_str).filter(|name| other.has_interface(name)).collect();
    Some(WitFinding {
        kind: Kind::BoundTwice,
        path: format!("{}.hostInterfaces[{number}]", parts.path),
        interfaces: both.iter().map(|name| interface(entry, name)).collect(),
        message: format!(
            "{} is listed already by {}.hostInterfaces[{earlier}]",
            listed(both.iter().map(|name| interface(entry, name))),
            parts.path
        ),
        remedy: match without(entry, number, parts.path, &both) {
            remedy if remedy.yaml.is_some() => remedy,
            Remedy { what, .. } => Remedy::words(format!("{what}, or give it a name of its own")),
        },
    })
}
