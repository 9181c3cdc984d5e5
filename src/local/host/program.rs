//! A workload's components, linked and ready to be run.

use std::collections::BTreeMap;
use std::path::PathBuf;

use wasmtime::component::InstancePre;

use super::guest::Guest;
use super::keyvalue::Buckets;
use super::log::Log;
use super::network::Network;
use super::runtime::Compiled;

/// All components of a workload, its service among them.
pub(super) struct Program {
    /// What they write.
    pub(super) log: Log,
    /// The components.
    pub(super) parts: Vec<Spec>,
    /// Their `wasi:keyvalue`.
    pub(super) buckets: Buckets,
    /// Bytes that the instances of one store may have.
    pub(super) memory: usize,
}

/// A component with what it is given and allowed.
pub(super) struct Spec {
    /// Name within the workload.
    pub(super) name: String,
    /// Ready to be instantiated.
    pub(super) pre: InstancePre<Guest>,
    /// Keeps the compiled code known to those who start the same component.
    pub(super) _compiled: Compiled,
    /// Environment variables.
    pub(super) environment: BTreeMap<String, String>,
    /// `wasi:config`.
    pub(super) config: BTreeMap<String, String>,
    /// Directories.
    pub(super) mounts: Vec<Mount>,
    /// Where it may go, and what it may listen on.
    pub(super) network: Network,
}

/// A directory that a component sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mount {
    /// On the machine.
    pub(super) source: PathBuf,
    /// For the component.
    pub(super) target: String,
    /// Whether writes are refused.
    pub(super) read_only: bool,
}
