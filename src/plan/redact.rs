//! Objects without what they should not tell: values of environments and configurations, credentials, what kubectl
//! last applied.

use serde_json::{Map, Value};

use crate::api::names::{GROUP, annotation};

/// What stands where a value was.
const MASK: &str = "***";
/// Maps whose values may be secret, wherever they stand; their keys tell what is set, and are kept.
const MASKED: &[&str] = &["config", "environment", "data", "stringData", "binaryData", "env"];
/// Annotations of these are kept; others hold anything.
const KNOWN: &[&str] = &["kubernetes.io/", "kubectl.kubernetes.io/", "deployment.kubernetes.io/"];

/// The object as it may be shown to strangers.
pub fn redacted(mut object: Value) -> Value {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
    mask(&mut object);
    object
}

/// Only what a ConfigMap is called and which keys it has.
pub fn keys_only(object: &Value) -> Value {
    let keys = |field: &str| object[field].as_object().map(|data| data.keys().cloned().collect::<Vec<_>>());
    let mut keys: Vec<_> = ["data", "binaryData"].iter().filter_map(|field| keys(field)).flatten().collect();
    keys.sort();
    serde_json::json!({
        "name": object["metadata"]["name"], "namespace": object["metadata"]["namespace"], "keys": keys,
    })
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(fields) => mask_fields(fields),
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::String(text) => *text = without_logins(text),
        _ => {}
    }
}

fn mask_fields(fields: &mut Map<String, Value>) {
    for (name, value) in fields.iter_mut() {
        match value {
            Value::Object(annotations) if name == "annotations" => mask_annotations(annotations),
            Value::Object(values) if MASKED.contains(&name.as_str()) => mask_values(values),
            value => mask(value),
        }
    }
}

/// Values of a map become masks; lists and maps in it, such as references to ConfigMaps, are looked into.
fn mask_values(values: &mut Map<String, Value>) {
    for (name, value) in values {
        match value {
            Value::Object(nested) if MASKED.contains(&name.as_str()) => mask_values(nested),
            Value::Array(_) | Value::Object(_) => mask(value),
            plain => *plain = MASK.into(),
        }
    }
}

fn mask_annotations(annotations: &mut Map<String, Value>) {
    annotations.remove(annotation::LAST_APPLIED_CONFIGURATION);
    for (name, value) in annotations {
        // People write there what they like, and `kubectl --record` wrote whole command lines, values and all.
        let is_free = name == annotation::CHANGE_CAUSE;
        let known = name.starts_with(GROUP) || KNOWN.iter().any(|prefix| name.starts_with(prefix));
        if !known || is_free {
            *value = MASK.into();
        }
    }
}

/// Text without the user and the password, or the token, of URLs in it.
pub fn without_logins(text: &str) -> String {
    let mut clean = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        clean.push_str(before);
        let ends = |c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '<' | '>' | ',');
        let authority = &after[..after.find(ends).unwrap_or(after.len())];
        rest = match authority.rfind('@') {
            Some(login) => {
                clean.push_str(MASK);
                &after[login..]
            }
            None => after,
        };
    }
    clean + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_masked_and_keys_stay() {
        let object = redacted(json!({"spec": {
            "components": [{
                "image": "x",
                "localResources": {
                    "environment": {"config": {"TOKEN": "hunter2"}, "secretFrom": [{"name": "s"}]},
                    "config": {"a": "hunter2"},
                },
            }],
            "hostInterfaces": [{"package": "http", "config": {"host": "hunter2"}}],
            "environment": "team-a",
        }}));
        assert!(!object.to_string().contains("hunter2"), "{object}");
        let resources = &object["spec"]["components"][0]["localResources"];
        assert_eq!(resources["environment"]["config"]["TOKEN"], MASK);
        assert_eq!(resources["environment"]["secretFrom"][0]["name"], "s", "names of Secrets are no secrets");
        assert_eq!(object["spec"]["environment"], "team-a", "that of a Workload is a namespace");
        assert_eq!(object["spec"]["components"][0]["image"], "x");
    }

    #[test]
    fn annotations_of_ours_and_kubernetes_stay() {
        let object = redacted(json!({"metadata": {"managedFields": [1], "annotations": {
            "runtime.wasmcloud.dev/revision": "3",
            "kubernetes.io/change-cause": "kubectl set env wd/web TOKEN=hunter2 --record",
            "deployment.kubernetes.io/revision": "3",
            "kubectl.kubernetes.io/last-applied-configuration": "hunter2",
            "example.com/token": "hunter2",
        }}}));
        assert!(!object.to_string().contains("hunter2"), "{object}");
        let annotations = &object["metadata"]["annotations"];
        assert_eq!(annotations["runtime.wasmcloud.dev/revision"], "3");
        assert_eq!(annotations["deployment.kubernetes.io/revision"], "3");
        assert_eq!(annotations["kubernetes.io/change-cause"], MASK);
        assert_eq!(annotations["example.com/token"], MASK);
        assert!(annotations.get("kubectl.kubernetes.io/last-applied-configuration").is_none());
        assert!(object["metadata"].get("managedFields").is_none());
    }

    #[test]
    fn logins_in_urls_are_masked_wherever_they_stand() {
        assert_eq!(
            without_logins("GET https://user:p@ss@h/x failed: nats://t@n:4222"),
            "GET https://***@h/x failed: nats://***@n:4222"
        );
        assert_eq!(without_logins("https://h/a@b and more@c"), "https://h/a@b and more@c");
        assert_eq!(without_logins("image@sha256:0"), "image@sha256:0");
        let object = redacted(json!({"status": {"conditions": [{"message": "https://u:hunter2@r/v2: denied"}]}}));
        assert!(!object.to_string().contains("hunter2"));
    }

    #[test]
    fn of_a_config_map_only_keys_are_told() {
        let told = keys_only(&json!({
            "metadata": {"name": "c", "namespace": "n", "annotations": {"a": "hunter2"}},
            "data": {"b": "hunter2"}, "binaryData": {"a": "hunter2"},
        }));
        assert_eq!(told, json!({"name": "c", "namespace": "n", "keys": ["a", "b"]}));
    }
}
