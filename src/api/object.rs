//! The root that the kinds with a `spec` share: metadata, spec and status.

use std::borrow::Cow;
use std::fmt::Debug;

use kube::core::{NamespaceResourceScope, ObjectMeta, Resource};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::DeserializeOwned;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::names;

/// A `spec` that is the heart of one kind: what the kind is called, and what its status holds.
pub trait ObjectKind: Clone + Debug + Default + PartialEq + Serialize + DeserializeOwned + JsonSchema {
    /// The kind, as it stands in `kind`.
    const KIND: &'static str;
    /// The plural, as it stands in URLs.
    const PLURAL: &'static str;
    /// The kind's status.
    type Status: Clone + Debug + Default + PartialEq + Serialize + DeserializeOwned + JsonSchema;
}

/// One object of a kind with a `spec`; use it by its aliases, such as [`Workload`](super::Workload).
///
/// Written by hand where `#[derive(CustomResource)]` would do but for one thing: the published CRDs do not require
/// `spec`, and one object without it must not make a whole list unreadable. A missing `spec` is read as the default
/// one, as the upstream operator does.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(bound = "S: ObjectKind")]
pub struct Object<S: ObjectKind> {
    /// Standard object metadata.
    #[serde(default)]
    pub metadata: ObjectMeta,
    /// What is asked for.
    #[serde(default, deserialize_with = "null_as_default")]
    pub spec: S,
    /// What was last observed; absent until a controller has looked.
    pub status: Option<S::Status>,
}

impl<S: ObjectKind> Object<S> {
    /// An object of that name in no namespace yet, without a status.
    pub fn new(name: &str, spec: S) -> Self {
        let metadata = ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() };
        Self { metadata, spec, status: None }
    }
}

impl<S: ObjectKind> Serialize for Object<S> {
    fn serialize<W: Serializer>(&self, serializer: W) -> Result<W::Ok, W::Error> {
        let mut object = serializer.serialize_struct(S::KIND, 4 + usize::from(self.status.is_some()))?;
        object.serialize_field("apiVersion", names::API_VERSION)?;
        object.serialize_field("kind", S::KIND)?;
        object.serialize_field("metadata", &self.metadata)?;
        object.serialize_field("spec", &self.spec)?;
        match &self.status {
            Some(status) => object.serialize_field("status", status)?,
            None => object.skip_field("status")?,
        }
        object.end()
    }
}

impl<S: ObjectKind> JsonSchema for Object<S> {
    fn schema_name() -> Cow<'static, str> {
        S::KIND.into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": {
                "spec": generator.subschema_for::<S>(),
                "status": generator.subschema_for::<S::Status>(),
            },
        })
    }
}

impl<S: ObjectKind> Resource for Object<S> {
    type DynamicType = ();
    type Scope = NamespaceResourceScope;

    fn kind((): &()) -> Cow<'_, str> {
        S::KIND.into()
    }

    fn group((): &()) -> Cow<'_, str> {
        names::GROUP.into()
    }

    fn version((): &()) -> Cow<'_, str> {
        names::VERSION.into()
    }

    fn plural((): &()) -> Cow<'_, str> {
        S::PLURAL.into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

/// Reads a value, and `null` as the default.
fn null_as_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
