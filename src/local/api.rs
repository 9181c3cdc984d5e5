//! The API server of the local control plane.

pub mod builtin;
pub mod causes;
pub mod crd;
pub mod discovery;
pub mod failure;
pub mod formats;
pub mod openapi;
pub mod patch;
pub mod protobuf;
pub mod resource;
pub mod selector;
pub mod table;
