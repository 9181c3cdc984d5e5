//! kubectl-wasmcloud: run wasmCloud workloads on Kubernetes.
//!
//! One binary over this library, in two halves that share one API model ([`api`]). The command line turns arguments into
//! a checked request, reads a snapshot, plans ([`plan`], pure), acts ([`cluster`]) and reports ([`report`], pure). The
//! controller ([`controller`]) turns watch events and host heartbeats into decisions, and decisions into effects.
//!
//! For who has no cluster, `local` (a feature, on by default) is an API server, its store and a Wasm host in this process;
//! the two halves reach it as they reach real ones. [`schema`] is what CustomResourceDefinitions say of their objects.
//!
//! Whatever decides takes values and returns values: clients, clocks and terminals are passed in. Only [`ui`] writes to
//! standard output and error, only [`cluster`] and the controller's effects talk to Kubernetes, only [`hosts`] to hosts,
//! only [`registry`] and the local host to registries.

pub mod api;
pub mod cli;
pub mod cluster;
pub mod commands;
pub mod component;
pub mod context;
pub mod controller;
pub mod error;
pub mod hosts;
#[cfg(feature = "local")]
pub mod local;
pub mod manifest;
pub mod plan;
pub mod registry;
pub mod report;
pub mod scaffold;
pub mod schema;
pub mod ui;
pub mod validate;

pub use error::Error;
