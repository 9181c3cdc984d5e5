//! What hosts give to workloads, and what they call in them.

use std::collections::BTreeSet;

use semver::Version;

use crate::component::Interface;
use crate::hosts::wire::{HostHeartbeat, WitInterface};

/// Interfaces of one package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Offered {
    /// Namespace of the package.
    pub namespace: String,
    /// The package.
    pub package: String,
    /// Its version; `None` is any.
    pub version: Option<Version>,
    /// The interfaces.
    pub interfaces: BTreeSet<String>,
}

/// What hosts give to workloads, and what they call in them, beyond what every host has built in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// What workloads may import.
    gives: Vec<Offered>,
    /// What workloads may export.
    calls: Vec<Offered>,
    /// Whether there is nothing beyond it.
    is_exact: bool,
}

/// What a `wash host` 2.10.3 gives as it is by default: namespace, package, version, interfaces.
const GIVES: [(&str, &str, &str, &[&str]); 12] = [
    ("wasi", "blobstore", "0.2.0-draft", &["blobstore", "container", "types"]),
    ("wasi", "config", "0.2.0-rc.1", &["store"]),
    ("wasi", "keyvalue", "0.2.0-draft", &["atomics", "batch", "store"]),
    ("wasi", "logging", "0.1.0-draft", &["logging"]),
    ("wasmcloud", "blobstore", "0.1.0", &["blobstore", "container", "types"]),
    ("wasmcloud", "keyvalue", "0.2.0", &["atomics", "batch", "cas", "store"]),
    ("wasmcloud", "messaging", "0.2.0", &["consumer", "types"]),
    ("wasmcloud", "messaging", "0.3.0", &["consumer", "types"]),
    ("wasmcloud", "nats", "0.1.2", &["core", "jetstream", "kv", "types"]),
    ("wasmcloud", "postgres", "0.1.1-draft", &["prepared", "query", "types"]),
    ("wasmcloud", "postgres", "0.2.0", &["prepared", "query", "types"]),
    ("wasmcloud", "secrets", "2.1.0", &["reveal", "secret", "store"]),
];

/// What it calls.
const CALLS: [(&str, &str, &str, &[&str]); 3] = [
    ("wasmcloud", "messaging", "0.2.0", &["handler"]),
    ("wasmcloud", "messaging", "0.3.0", &["handler"]),
    ("wasmcloud", "nats", "0.1.2", &["core-handler", "jetstream-handler", "kv-handler"]),
];

impl Offer {
    /// What is known of hosts without asking one. Others may have plugins beyond it: what it does not know of is not
    /// refused.
    pub fn known() -> Self {
        let all = |table: &[(&str, &str, &str, &[&str])]| table.iter().map(|row| offered(*row)).collect();
        Self { gives: all(&GIVES), calls: all(&CALLS), is_exact: false }
    }

    /// What some hosts have reported: what one of them has counts. There is nothing beyond it.
    pub fn reported<'a>(beats: impl IntoIterator<Item = &'a HostHeartbeat>) -> Self {
        let (mut gives, mut calls) = (BTreeSet::new(), BTreeSet::new());
        for beat in beats {
            gives.extend(beat.imports.iter().map(Offered::from));
            calls.extend(beat.exports.iter().map(Offered::from));
        }
        Self { gives: gives.into_iter().collect(), calls: calls.into_iter().collect(), is_exact: true }
    }

    /// Whether hosts were asked, so that there is nothing beyond it.
    pub fn is_exact(&self) -> bool {
        self.is_exact
    }

    /// Whether it can be told what hosts have of a package.
    pub(super) fn knows(&self, namespace: &str, package: &str) -> bool {
        self.is_exact || self.all().any(|offered| offered.is(namespace, package))
    }

    /// Whether hosts give an interface to who lists it.
    pub(super) fn gives(&self, interface: &Interface) -> bool {
        self.gives.iter().any(|offered| offered.fits(interface))
    }

    /// Whether hosts call an interface in who lists it.
    pub(super) fn calls(&self, interface: &Interface) -> bool {
        self.calls.iter().any(|offered| offered.fits(interface))
    }

    /// Whether hosts give or call an interface in some version.
    pub(super) fn has(&self, namespace: &str, package: &str, name: &str) -> bool {
        self.all().any(|offered| offered.is(namespace, package) && offered.has(name))
    }

    /// The versions of a package in which hosts have an interface.
    pub(super) fn versions(&self, interface: &Interface) -> Vec<&Version> {
        let of_package = self.all().filter(|offered| offered.is(&interface.namespace, &interface.package));
        let versions: BTreeSet<_> = of_package
            .filter(|offered| offered.has(&interface.name))
            .filter_map(|offered| offered.version.as_ref())
            .collect();
        versions.into_iter().collect()
    }

    fn all(&self) -> impl Iterator<Item = &Offered> {
        self.gives.iter().chain(&self.calls)
    }
}

