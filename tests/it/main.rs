//! The binary, as a user meets it: what it prints, where, and the code it exits with.

mod completion;
mod connection;
mod crds;
mod delete;
mod deploy;
mod generated;
mod get;
mod help;
#[path = "../real/tests.rs"]
mod real;
mod rollout;
mod support;
mod version;
