//! Reading proto3 JSON as leniently as its specification asks.

use std::fmt;

use jiff::Timestamp;
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// `null` stands for the default value.
pub(super) fn null_as_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(d: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(d)?.unwrap_or_default())
}

/// A number, however it is written.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(String),
}

fn number<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Number>, D::Error> {
    Option::<Number>::deserialize(d)
}

/// uint64: a number or a string of digits; negative or fractional is an error, as proto3 JSON says.
pub(super) fn unsigned<'de, D: Deserializer<'de>>(d: D) -> Result<u64, D::Error> {
    match number(d)? {
        None => Ok(0),
        Some(Number::Unsigned(n)) => Ok(n),
        Some(Number::Signed(n)) => Err(de::Error::custom(format!("{n} is negative"))),
        Some(Number::Float(n)) if n >= 0.0 && n.fract() == 0.0 && n < u64::MAX as f64 => Ok(n as u64),
        Some(Number::Float(n)) => Err(de::Error::custom(format!("{n} is no whole number"))),
        Some(Number::Text(text)) => text.parse().map_err(de::Error::custom),
    }
}

/// int32: a number or a string of digits.
pub(super) fn integer<'de, D: Deserializer<'de>>(d: D) -> Result<i32, D::Error> {
    let wide = match number(d)? {
        None => 0,
        Some(Number::Unsigned(n)) => i64::try_from(n).map_err(de::Error::custom)?,
        Some(Number::Signed(n)) => n,
        Some(Number::Float(n)) if n.fract() == 0.0 => n as i64,
        Some(Number::Float(n)) => return Err(de::Error::custom(format!("{n} is no whole number"))),
        Some(Number::Text(text)) => text.parse().map_err(de::Error::custom)?,
    };
    i32::try_from(wide).map_err(de::Error::custom)
}

/// float: a number, a string, `"NaN"`, `"Infinity"` or `"-Infinity"`.
pub(super) fn float<'de, D: Deserializer<'de>>(d: D) -> Result<f32, D::Error> {
    Ok(match number(d)? {
        None => 0.0,
        Some(Number::Unsigned(n)) => n as f32,
        Some(Number::Signed(n)) => n as f32,
        Some(Number::Float(n)) => n as f32,
        Some(Number::Text(text)) => text.parse().map_err(de::Error::custom)?,
    })
}

/// A time; one that cannot be read counts as not told, so that an odd clock does not cost the whole heartbeat.
pub(super) fn maybe_timestamp<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Timestamp>, D::Error> {
    let value = serde_json::Value::deserialize(d)?;
    Ok(value.as_str().and_then(|text| text.parse().ok()))
}

/// 64-bit integers are strings on the wire.
pub(super) fn as_string<S: Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    value.to_string().serialize(serializer)
}

/// An enum by name or number; what this program does not know is the first, unspecified one.
pub(super) fn enumeration<'de, D: Deserializer<'de>, T: Copy>(
    deserializer: D,
    names: &[(&'static str, T)],
) -> Result<T, D::Error> {
    struct ByNameOrNumber<'a, T>(&'a [(&'static str, T)]);

    impl<T: Copy> ByNameOrNumber<'_, T> {
        fn nth<E: de::Error>(&self, n: u64) -> Result<T, E> {
            let known = usize::try_from(n).ok().and_then(|n| self.0.get(n)).or_else(|| self.0.first());
            known.map(|(_, value)| *value).ok_or_else(|| E::custom("an enum without values"))
        }
    }

    impl<'de, T: Copy> Visitor<'de> for ByNameOrNumber<'_, T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the name or number of an enum value")
        }

        fn visit_str<E: de::Error>(self, name: &str) -> Result<T, E> {
            match self.0.iter().find(|(known, _)| *known == name) {
                Some((_, value)) => Ok(*value),
                None => self.nth(0),
            }
        }

        fn visit_u64<E: de::Error>(self, n: u64) -> Result<T, E> {
            self.nth(n)
        }

        fn visit_i64<E: de::Error>(self, _: i64) -> Result<T, E> {
            self.nth(0)
        }

        fn visit_unit<E: de::Error>(self) -> Result<T, E> {
            self.nth(0)
        }
    }

    deserializer.deserialize_any(ByNameOrNumber(names))
}
