//! The controller's behaviours on the local API server and simulated hosts, with time that stands still until waited for.

mod crds;
mod events;
mod hosts;
mod lease;
mod observability;
mod story;
