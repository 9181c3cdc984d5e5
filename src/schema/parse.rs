//! Reading a schema as a CustomResourceDefinition of `apiextensions.k8s.io/v1` holds it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{ListType, Schema, Type};

#[cfg(test)]
mod tests;

/// How deep schemas may nest; those of real definitions stay below 30.
pub(crate) const MAX_DEPTH: usize = 100;

/// What `openAPIV3Schema` must not hold at all.
const UNSUPPORTED: [&str; 7] =
    ["id", "$schema", "$ref", "patternProperties", "dependencies", "additionalItems", "definitions"];

/// The keys whose values are schemas of their own in [`Schema`].
const STRUCTURE: [&str; 3] = ["properties", "additionalProperties", "items"];

/// A schema that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{message}", path, if path.is_empty() { "" } else { ": " })]
pub struct SchemaError {
    /// Where, from the schema's root on: `properties[spec].items.type`; empty for the root itself.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
}

impl Schema {
    /// Reads an `openAPIV3Schema`.
    ///
    /// What it takes is more than a structural schema: [`Schema::structural_problems`] tells what an API server would
    /// refuse.
    ///
    /// # Errors
    ///
    /// When a keyword has a value of the wrong type, is one that Kubernetes does not support, or schemas nest deeper
    /// than 100.
    pub fn parse(source: &Value) -> Result<Self, SchemaError> {
        let mut schema = read(source, "", 0)?;
        schema.source = source.clone();
        Ok(schema)
    }
}

fn read(source: &Value, path: &str, depth: usize) -> Result<Schema, SchemaError> {
    let Value::Object(map) = source else { return Err(wrong(path, "must be an object")) };
    if depth > MAX_DEPTH {
        return Err(wrong(path, &format!("schemas nest deeper than {MAX_DEPTH}")));
    }
    let keyword = Keywords { map, path };
    keyword.refuse_unsupported()?;
    let own = map.iter().filter(|(key, _)| !STRUCTURE.contains(&key.as_str()));
    Ok(Schema {
        kind: keyword.kind()?,
        nullable: keyword.flag("nullable")?,
        int_or_string: keyword.flag("x-kubernetes-int-or-string")?,
        preserve_unknown: keyword.flag("x-kubernetes-preserve-unknown-fields")?,
        embedded_resource: keyword.flag("x-kubernetes-embedded-resource")?,
        properties: keyword.properties(depth)?,
        additional: keyword.additional(depth)?,
        items: keyword.items(depth)?,
        list: keyword.list()?,
        atomic_map: keyword.atomic_map()?,
        default: keyword.get("default").cloned(),
        source: Value::Object(own.map(|(key, value)| (key.clone(), value.clone())).collect()),
        checks: super::Prepared::default(),
    })
}

/// The keywords of one schema.
struct Keywords<'a> {
    map: &'a Map<String, Value>,
    path: &'a str,
}

impl<'a> Keywords<'a> {
    /// A keyword's value; null is the same as none.
    fn get(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    fn at(&self, key: &str) -> String {
        child(self.path, key)
    }

    fn refuse_unsupported(&self) -> Result<(), SchemaError> {
        match UNSUPPORTED.iter().find(|key| self.get(key).is_some()) {
            Some(key) => Err(wrong(&self.at(key), "is not supported")),
            None => Ok(()),
        }
    }

    fn text(&self, key: &str) -> Result<Option<&'a str>, SchemaError> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(wrong(&self.at(key), "must be a string")),
        }
    }

    fn flag(&self, key: &str) -> Result<bool, SchemaError> {
        match self.get(key) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(wrong(&self.at(key), "must be a boolean")),
        }
    }

    fn kind(&self) -> Result<Option<Type>, SchemaError> {
        match self.text("type")? {
            None | Some("") => Ok(None),
            Some(name) => Type::named(name).map(Some).ok_or_else(|| {
                wrong(&self.at("type"), "must be one of array, boolean, integer, number, object, string")
            }),
        }
    }

    fn properties(&self, depth: usize) -> Result<BTreeMap<String, Schema>, SchemaError> {
        let path = self.at("properties");
        match self.get("properties") {
            None => Ok(BTreeMap::new()),
            Some(Value::Object(map)) => map
                .iter()
                .map(|(name, schema)| Ok((name.clone(), read(schema, &format!("{path}[{name}]"), depth + 1)?)))
                .collect(),
            Some(_) => Err(wrong(&path, "must be an object")),
        }
    }

    fn additional(&self, depth: usize) -> Result<Option<Box<Schema>>, SchemaError> {
        let path = self.at("additionalProperties");
        match self.get("additionalProperties") {
            None => Ok(None),
            Some(flag @ Value::Bool(_)) => Ok(Some(Box::new(Schema { source: flag.clone(), ..Schema::default() }))),
            Some(schema) => Ok(Some(Box::new(read(schema, &path, depth + 1)?))),
        }
    }

    fn items(&self, depth: usize) -> Result<Option<Box<Schema>>, SchemaError> {
        let path = self.at("items");
        match self.get("items") {
            None => Ok(None),
            Some(Value::Array(_)) => Err(wrong(&path, "must be a schema object and not an array")),
            Some(schema) => Ok(Some(Box::new(read(schema, &path, depth + 1)?))),
        }
    }

    fn list(&self) -> Result<ListType, SchemaError> {
        match self.text("x-kubernetes-list-type")? {
            None | Some("atomic") => Ok(ListType::Atomic),
            Some("set") => Ok(ListType::Set),
            Some("map") => self.map_keys().map(ListType::Map),
            Some(_) => Err(wrong(&self.at("x-kubernetes-list-type"), "must be one of atomic, map, set")),
        }
    }

    fn map_keys(&self) -> Result<Vec<String>, SchemaError> {
        let strings = || -> Option<Vec<String>> {
            let Some(keys) = self.get("x-kubernetes-list-map-keys") else { return Some(Vec::new()) };
            keys.as_array()?.iter().map(|key| key.as_str().map(str::to_owned)).collect()
        };
        strings().ok_or_else(|| wrong(&self.at("x-kubernetes-list-map-keys"), "must be an array of strings"))
    }

    fn atomic_map(&self) -> Result<bool, SchemaError> {
        match self.text("x-kubernetes-map-type")? {
            None | Some("granular") => Ok(false),
            Some("atomic") => Ok(true),
            Some(_) => Err(wrong(&self.at("x-kubernetes-map-type"), "must be one of atomic, granular")),
        }
    }
}

impl Type {
    /// The type of this name in OpenAPI.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "object" => Self::Object,
            "array" => Self::Array,
            "string" => Self::String,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            _ => return None,
        })
    }

    /// Its name in OpenAPI.
    pub fn name(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Array => "array",
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
        }
    }
}

/// The path of a field of what `path` names.
pub(crate) fn child(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn wrong(path: &str, message: &str) -> SchemaError {
    SchemaError { path: path.to_owned(), message: message.to_owned() }
}
