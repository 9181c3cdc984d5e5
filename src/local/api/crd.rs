//! CustomResourceDefinitions: what they make the server serve, what is wrong with them, and their status.

use std::sync::Arc;

use serde_json::Value;

use super::causes;
use super::failure::Cause;
use super::resource::{Cell, Column, Resource, Scale};
use crate::schema::Schema;

mod status;
mod validation;

/// What definitions are stored as.
pub const RESOURCE: &str = "customresourcedefinitions.apiextensions.k8s.io";

/// The group that a definition defines.
pub fn group(crd: &Value) -> &str {
    text(crd, "/spec/group")
}

/// The name in paths that a definition defines.
pub fn plural(crd: &Value) -> &str {
    text(crd, "/spec/names/plural")
}

pub use status::{CLEANUP, crd_status, is_established, leaving};
pub use validation::prepare;

/// Verbs of a custom resource, in the order in which discovery lists them.
const VERBS: &[&str] = &["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

/// All served versions of a definition, as the server lists them: in the order of their priority.
///
/// # Errors
/// A schema that cannot be read.
pub fn resource_of_crd(crd: &Value) -> Result<Vec<Resource>, Vec<Cause>> {
    let versions = crd.pointer("/spec/versions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let storage = versions.iter().find(|version| flag(version, "storage")).map_or("", |version| text(version, "/name"));
    let served = versions.iter().enumerate().filter(|(_, version)| flag(version, "served"));
    let mut resources =
        served.map(|(index, version)| resource(crd, index, version, storage)).collect::<Result<Vec<_>, _>>()?;
    resources.sort_by_key(|resource| std::cmp::Reverse(version_priority(&resource.version)));
    Ok(resources)
}

/// What versions are sorted by, the highest first: `v2`, `v1`, `v2beta1`, `v1alpha2`, and then all others by name.
///
/// The rule is that of apimachinery's `version.CompareKubeAwareVersionStrings`.
pub fn version_priority(version: &str) -> (u8, u64, u64, std::cmp::Reverse<String>) {
    let rest = |kind, major: &str, minor: &str| Some((kind, major.parse().ok()?, minor.parse().ok()?));
    let parse = |version: &str| {
        let number = version.strip_prefix('v')?;
        match (number.split_once("alpha"), number.split_once("beta")) {
            (Some((major, minor)), _) => rest(1, major, minor),
            (None, Some((major, minor))) => rest(2, major, minor),
            (None, None) => rest(3, number, "0"),
        }
    };
    let (kind, major, minor) = parse(version).unwrap_or_default();
    let name = if kind == 0 { version.to_owned() } else { String::new() };
    (kind, major, minor, std::cmp::Reverse(name))
}

fn resource(crd: &Value, index: usize, version: &Value, storage: &str) -> Result<Resource, Vec<Cause>> {
    let accepted = crd.pointer("/status/acceptedNames").filter(|names| !text(names, "/kind").is_empty());
    let names = accepted.or_else(|| crd.pointer("/spec/names")).unwrap_or(&Value::Null);
    let kind = text(names, "/kind").to_owned();
    let path = format!("spec.versions[{index}].schema.openAPIV3Schema");
    let source = version.pointer("/schema/openAPIV3Schema").unwrap_or(&Value::Null);
    let schema = Schema::parse(source).map_err(|why| vec![causes::invalid(path, &"".into(), &why.to_string())])?;
    Ok(Resource {
        group: text(crd, "/spec/group").to_owned(),
        version: text(version, "/name").to_owned(),
        storage_version: storage.to_owned(),
        list_kind: or(text(names, "/listKind"), || format!("{kind}List")),
        plural: text(names, "/plural").to_owned(),
        singular: or(text(names, "/singular"), || kind.to_lowercase()),
        short_names: texts(names, "shortNames"),
        categories: texts(names, "categories"),
        namespaced: text(crd, "/spec/scope") != "Cluster",
        status: version.pointer("/subresources/status").is_some_and(|status| !status.is_null()),
        scale: version.pointer("/subresources/scale").filter(|scale| !scale.is_null()).map(scale),
        verbs: VERBS,
        schema: Arc::new(schema),
        columns: columns(version),
        selectable: selectable(version),
        custom: true,
        since: text(crd, "/metadata/resourceVersion").parse().unwrap_or_default(),
        terminating: !text(crd, "/metadata/deletionTimestamp").is_empty(),
        kind,
    })
}

fn scale(scale: &Value) -> Scale {
    let path = |name: &str| scale.get(name).and_then(Value::as_str).filter(|path| !path.is_empty()).map(str::to_owned);
    Scale {
        spec_path: path("specReplicasPath").unwrap_or_default(),
        status_path: path("statusReplicasPath").unwrap_or_default(),
        selector_path: path("labelSelectorPath"),
    }
}

/// The columns that a version asks for, or the age.
fn columns(version: &Value) -> Vec<Column> {
    let asked = version.get("additionalPrinterColumns").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if asked.is_empty() {
        return vec![Column {
            name: "Age".to_owned(),
            kind: "date".to_owned(),
            format: String::new(),
            description: super::builtin::definitions::about_metadata("creationTimestamp").to_owned(),
            priority: 0,
            cell: Cell::Path(".metadata.creationTimestamp".to_owned()),
        }];
    }
    asked.iter().map(column).collect()
}

fn column(column: &Value) -> Column {
    let path = text(column, "/jsonPath").to_owned();
    Column {
        name: text(column, "/name").to_owned(),
        kind: text(column, "/type").to_owned(),
        format: text(column, "/format").to_owned(),
        description: or(text(column, "/description"), || {
            format!("Custom resource definition column (in JSONPath format): {path}")
        }),
        priority: column
            .get("priority")
            .and_then(Value::as_i64)
            .and_then(|priority| priority.try_into().ok())
            .unwrap_or(0),
        cell: Cell::Path(path),
    }
}

fn selectable(version: &Value) -> Vec<String> {
    let fields = version.get("selectableFields").and_then(Value::as_array).into_iter().flatten();
    fields.map(|field| text(field, "/jsonPath").trim_start_matches('.').to_owned()).collect()
}

/// The text at a JSON pointer; empty where there is none.
fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn texts(value: &Value, field: &str) -> Vec<String> {
    let items = value.get(field).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

fn flag(value: &Value, field: &str) -> bool {
    value.get(field).and_then(Value::as_bool).unwrap_or_default()
}

fn or(text: &str, otherwise: impl FnOnce() -> String) -> String {
    if text.is_empty() { otherwise() } else { text.to_owned() }
}

#[cfg(test)]
mod tests;
