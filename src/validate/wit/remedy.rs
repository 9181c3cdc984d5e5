//! What to do about a finding.

use std::fmt::Write;

use super::parts::{Parts, is_used, name_of};
use crate::api::HostInterface;
use crate::manifest::scalar::word;

/// What to do about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// In words, as an order without its full stop.
    pub what: String,
    /// The lines of YAML to write, indented from the left margin on; of a field that is there they take the place.
    pub yaml: Option<String>,
}

impl Remedy {
    /// One in words only.
    pub(super) fn words(what: impl Into<String>) -> Self {
        Self { what: what.into(), yaml: None }
    }

    /// One with lines to write.
    pub(super) fn lines(what: impl Into<String>, yaml: impl Into<String>) -> Self {
        Self { what: what.into(), yaml: Some(yaml.into()) }
    }
}

/// A host interface that is to be there.
pub(super) struct Wanted<'a> {
    pub(super) namespace: &'a str,
    pub(super) package: &'a str,
    /// The name by which imports find it.
    pub(super) name: Option<&'a str>,
    pub(super) interfaces: Vec<&'a str>,
    /// The host that it answers for.
    pub(super) host: Option<&'a str>,
}

/// Lists interfaces: in the entry that their package has, or in one of their own. A package may have only one without a
/// name.
pub(super) fn list(parts: &Parts<'_>, wanted: &Wanted<'_>) -> Remedy {
    let there = parts
        .entries
        .iter()
        .enumerate()
        .find(|(_, entry)| entry.is_package(wanted.namespace, wanted.package) && name_of(entry) == wanted.name);
    match there {
        Some((number, entry)) => {
            let missing = wanted.interfaces.iter().filter(|name| !entry.has_interface(name));
            // What nobody uses is told no further.
            let stays = |name: &&String| !parts.are_known() || is_used(parts, entry, name);
            let names = entry.interfaces.iter().filter(stays).map(String::as_str).chain(missing.copied());
            let mut yaml = flow(names);
            if let (Some(host), None) = (wanted.host, entry.layer().config.and_then(|config| config.get("host"))) {
                yaml += &config_of(host, "");
            }
            Remedy::lines(format!("add it to {}.hostInterfaces[{number}]", parts.path), yaml)
        }
        None if parts.lists => Remedy::lines(format!("list it under {}.hostInterfaces", parts.path), entry(wanted)),
        None => Remedy::lines(format!("list it in {}", parts.path), format!("hostInterfaces:\n{}", entry(wanted))),
    }
}

fn entry(wanted: &Wanted<'_>) -> String {
    let mut yaml =
        format!("- namespace: {}\n  package: {}\n", word(wanted.namespace, false), word(wanted.package, false));
    if let Some(name) = wanted.name {
        let _ = writeln!(yaml, "  name: {}", word(name, false));
    }
    yaml += "  ";
    yaml += &flow(wanted.interfaces.iter().copied());
    if let Some(host) = wanted.host {
        yaml += &config_of(host, "  ");
    }
    yaml
}

/// The lines that say for which host requests are answered.
pub(super) fn config_of(host: &str, indent: &str) -> String {
    format!("{indent}config:\n{indent}  host: {}\n", word(host, false))
}

/// The line with the interfaces of an entry.
fn flow<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| word(name, true)).collect();
    format!("interfaces: [{}]\n", names.join(", "))
}

/// The interfaces of an entry without some.
pub(super) fn without(entry: &HostInterface, number: usize, path: &str, gone: &[&str]) -> Remedy {
    let kept: Vec<_> = entry.interfaces.iter().map(String::as_str).filter(|name| !gone.contains(name)).collect();
    if kept.is_empty() {
        return Remedy::words(format!("remove {path}.hostInterfaces[{number}]"));
    }
    Remedy::lines(format!("leave these in {path}.hostInterfaces[{number}]"), flow(kept.into_iter()))
}
