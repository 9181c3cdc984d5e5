//! Exports that hosts call, if the workload lists them.

use std::collections::BTreeMap;

use super::Offer;
use super::finding::{Kind, WitFinding, listed};
use super::http::is_answered;
use super::parts::{Part, Parts, lists, version_fits};
use super::remedy::{Remedy, Wanted, list};
use crate::component::Interface;

/// Exports of one interface that nobody calls.
type Uncalled<'p, 'a> = BTreeMap<(&'a str, &'a str, &'a str), Vec<(&'p Part<'a>, &'a Interface)>>;

/// Exports that nobody calls, because nothing lists them: what is to be listed once is told once.
pub(super) fn check(parts: &Parts<'_>, offer: &Offer) -> Vec<WitFinding> {
    let mut uncalled = Uncalled::new();
    let mut findings = Vec::new();
    for (number, part, component) in parts.known() {
        // What does not run is told to be no service.
        let exports = component.exports.iter().filter(|_| component.is_service());
        findings.extend(exports.filter_map(|export| never_called(part, export)));
        let called = component.exports.iter().filter(|export| match export.is_http_handler() {
            true => is_answered(part, export),
            false => offer.calls(export),
        });
        for export in called.filter(|export| !parts.is_imported(export, number) && !is_listed(parts, export)) {
            // One of both generations lets all requests in.
            let name = if export.is_http_handler() { "" } else { export.name.as_str() };
            uncalled.entry((&export.namespace, &export.package, name)).or_default().push((part, export));
        }
    }
    findings.extend(uncalled.values().filter_map(|exports| finding(parts, exports)));
    findings
}

/// The handler of a service that could answer requests only if it did not run.
fn never_called(part: &Part<'_>, export: &Interface) -> Option<WitFinding> {
    (export.is_http_handler() && !is_answered(part, export)).then(|| WitFinding {
        kind: Kind::NoIngress,
        path: format!("{}.image", part.path),
        message: format!("{} exports {export}, which hosts call of components alone", part.title),
        interfaces: vec![export.clone()],
        remedy: Remedy::words(
            "put what answers requests into a component beside the service, or build the service with wasi:http/handler@0.3.0",
        ),
    })
}

fn finding(parts: &Parts<'_>, exports: &[(&Part<'_>, &Interface)]) -> Option<WitFinding> {
    let (part, export) = exports.first()?;
    let Interface { namespace, package, name, .. } = export;
    let host = export.is_http_handler().then(|| format!("{}.example.com", part.name.unwrap_or("web")));
    let wanted = Wanted { namespace, package, name: None, interfaces: vec![name], host: host.as_deref() };
    let mut interfaces: Vec<_> = exports.iter().map(|(_, export)| *export).collect();
    interfaces.sort();
    interfaces.dedup();
    let mut titles: Vec<_> = exports.iter().map(|(part, _)| &part.title).collect();
    titles.dedup();
    let verb = if titles.len() == 1 { "exports" } else { "export" };
    let titles = listed(titles);
    Some(WitFinding {
        kind: Kind::NoIngress,
        path: format!("{}.image", part.path),
        message: format!("{titles} {verb} {}, which hosts call only in workloads that list it", listed(&interfaces)),
        interfaces: interfaces.into_iter().cloned().collect(),
        remedy: list(parts, &wanted),
    })
}

fn is_listed(parts: &Parts<'_>, export: &Interface) -> bool {
    parts.entries.iter().any(|entry| {
        if export.is_http_handler() {
            super::http::lets_in(entry)
        } else {
            lists(entry, export) && version_fits(entry, export)
        }
    })
}
