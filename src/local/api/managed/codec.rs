//! Sets of fields as `fieldsV1` has them.

use serde_json::{Map, Value};

use super::path::{Malformed, PathElement};
use super::set::FieldSet;

/// Says that the element itself is in the set, beside what is below it.
const ITSELF: &str = ".";
/// How deep a set may be: more than any JSON that the server reads.
const MAX_DEPTH: usize = 200;

/// Writes a set.
pub(super) fn encode(set: &FieldSet) -> Value {
    Value::Object(encode_level(set))
}

fn encode_level(set: &FieldSet) -> Map<String, Value> {
    let levels = set.nodes.iter().map(|(element, node)| {
        let mut level = encode_level(&node.below);
        if node.member && !level.is_empty() {
            level.insert(ITSELF.to_owned(), Value::Object(Map::new()));
        }
        (element.encode(), Value::Object(level))
    });
    levels.collect()
}

/// Reads a set; absent is empty.
///
/// # Errors
///
/// When it is none.
pub(super) fn decode(fields: Option<&Value>) -> Result<FieldSet, Malformed> {
    match fields {
        None | Some(Value::Null) => Ok(FieldSet::default()),
        Some(Value::Object(level)) => Ok(decode_level(level, 0)?.0),
        Some(_) => Err(Malformed),
    }
}

/// The set, and whether the element that it is of is a member.
fn decode_level(level: &Map<String, Value>, depth: usize) -> Result<(FieldSet, bool), Malformed> {
    if depth > MAX_DEPTH {
        return Err(Malformed);
    }
    let mut set = FieldSet::default();
    let mut member = false;
    for (key, value) in level {
        if key == ITSELF {
            member = true;
            continue;
        }
        let Some(element) = PathElement::decode(key)? else { continue };
        let (below, is_member) = match value {
            Value::Object(level) => decode_level(level, depth + 1)?,
            Value::Null => (FieldSet::default(), true),
            _ => return Err(Malformed),
        };
        set.put(element, is_member, below);
    }
    let member = member || set.is_empty();
    Ok((set, member))
}
