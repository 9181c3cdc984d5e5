//! The API server of the local control plane.

pub mod failure;
pub mod managed;
pub mod resource;
