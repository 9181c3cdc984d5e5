//! Which host interfaces a workload has to list, by what its components import and export.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::HostInterface;
use crate::component::{Component, Interface};

/// Packages that hosts build in: they need not be listed. Of `wasi:http` that is the outgoing half.
const BUILT_IN: [&str; 7] = ["cli", "clocks", "filesystem", "http", "io", "random", "sockets"];

/// Packages whose exports are called by hosts.
const CALLED: [(&str, &str); 2] = [("wasi", "http"), ("wasmcloud", "messaging")];

/// The interface of nearly every package that holds no more than types.
const TYPES: &str = "types";

/// A package's interfaces, by namespace and package.
type Packages = BTreeMap<(String, String), BTreeSet<String>>;

/// What has to be listed so that hosts give all that is imported, and call all that is exported to them; one entry for
/// each package, without a version: hosts take any that fits then.
pub(super) fn listed(components: &[&Component]) -> Vec<HostInterface> {
    let mut packages = Packages::new();
    for component in components {
        let given = |import: &&Interface| !is_built_in(import) && !is_exported(import, components);
        let called = |export: &&Interface| CALLED.iter().any(|(namespace, package)| export.is_of(namespace, package));
        let imports = component.imports.iter().filter(given);
        for interface in imports.chain(component.exports.iter().filter(called)) {
            let package = (interface.namespace.clone(), interface.package.clone());
            packages.entry(package).or_default().insert(interface.name.clone());
        }
    }
    packages.into_iter().map(entry).collect()
}

fn entry(((namespace, package), mut interfaces): ((String, String), BTreeSet<String>)) -> HostInterface {
    // Plugins claim an entry only when they serve all of it, and not all list their types.
    if interfaces.len() > 1 {
        interfaces.remove(TYPES);
    }
    HostInterface { namespace, package, interfaces: interfaces.into_iter().collect(), ..HostInterface::default() }
}

fn is_built_in(import: &Interface) -> bool {
    import.namespace == "wasi" && BUILT_IN.contains(&import.package.as_str())
}

/// Whether a component of the same workload gives it.
fn is_exported(import: &Interface, components: &[&Component]) -> bool {
    let mut exports = components.iter().flat_map(|component| &component.exports);
    exports.any(|export| {
        let same = export.is(&import.namespace, &import.package, &import.name);
        same && match (&export.version, &import.version) {
            (Some(a), Some(b)) => a.major == b.major && (a.major > 0 || a.minor == b.minor) && a.pre == b.pre,
            (a, b) => a == b,
        }
    })
}

/// Adds an entry to a list: one without a name becomes part of the unnamed one of its package, of which there may be but
/// one.
pub(super) fn add(list: &mut Vec<HostInterface>, more: HostInterface) {
    let same = |entry: &&mut HostInterface| {
        entry.is_package(&more.namespace, &more.package) && entry.name.is_none() && more.name.is_none()
    };
    let Some(entry) = list.iter_mut().find(same) else { return list.push(more) };
    for interface in more.interfaces {
        if !entry.interfaces.contains(&interface) {
            entry.interfaces.push(interface);
        }
    }
    entry.interfaces.sort();
    if entry.version != more.version {
        entry.version = None;
    }
    if let Some(config) = more.config {
        entry.config.get_or_insert_default().extend(config);
    }
}

/// What a component that answers HTTP requests has to list.
pub(super) fn http() -> HostInterface {
    entry((("wasi".to_owned(), "http".to_owned()), BTreeSet::from(["incoming-handler".to_owned()])))
}

/// Whether an entry has hosts lead HTTP requests to the workload.
pub(super) fn leads_http(entry: &HostInterface) -> bool {
    entry.is_package("wasi", "http") && (entry.has_interface("incoming-handler") || entry.has_interface("handler"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(imports: &[&str], exports: &[&str]) -> Component {
        let read = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect();
        Component { imports: read(imports), exports: read(exports), ..Component::default() }
    }

    fn names(entries: &[HostInterface]) -> Vec<String> {
        entries.iter().map(|e| format!("{}:{}/{}", e.namespace, e.package, e.interfaces.join(","))).collect()
    }

    #[test]
    fn what_hosts_build_in_and_siblings_give_is_not_listed() {
        let front = component(
            &[
                "wasi:cli/environment@0.2.3",
                "wasi:http/types@0.2.3",
                "wasi:http/outgoing-handler@0.2.3",
                "wasi:keyvalue/store@0.2.0-draft",
                "wasi:keyvalue/atomics@0.2.0-draft",
                "wasmcloud:messaging/types@0.2.0",
                "wasmcloud:messaging/consumer@0.2.0",
                "acme:prices/lookup@1.2.0",
                "acme:stock/lookup@2.0.0",
            ],
            &["wasi:http/incoming-handler@0.2.3"],
        );
        let back = component(&[], &["acme:prices/lookup@1.0.0", "acme:stock/lookup@1.0.0"]);
        assert_eq!(
            names(&listed(&[&front, &back])),
            [
                "acme:stock/lookup",
                "wasi:http/incoming-handler",
                "wasi:keyvalue/atomics,store",
                "wasmcloud:messaging/consumer",
            ]
        );
    }

    #[test]
    fn exports_are_listed_that_hosts_call() {
        let component =
            component(&["wasmcloud:messaging/types@0.2.0"], &["wasmcloud:messaging/handler@0.2.0", "wasi:cli/run@0.2.0"]);
        assert_eq!(names(&listed(&[&component])), ["wasmcloud:messaging/handler"]);
        assert!(listed(&[]).is_empty());
    }

    #[test]
    fn there_is_one_unnamed_entry_for_a_package() {
        let mut list = vec![http()];
        let version = Some("0.2.0".to_owned());
        let config = Some([("host".to_owned(), "a".to_owned())].into());
        add(&mut list, HostInterface { version, config, interfaces: vec!["handler".into()], ..http() });
        add(&mut list, HostInterface { name: Some("second".to_owned()), ..http() });
        assert_eq!(names(&list), ["wasi:http/handler,incoming-handler", "wasi:http/incoming-handler"]);
        assert_eq!((list[0].config.as_ref().unwrap()["host"].as_str(), &list[0].version), ("a", &None));
        assert!(list.iter().all(leads_http));
    }
}
