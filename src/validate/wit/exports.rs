//! Exports that hosts call, if the workload lists them.

use super::Offer;
use super::finding::{Kind, WitFinding};
use super::parts::{Parts, lists, version_fits};
use super::remedy::{Wanted, list};
use crate::component::Interface;

/// Exports that nobody calls, because nothing lists them.
pub(super) fn check(parts: &Parts<'_>, offer: &Offer) -> Vec<WitFinding> {
    let mut findings = Vec::new();
    for (number, part, component) in parts.known() {
        let called = component.exports.iter().filter(|export| export.is_http_handler() || offer.calls(export));
        for export in called.filter(|export| !parts.is_imported(export, number) && !is_listed(parts, export)) {
            let host = part.name.filter(|_| export.is_http_handler()).map(|name| format!("{name}.example.com"));
            let Interface { namespace, package, name, .. } = export;
            let wanted = Wanted { namespace, package, name: None, interfaces: vec![name], host: host.as_deref() };
            findings.push(WitFinding {
                kind: Kind::NoIngress,
                path: format!("{}.image", part.path),
                interfaces: vec![export.clone()],
                message: format!("{} exports {export}, which hosts call only in workloads that list it", part.title),
                remedy: list(parts, &wanted),
            });
        }
    }
    findings
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
