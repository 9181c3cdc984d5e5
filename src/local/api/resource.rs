//! What the server serves: one [`Resource`] per served version of a kind, built in or defined by a CRD.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::schema::Schema;

/// One served version of a kind.
#[derive(Clone, Debug)]
pub struct Resource {
    /// API group; empty for the core group.
    pub group: String,
    /// Version, such as `v1alpha1`.
    pub version: String,
    /// Version that objects are stored in; the same as `version` unless a CRD serves several.
    pub storage_version: String,
    /// Kind.
    pub kind: String,
    /// Kind of a list of them.
    pub list_kind: String,
    /// Name in paths.
    pub plural: String,
    /// Name of one.
    pub singular: String,
    /// Short names.
    pub short_names: Vec<String>,
    /// Categories.
    pub categories: Vec<String>,
    /// Whether objects live in namespaces.
    pub namespaced: bool,
    /// Whether there is a status subresource.
    pub status: bool,
    /// The scale subresource.
    pub scale: Option<Scale>,
    /// What may be done.
    pub verbs: &'static [&'static str],
    /// Schema, for pruning, defaulting, validation and merging.
    pub schema: Arc<Schema>,
    /// Printer columns, beside Name.
    pub columns: Vec<Column>,
    /// Fields that may be selected by, beside metadata.name and metadata.namespace: `spec.host` and the like.
    pub selectable: Vec<String>,
    /// Whether a CRD defines it.
    pub custom: bool,
    /// The revision that the CRD was last written at: what is older is read through the schema as it is now. 0 for kinds
    /// that are built in.
    pub since: u64,
    /// Whether that CRD is being deleted: nothing new can be made of it.
    pub terminating: bool,
}

/// Where a scale subresource reads and writes, as simple paths: `.spec.replicas`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Wanted replicas.
    pub spec_path: String,
    /// Observed replicas.
    pub status_path: String,
    /// Serialised label selector.
    pub selector_path: Option<String>,
}

/// A printer column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Header.
    pub name: String,
    /// OpenAPI type; `date` is shown as an age.
    pub kind: String,
    /// OpenAPI format, or empty.
    pub format: String,
    /// What it says.
    pub description: String,
    /// 0 is always shown, above is for `-o wide`.
    pub priority: i32,
    /// Where its value is.
    pub cell: Cell,
}

/// How a cell is made.
#[derive(Clone, Debug)]
pub enum Cell {
    /// A JSONPath of a CRD, `.spec.replicas`.
    Path(String),
    /// For kinds that are built in: of an object, at a moment.
    Made(fn(&Value, Timestamp) -> Value),
}

/// All verbs of an ordinary resource, sorted as discovery lists them.
pub const ALL_VERBS: &[&str] = &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
/// Verbs of what can only be looked at.
pub const READ_VERBS: &[&str] = &["get", "list", "watch"];

impl Resource {
    /// `group/version`, or `v1`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.clone() } else { format!("{}/{}", self.group, self.version) }
    }

    /// `group/version` that objects are stored in.
    pub fn storage_api_version(&self) -> String {
        if self.group.is_empty() {
            self.storage_version.clone()
        } else {
            format!("{}/{}", self.group, self.storage_version)
        }
    }

    /// `plural.group`, under which objects are stored.
    pub fn qualified(&self) -> String {
        super::failure::qualified(&self.group, &self.plural)
    }
}
