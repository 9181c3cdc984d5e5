//! Which object of a cluster is meant.

use crate::validate::references::Referred;

/// Which object is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Its kind.
    pub kind: Referred,
    /// Its namespace; empty for namespaces.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl Key {
    /// The object of a kind in a namespace.
    pub fn new(kind: Referred, namespace: &str, name: &str) -> Self {
        let namespace = if kind == Referred::Namespace { "" } else { namespace };
        Self { kind, namespace: namespace.to_owned(), name: name.to_owned() }
    }
}
