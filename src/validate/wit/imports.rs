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

/// Imports of one component of which the same is to be told.
struct Amiss<'a> {
    importer: usize,
    interfaces: Vec<&'a Interface>,
    /// The imports in words.
    names: Vec<String>,
    kind: Kind,
    path: String,
    why: String,
    remedy: Remedy,
}

/// What is amiss with the imports of a workload.
pub(super) fn check(parts: &Parts<'_>, offer: &Offer) -> Vec<WitFinding> {
    let (mut amiss, mut missing, mut otherwise) = (Vec::new(), Missing::new(), Missing::new());
    for import in &imports(parts) {
        let found = match import.source(parts) {
            Source::BuiltIn | Source::Sibling(_) => None,
            Source::BuiltInOtherwise => Some(built_in_otherwise(parts, import)),
            Source::Siblings(exporters) => Some(siblings(parts, import, &exporters)),
            Source::Entry(_) => other_version(parts, import, offer),
            Source::EntryOtherwise(number) => Some(entry_otherwise(parts, import, number)),
            Source::SiblingOtherwise(number) => Some(sibling_otherwise(parts, import, number)),
            Source::Nobody => {
                let Interface { namespace, package, .. } = import.interface;
                let is_otherwise = other_version(parts, import, offer).is_some();
                let missing = if is_otherwise { &mut otherwise } else { &mut missing };
                missing.entry((namespace.as_str(), package.as_str(), import.label)).or_default().push(*import);
                None
            }
        };
        if let Some(found) = found {
            gather(&mut amiss, found);
        }
    }
    let mut findings: Vec<_> = amiss.into_iter().map(|amiss| amiss.finding(parts)).collect();
    findings.extend(otherwise.values().filter_map(|imports| unlisted(parts, imports, offer)));
    findings.extend(missing.values().filter_map(|imports| nobody(parts, imports, offer)));
    findings
}

/// Adds what is found to what the same is to be told of.
fn gather<'a>(amiss: &mut Vec<Amiss<'a>>, found: Amiss<'a>) {
    let is_same = |other: &&mut Amiss<'_>| {
        (other.importer, other.kind) == (found.importer, found.kind)
            && (&other.path, &other.why, &other.remedy) == (&found.path, &found.why, &found.remedy)
    };
    match amiss.iter_mut().find(is_same) {
        Some(other) => {
            other.interfaces.extend(found.interfaces);
            other.names.extend(found.names);
        }
        None => amiss.push(found),
    }
}

impl Amiss<'_> {
    fn finding(self, parts: &Parts<'_>) -> WitFinding {
        let title = &parts.all[self.importer].title;
        WitFinding {
            kind: self.kind,
            path: self.path,
            interfaces: self.interfaces.into_iter().cloned().collect(),
            message: format!("{title} imports {}, {}", listed(self.names), self.why),
            remedy: self.remedy,
        }
    }
}

fn importer<'a, 'p>(parts: &'p Parts<'a>, import: &Import<'_>) -> &'p Part<'a> {
    &parts.all[import.importer]
}

fn amiss<'a>(parts: &Parts<'_>, import: &Import<'a>, kind: Kind, why: String, remedy: Remedy) -> Amiss<'a> {
    let name = match import.label {
        Some(label) => format!("{} as `{label}`", import.interface),
        None => import.interface.to_string(),
    };
    Amiss {
        importer: import.importer,
        interfaces: vec![import.interface],
        names: vec![name],
        kind,
        path: format!("{}.image", importer(parts, import).path),
        why,
        remedy,
    }
}

fn built_in_otherwise<'a>(parts: &Parts<'_>, import: &Import<'a>) -> Amiss<'a> {
    let Interface { namespace, package, .. } = import.interface;
    let why = format!("and hosts have {namespace}:{package} 0.2 and 0.3");
    amiss(parts, import, Kind::HostVersion, why, Remedy::words("build the component against WASI 0.2"))
}

fn siblings<'a>(parts: &Parts<'_>, import: &Import<'a>, exporters: &[usize]) -> Amiss<'a> {
    let titles = exporters.iter().map(|number| &parts.all[*number].title);
    let why = format!("which {} export: hosts do not choose between them", listed(titles));
    amiss(parts, import, Kind::BoundTwice, why, Remedy::words("leave one component that exports it"))
}

