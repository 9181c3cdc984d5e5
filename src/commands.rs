//! The verbs, one file each: raw arguments, and a `run` that resolves, plans, acts and reports.

pub mod apply;
pub mod completion;
pub mod crds;
pub mod delete;
pub mod deploy;
pub mod diff;
mod files;
pub mod get;
pub mod install;
#[cfg(feature = "local")]
pub mod local;
pub mod man;
pub mod rollout;
pub mod run_controller;
mod selected;
pub mod version;
mod written;