impl Offered {
    fn is(&self, namespace: &str, package: &str) -> bool {
        self.namespace == namespace && self.package == package
    }

    fn has(&self, name: &str) -> bool {
        self.interfaces.contains(name)
    }

    fn fits(&self, wanted: &Interface) -> bool {
        let offered = Interface { version: self.version.clone(), ..wanted.clone() };
        self.is(&wanted.namespace, &wanted.package) && self.has(&wanted.name) && wanted.fits(&offered)
    }
}

impl From<&WitInterface> for Offered {
    fn from(reported: &WitInterface) -> Self {
        Self {
            namespace: reported.namespace.clone(),
            package: reported.package.clone(),
            version: reported.version.parse().ok(),
            interfaces: reported.interfaces.iter().cloned().collect(),
        }
    }
}

fn offered((namespace, package, version, interfaces): (&str, &str, &str, &[&str])) -> Offered {
    Offered {
        namespace: namespace.to_owned(),
        package: package.to_owned(),
        version: version.parse().ok(),
        interfaces: interfaces.iter().map(|name| (*name).to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interface(name: &str) -> Interface {
        name.parse().unwrap()
    }

    #[test]
    fn what_is_known_has_versions() {
        let offer = Offer::known();
        assert!(offer.all().all(|offered| offered.version.is_some() && !offered.interfaces.is_empty()));
        assert!(offer.gives(&interface("wasi:keyvalue/store@0.2.0-draft")));
        assert!(offer.gives(&interface("wasi:keyvalue/store")));
        assert!(!offer.gives(&interface("wasi:keyvalue/store@0.2.0-draft2")));
        assert!(
            !offer.gives(&interface("wasi:keyvalue/nonsense"))
                && !offer.gives(&interface("wasmcloud:messaging/handler"))
        );
        assert!(offer.calls(&interface("wasmcloud:messaging/handler@0.2.3")));
        assert!(offer.knows("wasi", "config") && !offer.knows("wasi", "tls"));
        let versions: Vec<_> =
            offer.versions(&interface("wasmcloud:messaging/handler")).iter().map(ToString::to_string).collect();
        assert_eq!(versions, ["0.2.0", "0.3.0"]);
    }

    #[test]
    fn what_is_reported_is_all_there_is() {
        let reported = |package: &str, version: &str, names: &[&str]| WitInterface {
            namespace: "acme".to_owned(),
            package: package.to_owned(),
            version: version.to_owned(),
            interfaces: names.iter().map(|name| (*name).to_owned()).collect(),
            ..WitInterface::default()
        };
        let beats = [
            HostHeartbeat { imports: vec![reported("a", "", &["x"])], ..HostHeartbeat::default() },
            HostHeartbeat { imports: vec![reported("b", "1.0.0", &["y"])], ..HostHeartbeat::default() },
        ];
        let offer = Offer::reported(&beats);
        assert!(offer.gives(&interface("acme:a/x@7.0.0")), "without a version it is any");
        assert!(offer.gives(&interface("acme:b/y@1.2.0")) && !offer.gives(&interface("acme:b/y@2.0.0")));
        assert!(!offer.gives(&interface("wasi:keyvalue/store")) && offer.knows("wasi", "keyvalue"));
        assert!(offer.has("acme", "a", "x") && !offer.has("acme", "a", "y"));
    }
}
