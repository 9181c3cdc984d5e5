//! Fields that ours have and a cluster's lack: the API server drops them from objects without a word.

use serde_json::Value;

/// Paths of such fields in the schema of a version, as `explain` takes them; below one that is missing nothing is named.
/// `None` when the cluster's definition does not serve the version.
pub fn missing_fields(ours: &Value, cluster: &Value, version: &str) -> Option<Vec<String>> {
    let ours = schema_of(ours, version)?;
    let mut missing = Vec::new();
    match schema_of(cluster, version)? {
        Value::Null => {}
        cluster => compare(ours, cluster, "", &mut missing),
    }
    Some(missing)
}

/// Whether the definition serves that version.
pub fn serves(crd: &Value, version: &str) -> bool {
    version_of(crd, version).is_some_and(|known| known["served"] == true)
}

fn version_of<'a>(crd: &'a Value, version: &str) -> Option<&'a Value> {
    crd.pointer("/spec/versions")?.as_array()?.iter().find(|known| known["name"] == version)
}

fn schema_of<'a>(crd: &'a Value, version: &str) -> Option<&'a Value> {
    let version = version_of(crd, version)?;
    Some(version.pointer("/schema/openAPIV3Schema").unwrap_or(&Value::Null))
}

fn compare(ours: &Value, cluster: &Value, path: &str, missing: &mut Vec<String>) {
    if cluster["x-kubernetes-preserve-unknown-fields"] == true {
        return;
    }
    for (name, schema) in ours["properties"].as_object().into_iter().flatten() {
        let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match cluster["properties"].get(name) {
            Some(known) => compare(schema, known, &below, missing),
            // Anything of the right type is kept where names are free.
            None if cluster["additionalProperties"].is_object() || cluster["additionalProperties"] == true => {}
            None => missing.push(below),
        }
    }
    for nested in ["items", "additionalProperties"] {
        if let (Some(ours), Some(cluster)) = (ours.get(nested), cluster.get(nested)) {
            compare(ours, cluster, path, missing);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn crd(schema: Value) -> Value {
        json!({"spec": {"versions": [{"name": "v1", "served": true, "schema": {"openAPIV3Schema": schema}}]}})
    }

    fn missing(ours: Value, cluster: Value) -> Vec<String> {
        missing_fields(&crd(ours), &crd(cluster), "v1").unwrap()
    }

    #[test]
    fn missing_fields_are_named_at_every_depth_and_once() {
        let ours = json!({"properties": {
            "a": {"properties": {"b": {}, "c": {"properties": {"d": {}}}}},
            "list": {"items": {"properties": {"x": {}, "y": {}}}},
            "map": {"additionalProperties": {"properties": {"z": {}}}},
        }});
        let cluster = json!({"properties": {
            "a": {"properties": {"b": {}}},
            "list": {"items": {"properties": {"x": {}}}},
            "map": {"additionalProperties": {"properties": {}}},
        }});
        assert_eq!(missing(ours.clone(), cluster), ["a.c", "list.y", "map.z"]);
        assert_eq!(missing(ours.clone(), ours), Vec::<String>::new());
    }

    #[test]
    fn what_is_kept_as_it_is_is_not_missing() {
        let ours = json!({"properties": {"free": {"properties": {"a": {}}}, "map": {"properties": {"b": {}}}}});
        let cluster = json!({"properties": {
            "free": {"x-kubernetes-preserve-unknown-fields": true},
            "map": {"additionalProperties": {"type": "string"}},
            "more": {},
        }});
        assert_eq!(missing(ours, cluster), Vec::<String>::new());
    }

    #[test]
    fn a_version_that_is_not_there_is_no_comparison() {
        let ours = crd(json!({}));
        assert_eq!(missing_fields(&ours, &json!({"spec": {"versions": []}}), "v1"), None);
        assert!(serves(&ours, "v1") && !serves(&ours, "v2"));
    }
}
