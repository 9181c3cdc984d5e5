//! `metadata` of any object: its form and what its fields must satisfy.

mod shape;

pub use shape::malformed;
pub(crate) use shape::normalize;
