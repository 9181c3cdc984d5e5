//! The form of `ObjectMeta`: which fields there are, of which types.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::schema::{Schema, finding, go, parse::child, place::Place};

#[cfg(test)]
mod tests;

/// What a field of a structure is.
#[derive(Clone, Copy)]
enum Shape {
    /// Text of this Go type.
    Text(&'static str),
    /// A text that is there even when it is empty.
    Kept,
    /// Whole number, left out when it is 0.
    Count,
    /// Whole number that may be 0.
    OptionalCount,
    /// Whether or not.
    Flag,
    /// A date with a time.
    Time,
    /// A list of texts.
    Texts,
    /// A map of texts.
    TextMap,
    /// A list of structures of this Go type.
    Structures(&'static str, &'static [(&'static str, Shape)]),
    /// Any object.
    Anything,
}

/// `ObjectMeta` of `meta/v1`.
const OBJECT_META: &[(&str, Shape)] = &[
    ("name", Shape::Text("string")),
    ("generateName", Shape::Text("string")),
    ("namespace", Shape::Text("string")),
    ("selfLink", Shape::Text("string")),
    ("uid", Shape::Text("types.UID")),
    ("resourceVersion", Shape::Text("string")),
    ("generation", Shape::Count),
    ("creationTimestamp", Shape::Time),
    ("deletionTimestamp", Shape::Time),
    ("deletionGracePeriodSeconds", Shape::OptionalCount),
    ("labels", Shape::TextMap),
    ("annotations", Shape::TextMap),
    ("ownerReferences", Shape::Structures("OwnerReference", OWNER_REFERENCE)),
    ("finalizers", Shape::Texts),
    ("managedFields", Shape::Structures("ManagedFieldsEntry", MANAGED_FIELDS)),
];

const OWNER_REFERENCE: &[(&str, Shape)] = &[
    ("apiVersion", Shape::Kept),
    ("kind", Shape::Kept),
    ("name", Shape::Kept),
    ("uid", Shape::Kept),
    ("controller", Shape::Flag),
    ("blockOwnerDeletion", Shape::Flag),
];

const MANAGED_FIELDS: &[(&str, Shape)] = &[
    ("manager", Shape::Text("string")),
    ("operation", Shape::Text("v1.ManagedFieldsOperationType")),
    ("apiVersion", Shape::Text("string")),
    ("time", Shape::Time),
    ("fieldsType", Shape::Text("string")),
    ("fieldsV1", Shape::Anything),
    ("subresource", Shape::Text("string")),
];

/// Brings `metadata` of an object at `path` into the form that `ObjectMeta` gives it and tells the unknown fields that
/// were dropped.
///
/// Nulls and empty fields go too. Fields of a wrong type stay: [`malformed`] finds them.
pub(crate) fn normalize(object: &mut Map<String, Value>, path: &str) -> Vec<String> {
    let mut unknown = Vec::new();
    match object.get_mut("metadata") {
        Some(Value::Object(fields)) => tidy(fields, OBJECT_META, &child(path, "metadata"), &mut unknown),
        Some(metadata @ Value::Null) => *metadata = Value::Object(Map::new()),
        _ => {}
    }
    unknown
}

fn tidy(fields: &mut Map<String, Value>, shapes: &[(&str, Shape)], path: &str, unknown: &mut Vec<String>) {
    fields.retain(|name, value| match shape_of(shapes, name) {
        Some(shape) => shape.tidy(value, || child(path, name), unknown),
        None => {
            unknown.push(child(path, name));
            false
        }
    });
    for (name, shape) in shapes {
        if matches!(shape, Shape::Kept) && !fields.contains_key(*name) {
            fields.insert((*name).to_owned(), Value::String(String::new()));
        }
    }
}

fn shape_of(shapes: &[(&str, Shape)], name: &str) -> Option<Shape> {
    shapes.iter().find(|(known, _)| *known == name).map(|(_, shape)| *shape)
}

impl Shape {
    /// Brings a value into form; false when there is nothing to keep of it.
    fn tidy(self, value: &mut Value, path: impl Fn() -> String, unknown: &mut Vec<String>) -> bool {
        match (self, &mut *value) {
            (_, Value::Null) => return false,
            (Self::Texts, Value::Array(items)) => items.iter_mut().for_each(empty_for_null),
            (Self::TextMap, Value::Object(map)) => map.values_mut().for_each(empty_for_null),
            (Self::Structures(_, shapes), Value::Array(items)) => {
                for (index, item) in items.iter_mut().enumerate() {
                    if item.is_null() {
                        *item = Value::Object(Map::new());
                    }
                    if let Value::Object(fields) = item {
                        tidy(fields, shapes, &format!("{}[{index}]", path()), unknown);
                    }
                }
            }
            _ => {}
        }
        match (self, value) {
            (Self::Text(_), Value::String(text)) => !text.is_empty(),
            (Self::Count, Value::Number(number)) => number.as_i64() != Some(0),
            (Self::TextMap, Value::Object(map)) => !map.is_empty(),
            (Self::Texts | Self::Structures(..), Value::Array(items)) => !items.is_empty(),
            _ => true,
        }
    }

    /// What the decoder of kube-apiserver says of a value that is not of this form; `field` is as Go names it.
    fn malformed(self, value: &Value, field: &str) -> Option<String> {
        let wrong = |go: &str| Some(cannot_unmarshal(value, field, go));
        match (self, value) {
            (_, Value::Null) | (Self::Anything, _) => None,
            (Self::Text(_) | Self::Kept, Value::String(_)) | (Self::Flag, Value::Bool(_)) => None,
            (Self::Text(go), _) => wrong(go),
            (Self::Kept, _) => wrong(if field.ends_with(".uid") { "types.UID" } else { "string" }),
            (Self::Flag, _) => wrong("bool"),
            (Self::Count | Self::OptionalCount, Value::Number(number)) if number.is_i64() => None,
            (Self::Count | Self::OptionalCount, _) => wrong("int64"),
            (Self::Time, Value::String(text)) => bad_time(text),
            (Self::Time, _) => wrong("string"),
            (Self::Texts, Value::Array(items)) => first_text_error(items.iter(), field),
            (Self::Texts, _) => wrong("[]string"),
            (Self::TextMap, Value::Object(map)) => first_text_error(map.values(), field),
            (Self::TextMap, _) => wrong("map[string]string"),
            (Self::Structures(go, shapes), Value::Array(items)) => {
                items.iter().find_map(|item| malformed_structure(item, go, shapes, field))
            }
            (Self::Structures(go, _), _) => wrong(&format!("[]v1.{go}")),
        }
    }
}

fn empty_for_null(value: &mut Value) {
    if value.is_null() {
        *value = Value::String(String::new());
    }
}

fn first_text_error<'a>(mut texts: impl Iterator<Item = &'a Value>, field: &str) -> Option<String> {
    texts.find_map(|text| Shape::Text("string").malformed(text, field))
}

/// `field` is the field of `ObjectMeta` that the structure is in.
fn malformed_structure(value: &Value, go: &str, shapes: &[(&str, Shape)], field: &str) -> Option<String> {
    let outer = field.split_once('.').map_or(field, |(_, name)| name);
    match value {
        Value::Object(fields) => fields
            .iter()
            .find_map(|(name, value)| shape_of(shapes, name)?.malformed(value, &format!("{go}.{outer}.{name}"))),
        Value::Null => None,
        _ => Some(cannot_unmarshal(value, field, &format!("v1.{go}"))),
    }
}

fn cannot_unmarshal(value: &Value, field: &str, go: &str) -> String {
    let mut kind = go::json_kind(value).to_owned();
    if let (Value::Number(number), "int64") = (value, go) {
        let _ = write!(kind, " {}", finding::number_shown(number));
    }
    format!("json: cannot unmarshal {kind} into Go struct field {field} of type {go}")
}

fn bad_time(text: &str) -> Option<String> {
    let is_time = text.parse::<jiff::Timestamp>().is_ok();
    let wrong = || {
        let quoted = finding::quoted(text);
        format!("parsing time {quoted} as \"2006-01-02T15:04:05Z07:00\": cannot parse {quoted} as \"2006\"")
    };
    (!is_time).then(wrong)
}

/// What kube-apiserver's decoder cannot read in an object's `metadata`, or in that of an embedded resource; it answers
/// 400 with this text behind `Thing in version "v1" cannot be handled as a Thing: `.
///
/// To be asked before [`prune`](crate::schema::prune) and validation.
pub fn malformed(schema: &Schema, object: &Value) -> Option<String> {
    let own = object.get("metadata").and_then(malformed_metadata);
    own.or_else(|| malformed_embedded(schema, object, &Place::ROOT))
}

fn malformed_metadata(metadata: &Value) -> Option<String> {
    match metadata {
        Value::Null => None,
        Value::Object(fields) => fields
            .iter()
            .find_map(|(name, value)| shape_of(OBJECT_META, name)?.malformed(value, &format!("ObjectMeta.{name}"))),
        _ => Some(format!("json: cannot unmarshal {} into Go value of type v1.ObjectMeta", go::json_kind(metadata))),
    }
}

fn malformed_embedded(schema: &Schema, value: &Value, place: &Place<'_>) -> Option<String> {
    match value {
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            let own = || {
                let message = match name.as_str() {
                    "apiVersion" | "kind" => (!value.is_string()).then(|| "must be a string".to_owned()),
                    "metadata" => malformed_metadata(value),
                    _ => None,
                }?;
                Some(format!("{}: Invalid value: {}: {message}", place.field(name).path(), finding::shown(value)))
            };
            let below = || match (schema.properties.get(name), &schema.additional) {
                (Some(known), _) => malformed_embedded(known, value, &place.field(name)),
                (None, Some(additional)) => malformed_embedded(additional, value, &place.key(name)),
                (None, None) => None,
            };
            schema.embedded_resource.then(own).flatten().or_else(below)
        }),
        Value::Array(items) => {
            let schema = schema.items.as_ref()?;
            let mut items = items.iter().enumerate();
            items.find_map(|(index, item)| malformed_embedded(schema, item, &place.index(index)))
        }
        _ => None,
    }
}
