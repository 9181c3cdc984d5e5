//! Our CustomResourceDefinitions on top of what a cluster has: nothing a cluster's objects may use is taken away.

mod missing;

pub use missing::{missing_fields, serves};

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, CustomResourceDefinitionVersion,
};
use serde_json::{Map, Value};

/// What to apply: ours, with every version and field that the cluster has beyond it.
///
/// # Errors
/// When a schema cannot be read as JSON, which the API server's always can.
pub fn merge(
    mut ours: CustomResourceDefinition,
    cluster: &CustomResourceDefinition,
) -> Result<CustomResourceDefinition, serde_json::Error> {
    for version in &mut ours.spec.versions {
        if let Some(known) = cluster.spec.versions.iter().find(|known| known.name == version.name) {
            keep_version(version, known)?;
        }
    }
    let missing = |known: &&CustomResourceDefinitionVersion| !ours.spec.versions.iter().any(|v| v.name == known.name);
    let kept: Vec<_> = cluster.spec.versions.iter().filter(missing).cloned().collect();
    // A new version must not take the storage away from the one that objects are stored in.
    if kept.iter().any(|version| version.storage) {
        ours.spec.versions.iter_mut().for_each(|version| version.storage = false);
    }
    ours.spec.versions.extend(kept);
    ours.spec.names.short_names = union(ours.spec.names.short_names, &cluster.spec.names.short_names);
    ours.spec.names.categories = union(ours.spec.names.categories, &cluster.spec.names.categories);
    ours.spec.conversion.clone_from(&cluster.spec.conversion);
    Ok(ours)
}

fn keep_version(
    ours: &mut CustomResourceDefinitionVersion,
    cluster: &CustomResourceDefinitionVersion,
) -> Result<(), serde_json::Error> {
    ours.storage = cluster.storage;
    ours.served |= cluster.served;
    if let (Some(schema), Some(known)) = (&mut ours.schema, &cluster.schema) {
        let mut merged = serde_json::to_value(&*schema)?;
        let known = serde_json::to_value(known)?;
        if let (Some(merged), Some(known)) = (merged.get_mut("openAPIV3Schema"), known.get("openAPIV3Schema")) {
            keep_schema(merged, known);
        }
        *schema = serde_json::from_value(merged)?;
    }
    let mut columns = ours.additional_printer_columns.take().unwrap_or_default();
    for column in cluster.additional_printer_columns.iter().flatten() {
        if !columns.iter().any(|ours| ours.name.eq_ignore_ascii_case(&column.name)) {
            columns.push(column.clone());
        }
    }
    ours.additional_printer_columns = (!columns.is_empty()).then_some(columns);
    Ok(())
}

/// Keeps what the cluster's schema allows: its fields, its leave for unknown ones, its enumerated values, and the
/// liberty to leave out what it does not require.
fn keep_schema(ours: &mut Value, cluster: &Value) {
    let (Some(ours), Some(cluster)) = (ours.as_object_mut(), cluster.as_object()) else { return };
    keep_properties(ours, cluster);
    for nested in ["items", "additionalProperties"] {
        match (ours.get_mut(nested), cluster.get(nested)) {
            (Some(ours), Some(cluster)) => keep_schema(ours, cluster),
            (None, Some(cluster)) => drop(ours.insert(nested.to_owned(), cluster.clone())),
            _ => {}
        }
    }
    if let Some(Value::Array(required)) = ours.get_mut("required") {
        let known = cluster.get("required").and_then(Value::as_array);
        required.retain(|name| known.is_some_and(|known| known.contains(name)));
        if required.is_empty() {
            ours.remove("required");
        }
    }
    if let (Some(Value::Array(values)), Some(Value::Array(known))) = (ours.get_mut("enum"), cluster.get("enum")) {
        let missing: Vec<_> = known.iter().filter(|value| !values.contains(value)).cloned().collect();
        values.extend(missing);
    }
    const UNKNOWN: &str = "x-kubernetes-preserve-unknown-fields";
    if let Some(allowed) = cluster.get(UNKNOWN) {
        ours.entry(UNKNOWN).or_insert_with(|| allowed.clone());
    }
}

fn keep_properties(ours: &mut Map<String, Value>, cluster: &Map<String, Value>) {
    let Some(known) = cluster.get("properties").and_then(Value::as_object) else { return };
    let properties = ours.entry("properties").or_insert_with(|| Value::Object(Map::new()));
    let Some(properties) = properties.as_object_mut() else { return };
    for (name, schema) in known {
        match properties.get_mut(name) {
            Some(ours) => keep_schema(ours, schema),
            None => drop(properties.insert(name.clone(), schema.clone())),
        }
    }
}

fn union(ours: Option<Vec<String>>, cluster: &Option<Vec<String>>) -> Option<Vec<String>> {
    let mut all = ours.unwrap_or_default();
    for name in cluster.iter().flatten() {
        if !all.contains(name) {
            all.push(name.clone());
        }
    }
    (!all.is_empty()).then_some(all)
}

#[cfg(test)]
mod tests;
