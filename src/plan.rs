//! What is going to be done, decided before anything is: values in, values out.

pub mod apply;
pub mod autoscale;
pub mod charge;
pub mod check;
pub mod complete;
pub mod crds;
pub mod delete;
pub mod describe;
pub mod drain;
pub mod events;
pub mod expose;
pub mod install;
pub mod local_files;
pub mod logs;
pub mod ownership;
pub mod prune;
pub mod rbac;
pub mod redact;
pub mod report;
pub mod rollout;
pub mod scale;
pub mod selection;
pub mod set;
pub mod top;
pub mod tree;
pub mod uninstall;
