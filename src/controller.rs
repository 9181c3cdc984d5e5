//! The controller.
pub mod backoff;
pub mod config;
pub mod lease;
pub mod placement;
pub mod queue;
pub mod rollout;
