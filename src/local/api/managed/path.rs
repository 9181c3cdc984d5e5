//! One step on the way to a field, as field management names it.

use std::cmp::Ordering;
use std::fmt;

use serde_json::{Number, Value};

/// Selects a part of an object or a list. The order is that of the entries in `fieldsV1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PathElement {
    /// A field of an object: `f:name`.
    Field(String),
    /// The item of a list that has these values in its key fields, sorted by name: `k:{"name":"value"}`.
    Key(Vec<(String, Scalar)>),
    /// The item of a set that is this value: `v:"value"`.
    Value(Scalar),
    /// The item at this place: `i:0`.
    Index(i64),
}

/// A JSON value that stands in a path; numbers are compared by what they say, so that `1` is `1.0`.
#[derive(Clone, Debug)]
pub(super) struct Scalar(pub(super) Value);

impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        compare(&self.0, &other.0).is_eq()
    }
}

impl Eq for Scalar {}

impl PartialOrd for Scalar {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Scalar {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(&self.0, &other.0)
    }
}

/// Orders all JSON values: numbers, strings, booleans, lists, objects, null.
pub(super) fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => compare_numbers(left, right),
        (Value::String(left), Value::String(right)) => left.cmp(right),
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Array(left), Value::Array(right)) => {
            let differing =
                left.iter().zip(right).map(|(left, right)| compare(left, right)).find(|order| order.is_ne());
            differing.unwrap_or_else(|| left.len().cmp(&right.len()))
        }
        (Value::Object(left), Value::Object(right)) => {
            let pairs = left.iter().zip(right);
            let differing = pairs
                .map(|(left, right)| left.0.cmp(right.0).then_with(|| compare(left.1, right.1)))
                .find(|order| order.is_ne());
            differing.unwrap_or_else(|| left.len().cmp(&right.len()))
        }
        _ => rank(left).cmp(&rank(right)),
    }
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Number(_) => 0,
        Value::String(_) => 1,
        Value::Bool(_) => 2,
        Value::Array(_) => 3,
        Value::Object(_) => 4,
        Value::Null => 5,
    }
}

fn compare_numbers(left: &Number, right: &Number) -> Ordering {
    match (left.as_i64(), right.as_i64()) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => left.as_f64().unwrap_or_default().total_cmp(&right.as_f64().unwrap_or_default()),
    }
}

/// A step that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl PathElement {
    /// As it is written in `fieldsV1`.
    pub(super) fn encode(&self) -> String {
        match self {
            Self::Field(name) => format!("f:{name}"),
            Self::Key(fields) => {
                let mut text = String::from("k:{");
                for (index, (name, value)) in fields.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    text.extend([comma, &Value::from(name.as_str()).to_string(), ":", &go_json(&value.0)]);
                }
                text.push('}');
                text
            }
            Self::Value(value) => format!("v:{}", go_json(&value.0)),
            Self::Index(index) => format!("i:{index}"),
        }
    }

    /// Reads what [`encode`](Self::encode) writes; `None` is a kind of step that is yet to be invented.
    ///
    /// # Errors
    ///
    /// When the text is none of it.
    pub(super) fn decode(text: &str) -> Result<Option<Self>, Malformed> {
        let (kind, rest) = text.split_at_checked(2).ok_or(Malformed)?;
        let element = match kind {
            "f:" => Self::Field(rest.to_owned()),
            "v:" => Self::Value(Scalar(parse(rest)?)),
            "i:" => Self::Index(rest.parse().map_err(|_| Malformed)?),
            "k:" => match parse(rest)? {
                // The map is sorted by name already.
                Value::Object(fields) => {
                    Self::Key(fields.into_iter().map(|(name, value)| (name, Scalar(value))).collect())
                }
                _ => return Err(Malformed),
            },
            other if other.ends_with(':') => return Ok(None),
            _ => return Err(Malformed),
        };
        Ok(Some(element))
    }
}

fn parse(text: &str) -> Result<Value, Malformed> {
    serde_json::from_str(text).map_err(|_| Malformed)
}

/// JSON as Go writes it: what HTML gives a meaning is escaped, whole numbers have no fraction.
pub(super) fn go_json(value: &Value) -> String {
    if let Value::Number(number) = value {
        return go_number(number);
    }
    let plain = value.to_string();
    if !plain.contains(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        return plain;
    }
    let mut escaped = String::with_capacity(plain.len() + 10);
    for character in plain.chars() {
        match character {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                escaped.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => escaped.push(other),
        }
    }
    escaped
}

fn go_number(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 1e15 => format!("{float:.0}"),
        _ => number.to_string(),
    }
}

/// A step as conflicts show it: `.name`, `[name="value"]`, `[="value"]`, `[0]`.
impl fmt::Display for PathElement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(formatter, ".{name}"),
            Self::Key(fields) => {
                formatter.write_str("[")?;
                for (index, (name, value)) in fields.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    write!(formatter, "{comma}{name}={value}")?;
                }
                formatter.write_str("]")
            }
            Self::Value(value) => write!(formatter, "[={value}]"),
            Self::Index(index) => write!(formatter, "[{index}]"),
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Value::Number(number) => formatter.write_str(&go_number(number)),
            other => write!(formatter, "{other}"),
        }
    }
}

/// A path as conflicts show it: `.spec.replicas`.
pub(super) fn display(path: &[PathElement]) -> String {
    path.iter().map(ToString::to_string).collect()
}
