//! The binary, as a user meets it: what it prints, where, and the code it exits with.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod apply;
#[cfg(feature = "local")]
mod behaviour;
mod completion;
#[cfg(feature = "local")]
mod conformance;
mod connection;
mod crds;
mod delete;
mod deploy;
mod diff;
mod generated;
mod get;
mod help;
#[cfg(feature = "local")]
mod kubectl;
#[cfg(feature = "local")]
mod local;
#[path = "../real/tests.rs"]
mod real;
mod rollout;
mod run_controller;
mod support;
mod version;
#[cfg(feature = "local")]
mod wasm_host;
