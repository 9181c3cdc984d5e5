//! Whether a host has the interfaces that a Workload needs of it.

use semver::Version;

use super::Candidate;
use crate::api::HostInterface;
use crate::component;
use crate::hosts::wire::WitInterface;

/// The first interface that the host lacks, as `wasi:keyvalue/store`, with the version where only that is in the way.
pub(super) fn lacking(needed: &[HostInterface], host: &Candidate<'_>) -> Option<String> {
    needed.iter().filter(|need| !is_built_in(need)).find_map(|need| lacks(need, host))
}

/// What a Workload needs that no host has built in, as `wasi:keyvalue/store`: only heartbeats tell which hosts have it.
pub fn of_plugins(needed: &[HostInterface]) -> Vec<String> {
    let needed = needed.iter().filter(|need| !is_built_in(need));
    let names = needed.flat_map(|need| {
        need.interfaces.iter().map(move |interface| format!("{}:{}/{interface}", need.namespace, need.package))
    });
    names.collect()
}

fn is_built_in(need: &HostInterface) -> bool {
    component::is_built_in(&need.namespace, &need.package)
}

fn lacks(need: &HostInterface, host: &Candidate<'_>) -> Option<String> {
    let offers = || host.imports.iter().chain(host.exports).filter(|offer| same_package(need, offer));
    let version = need.version.as_deref().unwrap_or_default();
    let has = |interface: &String, any_version: bool| {
        offers()
            .filter(|offer| any_version || compatible(version, &offer.version))
            .any(|offer| offer.interfaces.contains(interface))
    };
    let missing = need.interfaces.iter().find(|interface| !has(interface, false))?;
    let name = format!("{}:{}/{missing}", need.namespace, need.package);
    Some(if has(missing, true) { format!("{name}@{version}") } else { name })
}

fn same_package(need: &HostInterface, offer: &WitInterface) -> bool {
    need.namespace == offer.namespace && need.package == offer.package
}

/// Semver compatibility, only where both sides give a version that is one.
fn compatible(needed: &str, offered: &str) -> bool {
    let (Ok(needed), Ok(offered)) = (needed.parse::<Version>(), offered.parse::<Version>()) else {
        return true;
    };
    track(&needed) == track(&offered)
}

/// What has to be equal for two versions to be compatible.
fn track(version: &Version) -> (u64, u64, u64) {
    match (version.major, version.minor) {
        (0, 0) => (0, 0, version.patch),
        (0, minor) => (0, minor, 0),
        (major, _) => (major, 0, 0),
    }
}
