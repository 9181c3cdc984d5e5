//! Findings over manifests.

pub mod wit;
