//! Where a deployment answers HTTP.

use std::fmt;

use serde::Serialize;

use super::{Snapshot, current_replica_set, is_of};
use crate::api::{HasConditions, Host, Workload, WorkloadSpec};

/// An address that answers, and the host name to ask it for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Route {
    /// The URL of the host's HTTP server.
    pub url: String,
    /// The host name that leads to the workload there.
    pub host: String,
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.on_this_machine() {
            Some(url) => f.write_str(&url),
            None => write!(f, "{}  (Host: {})", self.url, self.host),
        }
    }
}

impl Route {
    /// The command that tries it.
    pub fn curl(&self) -> String {
        match self.on_this_machine() {
            Some(url) => format!("curl {url}/"),
            None => format!("curl -H 'Host: {}' {}/", self.host, self.url),
        }
    }

    /// The URL as a browser takes it, where the host runs on this machine and `*.localhost` leads there (RFC 6761).
    fn on_this_machine(&self) -> Option<String> {
        let port = self.url.strip_prefix("http://127.0.0.1:")?;
        self.host.ends_with(".localhost").then(|| format!("http://{}:{port}", self.host))
    }
}

/// The addresses at which the ready Workloads of the current template answer.
pub fn routes(snapshot: &Snapshot, hosts: &[Host]) -> Vec<Route> {
    let Some(deployment) = &snapshot.deployment else { return Vec::new() };
    let Some(set) = current_replica_set(snapshot, deployment) else { return Vec::new() };
    let current = snapshot.workloads.iter().filter(|workload| is_of(workload, set));
    routes_to(&deployment.spec.template.spec, current, hosts)
}

/// The addresses at which those of the Workloads answer that are ready.
pub fn routes_to<'a>(spec: &WorkloadSpec, workloads: impl Iterator<Item = &'a Workload>, hosts: &[Host]) -> Vec<Route> {
    let names = http_hosts(spec);
    let ready = workloads.filter(|workload| workload.is_ready());
    let ids: Vec<_> = ready.filter_map(|workload| workload.status.as_ref()?.host_id.as_deref()).collect();
    let urls = hosts.iter().filter(|host| ids.contains(&host.host_id.as_str())).filter_map(url);
    let to = |url: String| names.iter().map(move |host| Route { url: url.clone(), host: host.clone() });
    let mut routes: Vec<_> = urls.flat_map(to).collect();
    routes.sort();
    routes.dedup();
    routes
}

/// The host names that the `wasi:http` interfaces of a spec ask for.
pub fn http_hosts(spec: &WorkloadSpec) -> Vec<String> {
    let http = spec.host_interfaces.iter().flatten().filter(|interface| interface.is_package("wasi", "http"));
    http.filter_map(|interface| interface.config.as_ref()?.get("host").cloned()).collect()
}

fn url(host: &Host) -> Option<String> {
    let port = host.http_port.filter(|port| *port > 0)?;
    let name = host.hostname.as_deref().filter(|name| !name.is_empty())?;
    let name = if name.contains(':') { format!("[{name}]") } else { name.to_owned() };
    Some(format!("http://{name}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_on_this_machine_is_a_url() {
        let route = |url: &str, host: &str| Route { url: url.to_owned(), host: host.to_owned() };
        let local = route("http://127.0.0.1:8000", "hello.localhost");
        assert_eq!(
            (local.to_string(), local.curl()),
            ("http://hello.localhost:8000".into(), "curl http://hello.localhost:8000/".into())
        );
        let named = route("http://127.0.0.1:8000", "hello.example.com");
        assert_eq!(named.to_string(), "http://127.0.0.1:8000  (Host: hello.example.com)");
        let remote = route("http://10.0.0.7:8000", "hello.localhost");
        assert_eq!(remote.curl(), "curl -H 'Host: hello.localhost' http://10.0.0.7:8000/");
    }
}
