//! The binary, as a user meets it: what it prints, where, and the code it exits with.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod apply;
#[cfg(feature = "local")]
mod autoscale;
#[cfg(feature = "local")]
mod behaviour;
#[cfg(target_os = "linux")]
mod bounds;
mod caring;
mod completion;
#[cfg(feature = "local")]
mod conformance;
mod connection;
mod crds;
#[cfg(feature = "local")]
mod day;
mod delete;
mod deploy;
#[cfg(feature = "local")]
mod describe;
mod diff;
#[cfg(feature = "local")]
mod drain;
#[cfg(feature = "local")]
mod events;
mod explain_code;
#[cfg(feature = "local")]
mod expose;
mod fetch;
mod fuzz;
mod generated;
mod get;
mod golden;
mod help;
#[cfg(feature = "local")]
mod kubectl;
#[cfg(unix)]
mod kustomize;
#[cfg(feature = "local")]
mod local;
#[cfg(feature = "local")]
mod logs;
#[path = "../real/tests.rs"]
mod real;
mod remedies;
mod rollout;
mod run_controller;
mod scaffold;
#[cfg(feature = "local")]
mod scale;
#[cfg(feature = "local")]
mod set;
#[cfg(feature = "local")]
mod shapes;
mod support;
#[cfg(feature = "local")]
mod terminal;
#[cfg(feature = "local")]
mod top;
#[cfg(feature = "local")]
mod tree;
mod usage;
mod validate;
mod validate_images;
#[cfg(feature = "local")]
mod validate_server;
mod version;
#[cfg(feature = "local")]
mod wasm_host;
mod wit;