/// Hosts have it, in other versions than the one that is imported.
fn other_version<'a>(parts: &Parts<'_>, import: &Import<'a>, offer: &Offer) -> Option<Amiss<'a>> {
    let versions = offer.versions(import.interface);
    if offer.gives(import.interface) {
        return None;
    }
    let why = format!("and hosts have version {}", listed(&versions));
    let Interface { namespace, package, .. } = import.interface;
    let against = format!("build the component against {namespace}:{package}@{}", versions.last()?);
    Some(amiss(parts, import, Kind::HostVersion, why, Remedy::words(against)))
}

fn entry_otherwise<'a>(parts: &Parts<'_>, import: &Import<'a>, number: usize) -> Amiss<'a> {
    let version = parts.entries[number].version.as_deref().unwrap_or_default();
    let path = format!("{}.hostInterfaces[{number}]", parts.path);
    let why = format!("and {path} lists version {version}, which does not fit");
    let remedy = match &import.interface.version {
        Some(version) => Remedy::lines(format!("set {path}.version"), format!("version: {version}\n")),
        None => Remedy::words(format!("remove {path}.version")),
    };
    Amiss { path: format!("{path}.version"), ..amiss(parts, import, Kind::Version, why, remedy) }
}

fn sibling_otherwise<'a>(parts: &Parts<'_>, import: &Import<'a>, number: usize) -> Amiss<'a> {
    let Interface { namespace, package, .. } = import.interface;
    let exporter = &parts.all[number];
    let exports = exporter.component.map(|component| component.exports.as_slice()).unwrap_or_default();
    let version = exports.iter().find(|export| import.interface.fits(export)).and_then(|it| it.version.as_ref());
    let version = version.map_or("without a version".to_owned(), |version| format!("in version {version}"));
    let why = format!(
        "and {} exports {namespace}:{package} {version}: hosts put together only what has the very same version",
        exporter.title
    );
    let remedy = Remedy::words(format!("build both against one version of {namespace}:{package}"));
    amiss(parts, import, Kind::Version, why, remedy)
}

/// Imports of one package that hosts have in other versions, and that are not even listed: no host gives them.
fn unlisted(parts: &Parts<'_>, imports: &[Import<'_>], offer: &Offer) -> Option<WitFinding> {
    let other = other_version(parts, imports.first()?, offer)?;
    let (found, list) = together(parts, imports)?;
    let what = format!("{}, and {}", other.remedy.what, list.what);
    let message = format!("{}, {}", found.message, other.why);
    Some(WitFinding { kind: Kind::Version, message, remedy: Remedy { what, ..list }, ..found })
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
    let (found, list) = together(parts, imports)?;
    let message = format!("{}, which {}", found.message, why(parts, first, offer, gives));
    let remedy = if gives || !offer.knows(namespace, package) {
        list
    } else {
        Remedy::words("add a component that exports it, or give hosts a plugin that has it")
    };
    Some(WitFinding { message, remedy, ..found })
}

/// Imports of one package in one finding, which says who imports what, and what lists them.
fn together(parts: &Parts<'_>, imports: &[Import<'_>]) -> Option<(WitFinding, Remedy)> {
    let first = imports.first()?;
    let Interface { namespace, package, .. } = first.interface;
    let mut interfaces: Vec<_> = imports.iter().map(|import| import.interface).collect();
    interfaces.sort();
    interfaces.dedup();
    let mut titles: Vec<&str> = imports.iter().map(|import| importer(parts, import).title.as_str()).collect();
    titles.dedup();
    let verb = if titles.len() == 1 { "imports" } else { "import" };
    let label = first.label.map(|label| format!(" as `{label}`")).unwrap_or_default();
    let mut names: Vec<&str> = interfaces.iter().map(|interface| interface.name.as_str()).collect();
    names.dedup();
    let list = list(parts, &Wanted { namespace, package, name: first.label, interfaces: names, host: None });
    let found = WitFinding {
        kind: Kind::Missing,
        path: format!("{}.image", importer(parts, first).path),
        message: format!("{} {verb} {}{label}", listed(titles), listed(&interfaces)),
        interfaces: interfaces.into_iter().cloned().collect(),
        remedy: list.clone(),
    };
    Some((found, list))
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
    } else if offer.is_exact() {
        "no host has and no other component exports"
    } else if offer.knows(namespace, package) {
        "hosts are not known to have and no other component exports"
    } else {
        "no host interface lists and no other component exports"
    }
}
