//! The API server of the local control plane.

pub mod failure;
pub mod resource;
