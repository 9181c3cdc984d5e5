//! Which host interfaces a workload has to list, by what its components import and export.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::HostInterface;
use crate::component::{Component, Interface, is_built_in};

/// Packages whose exports are called by hosts.
const CALLED: [(&str, &str); 3] = [("wasi", "http"), ("wasmcloud", "messaging"), ("wasmcloud", "nats")];

/// An entry: namespace, package, and the name that the component has for it.
type Key = (String, String, Option<String>);

/// What has to be listed so that hosts give all that is imported, and call all that is exported to them; one entry for
/// each package, without a version: hosts take any that fits then. What a component imports under a name of its own has an
/// entry of that name. The service gives nothing to the others.
pub(super) fn listed(components: &[&Component], service: Option<&Component>) -> Vec<HostInterface> {
    let mut entries = BTreeMap::<Key, BTreeSet<String>>::new();
    let mut add = |interface: &Interface, label: Option<&String>| {
        let key = (interface.namespace.clone(), interface.package.clone(), label.cloned());
        entries.entry(key).or_default().insert(interface.name.clone());
    };
    for component in components.iter().copied().chain(service) {
        let imports = component.imports.iter().map(|import| (import, None));
        let labelled = component.labelled.iter().map(|import| (&import.interface, Some(&import.label)));
        for (import, label) in imports.chain(labelled) {
            let built_in = is_built_in(&import.namespace, &import.package);
            // Components give each other exactly the version that is imported, and no other.
            if !built_in && !components.iter().any(|component| component.exports.contains(import)) {
                add(import, label);
            }
        }
    }
    let called = |export: &&Interface| CALLED.iter().any(|(namespace, package)| export.is_of(namespace, package));
    // Of a service hosts call what can run beside its `wasi:cli/run`, which is no `incoming-handler`.
    let of_service = service.into_iter().flat_map(|service| &service.exports);
    let of_service = of_service.filter(|export| export.name == "handler");
    let exports = components.iter().flat_map(|component| &component.exports).chain(of_service).filter(called);
    exports.filter(|export| !is_imported(export, components)).for_each(|export| add(export, None));
    entries
        .into_iter()
        .map(|((namespace, package, name), interfaces)| entry(namespace, package, name, interfaces))
        .collect()
}

fn entry(namespace: String, package: String, name: Option<String>, interfaces: BTreeSet<String>) -> HostInterface {
    let interfaces = interfaces.into_iter().collect();
    HostInterface { namespace, package, name, interfaces, ..HostInterface::default() }
}

fn is_imported(export: &Interface, components: &[&Component]) -> bool {
    components.iter().flat_map(|component| component.given()).any(|import| import == export)
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
    entry("wasi".to_owned(), "http".to_owned(), None, BTreeSet::from(["incoming-handler".to_owned()]))
}

/// Whether an entry has hosts lead HTTP requests to the workload.
pub(super) fn leads_http(entry: &HostInterface) -> bool {
    entry.is_package("wasi", "http") && (entry.has_interface("incoming-handler") || entry.has_interface("handler"))
}

/// Whether an entry has hosts call the workload: with requests, or with messages.
pub(super) fn has_calls(entry: &HostInterface) -> bool {
    leads_http(entry) || (entry.is_package("wasmcloud", "messaging") && entry.has_interface("handler"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::Labelled;

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
        let back = component(&[], &["acme:prices/lookup@1.2.0", "acme:stock/lookup@2.0.1"]);
        assert_eq!(
            names(&listed(&[&front, &back], None)),
            [
                "acme:stock/lookup",
                "wasi:http/incoming-handler",
                "wasi:keyvalue/atomics,store",
                "wasmcloud:messaging/consumer,types",
            ]
        );
        assert!(names(&listed(&[&front], Some(&back))).contains(&"acme:prices/lookup".to_owned()));
    }

    #[test]
    fn what_a_component_has_a_name_for_is_listed_under_it() {
        let labelled = |label: &str| Labelled {
            label: label.to_owned(),
            interface: "wasi:keyvalue/store@0.2.0-draft".parse().unwrap(),
        };
        let component = Component { labelled: vec![labelled("a"), labelled("b")], ..Component::default() };
        let entries = listed(&[&component], None);
        assert_eq!(entries.iter().map(|entry| entry.name.as_deref()).collect::<Vec<_>>(), [Some("a"), Some("b")]);
    }

    #[test]
    fn exports_are_listed_that_hosts_call() {
        let back = component(&[], &["wasmcloud:messaging/handler@0.2.0", "wasi:cli/run@0.2.0"]);
        assert_eq!(names(&listed(&[&back], None)), ["wasmcloud:messaging/handler"]);
        let front = component(&["wasmcloud:messaging/handler@0.2.0"], &[]);
        assert!(listed(&[&front, &back], None).is_empty());
        assert!(listed(&[], None).is_empty());
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
