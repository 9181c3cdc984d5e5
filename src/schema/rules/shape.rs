//! What a value is to CEL: the part of it that its schema describes.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use base64::Engine as _;
use kube_cel::cel::{
    Context, Program, Value as CelValue,
    objects::{Key, Map},
};
use serde_json::Value;

use super::seen::Seen;
use crate::schema::{Schema, Type};

/// What values of a schema are in CEL.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    kind: Kind,
    /// By the name in objects: the name in rules.
    properties: BTreeMap<String, (Arc<String>, Shape)>,
    additional: Option<Box<Shape>>,
    items: Option<Box<Shape>>,
}

/// What a scalar is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Kind {
    /// What it is in JSON.
    #[default]
    Plain,
    Integer,
    Double,
    Bytes,
    Date,
    Timestamp,
    Duration,
}

impl Shape {
    pub(super) fn of(schema: &Schema, is_root: bool) -> Self {
        let mut properties: BTreeMap<_, _> = schema
            .properties
            .iter()
            .filter_map(|(name, schema)| Some((name.clone(), (Arc::new(escaped(name)?), Self::of(schema, false)))))
            .collect();
        if is_root || schema.embedded_resource {
            let text = |name: &str| (name.to_owned(), (Arc::new(name.to_owned()), Self::default()));
            let metadata = Self { properties: ["name", "generateName"].map(text).into(), ..Self::default() };
            properties.extend([text("apiVersion"), text("kind")]);
            properties.insert("metadata".to_owned(), (Arc::new("metadata".to_owned()), metadata));
        }
        let below = |schema: &Option<Box<Schema>>| Some(Box::new(Self::of(schema.as_deref()?, false)));
        Self { kind: Kind::of(schema), properties, additional: below(&schema.additional), items: below(&schema.items) }
    }

    /// Without what is not seen of it.
    pub(super) fn seen(self, seen: &Seen) -> Self {
        // Who goes through an object sees all its keys.
        let sees_keys = seen.items.is_some() && self.items.is_none();
        if seen.whole || sees_keys {
            return self;
        }
        let field = |(name, (known, shape)): (String, (Arc<String>, Self))| {
            let shape = shape.seen(seen.fields.get(known.as_str())?);
            Some((name, (known, shape)))
        };
        let nothing = Seen::default();
        let item = seen.items.as_deref().unwrap_or(&nothing);
        Self {
            properties: self.properties.into_iter().filter_map(field).collect(),
            items: self.items.map(|items| Box::new(items.seen(item))),
            ..self
        }
    }

    /// A value as rules see it.
    pub(super) fn value(&self, value: &Value) -> CelValue {
        match value {
            Value::Null => CelValue::Null,
            Value::Bool(flag) => CelValue::Bool(*flag),
            Value::Number(number) => self.kind.number(number),
            Value::String(text) => self.kind.text(text),
            Value::Array(items) => {
                let nothing = Self::default();
                let shape = self.items.as_deref().unwrap_or(&nothing);
                CelValue::List(Arc::new(items.iter().map(|item| shape.value(item)).collect()))
            }
            Value::Object(fields) => {
                let fields = fields.iter().filter_map(|(name, value)| {
                    let (name, shape) = match (self.properties.get(name), &self.additional) {
                        (Some((name, shape)), _) => (name.clone(), shape),
                        (None, Some(shape)) => (Arc::new(name.clone()), &**shape),
                        (None, None) => return None,
                    };
                    Some((Key::String(name), shape.value(value)))
                });
                CelValue::Map(Map { map: Arc::new(fields.collect::<HashMap<_, _>>()) })
            }
        }
    }
}

impl Kind {
    fn of(schema: &Schema) -> Self {
        let format = schema.source.get("format").and_then(Value::as_str).unwrap_or_default();
        match (schema.kind, format) {
            _ if schema.int_or_string => Self::Plain,
            (Some(Type::Integer), _) => Self::Integer,
            (Some(Type::Number), _) => Self::Double,
            (Some(Type::String), "byte") => Self::Bytes,
            (Some(Type::String), "date") => Self::Date,
            (Some(Type::String), "date-time") => Self::Timestamp,
            (Some(Type::String), "duration") => Self::Duration,
            _ => Self::Plain,
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "an integer's float is whole and small")]
    fn number(self, number: &serde_json::Number) -> CelValue {
        let float = number.as_f64().unwrap_or(0.0);
        match (self, number.as_i64()) {
            (Self::Double, _) => CelValue::Float(float),
            (_, Some(integer)) => CelValue::Int(integer),
            (Self::Integer, None) => CelValue::Int(float as i64),
            (_, None) => CelValue::Float(float),
        }
    }

    fn text(self, text: &str) -> CelValue {
        let plain = || CelValue::String(Arc::new(text.to_owned()));
        match self {
            Self::Bytes => base64::engine::general_purpose::STANDARD
                .decode(text)
                .map_or_else(|_| plain(), |bytes| CelValue::Bytes(Arc::new(bytes))),
            Self::Date => made("timestamp(self)", &format!("{text}T00:00:00Z")).unwrap_or_else(plain),
            Self::Timestamp => made("timestamp(self)", text).unwrap_or_else(plain),
            Self::Duration => made("duration(self)", text).unwrap_or_else(plain),
            _ => plain(),
        }
    }
}

/// What CEL itself makes of a text.
fn made(expression: &str, text: &str) -> Option<CelValue> {
    let mut context = Context::default();
    context.add_variable_from_value("self", text.to_owned());
    Program::compile(expression).ok()?.execute(&context).ok()
}

/// Words that CEL keeps for itself.
const RESERVED: [&str; 21] = [
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// The name of a field in rules; none when it can have none there.
pub(super) fn escaped(name: &str) -> Option<String> {
    let allowed = |character: char| character.is_ascii_alphanumeric() || "_.-/".contains(character);
    if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) || !name.chars().all(allowed) {
        return None;
    }
    if RESERVED.contains(&name) {
        return Some(format!("__{name}__"));
    }
    let name = name.replace("__", "__underscores__");
    Some(name.replace('.', "__dot__").replace('-', "__dash__").replace('/', "__slash__"))
}
