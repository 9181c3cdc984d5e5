//! Dropping the fields that a schema does not know.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::{Schema, metadata};

#[cfg(test)]
mod tests;

/// The fields that every object has, whatever its schema says.
const TYPE_AND_META: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// Drops what `schema` does not know from an object and tells the paths, as kube-apiserver does on every write.
///
/// The root keeps `apiVersion`, `kind` and `metadata`, and so do embedded resources; the metadata of both is brought
/// into the form that `ObjectMeta` gives it: without unknown, null and empty fields.
///
/// The paths (`spec.foo`, `spec.list[0].bar`) are in the order in which the server names them when field validation is
/// strict: those of `metadata`, those of the rest, those of embedded metadata.
pub fn prune(schema: &Schema, object: &mut Value) -> Vec<String> {
    let Value::Object(fields) = object else { return Vec::new() };
    let mut dropped = metadata::normalize(fields, "");
    let mut pruning = Pruning::default();
    pruning.fields(fields, schema, true, schema.preserve_unknown);
    pruning.unknown.sort();
    pruning.embedded.sort();
    dropped.append(&mut pruning.unknown);
    dropped.append(&mut pruning.embedded);
    dropped
}

/// Drops what `schema` does not know from a value that is no resource, and tells the paths.
pub(super) fn prune_value(schema: &Schema, value: &mut Value) -> Vec<String> {
    let mut pruning = Pruning::default();
    pruning.value(value, schema, false);
    pruning.unknown
}

/// Where pruning is, and what it dropped so far.
#[derive(Default)]
struct Pruning {
    path: String,
    unknown: Vec<String>,
    embedded: Vec<String>,
}

impl Pruning {
    /// Prunes a value; when it is to `keep`, only what lies in its known fields.
    fn value(&mut self, value: &mut Value, schema: &Schema, keep: bool) {
        let keep = keep || schema.preserve_unknown;
        match value {
            Value::Object(fields) => {
                if schema.embedded_resource {
                    self.embedded.append(&mut metadata::normalize(fields, &self.path));
                }
                self.fields(fields, schema, schema.embedded_resource, keep);
            }
            Value::Array(items) => self.items(items, schema, keep),
            _ => {}
        }
    }

    fn fields(&mut self, fields: &mut Map<String, Value>, schema: &Schema, resource: bool, keep: bool) {
        let length = self.path.len();
        fields.retain(|name, value| {
            if resource && TYPE_AND_META.contains(&name.as_str()) {
                return true;
            }
            if length > 0 {
                self.path.push('.');
            }
            self.path.push_str(name);
            let known = schema.properties.get(name).or(schema.additional.as_deref());
            match known {
                Some(known) => self.value(value, known, false),
                None if keep => {}
                None => self.unknown.push(self.path.clone()),
            }
            self.path.truncate(length);
            known.is_some() || keep
        });
    }

    fn items(&mut self, items: &mut [Value], schema: &Schema, keep: bool) {
        let nothing = Schema::default();
        let below = match &schema.items {
            Some(below) => below,
            None if keep => return,
            None => &nothing,
        };
        let length = self.path.len();
        for (index, item) in items.iter_mut().enumerate() {
            let _ = write!(self.path, "[{index}]");
            self.value(item, below, keep);
            self.path.truncate(length);
        }
    }
}
