//! What the controller's tests are made of: objects that read as English, and a whole cluster in memory.
//!
//! Nothing here waits, sends or reads a clock: a test tells the time and looks at what was decided.

mod api_server;
mod builders;
mod config;
mod discovery;
mod hosts;
mod pods;
mod registry;
mod simulation;
mod turns;

pub(crate) use builders::{
    Object, artifact, deployment, dump, dynamic, heartbeat, host, replica_set, wall, workload, world_of,
};
pub(crate) use config::{config_map, secret};
pub(crate) use discovery::{Discovery, endpoint_slice};
pub(crate) use hosts::{Answer, Link};
pub(crate) use pods::{forbidden as pods_forbidden, pod as host_pod};
pub(crate) use simulation::Simulation;

/// The namespace of everything but hosts.
pub(crate) const NAMESPACE: &str = "apps";
/// The namespace of hosts.
pub(crate) const SYSTEM: &str = "wasmcloud-system";
/// What a host says of an image that it cannot pull.
pub(crate) const PULL_ERROR: &str = "failed to pull image for component 'http': connection refused (os error 111)";
