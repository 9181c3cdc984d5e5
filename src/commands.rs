//! The verbs, one file each: raw arguments, and a `run` that resolves, plans, acts and reports.

pub mod check;
pub mod completion;
pub mod crds;
pub mod delete;
pub mod deploy;
pub mod explain;
mod files;
pub mod get;
pub mod install;
#[cfg(feature = "local")]
pub mod local;
pub mod man;
pub mod rbac;
pub mod report;
pub mod rollout;
pub mod run_controller;
mod selected;
pub mod uninstall;
pub mod version;
mod written;
