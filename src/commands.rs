//! The verbs, one file each: raw arguments, and a `run` that resolves, plans, acts and reports.

pub mod apply;
pub mod autoscale;
pub mod check;
pub mod complete;
pub mod completion;
pub mod cordon;
pub mod crds;
pub mod delete;
pub mod deploy;
pub mod describe;
pub mod diff;
pub mod drain;
pub mod events;
pub mod explain;
pub mod expose;
mod files;
pub mod get;
pub mod install;
#[cfg(feature = "local")]
pub mod local;
pub mod logs;
pub mod man;
pub mod rbac;
pub mod report;
pub mod rollout;
pub mod run_controller;
pub mod scale;
mod screen;
mod selected;
pub mod set;
pub mod top;
pub mod tree;
pub mod uninstall;
pub mod version;
mod written;
