//! YAML text, and keys that a mapping of it has twice.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_saphyr::{DuplicateKeyPolicy, Options, Spanned};

/// How many keys are told at most; kube-apiserver stops there too.
const MOST_TOLD: usize = 100;

/// Reads YAML as kubectl and kube-apiserver do: YAML 1.1, and of two values of a key the last one counts.
///
/// # Errors
/// In the words of the parser.
pub(super) fn read(text: &str) -> Result<Value, String> {
    serde_saphyr::from_str_with_options(text, options(DuplicateKeyPolicy::LastWins)).map_err(|error| error.to_string())
}

/// The keys that a mapping has twice: `line 1: key "a" already set in map`.
pub(super) fn repeated_keys(text: &str) -> Vec<String> {
    let seen = serde_saphyr::from_str_with_options::<Seen>(text, options(DuplicateKeyPolicy::PassThrough));
    let mut keys = seen.map(|seen| seen.0).unwrap_or_default();
    keys.truncate(MOST_TOLD);
    keys.into_iter().map(|(line, key)| format!("line {line}: key {key:?} already set in map")).collect()
}

fn options(duplicate_keys: DuplicateKeyPolicy) -> Options {
    serde_saphyr::options! { with_snippet: false, legacy_octal_numbers: true, duplicate_keys: duplicate_keys }
}

/// The repeated keys of a value, with their lines.
struct Seen(Vec<(u64, String)>);

impl<'de> Deserialize<'de> for Seen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Keys)
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Seen;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any YAML value")
    }

    fn visit_unit<E: Error>(self) -> Result<Seen, E> {
        Ok(Seen(Vec::new()))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Seen, E> {
        Ok(Seen(Vec::new()))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Seen, E> {
        Ok(Seen(Vec::new()))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Seen, E> {
        Ok(Seen(Vec::new()))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Seen, E> {
        Ok(Seen(Vec::new()))
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Seen, E> {
        Ok(Seen(Vec::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Seen, A::Error> {
        let mut all = Vec::new();
        while let Some(Seen(below)) = items.next_element()? {
            all.extend(below);
        }
        Ok(Seen(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Seen, A::Error> {
        let (mut all, mut names) = (Vec::new(), HashSet::new());
        while let Some(key) = fields.next_key::<Spanned<String>>()? {
            let line = key.referenced.line();
            if !names.insert(key.value.clone()) {
                all.push((line, key.value));
            }
            all.extend(fields.next_value::<Seen>()?.0);
        }
        Ok(Seen(all))
    }
}

#[cfg(test)]
mod tests;
