//! Structural schemas: what a CustomResourceDefinition says of its objects, and everything that follows from it.
//!
//! One [`Schema`] serves the API server of the local control plane, for kinds that are built in too, and offline
//! validation. It is read from an `openAPIV3Schema` with the extensions of
//! <https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/>. Pure: values in,
//! values and findings out.

use std::collections::BTreeMap;

use serde_json::Value;

mod default;
mod finding;
mod formats;
pub mod go;
mod label_selector;
pub mod metadata;
mod parse;
mod place;
mod prune;
mod rules;
pub mod strict;
mod structural;
mod validate;

#[cfg(test)]
mod properties;

pub use default::{default_values, fill_defaults};
#[cfg(feature = "local")]
pub(crate) use finding::quoted;
pub use finding::{Finding, Reason};
pub use label_selector::LabelSelector;
pub use parse::SchemaError;
pub(crate) use parse::child;
pub use prune::prune;
pub use structural::Problem;
pub use validate::{Extent, Prepared, validate, validate_within};

/// A structural schema, and all of it that pruning, defaulting and merging need, resolved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    /// `type`; `None` where any is allowed.
    pub kind: Option<Type>,
    /// `nullable`.
    pub nullable: bool,
    /// `x-kubernetes-int-or-string`.
    pub int_or_string: bool,
    /// `x-kubernetes-preserve-unknown-fields`.
    pub preserve_unknown: bool,
    /// `x-kubernetes-embedded-resource`.
    pub embedded_resource: bool,
    /// `properties`.
    pub properties: BTreeMap<String, Schema>,
    /// `additionalProperties`; `true` is the schema that allows everything, `false` too, and its `source` is `false`: fields
    /// are not dropped then but refused.
    pub additional: Option<Box<Schema>>,
    /// `items`.
    pub items: Option<Box<Schema>>,
    /// `x-kubernetes-list-type` with `x-kubernetes-list-map-keys`.
    pub list: ListType,
    /// `x-kubernetes-map-type: atomic`: an object that one manager owns whole.
    pub atomic_map: bool,
    /// `default`.
    pub default: Option<Value>,
    /// The schema as it was written: value validations, rules and descriptions are read from here. Whole at the root;
    /// below it without `properties`, `additionalProperties` and `items`, which have schemas of their own.
    pub source: Value,
    /// What [`validate`] made of the schema at its first use.
    pub checks: Prepared,
}

/// `type` of OpenAPI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `object`.
    Object,
    /// `array`.
    Array,
    /// `string`.
    String,
    /// `integer`.
    Integer,
    /// `number`.
    Number,
    /// `boolean`.
    Boolean,
}

/// How a list is merged by server-side apply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ListType {
    /// One manager owns it whole.
    #[default]
    Atomic,
    /// Each scalar occurs once and is owned on its own.
    Set,
    /// Each item is an object that these fields name.
    Map(Vec<String>),
}
