//! The verbs, one file each: raw arguments, and a `run` that resolves, plans, acts and reports.

pub mod completion;
pub mod crds;
pub mod delete;
pub mod deploy;
pub mod get;
pub mod install;
pub mod man;
pub mod rollout;
pub mod run_controller;
pub mod version;
