//! An object as the API server sends it: what is never looked at is passed over while it is read.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference, Time};
use kube::Resource;
use kube::core::{ApiResource, DynamicResourceScope};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::api::names::annotation;

/// Metadata, and all other fields but `apiVersion` and `kind`, unread. `managedFields` and kubectl's copy of the last
/// applied object, together most of an object's bytes, are dropped on arrival.
#[derive(Clone, Debug, Default)]
pub struct Raw {
    /// Its metadata.
    pub metadata: ObjectMeta,
    /// Spec, status, and what else stands at the top level.
    pub data: Value,
}

/// The metadata that decisions rest on.
#[derive(Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    namespace: Option<String>,
    name: Option<String>,
    uid: Option<String>,
    resource_version: Option<String>,
    generation: Option<i64>,
    creation_timestamp: Option<Time>,
    deletion_timestamp: Option<Time>,
    labels: Option<BTreeMap<String, String>>,
    annotations: Option<BTreeMap<String, String>>,
    finalizers: Option<Vec<String>>,
    owner_references: Option<Vec<OwnerReference>>,
}

impl From<Metadata> for ObjectMeta {
    fn from(from: Metadata) -> Self {
        let mut annotations = from.annotations;
        if let Some(annotations) = &mut annotations {
            annotations.remove(annotation::LAST_APPLIED_CONFIGURATION);
        }
        Self {
            namespace: from.namespace,
            name: from.name,
            uid: from.uid,
            resource_version: from.resource_version,
            generation: from.generation,
            creation_timestamp: from.creation_timestamp,
            deletion_timestamp: from.deletion_timestamp,
            labels: from.labels,
            annotations,
            finalizers: from.finalizers,
            owner_references: from.owner_references,
            ..Self::default()
        }
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let (mut metadata, mut data) = (ObjectMeta::default(), Map::new());
        while let Some(field) = map.next_key::<String>()? {
            match field.as_str() {
                "metadata" => metadata = map.next_value::<Option<Metadata>>()?.unwrap_or_default().into(),
                "apiVersion" | "kind" => drop(map.next_value::<IgnoredAny>()?),
                _ => {
                    let value = map.next_value()?;
                    data.insert(field, value);
                }
            }
        }
        Ok(Raw { metadata, data: Value::Object(data) })
    }
}

impl Resource for Raw {
    type DynamicType = ApiResource;
    type Scope = DynamicResourceScope;

    fn kind(resource: &ApiResource) -> Cow<'_, str> {
        resource.kind.as_str().into()
    }

    fn group(resource: &ApiResource) -> Cow<'_, str> {
        resource.group.as_str().into()
    }

    fn version(resource: &ApiResource) -> Cow<'_, str> {
        resource.version.as_str().into()
    }

    fn api_version(resource: &ApiResource) -> Cow<'_, str> {
        resource.api_version.as_str().into()
    }

    fn plural(resource: &ApiResource) -> Cow<'_, str> {
        resource.plural.as_str().into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_nobody_looks_at_is_not_kept() {
        let object = json!({
            "apiVersion": "runtime.wasmcloud.dev/v1alpha1", "kind": "Host", "hostId": "h", "status": { "version": "1" },
            "metadata": {
                "namespace": "n", "name": "h", "uid": "u", "resourceVersion": "7", "generation": 2,
                "creationTimestamp": "2026-11-23T06:48:29Z", "labels": { "a": "b" }, "finalizers": ["f"],
                "annotations": { "kubectl.kubernetes.io/last-applied-configuration": "{}", "x": "y" },
                "managedFields": [{ "manager": "m", "operation": "Update", "fieldsV1": { "f:hostId": {} } }],
            },
        });
        let raw: Raw = serde_json::from_str(&object.to_string()).unwrap();
        assert_eq!(raw.data, json!({ "hostId": "h", "status": { "version": "1" } }));
        let mut expected: ObjectMeta = serde_json::from_value(object["metadata"].clone()).unwrap();
        expected.managed_fields = None;
        expected.annotations = Some([("x".to_owned(), "y".to_owned())].into());
        assert_eq!(raw.metadata, expected);
    }

    #[test]
    fn an_object_without_anything_is_read_and_what_is_none_is_not() {
        assert_eq!(serde_json::from_str::<Raw>(r#"{"metadata":null}"#).unwrap().metadata, ObjectMeta::default());
        assert!(serde_json::from_str::<Raw>("[]").is_err());
    }
}
