//! What is going to be done, decided before anything is: values in, values out.

pub mod apply;
pub mod autoscale;
pub mod charge;
pub mod complete;
pub mod crds;
pub mod drain;
pub mod expose;
pub mod describe;
pub mod events;
pub mod local_files;
pub mod logs;
pub mod check;
pub mod crds;
pub mod install;
pub mod local_files;
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
