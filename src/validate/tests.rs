//! Manifests and what is found in them.
