//! The controller's behaviours on the local API server and simulated hosts, with time that stands still until waited for.

mod adoption;
mod artifacts;
mod crds;
mod drain;
mod events;
mod faults;
mod hosts;
mod lease;
mod observability;
mod routes;
mod story;
