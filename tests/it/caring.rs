//! Taking care of an installation: check, report, install, uninstall, rbac, explain.

mod check;
mod explain;
mod install;
mod rbac;
mod report;
mod uninstall;
