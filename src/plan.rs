//! What is going to be done, decided before anything is: values in, values out.

pub mod apply;
pub mod charge;
pub mod check;
pub mod crds;
pub mod install;
pub mod local_files;
pub mod rbac;
pub mod redact;
pub mod report;
pub mod rollout;
pub mod selection;
pub mod uninstall;
