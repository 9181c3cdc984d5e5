//! Imports that nobody gives, or somebody else than it seems.

use std::collections::BTreeMap;

use super::Offer;
use super::finding::{Kind, WitFinding, listed};
use super::parts::{Part, Parts};
use super::remedy::{Remedy, Wanted, list};
use super::source::{Import, Source, imports};
use crate::component::Interface;

/// Imports of one package that are missing: they go into one entry.
type Missing<'a> = BTreeMap<(&'a str, &'a str, Option<&'a str>), Vec<Import<'a>>>;

/// What is amiss with the imports of a workload.
pub(super) fn check(parts: &Parts<'_>, offer: &Offer) -> Vec<WitFinding> {
    let (mut findings, mut missing) = (Vec::new(), Missing::new());
    let all = imports(parts);
    for import in &all {
        let finding = match import.source(parts) {
            Source::BuiltIn | Source::Sibling(_) => None,
            Source::BuiltInOtherwise => Some(built_in_otherwise(parts, import)),
            Source::Siblings(exporters) => Some(siblings(parts, import, &exporters)),
            Source::Entry(_) => other_version(parts, import, offer),
            Source::EntryOtherwise(number) => Some(entry_otherwise(parts, import, number)),
            Source::SiblingOtherwise(number) => Some(sibling_otherwise(parts, import, number)),
            Source::Nobody => match other_version(parts, import, offer) {
                Some(finding) => Some(finding),
                None => {
                    let Interface { namespace, package, .. } = import.interface;
                    missing.entry((namespace, package, import.label)).or_default().push(*import);
                    None
                }
            },
        };
        findings.extend(finding);
    }
    findings.extend(missing.values().filter_map(|imports| nobody(parts, imports, offer)));
    findings
}

fn importer<'a, 'p>(parts: &'p Parts<'a>, import: &Import<'_>) -> &'p Part<'a> {
    &parts.all[import.importer]
}

fn finding(parts: &Parts<'_>, import: &Import<'_>, kind: Kind, why: &str, remedy: Remedy) -> WitFinding {
    let importer = importer(parts, import);
    WitFinding {
        kind,
        path: format!("{}.image", importer.path),
        interfaces: vec![import.interface.clone()],
        message: format!("{} imports {}, {why}", importer.title, named(import)),
        remedy,
    }
}

fn named(import: &Import<'_>) -> String {
    match import.label {
        Some(label) => format!("{} as `{label}`", import.interface),
        None => import.interface.to_string(),
    }
}

fn built_in_otherwise(parts: &Parts<'_>, import: &Import<'_>) -> WitFinding {
    let Interface { namespace, package, .. } = import.interface;
    let why = format!("and hosts have {namespace}:{package} 0.2 and 0.3");
    let remedy = Remedy::words("build the component against WASI 0.2");
    finding(parts, import, Kind::Version, &why, remedy)
}

fn siblings(parts: &Parts<'_>, import: &Import<'_>, exporters: &[usize]) -> WitFinding {
    let titles = exporters.iter().map(|number| &parts.all[*number].title);
    let why = format!("which {} export: hosts do not choose between them", listed(titles));
    let remedy = Remedy::words(format!("leave one component that exports {}", import.interface));
    finding(parts, import, Kind::BoundTwice, &why, remedy)
}

/// Hosts have it, in other versions than the one that is imported.
fn other_version(parts: &Parts<'_>, import: &Import<'_>, offer: &Offer) -> Option<WitFinding> {
    let versions = offer.versions(import.interface);
    if offer.gives(import.interface) || versions.is_empty() {
        return None;
    }
    let why = format!("and hosts have it in version {}", listed(&versions));
    let Interface { namespace, package, .. } = import.interface;
    let against = versions.last().map(|version| format!("build the component against {namespace}:{package}@{version}"));
    Some(finding(parts, import, Kind::Version, &why, Remedy::words(against?)))
}

fn entry_otherwise(parts: &Parts<'_>, import: &Import<'_>, number: usize) -> WitFinding {
    let version = parts.entries[number].version.as_deref().unwrap_or_default();
    let path = format!("{}.hostInterfaces[{number}]", parts.path);
    let why = format!("which does not fit the version {version} that {path} lists");
    let remedy = match &import.interface.version {
        Some(version) => Remedy::lines(format!("set {path}.version"), format!("version: {version}\n")),
        None => Remedy::words(format!("remove {path}.version")),
    };
    WitFinding { path: format!("{path}.version"), ..finding(parts, import, Kind::Version, &why, remedy) }
}

fn sibling_otherwise(parts: &Parts<'_>, import: &Import<'_>, number: usize) -> WitFinding {
    let exporter = &parts.all[number];
    let exports = exporter.component.map(|component| component.exports.as_slice()).unwrap_or_default();
    let exported = exports.iter().find(|export| import.interface.fits(export));
    let exported = exported.map(ToString::to_string).unwrap_or_default();
    let why =
        format!("and {} exports {exported}: hosts put together only what has the very same version", exporter.title);
    let remedy = Remedy::words(format!(
        "build both against one version of {}:{}",
        import.interface.namespace, import.interface.package
    ));
    finding(parts, import, Kind::Version, &why, remedy)
}

/// Imports of one package that nobody gives, in one finding.
fn nobody(parts: &Parts<'_>, imports: &[Import<'_>], offer: &Offer) -> Option<WitFinding> {
    let first = imports.first()?;
    let Interface { namespace, package, .. } = first.interface;
    let gives = imports.iter().any(|import| offer.gives(import.interface));
    // One that could not be opened might export it.
    if !gives && !parts.are_known() {
        return None;
    }
    let mut interfaces: Vec<_> = imports.iter().map(|import| import.interface).collect();
    interfaces.sort();
    interfaces.dedup();
    let mut titles: Vec<&str> = imports.iter().map(|import| importer(parts, import).title.as_str()).collect();
    titles.dedup();
    let (imports_it, which) = (if titles.len() == 1 { "imports" } else { "import" }, why(parts, first, offer, gives));
    let names = match first.label {
        Some(label) => format!("{} as `{label}`", listed(&interfaces)),
        None => listed(&interfaces),
    };
    let mut listed_names: Vec<&str> = interfaces.iter().map(|interface| interface.name.as_str()).collect();
    listed_names.dedup();
    let wanted = Wanted { namespace, package, name: first.label, interfaces: listed_names, host: None };
    let remedy = if gives || !offer.knows(namespace, package) {
        list(parts, &wanted)
    } else {
        Remedy::words("add a component that exports it, or give hosts a plugin that has it")
    };
    Some(WitFinding {
        kind: Kind::Missing,
        path: format!("{}.image", importer(parts, first).path),
        message: format!("{} {imports_it} {names}, which {which}", listed(titles)),
        interfaces: interfaces.into_iter().cloned().collect(),
        remedy,
    })
}

fn why(parts: &Parts<'_>, import: &Import<'_>, offer: &Offer, gives: bool) -> &'static str {
    let Interface { namespace, package, .. } = import.interface;
    let of_service = |(_, part, component): (usize, &Part<'_>, &crate::component::Component)| {
        part.name.is_none() && component.exports.iter().any(|export| import.interface.fits(export))
    };
    if gives {
        "hosts give only to workloads that list it"
    } else if parts.known().any(of_service) {
        "only the service exports: hosts give components what other components export"
    } else if offer.knows(namespace, package) {
        "no host has and no other component exports"
    } else {
        "no host interface lists and no other component exports"
    }
}
