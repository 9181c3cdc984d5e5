//! The local control plane: an API server, its store, a garbage collector and a Wasm host in this process.
//!
//! It is reached only through the Kubernetes API ([`api`]) and [`HostBus`](crate::hosts::HostBus), as the real ones are.

pub mod api;
pub mod directory;
pub mod store;
