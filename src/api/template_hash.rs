//! The hash by which the upstream operator tells the generations of a template apart, and equality as it sees it.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::workload_spec::WorkloadSpec;

mod go_json;

/// What Kubernetes writes hashes with: no vowels, and nothing that looks like another.
const SAFE_ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// The upstream operator's hash of a template's spec, which it compares with the annotation
/// [`WORKLOAD_REPLICA_SET_GENERATION`](super::names::annotation::WORKLOAD_REPLICA_SET_GENERATION) of Workloads.
///
/// FNV-1a (32 bits) over the JSON that Go writes of its structs, the sum's decimal digits in Kubernetes' safe alphabet.
/// A Workload with another hash is replaced when upstream takes over, so this must agree to the byte.
pub fn template_hash(spec: &WorkloadSpec) -> String {
    safe_encode(fnv1a_32(go_json::of_spec(spec).as_bytes()))
}

/// [`template_hash`] of a template's spec as it stands in the cluster; fields that this version does not know do not
/// count, since upstream's CRDs prune them.
///
/// # Errors
///
/// When a field has the wrong type, or a required one is missing.
pub fn template_hash_of_value(spec: &Value) -> Result<String, serde_json::Error> {
    WorkloadSpec::deserialize(spec).map(|spec| template_hash(&spec))
}

/// Whether two template specs, as they stand in the cluster, are the same to the upstream operator.
///
/// What its reading and writing blurs is not told apart: absent, null and empty (or 0, or false) where it leaves empty
/// fields out; `maxRestarts: 0` and none; references with an empty name and with none. Present and absent objects do
/// differ. Fields that this version does not know must be equal, since they may mean something to who wrote them. Specs
/// that cannot be read are the same only when they are equal.
pub fn same_template_spec(a: &Value, b: &Value) -> bool {
    a == b
        || match (Canonical::of(a), Canonical::of(b)) {
            (Ok(a), Ok(b)) => a == b,
            _ => false,
        }
}

/// A template spec without representational differences.
#[derive(PartialEq)]
struct Canonical {
    known: String,
    unknown: Option<Value>,
}

impl Canonical {
    fn of(raw: &Value) -> Result<Self, serde_json::Error> {
        let spec = WorkloadSpec::deserialize(raw)?;
        Ok(Self { known: go_json::of_spec(&spec), unknown: left_over(raw, &serde_json::to_value(&spec)?) })
    }
}

/// What `raw` has and `read` has not; nothing where only nulls are missing.
fn left_over(raw: &Value, read: &Value) -> Option<Value> {
    match (raw, read) {
        (Value::Object(raw), Value::Object(read)) => {
            let fields = raw.iter().filter_map(|(name, value)| {
                let value = match read.get(name) {
                    Some(read) => left_over(value, read),
                    None => Some(value.clone()).filter(|value| !value.is_null()),
                };
                Some((name.clone(), value?))
            });
            Some(fields.collect::<Map<_, _>>()).filter(|fields| !fields.is_empty()).map(Value::Object)
        }
        (Value::Array(raw), Value::Array(read)) => {
            let items = raw.iter().zip(read).map(|(raw, read)| left_over(raw, read));
            let items: Vec<_> = items.map(Option::unwrap_or_default).collect();
            items.iter().any(|item| !item.is_null()).then_some(Value::Array(items))
        }
        _ => None,
    }
}

/// The sum that Go's `fnv.New32a` makes.
fn fnv1a_32(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// A number's decimal digits as Kubernetes' `rand.SafeEncodeString` writes them.
fn safe_encode(number: u32) -> String {
    let digits = number.to_string();
    let letters = digits.bytes().map(|digit| SAFE_ALPHABET[usize::from(digit) % SAFE_ALPHABET.len()]);
    letters.map(char::from).collect()
}

#[cfg(test)]
mod tests;
