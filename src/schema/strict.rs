//! Reading JSON while minding keys that an object has twice.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

#[cfg(test)]
mod tests;

/// How many duplicates are told at most; kube-apiserver stops there too.
const MOST_TOLD: usize = 100;

/// Reads JSON text, and tells the path of each key that stands twice in an object: `spec.replicas`.
///
/// The last value counts, and each path is told once, as kube-apiserver's decoder does it. What it tells goes before
/// the unknown fields that [`prune`](super::prune) tells in `strict decoding error: duplicate field "spec.replicas",
/// unknown field "spec.x"`.
///
/// Floats without a fraction become integers, as they do when the server writes what it has read.
///
/// # Errors
///
/// When the text is not JSON, has more behind its value, or nests deeper than 127.
pub fn read(text: &[u8]) -> Result<(Value, Vec<String>), serde_json::Error> {
    let mut reader = Reader::default();
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = (&mut reader).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok((value, reader.twice))
}

/// A JSON value, as it is written, in which no object has a key twice: one that has is an error, told by [`is_duplicate`].
#[derive(Debug)]
pub struct Once(pub Value);

/// What the error says of a key that stands twice.
const TWICE: &str = "an object has a key twice: ";

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut reader = Reader { as_written: true, ..Reader::default() };
        let value = (&mut reader).deserialize(deserializer)?;
        match reader.twice.first() {
            Some(path) => Err(D::Error::custom(format!("{TWICE}{path}"))),
            None => Ok(Self(value)),
        }
    }
}

/// Whether an error is about a key that stands twice.
pub fn is_duplicate(error: &serde_json::Error) -> bool {
    error.to_string().starts_with(TWICE)
}

/// The words for duplicate and unknown fields, in the order of kube-apiserver, one for each: the warnings that a
/// request gets, and joined with `, ` the details of `strict decoding error: `.
pub fn complaints(twice: &[String], unknown: &[String]) -> Vec<String> {
    let twice = twice.iter().map(|path| format!("duplicate field \"{path}\""));
    twice.chain(unknown.iter().map(|path| format!("unknown field \"{path}\""))).collect()
}

/// Where reading is, and what it found.
#[derive(Default)]
struct Reader {
    path: String,
    twice: Vec<String>,
    /// Whether numbers stay what they are.
    as_written: bool,
}

impl Reader {
    fn tell(&mut self) {
        if self.twice.len() < MOST_TOLD && !self.twice.contains(&self.path) {
            self.twice.push(self.path.clone());
        }
    }
}

impl<'de> DeserializeSeed<'de> for &mut Reader {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Reader {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "what is beyond an i64 is a float to kube-apiserver")]
    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        if self.as_written {
            return Ok(Value::from(value));
        }
        Ok(i64::try_from(value).map_or_else(|_| Value::from(value as f64), Value::from))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let float = || Number::from_f64(value).map_or(Value::Null, Value::Number);
        Ok(whole(value).filter(|_| !self.as_written).map_or_else(float, Value::from))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let length = self.path.len();
        let mut read = Vec::new();
        loop {
            self.path.push_str(&format!("[{}]", read.len()));
            let item = items.next_element_seed(&mut *self)?;
            self.path.truncate(length);
            match item {
                Some(item) => read.push(item),
                None => return Ok(Value::Array(read)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let length = self.path.len();
        let mut read = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            if length > 0 {
                self.path.push('.');
            }
            self.path.push_str(&name);
            if read.contains_key(&name) {
                self.tell();
            }
            let value = fields.next_value_seed(&mut *self)?;
            self.path.truncate(length);
            read.insert(name, value);
        }
        Ok(Value::Object(read))
    }
}

/// The integer that a float is. Beyond 2⁵³ a float stays one: there the server takes none for an integer.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn whole(float: f64) -> Option<i64> {
    const LIMIT: f64 = 9_007_199_254_740_991.0;
    (float.fract() == 0.0 && (-LIMIT..=LIMIT).contains(&float)).then_some(float as i64)
}
