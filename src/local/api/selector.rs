//! Field selectors, as `fieldSelector` of a list or a watch writes them.

mod field;

pub use field::FieldSelector;

#[cfg(test)]
mod tests;
