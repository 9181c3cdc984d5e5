//! What is going to be done, decided before anything is: values in, values out.

pub mod apply;
pub mod charge;
pub mod crds;
pub mod delete;
pub mod local_files;
pub mod ownership;
pub mod prune;
pub mod rollout;
pub mod selection;
