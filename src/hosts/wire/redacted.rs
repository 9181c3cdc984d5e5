//! What holds configuration is shown with its keys and without its values: they may come from Secrets.

use std::collections::BTreeMap;
use std::fmt;

use super::{LocalResources, WitInterface};

/// A map without its values.
struct Keys<'a>(&'a BTreeMap<String, String>);

impl fmt::Debug for Keys<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl fmt::Debug for WitInterface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { namespace, package, version, interfaces, config, name } = self;
        f.debug_struct("WitInterface")
            .field("namespace", namespace)
            .field("package", package)
            .field("version", version)
            .field("interfaces", interfaces)
            .field("config", &Keys(config))
            .field("name", name)
            .finish()
    }
}

impl fmt::Debug for LocalResources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { config, environment, .. } = self;
        f.debug_struct("LocalResources")
            .field("config", &Keys(config))
            .field("environment", &Keys(environment))
            .field("volume_mounts", &self.volume_mounts)
            .field("allowed_hosts", &self.allowed_hosts)
            .field("allowed_ip_name_lookups", &self.allowed_ip_name_lookups)
            .field("allowed_host_loopback_ports", &self.allowed_host_loopback_ports)
            .finish()
    }
}
