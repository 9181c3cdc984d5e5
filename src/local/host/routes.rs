//! Which workload answers a request: the one whose `wasi:http` names the request's `Host`.
//!
//! A host answers under its name and under its name with `.localhost` after it, which browsers take to this machine
//! without any set-up: `hello`, `hello.localhost`, `hello.example.com` and `hello.example.com.localhost` all work.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::start::StartError;
use crate::hosts::wire::Workload;

/// Who answers for which host.
pub(super) struct Routes<T> {
    hosts: BTreeMap<String, Vec<Arc<T>>>,
    turn: AtomicUsize,
}

impl<T> Default for Routes<T> {
    fn default() -> Self {
        Self { hosts: BTreeMap::new(), turn: AtomicUsize::new(0) }
    }
}

impl<T> Routes<T> {
    /// One more that answers for some hosts.
    pub(super) fn add(&mut self, hosts: &[String], target: &Arc<T>) {
        for host in hosts {
            let targets = self.hosts.entry(canonical(host)).or_default();
            if !targets.iter().any(|other| Arc::ptr_eq(other, target)) {
                targets.push(target.clone());
            }
        }
    }

    /// One that answers no more.
    pub(super) fn remove(&mut self, target: &Arc<T>) {
        for targets in self.hosts.values_mut() {
            targets.retain(|other| !Arc::ptr_eq(other, target));
        }
        self.hosts.retain(|_, targets| !targets.is_empty());
    }

    /// Who answers a request for a host, each in turn.
    pub(super) fn find(&self, host: &str) -> Option<&Arc<T>> {
        let targets = self.hosts.get(&canonical(host))?;
        targets.get(self.turn.fetch_add(1, Ordering::Relaxed) % targets.len())
    }

    /// All hosts.
    pub(super) fn hosts(&self) -> impl Iterator<Item = &str> {
        self.hosts.keys().map(String::as_str)
    }
}

/// A host without what does not tell it from another: case, port, a last dot, and `.localhost`.
fn canonical(host: &str) -> String {
    let host = host.trim();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !is_bare_v6(host) => name,
        _ => host,
    };
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    match name.strip_suffix(".localhost") {
        Some(short) if !short.is_empty() => short.to_owned(),
        _ => name,
    }
}

fn is_bare_v6(host: &str) -> bool {
    host.parse::<std::net::Ipv6Addr>().is_ok()
}

/// The hosts that a workload asks to answer for; none when it has no `wasi:http`.
pub(super) fn hosts_of(workload: &Workload) -> Result<Vec<String>, StartError> {
    let interfaces = workload.wit_world.iter().flat_map(|world| &world.host_interfaces);
    let handles = |interfaces: &[String]| interfaces.iter().any(|name| name == "incoming-handler");
    let mut hosts = Vec::new();
    for interface in interfaces {
        if interface.namespace == "wasi" && interface.package == "http" && handles(&interface.interfaces) {
            let host = interface.config.get("host").map(|host| host.trim()).filter(|host| !host.is_empty());
            hosts.push(host.ok_or(StartError::NoHost)?.to_owned());
            let aliases = interface.config.get("host-aliases").into_iter().flat_map(|aliases| aliases.split(','));
            hosts.extend(aliases.map(str::trim).filter(|alias| !alias.is_empty()).map(str::to_owned));
        }
    }
    Ok(hosts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::wire::{WitInterface, WitWorld};

    fn routes(hosts: &[&str]) -> Routes<String> {
        let mut routes = Routes::default();
        for host in hosts {
            routes.add(&[(*host).to_owned()], &Arc::new((*host).to_owned()));
        }
        routes
    }

    #[test]
    fn a_host_is_found_however_it_is_written() {
        let routes = routes(&["Hello", "app.example.com", "short.localhost", "[::1]", "localhost"]);
        for (asked, found) in [
            ("hello", Some("Hello")),
            ("HELLO:8000", Some("Hello")),
            ("hello.localhost:8000", Some("Hello")),
            ("hello.localhost.", Some("Hello")),
            ("app.example.com:80", Some("app.example.com")),
            ("app.example.com.localhost", Some("app.example.com")),
            ("short", Some("short.localhost")),
            ("short.localhost", Some("short.localhost")),
            ("[::1]:8000", Some("[::1]")),
            ("localhost:8000", Some("localhost")),
            ("example.com", None),
            ("", None),
            (".localhost", None),
        ] {
            assert_eq!(routes.find(asked).map(|target| target.as_str()), found, "{asked}");
        }
    }

    #[test]
    fn those_who_share_a_host_alternate() {
        let mut routes = Routes::default();
        let (one, two) = (Arc::new(1), Arc::new(2));
        routes.add(&["a".to_owned(), "A.localhost".to_owned()], &one);
        routes.add(&["a".to_owned()], &two);
        let answers: Vec<_> = (0..4).map(|_| **routes.find("a").unwrap()).collect();
        assert_eq!(answers, [1, 2, 1, 2]);
        routes.remove(&one);
        assert_eq!(routes.find("a"), Some(&two));
        routes.remove(&two);
        assert_eq!((routes.find("a"), routes.hosts().count()), (None, 0));
    }

    fn workload(interfaces: &[&str], config: &[(&str, &str)]) -> Workload {
        let interface = WitInterface {
            namespace: "wasi".into(),
            package: "http".into(),
            interfaces: interfaces.iter().map(|name| (*name).to_owned()).collect(),
            config: config.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            ..WitInterface::default()
        };
        let world = WitWorld { components: vec![], host_interfaces: vec![interface] };
        Workload { wit_world: Some(world), ..Workload::default() }
    }

    #[test]
    fn hosts_come_from_the_interface_and_its_aliases() {
        let aliases = [("host", "web"), ("host-aliases", "web.ns, web.ns.svc,")];
        assert_eq!(hosts_of(&workload(&["incoming-handler"], &aliases)).unwrap(), ["web", "web.ns", "web.ns.svc"]);
        assert!(hosts_of(&workload(&["outgoing-handler"], &[])).unwrap().is_empty());
        assert!(hosts_of(&Workload::default()).unwrap().is_empty());
        let error = hosts_of(&workload(&["incoming-handler"], &[("host", " ")])).unwrap_err();
        assert!(error.to_string().starts_with("no host header found"));
    }
}
