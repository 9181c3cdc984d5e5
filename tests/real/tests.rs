//! What only real servers can show: kube-apiserver, etcd, NATS, an OCI registry and `wash host`. `tests/real/run` starts
//! what is shared and runs these tests; each has namespaces, a NATS server, hosts and a controller of its own.

pub(crate) mod api_server;
mod artifacts;
mod check;
pub(crate) mod cluster;
mod completion;
mod credentials;
mod faults;
#[cfg(feature = "local")]
mod host_bus;
mod install;
mod installation;
mod nats_access;
mod nats_hosts;
mod ownership;
mod pods;
mod release;
mod routes;
pub(crate) mod story;
mod takeover;
mod trouble;
mod validate;
mod verbs;
