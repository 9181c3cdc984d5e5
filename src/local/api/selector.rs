//! Label and field selectors, as `labelSelector` and `fieldSelector` of a list or a watch write them.

mod field;
mod label;

pub use field::FieldSelector;
pub use label::LabelSelector;

#[cfg(test)]
mod tests;
