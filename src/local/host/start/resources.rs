//! What a component is given and allowed, read and checked.

use std::collections::BTreeMap;
use std::sync::Arc;

use wasmtime::component::InstancePre;

use super::{Compiled, Guest, Listening, Spec, StartError};
use crate::hosts::wire::LocalResources;
use crate::local::host::egress::AllowedHost;
use crate::local::host::lookups::AllowedName;
use crate::local::host::network::{LoopbackPort, Network};
use crate::local::host::program::Mount;

/// Of one component, all but its directories.
pub(super) struct Resources {
    environment: BTreeMap<String, String>,
    config: BTreeMap<String, String>,
    network: Network,
}

impl Resources {
    /// Reads and checks them; `what` they are of is for errors, `shared` is what `wasi:config` holds for all.
    pub(super) fn read(
        what: &str,
        resources: Option<&LocalResources>,
        listens: bool,
        listening: &Arc<Listening>,
        shared: &BTreeMap<String, String>,
    ) -> Result<Self, StartError> {
        let nothing = LocalResources::default();
        let resources = resources.unwrap_or(&nothing);
        let hosts = entries(what, "allowedHosts", &resources.allowed_hosts, AllowedHost::parse)?;
        let ports = &resources.allowed_host_loopback_ports;
        let loopback = entries(what, "allowedHostLoopbackPorts", ports, LoopbackPort::parse)?;
        let names = &resources.allowed_ip_name_lookups;
        let lookups = entries(what, "allowedIpNameLookups", names, AllowedName::parse)?;
        Ok(Self {
            environment: resources.environment.clone(),
            // As a `wash host` layers them; the environment is a part of it there.
            config: shared
                .iter()
                .chain(&resources.config)
                .chain(&resources.environment)
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
            network: Network { listens, listening: listening.clone(), hosts, loopback, lookups },
        })
    }

    /// With the rest of what a component is.
    pub(super) fn into_spec(
        self,
        name: String,
        pre: InstancePre<Guest>,
        compiled: Compiled,
        mounts: Vec<Mount>,
    ) -> Spec {
        let Self { environment, config, network } = self;
        Spec { name, pre, _compiled: compiled, environment, config, mounts, network }
    }
}

fn entries<T>(
    what: &str,
    list: &'static str,
    entries: &[String],
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Arc<[T]>, StartError> {
    let read = |entry: &String| {
        parse(entry).map_err(|reason| StartError::Entry { what: what.to_owned(), list, entry: entry.clone(), reason })
    };
    entries.iter().map(read).collect()
}
