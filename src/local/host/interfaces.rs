//! The host interfaces that a workload lists. As on a `wash host`, what is not built in is given only to workloads that
//! list it: one that runs here runs there.

use std::collections::BTreeMap;

use crate::hosts::wire::Workload;

/// Packages of `wasi` that this host gives to those who list them.
const GIVEN: [&str; 3] = ["config", "keyvalue", "logging"];

/// What a workload lists beyond what is built in.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Listed {
    /// `wasi:config`, with what it holds for all components.
    pub(super) config: Option<BTreeMap<String, String>>,
    /// `wasi:keyvalue`.
    pub(super) keyvalue: bool,
    /// `wasi:logging`.
    pub(super) logging: bool,
}

/// Reads the list. What this host does not have is passed over: only who imports it needs it.
pub(super) fn listed(workload: &Workload) -> Listed {
    let mut listed = Listed::default();
    for interface in workload.wit_world.iter().flat_map(|world| &world.host_interfaces) {
        match (interface.namespace.as_str(), interface.package.as_str()) {
            ("wasi", "config") => listed.config.get_or_insert_default().extend(interface.config.clone()),
            ("wasi", "keyvalue") => listed.keyvalue = true,
            ("wasi", "logging") => listed.logging = true,
            _ => {}
        }
    }
    listed
}

/// Whether an import would be there if the workload listed it.
pub(super) fn would_be_given(import: &str) -> bool {
    let package = import.strip_prefix("wasi:").and_then(|rest| rest.split_once('/')).map(|(package, _)| package);
    package.is_some_and(|package| GIVEN.contains(&package))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::wire::{WitInterface, WitWorld};

    fn workload(names: &[(&str, &str)]) -> Workload {
        let interfaces = names.iter().map(|(namespace, package)| WitInterface {
            namespace: (*namespace).to_owned(),
            package: (*package).to_owned(),
            interfaces: vec!["store".to_owned()],
            config: [("from".to_owned(), "the interface".to_owned())].into(),
            ..WitInterface::default()
        });
        let world = WitWorld { components: vec![], host_interfaces: interfaces.collect() };
        Workload { wit_world: Some(world), ..Workload::default() }
    }

    #[test]
    fn what_is_listed_is_given() {
        assert_eq!(listed(&Workload::default()), Listed::default());
        assert_eq!(
            listed(&workload(&[("wasi", "http"), ("wasi", "blobstore"), ("other", "config")])),
            Listed::default()
        );
        let all = listed(&workload(&[("wasi", "config"), ("wasi", "keyvalue"), ("wasi", "logging")]));
        assert!(all.keyvalue && all.logging);
        assert_eq!(all.config.unwrap()["from"], "the interface");
    }

    #[test]
    fn imports_are_known() {
        assert!(would_be_given("wasi:keyvalue/store@0.2.0-draft"));
        assert!(
            !would_be_given("wasi:blobstore/store") && !would_be_given("other:keyvalue/store") && !would_be_given("x")
        );
    }
}
